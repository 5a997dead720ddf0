"""`agentconv report`: one page that shows a set and what becomes of it in each assistant, side by side."""

from __future__ import annotations

import os
import sys
from collections import Counter
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv import __version__
from agentconv.cli import named_file, scope, whose
from agentconv.cli import options as shared
from agentconv.cli.exit_codes import Exit
from agentconv.cli.found_files import nothing_found, places
from agentconv.cli.linting import kept as lint_kept
from agentconv.cli.progress import Progress
from agentconv.cli.telling import say
from agentconv.conversion import converting, model_choices, servers_there
from agentconv.conversion.along import ALL, NOTHING, chosen
from agentconv.conversion.insisting import insisting
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Severity
from agentconv.core.kinds import KINDS, NOUNS
from agentconv.formats import registry
from agentconv.render import printable, text
from agentconv.sources import agentless, elsewhere, inputs, loading, locations
from agentconv.sources import parts as beside

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agentconv.conversion.servers_there import Standing
    from agentconv.core.ir import Agent
    from agentconv.lint.side_by_side import Chosen, Entry, SideBySide
    from agentconv.sources.inputs import Discovery
    from agentconv.sources.parts import Parts
    from agentconv.sync.settings import Settings

USAGE = "[SRC...] [-t FORMAT[,FORMAT|all]] [-f FORMAT] -o FILE|- [options]"
EXAMPLES = """\
examples:
  agentconv report -o report.html                  this project, in the assistants that it has folders for, or in all
  agentconv report -t codex,opencode -o report.html   in these; exit 1 when one of them refuses an agent or a part
  agentconv report -t all -o report.html           in every assistant
  agentconv report -f claude -o report.html        Claude Code's agents, where several assistants have some
  agentconv report --with none -o report.html      agents alone, whatever the project forbids
  agentconv report -f claude -t all -o - > report.html

The page is one file that requests nothing: send it, keep it, print it. What looks like a secret is not in it.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    shared.add_sources(parser, here=True, scoped="this project (default), or your own agents, for all projects")
    group = parser.add_argument_group("output")
    group.add_argument(
        "-t",
        "--to",
        action="append",
        metavar="FORMAT[,FORMAT|all]",
        help="assistants to show; exit 1 when one of them refuses something (default: those that the project has folders for, or all)",
    )
    group.add_argument(
        "-o", "--output", metavar="FILE|-", help="the page, which takes the place of what is there, or - for standard output"
    )
    shared.add_selection(parser)
    shared.add_along(parser)
    shared.add_models(parser)
    group = parser.add_argument_group("report")
    group.add_argument("-q", "--quiet", action="store_true", help="errors only")
    shared.add_common(group)
    shared.add_configuration(parser)
    parser.set_defaults(output_format="text")


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    if not options.output:
        raise registry.usage("where to write the page? -o is missing", "add -o report.html, or -o - for standard output")
    source_format = registry.resolve(options.source_format) if options.source_format else None
    if source_format is None and not options.sources and options.scope != scope.USER:
        source_format = scope.source_of_project()
    found = scope.discover(options, source_format)
    loader = loading.Loader(found.files)
    if source_format is None:
        whose.forbid_mixture(found, loader, "a page shows one assistant's agents beside what they become in the others; choose whose")
    parts = _parts(options, found, source_format)
    own = list(dict.fromkeys([*(file.format for file in found.files), *parts.clients]))
    named = options.to is not None
    options.to = options.to or _present(options, found, own) or [shared.ALL]
    targets = shared.targets(options, *(own if len(own) == 1 else ()))
    line = Progress(options)
    pieces = line.over(loader, len(found.files), "files")
    from agentconv.lint import side_by_side
    from agentconv.render.page import document, told

    said = _settings(options, source_format)
    asked = replace(_choices(options), there_already=cache(partial(_servers_there, options, found)))
    compared = side_by_side.compare(pieces, targets, asked, parts, partial(_chosen, options, asked, said) if said else None)
    line.clear()
    beside_them = elsewhere.told(found, elsewhere.Asked(scope.sources(options), "report"))
    compared.diagnostics = [*found.diagnostics, *compared.diagnostics, *agentless.told(loader.agentless), *beside_them]
    where = places(found)
    if compared.entries:
        _write(options, document.page(told.plain(compared, scope.sources(options), __version__)), _looked_at(found, parts))
    elif all(one.severity is not Severity.ERROR for one in compared.diagnostics):
        raise nothing_found(found)
    return _tell(options, compared, where, named=named)


def _parts(options: argparse.Namespace, found: Discovery, source_format: str | None) -> Parts:
    """Return the skills, commands, servers, hooks and permissions beside the agents."""
    clients = list(dict.fromkeys(file.format for file in found.files if file.format in registry.READERS))
    if not clients and source_format:
        clients = [source_format]
    parts = beside.beside(found, scope.sources(options), clients)
    if not found.files and not clients:
        parts.take_of_one(registry.READERS)
    return parts


def _present(options: argparse.Namespace, found: Discovery, own: Sequence[str]) -> list[str]:
    """Return the assistants that the project has folders for, besides those that its agents are of."""
    return list(dict.fromkeys(one for one in scope.present(options, found) if one not in own))


def _choices(options: argparse.Namespace) -> converting.Options:
    """Return what the user chose about the conversion; by default, everything goes along."""
    words = options.along if options.along is not None else getattr(options, "with") or [ALL]
    asked = converting.Options(
        only_loaded=bool(options.only_loaded),
        on_duplicate=options.on_duplicate,
        models=model_choices.choose(options.map_models, options.models),
        along=chosen(words),
    )
    return insisting(asked, shared.widening(options.allow_widening))


def _servers_there(options: argparse.Namespace, found: Discovery, target: str) -> tuple[Standing, ...]:
    """Return the servers that an assistant has where the agents are, whoever wrote them there."""
    first = Path(next(iter(scope.sources(options)), os.curdir))
    folder = found.home.root if found.home is not None else first if first.is_dir() else locations.project_root(first)
    if folder is None:
        return ()
    return servers_there.of(folder, target, found.home, lambda path: f"~/{path}" if found.home else path)


def _settings(options: argparse.Namespace, source_format: str | None) -> Settings | None:
    """Return what the project says of its targets, where the page is of its source: of agents by the names that they have now."""
    if options.scope == scope.USER or [*map(os.path.abspath, options.sources or [os.curdir])] != [os.getcwd()]:
        return None
    from agentconv.sync import settings

    said = settings.read(Path())
    return lint_kept.as_called_now(said) if said is not None and said.source_format == source_format else None


def _chosen(options: argparse.Namespace, asked: converting.Options, said: Settings, target: str) -> Chosen:
    """Return what is asked for in a target: what is kept in step there, as `sync` writes it."""
    from agentconv.lint.side_by_side import Chosen
    from agentconv.sync import overriding, unchanged, views
    from agentconv.sync.had_anyway import HadAnyway

    if target not in said.targets:
        return Chosen(asked)
    found = views.configured(asked, said, target)
    models = asked.models if options.map_models or options.models else said.models
    unsaid = options.along is None and not getattr(options, "with")
    there = HadAnyway(target, said, (), None).of
    root = os.path.realpath(said.root)
    found = replace(found, models=models, along=(said.along or NOTHING) if unsaid else asked.along, root=root, there=there)
    in_place = unchanged.is_read(said, target, None) and not said.formats[target].own
    return Chosen(
        found,
        lambda agent: overriding.is_skipped(said, target, agent.name or ""),
        in_place=in_place,
        has_own=partial(_has_own, target),
    )


def _has_own(target: str, agent: Agent) -> bool:
    """Whether an assistant has a file of an agent's name in its own folder."""
    from agentconv.lint import inspection

    path = inspection.place(agent.origin.source, agent.origin.format, target) if agent.origin else ""
    return bool(path) and os.path.isfile(path)


