"""GitHub Copilot CLI 1.0.102: markdown files in `.github/agents`, one agent a file.

https://docs.github.com/en/copilot/reference/custom-agents-configuration

An agent is called by its file's stem (`reviewer.agent.md`, or `reviewer.md`; `team/reviewer.md` is `team--reviewer`), and
`name` is only shown. The header is strict YAML with strict types: a value of another type, null too, drops the file; a key
that is not known is passed over with a warning. There is a list of tools and none of denied ones. VS Code and github.com
read the same files, and what only they use stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from agentconv.core import known_models, names, tool_summary
from agentconv.core.diagnostics import Cause, Complaint, Detail
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec, ReadResult, State
from agentconv.core.ir import Hook, Model
from agentconv.core.losses import quoted
from agentconv.families import javascript, keys, markdown, reading, tool_tokens
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Key, Refused, simple
from agentconv.families.value_checks import is_text, is_texts
from agentconv.formats.copilot import mcp_servers, spelling
from agentconv.projecting import hooks, mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import SERDE_YAML

if TYPE_CHECKING:
    from agentconv.core.format import Projection, WriteResult
    from agentconv.core.ir import Agent, AgentSet, Json
    from agentconv.core.source import SourceText

ID = "copilot"
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
LONGEST_PROMPT = 30_000
"""Characters of a prompt that github.com takes; the CLI has no such limit."""
_MATCHED = frozenset({"preToolUse", "postToolUse", "preMcpToolCall", "permissionRequest", "subagentStart", "preCompact", "notification"})
"""Hook events, in the client's own spelling, whose matchers must be regular expressions; those of the others count for nothing."""
_IGNORED_NAME = "general-purpose"
"""A file of this stem is passed over; other agents of the client's own give way to a file."""

_S = r"[^\S\n\x1c-\x1f]"
_OPEN = expression(rf"---{_S}*\n")
_CLOSE = expression(rf"^---{_S}*(?:\n|\Z)", re.MULTILINE)


def find(source: SourceText) -> Header | Complaint:
    """Find the header: between a first line `---` and the next one, blanks behind the dashes passed over."""
    if not source.decodable:
        return Complaint("the file is not valid UTF-8")
    text = source.text
    opened = _OPEN.match(text, markdown.strip_bom(text))
    if opened is None:
        return reading.UNOPENED
    closed = _CLOSE.search(text, opened.end())
    if closed is None:
        return Complaint("the header is never closed by a line `---`")
    return Header(source, opened.end(), closed.start(), closed.end())


_HOMES = expression(r"(?:.*/)?(?:\.github/(?:agents|chatmodes)|\.copilot/agents|\.claude/agents)/|agents/")


def _name_of(path: str) -> str:
    """Return an agent's id: the stem of its file, with the folders below the client's own before it."""
    home = _HOMES.match(path)
    rest = path[home.end() :] if home else path
    suffixes = (".agent.md",) if home and home[0].endswith("/agents/") else (".agent.md", ".chatmode.md")
    folder, _, file = rest.rpartition("/")
    return "--".join([*filter(None, folder.split("/")), names.stem_of(file, suffixes)])


def _shown_name(value: Json) -> str | None:
    return keys.text("name")(value) or None


def _read_model(value: Any) -> Model:
    if not is_text(value) and not (is_texts(value) and value and all(value)):
        raise Refused("`model` is a name, or a list of names")
    first, *others = value if isinstance(value, list) else [value]
    return Model("alias" if known_models.model_kind(ID, first) == "alias" else "id", first, fallbacks=tuple(others))


def _write_model(model: Model) -> Json:
    return [model.value, *model.fallbacks] if model.fallbacks else model.value


def _read_skills(value: Any) -> tuple[str, ...]:
    if not is_texts(value):
        raise Refused("`skills` is a list of names")
    return tuple(value)


def _read_hooks(value: Json) -> tuple[Hook, ...]:
    return hooks.read_actions(ID, keys.checked_table(ID, "hooks", value), _MATCHED)


KEYS: dict[str, Key] = {
    "name": simple("display_name", _shown_name),
    "description": simple("description", keys.text("description")),
    "tools": Key(("tools.mode", "tools.allow"), spelling.read, tool_tokens.write),
    "model": simple("model", _read_model, _write_model),
    "reasoning-effort": simple("effort", keys.text("reasoning-effort")),
    "mcp-servers": simple("mcp_servers", mcp_servers.read, mcp_servers.write),
    "skills": simple("skills", _read_skills, list),
    "hooks": simple("hooks", _read_hooks, hooks.write),
}
SWITCHES = dict.fromkeys(("user-invocable", "disable-model-invocation", "infer"), "invocation.by")
"""Keys that only mean something together: `_lift` reads them, `_lower` writes them. `infer` is retired."""


def _lift(header: dict[str, Json]) -> dict[str, object]:
    """Take out who may call the agent; what says no more than the client's default, or that nobody may, stays."""
    for key in SWITCHES:
        if not isinstance(header.get(key, True), bool):
            raise Refused(f"`{key}` is true or false", key=key)
    user, closed = header.get("user-invocable"), header.get("disable-model-invocation")
    by = None
    if user is False and not closed:
        by = "agents"
    elif user is not False and (closed or (closed is None and header.get("infer") is False)):
        by = "user"
    elif user and closed is False:
        by = "both"
    for key in SWITCHES if by else ():
        header.pop(key, None)
    return {"prompt.mode": "append", **({"invocation.by": by} if by else {})}


