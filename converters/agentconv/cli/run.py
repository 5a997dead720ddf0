"""Run one command, and turn what goes wrong into one line and an exit code."""

from __future__ import annotations

import gc
import io
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from agentconv import __version__
from agentconv.cli import COMMANDS
from agentconv.cli.exit_codes import Exit
from agentconv.cli.telling import say
from agentconv.core import bugs
from agentconv.core.diagnostics import BroughtError, Code, Diagnostic, InputError, Severity, Span
from agentconv.formats import registry
from agentconv.render import printable, text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agentconv.cli.parser import Parser

_HELP = """\
Move coding agents between assistants, and know exactly what it costs.

examples:
  agentconv                                            what is in this project
  agentconv init                                       which assistant's agents are the source, and who gets them
  agentconv sync                                       bring all of them in step
  agentconv convert . -t codex -o .                    this project's agents, for Codex
  agentconv convert reviewer.md -t codex               one agent, to standard output
  agentconv to-json . -o all.json                      every agent into one bundle
  agentconv from-json all.json -t claude-code -o copy  and back
  agentconv inspect . --for all                        what each client makes of these files as they stand
  agentconv lint . --fix                               mend what breaks an agent, and nothing else
  agentconv pack . --name team-agents --version 1.0.0  the agents as a wheel that pip installs
  agentconv install team-agents --to auto              a pack's agents, into every assistant that is here

usage: agentconv [COMMAND ...]

{commands}

options:
  -h, --help     show this, or with a command, what it does
  -V, --version  show the version
  -v, --verbose  without a command: every agent in which assistants differ

exit codes:
  0    done
  1    done with findings: agents refused or not loaded, or lost to a bug of a format or rule that another distribution brings; files
       kept; --check, --diff: something would
       change; --strict: warnings; inspect --for: a client would not load a file; report -t: one refuses
       something; lint: errors or warnings found; install, status: something was edited, is missing, out of date, held back or
       not accepted
  2    wrong usage or configuration, or nothing could be done
  3    a bug in agentconv; what it concerns was not written
  130  interrupted
  141  cut off: who reads the output went away first (`| head`)

Messages go to standard error, as wide as the terminal is, or as COLUMNS says; in a pipe each is one line.
"""

_GROUPS = {
    "keep assistants in step": ("init", "sync", "doctor"),
    "look at agents, and mend them": ("inspect", "lint", "report"),
    "move them": ("convert", "to-json", "from-json"),
    "share them as packs": ("pack", "install", "status", "list", "uninstall"),
    "look something up": ("formats", "rule", "schema"),
    "for editors, assistants and shells": ("lsp", "mcp", "completion"),
}
"""The commands as a newcomer looks for them: what most people want comes first."""
_MODULES = {"list": "list_packs", "report": "side_by_side"}
"""Commands whose module has another name: what `list` and `report` mean to the other modules of this package is something else."""


def run(words: Sequence[str]) -> int:
    """Run one command line."""
    gc.set_threshold(50_000, 20, 20)  # many small values that live as long as one agent
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    with printable.guarded():
        return _run(words)


def _run(words: Sequence[str]) -> int:
    debug = "--debug" in words
    bugs.watch(_traces() if debug else None)
    try:
        code = _dispatch(list(words))
    except InputError as error:
        if debug:
            _trace()
        _tell_broken(words, error)
        _tell(error, words)
        return Exit.USAGE
    except BroughtError as error:
        if debug:
            _trace()
        hint = f"report it to {error.distribution.partition(' ')[0]}, or uninstall it; --debug shows its traceback"
        _tell(InputError(Diagnostic(Code.EXTENSION, Severity.ERROR, str(error), hint=hint)), words)
        return Exit.USAGE
    except PermissionError as error:  # which looking at a path raises where a folder above it lets nobody in
        if debug:
            _trace()
        denied = Diagnostic(Code.UNREADABLE, Severity.ERROR, "permission denied", Span(str(error.filename or ".")))
        _tell(InputError(denied), words)
        return Exit.USAGE
    except Exception as error:
        if isinstance(error, OSError) and error.filename is None:  # about our own streams
            raise
        if debug:
            _trace()
        message = f"a bug in agentconv: {type(error).__name__}: {error}"
        hint = "run it again with --debug, and report what it prints"
        _tell(InputError(Diagnostic(Code.INTERNAL, Severity.ERROR, message, hint=hint)), words, Exit.BUG)
        return Exit.BUG
    _tell_broken(words)
    return code


def _tell_broken(words: Sequence[str], error: InputError | None = None) -> None:
    """Say which formats of other distributions are not there, but for one that the error is about; everything else is."""
    if not {"-q", "--quiet"} & set(words):
        look = text.style(sys.stderr, _given(words, "--color", ("always", "never")))
        for told in registry.broken():
            if error is None or error.diagnostic.message != told.message:
                _print(told, look)


def _trace() -> None:
    from traceback import format_exc

    from agentconv.core import credentials

    print(credentials.masked(format_exc()), file=sys.stderr, end="")


