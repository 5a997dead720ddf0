"""Steps of a projection that look at nothing but an agent's shape: taken once for all agents of one (`format_shapes`)."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.diagnostics import Loss
from agentconv.core.ir import Limits, Origin, Prompt
from agentconv.core.shapes import TEXTS, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from agentconv.core.format import Projection


_SHARED = attrgetter("display_name", "invocation", "tools", "permissions", "model", "effort", "skills", "delegates", "background", "color")
_HEADS = tuple(head for head in fields.HEADS if head not in ("name", "description", "prompt", "extras"))
_NO_LIMITS = Limits()
_MOST = 1000
"""Shapes that are remembered; beyond, they are forgotten, and found again."""


def once(projection: Projection, steps: Callable[[Projection], None], kind: Hashable) -> None:
    """Take steps that look at nothing but an agent's shape.

    Args:
        projection: The agent on its way.
        steps: What to do.
        kind: What tells these steps from others of the same target.
    """
    shapes = projection.shapes
    shape = None
    if shapes is not None and projection.target.holds >= TEXTS and (key := _key(projection)) is not None:
        place = (kind, key)
        if place not in shapes:
            if len(shapes) >= _MOST:
                shapes.clear()
            shapes[place] = _recorded(projection, steps)
        shape = shapes[place]
    if shape is None:
        steps(projection)
        return
    own = projection.source.id
    projection.values = {**{path: value for path, value in projection.values.items() if path in TEXTS}, **shape.values}
    projection.losses += [
        Loss(one.code, one.severity, one.kind, own, one.field, one.target, one.detail, one.hint, one.span, one.data) for one in shape.losses
    ]
    projection.declared = (projection.declared & TEXTS) | shape.declared
    projection.take_shape(shape)


def _key(projection: Projection) -> tuple[object, ...] | None:
    """Return what the steps may look at; None where it is not simple enough to be compared."""
    source = projection.source
    if (
        source.prompt is None
        or source.extras
        or source.mcp_servers
        or source.hooks
        or source.temperature is not None
        or source.top_p is not None
    ):
        return None
    if source.limits != _NO_LIMITS or isinstance(source.effort, int):
        return None  # numbers are equal in several types
    changed = tuple((path, value) for path, value in projection.values.items() if path not in TEXTS)
    prompt = (source.prompt.syntax, source.prompt.mode)
    origin = source.origin.format if source.origin else None
    empty = (source.mcp_servers, source.hooks)
    key = (_SHARED(source), prompt, origin, empty, changed, frozenset(projection.declared - TEXTS))
    try:
        hash(key)
    except TypeError:
        return None
    return key


def _recorded(projection: Projection, steps: Callable[[Projection], None]) -> Shape | None:
    """Take the steps on an agent without texts; None where they change one all the same."""
    source = projection.source
    bare = fields.changed(
        source,
        {
            "id": "",
            "name": None,
            "description": None,
            "prompt": Prompt("", source.prompt.syntax, source.prompt.mode) if source.prompt else None,
            "origin": Origin(source.origin.format, "") if source.origin else None,
        },
    )
    trial = type(projection)(bare, projection.target, projection.models, projection.path)
    trial.values = {path: value for path, value in projection.values.items() if path not in TEXTS}
    trial.declared = set(projection.declared - TEXTS)
    steps(trial)
    if TEXTS & (trial.values.keys() | trial.declared):
        return None
    result = trial.result()
    return Shape(trial.values, tuple(trial.losses), frozenset(trial.declared), {head: getattr(result, head) for head in _HEADS})
