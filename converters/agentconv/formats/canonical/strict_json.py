"""JSON as we read our own documents: strictly, with the place of every mistake."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKEN = expression(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


class TextError(Exception):
    """The text breaks its grammar; `offset` is where, in characters."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset


def loads(text: str) -> Any:
    """Read one JSON document.

    Raises:
        TextError: It is no JSON, repeats a key, holds NaN or a lone surrogate, or nests too deep.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise TextError(f"not JSON: {error.msg[0].lower()}{error.msg[1:]}", error.pos) from None
    except RecursionError:
        raise TextError("not read: nested too deep") from None
    except _ConstantError as error:
        raise TextError(f"`{error}` is no JSON value", max(text.find(str(error)), 0)) from None
    except _RepeatedError as error:
        raise TextError(f"the key `{error}` is given twice", _repeated(text)) from None
    except ValueError:
        raise TextError("not read: a number of too many digits") from None


class _ConstantError(Exception):
    pass


class _RepeatedError(Exception):
    pass


def _no_constant(word: str) -> Any:
    raise _ConstantError(word)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _RepeatedError(key)
            seen.add(key)
    return found


def _repeated(text: str) -> int:
    """Return the offset of the first key that its map has already, in text that is JSON as far as that."""
    levels: list[set[str] | None] = []
    before, found = "", 0
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word in "[{":
            levels.append(set() if word == "{" else None)
        elif word in "]}":
            levels.pop()
        elif word[0] == '"' and levels and (keys := levels[-1]) is not None and before in "{,":
            found = token.start()
            if (key := json.loads(word)) in keys:
                break
            keys.add(key)
        before = word
    return found


def lone_surrogate(text: str) -> int | None:
    """Return the offset of an escape that stands for half a character, or None. Cheap when there is none."""
    if "\\u" not in text:
        return None
    for match in re.finditer(r"(?<!\\)(?:\\\\)*\\u[dD]([89a-fA-F])[0-9a-fA-F]{2}", text):
        low = match[1] in "cdefCDEF"
        before = text[max(match.start() - 6, 0) : match.start()]
        after = text[match.end() : match.end() + 6]
        if low and not re.fullmatch(r"\\u[dD][89abAB][0-9a-fA-F]{2}", before):
            return match.start()
        if not low and not re.fullmatch(r"\\u[dD][c-fC-F][0-9a-fA-F]{2}", after):
            return match.start()
    return None


def locate(text: str, path: Sequence[str | int]) -> int:
    """Return the offset of the value at a path of keys and indices in valid JSON text, as near as it exists."""
    tokens = _TOKEN.finditer(text)
    position = 0
    for step in path:
        opening = next(tokens, None)
        if opening is None or opening[0] not in "[{":
            return position
        offset = _enter(tokens, step, opening[0] == "{")
        if offset is None:
            return opening.start()
        position = offset
        text_rest = _TOKEN.finditer(text, position)
        tokens = text_rest
    return position


def _enter(tokens: Any, step: str | int, is_map: bool) -> int | None:
    """Move to the member of an open collection and return its value's offset."""
    depth, index, key, expect_key = 0, 0, None, is_map
    for token in tokens:
        word = token[0]
        if depth == 0 and not expect_key and word not in ",]}:" and (key if is_map else index) == step:
            return int(token.start())
        if word in "[{":
            depth += 1
        elif word in "]}":
            depth -= 1
            if depth < 0:
                return None
        elif depth == 0:
            if word == ",":
                index, expect_key = index + 1, is_map
            elif word == ":":
                expect_key = False
            elif expect_key:
                key = json.loads(word)
    return None


def dumps(value: Any) -> str:
    """Write a document: two-space indent, every character as itself, final newline."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
