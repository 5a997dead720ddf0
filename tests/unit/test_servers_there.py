"""A server that stands in a target's own file is open to every agent there: each command says to which beyond their authors' words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import agentconv
from agentconv.cli import main
from agentconv.conversion import servers_there
from agentconv.core.dataclass import replace
from agentconv.core.ir import Tools

FILES = {"cursor": ".cursor/mcp.json", "antigravity": ".agents/mcp_config.json", "deepagents": ".deepagents/.mcp.json"}
"""Assistants no file of whose agents closes a server, each with the file in which its servers are."""
CLOSING = {"opencode": "opencode.json", "copilot": ".vscode/mcp.json", "codex": ".codex/config.toml"}
"""Those that keep an agent from it by its own file, or of which it is told that they keep to no choice of servers."""
ALL = "Read, Grep, Glob, Edit, Write, Bash, WebFetch, WebSearch, NotebookEdit, Task, TodoWrite, Skill"
HEADS = {"free": "", "denied": "disallowedTools: mcp__github", "given": f"tools: {ALL}, mcp__github", "closed": f"tools: {ALL}"}
SERVERS = '{\n  "mcpServers": {\n    "github": {"command": "gh-mcp"}\n  }\n}\n'
CODE = "server-open-there"


def project(root: Path, target: str, names: tuple[str, ...] = (*HEADS,)) -> Path:
    """Make a project with agents of Claude Code, and a server in a file of another assistant's own."""
    for name in names:
        (path := root / f".claude/agents/{name}.md").parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\nname: {name}\ndescription: Does\n{HEADS[name]}\n---\n\nDo it.\n")
    (path := root / {**FILES, **CLOSING}[target]).parent.mkdir(parents=True, exist_ok=True)
    texts = {
        "opencode": '{"mcp": {"github": {"type": "local", "command": ["gh-mcp"]}}}',
        "codex": '[mcp_servers.github]\ncommand = "gh-mcp"\n',
    }
    path.write_text(texts.get(target, SERVERS.replace("mcpServers", "servers") if target == "copilot" else SERVERS))
    return root


def written(root: Path, target: str) -> set[str]:
    """Return the agents of which a target has a file."""
    return {agent.name or "" for agent in agentconv.read(root, format=target)}


def told(text: str) -> str:
    """Return what is said of such servers, in one line."""
    at = text.find(CODE)
    return " ".join(text[at:].split("hint:", maxsplit=1)[0].split()) if at >= 0 else ""


def convert(root: Path, target: str) -> list[str]:
    """Return the line that converts into the project."""
    return ["convert", ".", "-f", "claude-code", "-t", target, "-o", ".", "--with", "none"]


def sync(root: Path, target: str) -> list[str]:
    """Return the line that keeps the project in step."""
    own = f"[sync.{target}]\nown = true\n" if target in ("cursor", "copilot") else ""
    (root / "agentconv.toml").write_text(f'source = "claude-code"\ntargets = ["{target}"]\n{own}')
    return ["sync"]


def install(root: Path, target: str) -> list[str]:
    """Return the line that installs the agents from a pack, and take them away from here."""
    main(["pack", ".", "--name", "some", "--version", "1.0.0", "-q", "-o", str(root.parent)])
    for path in (root / ".claude/agents").iterdir():
        path.unlink()
    return ["install", *map(str, root.parent.glob("*.whl")), "--to", target, "--accept"]


@pytest.mark.parametrize("target", FILES)
@pytest.mark.parametrize("command", [convert, sync, install])
def test_each_run_says_which_agents_have_it(command, target, tmp_path, monkeypatch, capsys):
    """By name, with the file and the line: the first run, and those in which nothing is to be done. Nothing in the file is touched."""
    monkeypatch.chdir(project(tmp_path / "here", target))
    line = command(tmp_path / "here", target)
    codes, texts = [], []
    for _ in range(2):
        capsys.readouterr()
        codes.append(main(line))
        texts.append(told("".join(capsys.readouterr())))
    agents = sorted({"closed", "denied"} & written(Path(), target))

    assert "closed" in agents
    assert texts[0] == texts[1]
    assert f"({', '.join(agents)})" in texts[0]
    assert f"`github` in {FILES[target]}:3" in texts[0]
    assert Path(FILES[target]).read_text() == SERVERS
    assert codes[0] == codes[1]


