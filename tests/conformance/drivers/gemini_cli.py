"""Drive Gemini CLI: its core loads the agents of a project, and runs each of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from driving import SERVER, SERVER_COMMAND, Caller, Session, Try, before_last, make_file, server_tries
from installed import CLIENTS

if TYPE_CHECKING:
    from driving import Place
    from model_server import Request

TAILS = ("\n\n# Environment Context\n", "\n\n# Available Agent Skills\n")
TRIES = (
    Try("write_file", "write", lambda path: {"file_path": path, "content": "-"}),
    Try("run_shell_command", "run", lambda path: {"command": make_file(path)}),
)
EVERY_TRY = (
    *TRIES,
    Try("replace", "write", lambda path: {"file_path": path, "instruction": "d", "old_string": "", "new_string": "-"}),
    Try("read_file", "read", lambda path: {"file_path": path}, trace="shown"),
    *server_tries(lambda tool: f"mcp_{SERVER}_{tool}"),
)
"""Not fetching: the client asks a model to do it that is none of ours."""


def _prompt(request: Request) -> str:
    return before_last("".join(request.system), *TAILS)


def drive(place: Place, *, permissive: bool = False) -> Session:
    """Start the client's core once, and have it run each of its agents."""
    servers = {SERVER: {"command": SERVER_COMMAND[0], "args": SERVER_COMMAND[1:]}}
    script, core = Path(__file__).with_suffix(".mjs"), CLIENTS["gemini-cli"].path
    command = [CLIENTS["node"].path, script, core, place.project, json.dumps(servers), "yolo" if permissive else "default"]
    caller = Caller("", lambda *_: {}, lambda _: {}, EVERY_TRY if permissive else TRIES, place.project, unoffered=permissive)
    with caller.serve() as model, place.talk(command, GOOGLE_GEMINI_BASE_URL=model.url, GEMINI_API_KEY="none") as talk:
        listed = talk.until(lambda line: isinstance(line, list))
        if listed is None:
            return Session(failed=place.stderr)
        caller.note({agent["name"]: agent["description"] for agent in listed})
        talk.say({})
        said = talk.until(lambda line: isinstance(line, dict))
    models = {agent["name"]: agent["model"] for agent in listed}
    called = caller.seen(_prompt)
    return Session(
        {name: replace(seen, model=models[name], error=said["broken"].get(name)) for name, seen in called.items()}, said["errors"]
    )
