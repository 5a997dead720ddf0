r"""Patterns of what is denied or asked about, in another client's language: exactly or wider, or not at all.

A denial reads more than the same text allows. Claude Code 2.1.329 denies `rm:*` behind `sudo`, in `$(...)` and as `/bin/rm`, and a path
at any depth (asked); others hold a text against each piece of a command line as it stands there. So a command is held wherever it
stands in a piece as a word, and a path wherever it ends one: what is matched besides is denied, too. What a shell takes for the same
command although no such text has it (`r\m x`, `eval`) slips through to what is asked about: `projecting` sees to it that it is.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any

from agentconv.core.expressions import expression
from agentconv.core.patterns import LONGEST, gitignore, globs, prefix
from agentconv.core.patterns.form import ANY, NAME, REST, distinct, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agentconv.core.meant import Pattern
    from agentconv.core.patterns.form import Branch, Form

_PLAIN_COMMAND = expression(r"[A-Za-z0-9_./:=@,+% -]*")
"""What a shell takes for itself wherever it stands; with anything else, clients may cut at other places."""
_PLAIN_PATH = expression(r"[^\\*?\[\]{}()!|\n]*")


def command(pattern: Pattern) -> Form | None:
    """Return the words of a command that a pattern holds back, where it can be said."""
    if len(pattern) > LONGEST:
        return None
    read = {"prefix": prefix.read, "glob": globs.read, "words": _words}.get(pattern.language or "")
    form = read(str(pattern)) if read else None
    if (
        form is None
        or not all(form)
        or not all(_PLAIN_COMMAND.fullmatch(item) for branch in form for item in branch if isinstance(item, str))
    ):
        return None
    return distinct(_whole_words(branch) for branch in form)


def _words(text: str) -> Form | None:
    """Read a pattern of Qwen Code for commands: the command itself and what follows; a star behind a blank is also nothing."""
    if "*" not in text:
        return ((text, REST),)
    if text.endswith(" *") and text.count("*") == 1:
        return ((text.removesuffix(" *"), REST),)
    return None if re.search(r" \*.", text) else globs.read(text)


def _whole_words(branch: Branch) -> Branch:
    """Return a branch that matches what follows its last word, too: to hold more than `rm x` alone is to hold it."""
    return branch if branch[-1] in (ANY, REST) else (*branch, REST)


def path(pattern: Pattern) -> Form | None:
    """Return the paths below the project that a pattern holds back; None where it leads out of it, or says more than can be read."""
    if len(pattern) > LONGEST:
        return None
    text = str(pattern)
    below = text if pattern.language == "glob" else text.removeprefix("./")
    if {".", ".."} & set(below.split("/")):
        return None  # some clients go along such a way, and for others nothing is called so
    if pattern.language == "gitignore":
        form = gitignore.read(text)
        found = None if form is None else [way for branch in form for way in _at_any_depth(branch)]
    elif pattern.language == "glob":
        form = globs.read(text)
        found = None if form is None or text.startswith(("/", "..")) else [one for branch in form for one in _without_rest(branch)]
    elif pattern.language == "picomatch":
        found = _of_picomatch(text)
    else:
        return None
    if found is None or not all(_PLAIN_PATH.fullmatch(item) for branch in found for item in branch if isinstance(item, str)):
        return None
    return distinct(joined(ANY if item is NAME else item for item in branch) for branch in found)


def _at_any_depth(branch: Branch) -> Iterator[Branch]:
    yield branch
    if branch[:1] != (ANY,):
        yield (ANY, "/", *branch)


def _without_rest(branch: Branch) -> tuple[Branch, ...]:
    return (branch[:-1], (*branch[:-1], " ", ANY)) if branch[-1:] == (REST,) else (branch,)


def _of_picomatch(text: str) -> list[Branch] | None:
    """Read a path of Qwen Code, which is anchored at the project's root."""
    if text.startswith(("//", "~")) or set(text) & set("?[]{}()!\\"):
        return None
    names = text.removeprefix("./").strip("/").split("/")
    if not any(names) or any("**" in name and name != "**" for name in names):
        return None
    steps: list[list[Branch]] = []
    for number, name in enumerate(names):
        last = number == len(names) - 1
        if name == "**":
            steps.append([(ANY,)] if last else [(), (ANY, "/")])
        else:
            steps.append([joined(NAME if char == "*" else char for char in name)])
            steps += [] if last else [[("/",)]]
    found = [joined(item for branch in way for item in branch) for way in product(*steps)]
    return [*found, *(joined(one[:-2]) for one in found if one[-2:] == ("/", ANY))]


# --- writing


def as_globs(form: Form, heads: Iterable[str] = ()) -> list[str] | None:
    """Write globs of OpenCode; `heads` are what may stand before a command in its piece."""
    spaced = [_spaced(branch) if heads else branch for branch in form]
    return globs.write(distinct(_headed(spaced, heads)))


