"""The lines of a run of sync as a terminal shows them: a row for each change, and what needs a look file by file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, replace
from agentconv.install.places import entry_name
from agentconv.render import cells, text
from agentconv.render.table import columns
from agentconv.sync import selecting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MANY = 3
"""How many files of which the same is told have lines of their own."""
_FEW = 12
"""How many lines of changes there may be, before several of which the same is told are counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is told."""

    word: str
    agent: str
    what: str
    target: str
    path: str
    pointer: str = ""
    hint: str = ""
    look: bool = False
    """Whether a person has to see to it."""
    fields: tuple[str, ...] = ()
    number: int = 1
    """The line of the file, where it is known."""
    for_all: str = ""
    """What can be done about several of which the same is told, so that they need no lines of their own."""
    is_grave: bool = False
    """Whether it has a line of its own, however many there are like it."""
    source: str = ""
    """The source's file, where that is what was changed: the one that is meant is yet to be written."""

    @property
    def place(self) -> str:
        """Where it is, for people."""
        name = entry_name(self.pointer)
        return f"{self.path} ({name})" if name else self.path


def changes(found: Iterable[Line], *, every: bool = True) -> list[str]:
    """Return a line for each change: that of one agent in several targets is one.

    Args:
        found: What is told.
        every: Whether each has a line, however many there are; else many changes of one kind have one that counts them.
    """
    rows: dict[tuple[str, str, str, bool], dict[str, None]] = {}
    changed: dict[tuple[str, str, str, bool], tuple[str, ...]] = {}
    ways: dict[tuple[str, str], dict[str, str]] = {}
    for line in found:
        if not line.look:
            ways.setdefault((line.word, line.target), {})[line.hint] = line.for_all
            key = (line.word, line.agent, line.what, line.is_grave)
            rows.setdefault(key, {})[line.target] = None  # once, however many agents have the name
            changed[key] = line.fields
    kinds: dict[tuple[str, str, bool], list[tuple[str, str]]] = {}
    fields: dict[tuple[str, str, bool], Counter[str]] = {}
    for key, targets in rows.items():
        word, agent, what, is_grave = key
        kind = (word, ", ".join(targets), is_grave)
        kinds.setdefault(kind, []).append((text.safe(agent), text.safe(what)))
        fields.setdefault(kind, Counter()).update(selecting.FIELDS.get(path, path) for path in changed[key])
    few = len(rows) if len(rows) <= _FEW else MANY
    counted = {kind: several for kind, several in kinds.items() if len(several) > few and not every and not kind[2]}
    out = [
        *_columns(
            [
                (word, *row, where)
                for (word, where, grave), several in kinds.items()
                if (word, where, grave) not in counted
                for row in several
            ]
        )
    ]
    out += [line for kind, several in counted.items() for line in _counted(kind, several, fields[kind])]
    return [*out, *dict.fromkeys(_ways(ways))]


def _ways(found: Mapping[tuple[str, str], Mapping[str, str]]) -> Iterator[str]:
    """Yield what else can be done about changes, once for all of a kind in a target."""
    for (word, _), hints in found.items():
        named = [one for one in hints if one]
        if named:
            yield f"  {word}: {text.safe(named[0] if len(named) == 1 else hints[named[0]] or named[0])}"


def _counted(kind: tuple[str, str, bool], several: Sequence[tuple[str, str]], fields: Counter[str]) -> Iterator[str]:
    """Yield what is told of many changes of one kind: how many agents, and which fields of how many."""
    word, where, _ = kind
    names = list(dict.fromkeys(agent for agent, _ in several))  # of which several edits may be told
    yield f"  {word}  {text.count(len(names), 'agent')} in {where}: {_named(names)} (-v lists them)"
    if fields:
        yield f"    {text.safe(', '.join(f'{name} of {number:,}' for name, number in sorted(fields.items())))}"


def _for_all(several: Sequence[Line]) -> Line:
    """Return one line for several files of which the same is to be told."""
    first = several[0]
    return replace(first, path=f"{first.place} and {len(several) - 1:,} more (-v)", pointer="", hint=first.for_all)


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:MANY]) + (f" and {len(names) - MANY:,} more" if len(names) > MANY else "")


def to_see_to(found: Iterable[Line], *, every: bool = True) -> list[str]:
    """Return what needs a look, file by file, with what to do.

    Args:
        found: What is told.
        every: Whether each file has lines of its own, however many there are of which the same is to be said.
    """
    kinds: dict[tuple[str, str, str], list[Line]] = {}
    for line in (line for line in found if line.look):
        kinds.setdefault((line.for_all, line.target, line.what) if line.for_all and not every else ("", "", str(id(line))), []).append(line)
    looks = [line for several in kinds.values() for line in (several if len(several) <= MANY else [_for_all(several)])]
    out: list[str] = []
    words, places = (max(map(cells.width, column), default=0) for column in ([line.word for line in looks], map(_place, looks)))
    last = ""
    for line in looks:
        out.append(f"  {line.word:{words}}  {cells.padded(_place(line), places)}  {text.safe(line.what)}")
        if line.hint and line.hint != last:
            out.append(f"    {text.safe(line.hint)}")
        last = line.hint
    return out


def _columns(rows: Sequence[tuple[str, str, str, str]]) -> Iterator[str]:
    """Yield rows in columns; what is too long for its column in the width that there is has a line of its own below its row."""
    words, agents, targets = (max((cells.width(row[at]) for row in rows), default=0) for at in (0, 1, 3))
    room = columns() - words - agents - targets - 8
    middle = max((size for _, _, what, _ in rows if (size := cells.width(what)) <= room), default=0)
    for word, agent, what, where in rows:
        fits = cells.width(what) <= room
        yield f"  {word:{words}}  {cells.padded(agent, agents)}  {cells.padded(what if fits else '', middle)}  {where}"
        if not fits:
            yield f"    {what}"


def _place(line: Line) -> str:
    return text.safe(line.place)
