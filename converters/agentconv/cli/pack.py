"""`agentconv pack`: agents into a wheel and an sdist, which pip installs and nothing runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.cli import options as shared
from agentconv.cli import pack_settings, whose
from agentconv.cli.exit_codes import Exit
from agentconv.cli.found_files import nothing_found, places
from agentconv.cli.linting import settings as lint_settings
from agentconv.cli.linting.settings import LintSettings
from agentconv.cli.telling import say
from agentconv.conversion import along, offered_plugins
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, Severity, Span
from agentconv.disk.output import OutputFile
from agentconv.disk.saving import Fate, OutputFolder
from agentconv.formats import registry
from agentconv.pack import building, carried_scripts, contents, gate, project, restrained, sources
from agentconv.pack.outcome import Outcome
from agentconv.render import findings, packed, text
from agentconv.sources import agentless, discovery, elsewhere, loading
from agentconv.sources import parts as beside

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from agentconv.conversion.along import Along
    from agentconv.pack.building import Built
    from agentconv.pack.contents import Contents
    from agentconv.pack.sources import Sources
    from agentconv.sources.inputs import Discovery
    from agentconv.sources.loaded import Loaded
    from agentconv.sources.parts import Parts

USAGE = "SRC... --name NAME --version VERSION [-o DIR] [options]"
EXAMPLES = """\
examples:
  agentconv pack . --name backend-agents --version 1.2.0  every agent of this project, into dist/
  agentconv pack . --dry-run                              what would go in
  agentconv pack . --license MIT --author "Ada Author <ada@example.com>"
  pip install dist/backend_agents-1.2.0-py3-none-any.whl
  agentconv install backend-agents --to auto

In pyproject.toml, [tool.agentconv.pack] takes the same words:
  name = "backend-agents"
  version = "1.2.0"
  author = ["Ada Author <ada@example.com>"]
  url = {Homepage = "https://example.com"}
