"""Conversions of conversions: whatever way an agent takes through the clients, no step lets it do more than the one before."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from agent_files import agent_of, convert_agent, make, minimal
from agentconv.core import effects, vocabulary
from agentconv.core.access import EFFECTS, Level
from agentconv.formats import registry

if TYPE_CHECKING:
    from agentconv.core.effects import Effects
    from agentconv.core.ir import Agent

CLAUDE = ["Read", "Grep", "Write", "Edit", "Bash", "WebFetch", "WebSearch", "NotebookEdit", "mcp__a_b__t", "mcp__hub", "Bash(git:*)"]
QWEN = ["read_file", "grep_search", "write_file", "edit", "run_shell_command", "web_fetch", "mcp__hub__t"]
WORDS = ["*", "read", "edit", "bash", "webfetch", "websearch", "grep", "glob", "list", "task", "hub_*", "write"]


def _some(dice: random.Random, words: list[str]) -> list[str]:
    return dice.sample(words, dice.randint(1, 4))


def _maybe(dice: random.Random, **keys: Any) -> dict[str, Any]:
    return {key: value for key, value in keys.items() if dice.random() < 0.5}


def _header(dice: random.Random, client: str) -> dict[str, Any]:
    """Return keys of a client that say what an agent may do."""
    if client in ("opencode", "kilo"):
        actions = ["allow", "ask", "deny"]
        rules: dict[str, Any] = {word: dice.choice(actions) for word in _some(dice, WORDS)}
        return _maybe(dice, permission={**rules, **_maybe(dice, bash={"*": dice.choice(actions), "git *": dice.choice(actions)})})
    if client == "codex":
        table = {"network_access": dice.random() < 0.5}
        sandbox = dice.choice(["read-only", "workspace-write", "danger-full-access"])
        return _maybe(dice, sandbox_mode=sandbox, sandbox_workspace_write=table, web_search="disabled", features={"shell_tool": False})
    if client == "cursor":
        return _maybe(dice, readonly="true")
    words = QWEN if client == "qwen-code" else CLAUDE
    modes = ["plan", "default", "auto-edit", "yolo"] if client == "qwen-code" else ["plan", "default", "acceptEdits", "dontAsk"]
    mode = {"approvalMode" if client == "qwen-code" else "permissionMode": dice.choice(modes)}
    return _maybe(dice, tools=_some(dice, words), disallowedTools=_some(dice, words), **mode)


def _freedom(found: Effects, effect: str) -> int:
    """Return how freely an effect may be used: not at all, when asked for, or unasked unless the user's settings say otherwise."""
    level = max(found.levels[effect], found.levels["run"], Level.ASK if found.confined else Level.NO)
    unasked = level is Level.ALLOW or (level is Level.INHERIT and not found.asks)
    return 0 if level is Level.NO or (effect == "read" and not level) else 2 if unasked else 1


def _wider(before: Effects, after: Effects, *, told: bool) -> list[str]:
    """Return the effects that a step opens, or no longer asks for without a word on it."""
    found = []
    for effect in EFFECTS:
        had, has = _freedom(before, effect), _freedom(after, effect)
        if after.levels[effect] > Level.NO and (not had or (has > had and not told and effect != "read")):
            found.append(effect)
    return found


@pytest.mark.parametrize("seed", range(20))
def test_no_chain_widens(seed: int) -> None:
    """Over random agents and ways, what a step's own client makes of its file is within what the step before let the agent do."""
    dice = random.Random(seed)
    for _ in range(10):
        client = dice.choice(["claude-code", "qwen-code", "opencode", "kilo", "codex", "cursor"])
        header = _header(dice, client)
        agent: Agent = agent_of(client, make(client, {**minimal(client), "description": "Helps with one thing.", **header}))
        way = [client, *dice.sample([one for one in registry.CLIENTS if one != client], 2), client]
        for here, there in pairwise(way):
            done = convert_agent(agent, there)
            assert not done.failed, (way, header, done.diagnostics)
            if done.file is None:
                break
            left = agent_of(there, done.file.data)
            told = bool({"asks-dropped", "not-enforced"} & {loss.code for loss in done.losses})
            home = vocabulary.words_of(here) == vocabulary.words_of(there)  # its author was never held to more than that client holds it to
            before, after = effects.effects(agent, held=home), effects.effects(left, format_id=there)

            assert not _wider(before, after, told=told), (here, there, header, done.file.data.decode())
            agent = left
