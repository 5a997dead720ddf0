"""`agentconv mcp`: what assistants ask about agents, in the folders that a person names."""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

from agentconv.cli import options as shared
from agentconv.cli.exit_codes import Exit
from agentconv.formats import registry

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

USAGE = "[DIR...] [--write] [options]"
EXAMPLES = """\
examples:
  agentconv mcp                  what an assistant starts: inspect, lint, convert, rule and formats as tools
  agentconv mcp ~/work/project   in that folder, wherever it is started
  agentconv mcp --write          convert and lint may write files, too
  claude mcp add agentconv -- agentconv mcp

Nothing is read or written outside of the folders, whatever links lead there, and no program is started. Without --write, nothing is
written at all. docs/editors.md says how assistants are set up.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    group = parser.add_argument_group("what may be used")
    group.add_argument("roots", nargs="*", default=[], metavar="DIR", help="folders to look in (default: the current folder)")
    group.add_argument("--write", action="store_true", help="let `convert` and `lint` write files in them; what is there is never replaced")
    shared.add_common(parser.add_argument_group("report"))


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    roots = [os.path.abspath(root) for root in options.roots or [os.curdir]]
    for root in roots:
        if not os.path.isdir(root):
            raise registry.usage(f"there is no folder `{root}`", "name a project's root")
    try:
        import mcp  # noqa: F401 - asked for before anything else is done
    except ImportError:
        raise registry.usage("`agentconv mcp` needs one more package", 'pip install "agentconv-toolkit[mcp]"') from None
    from agentconv.assistants import server
    from agentconv.assistants.asked import Desk
    from agentconv.assistants.confinement import Confinement

    if sys.stdin.isatty():
        print("waiting for an assistant on standard input; docs/editors.md says how one is set up; Ctrl-C ends this", file=sys.stderr)
    within = Confinement(roots, write=options.write)
    os.chdir(within.roots[0])
    server.serve(Desk(within, printed))
    return Exit.OK


def printed(words: Sequence[str]) -> tuple[int, str, str]:
    """Run a command line, and return its exit code, what it printed, and what it said besides."""
    from agentconv.cli import run as command

    out, besides = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(besides):
        code = command.run(words)
        for stream in (out, besides):
            stream.flush()
    return code, *(stream.buffer.getvalue().decode("utf-8", "replace") for stream in (out, besides))  # type: ignore[return-value]
