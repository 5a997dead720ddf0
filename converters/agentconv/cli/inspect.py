"""`agentconv inspect`: what each client makes of agent files as they stand."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv.cli import inspected_authors, inspected_packs, processes, scope
from agentconv.cli import options as shared
from agentconv.cli.exit_codes import Exit
from agentconv.cli.found_files import nothing_found, places
from agentconv.cli.progress import Progress
from agentconv.cli.telling import say
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.core.expressions import expression
from agentconv.formats import registry
from agentconv.lint import inspection
from agentconv.render import inspected, machine, text
from agentconv.render.table import wrapped
from agentconv.sources import agentless, elsewhere, inputs, loading, locations
from agentconv.sources import parts as beside

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from agentconv.core.effects import Guard
    from agentconv.core.ir import Agent
    from agentconv.lint.authors import Authors
    from agentconv.lint.inspection import Inspected
    from agentconv.lint.part_inspection import InspectedPart
    from agentconv.lint.set_guards import SetGuard
    from agentconv.lint.whole_project import WholeProject
    from agentconv.sources.inputs import Discovery
    from agentconv.sources.loaded import Loaded

USAGE = "[SRC|AGENT...|PACK [AGENT...]] [--scope user] [--for FORMAT,...|all] [--effects] [options]"
EXAMPLES = """\
examples:
  agentconv inspect                                this project's agents, in the clients that it has folders for
  agentconv inspect --for all                      in every client
  agentconv inspect reviewer.md --for gemini-cli   exit 1 when Gemini CLI would not load it
  agentconv inspect reviewer                       the agents of that name, wherever the project has them
  agentconv inspect --effects                      one table: what each agent may do in each assistant, and what holds it
  agentconv inspect --effects corp-agents          what `install` would bring of a pack, and what that may do
  agentconv inspect --scope user                   your own agents, which each client loads in all projects
  agentconv inspect -v                             every part by itself, and everything that the clients' readers say

states:
  loads             as it is written
  degraded          loaded, but not as written; what the client makes of it is listed
  not loaded        the client has no such agent
  stops the client  the client does not start with this file
"""
_PATH_WIDTH = 40
_NAME = expression(r"\w[\w ~-]*")
"""What is an agent's name where there is no such file: no path, no pattern of one, and no name of a file."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    shared.add_sources(parser, here=True, scoped="this project (default), or your own agents, which clients load in all projects")
    group = parser.add_argument_group("report")
    group.add_argument(
        "--for",
        dest="clients",
        action="append",
        metavar="FORMAT,...|all|own",
        help="clients to ask; exit 1 when one of them would not load a file (default: those of SRC, its project and its place, or all;"
        " own: each file's own)",
    )
    group.add_argument("--effects", action="store_true", help="what each agent may do in each client that has it, in one table")
    group.add_argument("--output-format", choices=("text", "json"), metavar="text|json", default="text", help="how it is written")
    group.add_argument("-v", "--verbose", action="store_true", help="show every reason")
    shared.add_common(group)
    processes.add_jobs(group)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    named = inspected_packs.named(options)
    if named is None:
        return _run(options)
    if options.effects:
        from agentconv.cli import pack_effects

        return pack_effects.run(options, *named)
    with inspected_packs.opened(options, *named):
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    named = registry.others_named(options.clients) if options.clients else []
    own = registry.names_own(options.clients or ())
    source_format = registry.resolve(options.source_format) if options.source_format else None
    agents = _agents_named(options)
    found = scope.discover(options, source_format)
    loader = loading.Loader(found.files)
    asked = _asked(options, found, loader, named, own=own)
    of_agents = [client for client in asked if registry.FORMATS[client].has_agents]
    pieces, others = _with_files(loader)
    loose = [agent.id for piece in others for agent in piece.agents]
    diagnostics = [*found.diagnostics, *(one for piece in others for one in piece.diagnostics)]
    known = inspected_authors.authors(found, pieces, scope.sources(options), whole=options.effects or options.output_format == "json")
    over_all, unjudged = _over_all(options, found, pieces, asked)

    def ask(piece: Loaded) -> list[str]:
        return [one for one in of_agents if not own or one in (piece.format, *named)]

    files = _inspected(pieces, ask, found, options, known, over_all=over_all)
    files, unscripted = _guarded(options, [_unknown(file, known) for file in files], pieces, places(found))
    files, loose = (_only(files, agents), [one for one in loose if one in agents]) if agents else (files, loose)
    diagnostics += [*unjudged, *unscripted, *(failure for file in files for failure in file.failures)]
    diagnostics += [*_not_in_place(found, loader, options), *inspection.duplicates(files), *([_without_file(loose)] if loose else [])]
    alone = bool(agents or options.effects)
    parts, project = ([], None) if alone else _parts(found, scope.sources(options), asked, files, known, unread=diagnostics)
    errors = any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
    if not errors and not project and not any(file.is_agent for file in files):
        if options.output_format == "text":
            _tell_diagnostics(options, diagnostics, places(found))
        raise nothing_found(found)
    stopped = project is not None and not {*named}.isdisjoint(project.stopped)
    unknown = options.effects and any(reading.unknown for file in files for reading in file.readings)
    code = _exit_code(files, diagnostics, named, own=own, stopped=stopped or unknown)
    if options.output_format == "json":
        print(_report(code, asked, files, parts, diagnostics, project=project))
    else:
        shown = [file for file in files if file.is_agent or file.path not in {one.path for one in loader.agentless}]
        _tell(options, shown, diagnostics, asked, where=places(found), parts=parts, project=project)
        _tell_guards(options, over_all, unjudged)
    return code


