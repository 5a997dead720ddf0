"""What each client makes of a file, for people: the clients that do the same on one line, and why below it."""

from __future__ import annotations

from collections import Counter
from itertools import zip_longest
from pathlib import PurePosixPath
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from agentconv.core import vocabulary
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Severity
from agentconv.core.format import State
from agentconv.formats import registry
from agentconv.lint import inspection
from agentconv.lint.inspection import Reason
from agentconv.render import machine, text
from agentconv.render.table import table, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentconv.lint.inspection import Inspected, Reading
    from agentconv.render.text import Style

_RANK = {state: rank for rank, state in enumerate((State.LOADS, State.DEGRADED, State.NOT_LOADED, State.STOPS, State.NO_AGENT))}
_SEVERITY = {State.DEGRADED: Severity.WARNING, State.NOT_LOADED: Severity.ERROR, State.STOPS: Severity.ERROR}
_TOOLS_WIDTH = 26
_KEPT = "\xa0"
"""A blank at which no line is broken."""
_REASONS_SHOWN = 2
_AS_COPY = "not read here; what each would make of a copy in its own folder:"
"""What stands above those that do not look where a file lies: it neither helps nor harms them as long as nobody copies it."""
_REASON_WIDTH = 200


@dataclass(frozen=True, slots=True)
class _Group:
    """Clients that make the same of an agent."""

    state: State
    tools: str
    clients: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Columns:
    """How wide the columns are, the same for all files."""

    state: int
    tools: int

    def row(self, state: str, tools: str, clients: str) -> list[str]:
        """Return a line, or several where a column is wrapped; the state is padded already."""
        room = max(width() - self.state - self.tools - 6, 20)
        held, *conditions = tools.split(", ")
        phrases = ", ".join([held, *(condition.replace(" ", _KEPT) for condition in conditions)])
        cells = [line.replace(_KEPT, " ") for line in wrap(phrases, self.tools)]
        pairs = list(zip_longest(cells, wrap(clients, room, break_on_hyphens=False), fillvalue=""))
        heads = [state, *([" " * self.state] * (len(pairs) - 1))]
        return [f"  {head}  {tool:{self.tools}}  {names}".rstrip() for head, (tool, names) in zip(heads, pairs, strict=True)]


def report(files: Sequence[tuple[str, Inspected]], asked: Sequence[str], look: Style, *, verbose: bool = False) -> list[str]:
    """Return the report on files, each with its path for people: a heading, then a line for all the clients that make the same of it."""
    readings = [reading for _, file in files for reading in file.readings]
    states = max((len(reading.state.value) for reading in readings), default=0)
    columns = _Columns(
        max(states, len("STATE")), min(max([len("TOOLS"), *(len(reading.tools or "") for reading in readings)]), _TOOLS_WIDTH)
    )
    found = columns.row(f"{'STATE':{columns.state}}", "TOOLS", "CLIENTS")
    for heading, file in files:
        included = (
            wrap(f"with the text of {', '.join(map(text.safe, file.includes))}", width() - 2, break_on_hyphens=False)
            if file.includes
            else []
        )
        found += [
            "",
            f"{text.safe(heading)}{_called(file)}",
            *(f"  {line}" for line in included),
            *_entry(heading, file, columns, look, verbose=verbose),
        ]
    if sum(len(file.agents) for _, file in files) > 1:
        found += ["", *_summary([file for _, file in files], asked)]
    return found


def _entry(heading: str, file: Inspected, columns: _Columns, look: Style, *, verbose: bool) -> list[str]:
    """Return what the clients make of one file; where it holds several agents, of each of them, below a heading of its own."""
    several = len(file.agents) > 1
    agents = dict.fromkeys(reading.agent if several else None for reading in file.readings)
    found = []
    for agent in sorted(agents, key=lambda agent: agent is not None):
        chosen = [reading for reading in file.readings if not several or reading.agent == agent]
        if agent is not None:
            found.append(f"{text.safe(heading)}: {text.shorten(agent, 60)}")
        for is_here in (True, False):
            groups = _groups(file, [one for one in chosen if file.is_here(one.client) is is_here], verbose=verbose)
            found += [] if is_here or not groups else [f"  {_AS_COPY}"]
            found += [line for group in groups for line in _row(group, columns, look, verbose=verbose)]
    return found


def _called(file: Inspected) -> str:
    """Return what a heading adds to the path: how many agents, or the name of the one."""
    if len(file.agents) > 1:
        return f": {text.count(len(file.agents), 'agent')}"
    name = _own_name(file)
    return f" ({text.shorten(name, 40)})" if name and name != PurePosixPath(file.path).stem else ""


def _own_name(file: Inspected) -> str | None:
    """Return what its own client calls the agent of a file, where it was asked and there is one."""
    return next((reading.name for reading in file.readings if reading.client == file.format), file.agents[0] if file.agents else None)


def _groups(file: Inspected, readings: Iterable[Reading], *, verbose: bool) -> list[_Group]:
    """Return the clients by what they make of a file: in short, for the same complaint, whatever else each says about it."""
    groups: dict[tuple[Any, ...], list[tuple[Reading, tuple[Reason, ...]]]] = {}
    for reading in sorted(readings, key=lambda one: (one.client != file.format, one.other_kind, _RANK[one.state], bool(one.wider))):
        reasons = _reasons(file, reading, verbose=verbose)
        told = tuple(reason.words if verbose or reason.topic is None else reason.topic for reason in reasons)
        groups.setdefault((reading.state, reading.tools, reading.other_kind, told), []).append((reading, reasons))
    return [_group([reading for reading, _ in found], found[0][1], verbose=verbose) for found in groups.values()]


