"""Agents of one shape, projected once.

The agents of a set differ in their names, descriptions and prompts; of tools, models and colours there are few combinations.
Steps of a projection that look at nothing but those are taken for the first agent of each combination, on an agent without
texts, so that they cannot depend on them; what they did is done again for the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentconv.core import fields
from agentconv.core.ir import Prompt

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Loss
    from agentconv.core.effects import Widening
    from agentconv.core.ir import Agent

TEXTS = frozenset({"name", "description", "prompt.text"})


@dataclass(slots=True)
class Shape:
    """What steps did to the agents of one shape, and what was found out about the result since."""

    values: dict[str, object]
    losses: tuple[Loss, ...]
    declared: frozenset[str]
    heads: dict[str, Any]
    """The fields of the projected agent besides its texts."""
    reads_back: bool = False
    """Whether each of the target's keys gives these fields back."""
    differing: frozenset[str] | None = None
    """The paths, besides those of texts, that mean something else than in the source."""
    wider: list[Widening] | None = None
    """What the agent may do beyond what its author allowed."""


Shapes = dict[object, "Shape | None"]


def projected(source: Agent, shape: Shape, values: dict[str, object]) -> Agent:
    """Return an agent of a shape, with the texts that its projection gave it."""
    prompt = {path[7:]: value for path, value in values.items() if path.startswith("prompt.")}
    changes = dict(shape.heads)
    changes.update({path: values[path] for path in ("name", "description") if path in values})
    if prompt:
        before = source.prompt or Prompt("")
        changes["prompt"] = Prompt(**{"text": before.text, "syntax": before.syntax, "mode": before.mode, **prompt})  # type: ignore[arg-type]
    return fields.changed(source, changes)
