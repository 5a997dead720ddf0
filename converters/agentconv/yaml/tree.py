"""The nodes that every reader of YAML builds (what was written, and where), and what a reader must know of its library."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from agentconv.core.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconv.core.ir import Json


@dataclass(slots=True)
class Scalar:
    """A scalar: `text` is its content, `style` the quote or block indicator (empty when plain)."""

    text: str
    style: str
    tag: str | None
    start: int
    end: int


@dataclass(slots=True)
class Sequence:
    """A list."""

    items: list[Node]
    flow: bool
    start: int
    end: int


@dataclass(slots=True)
class Mapping:
    """A map; `pairs` keeps every pair as written, duplicates included."""

    pairs: list[tuple[Node, Node]]
    flow: bool
    start: int
    end: int
    merged: dict[str, Node] | None = None
    """The entries, where a merge key decides them."""


Node: TypeAlias = Scalar | Sequence | Mapping

MAX_DEPTH = 100
"""Values nested deeper are kept as their source text, or refused."""
MAX_BURIED = 4_000
"""How deep that source text may nest: libyaml's time is quadratic in the depth of brackets, a tenth of a second for this many."""
MAX_NODES = 100_000
MAX_ALIASES = 1_000


@dataclass(frozen=True, slots=True)
class Grammar:
    """What a library makes of a text."""

    name: str
    read: Callable[[str, Grammar], Node | None]
    """Its reader. Raises YamlError."""
    plain: Callable[[str], Json]
    """The value of a plain scalar."""
    tagged: Callable[[str, str, str], Json]
    """The value of a scalar with a tag, by text, tag and style."""
    retag: Callable[[str, Node | None], Node | None] = lambda _tag, node: node
    """A node with its tag, or None when the library refuses that."""
    written_keys: bool = False
    """Whether a key that is a list or a map is written as YAML, and null as nothing (yaml 2), not as JavaScript's String has them."""
    strict: bool = False
    """Whether tabs before a key or a dash, and empty entries in brackets, are errors (js-yaml 4, not 3)."""
    cut: bool = False
    """Whether its client cuts the last line break off, so that a block scalar at the end has none."""

    __eq__, __hash__ = object.__eq__, object.__hash__
    """A library is the same as itself alone: what is remembered of it is found sooner than by all that is said of it."""