"""
FOLDER = "dist"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    shared.add_sources(parser)
    shared.add_marketplace(shared.add_along(parser))
    group = parser.add_argument_group("what the pack says of itself")
    group.add_argument("--name", metavar="NAME", help="name of the distribution, such as backend-agents")
    group.add_argument("--version", metavar="VERSION", help="its version, such as 1.2.0")
    group.add_argument("--description", metavar="TEXT", help="what it is for, in one line")
    group.add_argument("--license", metavar="SPDX", help="its licence as an SPDX expression, such as MIT")
    group.add_argument("--license-file", metavar="FILE", help="the licence's text (default: LICENSE of the project that SRC is in)")
    group.add_argument("--author", action="append", metavar="NAME", help="who wrote it: `Name`, or `Name <mail>`; can be given again")
    group.add_argument("--requires", action="append", metavar="PACK", help="another pack that it needs, such as base-agents>=1")
    group.add_argument("--url", action="append", metavar="LABEL=URL", help="a link to show, such as Homepage=https://example.com")
    group.add_argument("--keyword", action="append", metavar="WORD", help="a word to find it by")
    group.add_argument("--classifier", action="append", metavar="TEXT", help="a classifier of package indexes")
    group = parser.add_argument_group("output")
    group.add_argument("-o", "--output", metavar="DIR", help=f"folder for the wheel and the sdist (default: {FOLDER})")
    group.add_argument("--force", action="store_true", help="replace files of the same version with other content (a copy is kept)")
    group.add_argument(
        "--no-lint", action="store_true", help="also pack what `agentconv lint` calls an error, credentials, hidden characters"
    )
    group.add_argument("-n", "--dry-run", action="store_true", help="write nothing; list what would go in, and what would not")
    group = parser.add_argument_group("report")
    shared.add_strict(group)
    group.add_argument("--output-format", choices=("text", "json"), metavar="text|json", default="text", help="how the report is written")
    group.add_argument("-q", "--quiet", action="store_true", help="errors only")
    group.add_argument("-v", "--verbose", action="store_true", help="also why an assistant does not get all, and each file")
    shared.add_common(group)
    shared.add_configuration(parser)
    parser.set_defaults(lint=None, pack=None)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    found = _found(options)
    where = places(found)
    loader = loading.Loader(found.files, keep=False, results=True)
    there = _beside(options, found)
    one_set = offered_plugins.OneSet(loader, offered_plugins.of(found, there))
    locations = {file.path: file.location for file in found.files}
    read = list(carried_scripts.with_scripts(one_set, locations))
    parts = _along(options, found, read, there)
    gathered = sources.gather(read, parts.parts)
    beside = (*agentless.told(loader.agentless), *elsewhere.told(found, elsewhere.Asked(options.sources, "pack")))
    notes = (one for one in beside if one.severity is not Severity.ERROR)  # a file that was named and left out is in the list
    diagnostics = tuple(_placed(one, where) for one in (*found.diagnostics, *gathered.diagnostics, *notes)) + parts.told
    diagnostics = (*diagnostics, *along.left_by_choice(parts), *one_set.told("a pack"))
    if not gathered.pieces:
        if not any(one.severity is Severity.ERROR for one in diagnostics):
            raise nothing_found(found, takes_parts=True)
        return _tell(options, Outcome(Exit.USAGE, gathered, diagnostics=diagnostics), where)
    about = pack_settings.about(options, gathered)
    verdict = gate.Verdict(()) if options.no_lint else _verdict(options, read, gathered, locations)
    if not options.no_lint:
        diagnostics = (*diagnostics, *gate.credentials_in(about))
    unfit = any(one.severity is Severity.ERROR for one in diagnostics)
    if verdict.stopping or (unfit and not options.no_lint):
        code = Exit.BUG if verdict.failed else Exit.FINDINGS
        return _tell(options, Outcome(code, gathered, diagnostics=diagnostics, stopping=verdict.stopping, told=verdict.told), where)
    made = contents.build(gathered, about, marketplace=options.marketplace)
    unheld = [*restrained.told(gathered.parts, (options.pack or {}).get(pack_settings.ACCEPT, ()))]
    made.laid.accepted = all(one.severity is Severity.NOTE for one in unheld)
    told = [
        *_remarks(options, made),
        *diagnostics,
        *unheld,
        *restrained.staying(there, gathered.parts),
        *(_placed(one, where) for one in restrained.without_scripts(gathered.pieces, gathered.parts)),
        *made.failures,
    ]
    built = () if options.dry_run else _write(options, building.build(project.files(made), project.programs(made)), told)
    outcome = Outcome(_exit_code(made, built, told), gathered, made, built, tuple(told), told=verdict.told)
    return _tell(options, _strictly(outcome, options.strict), where)


def _found(options: argparse.Namespace) -> Discovery:
    """Return what is to be packed, of which no agent is twice as two assistants have it.

    Raises:
        InputError: An argument names nothing, or nobody said whose agents are meant.
    """
    source_format = registry.resolve(options.source_format) if options.source_format else None
    found = discovery.discover(options.sources, source_format, stdin_name=options.stdin_filename)
    left = None if source_format else whose.of_one(found, "one agent of each name goes into a pack; choose whose")
    found.diagnostics += [left] if left else []
    return found


def _clients(found: Discovery) -> list[str]:
    """Return the clients whose agents were found."""
    return list(dict.fromkeys(file.format for file in found.files if file.format in registry.READERS))


def _beside(options: argparse.Namespace, found: Discovery) -> Parts:
    """Return the skills, commands and servers that there are."""
    clients = _clients(found)
    given = [registry.resolve(options.source_format)] if options.source_format and not clients else clients
    parts = beside.beside(found, options.sources, given)
    if not found.files and not given and (options.along or getattr(options, "with")):
        parts.take_of_one(registry.READERS)
    return parts


def _along(options: argparse.Namespace, found: Discovery, read: Sequence[Loaded], parts: Parts) -> Along:
    """Return the skills, commands and servers that go along: of bundles all, of a project what its agents name, or what is said.

    Raises:
        InputError: One is named that is not there, or there are no agents, and parts of several assistants.
    """
    clients = _clients(found)
    alone = len(found.files) == 1 and found.files[0].named
    usual = along.NONE if alone and clients else along.NEEDED if clients else along.ALL
    words = options.along or getattr(options, "with")
    named = along.Named(parts)
    for _ in named.over(read):
        pass
    return along.along(along.chosen(words or [usual]), named)


def _placed(diagnostic: Diagnostic, where: Mapping[str, str]) -> Diagnostic:
    span = diagnostic.span
    return replace(diagnostic, span=replace(span, path=where.get(span.path, span.path))) if span else diagnostic


def _verdict(options: argparse.Namespace, read: Sequence[Loaded], gathered: Sources, locations: Mapping[str, str | None]) -> gate.Verdict:
    chosen = options.lint or LintSettings()
    lint_settings.tell(options, chosen.remark())
    return gate.check(
        read,
        gathered.loose,
        gathered.parts,
        rules=chosen.rules(),
        settings=lambda path: chosen.for_file(locations.get(path)),
    )


def _remarks(options: argparse.Namespace, made: Contents) -> list[Diagnostic]:
    """Say what of the metadata is not as it was given, or is missing."""
    given = options.version or (options.pack or {}).get("version")
    remarks = []
    if given and given != made.about.version:
        remarks.append(Diagnostic(Code.USAGE, Severity.NOTE, f"version `{given}` is written `{made.about.version}`"))
    if not made.about.license and not made.about.license_file:
        message = "the pack has no licence, and nobody else may use it without one"
        remarks.append(
            Diagnostic(Code.USAGE, Severity.WARNING, message, hint="add --license MIT, or a file LICENSE beside the agents' folder")
        )
    return remarks


def _write(options: argparse.Namespace, built: Sequence[Built], told: list[Diagnostic]) -> tuple[tuple[str, Fate, Built], ...]:
    """Put what was built where it goes: all of it, or nothing where other files of the same version are there.

    Args:
        options: What the command line says.
        built: The files.
        told: Takes what is to be told of it.

    Raises:
        InputError: The disk refuses.
    """
    named = options.output is not None
    folder = Path(options.output if named else FOLDER)
    if options.output == "-":
        raise registry.usage("a pack is two files, which do not go to standard output", "name a folder with -o, or leave it out")
    if folder.exists() and not folder.is_dir():
        raise registry.usage(f"`{folder}` is a file, not a folder", "name another folder with -o")
    files = [OutputFile(one.name, one.data) for one in built]
    place = OutputFolder(folder, within=None if named else Path())  # what nobody named leads out of no project
    planned = [place.fate(file, force=options.force) for file in files]
    if all(one.fate is not Fate.KEPT for one in planned):
        planned = [place.save(file, force=options.force) for file in files]
    told += [saved.diagnostic for saved in planned if saved.diagnostic and saved.fate is not Fate.KEPT]
    return tuple((saved.path.as_posix(), saved.fate, one) for saved, one in zip(planned, built, strict=True))


def _exit_code(made: Contents, built: Sequence[tuple[str, Fate, Built]], told: Sequence[Diagnostic]) -> Exit:
    if made.failures:
        return Exit.BUG
    kept = any(fate is Fate.KEPT for _, fate, _ in built)
    lost = any(one.severity is Severity.ERROR or one.code is Code.NOT_LOADED for one in told)
    return Exit.FINDINGS if kept or lost else Exit.OK


def _strictly(outcome: Outcome, strict: str | None) -> Outcome:
    """Return an outcome that is a finding where what it has counts."""
    is_finding = outcome.code is Exit.OK and outcome.has(strict)
    return replace(outcome, code=Exit.FINDINGS, strict=True) if is_finding else outcome


def _tell(options: argparse.Namespace, outcome: Outcome, where: Mapping[str, str]) -> int:
    """Print what was done, or what stopped it, and return the exit code."""
    kept = tuple(_kept(path) for path, fate, _ in outcome.built if fate is Fate.KEPT)
    outcome = replace(outcome, diagnostics=tuple(dict.fromkeys((*outcome.diagnostics, *kept, *outcome.failures))))
    if options.output_format == "json":
        print(packed.plain(outcome, where))
        return outcome.code
    look = text.style(sys.stderr, options.color)
    told = [one for one in outcome.diagnostics if one.severity is Severity.ERROR or not options.quiet]
    last: str | None = None
    for one in told:
        say(text.diagnostic(one, look, hint=one.hint != last))
        last = one.hint
    if outcome.code is Exit.FINDINGS and not told and not outcome.stopping:
        reasons = [text.diagnostic(one, look) for one in outcome.diagnostics if one.code in (Code.EXISTS, Code.NOT_LOADED)]
        say(packed.strictly(outcome, quiet=True) if outcome.strict else reasons[0])
    files = (*outcome.stopping, *(outcome.told if not options.quiet else ()))
    rows = [(finding, one.subject, where.get(one.subject.path, one.subject.path)) for one in files for finding in one.findings]
    for shown in findings.several(rows, look):
        print(shown, end="\n\n", file=sys.stderr)
    if outcome.contents is None:
        say(packed.stopped(outcome))
        return outcome.code
    if options.dry_run:
        print("\n".join(packed.listing(outcome.contents, outcome.sources)))
    for path, fate, _ in outcome.built:
        if fate is not Fate.KEPT:
            print(text.safe(path))
    sys.stdout.flush()
    if not options.quiet:
        say("\n".join(packed.summary(outcome.contents, outcome, look, verbose=options.verbose)))
    return outcome.code


def _kept(path: str) -> Diagnostic:
    message = "a file of this version with other content is there, and is kept; nothing was written"
    hint = "give the pack another --version; --force replaces the file and keeps a copy"
    return Diagnostic(Code.EXISTS, Severity.WARNING, message, Span(path), hint)
