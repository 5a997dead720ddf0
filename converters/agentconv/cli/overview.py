"""`agentconv` alone: what is in this project, and what to try next."""

from __future__ import annotations

from pathlib import Path

from agentconv.cli.exit_codes import Exit
from agentconv.core.format import State
from agentconv.formats import registry
from agentconv.render import text
from agentconv.render.table import table
from agentconv.sources import agentless, discovery
from agentconv.sources.loading import Loader

_WORDS = {
    State.DEGRADED: "not as written: {client} ignores some of what it says",
    State.NOT_LOADED: "not loaded by {client}",
    State.STOPS: "keeps {client} from starting",
}


def run(folder: str = ".") -> int:
    """Say what was found, per client, and which commands come next."""
    clients = [client for client in registry.CLIENTS if discovery.locations(Path(folder), client)]
    if not clients:
        first = registry.FORMATS[registry.CLIENTS[0]]
        print("There are no agents here.")
        print(f"{first.title}'s are in {first.place}; `agentconv formats` says where others are.\n")
        next_steps = [
            ("agentconv inspect PATH", "what clients make of the agents of another folder"),
            ("agentconv convert PATH -t codex -o .", "convert them"),
        ]
    else:
        for client in clients:
            print(_found(folder, client))
        print()
        next_steps = _next(clients)
    print("Try:")
    for line in table([*next_steps, ("agentconv --help", "what else there is")]):
        print(f"  {line}")
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


def _found(folder: str, client: str) -> str:
    """Describe one client's agents: how many, where, and which of them are not what they seem."""
    states: dict[State, list[str]] = {}
    unread = 0
    loader = Loader(discovery.discover([folder], client).files, keep=False)
    for piece in loader:
        unread += piece.source is None
        for agent, state in zip(piece.agents, piece.states, strict=True):
            states.setdefault(state, []).append(agent.id)
    total = sum(len(found) for found in states.values())
    lines = [f"{text.client(client)}: {text.count(total, 'agent')} in {registry.FORMATS[client].place}"]
    for state, words in _WORDS.items():
        if state in states:
            lines.append(f"  {len(states[state])} {words.format(client=text.client(client))}: {text.names(states[state])}")
    if unread:
        lines.append(f"  {text.count(unread, 'file')} could not be read")
    lines += [f"  {cause.span.path if cause.span else ''}: {cause.message}" for cause in agentless.told(loader.agentless)]
    return "\n".join(text.safe(line) for line in lines)
