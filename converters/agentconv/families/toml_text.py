"""Plain values to TOML for people: prompts as multi-line strings, tables for maps. Exact for every value that TOML has.

Emitted directly because it is on the way of every agent; each file is read back before it counts.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.core.ir import unescape_key

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from agentconv.core.ir import Json

_BARE_KEY = expression(r"[A-Za-z0-9_-]+")
_CONTROLS = tuple(char for char in map(chr, (*range(0x20), 0x7F)) if char not in "\t\n")
_ESCAPE = expression(r'[\x00-\x1f\x7f"\\]')
_ESCAPE_LINES = expression(r'[\x00-\x08\x0b-\x1f\x7f\\]|"(?="")|"\Z')
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f"}


def _escaped(match: re.Match[str]) -> str:
    return _SHORT.get(match[0]) or f"\\u{ord(match[0]):04x}"


def string(text: str, *, lines: bool = False) -> str:
    """Write a string; with `lines`, over several lines where it has them (literal where that is exact)."""
    if not lines or "\n" not in text:
        return f'"{_ESCAPE.sub(_escaped, text)}"'
    if _is_literal(text):
        return f"'''\n{text}'''"
    return f'"""\n{_ESCAPE_LINES.sub(_escaped, text)}"""'


def _is_literal(text: str) -> bool:
    """Whether a literal string over several lines holds the text exactly."""
    if "'''" in text or text.endswith("'"):
        return False
    for char in _CONTROLS:  # noqa: SIM110 - `all` takes twice as long
        if char in text:
            return False
    return True


@lru_cache(1000)
def key(name: str) -> str:
    """Write a key, quoted where it must be."""
    name = unescape_key(name)
    return name if _BARE_KEY.fullmatch(name) else string(name)


def inline(value: Json) -> str:
    """Write a value on one line (long strings apart).

    Raises:
        ValueError: TOML has no null.
    """
    if isinstance(value, str):
        return string(value, lines=True)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        raise ValueError("TOML has no null")
    if isinstance(value, list):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    if isinstance(value, dict):
        return _map(value)
    return repr(value)


def _map(value: dict[str, Json]) -> str:
    if len(value) == 1:
        ((name, item),) = value.items()
        if name in ("$float", "$datetime"):
            return str(item)
    body = ", ".join(f"{key(name)} = {inline(item)}" for name, item in value.items())
    return "{ " + body + " }" if body else "{}"


def document(values: Mapping[str, Json]) -> str:
    """Write a whole document: plain values first, then a table for each map."""
    plain = [f"{key(name)} = {inline(value)}\n" for name, value in values.items() if not _is_table(value)]
    tables = [_table([name], value) for name, value in values.items() if isinstance(value, dict) and _is_table(value)]
    return "".join([*plain, *tables])


def _is_table(value: Json) -> bool:
    return isinstance(value, dict) and not (len(value) == 1 and next(iter(value)) in ("$float", "$datetime"))


def _table(path: list[str], value: dict[str, Json]) -> str:
    own = {name: item for name, item in value.items() if not _is_table(item)}
    inner = [_table([*path, name], item) for name, item in value.items() if isinstance(item, dict) and _is_table(item)]
    body = "".join(f"{key(name)} = {inline(item)}\n" for name, item in own.items())
    header = f"\n[{'.'.join(map(key, path))}]\n" if own or not inner else ""
    return header + body + "".join(inner)
