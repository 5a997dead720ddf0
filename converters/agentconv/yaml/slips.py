"""What a person did who wrote a YAML text that a library refuses: where it begins, and what to type.

A library says where it noticed and in words of its own (`did not find expected key`), which is often some lines below what is wrong.
Nothing here decides how a text is read: it is asked for what to say, of a text that was refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core import limits
from agentconv.core.dataclass import dataclass
from agentconv.core.expressions import expression
from agentconv.yaml.errors import REMEDIES, Slip, YamlError, YamlLimitError

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text is no YAML, for people."""

    problem: str
    offset: int
    """Where it is, in characters."""
    remedy: str | None = None
    """What to type."""
    closing: tuple[int, str] | None = None
    """Of what is never closed: where it seems to end, and what closes it."""
    quoting: bool = True
    """Whether quotes around a value may be the way out."""
    key: str = ""
    """Of a key that is further in than it can be: which one."""


_LONGEST = 40
"""Characters of a word that is told."""
_LESS = "write less of it: nobody needs so much, and no more is read"
_MAX_OPEN = 100
"""How many brackets may be open for a person to have forgotten them: more are no slip, and nothing closes them."""
_CLOSING = {"[": "]", "{": "}"}
_WORDS = {"[": "a list that is never closed", "{": "a map that is never closed"}
_KEY = expression(
    r"""(?P<key>"[^"\n]*"|'[^'\n]*'|(?:[^\s"'\[\]{}#,&*!|>%@`?:-]|-[^\s:])(?:[^:\n]|:(?!\s))*+)[ \t]*:(?:[ \t]+|(?=\r?$))""", re.MULTILINE
)
_KEY_LINE = expression(r"""[ \t]*(?:-[ \t]+)*["']?[A-Za-z_][\w.-]*["']?[ \t]*:(?:[ \t]|\r?$)|[ \t]*-[ \t]""", re.MULTILINE)
_TIGHT = expression(r"(?P<key>[A-Za-z_][\w-]*):(?P<value>[^\s:/][^\r\n]*)")
_LOOSE = expression(r"(?P<key>[A-Za-z_][\w-]*)[ \t]*(?:[-=]>|[=;\uff1a\ufe55\ufe13\u2236]|(?=[ \t\r\n]|\Z))[ \t]*(?P<value>[^\r\n]*)")
_OTHER = "%?&*!|>[{\"'@`"
_COLON = expression(r":(?=[ \t\r]|\Z)")
_COMMENTED = expression(r"\s(?:#[^\n]*)?\Z")
_LEAD = expression(r"[ \t]*")
_ITEM = expression(r"-(?:[ \t]+|(?=\r?$))", re.MULTILINE)
_IN_BRACKETS = expression(r"""(?<=[\[{,:\s])(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|[\[\]{}]|(?<=\s)#[^\n]*|\n""", re.DOTALL)
_QUOTED = {'"': expression(r'"(?:[^"\\]|\\.)*"', re.DOTALL), "'": expression(r"'(?:[^']|'')*'", re.DOTALL)}
_ODD_ESCAPE = expression(r"""\\(?:\\|[0abt\tnvfre "/N_LPxuU\r\n]|(?P<odd>.))""")
_QUOTE_ALL = {
    "'": "write `''` for a quote in the text, or put all of it in double quotes",
    '"': 'write `\\"` for a quote in the text, and put all of it in double quotes',
}


def fault(text: str, error: YamlError) -> Fault:
    """Return what is wrong with a text that a library refused: what the person did, where that can be told, else what the library says."""
    said = Fault(error.problem, error.offset, REMEDIES.get(error.slip) if error.slip else None)
    if isinstance(error, YamlLimitError):
        return Fault(error.problem, error.offset, _LESS, quoting=False)
    if error.slip:
        return said
    found = next(_Lines(text).faults(), None)
    noticed = text.count("\n", 0, error.offset) + 1
    return found if found and text.count("\n", 0, found.offset) <= noticed else said


def unclosed(text: str) -> Iterator[Fault]:
    """Yield what is never closed in a text that a library refused, be it for something else: a repair of that may hide it."""
    return (found for found in _Lines(text).faults() if found.closing)


def indented(text: str) -> Iterator[Fault]:
    """Yield the keys that are further in than they can be in a text that a library refused, be it for something above them."""
    return (found for found in _Lines(text).faults() if found.key)


