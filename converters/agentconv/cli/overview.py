"""`agentconv` alone: what is in this project, and what to try next."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.cli import typed
from agentconv.cli.exit_codes import Exit
from agentconv.core import limits
from agentconv.core import names as naming
from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import InputError, Severity
from agentconv.core.format import State
from agentconv.core.ir import escape_key
from agentconv.core.kinds import KINDS, NOUNS
from agentconv.formats import registry
from agentconv.install import places
from agentconv.render import in_step, text
from agentconv.render.table import in_fewest_lines, wrapped
from agentconv.sources import agentless, discovery, elsewhere, locations
from agentconv.sources.loading import Loader
from agentconv.sources.parts import Parts
from agentconv.sync import origin, settings, unchanged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.ir import Agent
    from agentconv.core.kinds import Kind
    from agentconv.sources.inputs import Discovery
    from agentconv.sources.loaded import Loaded

_SHOWN = 3
_WORDS = {
    State.DEGRADED: "not as written: {client} ignores some of what it says",
    State.NOT_LOADED: "not loaded by {client}",
    State.STOPS: "{keep} {client} from starting",
}
_NOT_THERE = (State.NOT_LOADED, State.STOPS)
"""States of agents that a client does not have: a person looks for the file, not for the agent."""
_SHOWN_REASONS = 3
_NOTHING_KEPT = "Nothing is kept in step: `targets` in the configuration names no assistant."


def run(folder: str = ".", *, verbose: bool = False) -> int:
    """Say what was found, per client, and which commands come next.

    Args:
        folder: What is looked at.
        verbose: Whether every agent in which assistants differ is named.
    """
    found = discovery.discover([folder])
    here = {client: locations.of(Path(folder), client) for client in registry.CLIENTS}
    told, having = _told(found, folder, {client: places for client, places in here.items() if places})
    along = _parts(folder)
    beside = [_line(remark) for remark in (*found.diagnostics, *elsewhere.told(found, elsewhere.Asked([folder], "inspect")))]
    lines = [line for client in told for line in (told[client], *_along("  besides: ", along.pop(client, None)))]
    lines += [line for client, kinds in along.items() for line in _along(f"{text.client(client)}: ", kinds)]
    has_parts, root = bool(along), None if told or along else elsewhere.above(folder)
    kept = _kept(folder) if root is None else []
    lines += [*map(wrapped, beside), *([""] if kept and (lines or beside) else []), *map(wrapped, kept)]
    first = "" if kept else _first(folder, having)
    lines += _apart(found, first, verbose=verbose) if first else []
    if not told:
        print("There are no agents here." if root is None else f"There are no agents here: the project is `{root}`.")
    if not told and root is None:
        row = registry.FORMATS[registry.CLIENTS[0]]
        print(f"{row.title}'s are in {row.place}; `agentconv formats` says where others are.")
    print("\n".join([*([""] if lines and not told else []), *lines, ""]))
    next_steps = (
        _next(found, folder, [*told], first, kept=bool(kept) and kept != [_NOTHING_KEPT]) if told else _elsewhere(root, parts=has_parts)
    )
    print("Try:")
    rows = (*next_steps, ("agentconv --help", "what else there is"))
    print("\n".join(in_fewest_lines([(f"  {typed.here(command)}", does) for command, does in rows])))
    return Exit.OK


def _elsewhere(root: str | None, *, parts: bool) -> list[tuple[str, str]]:
    if root is not None:
        return [(f"cd {root}", "where the project's agents are"), ("agentconv", "what is there")]
    return [
        *([("agentconv inspect . --for all", "what every client makes of these files")] if parts else []),
        ("agentconv inspect PATH", "what clients make of the agents of another folder"),
        ("agentconv convert PATH -t codex -o .", "convert them"),
    ]


def _first(folder: str, having: Mapping[str, int]) -> str:
    """Return whose agents the others' are measured by: those that `init` would take for the source; "" where nobody has any."""
    if len(having) < 2:
        return next(iter(having), "")
    from agentconv.sync import starting

    return origin.first(Path(folder), starting.look(Path(folder)).agents or having)


