"""`agentconv inspect`: what each client makes of agent files as they stand."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv.cli import options as shared
from agentconv.cli import processes, scope
from agentconv.cli.exit_codes import Exit
from agentconv.cli.found_files import nothing_found, places
from agentconv.cli.progress import Progress
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.formats import registry
from agentconv.lint import inspection
from agentconv.render import inspected, machine, text
from agentconv.sources import agentless, elsewhere, loading, locations
from agentconv.sources import parts as beside

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from agentconv.lint.inspection import Inspected
    from agentconv.lint.part_inspection import InspectedPart
    from agentconv.lint.whole_project import WholeProject
    from agentconv.sources.inputs import Discovery
    from agentconv.sources.loaded import Loaded

USAGE = "[SRC...] [--scope user] [--for FORMAT,...|all] [options]"
EXAMPLES = """\
examples:
  agentconv inspect                                this project's agents, in the clients that it has folders for
  agentconv inspect --for all                      in every client
  agentconv inspect reviewer.md --for gemini-cli   exit 1 when Gemini CLI would not load it
  agentconv inspect --scope user                   your own agents, which each client loads in all projects
  agentconv inspect -v                             every part by itself, and everything that the clients' readers say

states:
  loads             as it is written
  degraded          loaded, but not as written; what the client makes of it is listed
  not loaded        the client has no such agent
  stops the client  the client does not start with this file
"""
_PATH_WIDTH = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    shared.add_sources(parser, here=True, scoped="this project (default), or your own agents, which clients load in all projects")
    group = parser.add_argument_group("report")
    group.add_argument(
        "--for",
        dest="clients",
        action="append",
        metavar="FORMAT,...|all",
        help="clients to ask; exit 1 when one of them would not load a file (default: those of SRC, its project and its place, or all)",
    )
    group.add_argument("--output-format", choices=("text", "json"), metavar="text|json", default="text", help="how it is written")
    group.add_argument("-v", "--verbose", action="store_true", help="show every reason")
    shared.add_common(group)
    processes.add_jobs(group)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    named = registry.clients_named(options.clients) if options.clients else []
    source_format = registry.resolve(options.source_format) if options.source_format else None
    found = scope.discover(options, source_format)
    loader = loading.Loader(found.files)
    asked = named or inspection.clients(loader, scope.present(options, found), locations.looking_at(found))
    of_agents = [client for client in asked if registry.FORMATS[client].has_agents]
    pieces: list[Loaded] = []
    loose: list[str] = []
    diagnostics = list(found.diagnostics)
    for piece in loader:
        if piece.source is not None and not registry.FORMATS[piece.format].is_index(piece.path):
            pieces.append(piece)
        else:
            diagnostics += piece.diagnostics
            loose += [agent.id for agent in piece.agents]
    files = _inspected(pieces, of_agents, found, options)
    diagnostics += [failure for file in files for failure in file.failures]
    diagnostics += [*agentless.told(loader.agentless), *elsewhere.told(found, elsewhere.Asked(scope.sources(options), "inspect"))]
    diagnostics += elsewhere.out_of_place(found)
    diagnostics += [*inspection.duplicates(files), *([_without_file(loose)] if loose else [])]
    parts, project = _parts(found, scope.sources(options), asked, files, pieces)
    errors = any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
    if not errors and not project and not any(file.is_agent for file in files):
        if options.output_format == "text":
            _tell_diagnostics(options, diagnostics, places(found))
        raise nothing_found(found)
    bugs = any(diagnostic.code is Code.INTERNAL for diagnostic in diagnostics)
    stopped = project is not None and not {*named}.isdisjoint(project.stopped)
    code = Exit.BUG if bugs else _exit_code(files, named, errors=errors, stopped=stopped)
    if options.output_format == "json":
        print(_report(code, asked, files, parts, diagnostics, project=project))
    else:
        told = {file.path for file in loader.agentless}
        shown = [file for file in files if file.is_agent or file.path not in told]
        _tell(options, shown, diagnostics, asked, where=places(found), parts=parts, project=project)
    return code


def _inspected(pieces: Sequence[Loaded], clients: Sequence[str], found: Discovery, options: argparse.Namespace) -> list[Inspected]:
    """Return what the clients make of each file."""
    looking = locations.looking_at(found)
    line, jobs = Progress(options), processes.number(options, len(pieces))
    brief = options.output_format == "text" and not options.verbose

    def read_by_all(number: int) -> Inspected:
        piece = pieces[number]
        return inspection.inspect(piece, clients, looking.get(piece.path, frozenset()), brief=brief)

    read = processes.mapped(read_by_all, len(pieces), jobs)
    files = [*line.over(read, len(pieces), "files")]
    line.clear()
    return [_with_own(file, found) for file in inspection.beside(files)] if len(files) == 1 else inspection.beside(files)


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
    found: Discovery, sources: Sequence[str], asked: Sequence[str], files: Sequence[Inspected], pieces: Sequence[Loaded]
) -> tuple[list[InspectedPart], WholeProject | None]:
    """Return what clients make of the parts of the projects that were named, or of the user's own, and all of it in one look."""
    folders = [source for source in sources if os.path.isdir(source)]
    if not folders and found.home is None:
        return [], None
    from agentconv.lint import part_inspection

    parts = beside.beside(found, folders, asked)
    inspected = part_inspection.inspect(parts, asked)
    from agentconv.lint import whole_project as project

    if not inspected and not project.void(parts, asked):
        return [], None
    return inspected, project.look(files, pieces, parts, asked)


