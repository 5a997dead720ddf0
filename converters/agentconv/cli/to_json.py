"""`agentconv to-json`: agents into one canonical JSON bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv import convert, discovery, loading, registry
from agentconv.cli import options as shared
from agentconv.cli.convert import nothing_found
from agentconv.cli.output import Output

if TYPE_CHECKING:
    import argparse

EXAMPLES = """\
examples:
  agentconv to-json .                          all agents of this project, every assistant's
  agentconv to-json .claude/agents -o all.json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = EXAMPLES
    shared.add_sources(parser)
    parser.add_argument("--no-sources", action="store_true", help="leave out the text of the files that were read")
    parser.add_argument("--only-loaded", action="store_true", help="leave out agents that their own client does not load")
    shared.add_output(parser)
    shared.add_report(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    source_format = registry.resolve(options.source_format) if options.source_format else None
    found = discovery.discover(options.sources, source_format, stdin_name=options.stdin_filename)
    if not found.files:
        raise nothing_found(found)
    output = Output(options, ["json"], len(found.files))
    choices = convert.Options(only_loaded=options.only_loaded, sources=not options.no_sources)
    for done in convert.convert(loading.Loader(found.files), "json", choices):
        if not done.agents and not done.failed:
            raise nothing_found(found, done.diagnostics)
        output.take(done)
    return output.finish()
