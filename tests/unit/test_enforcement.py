"""What real clients hold an agent to, measured by letting agents call every tool; and that nothing is written that relies on more."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest

from agent_files import agent_of, convert_agent, convert_file, dealt, make, minimal
from agentconv import write
from agentconv.core import access, effects, enforcement, hook_facts, modes, vocabulary
from agentconv.core.access import Level
from agentconv.core.diagnostics import LossKind
from agentconv.core.ir import AgentSet, McpServer
from agentconv.core.parts import Server
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.render.tally import Tally
from agentconv.render.text import Style
from together import together

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Agent


def made(client: str, keys: Mapping[str, object]) -> Agent:
    """Read a file of a client with these keys."""
    return agent_of(client, make(client, {**minimal(client), "description": "Helps with one thing.", **keys}))


NO, ASK, INHERIT, ALLOW = Level.NO, Level.ASK, Level.INHERIT, Level.ALLOW

# Client, keys, and the levels of writing, the network and running commands. Each row was seen in the client: an agent with these keys
# called every tool, also under a permissive caller.
FACTS = [
    ("claude-code", {}, (INHERIT, INHERIT, INHERIT)),
    ("claude-code", {"tools": ["Read", "Grep"]}, (NO, NO, NO)),
    ("claude-code", {"tools": []}, (NO, NO, NO)),
    ("claude-code", {"disallowedTools": ["Bash", "PowerShell", "Write"]}, (INHERIT, INHERIT, NO)),
    ("claude-code", {"disallowedTools": ["*"]}, (INHERIT, INHERIT, INHERIT)),
    ("claude-code", {"tools": ["Bash(git:*)"]}, (NO, NO, INHERIT)),
    ("claude-code", {"permissionMode": "plan"}, (ASK, ASK, ASK)),
    ("claude-code", {"permissionMode": "default"}, (ASK, ASK, ASK)),
    ("claude-code", {"permissionMode": "dontAsk"}, (ASK, ASK, ASK)),
    ("claude-code", {"permissionMode": "acceptEdits"}, (ALLOW, INHERIT, INHERIT)),
    ("claude-code", {"permissionMode": "bypassPermissions"}, (INHERIT, INHERIT, INHERIT)),
    ("qwen-code", {"approvalMode": "plan"}, (ASK, ASK, ASK)),
    ("qwen-code", {"approvalMode": "auto-edit"}, (ALLOW, ALLOW, INHERIT)),
    ("qwen-code", {}, (ALLOW, ALLOW, INHERIT)),
    ("qwen-code", {"tools": ["read_file", "web_fetch"]}, (NO, ALLOW, NO)),
    ("qwen-code", {"disallowedTools": ["*"], "approvalMode": "default"}, (ASK, ASK, ASK)),
    ("cursor", {"readonly": "true"}, (NO, INHERIT, NO)),
    ("opencode", {"permission": {"read": "allow", "*": "deny"}}, (NO, NO, NO)),
    ("opencode", {"permission": {"*": "deny", "read": "allow"}}, (NO, NO, NO)),
    ("opencode", {"tools": {"bash": True}, "permission": {"bash": "deny"}}, (INHERIT, INHERIT, NO)),
    ("opencode", {"permission": {"write": "deny"}}, (INHERIT, INHERIT, INHERIT)),
    ("opencode", {"permission": {"edit": "deny"}}, (NO, INHERIT, INHERIT)),
    ("gemini-cli", {"tools": ["read_file"]}, (NO, NO, NO)),
    ("gemini-cli", {"tools": []}, (NO, NO, NO)),
    ("goose-recipe", {}, (INHERIT, NO, INHERIT)),
    ("goose-recipe", {"extensions": []}, (NO, NO, NO)),
    ("goose-recipe", {"extensions": [{"type": "platform", "name": "developer", "available_tools": ["tree"]}]}, (NO, NO, NO)),
    ("goose-recipe", {"extensions": [{"type": "platform", "name": "developer", "available_tools": ["write"]}]}, (INHERIT, NO, NO)),
    ("goose-recipe", {"extensions": [{"type": "platform", "name": "developer"}]}, (INHERIT, NO, INHERIT)),
    ("goose-recipe", {"extensions": [{"type": "platform", "name": "summon"}]}, (NO, NO, NO)),
]


_READS = {"tools": ["Read", "Glob", "WebFetch", "WebSearch"]}
LIMITED = [target for target in registry.CLIENTS if convert_agent(made("claude-code", _READS), target).file]
"""Clients whose files can limit an agent in any way."""
OFFLINE = [target for target in LIMITED if convert_agent(made("claude-code", {"tools": ["Read", "Glob"]}), target).file]
"""Those whose files can take the network from an agent; Cursor's one switch leaves it open, and so do tools that every agent has."""
READING = [target for target in LIMITED if target in ("codex", "cursor") or vocabulary.tools_for(vocabulary.words_of(target), "fs.read")]
"""Those that read files with something else than commands."""
NEVER_ASK = [
    target
    for target in registry.CLIENTS
    if not vocabulary.fact(target, "asks_by_default")
    and not vocabulary.native_mode(target, "default")
    and not {"permissions.rules", "permissions.sandbox"} & registry.load(target).SPEC.holds
]
"""Clients that ask for nothing, and whose files cannot say to."""


