"""`agentconv` alone: what is in this project, and what to try next."""

from __future__ import annotations

from pathlib import Path

from agentconv import discovery, registry
from agentconv.cli.exit_codes import Exit
from agentconv.diagnostics import InputError
from agentconv.format_base import State
from agentconv.loading import Loader
from agentconv.render import text


def run(folder: str = ".") -> int:
    """Say what was found, per client, and which commands come next."""
    clients = [client for client in registry.CLIENTS if any((Path(folder) / place).is_dir() for place in registry.FORMATS[client].folders)]
    if not clients:
        places = ", ".join(row.folders[0] for row in registry.FORMATS.values() if row.folders)
        print(f"no assistant's agents here (looked for {places})\n")
        print("try:\n  agentconv convert PATH -t codex -o .\n  agentconv --help")
        return Exit.OK
    for client in clients:
        print(_line(folder, client))
    first = clients[0]
    other = next((client for client in registry.CLIENTS if client not in clients), None)
    print("\ntry:")
    if other:
        source = f" -f {first}" if len(clients) > 1 else ""
        print(f"  agentconv convert .{source} -t {other} -o . --dry-run")
    print("  agentconv to-json . -o agents.json\n  agentconv --help")
    return Exit.OK


def _line(folder: str, client: str) -> str:
    try:
        files = discovery.discover([folder], client).files
    except InputError:
        files = []
    states: dict[State, list[str]] = {}
    for piece in Loader(files, keep=False):
        for agent, state in zip(piece.agents, piece.states, strict=True):
            states.setdefault(state, []).append(agent.id)
    total = sum(len(found) for found in states.values())
    place = registry.FORMATS[client].folders[0]
    line = f"{registry.FORMATS[client].title}: {text.count(total, 'agent')} in {place}"
    remarks = [
        f"{len(states[state])} {state.value} ({text.names(states[state])})"
        for state in (State.DEGRADED, State.NOT_LOADED)
        if state in states
    ]
    return "\n".join([line, *(f"  {remark}" for remark in remarks)])
