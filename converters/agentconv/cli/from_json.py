"""`agentconv from-json`: the agents of a bundle, in any format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv import discovery, registry
from agentconv.cli import options as shared
from agentconv.cli.convert import convert_files

if TYPE_CHECKING:
    import argparse

EXAMPLES = """\
examples:
  agentconv from-json all.json -t claude-code -o copy   the files as they were
  agentconv from-json all.json -t codex -o .
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = EXAMPLES
    parser.add_argument("sources", nargs="+", metavar="BUNDLE", help="a bundle's file, or - for standard input")
    parser.add_argument("-t", "--to", required=True, metavar="FORMAT[,FORMAT]", help="formats to write")
    shared.add_output(parser)
    shared.add_selection(parser)
    shared.add_report(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    targets = [registry.resolve(name.strip()) for name in options.to.split(",") if name.strip()]
    toml = all(source.endswith(".toml") for source in options.sources)
    found = discovery.discover(options.sources, "toml" if toml else "json", stdin_name="agents.json")
    return convert_files(found, targets, options)
