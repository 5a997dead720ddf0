"""The command line: one module per subcommand, imported when it is used.

Data goes to standard output, everything else to standard error.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # importing typing would be half of what starting costs
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
    try:
        if words in (["--version"], ["-V"]):
            from agentconv import __version__

            print(f"agentconv {__version__}")
            code = 0
        else:
            from agentconv.cli.run import run

            code = run(words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader has seen enough; nothing more can be said to it, not even at exit
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
        return 0
    return code