def _next(found: Discovery, folder: str, clients: list[str], first: str, *, kept: bool) -> list[tuple[str, str]]:
    """Return what comes next; whose agents go elsewhere, and who is kept in step, is one of those who have some."""
    lint = ("agentconv lint", "what breaks these agents; --fix mends what it can")
    if kept:
        return [("agentconv sync --diff", "what would change, and where"), lint]
    projects = elsewhere.belonging(found, folder)
    if projects:
        return [(f"cd {shlex.quote(project)}", "a project with agents of its own") for project in [*projects][:_SHOWN]] + [lint]
    if not first and any(file.format in clients for file in found.files):  # there are files, and none of them is an agent
        return [lint, ("agentconv inspect", "what each makes of these files as they are")]
    first = first or clients[0]
    several = len(clients) > 1
    other = next((client for client in registry.CLIENTS if (client in clients) is several and client != first), clients[-1])
    source = f" -f {first}" if several else ""
    title = text.client(first)
    return [
        *([(f"agentconv init -f {first}", f"keep the others in step with {title}")] if several else []),
        lint,
        ("agentconv inspect" if several else f"agentconv inspect . --for {first},{other}", "what each makes of these files as they are"),
        (f"agentconv convert .{source} -t {other} -o . --dry-run", f"what the {title} agents cost in {text.client(other)}"),
        *([] if several else [("agentconv to-json . -o agents.json", "all agents in one bundle")]),
    ]


def _told(found: Discovery, folder: str, here: Mapping[str, Sequence[Path]]) -> tuple[dict[str, str], dict[str, int]]:
    """Describe the agents of each client that has any, or a place for them, in the order of the clients; and how many those have."""
    counted = {format_id: _Counted() for format_id in [*here, *(file.format for file in found.files)]}
    loader = Loader(found.files, keep=False)
    for piece in loader:
        one = counted.setdefault(piece.format, _Counted())
        one.unread += piece.source is None and not piece.agents and bool(piece.diagnostics)
        if piece.source is not None and not piece.agents and any(remark.severity is not Severity.NOTE for remark in piece.diagnostics):
            one.absent.append(wrapped("  {}: {}".format(*_reason(piece))))
        for agent, state in zip(piece.agents, piece.states, strict=True):
            one.states.setdefault(state, []).append(agent.name or agent.id)
            if not state.dropped:
                for limit in _passed_over(agent, piece.format):
                    one.freer.setdefault(limit, []).append(agent.name or agent.id)
            if state in _NOT_THERE:
                place, reason = _reason(piece)
                one.reasons.setdefault(state, {}).setdefault(reason, {})[place] = None
    formats = {file.path: file.format for file in found.files}
    for remark in agentless.told(loader.agentless):
        format_id = next((formats[file.path] for file in loader.agentless if file.cause.client == remark.client), "")
        counted[format_id].absent.append(_line(remark))
    links = _links(here, found)
    order = [format_id for format_id in registry.FORMATS if format_id in counted]
    projects = elsewhere.belonging(found, folder)
    inside = {one: [root for root, formats in projects.items() if one in formats] for one in order}
    shown = [one for one in order if here.get(one) or counted[one].states]
    told = {one: _described(one, counted[one], here.get(one), links.get(one), inside[one]) for one in shown}
    return told, {one: sum(map(len, counted[one].states.values())) for one in shown if counted[one].states}


def _parts(folder: str) -> dict[str, Counter[Kind]]:
    """Count what lies beside agents: each part once, for the client in whose own place it is."""
    parts = Parts([Path(folder)], registry.CLIENTS)
    found: dict[str, Counter[Kind]] = {}
    for one in (one for kind in KINDS for one in parts.of(kind)):
        found.setdefault(one.client, Counter())[one.kind] += 1
    return {client: found[client] for client in registry.FORMATS if client in found}


def _along(start: str, counted: Counter[Kind] | None) -> list[str]:
    """Say what there is besides agents, where there is something."""
    return [wrapped(start + ", ".join(text.count(number, NOUNS[kind]) for kind, number in counted.items()))] if counted else []


def _kept(folder: str) -> list[str]:
    """Say what the project's configuration keeps in step, and whether it is; nothing where it keeps nothing."""
    root = settings.find_root(Path(folder))
    try:
        chosen = settings.read(root) if root is not None else None
    except InputError as error:
        return text.diagnostic(error.diagnostic).splitlines()
    if chosen is None:
        return []
    if not chosen.targets and not places.project(chosen.root).lock.exists():
        return [_NOTHING_KEPT]
    from agentconv.cli import apart

    lock = unchanged.in_step(chosen, places.project(chosen.root))
    if lock is not None:
        return [in_step.line(chosen, lock.synced, shown_by=apart.SHOWN_BY)]
    targets = ", ".join(chosen.targets) or "no other assistant"
    return [f"{chosen.source_format} -> {targets}: {apart.by_sync(chosen, places.project(chosen.root))}"]


