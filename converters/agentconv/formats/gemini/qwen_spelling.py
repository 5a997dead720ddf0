"""Names, models and tools as Qwen Code writes them: its rule for names, and tools by exact id or display name.

`mcp__server__tool` is one tool; whole servers, and the start of a name with `*`, can only be denied.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from agentconv.core import effects, vocabulary
from agentconv.core.diagnostics import Cause
from agentconv.core.ir import Model, ToolGrant
from agentconv.core.losses import listed
from agentconv.families import javascript
from agentconv.families.javascript import SPACE
from agentconv.families.keys import ABSENT, Ignored, Refused
from agentconv.yaml.nodes import js_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, Json
    from agentconv.families.keys import Absent

ID = "qwen-code"
PROVIDERS = frozenset({"openai", "openai-responses", "qwen-oauth", "gemini", "vertex-ai", "anthropic"})
RESERVED = frozenset({"self", "system", "user", "model", "tool", "config", "default", "main"})
NOTHING = "ask_user_question"
"""A tool that is withheld from every sub-agent: a list of it alone is how to grant none, since an empty one grants all."""


def _as_text(name: str, value: Json) -> str:
    if value is None or value == "":
        raise Refused(f"`{name}` is missing", key=name, cause=Cause.MISSING_KEY)
    if not _has_text(value):
        raise Refused(f"`{name}` holds a map", key=name)
    return js_text(value)


def _has_text(value: Json) -> bool:
    """Whether JavaScript makes the value a text; of a map without a prototype, it cannot."""
    if isinstance(value, list):
        return all(map(_has_text, value))
    return not isinstance(value, dict) or "$float" in value


def name(value: Json) -> str:
    """Read a name: any value that is a legal one as text.

    Raises:
        Refused: The client does not take it.
    """
    text = _as_text("name", value)
    if not is_legal(text.strip(SPACE)):
        raise Refused("`name` must be 2 to 50 letters, digits, `-` and `_`, not start or end with `-` or `_`, and not be reserved")
    return text


def description(value: Json) -> str:
    """Read a description: any value as text that is not blank.

    Raises:
        Refused: It is blank.
    """
    text = _as_text("description", value)
    if not text.strip(SPACE):
        raise Refused("`description` must not be blank")
    return text


def model(value: Json) -> Model:
    """Read a model: `inherit`, `fast`, an id, or a provider and an id.

    Raises:
        Refused: It names none.
    """
    text = _as_text("model", value)
    word = text.strip(SPACE)
    provider, colon, model_id = (part.strip(SPACE) for part in word.partition(":"))
    if not word or (colon and provider in PROVIDERS and not model_id):
        raise Refused("`model` names no model", key="model")
    if word == "inherit":
        return Model("inherit")
    if word == "fast":
        return Model("alias", word)
    return Model("id", model_id, provider) if colon and provider in PROVIDERS else Model("id", word)


def write_model(value: Model) -> Json:
    """Write a model."""
    if value.kind == "inherit":
        return "inherit"
    return f"{value.provider}:{value.value}" if value.provider else value.value


def is_legal(name: str) -> bool:
    """Whether the client takes a name, without the blanks around it."""
    return (
        2 <= javascript.length(name) <= 50
        and all(map(_may_stand, name))
        and name[0] not in "-_"
        and name[-1] not in "-_"
        and name.lower() not in RESERVED
    )


def _may_stand(char: str) -> bool:
    return char in "-_" or unicodedata.category(char)[0] in "LN"


def legal_name(name: str) -> str:
    """Return the nearest name that the client takes."""
    if is_legal(name.strip(SPACE)):
        return name
    plain = re.sub("-+", "-", "".join(char if _may_stand(char) else "-" for char in name)).strip("-_")
    while javascript.length(plain) > 50:
        plain = plain[:-1].strip("-_")
    if plain.lower() in RESERVED:
        return f"{plain}-agent"
    return plain if is_legal(plain) else ""


def grant(token: str) -> ToolGrant:
    """Read one name; a wildcard for the start of a server's name stands for all servers."""
    if token.startswith("mcp__"):
        server, _, tool = token[5:].partition("__")
        every = server.endswith("*")
        return ToolGrant(token, ID, "mcp", None, "*" if every else server, None if every or tool in ("", "*") else tool)
    word = vocabulary.tool_word(ID, token)
    return ToolGrant(token, ID, word.capability if word else None)


