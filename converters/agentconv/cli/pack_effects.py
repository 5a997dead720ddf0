"""`agentconv inspect --effects` of a pack: what `install` would write for each assistant, what that may do there, and what stays away."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.cli import agents_there, deploying, project, scope
from agentconv.cli.exit_codes import Exit
from agentconv.cli.telling import say
from agentconv.core import names, script_imports
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.parts import SetHook
from agentconv.disk.files import Disk
from agentconv.disk.reader import files_of
from agentconv.formats import registry
from agentconv.install import consent, deployment, guarding, guards_there, installing, places
from agentconv.install.planning import Action
from agentconv.lint import guard_scripts, inspection, set_guards
from agentconv.parts.hooks import scripts
from agentconv.render import deployed, deployed_machine, inspected, inspected_effects, machine, text
from agentconv.sources import discovery, hooks_off, loading, locations
from agentconv.sources import parts as beside

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.ir import Agent
    from agentconv.disk.reader import Reader
    from agentconv.install.installing import Prepared
    from agentconv.install.lock import Entry, Lock
    from agentconv.install.places import Scope
    from agentconv.lint.inspection import Inspected
    from agentconv.lint.set_guards import SetGuard
    from agentconv.packs.finding import Pack
    from agentconv.sources.inputs import Discovery
    from agentconv.sources.loaded import Loaded
    from agentconv.sources.parts_on_disk import LoadedPart

_NOT_OURS = frozenset({Action.FOREIGN, Action.KEPT, Action.OTHER_PACK, Action.BLOCKED, Action.REMOVE, Action.RELEASE, Action.MISSING})


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a project would have of a pack, and what that may do there."""

    prepared: Prepared
    files: tuple[Inspected, ...]
    absent: tuple[str, ...]
    """The agents that none of its assistants gets."""
    over_all: tuple[SetGuard, ...]
    diagnostics: tuple[Diagnostic, ...]


def run(options: argparse.Namespace, pack: Pack, words: Sequence[str]) -> int:
    """Tell what a pack would be in this project, were all that it asks for accepted; of some of its agents, where words name them.

    Raises:
        InputError: The pack is damaged, or has no such agent, or an assistant is named that takes no agents.
    """
    if options.scope == scope.USER:
        hint = "agentconv install PACK --scope user --dry-run says what would come"
        raise registry.usage("--effects tells what a pack would be in a project, and --scope user is about your own agents", hint)
    place = places.project(project.root(argparse.Namespace(project=None)))
    reader = Disk(place.root)
    lock = deploying.ours(place, reader, dry_run=True)
    targets = _targets(options, pack, place, lock)
    ids = deployment.agent_ids(pack.manifest, words)
    request = installing.Request(
        targets, accept=consent.Accepted(everything=True), preview=True, others=agents_there.of_project(place.root)
    )
    outcome = _outcome(pack, installing.prepare(pack, place, reader, lock, request), reader, lock, ids)
    code = _exit_code(options, outcome.prepared, ids)
    if options.output_format == "json":
        print(_report(code, outcome, place))
    else:
        _tell(options, outcome, place, ids)
    return code


def _targets(options: argparse.Namespace, pack: Pack, place: Scope, lock: Lock) -> tuple[str, ...] | None:
    """Return the assistants that are meant; None for those that it is deployed to: else those that are used here, else its author's.

    Raises:
        InputError: One is named that takes no agents of packs.
    """
    known, words = places.targets(), options.clients or ()
    named = registry.others_named(words) if words else []
    chosen = [one for one in named if one in known] if set(named) >= {*known} else places.chosen(named) if named else []
    chosen = [*(chosen or ()), *(_authors(pack) if registry.names_own(words) else ())]
    if chosen or words:
        return tuple(one for one in known if one in chosen)
    if lock.pack(pack.manifest.name) is not None or place.present(lock):
        return None
    return tuple(one for one in known if one in _authors(pack)) or tuple(known)


