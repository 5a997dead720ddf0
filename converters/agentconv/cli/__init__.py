"""The command line: one module per subcommand, imported when it is used.

Data goes to standard output, everything else to standard error.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "convert": "convert agents to another assistant's format",
    "to-json": "read agents into one canonical JSON bundle",
    "from-json": "write the agents of a bundle",
    "formats": "list the formats, or the keys of one",
    "schema": "print a JSON Schema",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words in (["--version"], ["-V"]):
        from agentconv import __version__

        print(f"agentconv {__version__}")
        return 0
    from agentconv.cli.run import run

    try:
        return run(words)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
