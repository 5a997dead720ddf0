"""What a hook's command relies on of its client: what it is told on standard input, and what it answers.

Nobody runs it to find out. Its text is read, with that of the project's scripts that it names: where all of it is there, and nothing of it
reads standard input or answers in JSON, its exit code is all that counts.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING

from agentconv.core import hook_facts, hook_matchers, script_imports, vocabulary
from agentconv.core.dataclass import dataclass
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.core.hook_facts import Hooks
    from agentconv.core.ir import Hook
    from agentconv.core.script_imports import TakenIn

_QUIET = frozenset(
    (
        *("echo", "printf", "exit", "return", "test", "[", "[[", "]", "]]", "true", "false", ":", "set", "cd", "export", "local"),
        *("if", "then", "else", "elif", "fi", "for", "in", "do", "done", "while", "until", "case", "esac", "{", "}", "!"),
        *("date", "touch", "mkdir", "rm", "rmdir", "mv", "cp", "ls", "pwd", "git", "sleep", "basename", "dirname", "realpath"),
        *(
            "readlink",
            "which",
            "type",
            "kill",
            "trap",
            "shift",
            "unset",
            "readonly",
            "declare",
            "notify-send",
            "osascript",
            "afplay",
            "say",
        ),
    )
)
"""Commands of a shell that read no standard input by themselves."""
_READERS = frozenset(
    ("cat", "jq", "grep", "egrep", "sed", "awk", "tr", "head", "tail", "cut", "wc", "sort", "uniq", "tee", "read", "xargs", "rg")
)
"""Commands that do, and hand on no more than what their line says."""
_INTERPRETERS = frozenset((*script_imports.SHELLS, "python", "python3", "node", "bun", "deno", "ruby", "perl"))
COMMON = _QUIET | _READERS | _INTERPRETERS
"""What every machine has that has a client, or is taken to have."""
_ASSIGNMENT = expression(r"[A-Za-z_]\w*=")
_TAKES_IN = frozenset((".", "source"))
_CUT = expression(r"\|\||&&|[;|&\n()`]|\$\(")
_QUOTED = expression(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"")
_COMMENT = expression(r"(?m)(?:^|(?<=\s))#.*$")
_HERE = expression(r"<<-?[ \t]*['\"]?(\w+)['\"]?")
_FIRST = expression(r"\s*(\w+)")
_STDIN = expression(r"stdin|/dev/stdin|\binput\(|readFileSync\(\s*0|php://input|\$\(\s*<|fileinput|STDIN")
_PYTHON_IMPORT = expression(r"(?m)^\s*(?:from|import)\s+([.\w]+)")
_SCRIPT_IMPORT = expression(r"(?:require\(|from\s+|import\s+)['\"]([^'\"]+)['\"]")
_NODE = frozenset(["fs", "path", "os", "child_process", "process", "util", "crypto", "readline", "url", "events", "stream", "assert"])
_CONTINUE = expression(r"['\"](continue)\\?['\"]\s*:")
_SPEAKS = expression(r">\s*&\s*2|stderr|console\.(?:error|warn)|STDERR|\bwarn\b|sys\.exit\(\s*[^\s\d)]")
"""What says something on stderr. A command that fails may do so, too; who relies on that relies on nothing."""
_WORD = expression(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Needs:
    """What a hook's command needs of the client that runs it."""

    known: bool = True
    """Whether all of its text was read."""
    told: bool = False
    """Whether it reads what the client says on standard input."""
    words: frozenset[str] = frozenset()
    """All names in its text."""
    speaks: bool = True
    """Whether it may say something on stderr."""
    unread: str = ""
    """What of it cannot be read, with its file and line, where that is known."""


def _unread(what: str, path: str = "", text: str = "") -> Needs:
    """Return what is so of a command of which something cannot be read: a word of a text, or all of a file.

    Args:
        what: The word, or what is wrong.
        path: The file, where it is one of the project's.
        text: Its text, where the word stands in it.
    """
    found = re.search(rf"(?<![\w./-]){re.escape(what)}(?![\w-])", text)
    line = text.count("\n", 0, found.start()) + 1 if found else 0
    shown = f"`{what[:_SHOWN]}{'...' if len(what) > _SHOWN else ''}`" if found else what
    place = f" ({path}{f':{line}' if line else ''})" if path else ""
    return Needs(known=False, told=True, unread=f"{shown}{place}")


_SHOWN = 40
_SEVERAL = 2
UNREAD = Needs(known=False, told=True)
NOTHING = Needs()
ASSUMED = Needs(told=True)
"""What most commands rely on: that they are told of the tool, and of its arguments."""
_ARGUMENTS = "tool_input"
"""Where all clients that spell names alike tell of a tool's arguments."""


