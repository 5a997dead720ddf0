"""The types of plain scalars and tags in js-yaml 3, js-yaml 4 and yaml 2 (Bun's are in `yaml_scalars`)."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.core.ir import float_value
from agentconv.yaml.tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconv.core.ir import Json
    from agentconv.yaml.tree import Node

_CORE = "tag:yaml.org,2002:"
_NULLS = frozenset(("~", "null", "Null", "NULL"))
_BOOLS = {**dict.fromkeys(("true", "True", "TRUE"), True), **dict.fromkeys(("false", "False", "FALSE"), False)}
_WORDS: dict[str, Json] = {"": None, **dict.fromkeys(_NULLS), **_BOOLS}
NUMERIC = frozenset("+-.0123456789")
"""How plain scalars begin that may be numbers or dates: all others have a type where they are one of a few words."""
_SPECIAL_FLOAT = r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
_INTEGER_4 = expression(r"[-+]?(?:0b[01_]*[01]|0x[0-9a-fA-F_]*[0-9a-fA-F]|0o[0-7_]*[0-7]|0[0-9](?:[0-9_]*[0-9])?|[1-9](?:[0-9_]*[0-9])?|0)")
_FLOAT_4 = expression(
    r"(?:[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9_]+(?:[eE][-+]?[0-9]+)?|" + _SPECIAL_FLOAT + r")(?<!_)"
)
_INTEGER_3 = expression(
    r"[-+]?(?:0b[01_]*[01]|0x[0-9a-fA-F_]*[0-9a-fA-F]|0[0-7_]*[0-7]|[1-9](?:[0-9_]*[0-9])?|[1-9][0-9_]*(?::[0-5]?[0-9])+|0)"
)
_FLOAT_3 = expression(
    r"(?:[-+]?(?:0|[1-9][0-9_]*)(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9_]+(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|" + _SPECIAL_FLOAT + r")(?<!_)"
)
_DATE = expression(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIMESTAMP = expression(
    r"([0-9]{4})-([0-9][0-9]?)-([0-9][0-9]?)(?:[Tt]|[ \t]+)([0-9][0-9]?):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?"
    r"(?:[ \t]*(Z|([-+])([0-9][0-9]?)(?::([0-9]{2}))?))?"
)
_BASE64 = expression(r"[A-Za-z0-9+/=\r\n]*")
_FLOAT_BITS = 1024
_LONG = 300
"""Longer numbers are read as JavaScript keeps them: as floats."""
Typing = dict[str, "Callable[[str], Json]"]


class _NoMatch(ValueError):
    """The text is not of the type."""


def _null(text: str) -> Json:
    if text not in _NULLS:
        raise _NoMatch
    return None


def _boolean(text: str) -> Json:
    if text not in _BOOLS:
        raise _NoMatch
    return _BOOLS[text]


def _integer(pattern: re.Pattern[str]) -> Callable[[str], Json]:
    def integer(text: str) -> Json:
        if not pattern.fullmatch(text):
            raise _NoMatch
        digits = text.replace("_", "").lstrip("+-")
        sign = -1 if text[0] == "-" else 1
        if ":" in digits:
            return float_value(sign * _sexagesimal(digits, float)) if len(digits) > _LONG else sign * _sexagesimal(digits, int)
        base = {"0b": 2, "0x": 16, "0o": 8}.get(digits[:2])
        if base:
            return _finite(sign * int(digits[2:], base))
        octal = pattern is _INTEGER_3 and digits[0] == "0"
        return sign * int(digits, 8 if octal else 10) if len(digits) <= _LONG else float_value(sign * float(digits))

    return integer


def _finite(number: int) -> Json:
    """Return a whole number unless it is too large for a float, as it is in JavaScript."""
    return number if number.bit_length() < _FLOAT_BITS else float_value(math.inf if number > 0 else -math.inf)


def _sexagesimal(text: str, number: Callable[[str], float]) -> float:
    total: float = 0
    for part in text.split(":"):
        total = total * 60 + number(part)
    return total


def _float(pattern: re.Pattern[str]) -> Callable[[str], Json]:
    def number(text: str) -> Json:
        if not pattern.fullmatch(text):
            raise _NoMatch
        digits = text.replace("_", "").lower().lstrip("+-")
        sign = -1 if text[0] == "-" else 1
        if digits in (".inf", ".nan"):
            return float_value(sign * float(digits[1:]))
        if ":" in digits:
            return float_value(sign * _sexagesimal(digits, float))
        try:
            return float_value(sign * float(digits))
        except ValueError:  # `._e1`
            return float_value(float("nan"))

    return number


def _timestamp(text: str) -> Json:
    """Read a date as JavaScript's `Date.UTC` takes its parts: too many days run on, and years below 100 are of the 20th century."""
    match = _DATE.fullmatch(text) or _TIMESTAMP.fullmatch(text)
    if match is None:
        raise _NoMatch
    from datetime import UTC, datetime, timedelta

    groups = (*match.groups(), *[None] * 8)[:11]
    year, month, day, hour, minute, second = (int(part or 0) for part in groups[:6])
    year += 1900 if year < 100 else 0
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    milliseconds = int(((groups[6] or "") + "000")[:3])
    offset = 0
    if groups[8]:
        offset = int(groups[9] or 0) * 60 + int(groups[10] or 0)
        offset = -offset if groups[8] == "-" else offset
    try:
        moment = datetime(year, month, 1, tzinfo=UTC) + timedelta(
            days=day - 1, hours=hour, minutes=minute - offset, seconds=second, milliseconds=milliseconds
        )
    except (ValueError, OverflowError):  # beyond the year 9999
        return {"$datetime": text}
    return {"$datetime": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")}


def _binary(text: str) -> Json:
    """Read base64 as the map from index to byte that JavaScript's byte array is."""
    import base64

    digits = re.sub(r"[\r\n]", "", text)
    if not _BASE64.fullmatch(text) or len(digits) % 4:
        raise _NoMatch
    digits = digits.replace("=", "")
    data = base64.b64decode(digits + "=" * (-len(digits) % 4)) if len(digits) % 4 != 1 else base64.b64decode(digits[:-1])
    return {str(index): byte for index, byte in enumerate(data)}


def _merge(text: str) -> Json:
    if text != "<<":
        raise _NoMatch
    return text


JS_YAML_4: Typing = {
    "null": _null,
    "bool": _boolean,
    "int": _integer(_INTEGER_4),
    "float": _float(_FLOAT_4),
    "timestamp": _timestamp,
    "str": str,
    "binary": _binary,
    "merge": _merge,
}
JS_YAML_3: Typing = {**JS_YAML_4, "int": _integer(_INTEGER_3), "float": _float(_FLOAT_3)}
_IMPLICIT = ("int", "float", "timestamp")
"""The types that a plain scalar may have besides those of its words, in the order in which they are tried."""


def plain(types: Typing) -> Callable[[str], Json]:
    """Return the function that types a plain scalar."""

    def resolve(text: str) -> Json:
        if text[:1] not in NUMERIC:
            return _WORDS.get(text, text)
        for name in _IMPLICIT:
            try:
                return types[name](text)
            except _NoMatch:
                continue
        return text

    return resolve


def tagged(types: Typing) -> Callable[[str, str, str], Json]:
    """Return the function that types a scalar with a tag that was found to fit."""

    def resolve(text: str, tag: str, _style: str) -> Json:
        return text if tag == "!" else types[tag.removeprefix(_CORE)](text)

    return resolve


_OF_NOTHING: dict[str, Json] = {"null": None, "str": "", "seq": [], "map": {}, "merge": None, "omap": [], "pairs": [], "set": {}}


def retag(types: Typing) -> Callable[[str, Node | None], Node | None]:
    """Return the function that gives a node its tag; None when the tag is unknown or does not fit."""

    def give(tag: str, node: Node | None) -> Node | None:
        name = tag.removeprefix(_CORE) if tag.startswith(_CORE) else ""
        if node is None:
            return _nothing(name)
        if isinstance(node, Scalar):
            try:
                types[name](node.text)
            except (KeyError, _NoMatch):
                return None
            node.tag = tag
            return node
        if isinstance(node, Mapping):
            return node if name == "map" or (name == "set" and all(_is_null(child) for _, child in node.pairs)) else None
        return _list(name, node)

    return give


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.style and (not node.text or node.text in _NULLS) and node.tag in (None, f"{_CORE}null")


def _nothing(name: str) -> Node | None:
    if name not in _OF_NOTHING:
        return None
    value = _OF_NOTHING[name]
    if isinstance(value, list):
        return Sequence([], True, 0, 0)
    if isinstance(value, dict):
        return Mapping([], True, 0, 0)
    return Scalar("", "" if value is None else '"', None, 0, 0)


def _list(name: str, node: Sequence) -> Node | None:
    """Give a list the tag `seq`, `omap` or `pairs`; the last two hold maps of one key each."""
    if name == "seq":
        return node
    if name not in ("omap", "pairs") or not all(isinstance(item, Mapping) and len(item.pairs) == 1 for item in node.items):
        return None
    pairs = [item.pairs[0] for item in node.items if isinstance(item, Mapping)]
    if name == "omap":
        keys = [key.text if isinstance(key, Scalar) else id(key) for key, _ in pairs]
        return node if len(set(keys)) == len(keys) else None
    return Sequence([Sequence([key, child], True, key.start, child.end) for key, child in pairs], node.flow, node.start, node.end)


_CORE_NUMBER = expression(
    r"(?P<int>[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]+|[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)|[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)"
)


def core(text: str) -> Json:
    """Give a plain scalar its type as the package `yaml` does: YAML 1.2's core schema to the letter."""
    if text[:1] not in NUMERIC:
        return _WORDS.get(text, text)
    match = _CORE_NUMBER.fullmatch(text)
    if match is None:
        return text
    if match.lastgroup == "float":
        return float_value(float(re.sub(r"\.(?=[inIN])", "", text)))
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    if base != 10:
        return _finite(int(text[2:], base))
    return int(text) if len(text) <= _LONG else float_value(float(text))


def core_tagged(text: str, tag: str, _style: str) -> Json:
    """Give a scalar the type that its tag names, when it fits; else it is text."""
    name = tag.removeprefix(_CORE)
    if name == "timestamp":
        return _timestamp(text)
    if name == "binary":
        return _binary(text)
    found = core(text)
    kinds = {"null": found is None, "bool": isinstance(found, bool), "int": isinstance(found, int) and not isinstance(found, bool)}
    kinds["float"] = isinstance(found, (float, dict))
    return found if tag != name and kinds.get(name) else text


def core_retag(tag: str, node: Node | None) -> Node | None:
    """Give a node its tag; the package `yaml` refuses only dates and base64 that are none."""
    node = node or Scalar("", "", None, 0, 0)
    if isinstance(node, Scalar):
        node.tag = tag
        try:
            core_tagged(node.text, tag, node.style)
        except _NoMatch:
            return None
    return node