@pytest.mark.parametrize("target", [target for target in registry.CLIENTS if target not in LIMITED])
def test_what_no_file_limits_takes_no_limited_agent(target: str) -> None:
    """Where no file limits an agent, one with a list of tools is refused, and one without goes there."""
    limited, free = (convert_agent(made("claude-code", keys), target) for keys in ({"tools": ["Read"]}, {}))

    assert [loss.code for loss in limited.losses if loss.severity.value == "refusal"] == ["widening"]
    assert free.file


@pytest.mark.parametrize(("client", "keys", "levels"), FACTS, ids=[f"{client} {keys}" for client, keys, _ in FACTS])
def test_effects_are_what_the_client_holds(client: str, keys: dict[str, object], levels: tuple[Level, Level, Level]) -> None:
    """What is computed of an agent's file is what the client was seen to hold it to."""
    found = effects.effects(made(client, keys), format_id=client).levels

    assert levels == (found["write"], found["network"], found["run"])


@pytest.mark.parametrize("target", [target for target in LIMITED if target != "cursor"])
@pytest.mark.parametrize(("source", "key"), [("cursor", {"readonly": "true"}), ("claude-code", {"permissionMode": "plan"})])
def test_a_limit_is_written_as_tools(source: str, key: dict[str, object], target: str) -> None:
    """What a read-only mode closes is closed in every other client without any mode; of Cursor's, MCP servers as well."""
    agent = made(source, key)
    done = convert_agent(agent, target)
    if agent is modes.in_tools(agent, target, holds=target != "claude-plugin"):  # the client's own mode, which it keeps
        return
    assert done.file
    left = agent_of(target, done.file.data)
    found = effects.effects(left, ["hub"], target)

    assert (found.levels["write"], found.levels["run"]) == (NO, NO)
    assert source != "cursor" or target == "codex" or not (found.every_server or found.servers)  # a role closes no server


@pytest.mark.parametrize("target", registry.CLIENTS)
def test_what_is_denied_unless_it_is_asked_for_is_asked_for(target: str) -> None:
    """An agent that runs nothing its user was not asked for runs nothing unasked anywhere; it is refused where nothing asks."""
    agent = made("claude-code", {"permissionMode": "dontAsk", "tools": ["Read", "Write", "Bash"]})
    done = convert_agent(agent, target)
    found = effects.effects(agent_of(target, done.file.data), format_id=target) if done.file else None

    assert found.levels["run"] <= ASK or found.asks if found else target in NEVER_ASK


@pytest.mark.parametrize("target", registry.CLIENTS)
@pytest.mark.parametrize("network", [None, False])
def test_a_cached_search_is_no_fetch(target: str, network: bool | None) -> None:
    """Codex has no tool that fetches a page, and its sandbox has no network unless a file says so: what searches does not fetch."""
    keys = {"sandbox_mode": "workspace-write", **({} if network is None else {"sandbox_workspace_write": {"network_access": network}})}
    for more, searches in (({}, True), ({"web_search": "disabled"}, False)):
        agent = made("codex", {**keys, **more})
        done = convert_agent(agent, target)
        left = agent_of(target, done.file.data) if done.file else None
        have = set(effects.usable(left, target)) if left and target not in ("cursor", "codex") else set()

        assert "web.fetch" not in have or target not in OFFLINE
        assert searches or "web.search" not in have


@pytest.mark.parametrize(("target", "told"), [("opencode", True), ("kilo", True), ("copilot", False), ("qwen-code", False)])
def test_a_server_whose_name_a_client_cuts_elsewhere_is_told(target: str, told: bool) -> None:
    """Where a tool of a server is one word, cut at the first `_`, a server with one in its name may be read as another: that is a loss."""
    agent = made("claude-code", {"tools": ["Read", "mcp__a_b__t"]})
    done = convert_agent(agent, target)
    assert done.file
    servers = {key for key in effects.effects(agent_of(target, done.file.data), format_id=target).servers if key != "a_b"}

    assert told == bool(servers) == ("mcp-approximated" in [loss.code for loss in done.losses])


def test_words_of_others_are_denied_beside_one_that_denies_nothing() -> None:
    """Claude Code passes over a list of denials with `*` in it; a word that it does not take is denied where it is a tool all the same."""
    keys = {"tools": ["Agent", "bash"], "disallowedTools": ["*", "bash"], "permissionMode": "auto"}
    done = convert_agent(made("claude-code", keys), "qwen-code")
    assert done.file

    assert effects.effects(agent_of("qwen-code", done.file.data), format_id="qwen-code").levels["run"] is NO


def test_memory_gives_tools_that_write() -> None:
    """Claude Code offers an agent with a memory the tools that write it, whatever its list says; so does what is shown of it."""
    agent = made("claude-code", {"tools": ["Read"], "memory": "project"})

    assert effects.effects(agent, trusted=True).levels["write"] > NO
    assert "fs.write" in effects.usable(agent, "claude-code")
    assert "fs.write" not in effects.usable(made("claude-code", {"tools": ["Read"]}), "claude-code")