@pytest.mark.parametrize(("into", "named"), [(".", True), ("elsewhere", False)])
def test_one_that_is_refused_has_it_by_the_sources_own_file(into, named, tmp_path, monkeypatch, capsys):
    """Where the target's client reads that: it is named with those that are written, in words and in JSON; not where it is not read."""
    monkeypatch.chdir(project(tmp_path, "cursor", ("closed",)))
    Path(".claude/agents/refused.md").write_text("---\nname: refused\ndescription: Does\ntools: Read, Edit, Write\n---\n\nDo it.\n")
    (Path(into) / FILES["cursor"]).parent.mkdir(parents=True, exist_ok=True)
    (Path(into) / FILES["cursor"]).write_text(SERVERS)
    line = ["convert", ".", "-f", "claude-code", "-t", "cursor", "-o", into, "--with", "none"]
    main(line)
    text = told(capsys.readouterr().err)
    main([*line, "--output-format", "json"])
    results = json.loads(capsys.readouterr().out)["results"]

    assert written(Path(into), "cursor") == {"closed"}
    assert ("(closed, refused)" if named else "1 agent (closed)") in text
    agents = [loss["agent"] for one in results for loss in one["losses"] if loss["code"] == CODE]
    assert agents == (["closed", "refused"] if named else ["closed"])


@pytest.mark.parametrize("target", CLOSING)
@pytest.mark.parametrize("command", [convert, sync, install])
def test_nothing_is_said_where_the_agents_own_files_close_it(command, target, tmp_path, monkeypatch, capsys):
    """Or where the client keeps no agent to a choice of servers, which is told already, whatever stands there."""
    monkeypatch.chdir(project(tmp_path / "here", target))
    line = command(tmp_path / "here", target)
    capsys.readouterr()
    main(line)

    assert CODE not in "".join(capsys.readouterr())
    assert {"free", "closed"} <= written(Path(), target)


@pytest.mark.parametrize("target", FILES)
def test_what_checks_counts_it(target, tmp_path, monkeypatch, capsys):
    """As what a client does by itself elsewhere: a check says it, and `--strict` exits with 1 for it, whatever a project accepts."""
    monkeypatch.chdir(project(tmp_path, target, ("free", "closed")))
    line = sync(tmp_path, target)
    main(line)
    capsys.readouterr()
    codes = [main([*line, *words]) for words in ([], ["--check"], ["--check", "--strict"], ["--check", "--strict", "--accept", "all"])]
    texts = capsys.readouterr()
    Path(FILES[target]).write_text("{}")
    codes.append(main([*line, "--check", "--strict", "--accept", "all"]))

    assert codes[:4] == [0, 0, 1, 1]
    assert "".join(texts).count(f"[{CODE}]") == 4
    assert CODE not in "".join(capsys.readouterr())


