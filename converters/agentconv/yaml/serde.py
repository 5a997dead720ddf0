"""The types of plain scalars and tags as serde_yaml 0.9 gives them (GitHub Copilot), where values must be JSON's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.yaml.errors import YamlError
from agentconv.yaml.types import NUMERIC

if TYPE_CHECKING:
    from agentconv.core.ir import Json

CORE = "tag:yaml.org,2002:"
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = expression(r"[-+]?(?:0x(?P<hex>[0-9a-fA-F]+)|0o(?P<oct>[0-7]+)|0b(?P<bin>[01]+)|(?P<dec>[0-9]+))")
_ZEROS = expression(r"[-+]?0[0-9]+")
_FLOAT = expression(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = expression(r"[-+]?\.(?:inf|Inf|INF)|\+?\.(?:nan|NaN|NAN)")
_BASES = {"hex": 16, "oct": 8, "bin": 2, "dec": 10}
TYPES = {f"{CORE}int": (int,), f"{CORE}float": (float, int), f"{CORE}bool": (bool,), f"{CORE}null": (type(None),)}
_LARGEST, _LARGEST_READ = 2**64, 2**128


def plain(text: str) -> Json:
    """Give a plain scalar its type; a leading zero makes digits text.

    Raises:
        YamlError: An integer that no JSON value holds.
    """
    if text[:1] not in NUMERIC:
        return _WORDS.get(text, text)
    match = None if _ZEROS.fullmatch(text) else _INTEGER.fullmatch(text)
    kind = match.lastgroup if match else None
    if match and kind and len(match[kind]) <= 130:
        number = int(match[kind], _BASES[kind]) * (-1 if text[0] == "-" else 1)
        if -_LARGEST // 2 <= number < _LARGEST:
            return number
        if -_LARGEST_READ // 2 <= number < _LARGEST_READ:
            raise YamlError("an integer beyond 64 bits", 0)
    if _NOT_FINITE.fullmatch(text):
        return None
    if _ZEROS.fullmatch(text) or not _FLOAT.fullmatch(text):
        return text
    number_read = float(text)
    return number_read if abs(number_read) != float("inf") else text


def tagged(text: str, tag: str, style: str) -> Json:
    """Give a scalar with a tag its type: YAML's own tags make it theirs or text, any other is passed over."""
    return plain(text) if tag in TYPES or (tag.startswith("!") and not style) else text
