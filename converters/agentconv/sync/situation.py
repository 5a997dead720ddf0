"""What a run starts from: what the configuration says, what was settled, what the source gives, and what is in the targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from agentconv.core.ir import Agent
    from agentconv.disk.reader import Reader
    from agentconv.install.lock import Lock
    from agentconv.sync.present import File
    from agentconv.sync.settings import Settings
    from agentconv.sync.sources import Key, Sources
    from agentconv.sync.views import Views


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that decisions follow from."""

    settings: Settings
    reader: Reader
    lock: Lock
    sources: Sources
    views: Sequence[Views]
    """What the source gives, by target."""
    files: Mapping[str, File]
    """What is in the targets, by path."""
    given_by: Callable[[str, Mapping[str, bytes]], Views]
    """Returns what the source gives for a target where some of its files have other bytes."""
    carried: Mapping[tuple[str, str, str], frozenset[str]] = field(default_factory=dict)
    """By target and place the fields whose edits are in the source by now: what is there is no edit any more."""
    earlier: Callable[[str], Iterator[Views]] = lambda _: iter(())
    """Returns what the source gives for a target with other options than the configuration's."""
    instead: Callable[[str], Mapping[Key, Agent]] = lambda _: {}
    """Returns the agents of the source as a target's client has them where it finds no file of its own: it reads the source's folder."""
