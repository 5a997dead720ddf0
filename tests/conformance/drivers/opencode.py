"""Drive OpenCode: what its server lists, and what each agent is sent when another one, or the user, calls it."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any

from driving import SECONDS, SERVER, SERVER_COMMAND, Caller, Session, Try, before_last, make_file, server_tries
from installed import CLIENTS

if TYPE_CHECKING:
    import model_server
    from driving import Place, Talk

TAIL = "\nYou are powered by the model named"
OFF = ("AUTOUPDATE", "MODELS_FETCH", "LSP_DOWNLOAD", "DEFAULT_PLUGINS", "SHARE", "CLAUDE_CODE")
EFFECTS = {"edit": "write", "bash": "run"}
"""What the keys of a permission map stand for."""


EVERY_TRY = (
    Try("write", "write", lambda path: {"filePath": path, "content": "-"}),
    Try("edit", "write", lambda path: {"filePath": path, "oldString": "", "newString": "-"}),
    Try("bash", "run", lambda path: {"command": make_file(path), "description": "d"}),
    Try("read", "read", lambda path: {"filePath": path}, trace="shown"),
    Try("webfetch", "network", lambda url: {"url": url, "format": "text", "timeout": 9}, trace="fetched"),
    *server_tries(lambda tool: f"{SERVER}_{tool}"),
)


@dataclass(frozen=True)
class Make:
    """What differs between OpenCode and what was made of it."""

    client: str
    prefix: str
    """What its variables start with."""
    main: str
    """The agent that the user talks to."""
    head: str = ""
    """How what precedes the prompt ends."""


class RefusedError(Exception):
    """What the client's server answers when it cannot do something."""


def _configuration(url: str, *, permissive: bool) -> dict[str, Any]:
    provider = {"npm": "@ai-sdk/openai-compatible", "name": "fake", "options": {"baseURL": f"{url}/v1", "apiKey": "none"}}
    providers = {"fake": {**provider, "models": {"m": {"name": "m", "tool_call": True}}}}
    real = {"options": {"baseURL": f"{url}/v1", "apiKey": "none"}}
    server = {"type": "local", "command": list(SERVER_COMMAND)}
    asked = dict.fromkeys(("edit", "bash", "webfetch", "websearch"), "ask")  # so that only an agent's own file allows
    models = {"model": "fake/m", "small_model": "fake/m", "provider": {**providers, "anthropic": real}}
    return {"snapshot": False, **models, "mcp": {SERVER: server}, "permission": "allow" if permissive else asked}


OPENCODE = Make("opencode", "OPENCODE", "build")


def drive(place: Place, make: Make = OPENCODE, *, permissive: bool = False) -> Session:
    """Start the client's server once, and have it call each of its agents."""

    def prompt(request: model_server.Request) -> str:
        return before_last(request.system[0].partition(make.head)[2] if make.head else request.system[0], TAIL)

    agents: dict[str, dict[str, Any]] = {}
    caller = Caller(
        "task",
        lambda name, prompt: {"description": "d", "prompt": prompt, "subagent_type": name},
        lambda _: {name: agent.get("description") for name, agent in agents.items()},
        EVERY_TRY if permissive else (),  # what is to be asked for waits for an answer: its rules say as much
        place.project,
        unoffered=permissive,
    )
    environment = {f"{make.prefix}_DISABLE_{name}": "1" for name in OFF}
    with caller.serve() as model:
        # beside the project's own, which a conversion may have written
        environment[f"{make.prefix}_CONFIG"] = str(place.write("settings.json", _configuration(model.url, permissive=permissive)))
        with place.talk([CLIENTS[make.client].path, "serve", "--port", "0"], **environment) as talk:
            line = talk.until(lambda line: "listening on" in str(line))
            if line is None:
                return Session(failed=place.stderr)
            address = line.rpartition("http://")[2].strip()
            try:
                agents |= {agent["name"]: agent for agent in _ask(address, "GET", "/agent") if not agent.get("native")}
                session = _ask(address, "POST", "/session", {})["id"]
            except RefusedError as error:  # one bad file stops the client
                return Session(failed=str(error))
            said = f"/session/{session}/message"
            threading.Thread(target=_allow_all, args=(address, talk), daemon=True).start()
            _ask(address, "POST", said, {"agent": make.main, "parts": [{"type": "text", "text": "Go."}]})
            for name in [name for name, result in caller.results.items() if any(why in result for why in _ALONE)]:
                # with a model that it has not heard of offline, another one does for what is asked here
                parts = [{"type": "text", "text": caller.word_for(name)}]
                _ask(address, "POST", said, {"agent": name, "model": {"providerID": "fake", "modelID": "m"}, "parts": parts})
    return Session({name: replace(seen, unattended=_unattended(agents[name]["permission"])) for name, seen in caller.seen(prompt).items()})


_ALONE = ("Model not found", "is a primary agent")
"""What is said of agents that are called by the user instead."""


def _allow_all(address: str, talk: Talk) -> None:
    """Answer every question of the client with yes, as long as it runs: nothing is asked where nothing is called."""
    while talk.process.poll() is None:
        time.sleep(0.2)
        with suppress(OSError, HTTPException):
            for asked in _ask(address, "GET", "/permission"):
                _ask(address, "POST", f"/permission/{asked['id']}/reply", {"reply": "once"})


def _unattended(rules: list[dict[str, str]]) -> frozenset[str]:
    """Return the effects that an agent's rules allow on everything: the last rule that fits a key decides."""
    whole = [rule for rule in rules if rule["pattern"] == "*"]
    decided = {key: [rule["action"] for rule in whole if fnmatchcase(key, rule["permission"])] for key in EFFECTS}
    return frozenset(EFFECTS[key] for key, actions in decided.items() if actions and actions[-1] == "allow")


def _ask(address: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Ask the client's server.

    Raises:
        RefusedError: It answers that something is wrong.
    """
    connection = HTTPConnection(address, timeout=SECONDS)
    connection.request(method, path, None if body is None else json.dumps(body), {"content-type": "application/json"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    if answer.status >= 400:
        raise RefusedError(text)
    return json.loads(text)
