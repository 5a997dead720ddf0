r"""Roo Code 3.54.1: custom modes in `.roomodes` at the project's root, or in its own `custom_modes.yaml`.

https://docs.roocode.com/features/custom-modes

A list of modes below `customModes`, in YAML (the package `yaml`) or in JSON. Before it is parsed, the text is rewritten:
no-break spaces become blanks, zero-width characters go, typographic quotes and dashes become plain ones; a `.roomodes` that
then is no YAML is read once more, as it stands, as JSON. One bad mode, or a slug given twice, and no mode of the file loads.

The role definition opens the prompt and the instructions close it; both are the agent's prompt here. Other modes choose by
`whenToUse`, else by the first sentence of the role definition; `description` is only shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import access, effects, fields, names, patterns, vocabulary
from agentconv.core.diagnostics import Detail
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec
from agentconv.core.ir import ToolGrant
from agentconv.core.losses import listed, quoted
from agentconv.families import json_records, records, yaml_records
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Ignored, Key, Refused, simple
from agentconv.families.record_file import ClientText, Roster
from agentconv.formats.roo import mode_groups, typography
from agentconv.projecting import mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconv.core.format import Projection, ReadResult, WriteResult
    from agentconv.core.ir import Agent, AgentSet, Json
    from agentconv.core.meant import Pattern
    from agentconv.core.source import SourceText
    from agentconv.families.record_file import RecordFile

ID = "roo"
ROSTER = Roster("/customModes", by_name=False, alone=True)
EVERYTHING = ("read", "edit", "command", "mcp")
"""Groups that leave nothing out: what `modes` stands for, every mode may do."""
GONE = frozenset({"browser"})
_SLUG = expression("[a-zA-Z0-9-]+")
_BETWEEN = "\n\n"
"""What stands between the role definition and the instructions."""


def _parse(source: SourceText) -> RecordFile:
    found = _as_json(source) if source.text.lstrip(SPACE).startswith("{") else _as_yaml(source)
    found.escaped = typography.REWRITTEN
    return found


def _as_yaml(source: SourceText) -> RecordFile:
    return yaml_records.parse(source, ROSTER, [*KEYS, *SWITCHES], YAML_2, client_text=typography.client_text(source))


def _as_json(source: SourceText) -> RecordFile:
    """Read what has brackets: JSON is YAML, as long as no key is repeated, and so is more than JSON."""
    as_json = json_records.parse(source, ROSTER, client_text=typography.client_text(source))
    if as_json.document.error is None and not any(record.repeated for record in as_json.records):
        return as_json
    as_yaml = _as_yaml(source)
    if as_yaml.problem is None:
        return as_yaml
    as_written = json_records.parse(source, ROSTER, client_text=ClientText(source.text))
    if source.path.endswith(".roomodes") and as_written.document.error is None:
        return as_written
    as_json.problem = as_yaml.problem
    return as_json


def _slug(value: Json) -> str:
    if not isinstance(value, str) or not _SLUG.fullmatch(value):
        raise Refused("`slug` must be of letters, digits and `-`")
    return value


def _grant(word: str, pattern: str | None = None) -> ToolGrant:
    capability = next(iter(vocabulary.grants(ID, word)), None)
    held = patterns.spoken(ID, word, pattern) if pattern is not None and word == "edit" else None
    return ToolGrant(word, ID, capability, held, effects.EVERY_SERVER if word == "mcp" else None)


def _read_groups(value: Json) -> Mapping[str, object]:
    groups = mode_groups.read(value, vocabulary.tool_words(ID), GONE)
    grants = tuple(_grant(group[0], mode_groups.pattern(group)) for group in groups)
    found: dict[str, object] = {"tools.mode": "list", "tools.allow": grants} if grants else {"tools.mode": "none"}
    found = {} if _is_everything(grants) else found
    if isinstance(value, list) and len(groups) < len(value):
        gone = next(number for number, entry in enumerate(value) if mode_groups.word(entry) in GONE)
        word = mode_groups.word(value[gone])
        raise Ignored(f"`{word}` is no group any more", found, within=(gone,), remedy=f"delete `{word}`")
    return found


def _is_everything(grants: tuple[ToolGrant, ...]) -> bool:
    return set(EVERYTHING) <= {grant.native for grant in grants if grant.pattern is None}


def _says_more(value: Json) -> bool:
    """Whether groups have options that are no pattern of `edit`."""
    groups = mode_groups.read(value, vocabulary.tool_words(ID), GONE)
    return any(group[1] and (group[1].keys() != {"fileRegex"} or not mode_groups.pattern(group)) for group in groups)


def _write_groups(agent: Agent) -> Json:
    if agent.tools.mode == "inherit":
        return list(EVERYTHING)
    return [grant.native if grant.pattern is None else [grant.native, {"fileRegex": str(grant.pattern)}] for grant in agent.tools.allow]


KEYS: dict[str, Key] = {
    "slug": simple("name", _slug),
    "groups": Key(("tools.mode", "tools.allow"), _read_groups, _write_groups, _says_more),
}
SWITCHES = {"name": "display_name", "roleDefinition": "prompt.text", "whenToUse": "description"}
"""Keys that only mean something together: `_lift` reads them, with those of `extras` that are texts, `_lower` writes them."""


def _filled(value: Json) -> str | None:
    return value if isinstance(value, str) and value.strip(SPACE) else None


def _first_sentence(role: str) -> str | None:
    return role.split(".", maxsplit=1)[0].strip(SPACE) or None


def _lift(header: dict[str, Json]) -> dict[str, object]:
    found: dict[str, object] = {"invocation.by": "both"}
    slug, name, role = header.get("slug"), header.get("name"), header.get("roleDefinition")
    if isinstance(name, str) and name:
        found["display_name"] = header.pop("name") if name != slug else None
        header.pop("name", None)
    instructions = _filled(header.get("customInstructions"))
    texts = [text for text in (role, instructions) if isinstance(text, str) and text]
    if texts:
        found["prompt.text"] = _BETWEEN.join(texts)
    if isinstance(role, str) and role:
        del header["roleDefinition"]
    when = _filled(header.get("whenToUse"))
    if when:
        del header["whenToUse"]
    found["description"] = when or _filled(header.get("description")) or _first_sentence(texts[0] if texts else "")
    return found


def _role(text: str, extras: Mapping[str, Json]) -> str:
    """Return the prompt without the instructions that end it."""
    instructions = _filled(extras.get("customInstructions"))
    return text.removesuffix(_BETWEEN + instructions) or text if instructions else text


def _shown(text: str, extras: Mapping[str, Json]) -> str | None:
    """Return what stands for a description where `whenToUse` does not."""
    return _filled(extras.get("description")) or _first_sentence(_role(text, extras))


def _lower(agent: Agent) -> dict[str, Json]:
    extras = agent.extras.get(ID, {})
    text = fields.get(agent, "prompt.text") or ""
    header: dict[str, Json] = {"name": agent.display_name or agent.name}
    if text:
        header["roleDefinition"] = _role(text, extras)
    if agent.description and agent.description != _shown(text, extras):
        header["whenToUse"] = agent.description
    return header


SPEC = FormatSpec(
    id=ID,
    client="Roo Code",
    holds=frozenset({"invocation.by", *SWITCHES.values(), *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=lambda name: name if _SLUG.fullmatch(name) else names.slug(name),
    reserved=frozenset({"architect", "ask", "code", "debug", "orchestrator"}),
    duplicates="none of them",
)
DIALECT = records.Dialect(SPEC, KEYS, _parse, ("slug", "name", "roleDefinition", "groups"), _lift, _lower, unique=True, all_or_nothing=True)


def read(source: SourceText) -> ReadResult:
    """Read a file of modes as Roo Code does."""
    return records.read(DIALECT, source)


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write a file of modes that Roo Code loads."""
    return records.write(DIALECT, agents, original)


