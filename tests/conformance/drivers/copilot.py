"""Drive GitHub Copilot CLI: what its server lists, what each agent is sent when another one, or the user, calls it, and what it logs."""

from __future__ import annotations

import json
import re
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from driving import SERVER, SERVER_COMMAND, Caller, Session, Try, before_last, make_file, server_tries
from installed import CLIENTS, folder

if TYPE_CHECKING:
    from pathlib import Path

    from driving import Place, Talk
    from model_server import Request

TRIES = (
    Try("create", "write", lambda path: {"path": path, "file_text": "-"}),
    Try("bash", "run", lambda path: {"command": make_file(path), "description": "d"}),
)
EVERY_TRY = (
    *TRIES,
    Try("edit", "write", lambda path: {"path": path, "old_str": "before", "new_str": "after"}, trace="changed"),
    Try("view", "read", lambda path: {"path": path}, trace="shown"),
    *server_tries(lambda tool: f"{SERVER}-{tool}"),
)
"""Not fetching: offline, the client has no tool for it."""
OPTIONS = ["--trust-folder", "--no-auto-update", "--disable-builtin-mcps", "--log-level", "warning"]
COMPLAINT = re.compile(r"\S+ \[(?:WARNING|ERROR)\] (\.github/agents/.*)")
AT_ONCE = 30
"""Agents that the client runs at the same time; it turns away those above 32."""
TAILS = ("\n\n<prohibited_actions>\n", "\n\n<environment_context>\n", "\n\n<tools>\n", "\n\n<tool_preferences>\n")


def _prompt(request: Request) -> str:
    """Return the agent's own text: for one that the user calls, it stands in the client's own."""
    own = re.search(r"<agent_instructions>\n[^\n]*\n\n(.*)\n</agent_instructions>", request.system[0], re.DOTALL)
    return own[1] if own else before_last(request.system[0], *TAILS)


def drive(place: Place, *, permissive: bool = False) -> Session:
    """List the agents, then start the client once and have it call each of them."""
    _link_unpacked(place)
    logs = place.home / "logs"
    server = {"type": "local", "command": SERVER_COMMAND[0], "args": SERVER_COMMAND[1:], "tools": ["*"]}
    servers = place.write("servers.json", {"mcpServers": {SERVER: server}})
    options = [*OPTIONS, "--additional-mcp-config", f"@{servers}", "--log-dir", logs, *(["--yolo"] if permissive else [])]
    agents: dict[str, str | None] = {}
    shown: dict[str, str] = {}

    def call(name: str, prompt: str) -> dict[str, str]:
        return {"description": "d", "name": "d", "prompt": prompt, "agent_type": shown[name], "mode": "sync"}

    caller = Caller(
        "task", call, lambda _: agents, EVERY_TRY if permissive else TRIES, place.project, unoffered=permissive, at_once=AT_ONCE
    )
    with caller.serve() as model:
        environment = {"COPILOT_OFFLINE": "true", "COPILOT_MODEL": "fake-model", "COPILOT_PROVIDER_BASE_URL": f"{model.url}/v1"}
        listed = _discover(place, environment)
        if listed is None:
            return Session(failed=place.stderr)
        agents |= {agent["id"]: agent["description"] for agent in listed}
        shown |= {agent["id"]: agent["name"] for agent in listed}
        done = place.run([CLIENTS["copilot"].path, "-p", "Go.", *options], **environment)
        for name in agents.keys() - caller.asked.keys():  # those that only the user calls
            place.run([CLIENTS["copilot"].path, "-p", caller.word_for(name), "--agent", name, *options], **environment)
    return Session(caller.seen(_prompt), _complaints(logs), done.stderr if done.returncode else None)


def _link_unpacked(place: Place) -> None:
    """Keep what the client unpacks at its first start, 150 MB, for all starts."""
    unpacked, link = folder() / "copilot" / "unpacked", place.home / ".cache" / "copilot"
    for path in (unpacked, link.parent):
        path.mkdir(parents=True, exist_ok=True)
    link.symlink_to(unpacked)


def _discover(place: Place, environment: dict[str, str]) -> list[dict[str, Any]] | None:
    """Ask the client's server, which frames what it says by length, for the agents of the project."""
    with place.talk([CLIENTS["copilot"].path, "--headless", "--stdio", "--no-auto-update"], **environment) as talk:
        _say(talk, {"id": 1, "method": "connect", "params": {}})
        _say(talk, {"id": 2, "method": "agents.discover", "params": {"projectPaths": [str(place.project)]}})
        while answer := _hear(talk):
            if answer.get("id") == 2:
                agents: list[dict[str, Any]] = answer["result"]["agents"]
                return agents
    return None


def _say(talk: Talk, value: dict[str, Any]) -> None:
    assert talk.process.stdin
    data = json.dumps({"jsonrpc": "2.0", **value})
    talk.process.stdin.write(f"Content-Length: {len(data)}\r\n\r\n{data}")
    talk.process.stdin.flush()


def _hear(talk: Talk) -> dict[str, Any] | None:
    """Read one answer, whose length is given in bytes; None when the client ends before it."""
    assert isinstance(talk.process.stdout, TextIOWrapper)
    data = talk.process.stdout.buffer
    for line in iter(data.readline, b""):
        if found := re.match(rb"Content-Length: (\d+)", line):
            data.readline()
            answer: dict[str, Any] = json.loads(data.read(int(found[1])))
            return answer
    return None


def _complaints(logs: Path) -> list[str]:
    lines = (line for log in sorted(logs.glob("*")) for line in log.read_text("utf-8", "replace").splitlines())
    return list(dict.fromkeys(found[1] for line in lines if (found := COMPLAINT.match(line))))
