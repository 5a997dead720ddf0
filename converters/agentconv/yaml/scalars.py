"""The type of a plain scalar, and values as JavaScript makes them strings.

Typing is YAML 1.2's core schema as Bun has it: numbers may have a sign before `0x` and `0o`, `012` is 12, hexadecimal and
octal numbers beyond 64 bits are strings, and so are `yes`, `0b11`, `1_000`, `1:30` and dates. A tag never changes a type:
`!!int`, `!!float`, `!!bool` and `!!null` keep their own kind and make the rest strings, as any other tag does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.core.ir import float_value

if TYPE_CHECKING:
    import re

    from agentconv.core.ir import Json

_NUMBER = expression(
    r"(?P<hex>[-+]?0x[0-9a-fA-F]+)|(?P<oct>[-+]?0o[0-7]+)|(?P<int>[-+]?[0-9]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<inf>[-+]?\.(?:inf|Inf|INF))|(?P<nan>\.(?:nan|NaN|NAN))"
)
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_MAYBE_NUMBER = frozenset("+-.0123456789")
_CORE = "tag:yaml.org,2002:"
_SAFE_INTEGER = 2**53


def resolve(text: str) -> Json:
    """Give a plain scalar its YAML 1.2 core type."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _MAYBE_NUMBER:
        return text
    match = _NUMBER.fullmatch(text)
    return text if match is None else _number(match)


def resolve_tagged(text: str, tag: str) -> Json:
    """Give a plain scalar with a tag its type."""
    name = tag.removeprefix(_CORE).removeprefix("!")  # `!int` is `!!int` to Bun
    if not text:
        return "" if name in ("", "str") else None
    found = resolve(text)
    if name == "null" and found is None:
        return None
    if name == "bool" and isinstance(found, bool):
        return found
    number = isinstance(found, (int, float, dict)) and not isinstance(found, bool)
    return found if number and name in ("int", "float") else text


def _number(match: re.Match[str]) -> Json:
    text = match[0]
    kind = match.lastgroup
    if kind == "int":
        return int(text) if len(text) <= 300 else float_value(float(text))
    if kind == "float":
        return float_value(float(text))
    if kind in ("nan", "inf"):
        return float_value(float(text.replace(".", "")))
    digits = text.lstrip("+-")[2:]
    number = int(digits, 16 if kind == "hex" else 8)
    if number >= 2**64:
        return text
    return -number if text[0] == "-" else number


def js_text(value: Json) -> str:
    """Return a value as JavaScript's String() makes it a string."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) <= _SAFE_INTEGER:
        return str(value)
    if isinstance(value, (int, float)):
        return _float_text(float(value))
    if isinstance(value, list):
        return ",".join("" if item is None else js_text(item) for item in value)
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(str(value.get("$float")), "[object Object]")


def _float_text(number: float) -> str:
    if number == 0:
        return "0"
    if 1e-6 <= abs(number) < 1e21:
        from decimal import Decimal

        return format(Decimal(repr(number)), "f").removesuffix(".0")
    mantissa, _, exponent = repr(number).partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent):+d}"
