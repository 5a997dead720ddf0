"""What to do about a key that a file with settings says twice: often both lines are meant, and one of them has another name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from agentconv.core.source import SourceText

_MESSAGES = ("Cannot overwrite", "Cannot declare", "Cannot mutate", "Cannot redefine")
"""What `tomli` says of a key that is there already."""
_TABLE = expression(r"^[ \t]*\[+[ \t]*(?P<name>[^\]\n]*?)[ \t]*\]")
_KEY = expression(r"^[ \t]*(?P<name>[A-Za-z0-9_\"'.\- ]+?)[ \t]*=[ \t]*(?P<value>[^\n]*)")
_WORD_BESIDE = {"models": "map-models"}
"""Keys that are a word or a table, and the key that has the word where there is a table, too."""


def hint(source: SourceText, message: str, offset: int) -> tuple[str, str] | None:
    """Return what is wrong, and what to do about it; None where an error of TOML is another one."""
    if not message.startswith(_MESSAGES):
        return None
    here = source.text.count("\n", 0, max(offset - 1, 0)) + 1
    lines = _lines(source.text)
    key = lines.get(here)
    if key is None:
        return None
    name, word = key
    others = [(line, other) for line, other in lines.items() if line != here and _same(name, other[0])]
    if not others:
        return None
    line, (said, other) = next(((at, each) for at, each in others if each[0] == name), others[0])
    if name == said and name in _WORD_BESIDE and (word is None) != (other is None):
        at, value = (line, other) if word is None else (here, word)
        instead = _WORD_BESIDE[name]
        return (
            f"`{name}` is a word in line {at}, and a table in another",
            f"beside a table the word has a key of its own: line {at} becomes `{instead} = {value}`, above the first line in brackets",
        )
    both = f"line {line} and line {here}"
    if word is None and other is None:
        return f"[{name}] is there twice, in {both}", f"move what stands below the second [{name}] below the first, and take the second out"
    if word is not None and other is not None and name == said:
        return f"`{name}` is said twice, in {both}", "keep one of these lines, and take the other out"
    return f"`{name}` is said in two ways, in {both}", f"keep one of them: all of `{name}` in one table, and no line for it elsewhere"


def _lines(text: str) -> dict[int, tuple[str, str | None]]:
    """Return by line which key or table begins there, and what a key is; None for a table."""
    found: dict[int, tuple[str, str | None]] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := _TABLE.match(line):
            table = _plain(header["name"])
            found[number] = (table, None)
        elif key := _KEY.match(line):
            name = _plain(key["name"])
            found[number] = (f"{table}.{name}" if table else name, key["value"].strip())
    return found


def _plain(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in name.split("."))


def _same(name: str, other: str) -> bool:
    """Whether two keys are one, or one is said within the other."""
    return name == other or name.startswith(f"{other}.") or other.startswith(f"{name}.")
