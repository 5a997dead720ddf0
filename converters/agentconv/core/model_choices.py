"""What a user chose about models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class ModelChoices:
    """What a user chose about models; the words of models are in lower case."""

    by_tier: bool = False
    """Whether a model that the target does not serve becomes the target's own of the same tier."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By target, what to write for a model, or for all models of a tier."""
    tiers: Mapping[str, str] = field(default_factory=dict)
    """Tiers of models that the vocabulary does not know."""


NO_CHOICES = ModelChoices()