def needs(line: str, scripts: Mapping[str, bytes]) -> Needs:
    """Return what a command line needs, given the scripts of the project that it names, by path."""
    found = [_of_shell(line, scripts, "")]
    for path, data in _run(line, scripts).items():
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            return _unread("no text", path)
        found.append(_of_script(path, text, scripts))
    if unread := [one for one in found if not one.known]:
        return unread[0]
    speaks = any(_SPEAKS.search(text) for text in (line, *(data.decode("utf-8") for data in scripts.values())))
    return Needs(told=any(one.told for one in found), words=frozenset().union(*(one.words for one in found)), speaks=speaks)


def _run(line: str, scripts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the scripts without the lists and settings that others only read: what is in these tells a client nothing."""
    if len(scripts) < _SEVERAL:
        return {**scripts}
    texts = ((path, data.decode("utf-8", "replace")) for path, data in scripts.items())
    taken = [one for path, text in texts for one in script_imports.of(path, text)]
    read, run = ({path for one in taken if one.read is wanted for path in one.paths} for wanted in (True, False))
    return {path: data for path, data in scripts.items() if path not in read or path in run or path in line}


def _words(text: str) -> frozenset[str]:
    """Return all names in a text; `continue` where it is a key of an answer, and no word of a language."""
    return (frozenset(_WORD.findall(text)) - {"continue"}) | frozenset(_CONTINUE.findall(text))


def _of_script(path: str, text: str, scripts: Mapping[str, bytes]) -> Needs:
    kind = script_imports.kind_of(path, text)
    if kind == script_imports.SHELL:
        return _of_shell(text, scripts, path)
    modules = (_PYTHON_IMPORT if kind == script_imports.PYTHON else _SCRIPT_IMPORT).findall(text)
    standard = sys.stdlib_module_names if kind == script_imports.PYTHON else _NODE
    taken = [one for one in script_imports.of(path, text) if not one.optional]
    there = {one.word for one in taken if not scripts.keys().isdisjoint(one.paths)}
    others = [
        name
        for name in modules
        if there.isdisjoint((name, name.lstrip("."))) and name.removeprefix("node:").partition(".")[0] not in standard
    ]
    runs = re.search(r"subprocess|os\.system|child_process|exec\(", text)
    if others or (runs and _STDIN.search(text) is None):
        return _unread(others[0] if others else runs[0].rstrip("(") if runs else "", path, text)
    return Needs(told=_STDIN.search(text) is not None, words=_words(text))


def _of_shell(text: str, scripts: Mapping[str, bytes], path: str) -> Needs:
    told = _STDIN.search(text) is not None
    is_known = cache(lambda: all(not scripts.keys().isdisjoint(one.paths) for one in _sourced(path, text)))
    for program in _programs(text):
        name = program.rpartition("/")[2]
        if any(path.rpartition("/")[2] == name for path in scripts) or name in _QUIET:
            continue
        if name in _TAKES_IN and is_known():
            continue
        if name not in _READERS:
            return _unread(program, path, text)
        told = True
    return Needs(told=told, words=_words(text))


def _sourced(path: str, text: str) -> Iterator[TakenIn]:
    return (one for one in script_imports.of(path or "-", text) if not one.named)


def _without_documents(text: str) -> str:
    """Return a shell's text without the lines that it hands to a command; of the line that says so, all else stays."""
    rows, kept, at = text.split("\n"), [], 0
    ends: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        if first := _FIRST.match(row):
            ends.setdefault(first[1], []).append(number)
    while at < len(rows):
        end = at
        for found in _HERE.finditer(rows[at]):
            closing = ends.get(found[1], [])
            place = bisect_right(closing, end)
            end = closing[place] if place < len(closing) else end
        kept += [rows[at]] if end == at else [_HERE.sub(" ", rows[at]), _FIRST.sub("", rows[end], count=1)]
        at = end + 1
    return "\n".join(kept)


def _programs(text: str) -> Iterator[str]:
    """Yield the first word of each command of a shell's text; of a shell or interpreter that runs a script, the script."""
    bare = _without_documents(_COMMENT.sub("", text.replace("\\\n", " ")))
    inside = [found[1:-1] for found in _QUOTED.findall(bare) if found.startswith('"') and "$(" in found]
    bare = _REDIRECTION.sub(" ", bare)
    plain = _QUOTED.sub(lambda found: found[0][1:-1] if _PATH.fullmatch(found[0][1:-1]) else "''", bare)
    plain = _CASE_PATTERN.sub(r"\1 ; ", plain)
    for piece in (*_CUT.split(plain), *(part for found in inside for part in _CUT.split(found)[1:])):
        words = piece.split()
        while words and (_ASSIGNMENT.match(words[0]) or words[0] in _BEFORE):
            words = words[1:]
        if words and words[0].rpartition("/")[2] in _INTERPRETERS and len(words) > 1 and not words[1].startswith("-"):
            words = words[1:]
        if words and words[0] not in ("''", "case", "esac", "}") and not words[0].startswith(("$((", "-")) and not words[0].endswith(")"):
            yield words[0]


_REDIRECTION = expression(r"\d*>&\d?-?|&>\s*\S+|\d*(?:>>?|<)\s*[\w/.$-]+")
_CASE_PATTERN = expression(r"(\bcase\s[^\n;]*?\sin\b|;;&?|;&)(?!\s*esac\b)\s*\(?[^()\n;&]*\)")
"""What a `case` holds a word against, which is no command: behind its `in`, and behind the end of each branch."""
_PATH = expression(r"[\w$./{}:-]+")
_BEFORE = frozenset(["if", "then", "else", "elif", "do", "while", "until", "!", "{", "env", "exec", "time", "nohup", "command"])


def tells(hook: Hook, target: str) -> str | None:
    """Say why what a target says of an event is in no way what the hook's client says; None where it is."""
    mine, other = hook_facts.hooks(hook.format), hook_facts.hooks(target)
    alike = mine and other and mine.payload == other.payload and hook.event not in (*mine.tells, *other.tells)
    return None if alike else "it reads what it is told on standard input"


def lacks(wanted: Needs, hook: Hook, target: str) -> str | None:
    """Say what a target does not give a hook's command that it relies on; None where it gives all of it."""
    mine, other = hook_facts.hooks(hook.format), hook_facts.hooks(target)
    if mine is None or other is None or hook.format == target:
        return None
    if not wanted.known:
        return (
            None
            if (mine.payload, mine.decides, mine.denies, mine.tools) == (other.payload, other.decides, other.denies, other.tools)
            else f"what it runs cannot be read here{f': {wanted.unread}' if wanted.unread else ''}"
        )
    if not wanted.speaks and not other.silent and hook.event in other.blocks:
        return "it says nothing on stderr, and so blocks nothing"
    answers = (wanted.words & _answers()) - other.decides
    if answers:
        return f"it answers with `{min(answers)}`"
    may_answer = "decision" in wanted.words or wanted is ASSUMED
    refusals = (wanted.words & mine.denies or mine.denies) - other.denies if may_answer else ()
    if refusals:
        return f"it answers with `{min(refusals)}`"
    if not wanted.told:
        return None
    if mine.payload != other.payload or hook.event in (*mine.tells, *other.tells):
        return "it reads what it is told on standard input"
    named = {word for word in wanted.words if word in mine.tools or word in mine.aliases} - other.tools.keys()
    if named and hook.event in hook_matchers.ON_TOOLS:
        return f"it knows a tool as `{min(named)}`"
    return _misread(wanted, hook, mine, other) if hook.event in hook_matchers.ON_TOOLS else None


def _misread(wanted: Needs, hook: Hook, mine: Hooks, other: Hooks) -> str | None:
    """Say what of a tool's arguments a hook's command would not find where another client calls them otherwise, or nobody knows.

    The arguments of an MCP server's tool are the server's. Of a command that nobody read, all have to be known; of one that looks at none
    by its text, or at all that it is told, none has to.
    """
    meaning = hook_matchers.meaning(hook)
    every = {one for several in mine.tools.values() for one in several}
    about = sorted(one for one in (every if meaning is None else meaning) if not one.startswith("mcp__"))
    looks = wanted is ASSUMED or (meaning is not None and _ARGUMENTS in wanted.words)
    for capability in about:
        names, there = (frozenset(one.arguments.get(capability, ())) for one in (mine, other))
        lacking = (names if wanted is ASSUMED else names & wanted.words) - there
        if lacking:
            return f"it reads `{min(lacking)}`" if wanted is not ASSUMED else f"it may read `{min(lacking)}`"
        if looks and not (names and there):
            return f"it may read what nobody knows the name of there, of what it is told of `{capability}`"
    return None


@cache
def _answers() -> frozenset[str]:
    """Return the keys of answers; a reason alone decides nothing."""
    found = (facts for one in vocabulary.clients() if (facts := hook_facts.hooks(one)))
    return frozenset().union(*(facts.decides for facts in found)) - {"reason"}


def of_lines(lines: Iterable[str]) -> Needs:
    """Return what command lines need whose scripts are not at hand: what most do, where one of them runs what is not known."""
    found = [needs(line, {}) for line in lines]
    if not all(one.known for one in found):
        return ASSUMED
    words = frozenset().union(*(one.words for one in found))
    return Needs(told=any(one.told for one in found), words=words, speaks=all(one.speaks for one in found))
