"""Steps of a projection that look at nothing but an agent's shape: taken once for all agents of one (`core/shapes`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVarTuple

from agentconv.core import dataclass as dataclasses
from agentconv.core import fields
from agentconv.core.diagnostics import Loss
from agentconv.core.ir import Agent, Origin, Prompt
from agentconv.core.shapes import HEADS, ONE, TEXTS, WITHOUT, Shape
from agentconv.projecting.finish import drop_rest

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from agentconv.core.format import Projection


_Given = TypeVarTuple("_Given")
_Values: TypeAlias = "Callable[[Any], Iterable[Any]]"
_NOTHING = ()
"""There is but one empty tuple, and nothing else is it."""
_MOST = 1000
"""Shapes that are remembered; beyond, they are forgotten, and found again."""


def once(projection: Projection, steps: Callable[[Projection, *_Given], None], *given: *_Given) -> None:
    """Take steps that look at nothing but an agent's shape, and drop what none of them spoke of, which looks at nothing more.

    Args:
        projection: The agent on its way.
        steps: What to do.
        given: What the steps are given besides; it tells them from others.
    """
    shape = _shape(projection, steps, *given)
    if shape is None:
        steps(projection, *given)
        return
    own = projection.source.id
    projection.values = {**{path: value for path, value in projection.values.items() if path in TEXTS}, **shape.values}
    projection.losses += [
        Loss(one.code, one.severity, one.kind, own, one.field, one.target, one.detail, one.hint, one.span, one.data) for one in shape.losses
    ]
    projection.declared = (projection.declared & TEXTS) | shape.declared
    projection.take_shape(shape)


def _shape(projection: Projection, steps: Callable[[Projection, *_Given], None], *given: *_Given) -> Shape | None:
    """Return what the steps do to an agent's shape, from the second agent on that has it: most sets are small, and have none twice."""
    shapes = projection.shapes
    if shapes is None or not _keeps_texts(projection):
        return None
    place = (steps, given, projection.target.id, _key(projection))
    if place not in shapes:
        if len(shapes) >= _MOST:
            shapes.clear()
        shapes[place] = ONE
        return None
    found = shapes[place]
    if found is ONE:
        found = shapes[place] = _recorded(projection, steps, *given)
    return found if isinstance(found, Shape) else None


def _keeps_texts(projection: Projection) -> bool:
    """Whether the agent has a prompt, and no text that the steps would have to drop."""
    source = projection.source
    return source.prompt is not None and all(fields.get(source, path) is None for path in TEXTS - projection.target.holds)


def _key(projection: Projection) -> Hashable:
    """Return all that the steps may look at: every field of the agent but those of `WITHOUT`, and what became of them so far."""
    changed = tuple((path, exact(value)) for path, value in projection.values.items() if path not in TEXTS)
    return _told_apart(projection.source), changed, frozenset(projection.declared - TEXTS), projection.trusted, projection.foreign


def _told_apart(agent: Agent) -> Hashable:
    """Return what tells an agent's shape from others, found once for those that share their parts, as of one header they do."""
    if type(agent) is not Agent:
        return exact(agent)
    parts = _SHARED(agent)
    place = tuple(map(id, parts))
    known = _KNOWN.get(place)  # what it holds lives on, and nothing else has its id
    if known is None:
        if len(_KNOWN) >= _MOST:
            _KNOWN.clear()
        known = _KNOWN[place] = parts, tuple(map(exact, parts))
    return known[1], *[exact(getattr(agent, name)) for name in _OWN]


_OWN = ("prompt", "origin", "extras", "mcp_servers", "hooks")
"""What each agent has for itself, or what holds maps."""
_SHARED = attrgetter(*[one.name for one in dataclasses.fields(Agent) if one.name not in {*_OWN, *WITHOUT[Agent]}])
_KNOWN: dict[tuple[int, ...], tuple[tuple[Any, ...], Hashable]] = {}
"""Parts that agents share, and what tells them apart, by where they are."""


def exact(value: Any) -> Hashable:
    """Return what tells a value from every other one, its types included: 1, 1.0 and true are equal, and written otherwise."""
    kind: type = type(value)
    if kind is str or value is None:
        return value  # type: ignore[no-any-return]
    values = _values(kind)
    if values is not None:
        return kind, *[item if item is None or item is _NOTHING or type(item) is str else exact(item) for item in values(value)]
    if kind is dict or isinstance(value, Mapping):
        return Mapping, *((key, exact(item)) for key, item in value.items())
    return kind, repr(value)


@cache
def _values(kind: type) -> _Values | None:
    """Return what gets the values in a list, or of the fields of a dataclass that its shape has; None where there are none."""
    if kind in (tuple, list):
        return iter
    if not dataclasses.is_dataclass(kind):
        return None
    without = {name for base in kind.__mro__ for name in WITHOUT.get(base, ())}
    names = [field.name for field in dataclasses.fields(kind) if field.name not in without]
    return attrgetter(*names) if len(names) > 1 else lambda value: tuple(getattr(value, name) for name in names)


def _bare(agent: Agent) -> Agent:
    """Return an agent that has nothing but its shape."""
    prompt = agent.prompt and dataclasses.replace(agent.prompt, **WITHOUT[Prompt])
    origin = agent.origin and dataclasses.replace(agent.origin, **WITHOUT[Origin])
    return dataclasses.replace(agent, **WITHOUT[Agent], prompt=prompt, origin=origin)


def _recorded(projection: Projection, steps: Callable[[Projection, *_Given], None], *given: *_Given) -> Shape | None:
    """Take the steps on an agent without texts; None where they change one all the same."""
    trial = type(projection)(
        _bare(projection.source), projection.target, projection.models, trusted=projection.trusted, foreign=projection.foreign
    )
    trial.values = {path: value for path, value in projection.values.items() if path not in TEXTS}
    trial.declared = set(projection.declared - TEXTS)
    steps(trial, *given)
    drop_rest(trial)
    if TEXTS & (trial.values.keys() | trial.declared):
        return None
    result = trial.result()
    return Shape(trial.values, tuple(trial.losses), frozenset(trial.declared), {head: getattr(result, head) for head in HEADS})
