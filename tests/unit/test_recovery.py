"""Law 5 for files that their client drops: what restricts there and is not understood does not become everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from agent_files import agent_of, convert_agent, holds, make, minimal, read
from agentconv.conversion.converting import convert
from agentconv.core import schema_files
from agentconv.core.ir import Agent, Permissions, Sandbox, Tools
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.sources import discovery, loading

if TYPE_CHECKING:
    from pathlib import Path

RESTRICTING = ("tools.allow", "tools.deny", "permissions.mode", "permissions.rules", "permissions.sandbox")
NO_RESTRICTIONS = [("codex", "features", {"memories": {"enabled": False}}), ("qwen-code", "approvalMode", "acceptEdits")]


def _refused() -> list[Any]:
    """List the values of restricting keys for which a client drops the agent."""
    return [
        pytest.param(format_id, key, value, id=f"{format_id}-{key}-{number}")
        for format_id in registry.CLIENTS
        for key, row in schema_files.load(format_id)["properties"].items()
        if row["x-field"] in RESTRICTING and row["x-invalid"] in ("skip-file", "stop-client")
        for number, value in enumerate(row.get("x-bad-examples", ()))
        if holds(format_id, value) and (format_id, key, value) not in NO_RESTRICTIONS
    ]


@pytest.mark.parametrize("indent", ["  ", "\t"], ids=["blanks", "tab"])
@pytest.mark.parametrize("above", ["description: D", "model: opus", 'description: "D"'])
def test_a_limit_that_is_further_in_is_a_limit(above: str, indent: str) -> None:
    """It stands below a value that is whole, and is no part of it: the agent would have every tool elsewhere."""
    header = f"---\nname: x\n{above}\n{indent}tools: Read\n{indent}permissionMode: plan\n---\n\nDo.\n"
    agent = read("claude-code", header).set.agents[0]

    assert ([one.native for one in agent.tools.allow], agent.permissions.mode) == (["Read"], "plan")


@pytest.mark.parametrize("tools", ['"Read', "[Read"], ids=["not loaded", "no list"])
def test_a_refusal_names_what_is_to_be_mended(tools: str, tmp_path: Path) -> None:
    """What a broken file allows is less than stands there: its place is in the refusal, of which alone something is told."""
    (tmp_path / "x.md").write_text(f"---\nname: x\ndescription: D\ntools: {tools}\nmodel: opus\n---\n\nDo.\n")
    found = discovery.discover([str(tmp_path / "x.md")], "claude-code")
    (told,) = (loss for done in convert(loading.Loader(found.files), "cursor") for loss in done.told)

    assert told.severity == "refusal"
    assert "x.md:4:8" in (told.hint or "")


@pytest.mark.parametrize(("format_id", "key", "value"), _refused())
def test_refused_restriction_is_not_recovered_as_everything(format_id: str, key: str, value: Any) -> None:
    """Whatever stands in a key that restricts, an agent whose client drops it for that is not like one that has every tool."""
    plain = agent_of(format_id, make(format_id, minimal(format_id, key)))
    agent = agent_of(format_id, make(format_id, {**minimal(format_id, key), key: value}))

    assert (agent.tools, agent.permissions) != (Tools(), plain.permissions)


@pytest.mark.parametrize(
    ("key", "value", "tools", "permissions"),
    [
        ("tools", ["Read", "Grep"], {"fs.read", "fs.search"}, Permissions()),
        ("tools", "Read, Grep", {"fs.read", "fs.search"}, Permissions()),
        ("tools", ["Teleport"], set(), Permissions()),
        ("tools", "", set(), Permissions()),
        ("tools", ["*"], None, Permissions()),
        ("groups", ["read"], {"fs.read"}, Permissions()),
        ("permissionMode", "plan", None, Permissions("plan")),
        ("permissionMode", "whatever", None, Permissions("default")),
        ("permissionMode", "bypassPermissions", None, Permissions()),
        ("readonly", True, None, Permissions("read-only")),
        ("readonly", False, None, Permissions()),
        ("sandbox_mode", "workspace-write", None, Permissions(sandbox=Sandbox("workspace-write"))),
        ("sandbox_mode", "readonly", None, Permissions(sandbox=Sandbox("read-only"))),
        ("sandbox_workspace_write", {"network_access": "no"}, None, Permissions(sandbox=Sandbox("read-only"))),
        ("approval_policy", "always", None, Permissions("default")),
    ],
)
def test_restriction_in_a_dropped_role(key: str, value: Any, tools: set[str] | None, permissions: Permissions) -> None:
    """Another client's key in a Codex role, for which Codex drops it, restricts the recovered agent as it does there."""
    agent = agent_of("codex", make("codex", {**minimal("codex"), key: value}))
    found = None if agent.tools.mode == "inherit" else {grant.capability for grant in agent.tools.allow if grant.capability}

    assert (found, agent.permissions) == (tools, permissions)