@pytest.mark.parametrize("keys", [{}, {"disallowedTools": ["Read"]}, {"disallowedTools": ["*"]}], ids=str)
@pytest.mark.parametrize("target", registry.CLIENTS)
def test_what_the_source_asks_for_is_asked_for(target: str, keys: dict[str, object]) -> None:
    """What Claude Code asks for where nobody says otherwise is asked for in each client that can be told to ask; else that is a warning."""
    done = convert_agent(made("claude-code", keys), target)
    assert done.file
    found = effects.effects(agent_of(target, done.file.data), format_id=target)
    asked = all(found.levels[effect] <= (INHERIT if found.asks else ASK) for effect in ("write", "network", "run"))

    assert asked != ("asks-dropped" in {loss.code for loss in done.losses}) or target == "codex"  # which does not ask to write, alone
    assert target != "codex" or [loss.detail for loss in done.losses if loss.code == "asks-dropped"] == ["writing files"]


@pytest.mark.parametrize(
    ("source", "keys", "asked"),
    [
        ("qwen-code", {}, {"bash": "ask", "*_*": "ask", "edit": "allow"}),
        ("qwen-code", {"disallowedTools": ["web_fetch"]}, {"bash": "ask", "*_*": "ask", "webfetch": "deny"}),
        ("qwen-code", {"approvalMode": "yolo"}, {"*": "allow"}),
        ("kilo", {}, {"bash": "ask"}),
        ("kilo", {"permission": {"webfetch": "deny"}}, {"bash": "ask", "webfetch": "deny"}),
        ("kilo", {"permission": {"bash": {"rm *": "deny", "git *": "allow"}}}, {"bash": "ask", "rm *": "deny", "git *": "allow"}),
        ("kilo", {"permission": {"*": "allow"}}, {"*": "allow"}),
        ("kilo", {"permission": {"bash": "allow"}}, {"bash": "allow"}),
    ],
)
def test_what_is_asked_for_in_some_sessions_is_asked_for(source: str, keys: dict[str, object], asked: dict[str, str]) -> None:
    """What Qwen Code and Kilo ask for in some sessions is asked for in OpenCode, before what a file allows; or it is told."""
    done, there = (convert_agent(made(source, keys), target) for target in ("opencode", "cline"))
    assert done.file
    rules = agent_of("opencode", done.file.data).permissions.rules
    found = {rule.native if rule.pattern in (None, "*") else str(rule.pattern): rule.effect for rule in rules}

    assert asked.items() <= found.items()
    assert list(asked) == [one for one in found if one in asked] or source == "qwen-code"
    assert there.file is None or ("asks-dropped" in {loss.code for loss in there.losses}) == (
        found.get("bash") == "ask" and "rm *" not in found
    )


def test_what_the_source_lets_run_unattended_is_not_said_to_be_asked_for() -> None:
    """An agent that writes unattended loses no question about writing."""
    done = convert_agent(made("claude-code", {"permissionMode": "acceptEdits", "tools": ["Read", "Write"]}), "codex")

    assert "asks-dropped" not in {loss.code for loss in done.losses}


@pytest.mark.parametrize("target", ["opencode", "kilo"])
def test_servers_are_asked_for_as_well(target: str) -> None:
    """An agent that is asked about each tool of an MCP server is, in a client that would run them unasked; what it denies stays closed."""
    done = convert_agent(made("claude-code", {"disallowedTools": ["mcp__hub"]}), target)
    assert done.file
    agent = agent_of(target, done.file.data)

    assert ("mcp", "* *", "ask") in effects.effects(agent, format_id=target).parts
    assert "hub" in effects.effects(agent, format_id=target).denied_servers


@pytest.mark.parametrize("target", LIMITED)
def test_a_sandboxed_shell_becomes_one_that_asks(target: str) -> None:
    """Commands that a sandbox lets write are asked for one by one where the target asks, and never run unattended."""
    writes, reads = (made("codex", {"sandbox_mode": mode}) for mode in ("workspace-write", "read-only"))
    for agent, opened in ((writes, True), (reads, False)):
        done = convert_agent(agent, target)
        assert done.file
        found = effects.effects(agent_of(target, done.file.data), format_id=target)
        asks = opened and target not in {*NEVER_ASK, "cursor", "codex"}  # nothing asks; the flag is for all; at home

        assert found.levels["run"] <= (INHERIT if found.asks else ASK)
        assert asks == (found.levels["run"] > NO) == ("sandbox-dropped" in {loss.code for loss in done.losses})


@pytest.mark.parametrize("target", ["opencode", "kilo"])
def test_a_chain_never_rises_above_asking(target: str) -> None:
    """Of a sandboxed shell that became one that asks, the next step keeps the asking."""
    first = convert_agent(made("codex", {"sandbox_mode": "workspace-write"}), target)
    assert first.file
    second = convert_agent(agent_of(target, first.file.data), "claude-code")
    assert second.file

    assert effects.effects(agent_of("claude-code", second.file.data), format_id="claude-code").levels["run"] is ASK


