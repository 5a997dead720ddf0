"""`agentconv doctor`: which assistants are here, in which versions, and what each of them loads."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv.cli import options as shared
from agentconv.cli.exit_codes import Exit
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import InputError, Severity
from agentconv.core.format import State
from agentconv.core.kinds import KINDS, NOUNS
from agentconv.formats import registry
from agentconv.lint import inspection
from agentconv.render import machine, text
from agentconv.render.table import wrapped
from agentconv.sources import agentless, discovery, locations, parts, programs, user_places
from agentconv.sources.loading import Loader

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.lint.inspection import Inspected
    from agentconv.sources.inputs import Discovery
    from agentconv.sources.programs import Program

USAGE = "[--no-programs] [options]"
EXAMPLES = """\
examples:
  agentconv doctor                which assistants are here, their versions, and what each loads
  agentconv doctor --no-programs  the same without starting anything

To learn an assistant's version, its program is started as `PROGRAM --version`, where it is found on PATH and in no folder of this
project: in an empty folder, for 15 seconds at most. Nothing else is started, and agentconv itself uses no network.
"""
_NOT_AS_WRITTEN = "not as written"


@dataclass(frozen=True, slots=True)
class Found:
    """What there is in one scope of an assistant."""

    where: str
    states: dict[State, list[str]]
    parts: dict[str, int]
    """How many of each kind it takes besides."""
    elsewhere: dict[str, list[str]]
    """By place of another assistant the agents that it reads there, and has no file of its own of."""
    agentless: tuple[Diagnostic, ...] = ()
    """Why no agent came of files that lie where it looks for some."""

    @property
    def lost(self) -> bool:
        """Whether there is an agent that it does not load, or a file that is none to it."""
        return bool(self.agentless) or any(state.dropped for state in self.states)


@dataclass(frozen=True, slots=True)
class Assistant:
    """One assistant that is here, one way or another."""

    client: str
    program: Program | None
    project: Found | None
    user: Found | None

    @property
    def age(self) -> str | None:
        """How its version relates to the one that it was measured with: `same`, `newer` or `older`."""
        there = programs.measured(self.program.version) if self.program and self.program.version else None
        known = programs.measured((registry.info(self.client).verified or {}).get("version", ""))
        if there is None or known is None:
            return None
        return "same" if there == known else "newer" if there > known else "older"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--no-programs", action="store_true", help="start no program to learn its version")
    parser.add_argument("--output-format", choices=("text", "json"), metavar="text|json", default="text", help="how it is written")
    shared.add_common(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    here = [one for one in _assistants(ask=not options.no_programs) if one.program or one.project or one.user]
    code = Exit.FINDINGS if any(map(_is_lost, here)) else Exit.OK
    if options.output_format == "json":
        print(machine.report({"exit_code": int(code), "assistants": [_plain(one) for one in here]}))
    else:
        lines = ["\n".join(map(wrapped, _lines(one))) for one in here]
        print("\n\n".join([*lines, _summary(here)]))
    return code


def _is_lost(one: Assistant) -> bool:
    """Whether an agent of the project's, or of the user's own, is not loaded."""
    return any(scope is not None and scope.lost for scope in (one.project, one.user))


def _assistants(*, ask: bool) -> Iterator[Assistant]:
    home = user_places.home()
    project, own = discovery.discover([os.curdir]), discovery.discover_user(home)
    of_project = parts.beside(project, [os.curdir], registry.CLIENTS)
    of_user = parts.Parts([home.root], registry.CLIENTS, home)
    read, kept = _read_where_they_are(project), _kept()
    for client in registry.CLIENTS:
        program = programs.find(client, os.curdir, ask=ask)
        places = [place.as_posix() for place in locations.of(Path(), client)]
        folder = home.folder(client)
        user = home.shown(folder) if folder and folder.is_dir() else None
        yield Assistant(
            client,
            program,
            _found(project, of_project, client, registry.FORMATS[client].place if places or client in kept else None, read),
            _found(own, of_user, client, user),
        )


def _kept() -> tuple[str, ...]:
    """Return the assistants that the project keeps in step, be there a file of theirs or none."""
    from agentconv.sync import settings

    try:
        said = settings.read(Path())
    except InputError:  # which `sync` tells of
        return ()
    return said.targets if said is not None else ()


def _read_where_they_are(project: Discovery) -> list[Inspected]:
    """Return what the clients make of each file that look for agents where it lies."""
    looking = locations.looking_at(project)
    pieces = (piece for piece in Loader(project.files) if piece.source is not None and len(looking.get(piece.path, ())) > 1)
    return [inspection.inspect(piece, [*looking[piece.path]], looking[piece.path], brief=True) for piece in pieces]


def _elsewhere(client: str, files: Iterable[Inspected]) -> dict[str, list[str]]:
    """Return by place the agents that a client has from another assistant's files."""
    found: dict[str, list[str]] = {}
    for (_, name, reader), (file, _) in inspection.read_first(files).items():
        if reader == client and file.format != client:
            found.setdefault(registry.FORMATS[file.format].place, []).append(name)
    return found