def _not_in_place(found: Discovery, loader: loading.Loader, options: argparse.Namespace) -> Iterator[Diagnostic]:
    """Yield what is told of files without agents, and of those in which nobody looks for any."""
    yield from agentless.told(loader.agentless)
    yield from elsewhere.told(found, elsewhere.Asked(scope.sources(options), "inspect"))
    yield from elsewhere.out_of_place(found)


def _unknown(file: Inspected, known: Authors) -> Inspected:
    """Return what clients make of a file, with why it is not known what the authors of agents allow, whose words cannot be read."""
    whys = [known.unknown(file.path, file.format, reading.name) if reading.may else "" for reading in file.readings]
    if not any(whys):
        return file
    return replace(file, readings=tuple(replace(one, unknown=why) for one, why in zip(file.readings, whys, strict=True)))


def _with_files(loader: loading.Loader) -> tuple[list[Loaded], list[Loaded]]:
    """Return what is a file of agents, and what is none: agents of a bundle, or a list of what there is."""
    pieces: list[Loaded] = []
    others: list[Loaded] = []
    for piece in loader:
        is_file = piece.source is not None and not registry.FORMATS[piece.format].is_index(piece.path)
        (pieces if is_file else others).append(piece)
    return pieces, others


def _asked(options: argparse.Namespace, found: Discovery, loader: loading.Loader, named: list[str], *, own: bool) -> list[str]:
    """Return the clients to ask, be it about some of the files."""
    if own:
        return list(dict.fromkeys([*(piece.format for piece in loader if piece.source is not None), *named]))
    return named or inspection.clients(loader, scope.in_play(options, found), locations.looking_at(found))


def _agents_named(options: argparse.Namespace) -> list[str]:
    """Take the words that are no files out of SRC, and return them: they are agents' names, as any word that could be no path."""
    if options.scope == scope.USER:
        return []  # SRC is below the home then
    words = [one for one in options.sources if one != inputs.STDIN and not os.path.lexists(one) and _NAME.fullmatch(one)]
    options.sources = [one for one in options.sources if one not in words]
    return words


def _only(files: Sequence[Inspected], names: Sequence[str]) -> list[Inspected]:
    """Return what clients make of the agents of some names.

    Raises:
        InputError: There is none of a name.
    """
    known = {name for file in files for name in (*file.agents, *(reading.name for reading in file.readings)) if name}
    for name in names:
        if name not in known:
            hint = registry.did_you_mean(name, sorted(known), "agentconv inspect says which there are")
            raise registry.usage(f"there is no file `{name}`, and no agent of that name", hint)
    found = []
    for file in files:
        several = len(file.agents) > 1
        readings = tuple(one for one in file.readings if not several or {one.agent, one.name} & {*names})
        agents = tuple(one for one in file.agents if one in names)
        if agents or any(one.name in names for one in readings):
            found.append(replace(file, readings=readings, agents=agents or file.agents))
    return found


def _inspected(
    pieces: Sequence[Loaded],
    asked: Callable[[Loaded], Sequence[str]],
    found: Discovery,
    options: argparse.Namespace,
    known: Authors,
    *,
    over_all: Sequence[SetGuard],
) -> list[Inspected]:
    """Return what the clients that are asked about each file make of it."""
    looking = locations.looking_at(found)
    line, jobs = Progress(options), processes.number(options, len(pieces))
    brief = options.output_format == "text" and not options.verbose and not options.effects
    guards = _held(over_all)

    def read_by_all(number: int) -> Inspected:
        piece = pieces[number]
        return inspection.inspect(
            piece,
            asked(piece),
            looking.get(piece.path, frozenset()),
            authors=partial(_author, known, piece),
            guards=guards,
            brief=brief,
        )

    read = processes.mapped(read_by_all, len(pieces), jobs)
    files = [*line.over(read, len(pieces), "files")]
    line.clear()
    return [_with_own(file, found) for file in inspection.beside(files)] if len(files) == 1 else inspection.beside(files)


