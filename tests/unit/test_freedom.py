"""What an agent may do, as every report says it, is what the losses of a conversion say: one answer, over formats and agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent_files import agent_of, convert_agent, make, minimal, output
from agentconv.conversion import freedom
from agentconv.conversion.options import Options
from agentconv.core import plain_words, vocabulary
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconv.conversion.freedom import Freedom
    from agentconv.core.diagnostics import Loss

AUTHORS: list[tuple[str, dict[str, object]]] = [
    ("claude-code", {}),
    ("claude-code", {"tools": ["Read", "Grep"]}),
    ("claude-code", {"tools": ["Read", "Grep", "Bash"]}),
    ("claude-code", {"tools": ["Read", "Edit", "WebFetch"]}),
    ("claude-code", {"tools": ["Read", "mcp__tracker__list"], "mcpServers": ["tracker"]}),
    ("claude-code", {"disallowedTools": ["Bash", "PowerShell", "mcp__tracker"]}),
    ("claude-code", {"permissionMode": "acceptEdits"}),
    ("claude-code", {"permissionMode": "default"}),
    ("claude-code", {"permissionMode": "dontAsk", "tools": ["Read", "Edit"]}),
    ("codex", {"sandbox_mode": "read-only", "web_search": "disabled"}),
    ("codex", {"sandbox_mode": "workspace-write"}),
    ("cursor", {"readonly": "true"}),
    ("opencode", {"permission": {"*": "deny", "read": "allow"}}),
    ("opencode", {"permission": {"bash": "ask", "edit": "allow"}}),
    ("qwen-code", {"tools": ["read_file", "web_fetch"]}),
    ("qwen-code", {}),
]
FILES = [client for client in registry.CLIENTS if not registry.FORMATS[client].bundle]


def told(losses: Sequence[Loss]) -> tuple[set[str], bool, bool, set[str]]:
    """Return what losses say: effects that are wider, limits that are not held of tools and of servers, effects that are unasked."""
    wider = {one.partition(" ")[0].partition(":")[0] for loss in losses if loss.code == "widened" for one in loss.beyond}
    unheld = [loss for loss in losses if loss.code == "not-enforced"]
    words = ", ".join(str(loss.detail) for loss in losses if loss.code == "asks-dropped")
    unasked = {effect for effect, word in plain_words.EFFECTS.items() if word in words}
    of_servers = [loss for loss in unheld if loss.field == "mcp_servers"]
    return wider, len(unheld) > len(of_servers), bool(of_servers), unasked


def shown(free: tuple[Freedom, ...]) -> Mapping[str, tuple[str, bool]]:
    return {one.about: (one.word, one.more) for one in free}


@pytest.mark.parametrize("target", FILES)
def test_every_mark_is_a_loss_and_every_loss_is_a_mark(target: str) -> None:
    for client, keys in AUTHORS:
        if vocabulary.words_of(client) == vocabulary.words_of(target):
            continue
        author = agent_of(client, make(client, {**minimal(client), "description": "Helps with one thing.", **keys}))
        done = convert_agent(author, target, Options(allow_widening=True))
        if done.file is None:
            continue
        again = agent_of(target, output(done))
        wider, of_tools, of_servers, unasked = told(done.losses)
        found = shown(freedom.of(author, again, target))
        case = f"{client} {keys} -> {target}: {found}, {[f'{one.code} {one.field} {one.detail}' for one in done.losses]}"
        marked = {about for about, (_, more) in found.items() if more}
        assert marked - {"mcp"} == {one for one in wider if one in found and one != "mcp"} | covered(wider, marked), case
        assert ("mcp" in wider) <= ("mcp" in marked), case
        assert (found["mcp"][0] == freedom.NOT_HELD) == of_servers, case
        assert any(word == freedom.NOT_HELD for about, (word, _) in found.items() if about != "mcp") == of_tools, case
        silent = {about for about, (word, _) in found.items() if word == freedom.UNASKED}
        assert silent == unasked - marked or (silent > unasked - marked and "run" in unasked), case


GUARDED = """\
---
name: ops
description: Runs.
tools: {}
hooks:
  PreToolUse:
    - matcher: Bash
      hooks:
        - type: command
          command: exit 2
---

Run.
"""


@pytest.mark.parametrize(
    ("tools", "client", "expected"),
    [
        ("Bash", "claude-code", [("hooks", "held", False)]),
        ("Bash", "cursor", [("hooks", "not held", True)]),
        ("Bash", "copilot", [("hooks", "not held", True)]),  # it reads them, and runs none of a spawned agent's
        ("Read", "claude-code", []),
    ],
)
def test_a_guard_of_an_agent_is_held_or_not(tools: str, client: str, expected: list[object]) -> None:
    """Of who has a hook that may block what it does, it is said whether the client holds that; of nobody else anything."""
    author = agent_of("claude-code", GUARDED.format(tools).encode())
    seen = agent_of(client, GUARDED.format(tools).encode())
    found = freedom.of(author, seen, client)

    assert [(one.about, one.word, one.more) for one in found if one.about not in freedom.ABOUT] == expected


def covered(wider: set[str], marked: set[str]) -> set[str]:
    """Return the effects that go with running commands, where those are wider."""
    return marked - {"mcp"} if "run" in wider else set()
