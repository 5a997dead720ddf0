"""Parts that a client finds where they are, or in a copy, and does not hold to what their author closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import losses
from agentconv.core.losses import listed
from agentconv.core.part_format import PartSource
from agentconv.core.parts import kind_of
from agentconv.core.source import SourceText
from agentconv.parts import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.conversion.options import Options
    from agentconv.conversion.part_law import PartVerdict
    from agentconv.core.diagnostics import Loss
    from agentconv.core.parts import Part
    from agentconv.sources.parts_on_disk import LoadedPart

_RESTRAINTS = ("invoked_by", "denied_tools", "hooks")
"""Fields by which an author holds the model, or a skill, back."""


def loose_in_place(loaded: LoadedPart, found: Part, path: str, target: str) -> Loss | None:
    """Say what a target that reads another client's file does not hold a part to, as it finds it there; None where it does."""
    lost = [name for name in _RESTRAINTS if _is_lost(name, loaded.part, found)]
    detail = listed(lost, f"`{path}`: {{}}")
    return losses.loss("part-loose-in-place", loaded.part.id, "name", target, detail, part=loaded.kind) if lost else None


def loose_copies(verdict: PartVerdict, target: str, options: Options) -> Iterator[Loss]:
    """Say where the client finds a copy of a skill that is none there, for what its author closed, and is not held to that."""
    skill, read, module = verdict.loaded.part, options.read, registry.part_format(target, "skills")
    as_skill = verdict.part is not None and kind_of(verdict.part) == "skills"
    if verdict.loaded.kind != "skills" or as_skill or verdict.loaded.client == target or read is None or module is None:
        return
    own = verdict.loaded.path if options.into_root(verdict.loaded.root) else None
    for place in module.project if options.scope == "project" else module.user:
        path = module.path(skill, place)
        data = read(path) if path != own else None
        found = module.read(PartSource(SourceText(path, data), place)).parts if data is not None else ()
        lost = [name for name in _RESTRAINTS if found and _is_lost(name, skill, found[0])]
        if lost:
            yield losses.loss("part-loose-copy", skill.id, "name", target, listed(lost, f"`{path}`: {{}}"), part="skills")


def _is_lost(name: str, before: Part, after: Part) -> bool:
    """Whether a client does not hold a part to what it says itself."""
    said = getattr(before, name, None)
    return bool(said) and said != "both" and getattr(after, name, None) != said
