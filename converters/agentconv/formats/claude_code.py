r"""Claude Code 2.1.329: markdown files in `.claude/agents`, read as its own loader reads them.

https://code.claude.com/docs/en/sub-agents

The file must start with `---`; the header ends at the first `---` anywhere after it, even inside a value. YAML that
does not parse is rewritten once, line by line, with values in quotes (`_requoted`); if it still does not parse, the agent
is dropped. A literal backslash-n in a description is a line break. The body is trimmed as JavaScript trims.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from agentconv import effects, vocabulary, yaml_nodes
from agentconv.families import hooks, keys, markdown, mcp, projecting
from agentconv.families.keys import ABSENT, Ignored, Key, Refused, simple
from agentconv.families.markdown import JS_SPACE
from agentconv.format_base import FormatSpec
from agentconv.frontmatter import Header, Rewritten
from agentconv.ir import Hook, Model, ToolGrant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.effects import Effects
    from agentconv.families.keys import _Absent
    from agentconv.format_base import Projection, ReadResult
    from agentconv.ir import Agent, AgentSet, Json
    from agentconv.source import SourceText

ID = "claude-code"
COLORS = frozenset({"red", "blue", "green", "yellow", "purple", "orange", "pink", "cyan"})
EFFORTS = ("low", "medium", "high", "xhigh", "max")

_S = f"[{JS_SPACE}]"
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


_KEY_VALUE = re.compile(rf"([A-Za-z_-]+):({_S}+)([^{JS_SPACE}][^\n\r\u2028\u2029]*)")
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
    if _utf16_length(value) > 256:
        raise Refused("`name` must not be longer than 256 characters")
    return value


def _utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _legal_name(name: str) -> str:
    if ":" in unicodedata.normalize("NFKC", name):
        name = "".join("-" if ":" in unicodedata.normalize("NFKC", char) else char for char in name)
    name = name.lstrip("-")
    while _utf16_length(name) > 256:
        name = name[:-1]
    return name


def _description(value: Json) -> str:
    if not isinstance(value, str) or not value:
        raise Refused("`description` must be text that is not empty")
    return value.replace("\\n", "\n")


_TOKEN = re.compile(r"(?:[^ ,(]|\([^)]*\)?)+")
_CALL = re.compile(r"([^(]+)\((.*)\)", re.DOTALL)


def _split(value: Json) -> list[str]:
    """Split names as the client does: at commas and blanks outside parentheses."""
    texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    tokens = [token.strip(JS_SPACE) for text in texts if isinstance(text, str) for token in _TOKEN.findall(text)]
    return [token for token in tokens if token]


def _tokens(value: Json) -> list[str] | None:
    """Split a tools value; None when it means all of them."""
    tokens = _split(value)
    return None if "*" in tokens else tokens


def _grant(token: str) -> ToolGrant:
    if token.startswith("mcp__"):
        server, _, tool = token[5:].partition("__")
        return ToolGrant(token, ID, "mcp", None, server, None if tool in ("", "*") else tool)
    call = _CALL.fullmatch(token)
    native, pattern = (call[1], call[2]) if call else (token, None)
    word = vocabulary.tool_word(ID, native)
    return ToolGrant(native, ID, word.capability if word else None, pattern)


def _read_tools(value: Json) -> Mapping[str, object]:
    tokens = _tokens(value)
    if tokens is None:
        return {}
    grants = [_grant(token) for token in tokens]
    delegates = [name.strip() for grant in grants if _spawns(grant) for name in (grant.pattern or "").split(",") if name.strip()]
    allow = tuple(replace(grant, pattern=None) if _spawns(grant) else grant for grant in grants)
    if not allow and value != []:
        raise Ignored("it names no tool, so the agent has none", {"tools.mode": "none"})
    found: dict[str, object] = {"tools.mode": "list" if allow else "none", "tools.allow": allow}
    if delegates:
        found["delegates"] = tuple(delegates)
    return found


def _spawns(grant: ToolGrant) -> bool:
    return grant.capability == "delegate" and grant.native in ("Agent", "Task")


def _write_tools(agent: Agent) -> Json | _Absent:
    tools = agent.tools
    if tools.mode == "inherit":
        return ABSENT
    words = []
    delegates = agent.delegates
    for grant in tools.allow:
        pattern = grant.pattern
        if delegates and _spawns(grant):
            pattern, delegates = ", ".join(delegates), None
        words.append(_word(replace(grant, pattern=pattern)))
    return ", ".join(words) if words else []


def _read_denied(value: Json) -> Mapping[str, object]:
    tokens = _tokens(value)
    if not tokens and value != []:
        raise Ignored("it denies nothing")
    return {"tools.deny": tuple(_grant(token) for token in tokens or ())}


def _write_denied(agent: Agent) -> Json | _Absent:
    return ", ".join(_word(grant) for grant in agent.tools.deny) if agent.tools.deny else ABSENT


def _word(grant: ToolGrant) -> str:
    return grant.native if grant.pattern is None else f"{grant.native}({grant.pattern})"


def _model(value: Json) -> Model:
    if not isinstance(value, str) or not value.strip(JS_SPACE):
        raise Ignored("a model is text")
    word = value.strip(JS_SPACE)
    kind = vocabulary.model_kind(ID, word)
    return Model("inherit") if kind == "inherit" else Model("alias" if kind == "alias" else "id", word)


def _write_model(model: Model) -> Json:
    return "inherit" if model.kind == "inherit" else model.value


def _effort(value: Json) -> str | int:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and float(value).is_integer():
        return int(value)
    word = yaml_nodes.js_text(value).lower()
    word = {"med": "medium"}.get(word, word)
    if word in EFFORTS:
        return word
    digits = _LEADING_DIGITS.match(word) if value is not None else None
    if digits is None:
        raise Ignored("an effort is " + ", ".join(EFFORTS) + " or a whole number")
    return int(digits[1])


def _mode(value: Json) -> str:
    mode = vocabulary.portable_mode(ID, value) if isinstance(value, str) else None
    if mode is None:
        raise Ignored("a permission mode is default, acceptEdits, auto, bypassPermissions, dontAsk or plan")
    return mode


_LEADING_DIGITS = re.compile(rf"{_S}*([+-]?[0-9]{{1,300}})")
_EXPONENT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]+")
_GROUPED = re.compile("[+-]?[0-9]{1,3}([_,\u00a0\u202f ])[0-9]{3}(?:\\1[0-9]{3})*")


def _max_turns(value: Json) -> int:
    """Read a count as the client does: digits at the start of a text count, `1e3` and `1,000` are read whole."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value)
    else:
        text = yaml_nodes.js_text(value).strip(JS_SPACE) if value is not None else ""
        if len(text) <= 32 and _GROUPED.fullmatch(text):
            text = re.sub("[_,\u00a0\u202f ]", "", text)
        digits = _LEADING_DIGITS.match(text)
        exponent = len(text) <= 32 and _EXPONENT.fullmatch(text)
        number = float(text) if exponent else float(digits[1]) if digits else 0.0
    if number <= 0 or not number.is_integer():
        raise Ignored("`maxTurns` is a positive whole number")
    return int(number)


