"""Agents of one shape, projected once.

The agents of a set differ in their names, descriptions and prompts; of tools, models and colours there are few combinations.
Steps of a projection that look at nothing but those are taken for the second agent of each combination, on an agent without
texts, so that they cannot depend on them; what they did is done again for the others (`projecting/once`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import fields
from agentconv.core.dataclass import dataclass
from agentconv.core.ir import Agent, Origin, Prompt

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Loss
    from agentconv.core.widening import Widening

TEXTS = frozenset({"name", "display_name", "description", "prompt.text"})
"""The paths of the texts: what an agent's shape leaves out."""
HEADS = tuple(head for head in fields.HEADS if head not in {fields.head_of(path) for path in TEXTS})
"""The fields of an agent without any text."""
WITHOUT: dict[type, dict[str, Any]] = {
    Agent: {"id": "", "name": None, "display_name": None, "description": None},
    Prompt: {"text": ""},
    Origin: {"source": "", "pointer": ""},
}
"""The fields, by what they belong to, that a shape leaves out: the texts and the place; and what stands there instead."""


@dataclass(slots=True)
class Shape:
    """What steps did to the agents of one shape, and what was found out about the result since."""

    values: dict[str, object]
    losses: tuple[Loss, ...]
    declared: frozenset[str]
    heads: dict[str, Any]
    """The projected agent's `HEADS`."""
    unproven: tuple[str, ...] | None = None
    """The target's keys that hold texts, once all others were seen to give their fields back."""
    unheld: tuple[str, ...] | None = None
    """The keys of the target's file that limit the agent and do not hold it."""
    differing: frozenset[str] | None = None
    """The paths, besides those of texts, that mean something else than in the source."""
    wider: list[Widening] | None = None
    """What the agent may do beyond what its author allowed."""
    emptied: bool | None = None
    """Whether the agent had tools and has none."""
    closed: tuple[str, ...] | None = None
    """The effects that the agent's own list of tools is for, and that it has nothing of any more."""


ONE = "one"
"""What stands for a shape that one agent had so far."""
Shapes = dict[object, "Shape | str | None"]
"""Each shape by what tells it from others; None where the steps depend on more."""
_WHOLE_TEXTS = TEXTS.intersection(fields.HEADS)


def projected(source: Agent, shape: Shape, values: dict[str, object]) -> Agent:
    """Return an agent of a shape, with the texts that its projection gave it."""
    prompt = {path[7:]: value for path, value in values.items() if path.startswith("prompt.")}
    changes = dict(shape.heads)
    changes.update({path: value for path, value in values.items() if path in _WHOLE_TEXTS})
    if prompt:
        before = source.prompt or Prompt("")
        changes["prompt"] = Prompt(**{"text": before.text, "syntax": before.syntax, "mode": before.mode, **prompt})  # type: ignore[arg-type]
    return fields.changed(source, changes)
