"""Drive Codex: what it lists in its spawning tool, what each spawned agent is sent, and what it warns of."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from driving import SERVER, SERVER_COMMAND, Caller, Session, Try, make_file, server_tries
from installed import CLIENTS

if TYPE_CHECKING:
    from driving import Place, Talk
    from model_server import Request

BUILT_IN = frozenset({"default", "explorer", "worker"})
SPAWN = "multi_agent_v1.spawn_agent"
ROLE = re.compile(r"^(.+?): \{\n(.*?)\n\}(?=\n.+?: \{\n|\s*\Z)", re.DOTALL | re.MULTILINE)
ADDED = re.compile(r"\n- This role's .*", re.DOTALL)
TRIES = (Try("exec_command", "run", lambda path: {"cmd": make_file(path)}),)
EVERY_TRY = (
    *TRIES,
    Try("apply_patch", "write", lambda path: f"*** Begin Patch\n*** Add File: {path}\n+x\n*** End Patch\n"),
    *server_tries(lambda tool: f"mcp__{SERVER}.{tool}"),
)
SANDBOXES = {False: "read-only", True: "danger-full-access"}
"""Of a session, by whether it is permissive."""
CONFIG = """model = "fake-model"
sandbox_mode = {sandbox}
approval_policy = "never"
model_provider = "fake"
[model_providers.fake]
name = "fake"
base_url = {url}
wire_api = "responses"
[projects.{project}]
trust_level = "trusted"
[analytics]
enabled = false
[agents]
max_threads = 1000
[mcp_servers.{server}]
command = {command}
args = {arguments}
"""
"""A model that the client does not know, so that it offers the spawning tool itself rather than a search for tools; and
a session that confines commands, unless it is permissive, so that one that makes a file shows that the agent is less confined."""


def _roles(request: Request) -> dict[str, str | None]:
    """Return the roles that the spawning tool tells the model of."""
    _, _, text = request.tools[SPAWN].partition("Available roles:\n")
    return {name: ADDED.sub("", description) for name, description in ROLE.findall(text) if name not in BUILT_IN}


def _prompt(request: Request) -> str:
    """Return the agent's own text: the first that comes after the client's base instructions."""
    return request.system[1]


def drive(place: Place, *, permissive: bool = False) -> Session:
    """Start the client once, and have it call each of its agents."""
    tries = EVERY_TRY if permissive else TRIES
    caller = Caller(SPAWN, lambda name, prompt: {"agent_type": name, "message": prompt}, _roles, tries, place.project, unoffered=permissive)
    with caller.serve() as model:
        values = {"url": f"{model.url}/v1", "project": str(place.project), "server": SERVER, "sandbox": SANDBOXES[permissive]}
        command, *arguments = SERVER_COMMAND
        quoted = {key: json.dumps(value) for key, value in {**values, "command": command, "arguments": arguments}.items()}
        place.write("home/.codex/config.toml", CONFIG.format(**quoted))
        with place.talk([CLIENTS["codex"].path, "app-server"], CODEX_HOME=str(place.home / ".codex"), RUST_LOG="error") as talk:
            failed = _converse(talk, place, caller)
            warnings = [
                line["params"]["summary"] for line in talk.heard if isinstance(line, dict) and line.get("method") == "configWarning"
            ]
    return Session(caller.seen(_prompt), [text for text in warnings if "bubblewrap" not in text], failed)


def _converse(talk: Talk, place: Place, caller: Caller) -> str | None:
    """Have one turn, and wait until every agent that was spawned has asked for something; say what went wrong."""
    thread = None
    steps = [
        ("initialize", {"clientInfo": {"name": "conformance", "version": "1"}, "capabilities": {"experimentalApi": True}}),
        ("thread/start", {"cwd": str(place.project)}),
        ("turn/start", {"input": [{"type": "text", "text": "Go."}]}),
    ]
    for number, (method, parameters) in enumerate(steps):
        talk.say({"id": number, "method": method, "params": {**parameters, **({"threadId": thread} if thread else {})}})
        answer = talk.until(lambda line, number=number: isinstance(line, dict) and line.get("id") == number)
        if answer is None or "error" in answer:
            return json.dumps(answer["error"]) if answer else place.stderr
        thread = answer["result"].get("thread", {}).get("id", thread)
        if number == 0:
            talk.say({"method": "initialized"})
    talk.until(lambda line: _ended(line) and line["params"]["threadId"] == thread)
    spawned = sum("agent_id" in text for text in caller.results.values())
    ended = sum(map(_ended, talk.heard))
    while ended < spawned + 1 and talk.until(_ended):
        ended += 1
    return None


def _ended(line: Any) -> bool:
    return isinstance(line, dict) and line.get("method") == "turn/completed"