def _found(found: Discovery, beside: parts.Parts, client: str, where: str | None, read: Sequence[Inspected] = ()) -> Found | None:
    """Return what a client has in a scope; None where that is nothing."""
    states: dict[State, list[str]] = {}
    loader = Loader([file for file in found.files if file.format == client], keep=False)
    told: list[Diagnostic] = []
    for piece in loader:
        told += [one for one in piece.diagnostics if one.severity is not Severity.NOTE and not piece.agents]
        for agent, state in zip(piece.agents, piece.states, strict=True):
            states.setdefault(state, []).append(agent.id)
    taken = Counter(one.kind for kind in KINDS for one in beside.of(kind) if one.taken and one.client == client)
    counted = {str(NOUNS[kind]): taken[kind] for kind in KINDS if taken[kind]}
    told += agentless.told(loader.agentless)
    own = {name for agents in states.values() for name in agents}
    others = {place: [name for name in names if name not in own] for place, names in _elsewhere(client, read).items()}
    others = {place: names for place, names in others.items() if names} if where or states or counted else {}
    return Found(where or "", states, counted, others, tuple(told)) if where or states or counted or told else None


def _lines(one: Assistant) -> Iterator[str]:
    """Yield what there is to say about an assistant: its program, the project, and what is the user's own."""
    yield registry.FORMATS[one.client].title
    program = one.program
    if program is not None:
        known = registry.info(one.client).verified or {}
        ages = {
            "same": "as measured",
            "newer": f"newer than {known.get('version')}, as measured on {known.get('date')}: what is new in it is not known here",
        }
        ages["older"] = f"older than {known.get('version')}, as measured on {known.get('date')}"
        said = program.version or (f"version not known: {program.problem}" if program.problem else "version not asked")
        yield f"  program  {text.safe(program.path)}, {text.safe(said)}{f' ({ages[one.age]})' if one.age else ''}"
    elif name := programs.name_of(one.client):
        yield f"  program  not installed: no `{name}` on PATH"
    for name, scope in (("project", one.project), ("user", one.user)):
        if scope is not None:
            yield f"  {name:7}  {_described(one.client, scope)}"
            for state, agents in scope.states.items():
                if state is not State.LOADS:
                    said = _NOT_AS_WRITTEN if state is State.DEGRADED else str(state)
                    yield f"           {len(agents):,} {said}: {text.names(agents)}"
            yield from (f"           {text.diagnostic(told, hint=False)}" for told in scope.agentless)


def _described(client: str, scope: Found) -> str:
    number = sum(map(len, scope.states.values()))
    agents = f"{text.count(number, 'agent')} in {text.safe(scope.where)}" if scope.where or number else ""
    others = [f"{text.count(len(names), 'agent')} that it reads in {place}" for place, names in scope.elsewhere.items()]
    return ", ".join(filter(None, [agents, *others, *(text.count(count, noun) for noun, count in scope.parts.items())])) or text.client(
        client
    )


def _summary(here: list[Assistant]) -> str:
    if not here:
        return wrapped("No assistant is here that agentconv knows; `agentconv formats` lists those, and where a project has their agents.")
    newer = [text.client(one.client) for one in here if one.age == "newer"]
    told = f"; newer than measured: {', '.join(newer)}" if newer else ""
    installed = sum(1 for one in here if one.program is not None)
    projects = [one.project for one in here if one.project is not None]
    wrong = any(scope.agentless or scope.states.keys() - {State.LOADS} for scope in projects)
    why = "; `agentconv lint` says what is wrong with agents" if wrong else ""
    return f"{text.count(len(here), 'assistant')}, {installed or 'none'} of them installed as a program{told}{why}"


def _plain(one: Assistant) -> dict[str, Any]:
    info = registry.info(one.client)
    scopes = {"project": one.project, "user": one.user}
    program = {"path": one.program.path, "version": one.program.version, "problem": one.program.problem} if one.program else None
    return {
        "id": one.client,
        "title": info.title,
        "measured": info.verified,
        "program": program and {key: value for key, value in program.items() if value is not None},
        "age": one.age,
        **{
            name: {
                "where": scope.where,
                "agents": {str(state): agents for state, agents in scope.states.items()},
                "parts": scope.parts,
                **({"elsewhere": scope.elsewhere} if scope.elsewhere else {}),
                **({"diagnostics": [*map(machine.plain, scope.agentless)]} if scope.agentless else {}),
            }
            for name, scope in scopes.items()
            if scope is not None
        },
    }