def _spaced(branch: Branch) -> Branch:
    """Return a branch in which any blanks, and more words, may stand between two words."""
    first, *others = branch
    if not isinstance(first, str):
        return branch
    words = first.split(" ")
    return joined([words[0], *(item for word in words[1:] for item in (" ", ANY, word)), *others])


def _headed(form: Iterable[Branch], heads: Iterable[str]) -> Iterator[Branch]:
    for branch in form:
        yield branch
        if branch[0] is not ANY:
            yield from ((ANY, head, *branch) for head in heads)


_OPENING = ("(", "`", ";", "&", "|")
"""What may stand right before a command within quotes."""
_CLOSING = (")", "`", ";", "&", "|")
"""What may stand right behind one there."""


def as_words(form: Form) -> list[str] | None:
    """Write patterns of Qwen Code for commands, which does not cut within quotes: what `"$(...)"` runs is a part of its piece (asked)."""
    return globs.write(distinct(one for branch in form for one in _within_quotes(branch)))


def _within_quotes(branch: Branch) -> Iterator[Branch]:
    yield branch
    words = [item for one in (branch[:-1] if branch[-1] is REST else branch) for item in _loose(one)]
    fronts = ((),) if branch[0] is ANY else ((ANY, " "), (ANY, "/"))
    yield from ((*front, *branch) for front in fronts if front)
    if branch[0] is not ANY:
        yield from (joined((ANY, head, *words, ANY)) for head in _OPENING)
    if branch[-1] is REST:
        yield from (joined((*front, *words, end, ANY)) for front in fronts for end in _CLOSING)


def _loose(item: object) -> list[Any]:
    """Return a piece of a branch with anything for its blanks, of which there may be more than one."""
    first, *others = item.split(" ") if isinstance(item, str) else [item]
    return [first, *(part for word in others for part in (ANY, word))]


def as_prefixes(form: Form) -> list[str] | None:
    """Write patterns of Claude Code for commands, which looks for them wherever a command can stand."""
    found: list[str] = []
    for branch in form:
        *items, last = branch
        if last is REST and len(items) == 1 and isinstance(items[0], str):
            found.append(f"{items[0]}:*")
            continue
        text = "".join("*" if item is ANY else str(item) for item in items)
        ends = [text, f"{text} *"] if last is REST else [f"{text}*" if last is ANY else f"{text}{last}"]
        if any(item is not ANY and not isinstance(item, str) for item in items) or any(end.endswith(":*") for end in ends):
            return None
        found += ends
    return list(dict.fromkeys(found))


def as_gitignore(form: Form) -> list[str] | None:
    """Write lines of a gitignore file: what matches a folder matches all that is in it."""
    found = _segments(form, _ignored)
    return found and [one for one in found if not _is_said(one, found)]


def as_picomatch(form: Form) -> list[str] | None:
    """Write paths of Qwen Code: a folder and all that is in it are two patterns."""
    found = _segments(form, _picked)
    return found and [one for one in found if f"**/{one}" not in found]


def _is_said(line: str, lines: list[str]) -> bool:
    """Whether another line says as much: at any depth, or of a folder with all that is in it."""
    return f"**{line}" in lines or (line.endswith("/") and line[:-1] in lines)


def _segments(form: Form, write: Callable[[str], list[str]]) -> list[str] | None:
    marked = ["".join("\0" if item is ANY else item if isinstance(item, str) else "\1" for item in branch) for branch in form]
    if any("\1" in one for one in marked):
        return None
    return list(dict.fromkeys(text for one in marked for text in write(one)))


def _ignored(text: str) -> list[str]:
    """Write a text in which NUL is any text: between two others, it may have slashes in it."""
    return [f"/{one}" if not one.startswith("**") else one for one in _crossing(text.removesuffix("/\0") + "/" * text.endswith("/\0"))]


def _picked(text: str) -> list[str]:
    ends = text.endswith("\0") and not text.endswith("/\0") and text != "\0"
    return [one for way in _crossing(text) for one in ((way, f"{way}/**") if ends else (way,))]


def _crossing(text: str) -> list[str]:
    """Return a text with stars for any text: `**/` at the start, `/**` at the end, both ways in the middle."""
    if text == "\0":
        return ["**"]
    if text.startswith("\0/"):
        return [f"**/{one}" for one in _crossing(text[2:])]
    if text.startswith("\0"):
        return [f"**/*{one}" for one in _crossing(text[1:])]
    if text.endswith("/\0"):
        return [f"{one}/**" for one in _crossing(text[:-2])]
    if text.endswith("\0"):
        return [f"{one}*" for one in _crossing(text[:-1])]
    head, mark, tail = text.partition("\0")
    return [text] if not mark else [f"{head}{between}{one}" for between in ("*", "*/**/*") for one in _crossing(tail)]
