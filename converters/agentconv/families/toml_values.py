"""TOML as clients read it: plain values, or why a text holds none that can be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Cause, Complaint
from agentconv.core.expressions import expression
from agentconv.core.ir import escape_key, float_value

if TYPE_CHECKING:
    import tomli

    from agentconv.core.ir import Json

MAX_NESTING = 200
"""Brackets that may be open at once; the parser recurses on them."""


STRINGS = expression(
    r"(?P<lines>\"{3}(?:[^\"\\]|\\.|\"{1,2}(?!\"))*\"{3,5}|'{3}(?:[^']|'{1,2}(?!'))*'{3,5})"
    r"|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|#[^\n]*",
    re.DOTALL,
)
_CARRIAGE_RETURN = "\U0010ff0d"


_NEST = expression(r"[\[{\]}]")


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a text is no TOML that can be read, and where."""

    complaint: Complaint
    at: int = 0
    deep: bool = False
    """Whether it is nested too deep to be given to a parser."""


def parsed(text: str) -> dict[str, Json] | Broken:
    """Return what a text without a byte order mark holds, or why it is not TOML."""
    import tomli

    too_deep = _too_deep(text)
    if too_deep is not None:
        return Broken(Complaint(f"nested deeper than {MAX_NESTING} levels"), too_deep, deep=True)
    try:
        return _loads(text)
    except tomli.TOMLDecodeError as error:
        return _broken(text, error)
    except (RecursionError, ValueError) as error:
        return Broken(Complaint(f"not TOML that can be read: {str(error) or 'nested too deep'}", cause=Cause.SYNTAX))


_WANTED = {"[": "]", "{": "}"}
_SAID = {
    "Invalid value": ("a value that is no text in quotes, number, list or table", "put it in double quotes"),
    "Expected '=' after a key in a key/value pair": ("a line that is no `key = value`", "write `key = value`, or a `#` before it"),
    "Cannot overwrite a value": ("a key that is given twice", "delete one of the two"),
    "Unescaped '\\' in a string": ("a wrong escape", "write `\\\\` for a backslash, or put the text in single quotes"),
}
_LINE_ENDS = ("Illegal character '\\n'", "Illegal character '\\r'", 'Expected "\'"')
"""What is said of a text in quotes that its line does not close."""


def _broken(text: str, error: tomli.TOMLDecodeError) -> Broken:
    """Say what is wrong where it begins, and what to type; else what the parser says, where it noticed."""
    problem, remedy, at = f"{error.msg[0].lower()}{error.msg[1:]}", None, error.pos
    opened = _opened(text, at) if error.msg in ("Unclosed array", "Unclosed inline table") else None
    if opened is not None:
        mark = text[opened]
        problem, remedy, at = f"`{mark}` is never closed", f"write `{_WANTED[mark]}` where it ends", opened
    elif error.msg in _LINE_ENDS:
        problem, remedy = "a text in quotes that is not closed in its line", "write the closing quote at its end"
    elif error.msg == "Unterminated string":
        at = max(text.rfind('"""', 0, at), text.rfind("'''", 0, at), 0)
        problem, remedy = f"`{text[at : at + 3]}` is never closed", f"write `{text[at : at + 3]}` where the text ends"
    elif error.msg in _SAID:
        problem, remedy = _SAID[error.msg]
    return Broken(Complaint(f"not TOML: {problem}", cause=Cause.SYNTAX, remedy=remedy), at)


def _opened(text: str, end: int) -> int | None:
    """Return the last bracket before a place that is not closed."""
    bare = STRINGS.sub(lambda match: " " * len(match[0]), text[:end])
    opened: list[int] = []
    for match in _NEST.finditer(bare):
        if match[0] in _WANTED:
            opened.append(match.start())
        elif opened:
            opened.pop()
    return opened[-1] if opened else None


def _loads(text: str) -> dict[str, Json]:
    """Parse TOML; carriage returns in multi-line strings stay, as in the clients' parser (tomli drops them).

    Raises:
        tomli.TOMLDecodeError: It is no TOML.
    """
    import tomli

    marked = "\r\n" in text and _CARRIAGE_RETURN not in text
    if marked:
        text = STRINGS.sub(lambda match: _marked(match[0]) if match["lines"] else match[0], text)
    return {escape_key(_unmarked(name)): plain(value, marked=marked) for name, value in tomli.loads(text).items()}


def _marked(string: str) -> str:
    body = string[3:].removeprefix("\r\n")
    opening = string[: len(string) - len(body)]
    if string.startswith("'"):
        return opening + body.replace("\r\n", _CARRIAGE_RETURN + "\n")
    return opening + re.sub(
        r"\\[ \t]*\r\n\s*|\\.|\r\n", lambda m: _CARRIAGE_RETURN + "\n" if m[0] == "\r\n" else m[0], body, flags=re.DOTALL
    )


def _unmarked(text: str) -> str:
    return text.replace(_CARRIAGE_RETURN, "\r")


def plain(value: Any, *, marked: bool = False, depth: int = 0) -> Json:
    """Turn a value that the TOML parser gives into a canonical one."""
    if isinstance(value, str):
        return _unmarked(value) if marked else value
    if depth > MAX_NESTING:
        raise ValueError(f"nested deeper than {MAX_NESTING} levels")
    if isinstance(value, dict):
        return {escape_key(name): plain(item, marked=marked, depth=depth + 1) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item, marked=marked, depth=depth + 1) for item in value]
    if isinstance(value, float):
        return float_value(value)
    if hasattr(value, "isoformat"):
        return {"$datetime": value.isoformat()}
    return value  # type: ignore[no-any-return]


def _too_deep(text: str) -> int | None:
    """Return where a text opens too many brackets, before a recursive parser sees it."""
    if text.count("[") + text.count("{") >= MAX_NESTING:
        bare = STRINGS.sub(lambda match: " " * len(match[0]), text)  # brackets in a prompt are text
        depth = 0
        for match in _NEST.finditer(bare):
            if match[0] in "[{":
                depth += 1
                if depth > MAX_NESTING:
                    return match.start()
            elif match[0] in "]}":
                depth = max(depth - 1, 0)
    return None
