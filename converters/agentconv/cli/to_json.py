"""`agentconv to-json`: agents into one canonical JSON bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.cli import options as shared
from agentconv.cli import whose
from agentconv.cli.carried import Carried
from agentconv.cli.found_files import nothing_found, places
from agentconv.cli.output import Output
from agentconv.conversion import converting, offered_plugins
from agentconv.formats import registry
from agentconv.sources import agentless, discovery, elsewhere, loading

if TYPE_CHECKING:
    import argparse

USAGE = "SRC... [-f FORMAT] [-o DIR|FILE|-] [options]"
EXAMPLES = """\
examples:
  agentconv to-json . -o all.json              every agent of this project, of all its assistants
  agentconv to-json .claude/agents | jq '.agents[].name'
  agentconv to-json . --no-sources             the agents alone, without the text of their files
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    shared.add_sources(parser)
    shared.add_output(parser, formats=False)
    group = parser.add_argument_group("which agents")
    shared.add_only_loaded(group)
    group.add_argument("--no-sources", action="store_true", help="leave out the text of the files that were read")
    shared.add_along(parser)
    shared.add_report(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    source_format = registry.resolve(options.source_format) if options.source_format else None
    exclude = () if source_format else ("json",)
    found = discovery.discover(options.sources, source_format, exclude=exclude, stdin_name=options.stdin_filename)
    output = Output(options, ["json"], places(found), found)
    both = None if source_format else whose.told(found, "the bundle")
    for diagnostic in (*found.diagnostics, *([both] if both else ())):
        output.report.diagnostic(diagnostic)
    loader = loading.Loader(found.files)
    carried = Carried(options, found, output)
    choices = converting.Options(only_loaded=bool(options.only_loaded), sources=not options.no_sources, along=carried.wanted)
    one = offered_plugins.OneSet(loader, offered_plugins.of(found, carried.parts))
    for diagnostic in one.told("a bundle"):
        output.report.diagnostic(diagnostic)
    pieces = output.report.line.over(one, len(found.files), "files")
    for done in converting.convert(pieces, "json", choices, carried.parts):
        output.take(done)
    for diagnostic in carried.told(loader, choices):
        output.report.diagnostic(diagnostic)
    for diagnostic in (*agentless.told(loader.agentless), *elsewhere.told(found, elsewhere.Asked(options.sources, "to-json"))):
        output.report.diagnostic(diagnostic)
    if output.report.nothing:
        raise nothing_found(found, takes_parts=True)
    return output.finish()
