"""Law 5 for keys that no field holds: what they restrict counts for every target, and what they grant is held to the fields."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent_files import agent_of, convert_agent, make, minimal, read
from agentconv.api import write
from agentconv.conversion.converting import Options, convert
from agentconv.core import access, effects, restrictions, schema_files
from agentconv.core.access import EFFECTS, Level
from agentconv.core.ir import Agent, AgentSet, McpServer, Origin, Permissions, Prompt, Sandbox, Source, ToolGrant, Tools
from agentconv.core.parts import Server
from agentconv.formats import registry
from agentconv.sources.loading import take_apart

PLAIN = Agent(id="a", name="a", description="Does one thing.", prompt=Prompt("You do one thing."))
READS = Tools("list", (ToolGrant("Read", "claude-code", "fs.read"),))
ANNOTATED = [
    pytest.param(format_id, key, case, id=f"{format_id}-{key}-{number}")
    for format_id in registry.CLIENTS
    for key, row in schema_files.load(format_id)["properties"].items()
    for number, case in enumerate((*row.get("x-restricts", ()), *row.get("x-grants", ())))
]


@pytest.mark.parametrize(("format_id", "key", "case"), ANNOTATED)
def test_annotation_is_in_neutral_words(format_id: str, key: str, case: dict[str, Any]) -> None:
    """Each case says for which values it is, and names effects, capabilities or a sandbox that exist."""
    assert "value" in case
    assert case.keys() - {"value"} <= {"sandbox", "denies", "opens", "unattended"}
    assert {*case.get("opens", ()), *case.get("unattended", ())} <= set(EFFECTS)
    assert set(case.get("denies", ())) <= access.EFFECT_OF.keys()
    assert case.get("sandbox", {"files": "read-only"})["files"] in ("read-only", "workspace-write")


RESTRICTING = [
    ("codex", "default_permissions", ":read-only", Permissions(sandbox=Sandbox("read-only"))),
    ("codex", "default_permissions", "docs", Permissions(sandbox=Sandbox("read-only"))),
    ("codex", "default_permissions", ":workspace", Permissions(sandbox=Sandbox("workspace-write", network=False))),
    ("codex", "default_permissions", ":danger-full-access", Permissions()),
    ("codex", "profiles", {"p": {"sandbox_mode": "read-only"}}, Permissions(sandbox=Sandbox("read-only"))),
    ("codex", "profiles", {"p": {"model": "m"}}, Permissions()),
    ("qwen-code", "executionBackend", "container", Permissions(sandbox=Sandbox("workspace-write"))),
]


@pytest.mark.parametrize(("format_id", "key", "value", "permissions"), RESTRICTING)
def test_restriction_in_neutral_words(format_id: str, key: str, value: Any, permissions: Permissions) -> None:
    given = replace(PLAIN, extras={format_id: {key: value}})

    assert restrictions.in_fields(given).permissions == permissions
    assert restrictions.in_fields(given, format_id) == given


def test_the_narrower_of_two_sandboxes_counts() -> None:
    extras = {"codex": {"default_permissions": ":workspace"}}
    for files in ("read-only", "workspace-write", "full"):
        given = replace(PLAIN, permissions=Permissions(sandbox=Sandbox(files)), extras=extras)  # type: ignore[arg-type]
        wanted = Sandbox("read-only") if files == "read-only" else Sandbox("workspace-write", network=False)

        assert restrictions.in_fields(given).permissions.sandbox == wanted


@pytest.mark.parametrize("target", [client for client in registry.CLIENTS if client not in ("codex", "cursor")])
def test_restriction_goes_to_other_clients(target: str) -> None:
    """A role whose permission profile lets it read does no more elsewhere, by the target's own means or not at all."""
    agent = agent_of("codex", make("codex", {**minimal("codex"), "default_permissions": ":read-only"}))
    done = convert_agent(replace(agent, id="a"), target)

    assert done.file or done.refused
    assert "restriction-moved" in [loss.code for loss in done.losses]
    if done.file:
        again = read(target, done.file.data).set.agents[0]
        assert not effects.effects(again, format_id=target).may("write")


def test_disabled_web_search_is_denied_elsewhere() -> None:
    agent = agent_of("codex", make("codex", {**minimal("codex"), "tools": {"web_search": False}}))
    done = convert_agent(replace(agent, id="a"), "claude-code")

    assert done.file
    assert [grant.native for grant in agent_of("claude-code", done.file.data).tools.deny] == ["WebSearch"]


GRANTS = [
    ("codex", "default_permissions", ":danger-full-access", {"tools": READS}),
    ("codex", "default_permissions", ":workspace", {"tools": READS}),
    ("codex", "profile", "wide", {"tools": READS}),
    ("codex", "approvals_reviewer", "auto_review", {"permissions": Permissions("default")}),
    ("claude-code", "memory", "user", {"tools": READS}),
    ("claude-agents-json", "memory", "user", {"tools": READS}),
]


