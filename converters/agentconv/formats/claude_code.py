r"""Claude Code 2.1.329: markdown files in `.claude/agents`, read as its own loader reads them.

https://code.claude.com/docs/en/sub-agents

The file must start with `---`; the header ends at the first `---` anywhere after it, even inside a value. YAML that
does not parse is rewritten once, line by line, with values in quotes (`_requoted`); if it still does not parse, the agent
is dropped. A literal backslash-n in a description is a line break. The body is trimmed as JavaScript trims.
"""

from __future__ import annotations

import re
import unicodedata
from functools import partial
from typing import TYPE_CHECKING

from agentconv import vocabulary, yaml_nodes
from agentconv.families import claude_words, hooks, javascript, keys, markdown, mcp_claude, projecting, tool_lists
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Ignored, Key, Refused, simple
from agentconv.format_base import FormatSpec
from agentconv.frontmatter import Header, Rewritten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.format_base import Projection, ReadResult
    from agentconv.ir import AgentSet, Hook, Json
    from agentconv.source import SourceText

ID = "claude-code"
COLORS = frozenset({"red", "blue", "green", "yellow", "purple", "orange", "pink", "cyan"})
EFFORTS = ("low", "medium", "high", "xhigh", "max")

_S = f"[{SPACE}]"
_OPEN = re.compile(rf"---{_S}*\n")
_CLOSE_REST = re.compile(rf"{_S}*\n?")


def _find(source: SourceText) -> Header | str:
    r"""Find the header: `^---\s*\n`, then everything up to the first `---` anywhere."""
    text = source.text
    opened = _OPEN.match(text, markdown.strip_bom(text))
    if opened is None:
        return "the file does not start with a line `---`"
    end = text.find("---", opened.end())
    if end < 0:
        return "the header is never closed by `---`"
    return Header(source, opened.end(), end, _CLOSE_REST.match(text, end + 3).end())  # type: ignore[union-attr]


_KEY_VALUE = re.compile(rf"([A-Za-z_-]+):({_S}+)([^{SPACE}][^\n\r\u2028\u2029]*)")
_SUSPICIOUS = re.compile(r"[{}\[\]*&#!|>%@`]|: ")


def _requoted(text: str) -> Rewritten:
    """Rewrite a header as the client does when it does not parse: put top-level values in quotes, tabs to blanks."""
    lines, places = [], []
    for line in text.split("\n"):
        match = _KEY_VALUE.fullmatch(line)
        if match and _needs_quotes(match[3]):
            escaped = match[3].replace("\\", "\\\\").replace('"', '\\"')
            lines.append(f'{match[1]}: "{escaped}"')
            places.append((len(match[1]) + 2, match.start(3)))
            continue
        tabs = len(line) - len(line.lstrip("\t"))
        lines.append("  " * tabs + line[tabs:])
        places.append((0, tabs))
    return Rewritten("\n".join(lines), tuple(places))


def _needs_quotes(value: str) -> bool:
    if value[0] == value[-1] and value[0] in "\"'":
        return False
    if value[0] == "[" and value[-1] == "]" and _is_list(value):
        return False
    return _SUSPICIOUS.search(value) is not None


def _is_list(value: str) -> bool:
    try:
        return isinstance(yaml_nodes.parse(value), yaml_nodes.Sequence)
    except yaml_nodes.YamlError:
        return False


def _name(value: Json) -> str:
    if not isinstance(value, str) or not value:
        raise Refused("`name` must be text")
    if value.startswith("-") or ":" in unicodedata.normalize("NFKC", value):
        raise Refused("`name` must not start with `-` or contain `:`")
    if javascript.length(value) > 256:
        raise Refused("`name` must not be longer than 256 characters")
    return value


def _legal_name(name: str) -> str:
    if ":" in unicodedata.normalize("NFKC", name):
        name = "".join("-" if ":" in unicodedata.normalize("NFKC", char) else char for char in name)
    name = name.lstrip("-")
    while javascript.length(name) > 256:
        name = name[:-1]
    return name