def _group(found: Sequence[Reading], reasons: tuple[Reason, ...], *, verbose: bool) -> _Group:
    first, clients = found[0], tuple(text.client(one.client) for one in found)
    return _Group(first.state, first.tools or "", clients, _worded(found, reasons, verbose=verbose))


def _reasons(file: Inspected, reading: Reading, *, verbose: bool) -> tuple[Reason, ...]:
    """Return everything that there is to say about a reading."""
    found = list(reading.reasons)
    if not verbose and (reading.other_kind or reading.state is State.NO_AGENT):
        found = [Reason("other files")] if reading.other_kind else []
    if reading.instead:
        found.append(Reason(f"has {reading.instead} of this name: agentconv inspect {reading.instead}"))
    if reading.unheld:
        limits = ", ".join(f"`{limit}`" for limit in reading.unheld)
        found.insert(0, Reason(f"a spawned agent is not held to {limits}", None, vocabulary.unenforced(reading.client).instead))
    if reading.wider:
        found.insert(0, Reason(f"may do what its author did not allow: {', '.join(reading.wider)}", "wider"))
    if reading.tools and len(file.agents) == 1 and reading.name != _own_name(file):
        found.insert(0, Reason(f"it is called `{reading.name}` there"))
    return tuple(found)


def _worded(found: Sequence[Reading], reasons: tuple[Reason, ...], *, verbose: bool) -> tuple[Reason, ...]:
    if found[0].other_kind and not verbose:
        rows = [registry.FORMATS[reading.client] for reading in found]
        if len(rows) == 1:
            place = f"{rows[0].place}/*{rows[0].suffixes[0]}" if rows[0].folders else rows[0].place
            return (Reason(f"reads other files: {place}"), *reasons[1:])
        kinds = dict.fromkeys(f"*{row.suffixes[0]}" if row.folders else row.place for row in rows)
        return (Reason(f"read other files: {', '.join(kinds)}"), *reasons[1:])
    if verbose or len(reasons) <= _REASONS_SHOWN + 1:
        return reasons
    return (*reasons[:_REASONS_SHOWN], Reason(f"and {len(reasons) - _REASONS_SHOWN} more (-v)"))


def _row(group: _Group, columns: _Columns, look: Style, *, verbose: bool) -> list[str]:
    """Return the lines of a group, the first hint beside what it is about; where there is no agent, the reason says it all."""
    state = _painted(group.state, look) + " " * (columns.state - len(group.state.value))
    tools = text.safe(group.tools) if verbose else text.shorten(group.tools, 3 * columns.tools)
    found = columns.row(state, tools or "-", ", ".join(group.clients))
    hinted = next((reason for reason in group.reasons if reason.hint), None) if group.tools else None
    for reason in group.reasons:
        found += _wrapped(text.shorten(reason.words, _REASON_WIDTH), "- ")
        found += _wrapped(f"hint: {text.safe(reason.hint)}", "  ") if reason is hinted and reason.hint else []
    return found


def _wrapped(words: str, mark: str) -> list[str]:
    return wrap(words, max(width(), 40), initial_indent=f"    {mark}", subsequent_indent=" " * 6, break_on_hyphens=False)


def _painted(state: State, look: Style) -> str:
    return look.paint(state.value, _SEVERITY[state]) if state in _SEVERITY else state.value


def _summary(files: Sequence[Inspected], asked: Sequence[str]) -> list[str]:
    """Return how many agents each client loads, degrades and loses: of those where it looks, each once, and of copies of the others."""
    states = [state for state in _RANK if state is not State.NO_AGENT]
    counts = {is_here: {client: Counter[State]() for client in asked} for is_here in (True, False)}
    has = inspection.read_first(files)
    for file in files:
        for reading in file.readings:
            if reading.tools is not None and file.is_here(reading.client) and has[inspection.key(file, reading)][0] is not file:
                continue  # it has the agent by another file
            whole = reading.agent is None and reading.state.dropped
            counts[file.is_here(reading.client)][reading.client][reading.state] += max(len(file.agents), 1) if whole else 1
    every = [found for clients in counts.values() for found in clients.values()]
    shown = [state for state in states if state is not State.STOPS or any(found[state] for found in every)]
    rows = {
        is_here: [
            (text.client(client), *(str(found[state] or "-") for state in shown))
            for client, found in clients.items()
            if any(found[state] for state in shown)
        ]
        for is_here, clients in counts.items()
    }
    lines = table([("CLIENT", *(state.value.upper() for state in shown)), *rows[True], *rows[False]])
    at = len(lines) - len(rows[False])
    return [*lines[:at], *([_AS_COPY] if rows[False] else []), *lines[at:]]


def plain(file: Inspected) -> dict[str, Any]:
    """Return a file's entry for other programs."""
    includes = {"includes": list(file.includes)} if file.includes else {}
    readings = [{**_plain(one), **({"read_here": file.is_here(one.client)} if file.looking else {})} for one in file.readings]
    return {"path": file.path, "format": file.format, "agents": list(file.agents), **includes, "readings": readings}


def _plain(reading: Reading) -> dict[str, Any]:
    return {
        "client": reading.client,
        "state": reading.state.value,
        **({"agent": reading.agent} if reading.agent is not None else {}),
        **({"name": reading.name} if reading.name is not None else {}),
        **(
            {
                "tools": reading.tools,
                "capabilities": list(reading.capabilities),
                "effects": dict(reading.levels),
                "may": dict(reading.may),
                "more": list(reading.more),
                **({"not_known": reading.unknown} if reading.unknown else {}),
                "widenings": list(reading.wider),
                "not_enforced": list(reading.unheld),
            }
            if reading.tools is not None
            else {}
        ),
        "reasons": [reason.words for reason in reading.reasons],
        "diagnostics": [machine.plain(remark) for remark in reading.diagnostics],
    }
