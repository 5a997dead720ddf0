"""`agentconv lsp`: what editors ask about agents' files while they are edited."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

from agentconv.cli import options as shared
from agentconv.cli.exit_codes import Exit
from agentconv.formats import registry

if TYPE_CHECKING:
    import argparse

USAGE = "[--for FORMAT,...|all] [--config FILE] [options]"
EXAMPLES = """\
examples:
  agentconv lsp                  what an editor starts: it asks on standard input
  agentconv lsp --for codex      what Codex would make of agents, whatever assistants the project has
  agentconv lsp --config FILE    with a person's own settings, which may leave out rules that protect

An editor shows what `agentconv lint` finds while a file is edited, offers the fixes, says what a line becomes in the project's other
assistants, and completes keys, tools, models, servers and skills. Settings are those of the file's project, agentconv.toml, or of the
file that --config names, and what their baseline holds is not shown. How to set up VS Code, Neovim, Helix and Zed: docs/editors.md.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    group = parser.add_argument_group("what is looked for")
    group.add_argument(
        "--for",
        dest="clients",
        action="append",
        metavar="FORMAT,...|all|own",
        help="clients to ask (default: the files' own, and those that the project has folders for; own: no others)",
    )
    group.add_argument("--config", metavar="FILE", help="read settings here (default: those of the project that a file is in)")
    group = parser.add_argument_group("connection")
    group.add_argument("--stdio", action="store_true", help="standard input and output; there is no other connection")
    shared.add_common(parser.add_argument_group("report"))


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    if options.clients:
        registry.others_named(options.clients)
    try:
        import pygls  # noqa: F401 - asked for before anything else is done
    except ImportError:
        raise registry.usage("`agentconv lsp` needs one more package", 'pip install "agentconv-toolkit[lsp]"') from None
    from agentconv.cli.linting.texts import LintTexts
    from agentconv.editors import server

    texts = LintTexts(options.clients, options.config)
    if sys.stdin.isatty():
        print("waiting for an editor on standard input; docs/editors.md says how one is set up; Ctrl-C ends this", file=sys.stderr)
    gc.set_threshold(10_000, 20, 20)  # a session is long
    with open(os.dup(sys.stdout.fileno()), "wb") as stdout, redirect_stdout(sys.stderr):  # what anything prints is no message
        server.serve(texts, sys.stdin.buffer, stdout)
    return Exit.OK
