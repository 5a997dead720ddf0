r"""Plain values to YAML that every loader reads the same: strict YAML 1.1 and 1.2, written for people.

Plain scalars where no loader could take them for anything else, block literals for several lines, double quotes for
the rest. A literal `---` never appears inside a value: Claude Code ends the header at the first one anywhere, so it is
written `\x2d--`, which Claude Code, Copilot and Codex's importer all read back as `---`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.ir import unescape_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.ir import Json

_LETTERS = r"\u00a1-\u2027\u202a-\ud7ff\U00010000-\U0001fffd"
_PLAIN = re.compile(rf"[A-Za-z_/({_LETTERS}][A-Za-z0-9_/().,;+*=~@$%^<>|&!?'\"\\ {_LETTERS}-]*")
_NOT_PLAIN = re.compile(r"---| $|^(?:true|false|yes|no|on|off|y|n|null|nan|inf)$", re.IGNORECASE)
_COLON_INSIDE = re.compile(r":(?=[^\s:,\[\]{}'\"])")
_UNSAFE = r"\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff"
_BLOCK = re.compile(rf"[^\s\x00-\x1f{_UNSAFE}][^\x00-\x09{_UNSAFE}]*")
_ESCAPE = re.compile('[\\x00-\\x1f\\x7f-\\xa0\\u2028\\u2029\\ufeff\\ufffe\\uffff\\ud800-\\udfff"\\\\]')
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
    bare = _COLON_INSIDE.sub("", text) if ":" in text else text
    return _PLAIN.fullmatch(bare) is not None and _NOT_PLAIN.search(text) is None and " #" not in text


def quoted(text: str) -> str:
    """Write a string in double quotes."""
    body = _ESCAPE.sub(_escape, text)
    return '"' + body.replace("---", "\\x2d--") + '"'


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


def entry(key: str, value: Json, indent: str = "") -> str:
    """Write `key: value` with its final newline; lists and maps in block form below the key."""
    name = scalar(unescape_key(key))
    if isinstance(value, str):
        return f"{indent}{name}: {block(value, indent + '  ') or scalar(value)}\n"
    if isinstance(value, dict) and value and "$float" not in value:
        return f"{indent}{name}:\n{mapping(value, indent + '  ')}"
    if isinstance(value, list) and value:
        return f"{indent}{name}:\n{items(value, indent + '  ')}"
    return f"{indent}{name}: {inline(value)}\n"


def mapping(value: Mapping[str, Json], indent: str = "") -> str:
    """Write a map in block form."""
    return "".join(entry(key, child, indent) for key, child in value.items())


def items(values: list[Json], indent: str = "") -> str:
    """Write a list in block form."""
    lines = []
    for value in values:
        if isinstance(value, dict) and value and "$float" not in value:
            lines.append(f"{indent}- {mapping(value, indent + '  ')[len(indent) + 2 :]}")
        elif isinstance(value, list) and value:
            lines.append(f"{indent}- {items(value, indent + '  ')[len(indent) + 2 :]}")
        elif isinstance(value, str):
            lines.append(f"{indent}- {block(value, indent + '  ') or scalar(value)}\n")
        else:
            lines.append(f"{indent}- {inline(value)}\n")
    return "".join(lines)


def inline(value: Json) -> str:
    """Write any value on one line."""
    if isinstance(value, dict):
        if "$float" in value:
            return _SPECIAL_FLOATS[str(value["$float"])]
        return "{" + ", ".join(f"{_flow_scalar(unescape_key(key))}: {inline(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(item) if isinstance(item, (dict, list)) else _flow_scalar(item) for item in value) + "]"
    return scalar(value)


def _flow_scalar(value: bool | float | str | None) -> str:
    text = scalar(value)
    return quoted(value) if isinstance(value, str) and text == value and re.search(r"[,?\[\]{}:]", value) else text