def _guarded(
    options: argparse.Namespace, files: Sequence[Inspected], pieces: Sequence[Loaded], where: Mapping[str, str]
) -> tuple[list[Inspected], list[Diagnostic]]:
    """Return what clients make of files, and of which guards the scripts are not there, so that nobody is held by them."""
    if not any(agent.hooks for piece in pieces for agent in piece.agents):
        return [*files], []
    from agentconv.lint import guard_scripts

    without = guard_scripts.of(pieces, where, _edited(options))
    told = [*guard_scripts.missing(without)] if options.effects else []
    return [guard_scripts.not_held(file, without.get(file.path, {})) for file in files], told


def _author(known: Authors, piece: Loaded, name: str | None) -> Agent | None:
    found = known.of(piece, name)
    return found[1] if found else None


def _with_own(file: Inspected, found: Discovery) -> Inspected:
    """Return what clients make of the one file that was named, with those files that clients of another kind have of its name."""
    root = locations.project_root(Path(places(found).get(file.path, file.path)))
    if root is None or len(file.agents) != 1:
        return file

    def own(client: str) -> str | None:
        there = inspection.place(file.path, file.format, client)
        return there if (root / there).is_file() and registry.FORMATS[client].folders else None

    read = (replace(one, instead=own(one.client)) if one.other_kind else one for one in file.readings)
    return replace(file, readings=tuple(read))


def _report(
    code: Exit,
    asked: Sequence[str],
    files: Sequence[Inspected],
    parts: Sequence[InspectedPart],
    diagnostics: Iterable[Diagnostic],
    *,
    project: WholeProject | None,
) -> str:
    """Return what was found as JSON."""
    found: dict[str, Any] = {"exit_code": int(code), "clients": asked, "results": [inspected.plain(file) for file in files]}
    if project:
        from agentconv.render import inspected_parts, whole_project

        found |= {"parts": [*map(inspected_parts.plain, parts)], "project": whole_project.plain(project)}
    return machine.report({**found, "diagnostics": [*map(machine.plain, diagnostics)]})


def _parts(
    found: Discovery,
    sources: Sequence[str],
    asked: Sequence[str],
    files: Sequence[Inspected],
    known: Authors,
    *,
    unread: list[Diagnostic],
) -> tuple[list[InspectedPart], WholeProject | None]:
    """Return what clients make of the parts of the projects that were named, or of the user's own, and all of it in one look.

    `unread` gets what is told of files of which that is not known.
    """
    folders = [source for source in sources if os.path.isdir(source)]
    if not folders and found.home is None:
        return [], None
    from agentconv.lint import part_inspection

    parts = beside.beside(found, folders, asked)
    inspected = part_inspection.inspect(parts, asked)
    unread += parts.unread(found.diagnostics)
    if not inspected and not any(True for client in asked for place in parts.places for _ in place.void(client)):
        return [], None
    from agentconv.lint import whole_project as project

    return inspected, project.look(files, parts, asked, known)


def _over_all(
    options: argparse.Namespace, found: Discovery, pieces: Sequence[Loaded], asked: Sequence[str]
) -> tuple[list[SetGuard], list[Diagnostic]]:
    """Return what restrains all agents of the projects that were named, and which clients hold it; nothing where nobody is told of it.

    Also why it is not known what else does, where all that agents may do is asked for.
    """
    guarded = any(agent.hooks for piece in pieces for agent in piece.agents)
    folders = [source for source in scope.sources(options) if os.path.isdir(source)]
    if found.home is not None or not folders or not (options.effects or guarded):
        return [], []
    from agentconv.lint import set_guards

    there = beside.beside(found, folders, registry.CLIENTS)
    unknown = {one.span: one for one in there.unknown_restraints()} if options.effects else {}
    return list(set_guards.of(there, asked, _edited(options), pieces)), [*map(_unjudged, unknown.values())]


def _unjudged(told: Diagnostic) -> Diagnostic:
    """Say that it is not known what a file holds all agents to."""
    message = f"what this file denies, asks for, or guards is not known: {told.reason or told.message}"
    return replace(told, severity=Severity.ERROR, message=message, hint="mend it, and look again")


def _edited(options: argparse.Namespace) -> frozenset[str]:
    """Return the scripts in the one folder that was named that came with packs, and that somebody edited since."""
    folders = [source for source in scope.sources(options) if os.path.isdir(source)]
    if len(folders) != 1 or not os.path.isfile(os.path.join(folders[0], "agentconv.lock")):
        return frozenset()
    from agentconv.disk.files import Disk
    from agentconv.install import guards_there, lock

    try:
        known = lock.read(Path(folders[0], lock.FILE))
    except InputError:  # of which the commands speak that need it
        return frozenset()
    return guards_there.edited(Disk(Path(folders[0])), known) if known is not None else frozenset()


