"""Shapes of values that clients check in several places: text, texts, maps of text, addresses."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentconv.core.ir import Json

_LARGEST = 2**53 - 1


def is_text(value: Json) -> bool:
    """Whether it is text."""
    return isinstance(value, str)


def is_filled(value: Json) -> bool:
    """Whether it is text that is not empty."""
    return isinstance(value, str) and value != ""


def is_bool(value: Json) -> bool:
    """Whether it is true or false."""
    return isinstance(value, bool)


def is_seconds(value: Json) -> bool:
    """Whether it is a positive number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < math.inf


def is_count(value: Json) -> bool:
    """Whether it is a positive whole number that JavaScript holds exactly."""
    return is_seconds(value) and float(value).is_integer() and value <= _LARGEST  # type: ignore[arg-type, operator]


_MOST = 10**300


def whole(value: Json) -> int | None:
    """Return a positive whole number that JavaScript can count to; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= _MOST:
        return None
    return int(value) if isinstance(value, int) or value.is_integer() else None


def is_texts(value: Json) -> bool:
    """Whether it is a list of text."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def is_text_map(value: Json) -> bool:
    """Whether it is a map to text."""
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def is_url(value: Json) -> bool:
    """Whether JavaScript's URL takes it."""
    match = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]*):(.*)", value, re.DOTALL) if isinstance(value, str) else None
    if match is None:
        return False
    if match[1].lower() not in ("http", "https", "ws", "wss", "ftp"):
        return True
    host = re.split(r"[/\\?#]", re.sub(r"[\t\r\n]", "", match[2].strip()).lstrip("/\\"), maxsplit=1)[0].rpartition("@")[2]
    return re.fullmatch(r"\[[0-9A-Fa-f:.]+\](:\d*)?|[^\x00-\x20<>^|\[\]:\x7f]+(:\d*)?", host) is not None
