"""A text in neutral parts, spelled in a client's words; what the client cannot say is lost at a line, with words in its place."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, field
from agentconv.core.parts import Argument, FileText, ShellOutput
from agentconv.parts.placeholders.parsing import is_unclosed, parse, tokens
from agentconv.parts.placeholders.ways import Way, Wording, ways

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.core.parts import Body, BodyPart
    from agentconv.parts.placeholders.languages import Language
    from agentconv.parts.placeholders.parsing import Token


@dataclass(frozen=True, slots=True)
class Lost:
    """What a client's words do not say."""

    code: str
    """One of `losses.codes`."""
    placeholder: str
    """What it is about, as a person would name it."""
    line: int
    """Of the text, from one."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """A text in a client's words."""

    text: str
    body: Body
    """What the client makes of it."""
    lost: tuple[Lost, ...] = ()


@dataclass(slots=True)
class _Piece:
    """One part of the text, with the ways to say it that are left, the best first."""

    line: int
    ways: list[Way]
    escaped: set[int] = field(default_factory=set)
    """Places in its text before which a backslash stands."""
    accidents: dict[int, Lost] = field(default_factory=dict)
    """What the client fills in although it is text, by place."""

    def spelled(self) -> str:
        """Return the piece as it stands."""
        text = self.ways[0].text
        places = [0, *sorted(self.escaped), len(text)]
        return "\\".join(text[start:end] for start, end in pairwise(places)) if self.escaped else text

    def lost(self) -> Iterator[Lost]:
        """Yield what the way that was taken does not say."""
        if self.ways[0].code is not None:
            yield Lost(self.ways[0].code, self.ways[0].about, self.line)
        yield from self.accidents.values()


def spell(body: Body, language: Language, names: Iterable[str] = (), source: Language | None = None) -> Spelled:
    """Spell a text in a client's words.

    Args:
        body: The text.
        language: The client's words.
        names: What the header calls the arguments, in order; a client without such names goes by the order.
        source: The words that it was parsed from, where they are known.
    """
    known = tuple(names)
    pieces = list(_pieces(body, Wording(body, language, known, source)))
    while _mended(pieces, language, known, source):
        pass
    text = "".join(piece.spelled() for piece in pieces)
    lost = [lost for piece in pieces for lost in piece.lost()]
    return Spelled(text, parse(text, language, known), tuple(lost))


def _pieces(body: Body, wording: Wording) -> Iterator[_Piece]:
    line = 1
    for part in body.parts:
        yield _Piece(line, ways(part, wording))
        line += _line_breaks(part)


def _line_breaks(part: BodyPart) -> int:
    if isinstance(part, str):
        return part.count("\n")
    if isinstance(part, ShellOutput):
        return sum(map(_line_breaks, part.command)) + 2 * part.block
    return 0


def _mended(pieces: list[_Piece], language: Language, names: tuple[str, ...], source: Language | None) -> bool:
    """Take another way wherever the client would read one otherwise, and say whether anything changed."""
    text = "".join(piece.spelled() for piece in pieces)
    found = tokens(text, language, names)
    by_start = {token.start: token for token in found}
    changed, start, index = False, 0, 0
    for piece in pieces:
        end = start + len(piece.spelled())
        while index < len(found) and found[index].start < start:
            index += 1
        within = []
        while index < len(found) and found[index].start < end:
            within.append(found[index])
            index += 1
        if isinstance(piece.ways[0].said, str):
            changed |= _without_accidents(piece, within, start, language, at_home=source == language)
        elif not _is_said(by_start.get(start), piece.ways[0], end):
            piece.ways.pop(0)
            changed = True
        start = end
    return changed


def _is_said(token: Token | None, way: Way, end: int) -> bool:
    return token is not None and token.meant and token.end == end and _bare(token.part) == _bare(way.said)


def _bare(part: BodyPart) -> BodyPart:
    """Return a placeholder without what the whole text decides, or only the looks."""
    if isinstance(part, Argument):
        return Argument(part.index)
    if isinstance(part, ShellOutput):
        return ShellOutput(tuple(_bare(inner) for inner in part.command))
    if isinstance(part, FileText):
        return FileText(tuple(_bare(inner) for inner in part.path))
    return part


def _without_accidents(piece: _Piece, within: list[Token], start: int, language: Language, *, at_home: bool) -> bool:
    """Escape what the client would fill in of a text, or note that it does, and say whether anything changed."""
    text, changed = piece.ways[0].text, False
    backslashes = [place + number for number, place in enumerate(sorted(piece.escaped))]
    for token in within:
        place = token.start - start - bisect_left(backslashes, token.start - start)
        is_escape = isinstance(token.part, str)
        if place in piece.accidents or (place in piece.escaped and is_escape) or (at_home and not token.meant):
            continue
        changed = True
        if language.escapes and text[place] == "$" and place not in piece.escaped:
            piece.escaped.add(place)
            continue
        piece.escaped.discard(place)
        code = _accident(token.part)
        found = text[place : place + token.end - token.start]
        piece.accidents[place] = Lost(code, found, piece.line + text.count("\n", 0, place))
    return changed


def _accident(part: BodyPart) -> str:
    """Return the code of what it is that a client takes a text for a placeholder."""
    if isinstance(part, ShellOutput):
        return "placeholder-run"
    return "placeholder-unclosed" if is_unclosed(part) else "placeholder-literal"
