"""What is beside the source's agents: skills, commands, servers, hooks and rules, but for files that a merge is not done with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.restraints import RESTRAINING
from agentconv.sources.parts import Parts
from agentconv.sources.parts_on_disk import PartsOnDisk
from agentconv.sources.user_places import Home
from agentconv.sync import places
from agentconv.sync.unsettled import Unsettled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.install.places import Scope
    from agentconv.sync.settings import Settings


def parts(settings: Settings, scope: Scope | None, without: Collection[str] = ()) -> Parts:
    """Return the source's parts.

    Args:
        settings: What the project says.
        scope: Where it all is; None for the project.
        without: Paths of files that were written for a target, and are no source.
    """
    home = Home(scope.root, scope.variables) if scope is not None and scope.is_user else None
    root = scope.root if scope is not None else settings.root
    return Parts([root], [settings.source_format], home, without=without, unsettled=Unsettled(root))


def on_disk(scope: Scope) -> PartsOnDisk:
    """Return the files of a project's parts."""
    return PartsOnDisk(scope.root, unsettled=Unsettled(scope.root))


def unknown_restraints(settings: Settings, scope: Scope) -> list[Diagnostic]:
    """Say why it is not known what restrains all agents, where that is kept in step with them: each is judged by it."""
    if settings.along is None or settings.along.kinds.isdisjoint(RESTRAINING):
        return []
    found = placed(parts(settings, scope).unknown_restraints(), scope)
    return list({one.span: one for one in reversed([*found])}.values())[::-1]  # of what is wrong with a file, one kind of it tells


def placed(told: Iterable[Diagnostic], scope: Scope) -> Iterator[Diagnostic]:
    """Yield what is told of files with their places below the root."""
    for one in told:
        path = places.below(scope, os.path.abspath(one.span.path)) if one.span is not None else None
        yield replace(one, span=replace(one.span, path=path)) if one.span is not None and path is not None else one