@pytest.mark.parametrize("mode", ["default", "dontAsk"])
def test_a_role_is_not_told_to_ask(mode: str) -> None:
    """Codex ignores how a role wants to be asked, and does not start with `untrusted`: that is told, and never written."""
    done = convert_agent(made("claude-code", {"permissionMode": mode, "tools": ["Read", "Bash"]}), "codex")
    assert done.file

    assert b"approval_policy" not in done.file.data
    assert "not-enforced" in {loss.code for loss in done.losses}


@pytest.mark.parametrize(("source", "target"), [("opencode", "kilo"), ("kilo", "opencode")])
@pytest.mark.parametrize("word", ["external_directory", "doom_loop", "lsp", "plan_enter", "plan_exit", "list"])
def test_relatives_exchange_the_words_that_both_have(source: str, target: str, word: str) -> None:
    """A permission that both clients have under one word is the same in the other, whatever other clients make of it."""
    done = convert_agent(made(source, {"permission": {word: "deny"}}), target)
    assert done.file
    rules = agent_of(target, done.file.data).permissions.rules

    assert [(word, "deny")] == [(rule.native, rule.effect) for rule in rules if rule.native != "bash"]
    assert "tool-unknown" not in {loss.code for loss in done.losses}


LIMITS = [
    ("claude-code", {"tools": ["Read", "Write"]}),
    ("claude-code", {"tools": []}),
    ("claude-code", {"disallowedTools": ["Bash", "WebSearch", "WebFetch"], "permissionMode": "plan"}),
    ("claude-code", {"tools": ["Read", "mcp__hub__get"], "mcpServers": [{"hub": {"command": "hub"}}]}),
    ("opencode", {"permission": {"read": "allow", "*": "deny"}}),
    ("cursor", {"readonly": "true"}),
    ("codex", {"sandbox_mode": "workspace-write", "sandbox_workspace_write": {"network_access": False}, "approval_policy": "untrusted"}),
    ("codex", {"web_search": "disabled", "mcp_servers": {"hub": {"command": "hub", "enabled_tools": ["get"]}}}),
]
"""Clients, and keys that limit what an agent may do; the last are of a client that holds none of its agents to them."""


@together([(client, keys, target) for (client, keys), target in product(LIMITS, registry.CLIENTS)])
def test_a_limit_that_holds_nobody_is_told(client: str, keys: dict[str, object], target: str) -> None:
    """Each limit in a written file that its client does not hold an agent to is told, by its key, whichever client's agent it was."""
    done = convert_agent(made(client, keys), target)
    told = [(loss.detail, loss.hint) for loss in done.losses if loss.code == "not-enforced" and loss.detail.startswith("`")]
    unheld = registry.unheld(target, agent_of(target, done.file.data)) if done.file else ()

    assert [f"`{limit}`" for limit in unheld] == [detail for detail, _ in told]
    assert all(hint and "sandbox" in hint for _, hint in told)
    assert target != "codex" or unheld


@pytest.mark.parametrize(
    ("client", "keys"), [row for row in LIMITS if row[0] != "codex"], ids=[f"{row[0]} {row[1]}" for row in LIMITS[:-2]]
)
def test_a_role_gets_no_server_and_no_limit_of_one(client: str, keys: dict[str, object]) -> None:
    """A role's own server is never started, so none is written; that the agent has all of its session is told, where it had not."""
    done = convert_agent(made(client, keys), "codex")
    assert done.file
    limited = "disallowedTools" not in keys

    assert agent_of("codex", done.file.data).mcp_servers is None
    assert limited == (vocabulary.unenforced("codex").servers in [loss.detail for loss in done.losses])
    assert ("mcpServers" in keys) == ("mcp-dropped" in [loss.code for loss in done.losses])


def test_a_server_of_the_set_widens_no_role() -> None:
    """An agent that may use none of its set's servers is written as a role, which no file closes them to: that is told."""
    agents = AgentSet(
        (replace(made("claude-code", {"tools": ["Read"]}), id="a"),), servers=(Server(definition=McpServer("hub", "stdio", "hub")),)
    )
    result = write(agents, "codex")

    assert len(result.files) == 1
    assert vocabulary.unenforced("codex").servers in [loss.detail for loss in result.losses if loss.code == "not-enforced"]


def test_a_role_that_is_copied_is_told_of_as_well() -> None:
    """A file that keeps its bytes is one whose limits hold nobody all the same."""
    source = make("codex", {**minimal("codex"), "sandbox_mode": "read-only"})
    (done,) = convert_file(source, "codex", "codex")
    assert done.file

    assert source.data == done.file.data
    assert [(loss.code, loss.field) for loss in done.losses] == [("not-enforced", "permissions.sandbox")]


def test_each_limit_is_told_once_in_a_run() -> None:
    """Limits that hold nobody are one entry, a line for those of the same agents, and what to do about them all is said once."""
    head = "Codex does not hold the agent to this, whatever its file says"

    assert _told_of({"a": ["sandbox_mode", "web_search"], "b": ["sandbox_mode"]}) == [
        f"warning[not-enforced] {head}",
        "  2 agents (a, b): `sandbox_mode`",
        "  1 agent (a): `web_search`",
    ]
    assert _told_of({"a": ["sandbox_mode", "web_search"]}) == [f"warning[not-enforced] 1 agent (a): {head}: `sandbox_mode`, `web_search`"]