def _authors(pack: Pack) -> set[str]:
    return {one.format for one in pack.manifest.sources}


def _outcome(pack: Pack, prepared: Prepared, reader: Reader, lock: Lock, ids: Sequence[str]) -> _Outcome:
    """Read what would be there as its assistants would, in a folder that has nothing else."""
    agents = {agent.id: agent for piece in pack.pieces() for agent in piece.agents}
    owners = {want.path: want.agent for one in prepared.deployments for want in one.wanted if not want.part and want.shared is None}
    asked = [one.target for one in prepared.deployments]
    owners |= {one.path: one.agent for one in _left(prepared, pack, lock) if not one.part and not one.pointer}
    ours = [*_files(prepared, reader), *_as_they_are((one.path for one in _left(prepared, pack, lock)), reader)]
    edited = guarding.edited_scripts(prepared.plan) | guards_there.edited(reader, lock)
    with tempfile.TemporaryDirectory() as folder:
        _put(Path(folder), ours)
        with contextlib.chdir(folder):
            found = discovery.discover([os.curdir])
            pieces = [piece for piece in loading.Loader(found.files) if piece.source is not None]
            hooks = beside.beside(found, [os.curdir], registry.CLIENTS).of("hooks")
            _put(Path(folder), _scripts(pieces, hooks, reader))
            _put(Path(folder), _switching_off(asked, reader))
            over_all = _over_all(found, asked, edited, {path for path, _, _ in ours}, pieces)
            looking, guards = locations.looking_at(found), set_guards.held(over_all)
            read = (
                inspection.inspect(
                    piece, asked, looking.get(piece.path, frozenset()), authors=_author(owners.get(piece.path), agents), guards=guards
                )
                for piece in pieces
            )
            files = [file for file in inspection.beside([*read]) if file.is_agent]
            without = guard_scripts.of(pieces, {}, edited)
            files = [guard_scripts.not_held(file, without.get(file.path, {})) for file in files]
    meant = {*ids, *(agents[id_].name for id_ in ids)}
    files = [_of(file, meant) if owners.get(file.path) not in meant else file for file in files] if ids else files
    files = [file for file in files if file.readings]
    told = (*(failure for file in files for failure in file.failures), *guard_scripts.missing(without))
    there = {owners.get(file.path) for file in files} | {one.name for file in files for one in file.readings if one.may}
    absent = [id_ for id_, agent in agents.items() if id_ in (ids or agents) and not {id_, agent.name} & there]
    return _Outcome(prepared, tuple(files), tuple(absent), tuple(over_all), told)


def _of(file: Inspected, names_: set[str | None]) -> Inspected:
    """Return of a file of several agents those that are meant."""
    return replace(file, readings=tuple(one for one in file.readings if {one.agent, one.name} & names_))


def _author(owner: str | None, agents: dict[str, Agent]) -> Callable[[str | None], Agent | None]:
    """Return what gives the agent of the pack that one of a file is made of."""
    by_name = {names.alike(agent.name): agent for agent in agents.values() if agent.name}
    return lambda name: agents.get(owner) if owner else by_name.get(names.alike(name)) if name else None


def _files(prepared: Prepared, reader: Reader) -> Iterator[tuple[str, bytes, bool]]:
    """Yield what would lie where something of the pack is, with whether it is a program."""
    changed = {one.path: one for one in prepared.plan.changes}
    for path in dict.fromkeys(step.path for step in prepared.plan.steps if step.action not in _NOT_OURS):
        change = changed.get(path)
        data = change.after if change else reader.read(path)
        if isinstance(data, bytes):
            yield path, data, change.executable if change else reader.is_program(path)


def _scripts(pieces: Sequence[Loaded], hooks: Sequence[LoadedPart], reader: Reader) -> Iterator[tuple[str, bytes, bool]]:
    """Yield what guards run, and take in, of that which is in the project already."""
    run = [scripts.of_guards(agent) for piece in pieces for agent in piece.agents if agent.hooks]
    run += [scripts.of_hook(one.part.definition) for one in hooks if isinstance(one.part, SetHook)]
    paths = [path for several in run for path in several]
    taken = script_imports.follow(paths, files_of(reader)).files
    yield from _as_they_are(dict.fromkeys((*paths, *taken)), reader)


