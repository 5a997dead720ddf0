"""What a project is said to have before anything is kept in step, and the file that comes of it."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys

import pytest
import tomli

from agentconv.cli import main
from agentconv.install import lock
from agentconv.install.lock import Entry, Lock, LockedPack
from agentconv.sync import rulesync, settings, starting
from agentconv.sync.git import Git
from agentconv.sync.overrides import Override
from agentconv.sync.starting import Start

AGENT = "---\nname: {0}\ndescription: Does {0}\n---\n\nDo {0}.\n"


class Terminal(io.StringIO):
    """What a person at a terminal types."""

    def isatty(self):
        return True


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A function that makes a project of files, and is in it."""
    monkeypatch.chdir(tmp_path)

    def project(**files):
        for path, text in {path.replace("__", "/"): text for path, text in files.items()}.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return tmp_path

    return project


def agents(folder, *names, suffix=".md"):
    """Agents of Claude Code's shape, by path."""
    return {f"{folder}/{name}{suffix}": AGENT.format(name) for name in names}


def test_only_agents_that_load_count(project):
    """What an assistant does not load, what is no agent, and what came with a pack, makes nobody the source."""
    broken = {".claude/agents/broken.md": "---\nname: broken\n---\n", ".claude/agents/README.md": "# Our agents\n"}
    root = project(**agents(".claude/agents", "a", "packed"), **broken, **agents(".gemini/agents", "b"))
    entry = Entry(".claude/agents/packed.md", "", "claude-code", "packed", ("pack",), "a" * 64, "b" * 64)
    (root / lock.FILE).write_bytes(lock.dump(Lock((LockedPack("pack", "1", "pip", None, "a" * 64, None, {}),), (entry,))))
    here = starting.look(root)

    assert here.agents == {"claude-code": 1, "gemini-cli": 1}
    assert here.leading == ("claude-code", "gemini-cli")
    assert here.used == ("claude-code", "gemini-cli")
    assert here.has_packs


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# ours\nstrict = true",
        "strict = true\r\n\r\n[lint]\r\nignore = ['AC1']\r\n",
    ],
)
@pytest.mark.parametrize("name", ["agentconv.toml", "pyproject.toml"])
def test_every_other_byte_stays(project, text, name):
    """What is there stays to the byte, with its ends of lines, and the settings are read as they were meant."""
    table = "" if name == "agentconv.toml" or not text else "[project]\nname = 'x'\n[tool.agentconv]\n"
    before = (table + text.replace("[lint]", "[tool.agentconv.lint]" if table else "[lint]")).encode()
    root = project()
    (root / name).write_bytes(before)
    skip = {"skip": True}
    agents = {'it"s é': {"copilot": skip}, "plain": {"copilot": skip, "codex": {"model": "m", "extras": {"service_tier": "fast"}}}}
    start = Start("claude-code", ("codex", "copilot"), frozenset({"codex"}), agents)
    found = starting.written(root, start)
    (root / found.path).write_bytes(found.after)
    said = settings.read(root)
    left = found.after

    assert found.path == (name if text else "agentconv.toml")
    for line in before.splitlines(keepends=True):
        assert line.strip() in left
        left = left[left.index(line.strip()) :]
    if b"\r" in text.encode():
        assert b"\n" not in found.after[found.after.index(b"source") :].replace(b"\r\n", b"")
    assert (said.source_format, said.targets, said.models.by_tier) == ("claude-code", ("codex", "copilot"), True)
    assert not said.formats["codex"].committed
    assert said.skipped == {'it"s é': frozenset({"copilot"}), "plain": frozenset({"copilot"})}
    assert said.agents["plain"]["codex"] == Override({"model": "m"}, extras={"service_tier": "fast"})


def test_where_nothing_can_be_added(project):
    """Settings that stand in braces stay, and the rest goes into a file of its own; what models are is not said twice."""
    root = project(**{"pyproject.toml": '[tool]\nagentconv = { map-models = "off" }\n'})
    found = starting.written(root, Start("codex", ("roo",)))
    (root / found.path).write_bytes(found.after)

    assert found.path == "agentconv.toml"
    assert tomli.loads(found.after.decode()) == {"source": "codex", "targets": ["roo"]}
    assert not settings.read(root).models.by_tier


