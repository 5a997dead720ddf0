"""OpenHands SDK 1.58.2: markdown files in `.openhands/agents`, not nested, one agent a file.

https://docs.openhands.dev/sdk/guides/agent-file-based

python-frontmatter finds the header: from a first line of dashes, blanks before it apart, to the next one; PyYAML reads it. Without such
a header all of the file is the prompt. Names, descriptions and models of any type are text as Python makes it. Without a list of tools
there is no tool, and one word of text is one tool, commas and all; an agent with a word that is no tool cannot be called. The prompt is
added to the client's own. MCP servers are those of the agent that calls, whatever the file says. A model is the name of one of the
user's profiles; without that profile the agent cannot be called either.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import access, effects, fields, names, vocabulary
from agentconv.core.diagnostics import Code, Complaint, Severity
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec, ReadResult, State
from agentconv.core.ir import AgentSet, Origin, unescape_key
from agentconv.families import javascript, keys, markdown, model_words, reading, tool_tokens
from agentconv.families.frontmatter import Header
from agentconv.families.keys import ABSENT, Ignored, Key, Refused, simple
from agentconv.projecting import hooks, mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import PYYAML

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.diagnostics import Span
    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, Hook, Json, ToolGrant
    from agentconv.core.source import SourceText
    from agentconv.families.keys import Absent

ID = "openhands"
HINT = "define it for the agent that calls: a sub-agent has the servers of its caller"
_FENCE = expression(r"^-{3,}\s*$", re.MULTILINE)
_JSON = expression(r"\{$", re.MULTILINE)
_LONE_CR = expression(r"\r(?!\n)")
_NOTES = ("README.md", "readme.md")
_NOT_TEXT = Complaint("the file is not valid UTF-8")
_NO_HEADER = Complaint("the file does not start with a header between two lines `---`")


def find(source: SourceText) -> Header | Complaint:
    """Find the header as python-frontmatter does, to which any line end is a line feed."""
    if not source.decodable:
        return _NOT_TEXT
    text = _LONE_CR.sub("\n", source.text)
    start, body = len(text) - len(text.lstrip()), text.strip()
    if _JSON.match(body):
        return Complaint("the header is JSON, which is not read here")
    opened = _FENCE.match(body)
    closed = _FENCE.search(body, opened.end()) if opened else None
    if opened is None or closed is None:
        return _NO_HEADER
    return Header(source, start + opened.end(), start + closed.start(), start + closed.end(), lone_cr=True)


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _headless(source: SourceText, problem: Complaint, span: Span) -> ReadResult | None:
    """Return what a file without a header is: a prompt, and no tool; one that the client cannot read is dropped."""
    if problem is not _NO_HEADER:
        return None
    if source.path.rpartition("/")[2] in _NOTES:
        return ReadResult(absence=reading.absent(SPEC, Complaint("the client passes over files of this name"), span))
    text = javascript.line_feeds(source.text).strip(javascript.SPACE)
    if not text:
        return ReadResult(absence=reading.absent(SPEC, reading.EMPTY, span))
    values = {"name": _stem(source.path), "prompt.text": text, "prompt.mode": "append", "tools.mode": "none"}
    agent = fields.build(values, {}, Origin(ID, source.path))
    told = reading.remark(
        SPEC,
        Code.SYNTAX,
        lambda client: f"{client} takes the whole file for the prompt of an agent without tools: {problem.reason}",
        span,
        "write a header with a description and tools",
        name=agent.name,
        severity=Severity.NOTE,
        reason=problem.reason,
    )
    return ReadResult(AgentSet((agent,)), (State.LOADS,), (told,))


def _python(value: Json) -> object:
    """Return a value as Python has it."""
    if isinstance(value, list):
        return [_python(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"$float"}:
        return float(str(value["$float"]))
    if set(value) == {"$datetime"}:
        from datetime import date, datetime

        moment = str(value["$datetime"])
        return datetime.fromisoformat(moment) if "T" in moment else date.fromisoformat(moment)
    return {unescape_key(key): _python(item) for key, item in value.items()}


def _text(value: Json) -> str:
    """Return a value as the client makes text of it."""
    return str(_python(value))


def _model(value: Json) -> object:
    return model_words.read(ID, _text(value) or "inherit")


def _color(value: Json) -> str | None:
    return None if value is None else _text(value)


def _tools(value: Any) -> Mapping[str, object]:
    if value is None:
        return {"tools.mode": "none"}
    if not isinstance(value, (str, list)):
        raise Ignored("`tools` is a list of names; there is no tool without", {"tools.mode": "none"})
    words = [value] if isinstance(value, str) else map(_text, value)
    return tool_tokens.listed(dict.fromkeys(tool_tokens.own(ID, word) for word in words))


def _write_tools(agent: Agent) -> Json | Absent:
    """Write the list; of an agent without tools there is none."""
    return [one.native for one in agent.tools.allow] or ABSENT


def _skills(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(word for part in value.split(",") if (word := part.strip()))
    if value is not None and not isinstance(value, list):
        raise Ignored("`skills` is a list of names, or names with commas")
    return tuple(map(_text, value or ()))


def _turns(value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, (int, str)):
        raise Ignored("it is a whole number")
    try:
        number = int(value)
    except ValueError:
        number = 0
    if number <= 0:
        raise Refused("`max_iteration_per_run` is a whole number above 0")
    return number


def _mode(value: Any) -> str | None:
    if value is None:
        return None
    mode = vocabulary.portable_mode(ID, _text(value).strip().lower())
    if mode is None:
        raise Refused("`permission_mode` is always_confirm, never_confirm or confirm_risky")
    return mode


def _write_mode(mode: str) -> Json:
    return vocabulary.native_mode(ID, mode) or mode


def _hooks(value: Any) -> tuple[Hook, ...]:
    """Read the hooks of an agent, below their own name once more or not; one without a type is a command."""
    if not isinstance(value, dict):
        raise Ignored("`hooks` is a map of events to lists of hooks")
    table = keys.checked_table(ID, "hooks", value)
    events: Any = table.get("hooks", table)
    typed = {
        event: [{**block, "hooks": [{"type": "command", **one} for one in block.get("hooks", ())]} for block in blocks]
        for event, blocks in events.items()
    }
    return hooks.read_checked(ID, typed)


def _hooks_say_more(value: Any) -> bool:
    return not isinstance(value, dict) or hooks.write(_hooks(value)) != value


def _write_hooks(agent: Agent) -> Json | Absent:
    return hooks.write(agent.hooks) if agent.hooks else ABSENT


def _lift(header: dict[str, Json]) -> Mapping[str, object]:
    """Say that the prompt is added to the client's own, and that there is no tool where no list is."""
    return {"prompt.mode": "append", **({} if "tools" in header else {"tools.mode": "none"})}


