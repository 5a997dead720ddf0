r"""Plain values to YAML that every loader reads the same: strict YAML 1.1 and 1.2, written for people.

Plain scalars where no loader could take them for anything else, block literals for several lines, double quotes for
the rest; lists always in block form. A literal `---` never appears inside a value: Claude Code ends the header at the
first one anywhere, so it is written `\x2d--`, which Claude Code, Copilot and Codex's importer all read back as `---`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.core.ir import unescape_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json

_LETTER = r"[\u00a1-\u2027\u202a-\ud7ff]|[^\u0000-\uffff\U0001fffe-\U0010ffff]"
"""Compiled when it is needed: large sets take milliseconds."""
_PLAIN = expression(r"[A-Za-z_/(][A-Za-z0-9_/().,;+*=~@$%^<>|&!?'\"\\ -]*")
_TYPED = frozenset(("true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"))
_COLON_INSIDE = expression(r":(?=[^\s:,\[\]{}'\"])")
_UNSAFE = r"\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff"
_BLOCK = expression(rf"[^\s\x00-\x1f{_UNSAFE}][^\x00-\x09{_UNSAFE}]*")
_ESCAPE = expression('[\\x00-\\x1f\\x7f-\\xa0\\u2028\\u2029\\ufeff\\ufffe\\uffff\\ud800-\\udfff"\\\\]')
_DASHES = expression("-(?=--)")
_SHORT_TEXT = 40
_LONGEST_KEY = 500
"""A longer key is written behind `? `: some loaders look no further than 1,024 characters, or bytes, for the colon."""
_SPECIAL_FLOATS = {"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\", "\0": "\\0"}


def scalar(value: bool | float | str | None) -> str:
    """Write one scalar on one line."""
    if isinstance(value, str):
        return value if is_plain(value) else quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float(value)
    return str(value)


def _float(number: float) -> str:
    text = repr(number)
    return text if "e" not in text or "." in text.split("e")[0] else text.replace("e", ".0e")


def is_plain(text: str) -> bool:
    """Whether every loader reads the text back as this string without quotes."""
    return _is_plain_word(text) if len(text) < _SHORT_TEXT else _is_plain(text)


@lru_cache(maxsize=4096)
def _is_plain_word(text: str) -> bool:
    """Tell it of a key or a word once: the files of a set share them."""
    return _is_plain(text)


def _is_plain(text: str) -> bool:
    bare = _COLON_INSIDE.sub("", text) if ":" in text else text
    bare = bare if bare.isascii() else re.sub(_LETTER, "a", bare)
    if _PLAIN.fullmatch(bare) is None or text[-1] == " " or "---" in text:
        return False
    return len(text) > 5 or text.lower() not in _TYPED


def quoted(text: str) -> str:
    """Write a string in double quotes."""
    body = _ESCAPE.sub(_escape, text)
    return '"' + (_DASHES.sub(r"\\x2d", body) if "---" in body else body) + '"'


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char in _SHORT:
        return _SHORT[char]
    return f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{ord(char):04x}"


def block(text: str, indent: str) -> str | None:
    """Write a string of several lines as a literal block, or None where that would not be exact everywhere."""
    body = text.removesuffix("\n")
    if "\n" not in body or "---" in text or body.endswith(("\n", " ")) or not _BLOCK.fullmatch(body):
        return None
    lines = body.split("\n")
    if any(line.isspace() or line != line.rstrip(" ") for line in lines):
        return None
    header = "|" if text.endswith("\n") else "|-"
    return "\n".join([header, *(f"{indent}{line}" if line else "" for line in lines)])


def folded(text: str, indent: str) -> str | None:
    """Write a string as a folded block on one line, or None where that would not be exact everywhere."""
    if "\n" in text or "---" in text or text.endswith(" ") or not _BLOCK.fullmatch(text):
        return None
    return f">-\n{indent}{text}"


def _text(text: str, indent: str, *, fold: bool) -> str:
    if is_plain(text):
        return text
    return block(text, indent) or (fold and folded(text, indent)) or quoted(text)


def entry(key: str, value: Json, indent: str = "", *, fold: bool = False) -> str:
    """Write `key: value` with its final newline; lists and maps in block form below the key.

    With `fold`, a text of one line that is not plain is a folded block: loaders that know no quotes read it, too.
    """
    name = scalar(unescape_key(key))
    if len(name) > _LONGEST_KEY:
        name = f"? {name}\n{indent}"
    if isinstance(value, str):
        return f"{indent}{name}: {_text(value, indent + '  ', fold=fold)}\n"
    if isinstance(value, dict) and value and "$float" not in value:
        return f"{indent}{name}:\n{mapping(value, indent + '  ', fold=fold)}"
    if isinstance(value, list) and value:
        return f"{indent}{name}:\n{items(value, indent + '  ', fold=fold)}"
    return f"{indent}{name}: {inline(value)}\n"


def mapping(value: Mapping[str, Json], indent: str = "", *, fold: bool = False) -> str:
    """Write a map in block form."""
    return "".join([entry(key, child, indent, fold=fold) for key, child in value.items()])


def items(values: list[Json], indent: str = "", *, fold: bool = False) -> str:
    """Write a list in block form."""
    lines = []
    for value in values:
        if isinstance(value, dict) and value and "$float" not in value:
            lines.append(f"{indent}- {mapping(value, indent + '  ', fold=fold)[len(indent) + 2 :]}")
        elif isinstance(value, list) and value:
            lines.append(f"{indent}- {items(value, indent + '  ', fold=fold)[len(indent) + 2 :]}")
        elif isinstance(value, str):
            lines.append(f"{indent}- {_text(value, indent + '  ', fold=fold)}\n")
        else:
            lines.append(f"{indent}- {inline(value)}\n")
    return "".join(lines)


def inline(value: Json) -> str:
    """Write any value on one line."""
    if isinstance(value, dict):
        if "$float" in value:
            return _SPECIAL_FLOATS[str(value["$float"])]
        return "{" + ", ".join(f"{_flow_scalar(unescape_key(key))}: {_in_brackets(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_in_brackets, value)) + "]"
    return scalar(value)


def _in_brackets(value: Json) -> str:
    return inline(value) if isinstance(value, (dict, list)) else _flow_scalar(value)


def _flow_scalar(value: bool | float | str | None) -> str:
    text = scalar(value)
    return quoted(value) if isinstance(value, str) and text == value and re.search(r"[,?\[\]{}:]", value) else text
