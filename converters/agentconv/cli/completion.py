"""`agentconv completion`: a script that lets a shell complete commands, options, formats and rules."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from agentconv.cli import COMMANDS
from agentconv.cli import options as shared
from agentconv.cli.exit_codes import Exit
from agentconv.core import schema_files
from agentconv.formats import registry
from agentconv.render import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

USAGE = "SHELL"
EXAMPLES = """\
examples:
  bash:        eval "$(agentconv completion bash)"                  in ~/.bashrc
  zsh:         agentconv completion zsh > ~/.zfunc/_agentconv       in a folder of $fpath
  fish:        agentconv completion fish > ~/.config/fish/completions/agentconv.fish
  powershell:  agentconv completion powershell | Out-String | Invoke-Expression
"""
SHELLS = ("bash", "zsh", "fish", "powershell")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help=f"one of {', '.join(SHELLS)}")
    shared.add_common(parser.add_argument_group("report"))


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    import shtab

    printable.data(f"{shtab.complete(_all_commands(), options.shell)}\n".encode())
    return Exit.OK


def _all_commands() -> argparse.ArgumentParser:
    """Return one parser of all commands, only to be looked at: its values are those to offer, not all that are taken."""
    from agentconv.cli.run import build_parser

    parser = argparse.ArgumentParser("agentconv", description="Move coding agents between assistants.")
    parser.add_argument("-V", "--version", action="store_true", help="show the version")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, summary in COMMANDS.items():
        child = commands.add_parser(name, help=summary, description=summary, add_help=False, parents=[build_parser(name)])
        for action in child._actions:  # noqa: SLF001 - argparse has no other way to go through them
            _offer(action)
    return parser


def _offer(action: argparse.Action) -> None:
    """Say what to offer for an option or argument, by what it is called in its help."""
    import shtab

    name = str(action.metavar or "")
    if action.choices is None and action.nargs != 0:
        words = _words(name)
        if words:
            action.choices = list(words)
        elif name.startswith("DIR") and "FILE" not in name:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif any(word in name for word in ("SRC", "FILE", "PATH", "PACK", "DIR", "BUNDLE")):
            action.complete = shtab.FILE  # type: ignore[attr-defined]


def _words(name: str) -> Iterable[str]:
    if name.startswith(("FORMAT", "TARGET")):
        return (*registry.FORMATS, "all") if "all" in name else registry.FORMATS
    if name.startswith("CODE"):
        from agentconv.lint import catalogue

        return catalogue.rules()
    return schema_files.names() if name == "SCHEMA" else ()
