"""What the matchers of hooks on tools mean, and the same in another client's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core import vocabulary

if TYPE_CHECKING:
    from agentconv.core.ir import Hook

_EVERYTHING = (None, "", "*", ".*")
_ON_TOOLS = frozenset({"before-tool", "after-tool", "after-tool-failure", "permission-request"})
_MCP_TOOL = re.compile(r"mcp__[A-Za-z0-9-]+__[A-Za-z0-9_-]+")
"""A tool of a server as clients with such matchers call it; a name with `_` in it may be cut elsewhere."""


def is_everything(hook: Hook) -> bool:
    """Whether a hook is about each event of its kind."""
    return hook.matcher in _EVERYTHING


def meaning(hook: Hook) -> frozenset[str] | None:
    """Return what a hook is about: capabilities, and the words that stand for none; None where that is everything."""
    if is_everything(hook):
        return None
    words = _words(hook)
    return frozenset(one for word in words for one in vocabulary.grants(hook.format, word) or (word,))


def translated(hook: Hook, target: str) -> str | None:
    """Return a matcher that fits at least the target's tools that do what the matched ones do; None where nobody knows one."""
    if hook.event not in _ON_TOOLS:
        return None
    found: list[str] = []
    for word in _words(hook):
        meanings = vocabulary.grants(hook.format, word) if vocabulary.own_word(hook.format, word) else ()
        own = [word] if _MCP_TOOL.fullmatch(word) else [one for meaning in meanings for one in vocabulary.tools_for(target, meaning)]
        if not own:
            return None
        found += own
    return "|".join(dict.fromkeys(found))


def _words(hook: Hook) -> list[str]:
    return [word.strip() for word in (hook.matcher or "").split("|")]
