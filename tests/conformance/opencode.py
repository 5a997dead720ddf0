"""Drive OpenCode: what its server lists, and what each agent is sent when another one, or the user, calls it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from driving import SECONDS, SERVER, SERVER_COMMAND, Caller, Session, before_last
from installed import CLIENTS

if TYPE_CHECKING:
    import model_server
    from driving import Place

TAIL = "\nYou are powered by the model named"
OFF = ("AUTOUPDATE", "MODELS_FETCH", "LSP_DOWNLOAD", "DEFAULT_PLUGINS", "SHARE", "CLAUDE_CODE")
EFFECTS = {"edit": "write", "bash": "run"}
"""What the keys of a permission map stand for."""


def _configuration(url: str) -> dict[str, Any]:
    provider = {"npm": "@ai-sdk/openai-compatible", "name": "fake", "options": {"baseURL": f"{url}/v1", "apiKey": "none"}}
    providers = {"fake": {**provider, "models": {"m": {"name": "m", "tool_call": True}}}}
    real = {"options": {"baseURL": f"{url}/v1", "apiKey": "none"}}
    server = {"type": "local", "command": list(SERVER_COMMAND)}
    asked = dict.fromkeys(("edit", "bash", "webfetch", "websearch"), "ask")  # so that only an agent's own file allows
    models = {"model": "fake/m", "small_model": "fake/m", "provider": {**providers, "anthropic": real}}
    return {**models, "mcp": {SERVER: server}, "permission": asked}


def _prompt(request: model_server.Request) -> str:
    return before_last(request.system[0], TAIL)


def drive(place: Place) -> Session:
    """Start the client's server once, and have it call each of its agents."""
    agents: dict[str, dict[str, Any]] = {}
    caller = Caller(
        "task",
        lambda name, prompt: {"description": "d", "prompt": prompt, "subagent_type": name},
        lambda _: {name: agent.get("description") for name, agent in agents.items()},
        {},  # what is to be asked for waits for an answer: its rules say as much
        place.project,
    )
    environment = {f"OPENCODE_DISABLE_{name}": "1" for name in OFF}
    with caller.serve() as model:
        # beside the project's own, which a conversion may have written
        environment["OPENCODE_CONFIG"] = str(place.write("opencode.json", _configuration(model.url)))
        with place.talk([CLIENTS["opencode"].path, "serve", "--port", "0"], **environment) as talk:
            line = talk.until(lambda line: "listening on" in str(line))
            if line is None:
                return Session(failed=place.stderr)
            ask = _asking(re.search(r"http://\S+", line)[0])
            try:
                agents |= {agent["name"]: agent for agent in ask("GET", "/agent") if not agent.get("native")}
                session = ask("POST", "/session", {})["id"]
            except HTTPError as error:  # one bad file stops the client
                return Session(failed=error.read().decode())
            ask("POST", f"/session/{session}/message", {"agent": "build", "parts": [{"type": "text", "text": "Go."}]})
    return Session({name: replace(seen, unattended=_unattended(agents[name]["permission"])) for name, seen in caller.seen(_prompt).items()})


def _unattended(rules: list[dict[str, str]]) -> frozenset[str]:
    """Return the effects that an agent's rules allow on everything: the last rule that fits a key decides."""
    decided = {rule["permission"]: rule["action"] for rule in rules if rule["pattern"] == "*" and rule["permission"] != "*"}
    return frozenset(effect for key, effect in EFFECTS.items() if decided.get(key) == "allow")


def _asking(url: str) -> Any:
    opener = build_opener(ProxyHandler({}))

    def ask(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(url + path, data, {"content-type": "application/json"}, method=method)
        with opener.open(request, timeout=SECONDS) as answer:
            return json.loads(answer.read())

    return ask