def _apart(found: Discovery, first: str, *, verbose: bool) -> list[str]:
    """Say in what the others differ from the one that comes first, where there are several."""
    if len({file.format for file in found.files}) == 1:
        return []
    from agentconv.cli import apart

    told = [wrapped(line) for line in apart.by_name(found, first, verbose=verbose)]
    return ["", *told] if told else []


@dataclass(slots=True)
class _Counted:
    """The agents of one client."""

    states: dict[State, list[str]] = field(default_factory=dict)
    reasons: dict[State, dict[str, dict[str, None]]] = field(default_factory=dict)
    """Why the client does not have agents, and where that is."""
    unread: int = 0
    absent: list[str] = field(default_factory=list)
    freer: dict[str, list[str]] = field(default_factory=dict)
    """By limits in words that the client passes over, the agents that say them."""


def _links(here: Mapping[str, Sequence[Path]], found: Discovery) -> dict[str, str]:
    """Return the clients whose folder is another one's through a link, each with the client for which it was read."""
    read = {file.format for file in found.files}
    reals = {os.path.realpath(place): client for client, places in here.items() if client in read for place in places}
    return {client: reals[real] for client, places in here.items() for place in places if (real := os.path.realpath(place)) in reals}


def _described(client: str, counted: _Counted, places: Sequence[Path] | None, reader: str | None, inside: Sequence[str]) -> str:
    """Describe one client's agents: how many, where, or in which projects below, and which of them are not what they seem."""
    total = sum(len(found) for found in counted.states.values())
    row = registry.FORMATS[client]
    place = row.catalog if row.catalog and places and places[0].as_posix().endswith(row.catalog) else row.place
    placed = [registry.file_place(one.as_posix()) for one in places or ()]
    files = [one[1] for one in placed if one is not None and one[1] in row.files]
    if files and len(files) == len(places or ()):
        place = text.names(files)
    elif row.settings and any(one.is_file() for one in places or ()):
        place = f"{place} and {row.settings}"
    if not total and reader not in (None, client):
        return f"{text.client(client)}: {place} is the same folder as {registry.FORMATS[reader or ''].place}"
    projects = f"in the project{'s' if len(inside) > 1 else ''} {text.names(inside)}" if inside else ""
    where = f"in {place}" if places else projects or f"in this folder, and not in {place}"
    lines = [f"{text.client(client)}: {text.count(total, 'agent')} {where}"]
    for state, words in _WORDS.items():
        if state in counted.states:
            told = counted.states[state]
            start = f"  {len(told)} {words.format(client=text.client(client), keep='keeps' if len(told) == 1 else 'keep')}:"
            lines += [start, *_reasons(counted.reasons[state])] if state in _NOT_THERE else [f"{start} {text.names(told)}"]
    for limit, freer in counted.freer.items():
        lines.append(wrapped(f"  {len(freer)} freer than written: {text.client(client)} passes over {limit}: {text.names(freer)}"))
    every = (name for several in counted.states.values() for name in several)
    lines += [wrapped(f"  {text.safe(text.alike(several))}") for several in naming.same_elsewhere(every)]
    if counted.unread:
        lines.append(f"  {text.count(counted.unread, 'file')} could not be read")
    return "\n".join([*lines, *counted.absent])


def _passed_over(agent: Agent, client: str) -> Iterator[str]:
    """Yield the limits of an agent that its client passes over, with the keys that were meant."""
    extras = agent.extras.get(client, {})
    for key, meant in limits.ignored(client, extras):
        own = limits.instead(client, meant, extras.get(escape_key(key)))
        yield text.safe(f"`{key}`" + (f" (did you mean `{own}`?)" if own else ""))


def _reason(piece: Loaded) -> tuple[str, str]:
    """Return where it is said why a client does not take the agents of a file, and what."""
    error = next((one for one in piece.diagnostics if one.severity is Severity.ERROR), None) or piece.rejected
    error = error or next(iter(piece.diagnostics), None)
    if error is not None and error.span is not None:
        return text.safe(f"{error.span.path}:{error.span.line}"), text.safe(error.message)
    return text.safe(piece.path), "agentconv lint says why"


def _reasons(told: Mapping[str, Mapping[str, None]]) -> list[str]:
    """Return the first reasons, what is the same of several files once, and what tells the others."""
    lines = [f"{text.names([*places])}: {reason}" for reason, places in told.items()]
    more = [f"{len(lines) - _SHOWN_REASONS} more reasons: agentconv lint"] if len(lines) > _SHOWN_REASONS else []
    return [wrapped(f"    {one}") for one in (*lines[:_SHOWN_REASONS], *more)]


def _line(remark: Diagnostic) -> str:
    return text.safe(f"  {remark.span.path if remark.span else ''}: {remark.message}")
