"""Lines of a file by which its author meant to limit the agent, with a slip in them, so that they are no `key: value` of its client.

`tools Read`, `disallowedTools:Bash` or `- tools: Read`: a client drops the file for such a line, passes over it, or takes it for more of
the value above it. A person sees a limit there. So the file is read once more with the slips mended, and that is what it means.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core import key_fields, vocabulary
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Effect
from agentconv.core.expressions import expression
from agentconv.core.format import ReadResult, State
from agentconv.core.source import SourceText, encode
from agentconv.families import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.format import FormatSpec

_LINE = expression(
    r"""(?P<lead>[ \t]*)(?P<odd>[^\S \t]*)(?P<dash>[-*+>][ \t]+)?(?P<open>[*_`"']*)(?P<key>[A-Za-z](?:[\w-]*\w)?)(?P<close>[*_`"']*)"""
    r"""(?P<sep>\s*(?:[-=]>|[:=;\uff1a\ufe55\ufe13\u2236])+[*_`]*\s*|\s+|$)(?P<value>.*)"""
)
_BELOW = expression(r"\r?\n(?:[ \t]*- |[ \t]+[\w\"'])")
_MOST = 40
"""Characters of a key, and lines with a slip that are mended: nobody has so many limits."""
_SHOWN = 60
_CLOSERS = {'"': '"', "'": "'", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Slip:
    """A line that is meant for a limit."""

    start: int
    end: int
    """Where the line ends, without its line end."""
    key: str
    """As the client spells it, or as somebody else does who has such a key."""
    mended: str
    """The line as the client takes it."""


@dataclass(slots=True)
class _Above:
    """The key above a line: in which column it is, and what of its value may stand on the lines below."""

    column: int | None = None
    open: str = ""
    """`items`, where its value has yet to come; `map`, where it is further in; `text` of one that goes on below; empty where it is whole
    on its own line."""


def as_meant(
    spec: FormatSpec, source: SourceText, found: ReadResult, again: Callable[[SourceText], ReadResult], *, toml: bool = False
) -> ReadResult:
    """Return what a reader found, held to limits that stand in the file with a slip.

    Args:
        spec: The client's format.
        source: The file.
        found: What the reader made of it.
        again: The reader, without this.
        toml: Whether the file is TOML, where one slip drops all of it, rather than a header of YAML or of lines.
    """
    if found.meant is not None:
        return replace(found, meant=_held(spec, source, found.meant, again)) if found.meant.states else found
    if not found.states or (toml and not all(state.dropped for state in found.states)):
        return found
    return _held(spec, source, found, again, toml=toml)


def _held(
    spec: FormatSpec, source: SourceText, found: ReadResult, again: Callable[[SourceText], ReadResult], *, toml: bool = False
) -> ReadResult:
    """Return what a file says once the slips in it are mended; as it was found, where there are none."""
    dropped = all(state.dropped for state in found.states)
    slips = [*find(spec.id, source.text, loads=not dropped, toml=toml)]
    if not slips or len(slips) > _MOST:
        return found
    text = source.text
    for slip in reversed(slips):
        text = text[: slip.start] + slip.mended + text[slip.end :]
    meant = again(SourceText(source.path, encode(text), source.included)).as_meant
    if not meant.set.agents or meant.set == found.set:
        return found
    if dropped:
        return replace(found, set=meant.set, states=tuple(state if state.dropped else found.states[0] for state in meant.states))
    told = tuple(_told(spec, source, slip, found) for slip in slips)
    states = tuple(State.DEGRADED if state is State.LOADS else state for state in found.states)
    return replace(found, states=states, diagnostics=(*found.diagnostics, *told), like=None, meant=replace(meant, diagnostics=told))


def _told(spec: FormatSpec, source: SourceText, slip: Slip, found: ReadResult) -> Diagnostic:
    """Say that a client takes a line for no limit."""
    hint = f"write `{slip.mended.strip()[:_SHOWN]}`; it was read as a person reads it"
    return reading.remark(
        spec,
        Code.SYNTAX,
        lambda client: f"{client} takes this line for no `{slip.key}`, and does not hold the agent to it",
        source.span(slip.start, slip.end),
        hint,
        name=found.set.agents[0].name if len(found.set.agents) == 1 else None,
        effect=Effect.GRANTS_ALL,
    )


def find(format_id: str, text: str, *, loads: bool, toml: bool = False) -> Iterator[Slip]:
    """Yield the lines that are meant for a limit, with a slip in them.

    Args:
        format_id: The client's format.
        text: The file's text.
        loads: Whether the client loads the file: what stands there is then more of a value, or passed over.
        toml: Whether it is TOML.
    """
    start, end = _header(text)
    above, quoted, table = _Above(), "", False
    for match in _ROW.finditer(text, start, end):
        row = match[0]
        if toml:
            before, quoted = quoted, _still_open(row, quoted)
            table = table or (row.lstrip()[:1] == "[" and not before)
        line = _LINE.match(row)
        if line is None or (toml and (before or quoted)) or len(line["key"]) > _MOST:
            continue
        following = text[match.end() : match.end() + 80]
        slip = _in_toml(format_id, line, following, table=table) if toml else _slip(format_id, line, above, following, loads=loads)
        if slip:
            yield Slip(match.start(), match.end(), *slip)
        _enter(above, line, mended=bool(slip))


_ROW = expression(r"[^\r\n]+")
_FENCED = expression(r"\ufeff?\s*(?:<!--.*?-->\s*)?---[^\r\n]*\r?\n(?P<header>.*?)(?=^[ \t]*---|\Z)", re.DOTALL | re.MULTILINE)
_MULTILINE = ('"""', "'''")


def _header(text: str) -> tuple[int, int]:
    """Return where keys may stand: between fences, where there are any."""
    fenced = _FENCED.match(text)
    return fenced.span("header") if fenced else (0, len(text))


def _still_open(row: str, quoted: str) -> str:
    """Return the quotes of a TOML text that goes on in the next line; empty where none does."""
    if quoted:
        return "" if row.count(quoted) % 2 else quoted
    return next((mark for mark in _MULTILINE if row.count(mark) % 2), "")


def _enter(above: _Above, line: re.Match[str], *, mended: bool) -> None:
    """Remember a line, where it has a key of its own beside the first one; what is below a key is none of these."""
    proper = ":" in line["sep"] and (not line["value"] or line["sep"][-1:].isspace())
    column = len(line["lead"]) + len(line["dash"] or "")
    first = above.column is None or (above.column == 0 and above.open == "items" and bool(line["dash"]))
    if mended or (proper and (first or column == above.column)):
        above.column = column if first else above.column
        above.open = _open(line["key"], line["value"].strip())
    elif above.open == "items" and column > (above.column or 0):
        above.open = "map"  # or a list that is further in: a line with a dash in the column of the key is none of it


_TEXTS = ("name", "description", "model")


def _open(key: str, value: str) -> str:
    """Return what may stand below a key with such a value on its line."""
    if not value:
        return "" if key in _TEXTS else "items"
    if value[0] in "|>":
        return "text"
    closed = value[0] not in _CLOSERS or (len(value) > 1 and _CLOSERS[value[0]] in value[1:])
    return "" if closed else "text"


def _slip(format_id: str, line: re.Match[str], above: _Above, following: str, *, loads: bool) -> tuple[str, str] | None:
    """Return the key that a line is meant for, and the line as the client takes it; None where it is about something else, or is right."""
    column = above.column or 0
    further = len(line["lead"]) > column
    if (further and above.open) or (line["dash"] and above.open == "items" and len(line["lead"]) == column):
        return None
    exact = line["sep"].strip() == ":" and (not line["value"] or line["sep"][-1:].isspace())
    own_line = not (line["dash"] or further)
    if exact and own_line and not line["odd"] + line["open"] and line["key"] in key_fields.of(format_id):
        return None  # nothing is looked up for a line that is right
    key = _limit(format_id, line["key"])
    if not key or (exact and own_line and (line["key"] == key and not line["odd"] + line["open"])):
        return None
    if exact and own_line and loads:
        return None  # a key of another name, which the client reads, is told by its name
    if loads and above.open == "text":
        return None
    value = line["value"].strip()
    bare = not line["sep"].strip() and not line["dash"]
    doubtful = bare or (loads and further)
    alone = not (value or loads) and line["key"] == key
    if doubtful and not alone and not _reads_as_list(format_id, value, following, known_alone=bare and loads and further):
        return None
    return key, f"{line['lead'][:column]}{key}: {value}".rstrip()


def _in_toml(format_id: str, line: re.Match[str], following: str, *, table: bool) -> tuple[str, str] | None:
    """Return the key that a line of TOML is meant for, and the line as the client takes it; in a table, keys are called as they are."""
    key = _limit(format_id, line["key"])
    from agentconv.core import limits

    key = limits.spelling(format_id, line["key"]) or line["key"] if key and table else key
    value, separator = line["value"].strip(), line["sep"].strip()
    right = separator == "=" and not line["dash"]
    if not key or (right and (line["key"] == key or limits.owners(line["key"]))):  # a key of another client is known by its name
        return None
    if not separator and not _reads_as_list(format_id, value, following, known_alone=False):
        return None
    return key, f"{key} = {_toml_value(value)}"


def _toml_value(value: str) -> str:
    return value if value[:1] in ('"', "'", "[", "{") or value in ("true", "false") else f'"{value}"'


def _limit(format_id: str, word: str) -> str | None:
    """Return the key that a word is meant for, as the client spells it where it has one; None where that limits nothing."""
    from agentconv.core import limits, restrictions

    own = limits.spelling(format_id, word)
    if own:
        field = key_fields.of(format_id)[own]
        is_limit = field.startswith(("tools.", "permissions.", "hooks")) or restrictions.may_restrict(format_id, own)
        return own if is_limit else None
    field = limits.field_of(format_id, word) or ""
    return limits.key_for(format_id, field) or word if field else None


def _reads_as_list(format_id: str, value: str, following: str, *, known_alone: bool) -> bool:
    """Whether what stands behind a word is what one writes for a limit, and no sentence: of one, all words may have to be known."""
    if not value:
        return bool(_BELOW.match(following))
    words = value.strip("[]{}").replace(",", " ").replace('"', " ").replace("'", " ").split()
    known = [_is_known(format_id, word) for word in words]
    if known_alone:
        return all(known)
    return any(known) or value[0] in "[{\"'" or not any(" " in piece.strip() for piece in value.split(","))


def _is_known(format_id: str, word: str) -> bool:
    bare = word.partition("(")[0]
    return bool(vocabulary.tool_word(format_id, bare) or vocabulary.mode_anywhere(bare)) or bare.casefold() in _PLAIN


_PLAIN = frozenset({"true", "false", "none", "all", "read-only", "*"})
