"""Hypothesis strategies for clients' files: valid ones, valid ones with damage at the level of bytes, lines or keys, and any bytes."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from agent_files import holds, make, minimal
from agentconv.core import schema_files
from agentconv.core.source import SourceText
from agentconv.formats import registry
from file_laws import HUBS, places, seeds
from strategies import chosen, json_values, texts, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy

_KEY = re.compile(rb"(?m)^[ \t]*(?:- )?[\"']?([\w.$-]+)[\"']?(?=[ \t]*[:=])")


@cache
def headers(format_id: str) -> SearchStrategy[dict[str, Any]]:
    """Headers made of a client's own keys, with the schema's examples, its bad examples and any value."""
    properties = schema_files.load(format_id)["properties"]
    keys = list(properties)

    @st.composite
    def header(draw: st.DrawFn) -> dict[str, Any]:
        found = minimal(format_id)
        for _ in range(draw(st.integers(0, 6))):
            key = keys[draw(st.integers(0, len(keys) - 1))] if draw(st.integers(0, 9)) else draw(words())
            row = properties.get(key, {})
            known = [*row.get("examples", []), *row.get("x-bad-examples", [])]
            value = known[draw(st.integers(0, len(known) - 1))] if known and draw(st.integers(0, 4)) else draw(json_values())
            found |= {key: value} if holds(format_id, value) else {}
        return found

    return header()


@cache
def sound_files(format_id: str) -> SearchStrategy[SourceText]:
    """Files whose syntax is sound: fixtures, and what can be made of the client's keys."""
    known = seeds(format_id)
    if format_id in HUBS:
        return _bundles(format_id)
    fitting = [
        place for place in places(format_id) if place.rpartition(".")[2] == make(format_id, minimal(format_id)).path.rpartition(".")[2]
    ]
    made = st.builds(lambda header, place: SourceText(place, _made(format_id, header)), headers(format_id), chosen(fitting))
    return st.one_of(chosen(known), made)


def _made(format_id: str, header: dict[str, Any]) -> bytes:
    try:
        return make(format_id, header).data
    except (TypeError, ValueError, UnicodeError):  # TOML has no such value
        return make(format_id, minimal(format_id)).data


def _bundles(format_id: str) -> SearchStrategy[SourceText]:
    from strategies import agent_sets

    (place,) = registry.FORMATS[format_id].files
    write = registry.load(format_id).write
    return agent_sets().map(lambda agents: SourceText(place, write(agents, SourceText(place, b"")).data))


@cache
def files(format_id: str) -> SearchStrategy[SourceText]:
    """Any files of a client, mostly nearly valid."""
    place = chosen(places(format_id))
    noise = st.one_of(st.binary(max_size=80), texts().map(str.encode))
    return st.one_of(
        sound_files(format_id),
        st.builds(_damaged, sound_files(format_id), st.lists(damages(), min_size=1, max_size=3)),
        st.builds(_damaged, sound_files(format_id), st.lists(damages(), min_size=1, max_size=1)),
        st.builds(SourceText, place, noise),
    )


@cache
def damages() -> SearchStrategy[tuple[Any, ...]]:
    """One damage: what is done, where (a share of the file), how far, and with what."""
    kinds = (
        "insert",
        "cut",
        "double",
        "reverse",
        "drop line",
        "repeat line",
        "move line",
        "indent line",
        "new key",
        "same key",
        "new value",
    )
    small = st.one_of(st.binary(max_size=4), texts().map(str.encode))
    return st.tuples(st.sampled_from(kinds), st.floats(0, 1), st.integers(0, 40), small)


def _damaged(source: SourceText, damage: Sequence[tuple[Any, ...]]) -> SourceText:
    data = source.data
    for kind, share, length, small in damage:
        level = _in_bytes if " " not in kind else _in_keys if "key" in kind or "value" in kind else _in_lines
        data = level(data, kind, share, length, small)
    return SourceText(source.path, data)


def _in_bytes(data: bytes, kind: str, share: float, length: int, small: bytes) -> bytes:
    at = int(share * len(data))
    end = min(len(data), at + length)
    middle = {"insert": small + data[at:end], "cut": b"", "double": data[at:end] * 2, "reverse": data[at:end][::-1]}
    return data[:at] + middle[kind] + data[end:]


def _in_lines(data: bytes, kind: str, share: float, length: int, small: bytes) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    at = min(int(share * len(lines)), len(lines) - 1)
    line = lines[at]
    changed = {"drop line": b"", "repeat line": line * 2, "move line": b"", "indent line": b" " * (length % 5) + line.lstrip(b" \t")}
    lines[at] = changed[kind]
    if kind == "move line":
        lines.insert(length % len(lines), line)
    return b"".join(lines)


def _in_keys(data: bytes, kind: str, share: float, length: int, small: bytes) -> bytes:
    found = list(_KEY.finditer(data))
    if not found:
        return small + data
    match, other = found[min(int(share * len(found)), len(found) - 1)], found[length % len(found)]
    if kind == "new value":
        end = data.find(b"\n", match.end())
        head = data[: match.end()] + data[match.end() : match.end() + 2]
        return head + small + data[end if end >= 0 else len(data) :]
    name = small if kind == "new key" else other[1]
    return data[: match.start(1)] + name + data[match.end(1) :]
