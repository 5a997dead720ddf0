"""What a bundle that somebody wrote says of tools, held to what it would mean: nothing that was to be closed is open by a slip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import granted

if TYPE_CHECKING:
    from collections.abc import Iterator

    Mistake = tuple[list[str | int], str, str]
    """Where something is said that cannot be meant, what, and what to write."""


def mistakes(document: Any) -> Iterator[Mistake]:
    """Yield what would let an agent do more than is written: a list that is not heeded, and a capability that nothing is called.

    Args:
        document: A bundle that is valid by its schema.
    """
    for number, agent in enumerate(document.get("agents", ())):
        tools = agent.get("tools", {})
        if granted.is_unheeded(tools.get("mode", "inherit"), tools.get("allow", ())):
            yield ["agents", number, "tools", "allow"], granted.UNHEEDED, '`"mode": "list"` beside it'
    for path, word, format_id in _capabilities(document):
        if wrong := granted.unknown_capability(word, format_id):
            yield path, *wrong


def _capabilities(document: Any) -> Iterator[tuple[list[str | int], str, str]]:
    pending: list[tuple[list[str | int], Any]] = [([key], value) for key, value in document.items() if key != "sources"]
    while pending:
        path, value = pending.pop()
        if isinstance(value, list):
            pending += [([*path, index], item) for index, item in enumerate(value)]
        elif isinstance(value, dict):
            if isinstance(word := value.get("capability"), str) and "native" in value:
                yield [*path, "capability"], word, str(value.get("format"))
            pending += [([*path, key], item) for key, item in value.items() if key not in _VERBATIM]


_VERBATIM = frozenset({"extras", "prompt", "files"})
"""What holds a client's own words, or texts."""