def _told_of(limits: dict[str, list[str]]) -> list[str]:
    """Return what a run says of limits by agent, without what is to be done, which is said once."""
    tally = Tally()
    for name, keys in limits.items():
        for loss in enforcement.losses_of(name, "codex", keys):
            tally.add(loss)
    *lines, hint = tally.lines(Style())

    assert hint.startswith("  hint: ")
    return lines


@pytest.mark.parametrize("target", registry.CLIENTS)
def test_a_bypass_that_grants_nothing_is_as_nothing(target: str) -> None:
    """An agent whose bypass its client gives nothing for becomes what it would without, with a note; its own client keeps the word."""
    bypass, plain = (
        made("claude-code", {"tools": ["Read", "Write", "Bash"], **mode}) for mode in ({"permissionMode": "bypassPermissions"}, {})
    )
    done, without = convert_agent(bypass, target), convert_agent(plain, target)
    assert done.file
    assert without.file
    home = vocabulary.words_of(target) == "claude-code"

    assert home != ("mode-grants-nothing" in {loss.code for loss in done.losses})
    assert home or done.file.data == without.file.data


@pytest.mark.parametrize("target", LIMITED)
def test_an_agent_without_a_tool_stays_without(target: str) -> None:
    """An agent that a last denial leaves no tool gets none that touches anything; what a client keeps all the same is told."""
    done = convert_agent(made("opencode", {"permission": {"read": "allow", "*": "deny"}}), target)
    left = effects.effects(agent_of(target, done.file.data), format_id=target) if done.file else None
    told = [loss.detail for loss in done.losses if loss.code == "not-enforced"]
    refused = {loss.code for loss in done.losses} & {"refused-tools", "widening"}

    assert refused if left is None else not any(left.may(effect) for effect in access.EFFECTS) or target == "codex"
    assert ("`sandbox_mode`" in told) == (target == "codex")


DENIED: list[tuple[str, dict[str, object], str | None]] = [
    ("kilo", {"permission": {"notebook_execute": "deny"}}, None),
    ("kilo", {"permission": {"list": "deny"}}, None),
    ("kilo", {"permission": {"*": "deny", "bash": "allow", "notebook_execute": "deny"}}, None),
    ("claude-code", {"disallowedTools": ["Monitor"]}, None),
    ("claude-code", {"tools": ["Read", "Monitor"], "disallowedTools": ["Monitor"]}, "run"),
    ("kilo", {"permission": {"bash": "deny", "notebook_execute": "deny"}}, "run"),
    ("kilo", {"permission": {"*": "deny", "notebook_execute": "deny", "read": "allow"}}, "run"),
    ("claude-code", {"disallowedTools": ["Bash"]}, "run"),
]


@together([(*row, target) for row, target in product(DENIED, registry.CLIENTS)])
def test_a_denied_tool_beside_an_open_one_closes_nothing(client: str, keys: dict[str, object], closed: str | None, target: str) -> None:
    """Where another tool of its client does the same, a denied one takes nothing from the agent in a client that has but one of them."""
    agent = made(client, keys)
    done = convert_agent(agent, target)
    assert done.file or closed  # Cursor's one switch leaves the network open
    may = effects.effects(agent_of(target, done.file.data), format_id=target) if done.file else None
    before, after = ({effect for effect in access.EFFECTS if one.may(effect)} if one else set() for one in (effects.effects(agent), may))

    assert closed not in before
    assert (after <= before if closed else after == before) or vocabulary.words_of(client) == vocabulary.words_of(target)


@pytest.mark.parametrize("target", ["opencode", "kilo"])
@pytest.mark.parametrize(
    ("client", "keys"),
    [
        ("roo", {"groups": ["read", "mcp"]}),
        ("claude-code", {"tools": ["Read", "mcp__notebook"]}),
        ("opencode", {"permission": {"*": "deny", "read": "allow", "notebook_*": "ask"}}),
    ],
)
def test_a_grant_of_servers_opens_no_tool_of_the_target(client: str, keys: dict[str, object], target: str) -> None:
    """A pattern for servers' tools that also fits tools of the target's own leaves those closed that were."""
    done = convert_agent(made(client, keys), target)
    assert done.file
    found = effects.effects(agent_of(target, done.file.data), format_id=target)

    assert (found.levels["write"], found.levels["run"]) == (NO, NO)
    assert found.servers


ENV = {"*": "allow", "*.env": "deny"}


@pytest.mark.parametrize("target", READING)
def test_a_denied_part_that_another_tool_reaches_is_no_boundary(target: str) -> None:
    """A search prints what `read` may not, so reading stays open where no pattern holds it, with a warning; without one it closes."""
    searched = convert_agent(made("opencode", {"permission": {"*": "deny", "read": ENV, "grep": "allow"}}), target)
    alone = convert_agent(made("opencode", {"permission": {"*": "deny", "read": ENV}}), target)
    codes = {(loss.code, loss.severity.value) for loss in searched.losses}
    held = target in ("opencode", "kilo")
    is_open = target not in OFFLINE

    assert is_open or (searched.file and "fs.read" in effects.usable(agent_of(target, searched.file.data), target)) or target == "codex"
    assert held or is_open or codes & {("pattern-dropped", "warning"), ("rules-dropped", "warning")}
    assert held == (alone.file is not None)
    assert held or {"refused-tools", "widening"} & {loss.code for loss in alone.losses}


