"""Tools as GitHub Copilot writes them: words of its own in any case, `set/tool` of VS Code's, `server/tool`, `server/*`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import vocabulary
from agentconv.core.expressions import expression
from agentconv.core.ir import ToolGrant
from agentconv.families import tool_tokens
from agentconv.families.keys import Refused
from agentconv.families.rust import SPACE
from agentconv.families.value_checks import is_text, is_texts

if TYPE_CHECKING:
    from collections.abc import Mapping


_ID = "copilot"
_TOOL_SETS = frozenset({"vscode", "execute", "read", "edit", "search", "web", "agent", "todo", "new", "runCommands", "runTasks"})
"""VS Code's own sets of tools, written before a slash as a server is."""

_PLAIN_SERVER = expression(r"[A-Za-z0-9_-]+")


def _is_own(word: str) -> bool:
    found = vocabulary.tool_word(_ID, word)
    return found is not None and found.how in ("exact", "alias")


def grant(token: str) -> ToolGrant:
    """Read one word: a tool of the client's own, `set/tool` of VS Code's, `server/tool`, or `server-tool` for one called as its own."""
    word = vocabulary.tool_word(_ID, token)
    if word is None or word.how not in ("exact", "alias", "retired"):
        server, slash, tool = token.rpartition("/")
        if slash and server in _TOOL_SETS and _is_own(tool):
            word = vocabulary.tool_word(_ID, tool)
        elif slash and server and tool and server not in _TOOL_SETS:
            return ToolGrant(token, _ID, "mcp", None, server, None if tool == "*" else tool)
        server, _, tool = token.rpartition("-")
        if not slash and _PLAIN_SERVER.fullmatch(server) and _is_own(tool) and not _is_own(server):
            return ToolGrant(token, _ID, "mcp", None, server, tool)
    return ToolGrant(token, _ID, word.capability if word else None)


def spell_server(server: str, tool: str | None) -> str:
    """Write an MCP server, or one of its tools; `server/create` would be the client's own `create` where there is no such server."""
    if server == "*" or (tool and _is_own(tool) and not _PLAIN_SERVER.fullmatch(server)):
        return ""
    return f"{server}-{tool}" if tool and _is_own(tool) else f"{server}/{tool or '*'}"


def reads_back(value: ToolGrant) -> bool:
    """Whether a grant, written, is read as itself."""
    return value.native not in ("", "*") and grant(value.native) == value


def read(value: Any) -> Mapping[str, object]:
    """Read a list of tools, or tools with commas: `*` among them is every tool.

    Raises:
        Refused: The client drops the agent for it.
    """
    if not is_text(value) and not is_texts(value):
        raise Refused("`tools` is a list of names, or names with commas")
    tokens = [token for token in (part.strip(SPACE) for part in value.split(",")) if token] if isinstance(value, str) else value
    if "*" in tokens:
        return {}
    return tool_tokens.listed(map(grant, tokens))
