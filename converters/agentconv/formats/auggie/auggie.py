"""Augment Auggie 0.36.0: markdown files in `.augment/agents`, nested ones too, one agent a file.

https://docs.augmentcode.com/cli/subagents

No file is ever refused. Without a header between fences of lines of their own all of the text is the prompt; where js-yaml 4 fails, all of
the header goes: what is left is the file's name, the prompt, and every tool. Names and descriptions of any type are text, and another
value of a wrong type costs its key alone; a list of tools that is empty or no list is no limit. With `disabled_tools`, `tools` counts
for nothing. A word that is no tool opens nothing. Blanks at the ends of a prompt, which the client keeps, are none here.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec, ReadResult
from agentconv.core.losses import quoted
from agentconv.families import markdown, model_words, tool_tokens
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE
from agentconv.families.keys import ABSENT, Ignored, Key, simple
from agentconv.projecting import mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import JS_YAML_4
from agentconv.yaml.nodes import js_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.diagnostics import Span
    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, Json, ToolGrant
    from agentconv.core.source import SourceText
    from agentconv.families.keys import Absent

ID = "auggie"
FOLDERS = {".augment": True, ".claude": False, ".agents": False}
"""Where the client looks for skills and commands, and whether that is its own."""
HINT = "define it in ~/.augment/settings.json, for all agents"
COLORS = frozenset({"red", "blue", "green", "yellow", "orange", "purple", "pink", "cyan"})
NOTHING = "none"
"""A word that is no tool: a list of it alone is how to grant none, since an empty one is no limit."""
_FILE = expression(r"---\s*\n(.*?)(\n)---\s*\n", re.DOTALL)
_HOME = expression(r"(?:.*/)?\.(?:augment|claude|agents)/agents/")
_UNSAFE = expression(r"[^A-Za-z0-9_-]+")


def find(source: SourceText) -> Header | Complaint:
    """Find the header of any of the client's files."""
    found = _FILE.match(source.text)
    if found is None:
        return Complaint("the file does not start with a header between two lines `---`")
    return Header(source, found.start(1), found.end(2), found.end(), tail=1)


def _sanitised(name: str) -> str:
    """Return a name as the client makes one of it."""
    return _UNSAFE.sub("-", re.sub(r"\s+", "-", name.strip(SPACE)))


def _name_of(path: str) -> str:
    """Return the name of a file: its stem, with the folders below the client's own before it."""
    home = _HOME.match(path)
    below = path[home.end() :] if home else path.rpartition("/")[2]
    return _sanitised((below.rpartition(".")[0] or below).replace("/", ":"))


def _unread(source: SourceText, problem: Complaint, span: Span) -> ReadResult | None:
    """Return what is left of a file whose header the client cannot read: its name, a prompt, and every tool."""
    from agentconv.families import headerless

    return headerless.read(SPEC, source, find(source), problem, span, name=_name_of(source.path), mode="append")


def text_of(value: Any) -> str | None:
    """Return a value as the client makes text of it, without the blanks at its ends; nothing, where there is none."""
    if value is None:
        return None
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")) if isinstance(value, (dict, list)) else js_text(value)
    return text.strip(SPACE) or None


def _name(value: Any) -> Mapping[str, object]:
    name = text_of(value)
    return {"name": _sanitised(name)} if name else {}


def _words(name: str, value: Any) -> list[str]:
    """Return the words of a list, or of names with commas.

    Raises:
        Ignored: There is none: the client then limits nothing.
    """
    found = value.split(",") if isinstance(value, str) else [js_text(item) for item in value] if isinstance(value, list) else []
    words = [word for one in found if (word := one.strip(SPACE))]
    if not words and value is not None:
        raise Ignored(f"`{name}` names nothing, and limits nothing")
    return words


