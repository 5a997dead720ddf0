"""Lists of tools by name: the client's own words, and the form `Tool(pattern)`, `mcp__server__tool` that many take from Claude Code."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from agentconv.core import patterns, vocabulary
from agentconv.core.expressions import expression
from agentconv.core.ir import ToolGrant
from agentconv.families.javascript import SPACE
from agentconv.families.keys import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentconv.core.ir import Agent, Json
    from agentconv.families.keys import Absent

_TOKEN = expression(r"(?:[^ ,(]|\([^)]*\)?)+")
_CALL = expression(r"([^(]+)\((.*)\)", re.DOTALL)


def split(value: Json) -> list[str]:
    """Split names as the client does: at commas and blanks outside parentheses; what is no text is passed over."""
    texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    tokens = [token.strip(SPACE) for text in texts if isinstance(text, str) for token in _TOKEN.findall(text)]
    return [token for token in tokens if token]


@lru_cache(maxsize=4096)
def grant(format_id: str, token: str) -> ToolGrant:
    """Read one token."""
    if token.startswith("mcp__"):
        server, _, tool = token[5:].partition("__")
        return ToolGrant(token, format_id, "mcp", None, server, None if tool in ("", "*") else tool)
    call = _CALL.fullmatch(token)
    native, pattern = (call[1], call[2]) if call else (token, None)
    word = vocabulary.tool_word(format_id, native)
    spoken = None if pattern is None else patterns.spoken(format_id, native, pattern)
    return ToolGrant(native, format_id, word.capability if word else None, spoken)


def own(format_id: str, word: str) -> ToolGrant:
    """Read one of a client's own words, which means what its vocabulary says, and nothing else."""
    found = vocabulary.tool_word(format_id, word)
    return ToolGrant(word, format_id, found.capability if found else None)


def listed(grants: Iterable[ToolGrant]) -> Mapping[str, object]:
    """Return the fields of a list of tools; without one, there is no tool."""
    allow = tuple(grants)
    return {"tools.mode": "list", "tools.allow": allow} if allow else {"tools.mode": "none"}


def write(agent: Agent) -> Json | Absent:
    """Write the list of tools; nothing, where the agent has all of them."""
    return ABSENT if agent.tools.mode == "inherit" else [one.native for one in agent.tools.allow]
