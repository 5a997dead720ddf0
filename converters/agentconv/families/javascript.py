"""Values as JavaScript takes them: blanks, booleans and numbers in the many ways that its clients read."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.families.keys import Ignored
from agentconv.yaml.scalars import js_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json

SPACE = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
r"""What JavaScript's `\s` matches and `trim` removes (Python's sets differ)."""
_LEADING_DIGITS = expression(rf"[{SPACE}]*([+-]?[0-9]{{1,300}})")
_EXPONENT = expression(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]+")
_GROUPED = expression("[+-]?[0-9]{1,3}([_,\u00a0\u202f ])[0-9]{3}(?:\\1[0-9]{3})*")


def length(text: str) -> int:
    """Return a text's length as JavaScript counts it, in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def without_crlf(text: str) -> str:
    """Return text that a client which turns CRLF into LF leaves as it is: CR CR LF would become CRLF."""
    return re.sub(r"\r+\n", "\n", text)


def line_feeds(text: str) -> str:
    """Return a text with each line end as a line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def boolean(value: Json) -> bool:
    """Read true or false, also as text.

    Raises:
        Ignored: It is neither.
    """
    if value is True or value == "true":
        return True
    if value is False or value == "false":
        return False
    raise Ignored("it is true or false")


_NUMBER = expression(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_BASES = {"0x": 16, "0o": 8, "0b": 2}


def number(text: str) -> int | float | None:
    """Return the finite number that a whole text spells, as `Number` does; None when it spells none."""
    bare = text.strip(SPACE)
    base = _BASES.get(bare[:2].lower())
    if base:
        digits = bare[2:]
        return int(digits, base) if digits.isalnum() and digits.isascii() and _is_in_base(digits, base) else None
    if not bare:
        return 0
    if len(bare) > _LONGEST_NUMBER or not _NUMBER.fullmatch(bare):
        return None
    found = float(bare)
    if not math.isfinite(found):
        return None
    return int(found) if found.is_integer() and abs(found) <= _SAFE_INTEGER else found


_LONGEST_NUMBER = 400
_SAFE_INTEGER = 2**53


def _is_in_base(digits: str, base: int) -> bool:
    return all(char in "0123456789abcdef"[:base] for char in digits.lower())


def leading_integer(text: str) -> int | None:
    """Return the whole number that a text starts with, as `parseInt` does."""
    digits = _LEADING_DIGITS.match(text)
    return int(digits[1]) if digits else None


def count(value: Json) -> int:
    """Read a positive whole number: digits at the start of a text count, `1e3` and `1,000` are read whole.

    Raises:
        Ignored: It is none.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value)
    else:
        text = js_text(value).strip(SPACE) if value is not None else ""
        if len(text) <= 32 and _GROUPED.fullmatch(text):
            text = re.sub("[_,\u00a0\u202f ]", "", text)
        exponent = len(text) <= 32 and _EXPONENT.fullmatch(text)
        number = float(text) if exponent else float(leading_integer(text) or 0)
    if number <= 0 or not number.is_integer():
        raise Ignored("it is a positive whole number")
    return int(number)


_INDEX = expression(r"0|[1-9][0-9]{0,9}")


def in_order(entries: Mapping[str, Json]) -> dict[str, Json]:
    """Return a map in the order that JavaScript gives its keys: whole numbers first, in their order."""
    numbers = sorted((key for key in entries if key[:1].isdigit() and _is_index(key)), key=int)
    if not numbers:
        return dict(entries)
    return {**{key: entries[key] for key in numbers}, **entries}


def _is_index(key: str) -> bool:
    return _INDEX.fullmatch(key) is not None and int(key) < 2**32 - 1
