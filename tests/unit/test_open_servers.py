"""A server that every agent of a target would have stays where one of them may not use it: the same in every command."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import agentconv
from agentconv.cli import main
from agentconv.conversion import compare
from agentconv.core.dataclass import replace
from agentconv.sources.parts import Parts

if TYPE_CHECKING:
    from agentconv.core.ir import AgentSet

TARGETS = ("antigravity", "auggie", "cursor", "deepagents")
"""Assistants in which not every agent can be kept from a server."""
ALL = "Read, Grep, Glob, Edit, Write, Bash, WebFetch, WebSearch"
HEADS = {
    "free": "",
    "denied": "disallowedTools: mcp__two",
    "partly": "disallowedTools: mcp__one__drop",
    "one": f"tools: {ALL}, mcp__one",
    "both": f"tools: {ALL}, mcp__one, mcp__two",
    "none": f"tools: {ALL}",
    "reader": "tools: Read, Grep",
    "searcher": "tools: Read, Grep, mcp__two",
    "planner": "tools: Read, Grep, Glob, WebFetch, WebSearch",
}
"""What agents may use."""


def project(root: Path, names: list[str], servers: tuple[str, ...] = ("one", "two")) -> Path:
    """Make a project with such agents and servers."""
    (root / ".claude/agents").mkdir(parents=True)
    for number, name in enumerate(names):
        head = f"---\nname: {name}-{number}\ndescription: Does\n{HEADS[name]}\n---\n\nDo it.\n"
        (root / f".claude/agents/{name}-{number}.md").write_text(head)
    (root / ".mcp.json").write_text(json.dumps({"mcpServers": {name: {"command": name} for name in servers}}))
    return root


def found(root: Path, target: str) -> tuple[AgentSet, list[str]]:
    """Return the agents and the servers that a target has in a project, as its own readers have them."""
    servers = [one.part.name or "" for one in Parts([root], [target]).of("servers") if one.taken]
    return agentconv.read(root, format=target), servers


def opened(authors: AgentSet, agents: AgentSet, servers: list[str], target: str) -> list[str]:
    """Say which servers agents have in a target that their authors closed to them."""
    by_name = {agent.name: agent for agent in authors}
    wider = [(one.name, beyond) for one in agents for beyond in compare.widenings(by_name[one.name], one, target, servers)]
    return [f"{name}: {beyond}" for name, beyond in wider if beyond.server]


def test_a_server_stays_rather_than_the_agents(tmp_path):
    """Who may not use it is written, as who may; what stays is told with who may not use it, and what writes it."""
    names = ["free", "one", "denied", "reader"]
    result = agentconv.write(agentconv.read(project(tmp_path, names)), "cursor", with_="servers")
    refused = [(loss.code, loss.agent, loss.detail) for loss in result.losses if loss.severity == "refusal"]
    hints = [loss.hint for loss in result.losses if loss.code == "server-open-to-all"]

    assert refused == [("widening", "reader-3", "using the network"), ("server-open-to-all", "two", "denied-2, one-1")]
    assert hints == ["`allow_widening=True` writes it all the same; every agent there can use it then"]


def test_whoever_is_refused_anyway_holds_no_server_back(tmp_path):
    """A server is judged by the agents that the target has then: those that it cannot hold are not among them."""
    result = agentconv.write(agentconv.read(project(tmp_path, ["both", "reader"])), "cursor", with_="needed")

    assert [loss.code for loss in result.losses if loss.severity == "refusal"] == ["widening"]
    assert [set(json.loads(one.data)["mcpServers"]) for one in result.files if one.path.endswith("mcp.json")] == [{"one", "two"}]


def test_what_nobody_there_needs_is_left_without_a_refusal(tmp_path):
    """A server that only refused agents name stays anyway: nobody is asked to insist on it."""
    result = agentconv.write(agentconv.read(project(tmp_path, ["one", "searcher"])), "cursor", with_="needed")

    assert [(loss.code, loss.agent) for loss in result.losses if loss.severity == "refusal"] == [("widening", "searcher-1")]
    assert [one.message for one in result.diagnostics if "`two`" in one.message] == [
        "MCP server `two` does not go to Cursor: only agents name it that no file of Cursor can hold"
    ]


def test_an_agent_is_not_refused_for_a_server_that_is_not_written(tmp_path):
    """What a set defines for its agents, and the target has no place for, opens nothing there."""
    result = agentconv.write(agentconv.read(project(tmp_path, ["one", "denied"])), "goose", with_="servers")

    assert {loss.code for loss in result.losses if loss.severity == "refusal"} == {"server-elsewhere"}


@pytest.mark.parametrize("target", [*TARGETS, "goose", "opencode"])
def test_nobody_gets_a_server_that_his_author_closed(target, tmp_path):
    """Whatever agents there are, in whatever order: none has a server then that its author did not give it, and none is refused for one."""
    chance = random.Random(target)
    for number in range(3):
        names = chance.sample(sorted(HEADS), 4)
        authors = agentconv.read(project(tmp_path / str(number), names))
        turned = replace(authors, agents=authors.agents[::-1])
        results = [agentconv.write(one, target, with_="servers") for one in (authors, turned)]
        for file in results[0].files:
            (place := tmp_path / f"{number}-there" / file.path).parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.data)
        refused = [sorted((loss.code, loss.agent) for loss in one.losses if loss.severity == "refusal") for one in results]
        agents, servers = found(tmp_path / f"{number}-there", target)

        assert opened(authors, agents, servers, target) == []
        assert refused[0] == refused[1]
        assert not [loss for loss in results[0].losses if loss.code == "widening" and set(loss.beyond) <= {"mcp:one", "mcp:two"}]


def test_every_command_gives_the_same_agents_and_servers(tmp_path, monkeypatch, capsys):
    """What is converted, kept in step and installed is judged alike; a second run finds it in step; nobody has a server too many."""
    names = [*HEADS]
    source = project(tmp_path / "source", names)
    here, synced, packed = (project(tmp_path / one, names) for one in ("here", "synced", "packed"))
    monkeypatch.chdir(synced)
    own = "".join(f"[sync.{target}]\nown = true\n" for target in ("auggie", "cursor"))
    Path("agentconv.toml").write_text(f'source = "claude-code"\ntargets = {json.dumps(TARGETS)}\nwith = ["servers"]\n{own}')
    main(["sync"])
    assert main(["sync"]) == main(["sync", "--check"])
    capsys.readouterr()
    monkeypatch.chdir(here)
    main(["convert", ".", "-f", "claude-code", "-t", ",".join(TARGETS), "-o", ".", "--with", "servers"])
    away = tmp_path / "away"
    main(["convert", str(source), "-t", ",".join(TARGETS), "-o", str(away), "--with", "servers"])
    monkeypatch.chdir(packed)
    main(["pack", ".", "--name", "some", "--version", "1.0.0", "--with", "all", "-o", str(tmp_path)])
    installed = tmp_path / "installed"
    installed.mkdir()
    monkeypatch.chdir(installed)
    main(["install", *map(str, tmp_path.glob("*.whl")), "--to", ",".join(TARGETS), "--accept"])
    authors = agentconv.read(source)
    for target in TARGETS:
        has = {root.name: found(root, target) for root in (synced, here, away, installed)}
        shown = {name: ({one.name for one in agents}, set(servers)) for name, (agents, servers) in has.items()}

        assert shown["synced"] == shown["here"]
        assert shown["away"] == shown["installed"]
        assert not [one for agents, servers in has.values() for one in opened(authors, agents, servers, target)]
        assert all(agents for agents, _ in shown.values())


@pytest.mark.parametrize(("own", "there"), [(True, {"one", "two"}), (False, set())])
def test_agents_that_a_target_reads_in_the_source_count(own, there, tmp_path, monkeypatch):
    """Cursor reads Claude Code's agents, and holds them to no list: where it has no files of its own of them, that is what counts."""
    root = project(tmp_path, ["both", "planner"])
    monkeypatch.chdir(root)
    Path("agentconv.toml").write_text(
        f'source = "claude-code"\ntargets = ["cursor"]\nwith = ["servers"]\n[sync.cursor]\nown = {json.dumps(own)}\n'
    )
    main(["sync"])

    assert set(found(root, "cursor")[1]) == there