@pytest.mark.parametrize("target", READING)
def test_a_shell_that_is_denied_in_part_asks(target: str) -> None:
    """Commands some of which are denied are asked for one by one where the target cannot say which and asks; else they are closed."""
    done = convert_agent(made("opencode", {"permission": {"*": "deny", "read": "allow", "bash": {"*": "allow", "sudo *": "deny"}}}), target)
    assert done.file
    found = effects.effects(agent_of(target, done.file.data), format_id=target)
    held, closes = target in ("opencode", "kilo"), target in {*NEVER_ASK, "codex", "cursor"}

    assert held or found.levels["run"] <= (INHERIT if found.asks else ASK)
    assert closes == (found.levels["run"] is NO)
    assert held or closes or "sandbox-dropped" in {loss.code for loss in done.losses}


@pytest.mark.parametrize("target", LIMITED)
@pytest.mark.parametrize("bash", ["allow", "deny"])
def test_a_denied_place_is_never_dropped_without_a_warning(bash: str, target: str) -> None:
    """Places outside of the project that an agent may not touch are so in a relative; elsewhere their denial is told."""
    done = convert_agent(made("opencode", {"permission": {"external_directory": "deny", "edit": "allow", "bash": bash}}), target)
    warned = {loss.code for loss in done.losses if loss.severity.value == "warning" and "external_directory" in loss.detail}

    assert target in ("opencode", "kilo", "cursor") or done.file
    assert (target in ("opencode", "kilo")) != bool(warned & {"pattern-dropped" if bash == "allow" else "rules-dropped"})


def guarded(client: str, matcher: str | None, command: str = "./guard.sh", **more: object) -> Agent:
    """Read an agent of a client with a guard."""
    group = {"hooks": [{"type": "command", "command": command, **more}], **({} if matcher is None else {"matcher": matcher})}
    return made(client, {"hooks": {"PreToolUse": [group]}})


GUARDS = [
    ("claude-code", "qwen-code", "^(Write|Edit)$", "write_file|edit"),
    ("claude-code", "qwen-code", "Bash", "run_shell_command|monitor|exec"),
    ("claude-code", "qwen-code", "Write|Edit", "write_file|edit"),
    ("claude-code", "qwen-code", "mcp__hub__get", "mcp__hub__get"),
    ("claude-code", "qwen-code", "mcp__hub__.*", "^mcp__hub__.*$"),
]


@pytest.mark.parametrize("target", ["claude-code", "claude-agents-json"])
def test_a_guard_that_may_answer_otherwise_stays(target: str) -> None:
    """A guard of Qwen Code whose script nobody can read may answer with `deny`, which Claude Code takes for no decision."""
    assert convert_agent(guarded("qwen-code", "run_shell_command"), target).file is None


@pytest.mark.parametrize(("source", "target", "matcher", "expected"), GUARDS)
def test_a_guard_goes_where_agents_are_guarded(source: str, target: str, matcher: str | None, expected: str | None) -> None:
    """A guard of an agent is one of the target's, about all of its tools that do what the guarded ones do, and says so.

    Qwen Code (run, 0.24.4) blocks nothing for a guard that says nothing. What is no name of a tool it also takes for an expression, so that
    `edit` guards `notebook_edit` as well.
    """
    done = convert_agent(guarded(source, matcher), target)
    assert done.file
    (hook,) = agent_of(target, done.file.data).hooks or ()

    assert (hook.native_event, hook.matcher, hook.handlers) == ("PreToolUse", expected, ({"type": "command", "command": "./guard.sh"},))
    codes = {loss.code for loss in done.losses}
    assert "hooks-moved" in codes
    assert ("guard-silent" in codes) == (target == "qwen-code")


_SAYS_NO = "echo no >&2; exit 2"
_LOOKS = "grep -q secret && { echo no >&2; exit 2; }"


@pytest.mark.parametrize(
    ("target", "matcher", "command", "held"),
    [
        ("qwen-code", "Read", "./guard.sh", True),
        ("qwen-code", "WebFetch", "./guard.sh", False),  # nobody knows what it is told of
        ("qwen-code", None, "./guard.sh", False),
        ("qwen-code", "*", "./guard.sh", False),
        ("qwen-code", None, _SAYS_NO, True),
        ("qwen-code", "WebFetch", _SAYS_NO, True),
        ("qwen-code", "WebFetch", f"jq -r .tool_input.url | {_LOOKS}", False),
        ("qwen-code", "Read", f"jq -r .tool_input.file_path | {_LOOKS}", True),
        ("qwen-code", "Read", "exit 2", False),  # which blocks nothing there, since it says nothing
        ("openhands", "Read", f"jq -r .tool_input.file_path | {_LOOKS}", False),
        ("openhands", "Read", _SAYS_NO, True),
        ("openhands", "Bash", f"jq -r .tool_input.command | {_LOOKS}", True),
        ("openhands", "Bash", "./guard.sh", False),  # which may answer with what OpenHands does not heed
    ],
)
def test_a_guard_is_held_where_what_it_reads_is_called_the_same(target: str, matcher: str | None, command: str, held: bool) -> None:
    """What a guard may read of a tool is known to be called the same there, or it reads none: else nobody knows what it does."""
    done = convert_agent(guarded("claude-code", matcher, command), target)
    hooks = agent_of(target, done.file.data).hooks if done.file else None

    assert bool(hooks) == held, [loss.detail for loss in done.losses]


