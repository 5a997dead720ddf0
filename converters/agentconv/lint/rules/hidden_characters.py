"""Characters that a person who reviews a file does not see, and a model reads."""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import TYPE_CHECKING, TypeAlias

from agentconv.core import fields
from agentconv.core.diagnostics import Severity
from agentconv.core.expressions import expression
from agentconv.lint.passages import count, edits_in_texts, owner, passages, shown, title
from agentconv.lint.rule import HIDDEN, rule
from agentconv.lint.rules.text import exotic, is_garbled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject

_EXAMPLE = """\
---
name: reviewer
description: Reviews changes before a merge
---

You review changes.
"""
_TROJAN = "https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing; https://trojansource.codes"
_INVISIBLE = "https://www.unicode.org/reports/tr39/#Optional_Detection"


@rule(
    "AC801",
    "hidden-tag-characters",
    bad=_EXAMPLE.replace("changes.", "changes.\U000e0041\U000e0042"),
    good=_EXAMPLE,
    source="https://www.unicode.org/reports/tr51/#valid-emoji-tag-sequences",
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="sometimes",
    protects=HIDDEN,
)
def hidden_tag_characters(self: Rule, subject: Subject) -> Iterator[Finding]:
    """Unicode tag characters, which no editor shows and every model reads.

    Each stands for one ASCII character: whole instructions can be written in them, and no reviewer sees any. Claude Code
    2.1.329 and the other clients hand them to the model. Their one honest use, flags such as that of Scotland, is not flagged.
    """
    yield from _hidden(self, subject, _TAGS, "tag characters", _is_flag)


@rule(
    "AC802",
    "bidi-control",
    bad=_EXAMPLE.replace("changes.", "\u202echanges.\u202c"),
    good=_EXAMPLE,
    source=_TROJAN,
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="sometimes",
    protects=HIDDEN,
)
def bidi_control(self: Rule, subject: Subject) -> Iterator[Finding]:
    """Controls of the direction of text, with which a line shows other words than it holds.

    The reviewer sees one order of the characters, Claude Code 2.1.329 and the model another. In a line with letters that are
    written from right to left, embeddings and isolates have their use and are not flagged; overrides always are.
    """
    yield from _hidden(self, subject, _BIDI, "controls of text direction", _in_right_to_left)


@rule(
    "AC803",
    "zero-width-character",
    bad=_EXAMPLE.replace("You review", "You re\u200bview"),
    good=_EXAMPLE,
    source=_INVISIBLE,
    verified="2026-11-24",
    severity=Severity.WARNING,
    fix="sometimes",
    protects=HIDDEN,
)
def zero_width_character(self: Rule, subject: Subject) -> Iterator[Finding]:
    """Characters without a width, where no script needs them.

    They split words that look whole, so that neither a search nor a filter finds them, and they can carry a hidden message;
    most often they were pasted from a web page. Claude Code 2.1.329 hands them to the model. Joiners in emoji and in scripts
    that need them, such as Persian or Hindi, are not flagged.
    """
    yield from _hidden(self, subject, _ZERO_WIDTH, "without a width", _is_needed)