def test_what_is_said_of_targets_stays(project):
    """What is said of a target before there is a source is not said again."""
    root = project(**{"agentconv.toml": '[sync.codex]\nmodel = "m"\n'})
    found = starting.written(root, Start("claude-code", ("codex", "roo"), frozenset({"codex", "roo"})))
    (root / found.path).write_bytes(found.after)
    said = settings.read(root)

    assert said.formats["codex"].override.values == {"model": "m"}
    assert (said.formats["codex"].committed, said.formats["roo"].committed) == (True, False)


@pytest.mark.parametrize(
    ("answer", "code", "source"), [("gemini\n", 0, "gemini-cli"), ("\n", 1, None), ("codex\n", 2, None), ("gmini\n", 2, None)]
)
def test_who_is_there_is_asked(project, monkeypatch, answer, code, source):
    """On a terminal, the one question is whose agents are the source, where it cannot be told; no answer writes nothing."""
    root = project(**agents(".claude/agents", "a"), **agents(".gemini/agents", "b"))
    said = Terminal()
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    monkeypatch.setattr(sys, "stderr", said)

    assert main(["init"]) == code
    assert said.getvalue().startswith("Whose agents are the source: claude-code, gemini-cli?")
    found = settings.read(root)
    assert (found.source_format if found else None) == source


def test_nobody_is_asked_what_can_be_told(project, monkeypatch, capsys):
    root = project(**agents(".claude/agents", "a", "b"), **agents(".gemini/agents", "b"))
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    monkeypatch.setattr(sys, "stderr", Terminal())

    assert main(["init"]) == 0
    assert settings.read(root).targets == ("gemini-cli",)


needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="asks git")


@needs_git
def test_what_git_ignores(project, tmp_path):
    """Git says what it ignores, whatever the names, and starts no program that the repository names."""
    root = project(**{".gitignore": ".codex/\n*é.md\n", "watch.sh": f"#!/bin/sh\ntouch {tmp_path}/started\n"})
    (root / "watch.sh").chmod(0o755)
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "config", "core.fsmonitor", str(root / "watch.sh")], check=True)
    paths = [".codex/agents/agent.toml", ".opencode/agents/agent.md", "a b é.md", "line\nbreak.md"]

    assert Git(root).ignored(paths) == {".codex/agents/agent.toml", "a b é.md"}
    assert not (root / "started").exists()
    assert starting.propose(root, "claude-code", ["codex", "opencode", "roo"]).ignored == {"codex"}


def test_without_git(project, monkeypatch):
    """Without git, and without a repository, nothing is ignored."""
    root = project(**{".gitignore": ".codex/\n"})
    assert Git(root).ignored([".codex/agents/a.toml"]) == frozenset()

    monkeypatch.setenv("PATH", "")
    assert Git(root).ignored([".codex/agents/a.toml"]) == frozenset()


def test_copies_are_named_and_stay(project, capsys):
    copies = [".claude/agents/a.md.agentconv-backup", ".claude/agents/in/b.md.agentconv-backup-2", "opencode.json.agentconv-backup"]
    root = project(**agents(".claude/agents", "a"), **dict.fromkeys(copies, "x"), **{"docs/c.md.agentconv-backup": "x"})

    assert main(["init", "-t", "codex"]) == 0
    told = capsys.readouterr().out
    assert "  mv .claude/agents/in/b.md.agentconv-backup-2 .claude/agents/in/b.md\n" in told
    assert f"  rm {copies[0]}\n" in told
    assert all((root / path).exists() for path in copies)


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (".mcp.json", '{"mcpServers": {"tracker": {"command": "t"}}}', 'there is 1 MCP server. `with = ["needed"]` in'),
        (
            ".claude/settings.json",
            '{"hooks": {"PostToolUse": [{"matcher": "Edit", "hooks": [{"type": "command", "command": "prettier --check ."}]}]}}',
            'there is 1 hook. `with = ["needed"]` in',
        ),
        (".claude/settings.json", '{"permissions": {"deny": ["Bash(rm:*)"]}}', "refuses it: Codex would refuse 1 agent."),
        (
            ".claude/settings.json",
            '{"permissions": {"deny": ["WebFetch"]}}',
            '`with = ["needed", "permissions"]` takes the permissions along',
        ),
    ],
)
def test_what_stays_behind_is_told_with_the_setting(path, text, said, project, capsys):
    """Servers, and what restrains the whole set: who starts to keep agents in step is told that these are not."""
    project(**agents(".claude/agents", "a"), **{path: text})
    main(["init", "-t", "codex", "-n"])
    first = " ".join(capsys.readouterr().out.split())
    project(**agents(".claude/agents", "a"), **{path: text, "agentconv.toml": 'with = ["needed"]\n'})
    main(["init", "-t", "codex", "-n"])

    assert said in first
    assert "Not kept in step" not in capsys.readouterr().out