UNSURE = {
    "expression": guarded("claude-code", "B.*h"),
    "unknown": guarded("claude-code", "NoSuchTool"),
    "variable": guarded("claude-code", "Bash", "$CLAUDE_PLUGIN_ROOT/guard.sh"),
    "plugin": guarded("claude-code", "Bash", '"${CLAUDE_PLUGIN_ROOT}"/guard.sh'),
    "key": guarded("claude-code", "Bash", **{"if": "Bash(git *)"}),
    "arguments": guarded("claude-code", "Bash", args=["now"]),
    "server": guarded("claude-code", "mcp__a_b__get"),
    "cut elsewhere": guarded("claude-code", "mcp__a__b__get"),
    "beginning": guarded("claude-code", "^mcp__hub__get"),
    "unbound": guarded("claude-code", "(Edit|Write)"),
    "without a like": guarded("claude-code", "Bash|Workflow"),
}


@pytest.mark.parametrize("agent", UNSURE.values(), ids=UNSURE)
def test_a_guard_that_may_not_fire_is_none(agent: Agent) -> None:
    """A guard that nobody can be sure of in the target is dropped, and so the agent is refused."""
    done = convert_agent(agent, "qwen-code")

    assert done.file is None
    assert {"widening", "hooks-dropped"} <= {loss.code for loss in done.losses}


def test_what_is_shown_while_a_guard_runs_goes_along() -> None:
    """Qwen Code has the key `statusMessage` too, and nothing that is blocked hangs on it, so that such a guard is held."""
    done = convert_agent(guarded("claude-code", "Bash", statusMessage="Looking"), "qwen-code")
    assert done.file
    (hook,) = agent_of("qwen-code", done.file.data).hooks or ()

    assert hook.handlers == ({"type": "command", "command": "./guard.sh", "statusMessage": "Looking"},)


def guards_agents(client: str) -> bool:
    """Whether a client runs the hooks of an agent's own file."""
    found = hook_facts.hooks(vocabulary.words_of(client))
    return found is not None and found.agents


@pytest.mark.parametrize("target", [one for one in registry.CLIENTS if not guards_agents(one)])
def test_a_guard_goes_nowhere_else(target: str) -> None:
    """A client that does not guard its agents gets none that is guarded."""
    assert convert_agent(guarded("claude-code", None), target).file is None


@pytest.mark.parametrize(("bash", "told"), [("ask", True), ("allow", False), ("deny", False)])
def test_commands_that_a_mode_covers_are_told(bash: str, told: bool) -> None:
    """An agent that edits unasked and asks for commands gets the mode that also runs some commands unasked, and that is told."""
    done = convert_agent(made("opencode", {"permission": {"edit": "allow", "bash": bash}}), "claude-code")
    assert done.file

    assert told == ("mode-covers-commands" in {loss.code for loss in done.losses})
    assert not told or agent_of("claude-code", done.file.data).permissions.mode == "accept-edits"


def _drawn(dice: random.Random) -> Agent:
    """Draw an agent that may use some tools in part, or the servers of a client that tells none of them apart."""
    if dice.random() < 0.3:
        return made("roo", {"groups": dice.sample(["read", "edit", "command", "mcp"], dice.randint(1, 3))})
    pattern = dice.choice(["*.env", ".env*", "secrets/*"])
    rules: dict[str, object] = {"*": "deny", "read": dice.choice([{"*": "allow", pattern: "deny"}, "allow"])}
    rules |= {word: "allow" for word in ("grep", "glob", "list", "webfetch", "todowrite") if dice.random() < 0.3}
    return made("opencode", {"permission": rules})


def test_only_agents_without_an_open_tool_are_refused() -> None:
    """Of agents that read in part, and that have servers which are not told apart, those alone are refused that keep no tool."""
    dice = random.Random(13)
    refused = 0
    for number in range(100):
        agent = _drawn(dice)
        ceiling = effects.effects(agent)
        for target in dealt(number, OFFLINE):
            done = convert_agent(agent, target)
            words = [vocabulary.tool_for(vocabulary.words_of(target), one) for one in ceiling.tools if one in access.EFFECT_OF]
            parted = {capability for capability, _, _ in ceiling.parts if capability not in ceiling.reached}
            left = [word for word in words if word and not parted & set(vocabulary.grants(vocabulary.words_of(target), word))]
            refused += done.file is None

            assert done.file or not left, (target, agent.tools, agent.permissions, [loss.detail for loss in done.losses])
    assert refused


