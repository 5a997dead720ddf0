"""Drive Claude Code: what it lists at the start, and what each agent is sent when another one calls it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from driving import SERVER, SERVER_COMMAND, Caller, Session, Try, before_last, make_file, server_tries
from installed import CLIENTS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from driving import Place
    from model_server import Request

BUILT_IN = frozenset({"claude", "Explore", "general-purpose", "Plan", "statusline-setup"})
PROTOCOL = ["--input-format", "stream-json", "--output-format", "stream-json", "--verbose"]
TAILS = ("\n\nMessages from the agent that launched you", "\n\n# Persistent Agent Memory\n")
TRIES = (
    Try("Write", "write", lambda path: {"file_path": path, "content": ""}),
    Try("Bash", "run", lambda path: {"command": make_file(path)}),
)
EVERY_TRY = (
    *TRIES,
    Try("Edit", "write", lambda path: {"file_path": path, "old_string": "", "new_string": "-"}),
    Try("Read", "read", lambda path: {"file_path": path}, trace="shown"),
    *server_tries(lambda tool: f"mcp__{SERVER}__{tool}"),
)
"""Not fetching: the client asks its own service about an address first."""
PERMISSIVE = ["--dangerously-skip-permissions"]
NO_HOOKS = ["--settings", '{"disableAllHooks": true}']
COMPLAINT = re.compile(r"\S+ \[(?:DEBUG|WARN|ERROR)\] (.*(?:\.claude/agents/|frontmatter|[Pp]lugin).*)")


def _prompt(request: Request) -> str:
    return before_last(request.system[-1], *TAILS)


def drive(place: Place, *more: str | Path, permissive: bool = False, hooks: bool = False) -> Session:
    """Start the client once, with more options, and have it call each of its agents."""
    if hooks:  # which an agent of a project that is not trusted has not
        place.write("home/.claude.json", {"projects": {str(place.project): {"hasTrustDialogAccepted": True}}})
    log = place.home / "debug.log"
    servers = {"mcpServers": {SERVER: {"command": SERVER_COMMAND[0], "args": SERVER_COMMAND[1:]}}}
    options = [
        "--strict-mcp-config",
        "--mcp-config",
        place.write("servers.json", servers),
        "--debug-file",
        log,
        *(PERMISSIVE if permissive else []),
        *(NO_HOOKS if permissive and not hooks else []),
        *more,
    ]
    listed: dict[str, str | None] = {}
    caller = Caller(
        "Agent",
        lambda name, prompt: {"description": "d", "prompt": prompt, "subagent_type": name, "run_in_background": False},
        lambda _: listed,
        EVERY_TRY if permissive else TRIES,
        place.project,
        unoffered=permissive,
        at_once=1 if hooks else None,
    )
    with caller.serve() as model, place.talk([CLIENTS["claude-code"].path, "-p", *PROTOCOL, *options], **_environment(model.url)) as talk:
        talk.say({"type": "control_request", "request_id": "1", "request": {"subtype": "initialize"}})
        answer = talk.until(lambda line: isinstance(line, dict) and line.get("type") == "control_response")
        if answer is None:
            return Session(failed=place.stderr)
        agents = answer["response"]["response"]["agents"]
        listed |= {agent["name"]: agent["description"] for agent in agents if agent["name"] not in BUILT_IN}
        talk.say({"type": "user", "message": {"role": "user", "content": "Go."}})
        talk.until(lambda line: isinstance(line, dict) and line.get("type") == "result")
    return Session(caller.seen(_prompt), list(_complaints(log.read_text("utf-8", "replace").splitlines())))


def _complaints(lines: Iterable[str]) -> Iterable[str]:
    return (found[1] for line in lines if (found := COMPLAINT.match(line)) and "Failed to stat" not in line)


def _environment(url: str) -> dict[str, str]:
    quiet = ("DISABLE_AUTOUPDATER", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "DISABLE_TELEMETRY", "DISABLE_ERROR_REPORTING")
    # every tool is offered by itself, rather than found by a search, and every agent runs at once
    all_of_it = {"ENABLE_TOOL_SEARCH": "false", "CLAUDE_CODE_MAX_CONCURRENT_SUBAGENTS": "1000"}
    # which says that the machine is one to be thrown away: root may not skip permissions elsewhere
    scratch = {"IS_SANDBOX": "1"}
    return {**dict.fromkeys(quiet, "1"), **all_of_it, **scratch, "ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "none"}