def _without_file(agents: Sequence[str]) -> Diagnostic:
    """Say which agents of a bundle cannot be inspected."""
    message = f"stored without their files, so there is nothing for a client to read: {text.names(agents)}"
    return Diagnostic(Code.UNREADABLE, Severity.ERROR, message, hint="write files first: agentconv from-json BUNDLE -t FORMAT -o DIR")


def _exit_code(files: Sequence[Inspected], named: Sequence[str], *, errors: bool, stopped: bool) -> Exit:
    if errors and not any(file.agents for file in files):
        return Exit.USAGE
    lost = stopped or any(reading.client in named and reading.state.dropped for file in files for reading in file.readings)
    return Exit.FINDINGS if lost or errors else Exit.OK


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
    if shown:
        print("\n".join(inspected.report(shown, asked, look, verbose=options.verbose)))
        if not options.clients and set(registry.CLIENTS) - set(asked):
            print("\nOther assistants: --for all says what they would make of these files.")
    if project:
        from agentconv.render import inspected_parts, whole_project

        if options.verbose and parts:
            print("\n".join(inspected_parts.report(parts, look)[not shown :]))
        print("\n".join(["", *whole_project.report(project, verbose=options.verbose)][not shown and not options.verbose :]))
    sys.stdout.flush()
    others = [where.get(file.path, file.path) for file in files if not file.is_agent]
    if others:
        print(f"no agent in {text.names([_end(os.path.normpath(path)) for path in others])}", file=sys.stderr)
    _tell_diagnostics(options, diagnostics, where)


def _tell_diagnostics(options: argparse.Namespace, diagnostics: Iterable[Diagnostic], where: dict[str, str]) -> None:
    for diagnostic in diagnostics:
        if registry.is_told_once(diagnostic):
            continue
        span = diagnostic.span
        placed = replace(diagnostic, span=replace(span, path=where.get(span.path, span.path))) if span else diagnostic
        print(text.diagnostic(placed, text.style(sys.stderr, options.color)), file=sys.stderr)


def _end(path: str) -> str:
    """Return the end of a path, which tells more of it than its beginning."""
    return path if len(path) <= _PATH_WIDTH else f"…{path[1 - _PATH_WIDTH :]}"