def _description(value: Json) -> str:
    if not isinstance(value, str) or not value:
        raise Refused("`description` must be text that is not empty")
    return value.replace("\\n", "\n")


def _effort(value: Json) -> str | int:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and float(value).is_integer():
        return int(value)
    word = yaml_nodes.js_text(value).lower()
    word = {"med": "medium"}.get(word, word)
    if word in EFFORTS:
        return word
    number = javascript.leading_integer(word) if value is not None else None
    if number is None:
        raise Ignored("an effort is " + ", ".join(EFFORTS) + " or a whole number")
    return number


def _color(value: Json) -> str:
    if isinstance(value, str) and value in COLORS:
        return value
    raise Ignored("a colour is one of " + ", ".join(sorted(COLORS)))


def _read_hooks(value: Json) -> tuple[Hook, ...]:
    return hooks.read(ID, value)


KEYS: dict[str, Key] = {
    "name": simple("name", _name),
    "description": simple("description", _description),
    "tools": claude_words.allowed(ID),
    "disallowedTools": claude_words.denied(ID),
    "model": simple("model", partial(claude_words.model, ID), claude_words.write_model),
    "permissionMode": simple("permissions.mode", partial(claude_words.mode, ID), lambda mode: vocabulary.native_mode(ID, mode)),
    "maxTurns": simple("limits.max_turns", javascript.count),
    "skills": simple("skills", claude_words.skills, list),
    "mcpServers": simple("mcp_servers", mcp_claude.read, mcp_claude.write),
    "hooks": simple("hooks", _read_hooks, hooks.write),
    "background": simple("background", javascript.boolean),
    "effort": simple("effort", _effort),
    "color": simple("color", _color),
}
SPEC = FormatSpec(
    id=ID,
    client="Claude Code",
    holds=frozenset({"prompt.text", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=_legal_name,
    reserved=frozenset({"claude", "explore", "general-purpose", "plan", "statusline-setup"}),
    duplicates="the one that the file system lists first",
    max_bytes=1_048_576,
)


def _refuses(header: Mapping[str, Json]) -> tuple[str, str] | None:
    stray = hooks.stray_guard(ID, header)
    return (stray, f"`{stray}` holds a hook that may be a guard, outside `hooks`") if stray else None


DIALECT = markdown.Dialect(SPEC, KEYS, _find, _requoted, refuses=_refuses)


def read(source: SourceText) -> ReadResult:
    """Read a markdown file as Claude Code does."""
    return markdown.read(DIALECT, source)


def write(agents: AgentSet, original: SourceText, respelled: list[str] | None = None) -> bytes:
    """Write a markdown file that Claude Code, and every strict YAML loader, reads."""
    return markdown.write(DIALECT, agents, original, respelled)


def project(projection: Projection) -> None:
    """Turn an agent into what a Claude Code file can hold."""
    projecting.require(projection, "name", "description")
    _project_texts(projection)
    tool_lists.tool_list(projection, claude_words.spell_server, claude_words.allowed_reads_back, denied_reads_back=claude_words.reads_back)
    claude_words.project_delegates(projection)
    projecting.permission_mode(projection)
    projecting.permission_rules(projection)
    projecting.model(projection)
    projecting.effort(projection, EFFORTS, numbers=True)
    color = projection.get("color")
    if color is not None and color not in COLORS:
        projection.change("color", None, "looks-dropped", f"`{color}`")
    mcp_claude.project(projection)
    hooks.project(projection, _read_hooks)
    claude_words.project_skills(projection)
    projecting.drop_rest(projection)
    projecting.settle(projection, KEYS)
    projecting.own_extras(projection, lambda agent: keys.encode(KEYS, agent, ID), lambda header: markdown.decode_written(DIALECT, header))


def _project_texts(projection: Projection) -> None:
    description = projection.get("description")
    if description and "\\n" in description:
        projection.change(
            "description", description.replace("\\n", "\n"), "text-approximated", "Claude Code turns a backslash and n into a line break"
        )
    if projection.get("prompt.text") is None:
        projection.translate("prompt.text", "")
    projecting.trim(projection, "prompt.text", SPACE)
    projecting.prompt_shape(projection, "replace")