@pytest.mark.parametrize("target", LIMITED)
def test_parts_of_writing_and_of_commands_are_judged_apart(target: str) -> None:
    """An agent that may neither write nor run some things is written everywhere: writing closes, and commands ask, or close as well."""
    parts = {"edit": {"*": "allow", "*.key": "deny"}, "bash": {"*": "allow", "rm -rf *": "deny"}}
    done = convert_agent(made("opencode", {"permission": parts}), target)
    assert done.file or target in NEVER_ASK
    found = effects.effects(agent_of(target, done.file.data), format_id=target) if done.file else None

    assert found is None or target in ("opencode", "kilo") or found.levels["run"] <= (INHERIT if found.asks else ASK)


def test_an_agent_without_a_prompt_is_held_to_no_list_in_copilot() -> None:
    """Copilot (run, 1.0.102) gives who has no prompt every tool: an agent with a list is refused, and one that has them all is written."""
    silent = [replace(made("claude-code", header), prompt=None) for header in ({"tools": "Read"}, {})]
    listed, free = (convert_agent(agent, "copilot") for agent in silent)

    assert (listed.file, [loss.code for loss in listed.losses][-1]) == (None, "refused-silent")
    assert free.file


HEADERS = {
    "star": ("opencode", "permission:\n  task:\n    *: deny\n    build: allow", 'permission:\n  task:\n    "*": deny\n    build: allow'),
    "duplicate": (
        "kilo",
        'permission:\n  bash:\n    "*": ask\n    "git log": allow\n    "git log": allow',
        'permission:\n  bash:\n    "*": ask\n    "git log": allow',
    ),
}


@pytest.mark.parametrize("target", ["claude-code", "copilot", "opencode"])
@pytest.mark.parametrize(("client", "lines", "meant"), HEADERS.values(), ids=HEADERS)
def test_limits_of_a_header_that_its_client_drops_open_nothing(client: str, lines: str, meant: str, target: str) -> None:
    """A header that its client takes for prompt text is read as a person reads it, and gives what it says when spelled right."""
    found = []
    for spelled in (lines, meant):
        source = SourceText("checker.md", f"---\ndescription: Runs checks.\n{spelled}\n---\nRun them.\n".encode())
        read = registry.load(client).read(source)
        done = convert_agent(replace(read.as_meant.set.agents[0], id="a"), target)
        assert done.file
        found.append(done.file.data)
    again = agent_of(target, found[0])

    assert (again.description, (again.prompt.text if again.prompt else "").strip()) == ("Runs checks.", "Run them.")
    assert found[0] == found[1]


LOST = ("permission:\n  bash: [deny", "permission:\n  edit: {ask")


@pytest.mark.parametrize("target", ["claude-code", "copilot", "opencode"])
@pytest.mark.parametrize("lines", LOST)
def test_limits_that_nobody_can_read_close_everything(lines: str, target: str) -> None:
    """What is below a key of limits, and is no map for anybody, opens nothing."""
    source = SourceText("checker.md", f"---\ndescription: Runs checks.\n{lines}\n---\nRun them.\n".encode())
    read = registry.load("opencode").read(source)
    done = convert_agent(replace(read.as_meant.set.agents[0], id="a"), target)
    levels = effects.effects(agent_of(target, done.file.data), format_id=target).levels if done.file else {}

    assert set(levels.values()) <= {access.Level.NO}


@pytest.mark.parametrize("target", ["claude-code", "gemini-cli", "qwen-code", "copilot", "cline"])
@pytest.mark.parametrize(("key", "effect"), [("edit", "write"), ("bash", "run"), ("webfetch", "network")])
def test_what_is_asked_for_in_part_is_asked_for_as_a_whole(key: str, effect: str, target: str) -> None:
    """A tool that asks for some paths or commands asks for all in a client with lists, and closes in one that never asks; both are told."""
    done = convert_agent(made("opencode", {"permission": {"*": "allow", key: {"*": "allow", "release*": "ask"}}}), target)
    assert done.file
    level = effects.effects(agent_of(target, done.file.data), format_id=target).levels[effect]

    assert level is NO if target == "cline" else level in (ASK, INHERIT)
    assert "tools-narrowed" in {loss.code for loss in done.losses}


UNASKED_EDITS = {
    "claude-code": {"permissionMode": "acceptEdits", "disallowedTools": ["Bash", "PowerShell", "Monitor"]},
    "opencode": {"permission": {"edit": "allow", "bash": "deny"}},
    "qwen-code": {"approvalMode": "auto-edit", "disallowedTools": ["run_shell_command"]},
}


@pytest.mark.parametrize(("client", "target"), [(one, other) for one in UNASKED_EDITS for other in registry.CLIENTS if one != other])
def test_edits_without_asking_open_no_shell_that_is_closed(client: str, target: str) -> None:
    """Beside a closed shell, an agent that writes unasked gets no tool that runs commands, which its mode would run, or is refused."""
    done = convert_agent(made(client, UNASKED_EDITS[client]), target)
    levels = effects.effects(agent_of(target, done.file.data), format_id=target).levels if done.file else {"run": NO}

    assert levels["run"] is NO
    assert done.file or [loss for loss in done.losses if loss.kind is LossKind.REFUSED]