def test_agents_count_that_a_target_reads_where_a_pack_puts_them_for_another(tmp_path, monkeypatch):
    """Cursor gets no file of an agent that it reads in Claude Code's folder; it has it all the same, and no server too many."""
    monkeypatch.chdir(project(tmp_path / "packed", ["both", "one"]))
    main(["pack", ".", "--name", "some", "--version", "1.0.0", "--with", "all", "-o", str(tmp_path)])
    (here := tmp_path / "here").mkdir()
    monkeypatch.chdir(here)
    main(["install", *map(str, tmp_path.glob("*.whl")), "--to", "claude-code,cursor", "--accept"])

    assert [set(found(here, target)[1]) for target in ("claude-code", "cursor")] == [{"one", "two"}, {"one"}]


@pytest.mark.parametrize("words", ["", "none", "skills", "needed", "all"])
@pytest.mark.parametrize("command", ["convert", "sync"])
def test_a_server_that_a_target_reads_where_it_is_counts_whatever_goes_along(command, words, tmp_path, monkeypatch):
    """deepagents-code has the servers of `.mcp.json`, asked for or not: who may not use them is not written, by either command."""
    monkeypatch.chdir(project(tmp_path, ["free", "none", "both"]))
    line = ["convert", ".", "-t", "deepagents", "-o", ".", *(["--with", words] if words else [])]
    if command == "sync":
        along = f"with = {json.dumps(words.split())}\n" if words else ""
        (tmp_path / "agentconv.toml").write_text(f'source = "claude-code"\ntargets = ["deepagents"]\n{along}')
        line = ["sync", "--yes"]
    code = main([*line, "-q"])

    assert (code, sorted(path.name for path in tmp_path.glob(".deepagents/agents/*"))) == (1, ["both-2", "free-0"])


def test_a_server_that_comes_later_is_told(tmp_path, monkeypatch, capsys):
    """No agent's file is another one by that, and yet one may do more in the target: a plain run says so, until the server is gone."""
    monkeypatch.chdir(project(tmp_path, ["free", "none"]))
    (tmp_path / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["deepagents"]\n')
    (tmp_path / ".mcp.json").rename(tmp_path / "kept.json")
    codes = [main(["sync"])]
    (tmp_path / "kept.json").rename(tmp_path / ".mcp.json")
    codes += [main(["sync"]), main(["sync"])]
    told = capsys.readouterr().out
    (tmp_path / ".mcp.json").unlink()

    assert ([*codes, main(["sync"])], told.count("stale  .deepagents/agents/none-1/AGENTS.md")) == ([0, 1, 1, 0], 2)