def project(projection: Projection) -> None:
    """Turn an agent into what a mode can hold."""
    _project_texts(projection)
    texts.require(projection, "name", "prompt.text")
    texts.prompt(projection, "replace")
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    permissions.callers(projection, {"both"})
    _project_tools(projection)
    permissions.mode(projection)
    permissions.rules(projection)
    models.model(projection)
    mcp.drop(projection, "define it in .roo/mcp.json")


def _project_texts(projection: Projection) -> None:
    """Write texts as Roo Code reads them, and say what it shows where there is no description."""
    for path in ("prompt.text", "description", "display_name"):
        text = projection.get(path)
        if text and not projection.at_home and typography.REWRITTEN.search(text):
            projection.change(
                path, typography.plain(text) or None, "text-approximated", Detail("Roo Code reads `{}`", (typography.excerpt(text),))
            )
    if projection.get("display_name") in ("", projection.get("name")):
        projection.change("display_name", None, "looks-dropped", "a name that is the slug")
    extras = projection.source.extras.get(ID, {})
    text = projection.get("prompt.text") or ""
    instructions = _filled(extras.get("customInstructions"))
    if instructions and not text.removesuffix(instructions).endswith(_BETWEEN):
        projection.change(f"extras.{ID}.customInstructions", None, "extra-overridden", "`customInstructions`")
        extras = {key: value for key, value in extras.items() if key != "customInstructions"}
    shown = _shown(text, extras)
    if not _filled(projection.get("description")) and shown != projection.get("description"):
        projection.change("description", shown, "description-derived", quoted(shown) if shown else "none")


def _project_tools(projection: Projection) -> None:
    denied = projection.get("tools.deny")
    closed = {capability for grant in denied for capability in access.granted(grant)}
    if denied and not any(grant.server for grant in denied) and not closed & vocabulary.capabilities(ID):
        projection.change("tools.deny", (), "default-dropped", listed(grant.native for grant in denied))
    tool_lists.tool_list(projection, _spell_server, _reads_back, denies=False, join_patterns=_joined)
    if projection.get("tools.mode") == "list" and _is_everything(projection.get("tools.allow")):
        projection.change_together({"tools.mode": "inherit", "tools.allow": ()}, "default-dropped", "a list of all its tools")


def _reads_back(grant: ToolGrant) -> bool:
    return grant == _grant(grant.native, grant.pattern)


def _joined(found: Sequence[Pattern]) -> Pattern:
    """Write several expressions as one, since a group stands once."""
    return patterns.spoken(ID, "edit", "|".join(dict.fromkeys(map(str, found))))


def _spell_server(server: str, tool: str | None) -> str:
    """Write all MCP servers; Roo Code cannot open a single one."""
    return "mcp" if server == effects.EVERY_SERVER and tool is None else ""