def _traces() -> Callable[[BaseException], None]:
    """Return what prints the traceback of an error: one that is met with several files, or clients, once."""
    shown: set[str] = set()

    def show(error: BaseException) -> None:
        from traceback import format_exception

        from agentconv.core import credentials

        told = credentials.masked("".join(format_exception(error)))
        if told not in shown:
            shown.add(told)
            print(told, file=sys.stderr, end="")

    return show


def _tell(error: InputError, words: Sequence[str], code: Exit = Exit.USAGE) -> None:
    """Say why nothing was done, in the form that the command line asks for, even where the rest of it is wrong."""
    report_file = _value(words, "--output-file") if words[:1] == ["lint"] else ""
    if _given(words, "--output-format", ("text", "json")) == "json":
        from agentconv.render import machine

        report = machine.report({"exit_code": int(code), "results": [], "diagnostics": [machine.plain(error.diagnostic)]})
        if not report_file:
            print(report)
            return
        from agentconv.cli import failed

        failed.put(f"{report}\n".encode(), report_file)
    elif words[:1] in (["lint"], ["sync"]):
        from agentconv.cli import failed

        failed.report(error.diagnostic, _given(words, "--output-format", failed.FORMATS), report_file)
    _print(error.diagnostic, text.style(sys.stderr, _given(words, "--color", ("always", "never"))))


def _print(told: Diagnostic, look: text.Style) -> None:
    """Print a diagnostic, in lines as wide as there is room for."""
    say(text.diagnostic(told, look))


def _dispatch(words: list[str]) -> int:
    if words[:1] == ["help"]:
        words = [*(word for word in words[1:2] if word != "help"), "--help"]
    if not words or words in (["-v"], ["--verbose"]):
        from agentconv.cli.overview import run as overview

        _here()
        return overview(verbose=bool(words))
    command = words[0]
    if command in ("-h", "--help"):
        from agentconv.cli.help_text import laid_out

        print(laid_out(_HELP.format(commands=_grouped())))
        return Exit.OK
    if command in ("-V", "--version"):
        print(f"agentconv {__version__}")
        return Exit.OK
    if command not in COMMANDS:
        raise _no_command(command, words)
    from agentconv.cli.parser import spelled

    module = _module(command)
    parser = build_parser(command)
    words = spelled(words[1:])
    parser.check_flags(words)
    options = parser.parse_intermixed_args(words)
    _here()
    parser.check(options)
    if hasattr(options, "isolated"):
        from agentconv.cli.configuration import settle

        settle(options)
    return int(module.run(options))


def _grouped() -> str:
    """Return the commands in groups, each with what it does."""
    groups = ("\n".join([f"{title}:", *(f"  {name}  {COMMANDS[name]}" for name in names)]) for title, names in _GROUPS.items())
    return "\n\n".join(groups)


def _here() -> None:
    """See that there is a current folder: every path is meant from it.

    Raises:
        InputError: It was deleted.
    """
    try:
        os.getcwd()
    except OSError:
        raise registry.usage("the current folder is not there any more", 'go to one that is: cd "$HOME"') from None


def build_parser(command: str) -> Parser:
    """Build the parser of one command."""
    from agentconv.cli.parser import Parser

    module = _module(command)
    summary = COMMANDS[command]
    parser = Parser(f"agentconv {command}", f"agentconv {command} {module.USAGE}", f"{summary[0].upper()}{summary[1:]}.")
    parser.examples = module.EXAMPLES
    module.add_arguments(parser)
    return parser


def _module(command: str) -> Any:
    return import_module(f"agentconv.cli.{_MODULES.get(command, command.replace('-', '_'))}")


def _no_command(word: str, words: Sequence[str]) -> InputError:
    if word.startswith("-"):
        named = next((other for other in words if other in COMMANDS), None)
        see = "see `agentconv --help`"
        hint = (
            f"flags come after the command: agentconv {named} ..." if named else registry.did_you_mean(word, ("--help", "--version"), see)
        )
        return registry.usage(f"`agentconv` has no flag `{word}` of its own", hint)
    from agentconv.cli.mistakes import no_command

    hint = no_command(word) or registry.did_you_mean(word, COMMANDS, f"commands: {', '.join(COMMANDS)}")
    return registry.usage(f"there is no command `{word}`", hint)


def _value(words: Sequence[str], flag: str) -> str:
    """Return what a flag is given on a command line that may be wrong; nothing when it is not there."""
    found = [
        word.partition("=")[2] or "".join(words[place + 1 : place + 2]) for place, word in enumerate(words) if word.split("=")[0] == flag
    ]
    return found[-1] if found else ""


def _given(words: Sequence[str], flag: str, choices: Sequence[str]) -> str:
    """Return the value of a flag on a command line that may be wrong; `auto` when it is not there."""
    for place, word in enumerate(words):
        choice = word.removeprefix(f"{flag}=") if word != flag else "".join(words[place + 1 : place + 2])
        if word.startswith(flag) and choice in choices:
            return choice
    return "auto"