def _held(over_all: Sequence[SetGuard]) -> Mapping[str, frozenset[Guard]]:
    if not over_all:
        return {}
    from agentconv.lint import set_guards

    return set_guards.held(over_all)


def _tell_guards(options: argparse.Namespace, over_all: Sequence[SetGuard], unjudged: Sequence[Diagnostic]) -> None:
    """Print, in the table of what agents may do, what restrains all of them, and which clients hold it."""
    if options.effects:
        from agentconv.render import inspected_effects

        print("".join(f"{line}\n" for line in inspected_effects.guards(over_all, unjudged)), end="")


def _without_file(agents: Sequence[str]) -> Diagnostic:
    """Say which agents of a bundle cannot be inspected."""
    message = f"stored without their files, so there is nothing for a client to read: {text.names(agents)}"
    return Diagnostic(Code.UNREADABLE, Severity.ERROR, message, hint="write files first: agentconv from-json BUNDLE -t FORMAT -o DIR")


def _exit_code(files: Sequence[Inspected], diagnostics: Sequence[Diagnostic], named: Sequence[str], *, own: bool, stopped: bool) -> Exit:
    if any(one.code is Code.INTERNAL for one in diagnostics):
        return Exit.BUG
    errors = any(one.severity is Severity.ERROR for one in diagnostics)
    if errors and not any(file.agents for file in files):
        return Exit.USAGE
    lost = stopped or any(
        reading.state.dropped
        and (reading.client in named or (own and reading.client == file.format))
        and not _has_another(reading.client, file, files)
        for file in files
        for reading in file.readings
    )
    return Exit.FINDINGS if lost or errors else Exit.OK


def _has_another(client: str, file: Inspected, files: Sequence[Inspected]) -> bool:
    """Whether a client that does not look for agents where a file lies has one of that name by another one."""
    if file.is_here(client):
        return False
    names = {one.name for one in file.readings if one.client == file.format} or {one.partition("~")[0] for one in file.agents}
    return any(
        one.client == client and one.tools and one.name in names for each in files if client in each.looking for one in each.readings
    )


def _servers(path: str, client: str) -> bool:
    """Whether a client has an MCP server in the project of a file."""
    from agentconv.lint import project

    return bool(project.servers_there(path, client))


def _tell(
    options: argparse.Namespace,
    files: Sequence[Inspected],
    diagnostics: Iterable[Diagnostic],
    asked: Sequence[str],
    *,
    where: dict[str, str],
    parts: Sequence[InspectedPart],
    project: WholeProject | None,
) -> None:
    look = text.style(sys.stdout, options.color)
    shown = [(where.get(file.path, file.path), file) for file in files if file.is_agent]
    if options.effects:
        from agentconv.render import inspected_effects

        without = [] if options.scope == "user" else [one for one in asked if not any(_servers(path, one) for path, _ in shown)]
        print("\n".join(inspected_effects.report([file for _, file in shown], asked, serverless=without)))
    elif shown:
        print("\n".join(inspected.report(shown, asked, look, verbose=options.verbose)))
    if shown and not options.clients and set(registry.CLIENTS) - set(asked):
        asked_are = "Asked are assistants that read these files, or are used here; --for all asks the others."
        print("", wrapped(asked_are), sep="\n")
    if project:
        from agentconv.render import inspected_parts, whole_project

        if options.verbose and parts:
            print("\n".join(inspected_parts.report(parts, look)[not shown :]))
        print("\n".join(["", *whole_project.report(project, verbose=options.verbose)][not shown and not options.verbose :]))
    sys.stdout.flush()
    missing = [(where.get(file.path, file.path), file.format) for file in files if not file.is_agent]
    # a file of settings need have no agents; whoever names it wants to know
    others = [place for place, format_id in missing if place in options.sources or not registry.FORMATS[format_id].holds_several(place)]
    if others:
        say(f"no agent in {text.names([_end(os.path.normpath(path)) for path in others])}")
    _tell_diagnostics(options, diagnostics, where)


def _tell_diagnostics(options: argparse.Namespace, diagnostics: Iterable[Diagnostic], where: dict[str, str]) -> None:
    for diagnostic in diagnostics:
        if diagnostic in registry.broken():
            continue
        span = diagnostic.span
        placed = replace(diagnostic, span=replace(span, path=where.get(span.path, span.path))) if span else diagnostic
        say(text.diagnostic(placed, text.style(sys.stderr, options.color)))


def _end(path: str) -> str:
    """Return the end of a path, which tells more of it than its beginning."""
    return path if len(path) <= _PATH_WIDTH else f"…{path[1 - _PATH_WIDTH :]}"