def _allowed(value: Any) -> Mapping[str, object]:
    words = _words("tools", value)
    if words == [NOTHING]:
        return {"tools.mode": "none"}
    return tool_tokens.listed(dict.fromkeys(tool_tokens.own(ID, word) for word in words)) if words else {}


def _write_allowed(agent: Agent) -> Json | Absent:
    if agent.tools.mode == "inherit":
        return ABSENT
    return [one.native for one in agent.tools.allow] or [NOTHING]


def _denied(value: Any) -> Mapping[str, object]:
    return {"tools.deny": tuple(dict.fromkeys(tool_tokens.own(ID, word) for word in _words("disabled_tools", value)))}


def _write_denied(agent: Agent) -> Json | Absent:
    return [one.native for one in agent.tools.deny] or ABSENT


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Ignored("it is true or false")
    return value


def _color(value: Any) -> str | None:
    if not isinstance(value, str):
        raise Ignored("a colour is a word")
    return value or None


def _lift(header: dict[str, Json]) -> Mapping[str, object]:
    """Say how the prompt is combined with the client's own, and pass over `tools` beside `disabled_tools`."""
    replaces = header.get("replace_system_prompt") is True
    if isinstance(header.get("replace_system_prompt"), bool):
        del header["replace_system_prompt"]
    return {"prompt.mode": "replace" if replaces else "append"}


def _lower(agent: Agent) -> Mapping[str, Json]:
    return {"replace_system_prompt": True} if agent.prompt and agent.prompt.mode == "replace" else {}


KEYS: dict[str, Key] = {
    "name": Key(("name",), _name, lambda agent: ABSENT if agent.name is None else agent.name),
    "description": simple("description", text_of),
    "model": simple("model", lambda value: model_words.read(ID, word) if (word := text_of(value)) else None, model_words.write),
    "color": simple("color", _color),
    "tools": Key(("tools.mode", "tools.allow"), _allowed, _write_allowed),
    "disabled_tools": Key(("tools.deny",), _denied, _write_denied),
    "hidden": simple("invocation.hidden", _flag),
}
SWITCHES = {"replace_system_prompt": "prompt.mode"}
"""Keys whose absence means something, too: `_lift` reads them, `_lower` writes them."""
SPEC = FormatSpec(
    id=ID,
    client="Auggie",
    holds=frozenset({"prompt.text", *SWITCHES.values(), *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=lambda name: _sanitised(name).strip("-"),
    duplicates="the first in path order",
)


def _complete(values: dict[str, object]) -> None:
    """Leave the list out beside tools that are denied: the client then looks at those alone."""
    if values.get("tools.deny"):
        values.pop("tools.allow", None)
        values.pop("tools.mode", None)


DIALECT = markdown.Dialect(
    SPEC,
    KEYS,
    find,
    required=(),
    lift=_lift,
    lower=_lower,
    name_of=_name_of,
    says_name=True,
    grammar=JS_YAML_4,
    unparsed=_unread,
    complete=_complete,
)
read = partial(markdown.read, DIALECT)
write = partial(markdown.write, DIALECT)


def project(projection: Projection) -> None:
    """Turn an agent into what an Auggie file can hold."""
    texts.trim(projection, "description", SPACE)
    texts.require(projection, "name")
    texts.body(projection)
    texts.prompt(projection, projection.get("prompt.mode") or "replace")
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    denies = projection.get("tools.mode") == "inherit" and not projection.get("permissions.rules")
    tool_lists.tool_list(projection, lambda _server, _tool: "", _reads_back, denies=denies)
    permissions.mode(projection)
    permissions.rules(projection)
    permissions.unasked(projection)
    models.model(projection)
    mcp.drop(projection, HINT)
    color = projection.get("color")
    if color is not None and color not in COLORS and not projection.at_home:
        projection.change("color", None, "looks-dropped", quoted(color))


def _reads_back(grant: ToolGrant) -> bool:
    return grant.native not in ("", NOTHING) and tool_tokens.own(ID, grant.native) == grant
