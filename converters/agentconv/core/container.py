"""What a container is: a folder that a file of its own makes a client's plugin or extension, and where its parts lie by that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias

from agentconv.core.dataclass import dataclass, field

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Complaint
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import Place
    from agentconv.core.source import SourceText

There: TypeAlias = Callable[[str], Literal["file", "folder"] | None]
"""Says what is at a path below the container's folder, in which no `..` is."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a value of a container's file, and where that stands."""

    complaint: Complaint
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What a container's file says of its parts."""

    name: str | None = None
    """What the client calls the container."""
    places: Mapping[Kind, tuple[Place, ...]] = field(default_factory=dict)
    """Where its client looks for parts in it; a kind that is not here it has none of."""
    faults: tuple[Fault, ...] = ()
    """What the client passes over, and takes the rest."""
    offered: tuple[Fault, ...] = ()
    """The same of what the catalog says that offers it."""
    problem: Fault | None = None
    """Why the client takes nothing of it at all."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """A file that offers containers, and the path by which it offers one of them, relative to the folder that it is for."""

    source: SourceText
    path: str


@dataclass(frozen=True, slots=True)
class Container:
    """One client's containers. A module `containers` of the client's package has them by format ids, in `BY_FORMAT`."""

    files: tuple[str, ...]
    """The files that each make a folder one, relative to it; of several, the first that is there counts."""
    contents: Callable[[SourceText, There], Contents]
    """Returns what such a file says. Raises nothing."""
    offered: Callable[[Catalog, There, Contents | None], Contents | None] = lambda _catalog, _there, own: own
    """Returns what a container has that a catalog offers, from what its own file says; None for both where there is no such file."""
    also: Mapping[str, Callable[[SourceText, There], Contents]] = field(default_factory=dict)
    """Files of other clients' containers that the client reads, too, where none of its own is there."""
    is_one: Callable[[SourceText], bool] = lambda _source: True
    """Whether a file that is called so is one: `plugin.json` has many owners."""
    guarded: bool = False
    """Whether the client takes nothing of one in which a hook that may be a guard is not as it should be."""
    called: Callable[[str, Kind, str], tuple[str, ...]] = lambda _container, _kind, name: (name,)
    """Returns what agents of a container call a part of it by, the usual way first, from the container's name, the kind and the part's."""