def _left(prepared: Prepared, pack: Pack, lock: Lock) -> list[Entry]:
    """Return what is deployed of the pack, and stays as it is, since nothing newer of it may come."""
    planned = {step.path for step in prepared.plan.steps}
    return [one for one in lock.entries if pack.manifest.name in one.packs and one.path not in planned]


def _as_they_are(paths: Iterable[str], reader: Reader) -> Iterator[tuple[str, bytes, bool]]:
    """Yield files of the project, those that are there."""
    for path in paths:
        if isinstance(data := reader.read(path), bytes):
            yield path, data, reader.is_program(path)


def _switching_off(asked: Iterable[str], reader: Reader) -> Iterator[tuple[str, bytes, bool]]:
    """Yield the settings of the project by which assistants run no hooks, whoever's these are."""
    yield from _as_they_are((off for client in asked if (off := hooks_off.of(client, files_of(reader))) is not None), reader)


def _over_all(
    found: Discovery, asked: Sequence[str], edited: Collection[str], ours: Collection[str], pieces: Sequence[Loaded]
) -> list[SetGuard]:
    """Return what restrains all agents of the pack by what comes of it: what else is in a project is the project's own."""
    every = set_guards.of(beside.beside(found, [os.curdir], registry.CLIENTS), asked, edited, pieces)
    return [one for one in every if one.restraint.span is None or one.restraint.span.path in ours]


def _put(folder: Path, files: Iterable[tuple[str, bytes, bool]]) -> None:
    """Put files below a folder, but for those that are there, and those that are elsewhere."""
    disk = Disk(folder)
    for path, data, executable in files:
        if disk.read(path) is None and not Path(path).is_absolute():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
            place.chmod(0o755 if executable else 0o644)


def _exit_code(options: argparse.Namespace, prepared: Prepared, ids: Sequence[str]) -> Exit:
    """Return the exit code: an assistant that is named and would not get an agent is a finding, as one that would not load a file is."""
    named = registry.others_named(options.clients) if options.clients else []
    away = {id_ for one in prepared.deployments if one.target in named for id_ in one.refused}
    away |= {one.agent for one in prepared.held} | {*prepared.unsafe} if named else set()
    return Exit.FINDINGS if away & {*(ids or away)} else Exit.OK


def _report(code: Exit, outcome: _Outcome, place: Scope) -> str:
    """Return the answer as JSON: as of files, with what `install --dry-run` reports of the pack."""
    install = deployed_machine.installed([outcome.prepared], place, int(code), outcome.diagnostics, dry_run=True)
    files = [inspected.plain(file) for file in outcome.files]
    clients = [one.target for one in outcome.prepared.deployments]
    told = install["diagnostics"]
    return machine.report({"exit_code": int(code), "clients": clients, "results": files, "packs": install["results"], "diagnostics": told})


def _tell(options: argparse.Namespace, outcome: _Outcome, place: Scope, ids: Sequence[str]) -> None:
    one, look = outcome.prepared, text.style(sys.stderr, options.color)
    lines = [] if ids else [*deployed.counted(one, place, dry_run=True), ""]
    lines += inspected_effects.report(outcome.files, [each.target for each in one.deployments], "why is said below", outcome.absent)
    lines += inspected_effects.guards(outcome.over_all)
    asked = deployed.asks(one.asked, verbose=options.verbose) if not ids else []
    print("\n".join([*lines, *([""] if asked else []), *asked]), flush=True)
    for line in deployed.stays_away(one, place, look, about=ids, verbose=options.verbose):
        say(line)
    for diagnostic in outcome.diagnostics:
        say(text.diagnostic(diagnostic, look))
