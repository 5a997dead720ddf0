"""`agentconv schema`: the JSON Schemas of bundles, agents and each client's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv import registry, schema_files
from agentconv.cli import options as shared
from agentconv.cli.exit_codes import Exit
from agentconv.diagnostics import Code, Diagnostic, InputError, Severity

if TYPE_CHECKING:
    import argparse

EXAMPLES = """\
examples:
  agentconv schema                             list the schemas
  agentconv schema bundle --self-contained > bundle.schema.json
  agentconv schema claude-code
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = EXAMPLES
    parser.add_argument("name", nargs="?", metavar="NAME", help="bundle, agent, or a format")
    parser.add_argument("--self-contained", action="store_true", help="embed every schema that it refers to")
    shared.add_common(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    names = schema_files.names()
    if options.name is None:
        for name in names:
            print(f"{name:14} {schema_files.load(name)['title']}")
        return Exit.OK
    if options.name not in names:
        hint = registry.did_you_mean(options.name, names, "schemas")
        raise InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, f"there is no schema `{options.name}`", hint=hint))
    schema = schema_files.self_contained(options.name) if options.self_contained else schema_files.load(options.name)
    from agentconv.render import machine

    print(machine.dumps(schema))
    return Exit.OK
