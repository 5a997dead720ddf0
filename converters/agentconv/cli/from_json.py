"""`agentconv from-json`: the agents of a bundle, in any format."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.cli import options as shared
from agentconv.cli import scope
from agentconv.cli.convert import convert_files
from agentconv.formats import registry
from agentconv.sources import discovery, inputs, loading

if TYPE_CHECKING:
    import argparse

USAGE = "BUNDLE... -t FORMAT[,FORMAT|all] [-o DIR|FILE|-] [options]"
EXAMPLES = """\
examples:
  agentconv from-json all.json -t claude-code -o copy  the files as they were, but for what was edited
  agentconv from-json all.json -t codex -o .
  agentconv to-json . | agentconv from-json - -t codex -o .
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    group = parser.add_argument_group("input")
    group.add_argument("sources", nargs="+", metavar="BUNDLE", help="a bundle (JSON, or TOML), or - for standard input")
    group.add_argument("-f", "--from", dest="source_format", metavar="json|toml", help="format of BUNDLE (default: told from its name)")
    scope.add_scope(group, "user: files go where each assistant looks for your own agents, for all projects (default: project)")
    shared.add_output(parser)
    shared.add_selection(parser)
    shared.add_marketplace(shared.add_along(parser))
    shared.add_models(parser)
    shared.add_report(parser)
    parser.set_defaults(jobs=1)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    targets = shared.targets(options)
    found = inputs.Discovery()
    for source in options.sources:
        told = registry.resolve(options.source_format) if options.source_format else "toml" if source.endswith(".toml") else "json"
        if not registry.FORMATS[told].bundle:
            raise registry.usage(f"a bundle is json or toml, not {told}", f"agentconv convert {source} -f {told} reads what it is")
        if os.path.isdir(source):
            raise registry.usage(f"`{source}` is a folder, and a bundle is a file", f"agentconv convert {source} reads folders")
        one = discovery.discover([source], told, stdin_name="stdin")
        found.files.extend(one.files)
        found.looked.extend(one.looked)
        found.diagnostics.extend(one.diagnostics)
    return convert_files(found, loading.Loader(found.files), targets, options)