@rule(
    "AC804",
    "stray-byte-order-mark",
    bad=_EXAMPLE.replace("You review", "You re\ufeffview"),
    good=_EXAMPLE,
    source="https://www.unicode.org/faq/utf_bom.html#bom6",
    verified="2026-11-24",
    severity=Severity.NOTE,
    fix="sometimes",
)
def stray_byte_order_mark(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A byte order mark inside the text.

    It is left where files were joined, shows nothing, and reaches the model: only at the start of a file do clients, Claude
    Code 2.1.329 among them, take it for what it is.
    """
    yield from _hidden(self, subject, _INNER_MARK, "byte order marks inside the text")


@rule(
    "AC805",
    "hidden-variation-selectors",
    bad=_EXAMPLE.replace("changes.", "changes.\U000e0151\U000e0152\U000e0153\U000e0154"),
    good=_EXAMPLE,
    source="https://www.unicode.org/reports/tr37/: a selector follows the one character that it is about",
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="sometimes",
    protects=HIDDEN,
)
def hidden_variation_selectors(self: Rule, subject: Subject) -> Iterator[Finding]:
    """Variation selectors in a row.

    One of them chooses the form of the character before it. There are 256, so that a row of them spells bytes: a message
    that nobody sees and that Claude Code 2.1.329, like other clients, hands to the model.
    """
    yield from _hidden(self, subject, _SELECTORS, "variation selectors in a row")


_TAGS = expression("[\U000e0000-\U000e007f]+")
_BIDI = expression("[\u202a-\u202e\u2066-\u2069]+")
_ZERO_WIDTH = expression("[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2064\u206a-\u206f\u3164\uffa0]+")
_INNER_MARK = expression("(?<!\\A)\ufeff+")
_SELECTORS = expression("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}")
_SUSPECT = frozenset(
    chr(code)
    for first, last in (
        (0xAD, 0xAD),
        (0x34F, 0x34F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180E, 0x180E),
        (0x200B, 0x200D),
        (0x202A, 0x202E),
        (0x2060, 0x206F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0),
        (0xE0000, 0xE01EF),
    )
    for code in range(first, last + 1)
)


Keep: TypeAlias = "Callable[[str, int, int], bool]"
"""Whether the characters from one place of a text to another are needed there."""


def _never(_text: str, _start: int, _end: int) -> bool:
    return False


def _hidden(self: Rule, subject: Subject, pattern: re.Pattern[str], what: str, keep: Keep = _never) -> Iterator[Finding]:
    found = sorted([*_bare(subject, pattern, keep), *_escaped(subject, pattern, keep)]) if subject.counts else []
    if not found:
        return
    number = sum(len(chars) for _, _, chars in found)
    codes = ", ".join(sorted({f"U+{ord(char):04X}" for _, _, chars in found for char in chars[:2]})[:2])
    spelled = "".join(chr(ord(char) - 0xE0000) for _, _, chars in found for char in chars if 0xE0020 <= ord(char) <= 0xE007E)
    spells = f", which spell `{shown(spelled, 30)}`" if spelled else ""
    them = "it" if number == 1 else "them"
    message = f"{count(number, 'hidden character')} ({what}, {codes}){spells}: {title(subject)} hands {them} to the model"
    help_text = "look at what they hide, then delete them" if self.severity is Severity.ERROR else "delete them"
    fix = edits_in_texts(subject, "delete the hidden characters", [(start, end, "") for start, end, _ in found])
    yield self.find(message, found[0][:2], help_text, agent=owner(subject, found[0][0]), fix=fix)


def _bare(subject: Subject, pattern: re.Pattern[str], keep: Keep) -> Iterator[tuple[int, int, str]]:
    """Yield the hidden characters of a file, with their places."""
    text = subject.text
    if any(pattern.search(f" {char * 2}") for char in _SUSPECT & exotic(text)):
        matches = pattern.finditer(text)
        found = [match for match in matches if not keep(text, *match.span()) and not is_garbled(text, match.start())]
        yield from ((*match.span(), match[0]) for match in found)


_ESCAPE = expression(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|.)|[^\\]", re.DOTALL
)
"""One character of a string of JSON, TOML or YAML: a pair of surrogates, a number, another escape, or itself."""


def _escaped(subject: Subject, pattern: re.Pattern[str], keep: Keep) -> Iterator[tuple[int, int, str]]:
    r"""Yield the hidden characters that a file spells as numbers, such as `\u200b`, in texts whose values hold them."""
    if "\\u" not in subject.text and "\\U" not in subject.text:
        return
    for passage in passages(subject):
        if not pattern.search(f" {fields.get(passage.agent, passage.path) or ''}"):
            continue
        spelled = list(_ESCAPE.finditer(subject.text, passage.start, passage.end))
        text = "".join(map(_character, spelled))
        for match in pattern.finditer(text):
            start, end = spelled[match.start()].start(), spelled[match.end() - 1].end()
            if end - start > len(match[0]) and not keep(text, *match.span()):
                yield start, end, match[0]


def _character(spelled: re.Match[str]) -> str:
    """Return the one character that is spelled; a blank for an escape that is no number."""
    high, low, short, long = spelled.groups()
    if high:
        return chr(0x10000 + ((int(high, 16) & 0x3FF) << 10) + (int(low, 16) & 0x3FF))
    if short or long:
        code = int(short or long, 16)
        return chr(code) if code <= sys.maxunicode else " "
    return spelled[0] if len(spelled[0]) == 1 else " "


_FLAG = expression("[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")


def _is_flag(text: str, start: int, end: int) -> bool:
    """Whether tag characters are the region of a flag, as in an emoji."""
    return text[start - 1 : start] == "\U0001f3f4" and _FLAG.fullmatch(text, start, end) is not None


_OVERRIDES = frozenset("\u202d\u202e")


def _in_right_to_left(text: str, start: int, end: int) -> bool:
    """Whether controls of direction stand in a line that has letters that are written from right to left."""
    if _OVERRIDES & set(text[start:end]) or end - start > _MANY:
        return False
    around = text[max(start - _AROUND, 0) : end + _AROUND]
    return any(unicodedata.bidirectional(char) in {"R", "AL"} for char in around)


_AROUND = 200
_MANY = 3
"""More invisible characters in a row than any script needs."""
_JOINING = ((0x600, 0x8FF), (0x900, 0xDFF), (0xF00, 0x109F), (0x1780, 0x18AF), (0x1A20, 0x1CFF), (0xA800, 0xABFF), (0xFB50, 0xFDFF))
_WITHOUT_BLANKS = ((0xE00, 0xFFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x1AAF))
_HANGUL = ((0x1100, 0x11FF), (0xA960, 0xA97F), (0xD7B0, 0xD7FF))
_NEEDED_BESIDE = {
    "\u200b": _WITHOUT_BLANKS,
    "\u200c": _JOINING,
    "\u200d": _JOINING,
    "\u115f": _HANGUL,
    "\u1160": _HANGUL,
    "\u17b4": _JOINING,
    "\u17b5": _JOINING,
    "\u180e": _JOINING,
}
"""The scripts, as ranges of characters, whose writers need a character that has no width."""


def _is_needed(text: str, start: int, end: int) -> bool:
    """Whether characters without a width have a use where they are."""
    if end - start > _MANY:
        return False
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    if text[start:end] == "\u200d" and _is_emoji(before) and _is_emoji(after):
        return True
    beside = [ord(char) for char in (before, after) if char]
    return all(any(first <= code <= last for code in beside for first, last in _NEEDED_BESIDE.get(char, ())) for char in text[start:end])


def _is_emoji(char: str) -> bool:
    """Whether a character may stand beside a joiner in an emoji: a symbol, a skin tone, or the selector of the emoji's form."""
    return char != "" and (char == "\ufe0f" or unicodedata.category(char) in {"So", "Sk", "Sm"}) and not char.isascii()
