"""The command line: one module per subcommand, imported when it is used.

Data goes to standard output, everything else to standard error.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # importing typing would be half of what starting costs
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn, TextIO

COMMANDS = {
    "init": "write down which assistant's agents are the source, and who gets them",
    "doctor": "show which assistants are here, their versions, and what each loads",
    "convert": "convert agents to another assistant's format",
    "sync": "keep every assistant in step with one source of agents",
    "to-json": "read agents into one canonical JSON bundle",
    "from-json": "write the agents of a bundle",
    "inspect": "show what each client makes of agent files as they stand",
    "report": "make a page that shows agents beside what each assistant gets, and the cost",
    "lint": "find what breaks an agent, in which client, and mend it",
    "rule": "say what a rule of the linter flags, or a loss is, and why",
    "pack": "make a pip-installable distribution of agents",
    "formats": "list the formats, or the keys of one",
    "schema": "print a JSON Schema",
    "install": "deploy the agents of a pack into each assistant's folder, and update them",
    "uninstall": "take away what was deployed of a pack, but for what was edited",
    "status": "show whether what is deployed is up to date",
    "list": "show the packs that are installed, their agents, and where was looked",
    "lsp": "answer an editor, while agents are edited",
    "mcp": "give assistants these commands as tools",
    "completion": "print a script that lets a shell complete all this",
}


CUT_OFF = 141
"""What a program ends with whose reader goes away before it is through, 128 and the number of SIGPIPE: never 0, for nobody knows what it
would have found, and `set -o pipefail` would take that for a check that passed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _open_streams()
    code = 0
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
        with unheard(sys.stderr):
            print("\ninterrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader has seen enough; nothing more can be said to it, not even at exit
        _silence(sys.stdout, sys.stderr)
        return code or CUT_OFF
    except OSError as error:
        if error.filename is not None or "--debug" in words:
            raise
        _silence(sys.stdout)
        print(f"error: standard output cannot be written: {(error.strerror or str(error)).lower()}", file=sys.stderr)
        return 2
    return code


def program() -> NoReturn:
    """Run the command line as a process of its own, and end it without taking apart all that it holds, a tenth of a small run.

    Where somebody watches (a debugger, a profiler), the process ends as any other.
    """
    code = main()
    if sys.gettrace() is None and sys.getprofile() is None and not sys.flags.inspect:
        import atexit

        atexit._run_exitfuncs()  # noqa: SLF001 - as the standard library does in its own forks, which end in the same way
        for stream in (sys.stdout, sys.stderr):
            with unheard(stream):
                stream.flush()
        os._exit(code)
    raise SystemExit(code)


class unheard:  # noqa: N801 - reads as a statement; contextlib would be a third of what starting costs
    """Goes on when the reader of a stream has gone away; nothing more is written to it then."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        """Take a broken pipe for what it is."""
        if not isinstance(error, BrokenPipeError):
            return False
        _silence(self.stream)
        return True


def _open_streams() -> None:
    """Give the process the streams that it was started without; writing to a closed standard output then fails as it does elsewhere."""
    for name, flags, mode in (("stdin", os.O_RDONLY, "r"), ("stdout", os.O_RDONLY, "w"), ("stderr", os.O_WRONLY, "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, flags), mode, encoding="utf-8"))


def _silence(*streams: TextIO) -> None:
    """Let nothing more come of what is left in a stream, not even at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        os.dup2(nowhere, stream.fileno())