_CALLERS: dict[str | None, dict[str, Json]] = {
    "agents": {"user-invocable": False},
    "user": {"disable-model-invocation": True},
    "both": {"user-invocable": True, "disable-model-invocation": False},
}


def _lower(agent: Agent) -> dict[str, Json]:
    return _CALLERS.get(agent.invocation.by, {}) if agent.invocation else {}


_NOT_IN_NAMES = expression(r"[^A-Za-z0-9._-]+")


def _legal_name(name: str) -> str:
    """Return a stem with ASCII letters only, which github.com wants; the CLI takes any, so a name without one keeps its own."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    slug = _NOT_IN_NAMES.sub("-", plain).strip(".-_")
    return names.stem(slug or name) if name.strip() else ""


def _complete(values: dict[str, object]) -> None:
    """Leave out a name to show that is the agent's name anyway."""
    if values.get("display_name") == values["name"]:
        del values["display_name"]


SPEC = FormatSpec(
    id=ID,
    client="GitHub Copilot",
    holds=frozenset({"name", "prompt.text", "prompt.mode", "invocation.by", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=_legal_name,
    named_by_stem=True,
    reserved=frozenset(("explore", "task", "code-review", "rubber-duck", "research", "rem-agent", "security-review", _IGNORED_NAME)),
    duplicates="`.agent.md` before `.md`, then the first in path order",
    names_by="github.com",
    longest_prompt=(LONGEST_PROMPT, "github.com"),
)
DIALECT = markdown.Dialect(
    SPEC,
    KEYS,
    find,
    required=("description",),
    lift=_lift,
    lower=_lower,
    name_of=_name_of,
    complete=_complete,
    grammar=SERDE_YAML,
    body=lambda text: text.replace("\r\n", "\n"),
)


def read(source: SourceText) -> ReadResult:
    """Read an agent file as Copilot's CLI does."""
    result = markdown.read(DIALECT, source)
    if not result.states or result.states[0].dropped:
        return result
    name, file = result.set.agents[0].name, source.path.rpartition("/")[2]
    if name != _IGNORED_NAME and not file.startswith("."):
        return result
    taken = Complaint("it has an agent of its own by this name", cause=Cause.TAKEN_NAME)
    problem = taken if name == _IGNORED_NAME else Complaint("the name of the file starts with a dot")
    diagnostic = reading.not_loaded(SPEC, name, State.NOT_LOADED, problem, source.span())
    return ReadResult(result.set, (State.NOT_LOADED,), (*result.diagnostics, diagnostic))


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write an agent file that Copilot loads."""
    return markdown.write(DIALECT, agents, original)


def project(projection: Projection) -> None:
    """Turn an agent into what a Copilot file can hold."""
    texts.require(projection, "name")
    if projection.get("description") is None:
        projection.refuse("refused-description", "description", "missing")
    _project_texts(projection)
    once(projection, _project_shape)
    finish(projection, DIALECT)
    _refuse_silent(projection)


def _refuse_silent(projection: Projection) -> None:
    """Refuse an agent with a list of tools and no prompt: called by another one, it has every tool (run, 1.0.102)."""
    if not projection.at_home and tool_summary.is_unlimited(projection.result(), SPEC.id):
        projection.refuse("refused-silent", "prompt.text", "missing")


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    tool_lists.tool_list(projection, spelling.spell_server, spelling.reads_back, denies=False)
    permissions.mode(projection)
    permissions.rules(projection)
    models.model(projection)
    models.effort(projection, EFFORTS, any_text=True)
    mcp.project_servers(
        projection, mcp_servers.reads_back, "define {} under `mcp-servers`, or in ~/.copilot/mcp-config.json", mcp.without_denied
    )
    hooks.project(projection, _read_hooks)


def _project_texts(projection: Projection) -> None:
    """Spell the texts; the author's name is shown where only its form was not legal, since agents are found by what is shown, too."""
    given, name, shown = projection.source.name, projection.get("name"), projection.get("display_name")
    if given and given != name == _legal_name(given) and shown is None and not projection.at_home:
        projection.change("display_name", given, "name-shown", quoted(given))
    elif shown is not None and shown == name:
        projection.change("display_name", None, "default-dropped", Detail("`{}` is shown", (shown,)))
    prompt = projection.get("prompt.text") or ""
    projection.translate("prompt.text", prompt)
    if "\r\n" in prompt:
        projection.change("prompt.text", javascript.without_crlf(prompt), "line-ends", "CRLF")
    texts.trim(projection, "prompt.text", SPACE)
    texts.prompt(projection, "append")
    if len(prompt) > LONGEST_PROMPT and not projection.at_home:
        detail = Detail("{:,} characters; github.com takes {:,}", (len(prompt), LONGEST_PROMPT))
        projection.remark("prompt-long", "prompt.text", detail)