def _looked_at(found: Discovery, parts: Parts) -> Iterator[str]:
    """Yield where the files are of agents and parts that are shown."""
    yield from (file.location for file in found.files if file.location)
    yield from (os.path.join(one.root, one.path) for kind in KINDS for one in parts.of(kind) if one.path)


def _write(options: argparse.Namespace, data: bytes, looked_at: Iterable[str]) -> None:
    """Write the page to where it was asked for."""
    if options.output == inputs.STDIN:
        printable.data(data)
    else:
        named_file.save(options.output, data, looked_at, "-o")


def _tell(options: argparse.Namespace, compared: SideBySide, where: Mapping[str, str], *, named: bool) -> Exit:
    """Say what went wrong, and in one line what is in the page; return the exit code."""
    look = text.style(sys.stderr, options.color)
    errors = [one for one in compared.diagnostics if one.severity is Severity.ERROR]
    for one in errors:
        span = one.span and replace(one.span, path=where.get(one.span.path, one.span.path))
        say(text.diagnostic(replace(one, span=span), look))
    refused = [entry for entry in compared.entries if any(outcome.refused for outcome in entry.outcomes.values())]
    if compared.entries and (not options.quiet or (named and refused)):
        say("; ".join([_summary(options, compared), *_refused(compared)]))
    if any(one.code is Code.INTERNAL for one in errors):
        return Exit.BUG
    if not compared.entries:
        return Exit.USAGE
    return Exit.FINDINGS if errors or (named and refused) else Exit.OK


def _summary(options: argparse.Namespace, compared: SideBySide) -> str:
    numbers = Counter(NOUNS[entry.kind] if entry.kind else "agent" for entry in compared.entries)
    what = ", ".join(text.count(number, noun) for noun, number in numbers.items())
    where = "standard output" if options.output == inputs.STDIN else text.safe(options.output)
    return f"{what}, in {text.count(len(compared.targets), 'assistant')}: written to {where}"


def _refused(compared: SideBySide) -> Iterator[str]:
    """Yield by assistant what it refuses."""
    called = [entry.agent.name or entry.id for entry in compared.entries if entry.agent is not None]
    for target in compared.targets:
        found = [_whose(entry, called) for entry in compared.entries if (one := entry.outcomes.get(target)) is not None and one.refused]
        if found:
            yield f"refused in {text.client(target)}: {text.names(found, width=text.WITH_PLACE)}"


def _whose(entry: Entry, called: Sequence[str]) -> str:
    """Return what an entry is called, with its file where several agents have the name."""
    name = entry.agent.name or entry.id if entry.agent is not None else entry.id
    return f"{name} ({entry.source.path})" if called.count(name) > 1 and entry.source is not None else name
