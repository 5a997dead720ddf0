"""The configurations of a project of OpenCode 1.18.33 and Kilo 7.7.9: all are read, each after those that it wins over (asked)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NAMES = ("kilo.jsonc", "kilo.json", "opencode.jsonc", "opencode.json")
OPENCODE = ("opencode.json", "opencode.jsonc", ".opencode/opencode.json", ".opencode/opencode.jsonc")
KILO = (
    *("kilo.json", "kilo.jsonc", *OPENCODE[:2]),
    *(f"{folder}/{name}" for folder in (".kilocode", ".kilo") for name in _NAMES),
)
"""Kilo reads those of OpenCode at the root, and in its own folders, too, and takes them rather than its own."""


def adding_up(files: Sequence[str]) -> tuple[Place, ...]:
    """Return places that all count, in the order in which they are read."""
    return tuple(Place(name, mixed=True, native=_is_own(name, files)) for name in files)


def winning(files: Sequence[str]) -> Iterator[Place]:
    """Yield the place where we write, and those that win over it, the strongest first."""
    first, *others = files
    yield Place(first, mixed=True)
    yield from (Place(name, mixed=True, native=_is_own(name, files), wins=True) for name in reversed(others))


def _is_own(name: str, files: Sequence[str]) -> bool:
    return files is OPENCODE or name not in OPENCODE
