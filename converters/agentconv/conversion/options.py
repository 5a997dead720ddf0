"""What a user may choose about a conversion."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentconv.core.model_choices import NO_CHOICES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent
    from agentconv.core.model_choices import ModelChoices
    from agentconv.core.source import SourceText
    from agentconv.sources.loaded import Loaded


@dataclass(frozen=True, slots=True)
class Pin:
    """The name and the file that an agent has in the target already, and keeps."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Options:
    """What a user may choose about a conversion."""

    allow_widening: bool = False
    only_loaded: bool = False
    on_duplicate: str = "suffix"
    sources: bool = True
    into: str | None = None
    """Path, below the output folder, of one file that takes all agents, where the format has such files besides single ones."""
    models: ModelChoices = NO_CHOICES
    deploy: bool = False
    """Give agents of the target's own format names and files of their own too, as those of other formats get them."""
    pins: Mapping[str, Pin] = field(default_factory=dict)
    """By agents' ids what they keep, as long as their own names ask for it."""
    overriding: Callable[[Agent, Projection], None] | None = None
    """What the user wants other than the target's projection has it; each change is declared there."""

    def kept_text(self, piece: Loaded, target: str) -> SourceText | None:
        """Return the text of a file of the target's own format, which keeps its place and its agents' names; None of any other file."""
        return piece.source if piece.format == target and not self.deploy else None


DEFAULTS = Options()
