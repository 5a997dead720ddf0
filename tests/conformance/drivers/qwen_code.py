"""Drive Qwen Code: what it lists, what each agent is sent when another one calls it, and what it asks before it does it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from driving import SERVER, SERVER_COMMAND, Caller, Seen, Session, Try, before_last, make_file, server_tries
from installed import CLIENTS

if TYPE_CHECKING:
    from driving import Place
    from model_server import Request

OPTIONS = ["--prompt", "Go.", "--auth-type", "openai", "--approval-mode", "yolo"]
"""All is allowed, since nobody is there to ask; the mode that an agent has in a session that asks is in the list."""
UNATTENDED = {"auto_edit": {"write"}, "auto": {"write", "run"}, "yolo": {"write", "run"}}
EFFECTS = {"write_file": "write", "edit": "write", "notebook_edit": "write", "run_shell_command": "run", "monitor": "run"}
EVERY_TRY = (
    Try("write_file", "write", lambda path: {"file_path": path, "content": "-"}),
    Try("edit", "write", lambda path: {"file_path": path, "old_string": "", "new_string": "-"}),
    Try("run_shell_command", "run", lambda path: {"command": make_file(path), "description": "d", "is_background": False}),
    Try("read_file", "read", lambda path: {"file_path": path}, trace="shown"),
    Try("web_fetch", "network", lambda url: {"url": url, "prompt": "d"}, trace="fetched"),
    *server_tries(lambda tool: f"mcp__{SERVER}__{tool}"),
)
TAIL = "\n\nImportant Rules:\n - You operate in non-interactive mode"


def _prompt(request: Request) -> str:
    return before_last(request.system[0], TAIL)


def drive(place: Place, *, permissive: bool = False, hooks: bool = False) -> Session:
    """Start the client once, and have it call each of its agents."""
    server = {"command": SERVER_COMMAND[0], "args": SERVER_COMMAND[1:], "trust": True}
    # a hook of one agent's blocks the calls of all that run at the same time
    place.write("home/.qwen/settings.json", {"mcpServers": {SERVER: server}, "disableAllHooks": permissive and not hooks})
    program = CLIENTS["qwen-code"].path
    listing = place.run([CLIENTS["node"].path, Path(__file__).with_suffix(".mjs"), program.parent, place.project])
    if listing.returncode:
        return Session(failed=listing.stderr)
    said = json.loads(listing.stdout)
    caller = Caller(
        "agent",
        lambda name, prompt: {"description": "d", "prompt": prompt, "subagent_type": name, "run_in_background": False},
        lambda _: {name: agent["description"] for name, agent in said["agents"].items() if not agent["broken"]},
        EVERY_TRY if permissive else (),
        place.project,
        unoffered=permissive,
        at_once=1 if hooks else None,
    )
    with caller.serve() as model:
        environment = {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": f"{model.url}/v1", "OPENAI_MODEL": "fake-model"}
        place.run([CLIENTS["node"].path, program, *OPTIONS], QWEN_CODE_NO_RELAUNCH="1", **environment)
    called = caller.seen(_prompt)
    return Session({name: _seen(name, agent, called) for name, agent in said["agents"].items()}, said["errors"])


def _seen(name: str, agent: dict[str, Any], called: dict[str, Seen]) -> Seen:
    seen = called.get(name) or Seen(name, agent["description"], error=agent["broken"])
    able = {effect for tool, effect in EFFECTS.items() if tool in (seen.tools or ())}
    return replace(seen, unattended=frozenset(able & UNATTENDED.get(agent["mode"], set())))