def test_one_of_each_kind_is_said_as_one(project, capsys):
    """The verb goes with the number that it stands before."""
    hook = '{"hooks": {"PostToolUse": [{"matcher": "Edit", "hooks": [{"type": "command", "command": "prettier --check ."}]}]}}'
    servers = '{"mcpServers": {"tracker": {"command": "t"}}}'
    project(**agents(".claude/agents", "a"), **{".mcp.json": servers, ".claude/settings.json": hook})
    main(["init", "-t", "codex", "-n"])

    assert "there is 1 MCP server and 1 hook." in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("ignored", ["", "*.agentconv-backup*\n"])
def test_the_line_that_keeps_copies_out_of_commits_is_named(ignored, project, capsys):
    """It is named where git would take a copy; the file is the user's, and stays as it is."""
    root = project(**agents(".claude/agents", "a"), **{".gitignore": ignored})
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    main(["init", "-t", "codex"])

    assert ("`*.agentconv-backup*` is a line for .gitignore" in " ".join(capsys.readouterr().out.split())) is not bool(ignored)
    assert (root / ".gitignore").read_text() == ignored


def test_rulesync_is_read_within_the_project(project, tmp_path_factory):
    """A link out of the project is not followed, and a file of which nothing comes is told; the others move."""
    outside = tmp_path_factory.mktemp("outside") / "secret.md"
    outside.write_text(AGENT.format("secret"))
    root = project(**agents(".rulesync/subagents", "a"), **{".rulesync/subagents/none.md": "notes\n"})
    (root / ".rulesync/subagents/link.md").symlink_to(outside)
    found = {one.path.rpartition("/")[2]: one for one in rulesync.read(root)}

    assert [name for name, one in found.items() if one.files] == ["a.md"]
    assert all(found[name].diagnostics for name in ("none.md", "link.md"))
    assert found["a.md"].files[0].path == ".claude/agents/a.md"


def test_what_is_there_is_never_overwritten(project):
    """Neither a settings file nor an agent changes when it is there already."""
    files = {**agents(".claude/agents", "a"), "agentconv.toml": 'source = "claude-code"\ntargets = ["codex"]\n'}
    root = project(**files, **agents(".rulesync/subagents", "a"))
    (root / ".claude/agents/a.md").write_text("mine\n")

    assert main(["init", "--from", "rulesync", "--yes"]) == 1
    assert (root / "agentconv.toml").read_text() == files["agentconv.toml"]
    (root / "agentconv.toml").unlink()
    assert main(["init", "--from", "rulesync", "--yes", "-t", "codex"]) == 1
    assert (root / ".claude/agents/a.md").read_text() == "mine\n"
    assert settings.read(root).targets == ("codex",)


def test_an_assistant_with_copies_beside_the_folder_that_it_reads_has_files_of_its_own(tmp_path):
    """Where Copilot has agents of its own beside Claude Code's, which it reads, too, they are kept in step, and no strangers."""
    start = starting.propose(tmp_path, "claude-code", ["codex", "copilot"], there=("claude-code", "codex", "copilot"))

    assert start.own == {"copilot"}
    assert (
        "[sync.copilot]\n# GitHub Copilot reads .claude/agents itself, and has files of its own here, too: "
        "`own` keeps these in step, and else none are written.\nown = true\n"
    ) in starting.written(tmp_path, start).after.decode()


def test_what_convert_wrote_is_no_source(project, capsys):
    """Of two that load equally many, the one of whose agents the other's were made is the source; one edit of those, and it is asked."""
    root = project(**{path: text.replace("---\n\n", "tools: Read\n---\n\n") for path, text in agents(".claude/agents", "a", "b").items()})
    main(["convert", ".", "-t", "codex", "-o", "."])
    capsys.readouterr()
    code = main(["init", "--dry-run"])
    told = capsys.readouterr().out
    file = root / ".codex/agents/a.toml"
    file.write_text(file.read_text() + "# mine\n")

    assert (int(code), "source   Claude Code" in told) == (0, True)
    assert "The agents of Codex are what `convert` makes of those of Claude Code." in told
    assert main(["init", "--dry-run"]) == 1
    assert "The source may be Claude Code or Codex" in capsys.readouterr().out
