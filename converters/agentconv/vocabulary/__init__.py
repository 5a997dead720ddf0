"""The words of each client (tools, models, permission modes, hook events) as data, with source and verified date.

`tools.toml`, `models.toml`, `permission_modes.toml` and `hooks.toml` hold the rows; this module only looks up.
A further format is further rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _table(name: str) -> dict[str, Any]:
    import tomli

    return tomli.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class ToolWord:
    """What a tool word means."""

    native: str
    capability: str | None
    format: str
    """The format whose word it is: another one than asked for when the word is foreign."""
    how: str
    """`exact`, `retired`, `case` (another spelling of case) or `foreign`."""


@cache
def tool_word(format_id: str, word: str) -> ToolWord | None:
    """Find what a tool word means to a format, else to any other; None when nobody knows it."""
    own = _tools(format_id)
    if word in own["tools"]:
        return ToolWord(word, own["tools"][word] or None, format_id, "exact")
    if word in own["retired"]:
        return ToolWord(word, own["retired"][word] or None, format_id, "retired")
    folded = own["folded"].get(word.casefold())
    if folded is not None:
        return ToolWord(folded, own["tools"][folded] or None, format_id, "case")
    for other in _table("tools"):
        words = _tools(other)
        for kind in ("tools", "retired"):
            if other != format_id and word in words[kind]:
                return ToolWord(word, words[kind][word] or None, other, "foreign")
    return None


@cache
def _tools(format_id: str) -> dict[str, dict[str, str]]:
    table = _table("tools").get(format_id, {})
    tools = table.get("tools", {})
    return {"tools": tools, "retired": table.get("retired", {}), "folded": {word.casefold(): word for word in tools}}


@cache
def tools_for(format_id: str, capability: str) -> tuple[str, ...]:
    """Return all the format's words for a capability, the one that is written first."""
    return tuple(word for word, meaning in _tools(format_id)["tools"].items() if meaning == capability)


@cache
def tool_for(format_id: str, capability: str) -> str | None:
    """Return the word that a format writes for a capability; None when it has none."""
    return next((word for word, meaning in _tools(format_id)["tools"].items() if meaning == capability), None)


def capabilities(format_id: str) -> set[str]:
    """Return what the client's own tools can do; everything for a format that is no client's."""
    if format_id not in _table("tools"):
        return {meaning for client in _table("tools") for meaning in _tools(client)["tools"].values() if meaning}
    return {meaning for meaning in _tools(format_id)["tools"].values() if meaning}


def enforces_patterns(format_id: str) -> bool:
    """Whether the client holds an agent to the pattern of a tool grant (`Bash(git:*)`)."""
    return bool(_table("tools").get(format_id, {}).get("enforces_patterns", False))


@cache
def portable_mode(format_id: str, word: str) -> str | None:
    """Return the portable permission mode for a client's word."""
    modes: dict[str, str] = _table("permission_modes").get(format_id, {}).get("modes", {})
    return modes.get(word)


@cache
def native_mode(format_id: str, mode: str) -> str | None:
    """Return the client's word for a portable permission mode; None when it has none."""
    modes = _table("permission_modes").get(format_id, {}).get("modes", {})
    return next((word for word, meaning in modes.items() if meaning == mode), None)


@cache
def portable_event(format_id: str, word: str) -> str | None:
    """Return the portable name of a client's hook event."""
    events: dict[str, str] = _table("hooks").get(format_id, {}).get("events", {})
    return events.get(word) or None


def knows_event(format_id: str, word: str) -> bool:
    """Whether the client has a hook event of this name."""
    return word in _table("hooks").get(format_id, {}).get("events", {})


@cache
def native_event(format_id: str, event: str) -> str | None:
    """Return the client's word for a portable hook event."""
    events = _table("hooks").get(format_id, {}).get("events", {})
    return next((word for word, meaning in events.items() if meaning == event), None)


@cache
def model_kind(format_id: str, word: str) -> str:
    """Tell whether a model word is `inherit`, one of the client's `alias`es, or an `id`."""
    client = _table("models")["clients"].get(format_id, {})
    if word.casefold() in client.get("inherit", ()):
        return "inherit"
    return "alias" if word.casefold() in client.get("aliases", {}) else "id"


@cache
def model_provider(value: str) -> str | None:
    """Return who makes a model, by its id; None when unknown."""
    for provider, row in _table("models")["providers"].items():
        if value.casefold().startswith(tuple(row["prefixes"])):
            return str(provider)
    return None


@cache
def serves_model(format_id: str, kind: str, value: str) -> bool:
    """Whether the client serves a model of this id or alias."""
    client = _table("models")["clients"].get(format_id, {})
    if kind == "alias":
        return value.casefold() in client.get("aliases", {})
    return model_provider(value) in client.get("serves", ())
