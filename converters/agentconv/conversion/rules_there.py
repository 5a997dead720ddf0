"""Rules that a target's project has of its own: where an agent's file goes before them, it opens nothing of what they deny."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from agentconv.core import rule_facts
from agentconv.core.losses import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from agentconv.core.format import Projection
    from agentconv.core.ir import Rule
    from agentconv.core.part_format import Place
    from agentconv.core.parts import PermissionSet

    Read = Callable[[str], bytes | None]
    Theirs = Callable[[str], Sequence[Rule]]

_KIND = "permissions"


def all_of(path: str, part: PermissionSet) -> PermissionSet:  # noqa: ARG001
    """Return all rules of a file."""
    return part


def reader(read: Read, left: Callable[[str, PermissionSet], PermissionSet] = all_of) -> Theirs:
    """Return what gives the rules that a target's client finds in a project; they are read once, when they are asked for.

    Args:
        read: Returns the bytes of a file of the project; None of one that is not there.
        left: Returns of the rules of a file those that count as the project's own.
    """
    return cache(lambda target: tuple(_of(target, read, left)))


def _of(target: str, read: Read, left: Callable[[str, PermissionSet], PermissionSet]) -> Sequence[Rule]:
    if all(read(name) is None for name in rule_facts.restraining_files(target)):
        return ()
    from agentconv.parts import registry
    from agentconv.parts.permissions.uniting import united

    module: Any = registry.part_format(target, _KIND)
    if module is None or module.within is None:
        return ()
    sets = [left(path, part) for path, part in _sets(module, read)]
    return united(sets).rules if sets else ()


def _sets(module: Any, read: Read) -> Iterator[tuple[str, PermissionSet]]:
    from agentconv.core.part_format import PartSource
    from agentconv.core.source import SourceText

    places: Sequence[Place] = [place for place in module.project if not place.pattern and not place.path.endswith("ignore")]
    for place in places:
        data = read(place.path)
        if data is not None:
            yield from ((place.path, part) for part in module.read(PartSource(SourceText(place.path, data), place)).parts)


def hold(projection: Projection, theirs: Theirs) -> None:
    """Let an agent's own rules open nothing of what a project denies."""
    target = projection.target.id
    own: tuple[Rule, ...] = projection.get("permissions.rules") or ()
    rules = theirs(target) if own and not projection.is_refused() else ()
    if not rules:
        return
    from agentconv.parts import registry

    module: Any = registry.part_format(target, _KIND)
    held = module.within(own, rules)
    if held != own:
        projection.translate("permissions.rules", held)
        added = [rule.shown for rule in held if rule not in own]
        projection.declare("project-rules-in-agent", "permissions.rules", listed(dict.fromkeys(added)))
