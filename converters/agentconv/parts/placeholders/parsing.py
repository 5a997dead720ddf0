"""A text in one client's words, taken apart into what is meant as it stands and what the client fills in."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.expressions import expression
from agentconv.core.mentions import fences
from agentconv.core.parts import (
    CONTAINER_FOLDER,
    AllArguments,
    Argument,
    Body,
    FileText,
    ForeignPlaceholder,
    NamedArgument,
    OwnFolder,
    ShellOutput,
)
from agentconv.parts.placeholders.languages import inside, pattern

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    from agentconv.core.parts import BodyPart
    from agentconv.parts.placeholders.languages import Language

_BRACE = expression(r"[{}]")


@dataclass(frozen=True, slots=True)
class Token:
    """One placeholder where it stands."""

    start: int
    end: int
    part: BodyPart
    """Text where it is escaped."""
    meant: bool = True
    """Whether its author means it: in a code fence, some forms are nearly always the code's own."""


def parse(text: str, language: Language, names: Iterable[str] = ()) -> Body:
    """Take a text apart.

    Args:
        text: The text, as it stands.
        language: The client's words.
        names: What the header calls the arguments, in order.
    """
    parts: list[BodyPart] = []
    at = 0
    for token in tokens(text, language, tuple(names)):
        if token.meant:
            parts += (text[at : token.start], token.part)
            at = token.end
    return Body(joined([*parts, text[at:]]), language.appends)


def joined(parts: Iterable[BodyPart]) -> tuple[BodyPart, ...]:
    """Return the parts with texts beside each other made one, and none empty."""
    found: list[BodyPart] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    return tuple(found)


def tokens(text: str, language: Language, names: tuple[str, ...] = ()) -> list[Token]:
    """Return all that the client fills in, in order."""
    found = list(_tokens(text, language, names))
    return _last_taking_rest(found) if language.last_takes_rest else found


def _tokens(text: str, language: Language, names: tuple[str, ...]) -> Iterator[Token]:
    form, at = pattern(language, names), 0
    code, closing = fences(text), _closing_braces(text) if "{" in (language.runs, language.file[1:]) else {}
    while (match := form.search(text, at)) is not None:
        token = _token(text, match, closing, language, names)
        yield replace(token, meant=not (_is_codes_own(match) and _is_inside(code, token.start)))
        at = token.end


def _is_inside(ranges: list[tuple[int, int]], at: int) -> bool:
    before = bisect_right(ranges, (at,))
    return before > 0 and ranges[before - 1][0] < at < ranges[before - 1][1]


def _is_codes_own(match: re.Match[str]) -> bool:
    """Whether such a form in a code fence is nearly always a variable, or the code's own sign."""
    words = match.groupdict()
    return not words.get("escape") and any(words.get(kind) is not None for kind in ("number", "name", "path", "also"))


def is_unclosed(part: BodyPart) -> bool:
    """Whether a client finds a brace that is never closed, and fails."""
    return isinstance(part, ForeignPlaceholder) and part.text.endswith("{")


def _closing_braces(text: str) -> dict[int, int]:
    """Return where each brace is closed, by the place after it."""
    opened: list[int] = []
    closed: dict[int, int] = {}
    for match in _BRACE.finditer(text):
        if match[0] == "{":
            opened.append(match.end())
        elif opened:
            closed[opened.pop()] = match.start()
    return closed


def _token(text: str, match: re.Match[str], closing: dict[int, int], language: Language, names: tuple[str, ...]) -> Token:
    words = {kind: word for kind, word in match.groupdict().items() if word is not None}
    start, end = match.span()
    if "escape" in words:
        return Token(start, end, text[start + 1 : end])
    if words.get("shell") == "!{" or words.get("file") == "@{":
        if end not in closing:
            return Token(start, end, ForeignPlaceholder(match[0], language.id))
        words["line" if "shell" in words else "path"] = text[end : closing[end]]
        end = closing[end] + 1
    return Token(start, end, _part(text[start:end], words, language, names))


def _part(found: str, words: dict[str, str], language: Language, names: tuple[str, ...]) -> BodyPart:
    part: BodyPart = ForeignPlaceholder(found, language.id)
    if "block" in words or "shell" in words:
        line = words.get("lines", words.get("line", ""))
        part = ShellOutput(_inner(line.strip(), language, names), block="block" in words)
    elif "file" in words:
        part = FileText(_inner(words["path"].strip(), language, names))
    elif "folder" in words:
        part = OwnFolder()
    elif "container" in words:
        part = CONTAINER_FOLDER
    elif "input" in words:
        part = NamedArgument(words["input"], words.get("hint"))
    elif "index" in words:
        part = Argument(int(words["index"]))
    elif "name" in words:
        part = NamedArgument(words["name"])
    elif "everything" in words or "also" in words:
        part = AllArguments()
    elif "number" in words and int(words["number"]) >= (language.base or 0):
        part = Argument(int(words["number"]) - (language.base or 0))
    return part


def _inner(text: str, language: Language, names: tuple[str, ...]) -> tuple[BodyPart, ...]:
    """Return the parts of a command line or path: only what the user typed is filled in there."""
    return parse(text, inside(language), names).parts


def _last_taking_rest(found: list[Token]) -> list[Token]:
    """Return the tokens with the highest position taking all words from there on."""
    highest = max((part.index for token in found for part in _arguments(token.part)), default=None)
    return [replace(token, part=_resting(token.part, highest)) for token in found]


def _arguments(part: BodyPart) -> Iterator[Argument]:
    if isinstance(part, Argument):
        yield part
    elif isinstance(part, ShellOutput | FileText):
        for inner in part.command if isinstance(part, ShellOutput) else part.path:
            yield from _arguments(inner)


def _resting(part: BodyPart, highest: int | None) -> BodyPart:
    if isinstance(part, Argument):
        return Argument(part.index, rest=part.index == highest)
    if isinstance(part, ShellOutput):
        return replace(part, command=tuple(_resting(inner, highest) for inner in part.command))
    if isinstance(part, FileText):
        return replace(part, path=tuple(_resting(inner, highest) for inner in part.path))
    return part