def test_by_another_file_than_its_own(tmp_path, monkeypatch, capsys):
    """GitHub Copilot reads Claude Code's agents, and not what they deny there: the server is open to one, and each run says so."""
    monkeypatch.chdir(project(tmp_path, "copilot"))
    (tmp_path / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["copilot"]\n')
    texts = []
    for _ in range(2):
        main(["sync"])
        texts.append(told("".join(capsys.readouterr())))

    assert "(denied)" in texts[0]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("own", [True, False])
def test_agents_that_a_target_reads_in_the_source_count(own, tmp_path, monkeypatch, capsys):
    """Cursor has them by Claude Code's files, or by its own: the server is open to them alike."""
    monkeypatch.chdir(project(tmp_path, "cursor", ("free", "closed")))
    sync(tmp_path, "cursor")
    Path("agentconv.toml").write_text(f'source = "claude-code"\ntargets = ["cursor"]\n[sync.cursor]\nown = {json.dumps(own)}\n')
    main(["sync"])
    synced = told("".join(capsys.readouterr()))
    main(["lint", "."])
    linted = "".join(capsys.readouterr())
    main(["report", "-f", "claude-code", "-t", "cursor", "-o", "page.html"])

    assert "(closed)" in synced
    assert linted.count("widened-tools") == 1
    assert "`github` in .cursor/mcp.json:3" in " ".join(linted.split())
    assert ".claude/agents/closed.md:4" in linted
    assert CODE in Path("page.html").read_text()


def test_what_an_earlier_run_wrote_is_told_where_it_may_not_stay(tmp_path, monkeypatch, capsys):
    """`convert` takes nothing out of a person's file: it says that the server stays away, and that it stands there all the same."""
    monkeypatch.chdir(project(tmp_path, "cursor", ("free", "given")))
    Path(".cursor/mcp.json").unlink()
    Path(".mcp.json").write_text(SERVERS)
    line = ["convert", ".", "-f", "claude-code", "-t", "cursor", "-o", ".", "--with", "servers"]
    main(line)
    assert CODE not in "".join(capsys.readouterr())

    project(tmp_path / "more", "cursor", ("closed",))
    Path("more/.claude/agents/closed.md").rename(".claude/agents/closed.md")
    assert main([*line, "--force"]) == 1
    text = "".join(capsys.readouterr())
    assert "[server-open-to-all]" in text
    assert f"{CODE}] 1 agent (closed)" in text


def test_sync_takes_out_what_it_wrote_itself(tmp_path, monkeypatch, capsys):
    """So that nothing is to be said of it; what a person wrote beside it stays, and is said."""
    monkeypatch.chdir(project(tmp_path, "cursor", ("free", "closed")))
    Path(".claude/agents/closed.md").rename("closed.md")
    Path(".cursor/mcp.json").unlink()
    Path(".mcp.json").write_text(SERVERS)
    sync(tmp_path, "cursor")
    Path("agentconv.toml").write_text('source = "claude-code"\ntargets = ["cursor"]\nwith = ["servers"]\n[sync.cursor]\nown = true\n')
    main(["sync"])
    Path(".cursor/mcp.json").write_text(
        Path(".cursor/mcp.json").read_text().replace('"mcpServers": {', '"mcpServers": {"mine": {"command": "m"},')
    )
    Path("closed.md").rename(".claude/agents/closed.md")
    capsys.readouterr()
    main(["sync"])
    text = told("".join(capsys.readouterr()))

    assert "`mine` in .cursor/mcp.json" in text
    assert "`github` in" not in text
    assert "github" not in Path(".cursor/mcp.json").read_text()


def test_what_a_user_has_counts_for_his_own_agents(tmp_path, monkeypatch, capsys):
    """In the home folder, for agents that go there; not for those of a project, which is the same for everybody."""
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    project(tmp_path / "home", "cursor", ("free", "closed"))
    monkeypatch.chdir(project(tmp_path / "here", "cursor", ("free", "closed")))
    Path(".cursor/mcp.json").unlink()
    main(convert(Path(), "cursor"))
    of_project = "".join(capsys.readouterr())
    main(["convert", "-f", "claude-code", "-t", "cursor", "--scope", "user"])

    assert CODE not in of_project
    assert "`github` in ~/.cursor/mcp.json:3" in told("".join(capsys.readouterr()))


def test_a_server_that_is_switched_off_is_open_to_nobody(tmp_path):
    """And one whose file cannot be read is none."""
    project(tmp_path, "cursor")
    file = tmp_path / ".cursor/mcp.json"
    author = next(agent for agent in agentconv.read(tmp_path / ".claude/agents") if agent.name == "closed")
    agent = replace(author, tools=Tools(), origin=None)  # as Cursor has it
    counts = []
    for text in (SERVERS, SERVERS.replace('"gh-mcp"', '"gh-mcp", "disabled": true'), "{"):
        file.write_text(text)
        counts.append(len(list(servers_there.told(author, agent, "cursor", servers_there.of(tmp_path, "cursor")))))

    assert counts[0] == 1
    assert counts[2] == 0
