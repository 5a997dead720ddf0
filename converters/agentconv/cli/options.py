"""The command line's parser: options shared by the subcommands, each in one place, and errors that help.

argparse says what is wrong; what was meant is added here, for commands, flags and choices.
"""

from __future__ import annotations

import argparse
import re
from typing import NoReturn

from agentconv import convert, registry
from agentconv.diagnostics import Code, Diagnostic, InputError, Severity


class Parser(argparse.ArgumentParser):
    """A parser whose errors are diagnostics with a hint."""

    def error(self, message: str) -> NoReturn:
        """Raise what a user can mend."""
        raise InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, *_explained(self, message)))

    def flags(self) -> list[str]:
        """Return all long flags."""
        return [flag for action in self._actions for flag in action.option_strings if flag.startswith("--")]


def _explained(parser: Parser, message: str) -> tuple[str, None, str]:
    choice = re.match(r"argument (\S+): invalid choice: '(.*?)' \(choose from (.*)\)", message)
    if choice:
        known = re.findall(r"'([^']*)'|([^', ]+)", choice[3])
        words = [one or other for one, other in known]
        what = "command" if choice[1] == "COMMAND" else f"value of {choice[1]}"
        return f"there is no {what} `{choice[2]}`", None, registry.did_you_mean(choice[2], words, f"{what}s")
    unknown = re.match(r"unrecognized arguments: (\S+)", message)
    if unknown:
        flags = parser.flags()
        return f"there is no flag `{unknown[1]}`", None, registry.did_you_mean(unknown[1].split("=")[0], flags, "flags")
    return message, None, f"see `{parser.prog} --help`"


def add_sources(parser: argparse.ArgumentParser, metavar: str = "SRC") -> None:
    """Add SRC... and what tells its format."""
    parser.add_argument("sources", nargs="+", metavar=metavar, help="a file, a folder, a project's root, a glob, or - for standard input")
    parser.add_argument("-f", "--from", dest="source_format", metavar="FORMAT", help="format of SRC (told from path and content)")
    parser.add_argument("--stdin-filename", metavar="NAME", default="", help="file name that tells the format of standard input")


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Add what decides which agents are converted."""
    group = parser.add_argument_group("which agents")
    group.add_argument("--only-loaded", action="store_true", help="leave out agents that their own client does not load")
    group.add_argument(
        "--on-duplicate",
        choices=convert.ON_DUPLICATE,
        default="suffix",
        help="agents of one name: give the later ones `-2`, `-3` (default), keep only the first, or stop",
    )
    group.add_argument("--allow-widening", action="store_true", help="also write agents that could do more than their author allowed")


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add where the output goes and how."""
    group = parser.add_argument_group("output")
    group.add_argument("-o", "--output", metavar="DIR|FILE|-", help="a project's root, a file, or - for standard output")
    group.add_argument("--force", action="store_true", help="replace files that are there with other bytes (a copy is kept)")
    modes = group.add_mutually_exclusive_group()
    modes.add_argument("--check", action="store_true", help="write nothing; exit 1 when something would change")
    modes.add_argument("--diff", action="store_true", help="write nothing; show what would change")
    modes.add_argument("-n", "--dry-run", action="store_true", help="write nothing; list what would be written")


def add_report(parser: argparse.ArgumentParser) -> None:
    """Add how results are told."""
    group = parser.add_argument_group("report")
    group.add_argument("--strict", nargs="?", const="warnings", choices=("warnings", "notes"), help="exit 1 on warnings, or on notes too")
    add_common(group)


def add_common(parser: argparse._ActionsContainer) -> None:
    """Add what every command has."""
    parser.add_argument("--output-format", choices=("text", "json"), default="text", help="how the report is written")
    parser.add_argument("-v", "--verbose", action="store_true", help="one line per agent and loss")
    parser.add_argument("-q", "--quiet", action="store_true", help="errors only")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="colour (NO_COLOR and FORCE_COLOR are heeded)")
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