def test_denied_tools_in_a_dropped_role() -> None:
    """Keys that deny add up; what is not switched off is not denied."""
    header = {**minimal("codex"), "disallowedTools": ["Write", "Teleport"], "features": {"shell_tool": "no", "web_search": "true"}}
    agent = agent_of("codex", make("codex", header))

    assert [grant.capability for grant in agent.tools.deny] == ["fs.write", "shell"]


def test_sandbox_of_unknown_details_has_no_network() -> None:
    header = {**minimal("codex"), "sandbox_mode": "workspace-write", "sandbox_workspace_write": {"network_access": "no"}}

    assert agent_of("codex", make("codex", header)).permissions.sandbox == Sandbox("workspace-write", network=False)


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        (
            {"edit": "deny", "webfetch": True, "bash": {"git *": "ask", "*": "no"}},
            [("deny", "fs.write", None), ("allow", "web.fetch", None), ("ask", "shell", "git *"), ("deny", "shell", "*")],
        ),
        ("deny", [("deny", "*", None)]),
    ],
)
def test_permissions_in_a_dropped_role(value: Any, rules: list[tuple[str, str, str | None]]) -> None:
    """A map of permissions is read as its own client reads it; what is no action there denies."""
    found = agent_of("codex", make("codex", {**minimal("codex"), "permission": value})).permissions

    assert [(rule.effect, rule.capability, rule.pattern) for rule in found.rules] == rules
    assert found.resolution == "last"


@pytest.mark.parametrize("value", [["read", "glob"], ["read glob"], []])
def test_list_of_permissions_is_a_list_of_tools(value: list[str]) -> None:
    """OpenCode does not start with a list in place of a map; its author has named all that the agent may do."""
    agent = agent_of("opencode", make("opencode", {**minimal("opencode"), "description": "Reads.", "permission": value}))
    done = convert_agent(agent, "codex")

    assert agent.tools.mode == ("list" if value else "none")
    assert done.file
    assert agent_of("codex", done.file.data).permissions.sandbox == Sandbox("read-only")


def test_valid_keys_of_a_dropped_role_are_read_as_ever() -> None:
    """A table of settings that Codex takes is no list of tools, whatever else makes it drop the role."""
    header = {**minimal("codex"), "tools": {"web_search": True}, "approval_policy": "on-request", "who": "me"}
    agent = agent_of("codex", make("codex", header))

    assert (agent.tools, agent.permissions) == (Tools(), Permissions())


def test_other_clients_key_in_a_loaded_file_is_ignored() -> None:
    """What Claude Code loads is what it makes of it: a key of another client's says nothing there."""
    result = read("claude-code", make("claude-code", {**minimal("claude-code"), "permission": "deny"}))

    assert not result.states[0].dropped
    assert result.set.agents[0].permissions == Permissions()


def test_converted_role_may_do_what_its_list_says() -> None:
    agent = agent_of("codex", make("codex", {**minimal("codex"), "tools": ["Read"]}))
    done = convert_agent(agent, "claude-code")

    assert done.file
    assert [grant.native for grant in agent_of("claude-code", done.file.data).tools.allow] == ["Read"]


def meant(text: str) -> Agent:
    """Return the agent of a file whose header its client takes for a part of the prompt, as it is converted."""
    (piece,) = loading.load_source("opencode", SourceText("a.md", text.encode()))
    return piece.agents[0]


@pytest.mark.parametrize(
    ("lines", "rules"),
    [
        ("  task:\n    *: deny\n    build: allow\n", [("deny", "*"), ("allow", "build")]),
        ('  bash:\n    "*": ask\n    git status: allow\n    "git status": allow\n    "git status": allow\n', None),
        ('  bash:\n    "*": ask\n    "git log": allow\n    "git log": allow\n', [("ask", "*"), ("allow", "git log")]),
    ],
)
def test_a_map_below_a_key_is_recovered_as_a_person_reads_it(lines: str, rules: list[tuple[str, str]] | None) -> None:
    """A bare `*` is a key, and what stands twice is there once; what nobody can tell closes everything."""
    agent = meant(f"---\ndescription: Checks\nmode: subagent\npermission:\n{lines}---\nCheck it.\n")
    found = [(rule.effect, str(rule.pattern)) for rule in agent.permissions.rules]

    assert found == (rules if rules is not None else [("deny", "None")])


def test_a_text_below_its_key_stays_a_text() -> None:
    """What goes on below `description:` is text, whatever colons are in it."""
    agent = meant("---\ndescription:\n  Use it: when asked\n  to: check: this\nmode: [oops\n---\nCheck it.\n")

    assert agent.description == "Use it: when asked\n  to: check: this"
