"""`agentconv schema`: the JSON Schemas of bundles, agents, settings and each client's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv import api
from agentconv.cli import options as shared
from agentconv.cli.exit_codes import Exit
from agentconv.core import schema_files
from agentconv.render import machine
from agentconv.render.table import table

if TYPE_CHECKING:
    import argparse

USAGE = "[SCHEMA] [--self-contained] [options]"
EXAMPLES = """\
examples:
  agentconv schema              list the schemas
  agentconv schema claude-code  the keys of one client's files
  agentconv schema bundle --self-contained > bundle.schema.json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("name", nargs="?", metavar="SCHEMA", help="bundle, agent, config, or a format")
    parser.add_argument("--self-contained", action="store_true", help="embed every schema that it refers to")
    shared.add_common(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    if options.name is None:
        rows = [(name, schema_files.load(name)["title"]) for name in api.schemas()]
        print("\n".join(table([("SCHEMA", "DESCRIBES"), *rows])))
        return Exit.OK
    print(machine.dumps(api.schema(options.name, self_contained=options.self_contained)))
    return Exit.OK
