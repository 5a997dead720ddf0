"""Maps that stand for what JSON or TOML cannot hold: whether those in a bundle are of a form that we write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBERS = ("nan", "inf", "-inf")
_MOMENT = expression(r"\d+[-:][\d:.TtZz +-]+")
_WANTED = {
    "$null": 'in JSON it is `null`, in TOML `{"$null" = true}`',
    "$float": f"wants one of {', '.join(_NUMBERS)}",
    "$datetime": "wants a date, a time, or both",
    "$key": "wants pairs of keys and values, where a key is no text",
}


def mistakes(document: Any) -> Iterator[tuple[list[str | int], str]]:
    """Yield where a map has a key of ours and is not what that stands for, and what it wants.

    Args:
        document: A bundle, parsed, in which what only TOML cannot hold has been turned back.
    """
    pending: list[tuple[list[str | int], Any]] = [([], document)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            wrong = next((key for key in _WANTED if key in value and not _stands(key, value)), None)
            if wrong is not None:
                yield [*path, wrong], f"{_WANTED[wrong]}; a key of your own that starts with `$` gets one more `$`"
                continue
            pending += [([*path, key], item) for key, item in value.items() if isinstance(item, (dict, list))]
        elif isinstance(value, list):
            pending += [([*path, index], item) for index, item in enumerate(value) if isinstance(item, (dict, list))]


def _stands(key: str, value: dict[str, Any]) -> bool:
    found = value[key]
    if len(value) > 1 or key == "$null":
        return False
    if key == "$float":
        return found in _NUMBERS
    if key == "$datetime":
        return isinstance(found, str) and _MOMENT.fullmatch(found) is not None
    pairs = isinstance(found, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in found)
    return pairs and not all(isinstance(pair[0], str) for pair in found)
