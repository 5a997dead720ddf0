"""Files of other assistants, not the source's, that a target's client reads where it has none of its own of an agent.

Cursor reads Claude Code's folder also where Codex is the source: to take its own file away, or to write none, lets an agent do what
Claude Code's file of it does there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.disk.files import Disk
from agentconv.formats import registry
from agentconv.install import places as installed
from agentconv.sync import places, present

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.core.ir import Agent
    from agentconv.install.places import Scope
    from agentconv.install.steps import Change
    from agentconv.sync.settings import Settings
    from agentconv.sync.views import Views


def others(settings: Settings, target: str) -> tuple[str, ...]:
    """Return the assistants beside the source's whose files a target's client reads, after its own."""
    if not registry.load(target).SPEC.own_first:
        return ()
    return tuple(one for one in registry.also_reads(target) if one not in (settings.source_format, target))


def counted(settings: Settings, target: str, scope: Scope | None) -> bool:
    """Whether such files count: of the user's own there are none, and where a client reads the source's file, it is that one."""
    is_user = scope is not None and scope.is_user
    return not is_user and settings.source_format not in registry.also_reads(target) and bool(others(settings, target))


def standing(settings: Settings, target: str, scope: Scope | None, given: Iterable[Views] = ()) -> dict[str, list[Agent]]:
    """Return the agents by name as a target's client has them by such files: those that are there, and those that are to be.

    Args:
        settings: What the configuration says.
        target: The target.
        scope: Where to look; the project by default.
        given: What the source gives for the others.
    """
    scope = scope or installed.project(settings.root)
    beside = others(settings, target)
    wanted = [(view.path, view.data) for views in given if views.target in beside for view in views.entries if not view.pointer]
    return _read([*_files(beside, scope), *wanted], target)


def after(settings: Settings, target: str, scope: Scope, changes: Iterable[Change]) -> dict[str, list[Agent]]:
    """Return the agents by name as a target's client has them by such files, once a run has made its changes."""
    beside = others(settings, target)
    files = dict(_files(beside, scope)) if beside else {}
    for change in changes:
        is_theirs = any(registry.FORMATS[one].is_place(change.path) for one in beside)
        if change.after is None:
            files.pop(change.path, None)
        elif is_theirs:
            files[change.path] = change.after
    return _read(files.items(), target)


def _files(beside: Iterable[str], scope: Scope) -> Iterator[tuple[str, bytes]]:
    reader = Disk(scope.root)
    for other in beside if not scope.is_user else ():
        for path in places.every(other, scope):
            if isinstance(data := reader.read(path), bytes):
                yield path, data


def _read(files: Iterable[tuple[str, bytes]], target: str) -> dict[str, list[Agent]]:
    found: dict[str, list[Agent]] = {}
    for path, data in files:
        file = present.parsed(path, target, data)
        for agent in file.found if file.problem is None else ():
            found.setdefault(agent.name or "", []).append(agent)
    return found


def first(named: Mapping[str, list[Agent]], name: str | None) -> Agent | None:
    """Return the agent that a client may have by such a file; of several the first."""
    return next(iter(named.get(name or "", ())), None)
