"""`agentconv list`: the packs that are installed, their agents, and where was looked for them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from agentconv.cli import options as shared
from agentconv.cli import project
from agentconv.cli.exit_codes import Exit
from agentconv.cli.telling import say
from agentconv.core.diagnostics import Diagnostic
from agentconv.packs import finding, installed
from agentconv.packs.finding import Pack
from agentconv.render import listed, machine, text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

USAGE = "[options]"
EXAMPLES = """\
examples:
  agentconv list                        the packs of this project's Python environment
  agentconv list --python .venv         those of another one, by its folder or its interpreter
  agentconv list --names                their names alone, one a line
  agentconv list --output-format json   all that is known of them
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    project.add_project(parser.add_argument_group("where"))
    group = parser.add_argument_group("report")
    group.add_argument("--output-format", choices=("text", "json"), metavar="text|json", default="text", help="how it is written")
    group.add_argument("--names", action="store_true", help="only the packs' names, one a line")
    group.add_argument("-v", "--verbose", action="store_true", help="show whole descriptions, and where each pack is")
    shared.add_common(group)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    environment = project.environment(options)
    if options.names:
        return names(installed.names(environment.folders))
    found = finding.installed(environment)
    usable = [one for one in found if isinstance(one, Pack)]
    problems = [one for one in found if isinstance(one, Diagnostic)]
    code = Exit.FINDINGS if problems else Exit.OK
    if options.output_format == "json":
        print(machine.report(listed.plain(usable, problems, environment, int(code))))
        return code
    if usable:
        print("\n".join(listed.report(usable, verbose=options.verbose)))
    sys.stdout.flush()
    for problem in problems:
        say(text.diagnostic(problem, text.style(sys.stderr, options.color)))
    for line in listed.looked(environment, nothing=not found):
        say(line)
    return code


def names(found: Iterable[str]) -> int:
    """Print names, one a line, as programs take them."""
    for name in found:
        print(text.safe(name))
    return Exit.OK