def _tokens(value: Json) -> tuple[list[str], str | None]:
    """Return the names in a list or a comma-separated text, and what the client passes over."""
    if isinstance(value, str):
        return [token for part in value.split(",") if (token := part.strip(SPACE))], None
    if not isinstance(value, list):
        return [], "it is a list or a text"
    found = [token for token in value if isinstance(token, str)]
    if not all(token.strip(SPACE) for token in found):
        raise Refused("the name of a tool is blank")
    return found, None if len(found) == len(value) else "what is no text is passed over"


def read_tools(value: Json) -> Mapping[str, object]:
    """Read the tools that are granted.

    Raises:
        Ignored: It holds more, or less, than names of single tools.
        Refused: A name is blank.
    """
    tokens, problem = _tokens(value)
    if not tokens:
        raise Ignored(f"{problem or 'it names no tool'}, so the agent has all of them")
    grants = tuple(map(grant, tokens))
    found: dict[str, object] = {"tools.mode": "list", "tools.allow": grants}
    if "*" in tokens:
        found = {}
    elif tokens == [NOTHING]:
        found = {"tools.mode": "none"}
    vague = [grant.native for grant in grants if grant.server and (grant.tool is None or "*" in grant.tool)]
    if vague and found:
        problem = f"it takes single tools of a server only, and {', '.join(vague[:5])} grants nothing"
    if problem:
        raise Ignored(problem, found)
    return found


def write_tools(agent: Agent) -> Json | Absent:
    """Write the tools that are granted."""
    if agent.tools.mode == "none":
        return [NOTHING]
    return [grant.native for grant in agent.tools.allow] if agent.tools.mode == "list" else ABSENT


def read_denied(value: Json) -> Mapping[str, object]:
    """Read the tools that are denied; `*` is every tool of an MCP server.

    Raises:
        Ignored: It holds more, or less, than names.
        Refused: A name is blank.
    """
    tokens, problem = _tokens(value)
    grants = tuple(map(_denial, tokens))
    if problem or not grants:
        raise Ignored(problem or "it denies nothing", {"tools.deny": grants})
    return {"tools.deny": grants}


def _denial(word: str) -> ToolGrant:
    return ToolGrant(word, ID, "mcp", None, "*") if word == "*" else grant(word)


def write_denied(agent: Agent) -> Json | Absent:
    """Write the tools that are denied."""
    return [grant.native for grant in agent.tools.deny] or ABSENT


def spell_server(server: str, tool: str | None) -> str:
    """Write one tool of an MCP server; nothing for several, which cannot be granted together."""
    return f"mcp__{server}__{tool}" if tool and "*" not in tool else ""


def spell_denied(server: str, tool: str | None) -> str:
    """Write an MCP server, one of its tools, or every server, to deny it."""
    if server == "*":
        return "" if tool else "mcp__*"
    return f"mcp__{server}__{tool}" if tool else f"mcp__{server}"


def reads_back(value: ToolGrant) -> bool:
    """Whether a grant, written, is read as itself."""
    return value == _denial(value.native) and value.native == value.native.strip(SPACE) != ""


def project_servers(projection: Projection) -> None:
    """Grant the tools of MCP servers one by one, since the client's list takes nothing else.

    Of a server that the agent itself limits to some tools, these are all.
    """
    allow: tuple[ToolGrant, ...] = projection.get("tools.allow")
    whole = [one for one in allow if one.server and (one.tool is None or "*" in one.tool)]
    if projection.at_home or not whole:
        return
    limited = {effects.server_key(server.name): server.enabled_tools for server in projection.get("mcp_servers") or ()}
    kept: list[ToolGrant] = []
    lost: list[str] = []
    for one in allow:
        tools = (limited.get(effects.server_key(one.server or "")) or ()) if one.tool is None else ()
        kept += (
            [ToolGrant(spell_server(one.server or "", tool), ID, "mcp", None, one.server, tool) for tool in tools]
            if one in whole
            else [one]
        )
        if one in whole and not tools:
            lost.append(one.native)
    code, detail = "mcp-tools-listed", listed(one.native for one in whole)
    if lost:
        code, detail = "tool-unknown", listed(lost, "{}: tools of a server are granted one by one")
    projection.change("tools.allow", tuple(dict.fromkeys(kept)), code, detail)