@pytest.mark.parametrize(("format_id", "key", "value", "narrow"), GRANTS)
def test_grant_beside_narrower_fields_is_dropped(format_id: str, key: str, value: Any, narrow: dict[str, Any]) -> None:
    """A bundle's fields win over a key that lets its agent do more."""
    done = convert_agent(replace(PLAIN, extras={format_id: {key: value}}, **narrow), format_id)

    assert done.file
    assert "extra-overridden" in [loss.code for loss in done.losses]
    assert key not in agent_of(format_id, done.file.data).extras.get(format_id, {})


@pytest.mark.parametrize(("format_id", "key", "value", "_narrow"), GRANTS)
def test_grant_beside_open_fields_stays(format_id: str, key: str, value: Any, _narrow: dict[str, Any]) -> None:
    done = convert_agent(replace(PLAIN, extras={format_id: {key: value}}), format_id)

    assert done.file
    assert agent_of(format_id, done.file.data).extras[format_id][key] == value


def _bundle(text: str, **changes: Any) -> bytes:
    """Return a Claude file as it is written from a bundle in which its agent was edited."""
    source = Source(".claude/agents/a.md", "claude-code", text.encode())
    agent = replace(agent_of("claude-code", text), id="a", origin=Origin("claude-code", source.path))
    pieces = list(take_apart(AgentSet((replace(agent, **changes),), sources=(source,))))
    (file,) = [done.file for done in convert(pieces, "claude-code", Options()) if done.file]
    return file.data


_REMEMBERS = "---\nname: a\ndescription: Reads.\ntools: Read\nmemory: user\n---\n\nYou read.\n"


def test_grant_of_the_authors_own_text_stays() -> None:
    """What an author wrote beside the fields stays when another field is edited: not a byte of it changes."""
    assert _bundle(_REMEMBERS, description="Reads it.") == _REMEMBERS.replace("Reads.", "Reads it.").encode()


def test_grant_goes_when_the_fields_beside_it_are_narrowed() -> None:
    assert b"memory" not in _bundle(_REMEMBERS, tools=Tools("none"))


def test_unattended_key_counts_only_where_fields_say_nothing() -> None:
    """A reviewer in the user's place approves whatever the fields say; a ceiling it raises only where they are silent."""
    given = replace(PLAIN, permissions=Permissions("default"), extras={"codex": {"approvals_reviewer": "auto_review"}})

    assert effects.effects(given, format_id="codex").levels["run"] is Level.ALLOW
    assert effects.effects(given).levels["run"] is Level.ASK


_SET = AgentSet(
    (replace(PLAIN, mcp_servers=(McpServer("db"), McpServer("other"))),),
    servers=(
        Server(definition=McpServer("db", "stdio", "run", ("-x",), {"TOKEN": "ghp_" + "aB3dE6gH9" * 4})),
        Server(definition=McpServer("left", "stdio", "go")),
    ),
)


def _losses(target: str) -> dict[str, tuple[str, str | None]]:
    result = write(_SET, target, with_="none")
    return {loss.code: (loss.detail, loss.hint) for loss in result.losses}


def test_server_of_the_set_is_defined_in_the_agents_file() -> None:
    """A name that the set defines is no name without a definition; what no agent names is reported with what to paste."""
    (file,) = write(_SET, "gemini-cli", with_="none").files
    found = _losses("gemini-cli")

    assert [server.name for server in agent_of("gemini-cli", file.data).mcp_servers or ()] == ["db"]
    assert found["mcp-undefined"][0] == "other"
    assert found["set-servers-dropped"][0] == "left"
    assert _losses("codex")["set-servers-dropped"][1] == (
        'define them in Codex\'s configuration: mcp_servers = {"left" = {"command" = "go"}}'
    )


def test_server_of_the_set_is_left_where_the_agent_that_names_it_is_not_written() -> None:
    """An agent that is refused, or gives way to another of its name, takes no definition along; both are told."""
    refused = replace(_SET.agents[0], description="")
    second = replace(_SET.agents[0], id="second", mcp_servers=(McpServer("left"),))
    several = replace(_SET, agents=(*_SET.agents, second))
    left = [
        {loss.code: loss.detail for loss in result.losses}["set-servers-dropped"]
        for result in (
            write(replace(_SET, agents=(refused,)), "codex", with_="none"),
            write(several, "codex", on_duplicate="first", with_="none"),
        )
    ]

    assert left == ["db, left", "left"]


def test_server_of_the_set_that_no_agent_may_use_is_no_loss() -> None:
    """What a project defines for other agents is none of an agent's whose tools do not name it."""
    reader = replace(PLAIN, tools=Tools("list", (ToolGrant("Read", "claude-code", "fs.read"),)))
    other = replace(reader, id="other", tools=Tools("list", (ToolGrant("mcp__left__get", "claude-code", "mcp", None, "left", "get"),)))
    told = [
        {loss.code: loss.detail for loss in write(replace(_SET, agents=agents), "claude-agents-json", with_="none").losses}
        for agents in ((reader,), (reader, other), ())
    ]

    assert [one.get("set-servers-dropped") for one in told] == [None, "left", "db, left"]


def test_server_of_the_set_is_a_snippet_where_no_file_holds_one() -> None:
    detail, hint = _losses("opencode")["set-servers-dropped"]

    assert detail == "db, left"
    assert '{"mcp": {"db": {"type": "local", "command": ["run", "-x"]' in (hint or "")
