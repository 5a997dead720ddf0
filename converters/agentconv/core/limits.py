"""Keys that read like a limit: what a person who wrote one meant, whichever client's word it is."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from agentconv.core import key_fields, schema_files, vocabulary
from agentconv.core.ir import unescape_key
from agentconv.core.suggestions import folded, nearest, opposed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.core.ir import Json

_REMEMBERED = 512
"""How many keys of files are remembered: people's files have new ones for ever."""


def meant(key: str) -> str | None:
    """Return the field that a key means to limit, such as `tools.allow` or `permissions.rules`; None where it is no limit."""
    return vocabulary.limits().get(folded(key)) or None


@lru_cache(_REMEMBERED)
def field_of(format_id: str, key: str) -> str | None:
    """Return the field that a key of a client's file is meant to limit, by itself or as a slip; None where it is about something else."""
    field = meant(key)
    if field is None:
        own = spelling(format_id, key)
        field = key_fields.of(format_id)[own] if own else _slip(key)
    return field if field.startswith(("tools.", "permissions.")) else None


def is_guard(format_id: str, key: str) -> bool:
    """Whether a key of a client's file, which is none of the client's, is a slip of the one that holds hooks, which may block a call."""
    own = spelling(format_id, key)
    return own != key and bool(own) and key_fields.of(format_id)[own] == "hooks"


@lru_cache(_REMEMBERED)
def spelling(format_id: str, key: str) -> str:
    """Return the client's key that another one is a slip of; empty where there is none."""
    same, swapped = _spellings(format_id)
    if folded(key) in same or owners(key):
        return same.get(folded(key), "")
    anagrams = (name for name in swapped.get("".join(sorted(key)), ()) if not opposed(key, name))
    near = chain(anagrams, filter(None, [nearest(key, key_fields.of(format_id), 0.84)]))
    return next(near, "") if len(key) > 3 else ""


@cache
def _spellings(format_id: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return a client's keys by what people spell either way, and by their letters."""
    swapped: dict[str, list[str]] = {}
    for name in key_fields.of(format_id):
        swapped.setdefault("".join(sorted(name)), []).append(name)
    return {folded(name): name for name in key_fields.of(format_id)}, swapped


def _slip(key: str) -> str:
    """Return the field that a slip of another client's word means; nobody means another thing by one that is as long."""
    near = "" if owners(key) else nearest(folded(key), _long_words(), 0.9)
    return vocabulary.limits()[near] if near else ""


@cache
def _long_words() -> tuple[str, ...]:
    return tuple(word for word in vocabulary.limits() if len(word) >= _LONG)


_LONG = 8


def owners(key: str) -> tuple[str, ...]:
    """Return the formats that have a key, in any case: some readers make no difference."""
    return _owners().get(key.casefold(), ())


@cache
def _owners() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for client in schema_files.client_names():
        for name in _own_keys(client):
            found[name] = (*found.get(name, ()), client)
    return found


def own_key(format_id: str, key: str) -> str:
    """Return a client's key as it spells it; empty where it has none."""
    return _own_keys(format_id).get(key.casefold(), "")


@cache
def _own_keys(format_id: str) -> dict[str, str]:
    """Return a client's keys by themselves without case; of two, the first."""
    return {name.casefold(): name for name in reversed([*key_fields.of(format_id)])}


def is_passed_over(format_id: str, key: str) -> bool:
    """Whether a client passes over a key in a file of its own: it has no such key, and does not mind, or has one that holds nothing."""
    schema = schema_files.load(format_id)
    row = schema["properties"].get(key)
    return schema["x-unknown"] != "rejected" and key not in schema.get("x-known-keys", ()) if row is None else "x-unheld" in row


def limited(format_id: str, key: str, value: Json) -> str | None:
    """Return the field that a key of a client's file limits with a value; None where it is about something else, or limits nothing."""
    field = field_of(format_id, key)
    return None if field == _MODE and isinstance(value, str) and vocabulary.mode_anywhere(value) in _FREE_MODES else field


_MODE = "permissions.mode"
_FREE_MODES = ("accept-edits", "auto", "bypass")
"""Modes by which an agent is to be asked less, and not more."""


def ignored(format_id: str, keys: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield the keys that a client passes over although they were meant to limit the agent, each with the field that was meant."""
    properties = schema_files.load(format_id)["properties"]
    for key, value in ((unescape_key(key), value) for key, value in keys.items()):
        if not is_passed_over(format_id, key):
            continue
        field = meant(key) if "x-unheld" in properties.get(key, {}) else limited(format_id, key, value)
        if field:
            yield key, field


def instead(format_id: str, field: str, value: Json) -> str | None:
    """Return a client's own key by which what a value says of a field could be said; None where it has none that means the same."""
    if field == _MODE:
        mode = vocabulary.mode_anywhere(value) if isinstance(value, str) else None
        if mode is None or not any(vocabulary.native_mode(format_id, one) for one in _ALIKE.get(mode, (mode,))):
            return None
    return key_for(format_id, field)


_ALIKE = {"plan": ("plan", "read-only"), "read-only": ("read-only", "plan")}
"""Modes that mean the same to who wants one of them."""


def written(format_id: str, field: str) -> str:
    """Return how a client's file spells a field: its key, that of a field beside it in the same key, or else the field's own name."""
    prefix = f"extras.{format_id}."
    if field.startswith(prefix):
        return unescape_key(field.removeprefix(prefix))
    rows: dict[str, dict[str, object]] = schema_files.load(format_id)["properties"]
    beside = (name for name, row in rows.items() if str(row["x-field"]).startswith(f"{field.partition('.')[0]}."))
    return key_for(format_id, field) or next(beside, field)


def key_for(format_id: str, field: str) -> str | None:
    """Return a client's own key for a field; the one that is not called deprecated, where there are several."""
    rows: dict[str, dict[str, object]] = schema_files.load(format_id)["properties"]
    found = [name for name, row in rows.items() if row["x-field"] == field]
    return next((name for name in found if "eprecated" not in str(rows[name].get("description", ""))), None)
