"""Parse the command line, run one command, and turn what goes wrong into one line and an exit code."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from agentconv.cli import COMMANDS
from agentconv.cli.exit_codes import Exit
from agentconv.cli.options import Parser
from agentconv.diagnostics import InputError
from agentconv.render import text

if TYPE_CHECKING:
    from collections.abc import Sequence

_EPILOG = """\
examples:
  agentconv                                     what is in this project
  agentconv convert . -t codex -o .             this project's agents, for Codex
  agentconv convert reviewer.md -t codex        one agent, to standard output
  agentconv to-json .claude/agents -o all.json  agents into one bundle
  agentconv from-json all.json -t claude-code -o copy

exit codes:
  0 done   1 findings, refused or not loaded agents, or would change
  2 usage, or nothing could be done   3 a bug of ours   130 interrupted
"""


def build_parser(command: str | None = None) -> Parser:
    """Build the parser; only the named command's options are imported."""
    import argparse

    parser = Parser(
        prog="agentconv",
        description="Move coding agents between assistants, and know exactly what it costs.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("-V", "--version", action="store_true", help="print the version")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser, title="commands")
    for name, summary in COMMANDS.items():
        sub = commands.add_parser(
            name, help=summary, description=summary[0].upper() + summary[1:] + ".", allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        if command in (None, name):
            _module(name).add_arguments(sub)
    return parser


def _module(name: str):  # type: ignore[no-untyped-def] # noqa: ANN202 - a module that follows the protocol of this package
    return import_module(f"agentconv.cli.{name.replace('-', '_')}")


def run(words: Sequence[str]) -> int:
    """Run one command line."""
    gc.set_threshold(50_000, 20, 20)  # many small values that live as long as one agent
    command = next((word for word in words if word in COMMANDS), None)
    debug = "--debug" in words
    try:
        parser = build_parser(command)
        if not words:
            from agentconv.cli.overview import run as overview

            return overview()
        options, unknown = parser.parse_known_args(words)
        if unknown:
            sub = parser if command is None else _sub(parser, command)
            sub.error(f"unrecognized arguments: {' '.join(unknown)}")
        if options.version:
            from agentconv import __version__

            print(f"agentconv {__version__}")
            return Exit.OK
        if options.command is None:
            parser.error("a command is missing")
        return int(_module(options.command).run(options))
    except InputError as error:
        if debug:
            raise
        print(text.diagnostic(error.diagnostic, text.style(sys.stderr)), file=sys.stderr)
        return Exit.USAGE
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except Exception as error:
        if debug:
            raise
        print(f"error: a bug in agentconv: {type(error).__name__}: {error}", file=sys.stderr)
        print("hint: run it again with --debug and report what it prints", file=sys.stderr)
        return Exit.BUG


def _sub(parser: Parser, command: str) -> Parser:
    import argparse

    for action in parser._actions:  # noqa: SLF001 - argparse has no public way to its subparsers
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            found: Parser = action.choices[command]
            return found
    return parser
