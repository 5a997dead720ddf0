"""What a prompt speaks of that only some clients have: files, folders, commands, ways to call an agent, and tools by their names."""

from __future__ import annotations

from bisect import bisect_left
from functools import cache, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from agentconv.core import vocabulary
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator


def find(text: str, client: str, *, with_tools: bool, unlike: str | None = None) -> dict[str, int]:
    """Return what a prompt mentions that some clients know and others do not, each with its first place, in order.

    Args:
        text: The prompt. Code in fences is not looked at.
        client: The client that it was written for.
        with_tools: Whether names of that client's tools count that are not called tools.
        unlike: Another client, where only what that one has not is of interest.
    """
    rare = _rare_in(text)
    words = [word for word, its_rare in _sought(client, unlike, with_tools=with_tools) if its_rare in rare]
    places = [place for word in words for place in _words(text, word)]
    places += _named_tools(text, client) if " tool" in text else ()
    code = fences(text) if places else ()
    found: dict[str, int] = {}
    told = 0
    for start, end in sorted(places, key=lambda place: (place[0], -place[1])):
        if end <= told:  # a part of what is named already, as a folder in the path of its file
            continue
        told = end
        if not any(first <= start < last for first, last in code):
            found.setdefault(text[start:end], start)
    return found


def knows(client: str, word: str) -> bool:
    """Whether a word in a prompt means something to a client."""
    own = vocabulary.references(client)
    if word in own:
        return True
    start = next((start for start in _starts() if word.startswith(start[:-1])), None)
    if start is not None:  # the longest one: `mcp__x__y` is no word of a client whose tools begin with `mcp_`
        return start in own
    found = vocabulary.tool_word(client, word)
    return found is not None and found.how in ("exact", "alias", "case", "retired")


@cache
def _references() -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for client in vocabulary.clients() for word in vocabulary.references(client)))


@cache
def _starts() -> tuple[str, ...]:
    """Return what words of some client begin with, the longest first."""
    return tuple(sorted((word for word in _references() if word.endswith("*")), key=len, reverse=True))


@cache
def _sought(client: str, unlike: str | None, *, with_tools: bool) -> tuple[tuple[str, str], ...]:
    """Return the words to look for, each with its rare characters."""
    words = (*(_references() if unlike is None else vocabulary.references(client)), *(_tellable(client) if with_tools else ()))
    if unlike is not None:
        words = tuple(word for word in words if word not in vocabulary.references(unlike) and not knows(unlike, word))
    return tuple((word, _rare(word.removesuffix("*"))) for word in words)


def _rare(text: str) -> str:
    """Return the bytes of a text that are rare in prose: a word can only be where its own are, and that is soon seen."""
    return text.encode("utf-8", "surrogatepass").translate(None, b"abcdefghijklmnopqrstuvwxyz \n\r\t,").decode("latin-1")


_rare_in = lru_cache(maxsize=1)(_rare)
"""A prompt is looked through for one client after the other."""


def _named_tools(text: str, client: str) -> Iterator[tuple[int, int]]:
    """Yield the words that are called tools and are those of some client."""
    at = text.find(" tool")
    while at >= 0:
        begin = max(at - 44, 0)
        match = _NAME_BEFORE.search(text[begin:at])
        word = (match[1] or match[2]) if match else ""
        if match and vocabulary.tool_word(client, word) is not None and (match[1] or not word.isupper()):
            yield begin + match.start(match.lastindex or 0), begin + match.end(match.lastindex or 0)
        at = text.find(" tool", at + 1)


_NAME_BEFORE = expression(r"(?:`([A-Za-z][A-Za-z_]{2,40})`|\b([A-Z][A-Za-z]{2,40}))\Z")
_INNER_CAPITAL = expression(r"[a-z][A-Z]|[a-z]_[a-z]")


@cache
def _tellable(client: str) -> tuple[str, ...]:
    """Return the client's tools whose names are no words of a language or of a program."""
    words = (word for word in vocabulary.tool_words(client) if _INNER_CAPITAL.search(word) and not word.endswith("*"))
    return tuple(word for word in words if word not in _ALSO_NAMES)


_ALSO_NAMES = frozenset({"PowerShell"})
"""Tools that have the names of programs, of which a prompt may speak without meaning the tool."""


def _words(text: str, word: str) -> Iterator[tuple[int, int]]:
    """Yield where a word stands for itself, rather than as a part of a longer one."""
    start_only = word.endswith("*")
    bare = word.removesuffix("*")
    before = _PATH if bare.startswith("/") else _NAME
    at = text.find(bare)
    while at >= 0:
        end = at + len(bare)
        if start_only:
            end = _REST.match(text, end).end()  # type: ignore[union-attr]
        whole = bare.endswith("/") or end == len(text) or text[end] not in (_PATH if bare.startswith("/") else _NAME)
        if bare.startswith(".") and text[at - 1 : at] == "/":
            whole = whole and text[max(at - 2, 0) : at - 1] in ("~", ".", "")  # and not somewhere in a web address
        if whole and (at == 0 or text[at - 1] not in before) and (not start_only or end > at + len(bare)):
            yield at, end
        at = text.find(bare, end)


_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_PATH = _NAME | frozenset("/~$-<")
_REST = expression(r"[A-Za-z0-9_-]*")


def outside_code(text: str, wanted: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Yield what a markdown text has of an expression, but for what stands in code, which is an example more often than not."""
    spans = sorted([*fences(text), *(one.span() for one in _TICKED.finditer(text))])
    starts, ends = [start for start, _ in spans], list(accumulate((end for _, end in spans), max))
    for match in wanted.finditer(text):
        before = bisect_left(starts, match.start())
        if not before or ends[before - 1] <= match.start():
            yield match


_TICKED = expression(r"`[^`\n]+`")


def fences(text: str) -> list[tuple[int, int]]:
    """Return where the fenced code of a markdown text is; a fence that is not closed goes on to the end."""
    marks = sorted((at, char) for char in "`~" for at in _marks(text, char))
    found: list[tuple[int, int]] = []
    opened: tuple[int, str] | None = None
    for at, char in marks:
        if opened is None:
            opened = at, char
        elif opened[1] == char:
            found.append((opened[0], at + 3))
            opened = None
    return [*found, (opened[0], len(text))] if opened else found


def _marks(text: str, char: str) -> Iterator[int]:
    """Yield where a line begins with three of a character; in a string of JSON or TOML, that may be after a backslash and n."""
    at = text.find(char * 3)
    while at >= 0:
        before = text[max(at - 40, 0) : at].rstrip(" \t")
        if not before or before.endswith(("\n", "\\n", "\r")):
            yield at
        end = at + 3
        while text.startswith(char, end):
            end += 1
        at = text.find(char * 3, end)