KEYS: dict[str, Key] = {
    "name": simple("name", _text),
    "description": simple("description", _text),
    "model": simple("model", _model, model_words.write),
    "color": simple("color", _color),
    "tools": Key(("tools.mode", "tools.allow"), _tools, _write_tools),
    "skills": simple("skills", _skills, list),
    "max_iteration_per_run": simple("limits.max_turns", _turns),
    "permission_mode": simple("permissions.mode", _mode, _write_mode),
    "hooks": Key(("hooks",), lambda value: {"hooks": _hooks(value) or None}, _write_hooks, _hooks_say_more),
}
SPEC = FormatSpec(
    id=ID,
    client="OpenHands",
    holds=frozenset({"prompt.text", "prompt.mode", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=names.slug,
    duplicates="the first in path order",
    own_first=False,  # the SDK goes through `.agents/agents` before `.openhands/agents`
)
DIALECT = markdown.Dialect(
    SPEC,
    KEYS,
    find,
    required=(),
    lift=_lift,
    name_of=_stem,
    says_name=True,
    grammar=PYYAML,
    body=javascript.line_feeds,
    unparsed=_headless,
)
read = partial(markdown.read, DIALECT)
write = partial(markdown.write, DIALECT)


def project(projection: Projection) -> None:
    """Turn an agent into what an OpenHands file can hold."""
    texts.require(projection, "name", *(() if projection.at_home else ("description",)))
    texts.body(projection)
    texts.line_feeds(projection)
    texts.prompt(projection, "append")
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    tool_lists.tool_list(projection, lambda _server, _tool: "", _reads_back, denies=False, inherits=False)
    tool_lists.refuse_none(projection)
    permissions.mode(projection)
    permissions.rules(projection)
    _ask_first(projection)
    hooks.project(projection, _hooks)
    models.model(projection)
    mcp.drop_unheld(projection, HINT)


def _ask_first(projection: Projection) -> None:
    """Have an agent ask where its own client asks and nobody says otherwise: without a mode it does as the agent that calls."""
    if projection.at_home or projection.get("permissions.mode") is not None:
        return
    levels = effects.effects(projection.result(), format_id=ID).levels
    if any(levels.get(effect) is access.Level.INHERIT for effect in permissions.asks_first(projection) if effect != "read"):
        projection.change("permissions.mode", "default", "asks", "without a mode, it does what the agent that calls does unasked")


def _reads_back(grant: ToolGrant) -> bool:
    return grant.native != "" and tool_tokens.own(ID, grant.native) == grant
