"""`agentconv completion`: a script that lets a shell complete commands, options, formats and rules."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from agentconv.cli import COMMANDS, completers
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
  eval "$(agentconv completion bash)"             for bash, in ~/.bashrc
  agentconv completion zsh > ~/.zfunc/_agentconv  for zsh, into a folder of $fpath
  agentconv completion fish > ~/.config/fish/completions/agentconv.fish
  agentconv completion powershell | Out-String | Invoke-Expression
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
            _offer(action, name)
    return parser


def _offer(action: argparse.Action, command: str) -> None:
    """Say what to offer for an option or argument, by what it is called in its help."""
    import shtab

    name = str(action.metavar or "")
    if action.choices is None and action.nargs != 0:
        words = _words(name)
        if words and "," in name:
            action.complete = completers.words(name, words)  # type: ignore[attr-defined]
        elif words:
            action.choices = list(words)
        elif name == "PACK" and command == "uninstall":
            action.complete = completers.names("status --names")  # type: ignore[attr-defined]
        elif name == "PACK":
            action.complete = completers.names("list --names", files=True)  # type: ignore[attr-defined]
        elif name.startswith("DIR") and "FILE" not in name:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif any(word in name for word in ("SRC", "FILE", "PATH", "DIR", "BUNDLE")):
            action.complete = shtab.FILE  # type: ignore[attr-defined]


def _words(name: str) -> Iterable[str]:
    if name.startswith(("FORMAT", "TARGET")):
        return (*registry.FORMATS, *(word for word in ("all", "rulesync") if word in name))
    if name.startswith("ASSISTANT"):
        from agentconv.install import places

        return (*places.targets(), *([places.AUTO] if places.AUTO in name else []))
    if name.startswith("CODE"):
        from agentconv.lint import catalogue

        return [word for rule in catalogue.rules().values() for word in (rule.code, rule.name)]
    return schema_files.names() if name == "SCHEMA" else ()