def _skills(value: Json) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, (str, list)) or (value and isinstance(value, list) and not any(isinstance(item, str) for item in value)):
        raise Ignored("`skills` is a list of names")
    names = _split(value)
    return ("*",) if "*" in names else tuple(names)


def _boolean(value: Json) -> bool:
    if value is True or value == "true":
        return True
    if value is False or value == "false":
        return False
    raise Ignored("it is true or false")


def _color(value: Json) -> str:
    if isinstance(value, str) and value in COLORS:
        return value
    raise Ignored("a colour is one of " + ", ".join(sorted(COLORS)))


def _read_hooks(value: Json) -> tuple[Hook, ...]:
    return hooks.read(ID, value)


KEYS: dict[str, Key] = {
    "name": simple("name", _name),
    "description": simple("description", _description),
    "tools": Key(("tools.mode", "tools.allow", "delegates"), _read_tools, _write_tools),
    "disallowedTools": Key(("tools.deny",), _read_denied, _write_denied),
    "model": simple("model", _model, _write_model),
    "permissionMode": simple("permissions.mode", _mode, lambda mode: vocabulary.native_mode(ID, mode)),
    "maxTurns": simple("limits.max_turns", _max_turns),
    "skills": simple("skills", _skills, list),
    "mcpServers": simple("mcp_servers", mcp.read_claude_list, mcp.write_claude_list),
    "hooks": simple("hooks", _read_hooks, hooks.write),
    "background": simple("background", _boolean),
    "effort": simple("effort", _effort),
    "color": simple("color", _color),
}
SPEC = FormatSpec(
    id=ID,
    client="Claude Code",
    holds=frozenset({"prompt.text", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=_legal_name,
    duplicates="the one that the file system lists first",
    max_bytes=1_048_576,
)
DIALECT = markdown.Dialect(SPEC, KEYS, _find, _requoted, stray=lambda header: hooks.stray_guard(ID, header))


def read(source: SourceText) -> ReadResult:
    """Read a markdown file as Claude Code does."""
    return markdown.read(DIALECT, source)


def write(agents: AgentSet, original: SourceText | None) -> bytes:
    """Write a markdown file that Claude Code, and every strict YAML loader, reads."""
    return markdown.write(DIALECT, agents, original)


def project(projection: Projection) -> None:
    """Turn an agent into what a Claude Code file can hold."""
    projecting.require(projection, "name", "description")
    _project_texts(projection)
    _project_tools(projection)
    projecting.permission_mode(projection)
    projecting.permission_rules(projection)
    projecting.model(projection)
    projecting.effort(projection, EFFORTS, numbers=True)
    color = projection.get("color")
    if color is not None and color not in COLORS:
        projection.change("color", None, "looks-dropped", f"`{color}`")
    mcp.project_claude(projection)
    hooks.project(projection, _read_hooks)
    _project_skills(projection)
    projecting.drop_rest(projection)
    projecting.settle(projection, KEYS)
    projecting.own_extras(projection, lambda agent: keys.encode(KEYS, agent, ID), lambda header: markdown.decode_header(DIALECT, header))


def _project_texts(projection: Projection) -> None:
    description = projection.get("description")
    if description and "\\n" in description:
        projection.change(
            "description", description.replace("\\n", "\n"), "text-approximated", "Claude Code turns a backslash and n into a line break"
        )
    if projection.get("prompt.text") is None:
        projection.translate("prompt.text", "")
    projecting.trim(projection, "prompt.text", JS_SPACE)
    projecting.prompt_shape(projection, "replace")


def _project_tools(projection: Projection) -> None:
    sandbox = projection.get("permissions.sandbox")
    may = effects.effects(projection.source)
    if sandbox is not None and sandbox.files != "full":
        _list_tools(projection, may, f"a {sandbox.files} sandbox")
    elif sandbox is not None:
        projection.change("permissions.sandbox", None, "default-dropped", "no sandbox")
    if not projection.at_home and projection.get("tools.mode") == "inherit" and not may.may("read"):
        _list_tools(projection, may, "its switches")
    if projection.get("tools.mode") != "list" and projection.get("tools.allow"):
        projection.change("tools.allow", (), "looks-dropped", "tools that count for nothing without a list")
    projecting.grants(projection, "tools.allow", _spell_server, _reads_back)
    projecting.grants(projection, "tools.deny", _spell_server, _reads_back)
    if projection.get("tools.mode") == "list" and not projection.get("tools.allow"):
        projection.change("tools.mode", "none", "tool-unknown", "no tool is left")
    delegates = projection.get("delegates")
    if delegates is not None and not (any(_spawns(grant) for grant in projection.get("tools.allow")) and _is_list_of_agents(delegates)):
        projection.change("delegates", None, "field-dropped", ", ".join(delegates) or "none")


def _list_tools(projection: Projection, may: Effects, what: str) -> None:
    """Write the list of tools that leaves the effects which a sandbox or switches leave."""
    named = [
        ToolGrant(_spell_server(server, tool), ID, "mcp", None, server, tool)
        for server, names in may.servers.items()
        for tool in (sorted(names) if effects.ALL_TOOLS not in names else [None])
    ]
    listed = {
        "tools.mode": "list",
        "tools.allow": (*projecting.tools_within(may, ID), *filter(_reads_back, named)),
        "tools.deny": (),
        "permissions.sandbox": None,
    }
    projection.change_together(listed, "tools-from-sandbox", what)


def _reads_back(grant: ToolGrant) -> bool:
    word = _word(grant)
    return _split(word) == [word] and word != "*" and _grant(word) == grant


def _is_list_of_agents(names: tuple[str, ...]) -> bool:
    return bool(names) and all(name and name == name.strip() and not set(name) & set(",()") for name in names)


def _project_skills(projection: Projection) -> None:
    skills: tuple[str, ...] = projection.get("skills") or ()
    kept = tuple(name for name in skills if _split(name) == [name] and (name != "*" or len(skills) == 1))
    if kept != skills:
        projection.change("skills", kept or None, "field-dropped", ", ".join(name for name in skills if name not in kept))


def _spell_server(server: str, tool: str | None) -> str:
    return f"mcp__{server}__{tool}" if tool else f"mcp__{server}"