class _FoundError(Exception):
    def __init__(
        self, problem: str, offset: int, remedy: str, closing: tuple[int, str] | None = None, *, quoting: bool = False, key: str = ""
    ) -> None:
        super().__init__(problem)
        self.fault = Fault(problem, offset, remedy, closing, quoting, key)


@dataclass(slots=True)
class _Level:
    """A column in which keys or items begin."""

    column: int
    first: str
    """What begins there, as it is written."""


class _Lines:
    """Goes through the lines of a text, for those that a person has got wrong."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._levels: list[_Level] = []
        self._filled = False
        """Whether the last key, or item, has a text behind it, which may go on in lines that are further in."""

    def faults(self) -> Iterator[Fault]:
        """Yield what is wrong, at most once in a line; what comes behind the first may come of it."""
        at = 0
        while at < len(self._text):
            end = self._end(at)
            lead = _LEAD.match(self._text, at, end)
            start = lead.end() if lead else at
            if start < end and self._text[start] not in "#\r":
                try:
                    end = self._line(at, start)
                except _FoundError as error:
                    yield error.fault
            at = end + 1

    def _end(self, at: int) -> int:
        found = self._text.find("\n", at)
        return len(self._text) if found < 0 else found

    def _shown(self, at: int) -> str:
        return self._text[at : at + 40].partition("\n")[0].strip()

    def _line(self, at: int, start: int) -> int:
        """Look at the line from `at`, whose text begins at `start`, and return where that which it begins ends."""
        text, column = self._text, start - at
        if "\t" in text[at:start]:
            raise _FoundError("a tab as indentation", at, REMEDIES[Slip.TAB])
        further = bool(self._levels) and column > self._levels[-1].column
        item = _ITEM.match(text, start)
        key = _KEY.match(text, start)
        if self._filled and further:
            if key and not item:
                raise self._too_far(start, key["key"].strip())
            return self._end(start)
        if not item and not key:
            if text[start] in _OTHER or text.startswith(("---", "..."), start):
                return len(text)  # YAML that a person writes on purpose: what is wrong with it, the library says
            raise self._no_key(start)
        if item and self._filled and self._levels and self._levels[-1].column == column:
            raise self._no_item(start, item.end())
        self._enter(column, start)
        while item:
            start = item.end()
            key, item = _KEY.match(text, start), _ITEM.match(text, start)
            if key or item:
                self._levels.append(_Level(start - at, self._shown(start)))
        return self._value(key.end() if key else start, self._levels[-1].column)

    def _enter(self, column: int, start: int) -> None:
        """Go to the level of a column, which is a new one where it is further in than what is above."""
        left = None
        while self._levels and self._levels[-1].column > column:
            left = self._levels.pop()
        if self._levels and self._levels[-1].column == column:
            return
        if left is not None:
            raise _FoundError("a line that begins in another column than those above", start, f"indent it as `{left.first}` is")
        self._levels.append(_Level(column, self._shown(start)))

    def _too_far(self, start: int, key: str) -> _FoundError:
        above = self._levels[-1].first
        problem, remedy = f"`{key}` is further in than the line above, which has a value", f"begin it where `{above}` begins"
        return _FoundError(problem, start, remedy, key=key)

    def _no_item(self, start: int, text: int) -> _FoundError:
        whole = "write `" + self._shown(text) + "` without the dash"
        remedy = whole if _KEY.match(self._text, text) else "put it below a key that has no value yet"
        return _FoundError("a line with a dash below a key that has its value", start, remedy)

    def _no_key(self, start: int) -> _FoundError:
        tight = _TIGHT.match(self._text, start)
        if tight:
            return _FoundError(f"no blank behind `{tight['key']}:`", start, f"write `{tight['key']}: {tight['value'][:40].strip()}`")
        loose = _LOOSE.match(self._text, start)
        if loose and limits.meant(loose["key"]):
            remedy = f"write `{loose['key']}: {loose['value'][:40].strip()}`".replace(": `", ":`")
            return _FoundError(f"no colon behind `{loose['key']}`", start, remedy)
        remedy = "write a key and a colon before it, or indent it, if it goes on with the text above"
        return _FoundError("a line that is no `key: value`", start, remedy)

    def _value(self, start: int, column: int) -> int:
        """Look at a value, and return the end of its last line."""
        first = self._text[start : start + 1].strip()
        self._filled = bool(first) and first not in "#&!"
        if first in ("|", ">"):
            self._filled = False
            return self._block(start, column)
        if first in _QUOTED:
            return self._behind(self._quoted(start, column), first)
        if first in _CLOSING:
            return self._behind(self._brackets(start, column), _CLOSING[first])
        if first and first in "%@`":
            raise _FoundError(f"`{first}` where a value starts", start, REMEDIES[Slip.COLON], quoting=True)
        end = self._end(start)
        colon = _COLON.search(self._text, start, end) if self._filled else None
        if colon and " #" not in self._text[start : colon.start()]:
            raise _FoundError("an unquoted `: ` in a value", colon.start(), REMEDIES[Slip.COLON], quoting=True)
        return end

    def _block(self, start: int, column: int) -> int:
        """Return the end of a text that goes on as long as lines are further in."""
        end = self._end(start)
        while end < len(self._text):
            lead = _LEAD.match(self._text, end + 1)
            begun = lead.end() if lead else end + 1
            if self._text[begun : begun + 1].strip() and begun - end - 1 <= column:
                break
            end = self._end(begun)
        return end

    def _behind(self, end: int, mark: str) -> int:
        """Look at what stands behind a value that is closed."""
        last = self._end(end)
        rest = self._text[end:last].strip()
        if rest and rest[0] not in "#:":
            remedy = _QUOTE_ALL.get(mark, "put all of the value in double quotes")
            raise _FoundError(f"text behind the closing `{mark}`", end, remedy, quoting=True)
        return last

    def _ends(self, start: int, end: int, column: int) -> Iterator[int]:
        """Yield the ends of lines of a value behind which another key or item begins that is no further in."""
        at = self._text.find("\n", start, end)
        while at >= 0:
            lead = _LEAD.match(self._text, at + 1)
            if lead and len(lead[0]) <= column and _KEY_LINE.match(self._text, at + 1):
                yield at
            at = self._text.find("\n", at + 1, end)

    def _unclosed(self, start: int, end: int, problem: str, closing: str) -> _FoundError:
        while (line := _COMMENTED.search(self._text, max(start, self._text.rfind("\n", 0, end)), end)) is not None:
            end = line.start()  # nothing is closed in a comment
        end = start + len(self._text[start:end].rstrip())
        words = self._text[max(start, self._text.rfind("\n", 0, end) + 1) : end].split(",")
        last = next((word.strip() for word in reversed(words) if word.strip()), "")
        where = f"behind `{last}`" if len(last) <= _LONGEST else "where it ends"  # a part of a secret would not be known for one
        return _FoundError(problem, start, f"write `{closing}` {where}", (end, closing))

    def _quoted(self, start: int, column: int) -> int:
        quote = self._text[start]
        found = _QUOTED[quote].match(self._text, start)
        whole = found.end() if found else len(self._text)
        ends = self._ends(start, whole, column)
        end = next(ends, None)
        if end is not None or found is None:
            raise self._unclosed(start, whole if end is None else end, "a quoted text that is never closed", quote)
        odd = next((one for one in _ODD_ESCAPE.finditer(found[0]) if one["odd"]), None) if quote == '"' else None
        if odd:
            remedy = "write `\\\\` for a backslash, or put the text in single quotes"
            raise _FoundError(f"`{odd[0]}` is no escape", start + odd.start(), remedy, quoting=True)
        return whole

    def _brackets(self, start: int, column: int) -> int:
        """Return where the outermost bracket is closed."""
        stack: list[str] = []
        cut = next(self._ends(start, len(self._text), column), len(self._text))
        for token in _IN_BRACKETS.finditer(self._text, start, cut):
            mark = token[0]
            if mark in _CLOSING:
                stack.append(mark)
                if len(stack) > _MAX_OPEN:
                    raise _FoundError(f"brackets nested deeper than {_MAX_OPEN} levels", start, _LESS)
            elif mark in ("]", "}"):
                wanted = _CLOSING[stack.pop()]
                if mark != wanted:
                    raise _FoundError(f"`{mark}` where `{wanted}` would close what is open", token.start(), f"write `{wanted}` for it")
                if not stack:
                    return token.end()
        raise self._unclosed(start, cut, _WORDS[stack[0]], "".join(_CLOSING[mark] for mark in reversed(stack)))
