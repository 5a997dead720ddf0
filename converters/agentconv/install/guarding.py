"""What restrains a set, and does not come: whatever it holds back stays away with it, as a conversion refuses it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from agentconv.conversion import set_restraints
from agentconv.core import effects, script_imports
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Cause, Code, Diagnostic, Severity
from agentconv.core.parts import SetHook
from agentconv.disk.reader import files_of
from agentconv.install import part_asking, reading_back
from agentconv.install.several_files import present_checksum
from agentconv.install.steps import Action
from agentconv.parts.hooks import letting_pass, scripts
from agentconv.projecting import hook_translation
from agentconv.sources import hooks_off

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from agentconv.core.ir import Hook
    from agentconv.core.part_format import Scope as PartScope
    from agentconv.core.restraints import Restraint
    from agentconv.disk.reader import Reader
    from agentconv.install.deployment import Deployment
    from agentconv.install.lock import Lock
    from agentconv.install.places import Scope
    from agentconv.install.steps import Plan, Step, Wanted
    from agentconv.install.units import Units

_HOOKS = "hooks"
"""The kind of part by which a plan knows what hooks run."""
_RULES = "permissions"
MEND = "mend the file, so that the rules hold"
_AWAY = frozenset({Action.FOREIGN, Action.KEPT, Action.OTHER_PACK, Action.BLOCKED})


class Guards:
    """The hooks and rules of a pack, with what each holds the whole set back from."""

    def __init__(self, units: Units, deployments: Iterable[Deployment]) -> None:
        self._units = units
        self._deployments = tuple(deployments)
        found = ((id_, set_restraints.of(loaded)) for id_, loaded in units.loaded.items())
        self._restraints = {id_: restraints for id_, restraints in found if restraints}

    def away(self, reader: Reader, lock: Lock, pack: str, stopped: Collection[str]) -> set[tuple[str, str]]:
        """Return the guards, each with its target, that were to come, do not, and are not there in an earlier version."""
        there = _there(reader, lock, pack, self._restraints.keys() & set(stopped))
        return {place for place in self._places() if place[1] in stopped and place not in there}

    def kept_out(self, reader: Reader, lock: Lock, pack: str, plan: Plan) -> set[tuple[str, str]]:
        """Return the guards, each with its target, that a plan cannot put where they were to be."""
        taken = _taken(plan) | edited_scripts(plan)
        away = {(step.target, step.agent) for step in plan.steps if step.action in _AWAY}
        away |= {(want.target, want.agent) for want in self._scripts() if want.path in taken}
        away &= self._places()
        return away - _there(reader, lock, pack, {id_ for _, id_ in away})

    def unguarded(self, reader: Reader, lock: Lock, pack: str, plan: Plan, kept: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return by agent what its own guards run, and a plan cannot put where it was to be: without that they block nothing.

        One that somebody edited lets pass what nobody knows: whoever is there already has it so, and nobody new comes behind it.

        Args:
            reader: Reads what is there.
            lock: What is ours there.
            pack: The pack.
            plan: What would come.
            kept: Agents in whose places a user's own stays: nothing of them comes in any case.
        """
        taken, edited = _taken(plan), edited_scripts(plan)
        there = _there(reader, lock, pack, self._units.agents) if edited else set()
        found: dict[str, dict[str, None]] = {}
        for want in self._scripts():
            is_away = want.path in taken or (want.path in edited and (want.target, want.agent) not in there)
            if want.agent in self._units.agents and want.agent not in kept and is_away:
                found.setdefault(want.agent, {})[want.path] = None
        return {id_: tuple(paths) for id_, paths in found.items()}

    def idle(self, reader: Reader, scope: Scope, kept: Collection[str]) -> tuple[set[tuple[str, str]], dict[str, tuple[str, ...]]]:
        """Return which guards and rules of the set come where settings keep them from holding, and by agent what does so to its own.

        Args:
            reader: Reads what is there.
            scope: Where that is.
            kept: Agents in whose places a user's own stays: nothing of them comes in any case.
        """
        read, at = files_of(reader), part_scope(scope)
        of_set: set[tuple[str, str]] = set()
        of_agents: dict[str, tuple[str, ...]] = {}
        for one in self._deployments:
            rules = [want for want in one.wanted if want.agent in self._restraints and want.part == _RULES and want.agent not in kept]
            of_set |= {(one.target, want.agent) for want in rules if hooks_off.void(one.target, want.path, read)}
            guarded = [want for want in one.wanted if want.agent not in kept and _run_by_hooks(want.agent, self._units)]
            off = hooks_off.of(one.target, read, at) if guarded else None
            for want in guarded:
                if want.agent in self._units.agents and off is not None:
                    of_agents[want.agent] = (f"its hooks, which {off} switches off",)
                elif want.agent in self._restraints and (off or hooks_off.broken(one.target, want.path, read) or _off(want, read)):
                    of_set.add((one.target, want.agent))
        return of_set, of_agents

    def unwatched(self, away: Collection[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
        """Return by agent and part the guards that hold it back in a target, and do not come there."""
        found: dict[str, dict[str, None]] = {}
        for one in self._deployments:
            missing = {id_: self._restraints[id_] for target, id_ in sorted(away) if target == one.target}
            for want in (want for want in one.wanted if missing and want.agent not in missing):
                broken = [id_ for id_, restraints in missing.items() if self._is_held_back(want, restraints)]
                found.setdefault(want.agent, {}).update(dict.fromkeys(broken))
        return {id_: tuple(guards) for id_, guards in found.items() if guards}

    def _scripts(self) -> Iterator[Wanted]:
        return (want for one in self._deployments for want in one.wanted if want.script)

    def _places(self) -> set[tuple[str, str]]:
        return {(one.target, want.agent) for one in self._deployments for want in one.wanted if want.agent in self._restraints}

    def _is_held_back(self, want: Wanted, restraints: tuple[Restraint, ...]) -> bool:
        if want.part:
            return want.agent in self._units.loaded and bool(set_restraints.held_back(self._units.loaded[want.agent], restraints))
        coming = reading_back.coming(want)[1]
        return bool(set_restraints.breaking(coming or self._units.agents[want.agent], restraints, want.target))


def taken(plan: Plan) -> tuple[Step, ...]:
    """Return the steps by which scripts do not get to where they were to be."""
    return tuple(step for step in plan.steps if step.action in _AWAY and step.part == _HOOKS and not step.pointer)


def in_the_way(plan: Plan) -> tuple[Step, ...]:
    """Return the steps by which somebody else's, or what somebody edited, stays where scripts were to be; nothing is put beside it."""
    return (*taken(plan), *(replace(step, beside=None) for step in plan.steps if step.path in edited_scripts(plan) and not step.pointer))


def _taken(plan: Plan) -> set[str]:
    """Return the paths of scripts that are another one's: a script of several guards has one step, by the first of them."""
    return {step.path for step in taken(plan)}


def edited_scripts(plan: Plan) -> set[str]:
    """Return the paths of scripts that somebody edited, and that stay so."""
    return {step.path for step in plan.steps if step.action is Action.KEEP_EDITED and step.part == _HOOKS and not step.pointer}


def without_scripts(one: Deployment, units: Units, scope: Scope, reader: Reader) -> Iterator[Diagnostic]:
    """Say which guards that come run scripts that neither come along nor are there: those of a user's own agents, in any project."""
    yield from _idle(one, units, scope, reader)
    yield from _void(one, reader)
    if scope.is_user:
        yield from _of_users(one, units)
    coming = {want.path: want for want in one.wanted}
    for id_ in dict.fromkeys(want.agent for want in one.wanted if not scope.is_user):
        yield from lacks(id_, one.target, _guards(id_, units), reader, coming=coming)


def lacks(
    id_: str,
    target: str,
    guards: Sequence[Hook],
    reader: Reader,
    *,
    coming: Mapping[str, Wanted] | None = None,
) -> Iterator[Diagnostic]:
    """Say what a guard lacks, without which it blocks nothing.

    Args:
        id_: The agent or hook whose guard it is.
        target: The assistant.
        guards: The hook, or those of the agent.
        reader: Reads what is there.
        coming: By path what a pack is about to put there; None where it is only looked at what is there.
    """
    hint = (
        "put it there, or take the guard out" if coming is None else "put it there, since the pack does not hold it, or take the guard out"
    )
    coming = coming or {}
    named = scripts.of_hooks(guards)
    missing, machine = scripts.absent(guards, lambda path: path in coming or reader.read(path) is not None)
    for told, way in scripts.runs_outside(machine):
        message = f"a guard of `{id_}` {told}"
        yield Diagnostic(Code.PARTS, Severity.WARNING, message, hint=way, client=target, cause=Cause.GUARD)
    if missing:
        message = f"a guard of `{id_}` runs {listed(missing)}, which is not there: without it, it blocks nothing"
        yield Diagnostic(Code.PARTS, Severity.WARNING, message, hint=hint, client=target, cause=Cause.GUARD)
    for told in scripts.takes_in(script_imports.follow(named, lambda path: _data(path, coming, reader)).lacks):
        message = f"a guard of `{id_}` {told}"
        yield Diagnostic(Code.PARTS, Severity.WARNING, message, hint=hint, client=target, cause=Cause.GUARD)
    for told in letting_pass.told(letting_pass.of(guards, lambda path: _data(path, coming, reader))):
        message = f"a guard of `{id_}` {told}"
        yield Diagnostic(Code.PARTS, Severity.WARNING, message, hint=letting_pass.MENDED, client=target, cause=Cause.GUARD)
    idle = [path for path in named if named[path] and path not in missing and not _is_program(path, coming, reader)]
    if idle:
        message = f"a guard of `{id_}` starts {listed(idle)}, which is no program: it cannot be started, and the guard blocks nothing"
        way = f"chmod +x {shlex.join(idle)}, or have the hook say which program reads it: sh, python3"
        yield Diagnostic(Code.PARTS, Severity.WARNING, message, hint=way, client=target, cause=Cause.GUARD)


def _data(path: str, coming: Mapping[str, Wanted], reader: Reader) -> bytes | None:
    return coming[path].data if path in coming else files_of(reader)(path)


def _off(want: Wanted, read: Callable[[str], bytes | None]) -> str | None:
    """Say what in the file that a hook comes into keeps it from running."""
    coming = part_asking.alone(want) if want.shared is not None else None
    return hooks_off.of_one(want.target, want.path, read, coming.definition) if isinstance(coming, SetHook) else None


def part_scope(scope: Scope) -> PartScope:
    """Return whether a place is a project or the user's own, in the word of parts."""
    return "user" if scope.is_user else "project"


def _run_by_hooks(id_: str, units: Units) -> bool:
    """Whether a guard is a hook, or an agent has one of its own."""
    agent, part = units.agents.get(id_), units.parts.get(id_)
    if agent is not None:
        return any(hook.event in effects.GUARD_EVENTS for hook in agent.hooks or ())
    return isinstance(part, SetHook) and hook_translation.is_guard(part.definition)


def _is_program(path: str, coming: Mapping[str, Wanted], reader: Reader) -> bool:
    """Whether a file that comes, or else is there, can be started: what is there as it comes, and can be, stays so."""
    return (path in coming and coming[path].executable) or reader.is_program(path)


def listed(paths: Iterable[str]) -> str:
    """Name paths, or ids of agents and parts."""
    return ", ".join(f"`{path}`" for path in paths)


def _idle(one: Deployment, units: Units, scope: Scope, reader: Reader) -> Iterator[Diagnostic]:
    """Say which guards never run in a target, for what settings say that are there, or the user's own."""
    read, at = files_of(reader), part_scope(scope)
    found: dict[str, dict[str, None]] = {}
    for want in (want for want in one.wanted if not want.script and _run_by_hooks(want.agent, units)):
        why = hooks_off.why(one.target, want.path, read, at) or _off(want, read)
        if why is None and not scope.is_user:
            why = hooks_off.of_user(one.target, read, scope.variables)
        if why is not None:
            found.setdefault(why, {})[want.agent] = None
    for why, ids in found.items():
        message = f"guards of {listed(ids)} never run: {why}"
        yield Diagnostic(Code.PARTS, Severity.WARNING, message, hint=hooks_off.HINT, client=one.target, cause=Cause.GUARD)


def _void(one: Deployment, reader: Reader) -> Iterator[Diagnostic]:
    """Say which settings that rules of the set come into are such that their client takes nothing of them."""
    for path in dict.fromkeys(want.path for want in one.wanted if want.part == _RULES):
        if (why := hooks_off.void(one.target, path, files_of(reader))) is not None:
            message = f"rules in {path} hold nothing: it takes nothing of the file: {why}"
            yield Diagnostic(Code.PARTS, Severity.WARNING, message, hint=MEND, client=one.target, cause=Cause.GUARD)


def _of_users(one: Deployment, units: Units) -> Iterator[Diagnostic]:
    """Say which guards of agents that come for all projects run a script of the one that is open."""
    for id_ in dict.fromkeys(want.agent for want in one.wanted if want.agent in units.agents):
        named = scripts.of_hooks(_guards(id_, units))
        if named:
            message = f"a guard of `{id_}` runs {listed(named)} of the project that is open: in one without it, it blocks nothing"
            yield Diagnostic(Code.PARTS, Severity.WARNING, message, hint=_IN_PROJECTS, client=one.target, cause=Cause.GUARD)


_IN_PROJECTS = "install it in each project, without --scope user: the script comes along there"


def astray(units: Units, scope: Scope, ids: Collection[str]) -> dict[str, tuple[Diagnostic, ...]]:
    """Return the hooks of the whole set that would look, in every project, for a script that is where the user's own files are.

    A client fills in the project that is open, and what finds no script may block all that it was to look at: Python ends with 2 then.
    """
    parts = ((id_, part) for id_, part in units.parts.items() if scope.is_user and id_ in ids)
    named = {id_: scripts.of_hook(part.definition) for id_, part in parts if isinstance(part, SetHook)}
    found: dict[str, tuple[Diagnostic, ...]] = {}
    for id_, paths in named.items():
        if paths:
            message = f"`{id_}` stays away: it runs {listed(paths)} of the project that is open, which others do not have"
            found[id_] = (Diagnostic(Code.PARTS, Severity.WARNING, message, hint=_IN_PROJECTS, cause=Cause.GUARD),)
    return found


def _guards(id_: str, units: Units) -> list[Hook]:
    """Return the guard that a part is, or those of an agent's own."""
    agent = units.agents.get(id_)
    return effects.guards_in(agent) if agent is not None else scripts.guards_of(units.parts.get(id_))


def _there(reader: Reader, lock: Lock, pack: str, ids: Collection[str]) -> set[tuple[str, str]]:
    """Return which parts of a pack are deployed, each with its target: what a script is run by, not the script alone."""
    return set(_deployed(reader, lock, pack, ids))


def _deployed(reader: Reader, lock: Lock, pack: str, ids: Collection[str]) -> Iterator[tuple[str, str]]:
    for entry in lock.entries:
        if pack in entry.packs and entry.agent in ids and not entry.script and isinstance(present_checksum(reader, entry), str):
            yield entry.target, entry.agent
