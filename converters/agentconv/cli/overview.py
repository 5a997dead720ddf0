"""`agentconv` alone: what is in this project, and what to try next."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.cli.exit_codes import Exit
from agentconv.core.dataclass import dataclass, field
from agentconv.core.format import State
from agentconv.formats import registry
from agentconv.render import text
from agentconv.render.table import table
from agentconv.sources import agentless, discovery, elsewhere
from agentconv.sources.loading import Loader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.sources.discovery import Discovery

_WORDS = {
    State.DEGRADED: "not as written: {client} ignores some of what it says",
    State.NOT_LOADED: "not loaded by {client}",
    State.STOPS: "keeps {client} from starting",
}


def run(folder: str = ".") -> int:
    """Say what was found, per client, and which commands come next."""
    found = discovery.discover([folder])
    here = {client: discovery.locations(Path(folder), client) for client in registry.CLIENTS}
    told = _told(found, {client: places for client, places in here.items() if places})
    beside = [_line(remark) for remark in (*found.diagnostics, *elsewhere.told(found, elsewhere.Asked([folder], "inspect")))]
    if not told:
        first = registry.FORMATS[registry.CLIENTS[0]]
        print("There are no agents here.")
        print(f"{first.title}'s are in {first.place}; `agentconv formats` says where others are.\n")
        next_steps = [
            ("agentconv inspect PATH", "what clients make of the agents of another folder"),
            ("agentconv convert PATH -t codex -o .", "convert them"),
        ]
    else:
        print("\n".join([*told.values(), *beside]))
        print()
        next_steps = _next([*told])
    print("Try:")
    print("\n".join(table([(f"  {typed}", does) for typed, does in (*next_steps, ("agentconv --help", "what else there is"))])))
    return Exit.OK


def _next(clients: list[str]) -> list[tuple[str, str]]:
    first = clients[0]
    other = next((client for client in registry.CLIENTS if client != first), first)
    source = f" -f {first}" if len(clients) > 1 else ""
    return [
        ("agentconv inspect . --for all", "what every client makes of these files"),
        (f"agentconv convert .{source} -t {other} -o . --dry-run", f"what the {text.client(first)} agents cost in {text.client(other)}"),
        ("agentconv to-json . -o agents.json", "all agents in one bundle"),
    ]


def _told(found: Discovery, here: Mapping[str, Sequence[Path]]) -> dict[str, str]:
    """Describe the agents of each client that has any, or a place for them, in the order of the clients."""
    counted = {format_id: _Counted() for format_id in [*here, *(file.format for file in found.files)]}
    loader = Loader(found.files, keep=False)
    for piece in loader:
        one = counted.setdefault(piece.format, _Counted())
        one.unread += piece.source is None and not piece.agents and bool(piece.diagnostics)
        for agent, state in zip(piece.agents, piece.states, strict=True):
            one.states.setdefault(state, []).append(agent.id)
    formats = {file.path: file.format for file in found.files}
    for remark in agentless.told(loader.agentless):
        format_id = next((formats[file.path] for file in loader.agentless if file.cause.client == remark.client), "")
        counted[format_id].absent.append(_line(remark))
    links = _links(here, found)
    order = [format_id for format_id in registry.FORMATS if format_id in counted]
    return {one: _described(one, counted[one], here.get(one), links.get(one)) for one in order if here.get(one) or counted[one].states}


@dataclass(slots=True)
class _Counted:
    """The agents of one client."""

    states: dict[State, list[str]] = field(default_factory=dict)
    unread: int = 0
    absent: list[str] = field(default_factory=list)


def _links(here: Mapping[str, Sequence[Path]], found: Discovery) -> dict[str, str]:
    """Return the clients whose folder is another one's through a link, each with the client for which it was read."""
    read = {file.format for file in found.files}
    reals = {os.path.realpath(place): client for client, places in here.items() if client in read for place in places}
    return {client: reals[real] for client, places in here.items() for place in places if (real := os.path.realpath(place)) in reals}


def _described(client: str, counted: _Counted, places: Sequence[Path] | None, reader: str | None) -> str:
    """Describe one client's agents: how many, where, and which of them are not what they seem."""
    total = sum(len(found) for found in counted.states.values())
    row = registry.FORMATS[client]
    place = row.catalog if row.catalog and places and places[0].as_posix().endswith(row.catalog) else row.place
    if not total and reader not in (None, client):
        return f"{text.client(client)}: {place} is the same folder as {registry.FORMATS[reader or ''].place}"
    lines = [f"{text.client(client)}: {text.count(total, 'agent')} {'in' if places else 'in this folder, and not in'} {place}"]
    for state, words in _WORDS.items():
        if state in counted.states:
            lines.append(f"  {len(counted.states[state])} {words.format(client=text.client(client))}: {text.names(counted.states[state])}")
    if counted.unread:
        lines.append(f"  {text.count(counted.unread, 'file')} could not be read")
    return "\n".join([*lines, *counted.absent])


def _line(remark: Diagnostic) -> str:
    return text.safe(f"  {remark.span.path if remark.span else ''}: {remark.message}")
