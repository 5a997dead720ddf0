"""`agentconv schema`: the JSON Schemas of bundles, agents, settings and each client's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.cli import options as shared
from agentconv.cli.exit_codes import Exit
from agentconv.core import schema_files
from agentconv.formats import registry
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
    names = schema_files.names()
    if options.name is None:
        print("\n".join(table([("SCHEMA", "DESCRIBES"), *((name, schema_files.load(name)["title"]) for name in names)])))
        return Exit.OK
    name = registry.resolve(options.name) if registry.is_known(options.name) else options.name
    if name not in names:
        hint = registry.did_you_mean(name, names, f"schemas: {', '.join(names)}")
        raise registry.usage(f"there is no schema `{name}`", hint)
    schema = schema_files.self_contained(name) if options.self_contained else schema_files.load(name)
    print(machine.dumps(schema))
    return Exit.OK
