"""What a shell starts for a hook's command line: programs, and the scripts that they are given to read."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator

_ASSIGNMENT = expression(r"[A-Za-z_]\w*\+?=.*")
_BEFORE = expression(
    r"if|then|elif|else|while|until|do|!|\{|exec|command|builtin|eval|time|nohup|nice|env|sudo|timeout|stdbuf|setsid",
)
"""Words after which a command follows."""
_OF_THEM = expression(r"-\S*|\d+(?:\.\d+)?[smhd]?")
"""Options and numbers of those words."""
_SHELLS = frozenset(("sh", "bash", "zsh", "dash", "ksh", "source", "."))
_READERS = expression(r"python(?:\d(?:\.\d+)?)?|ruby|perl|php")
"""Programs whose first argument is the path of a script, as it stands."""
_RUNNERS = frozenset(["node", "bun", "deno", "tsx", "ts-node", "npx", "bunx", "uv", "uvx", "pwsh", "powershell"])
"""Programs that take other words, too, and find a script whose suffix is not written."""
_TEXT_FOLLOWS = frozenset(("-c", "-e", "-E", "-m", "-p", "-r", "--eval", "--print", "-Command"))
"""Options after which no script is named: a program's text, or a module, is."""
_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Started:
    """One word of a command line that is run."""

    word: str
    program: bool
    """Whether the shell starts it itself, for which it has to be a program; else another program reads it."""
    by_suffix: bool = False
    """Whether its suffix alone tells a script from another word."""


def started(line: str, depth: int = 0) -> Iterator[Started]:
    """Yield what is run for a command line; nothing of one that no shell takes."""
    command: list[str] = []
    for word in (*_words(line), ";"):
        if word.strip("();<>|&"):
            command.append(word)
        elif {*word} & {*"<>"}:
            command.append(word[:1])  # and a file, which is not run
        else:
            yield from _of_command(command, depth)
            command = []


def is_reader(word: str) -> bool:
    """Whether a word is a program that reads scripts."""
    return word in _SHELLS or word in _RUNNERS or _READERS.fullmatch(word) is not None


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line.replace("\\\n", " ").replace("\n", " ; "), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:  # a quote that nothing closes
        return []


def _of_command(words: list[str], depth: int) -> Iterator[Started]:
    """Yield what is run for one command of a line."""
    left = [word for number, word in enumerate(words) if word not in ("<", ">") and (number == 0 or words[number - 1] not in ("<", ">"))]
    before = False
    while left and (_is_before(left[0]) or _ASSIGNMENT.fullmatch(left[0]) or (before and _OF_THEM.fullmatch(left[0]))):
        before = _is_before(left.pop(0)) or before
    if left:
        if left[0] not in _SHELLS:  # `.` is a shell's own
            yield Started(left[0], program=True)
        yield from _read_by(left[0].rpartition("/")[2] or left[0], left[1:], depth)


def _is_before(word: str) -> bool:
    """Whether a command follows a word: one of the shell's, or a program of the system's, with or without its place."""
    return _BEFORE.fullmatch(word.rpartition("/")[2] if word.startswith("/") else word) is not None


def _read_by(program: str, words: list[str], depth: int) -> Iterator[Started]:
    """Yield the script that a program is given."""
    shell = program in _SHELLS
    if not (shell or program in _RUNNERS or _READERS.fullmatch(program)):
        return
    for number, word in enumerate(words):
        if shell and number and words[number - 1].startswith("-") and words[number - 1].endswith("o"):
            continue  # an option's name: `-o pipefail`
        if shell and word.startswith("-") and not word.startswith("--") and word.endswith("c"):
            yield from started(words[number + 1], depth + 1) if number + 1 < len(words) and depth < _DEPTH else ()
            return
        if not shell and word in _TEXT_FOLLOWS:
            return
        if word.startswith("-") or (program in _RUNNERS and word == "run"):
            continue
        if program in _RUNNERS:
            yield from _read_by(word.rpartition("/")[2], words[number + 1 :], depth)
        yield Started(word, program=False, by_suffix=program in _RUNNERS)
        return
