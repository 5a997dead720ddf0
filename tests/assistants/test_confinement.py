"""A server reads nothing outside of its folders, writes nothing that nobody allowed, and starts nothing, whatever it is asked."""

import os
import subprocess
import sys
import threading

import pytest

from agentconv.assistants.asked import Desk
from agentconv.assistants.confinement import OUTSIDE, Confinement, confined
from agentconv.assistants.tools import TOOLS
from agentconv.cli import mcp

AGENT = "---\nname: {0}\ndescription: The {0} of it\n---\nThe prompt of {0}.\n"
SECRET = "prompt-of-nobody-else"  # noqa: S105 - nobody's


@pytest.fixture
def outside(tmp_path):
    """What is none of the server's business: a project in whose middle the server's folder lies."""
    found = tmp_path / "outside"
    for place in (".claude/agents", "prompts"):
        (found / place).mkdir(parents=True)
    (found / ".claude/agents/theirs.md").write_text(AGENT.format(SECRET))
    (found / "prompts/theirs.txt").write_text(SECRET)
    return found


@pytest.fixture
def project(outside, monkeypatch):
    """The server's folder."""
    found = outside / "project"
    (found / ".claude/agents").mkdir(parents=True)
    (found / ".claude/agents/a.md").write_text(AGENT.format("a"))
    (found / ".git").mkdir()
    monkeypatch.chdir(found)
    return found


def desk(project, *, write=False):
    return Desk(Confinement([str(project)], write=write), mcp.printed)


def files(folder):
    """Return what is in all files below a folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "path", ["..", "../.claude/agents/theirs.md", "/", "/etc/passwd", "project/../..", "link", "linked.md", "~", "a\0b"]
)
def test_a_path_that_leads_out(project, outside, path):
    """A path that leads out of the folders is none, be it by a link."""
    (project / "link").symlink_to(outside)
    (project / "linked.md").symlink_to(outside / ".claude/agents/theirs.md")
    answers = [
        desk(project).answer(name, {"path": path, **more}) for name, more in (("inspect", {}), ("lint", {}), ("convert", {"to": ["codex"]}))
    ]

    assert [one.failed for one in answers] == [True] * 3
    assert not any(SECRET in one.text.replace(path, "") for one in answers)


def links(project, outside):
    """Make links that lead out of the folder, where assistants look."""
    (project / ".claude/agents/link.md").symlink_to(outside / ".claude/agents/theirs.md")
    (project / ".claude/agents/folder").symlink_to(outside / ".claude/agents")
    (project / ".codex").symlink_to(outside / ".claude")
    (project / "opencode.json").symlink_to(outside / "prompts/theirs.txt")


def includes(project, outside):
    """Make files that include others, outside of the folder, by their paths and by links."""
    (project / "prompt.txt").symlink_to(outside / "prompts/theirs.txt")
    agents = {
        name: {"description": "d", "prompt": f"{{file:{place}}}"} for name, place in (("x", "./prompt.txt"), ("y", "../prompts/theirs.txt"))
    }
    (project / "opencode.json").write_text(repr({"agent": agents}).replace("'", '"'))


def above(project, outside):
    """Let the folder be a part of a larger project, whose settings are above it."""
    (outside / "agentconv.toml").write_text(f'[lint]\nselect = ["{SECRET}"]\n')
    (outside / ".git").mkdir()
    (project / ".git").rmdir()


@pytest.mark.parametrize("make", [links, includes, above], ids=lambda make: make.__name__)
def test_what_is_found_on_the_way_leads_out(project, outside, make):
    """No link, no included file and no settings above the folders is read: nothing of them is in any answer."""
    make(project, outside)
    answers = [
        desk(project).answer(name, said)
        for name, said in (
            ("inspect", {"for": ["all"]}),
            ("lint", {}),
            ("convert", {"from": "claude-code", "to": ["codex"]}),
            ("convert", {"from": "opencode", "to": ["codex"]}),
        )
    ]

    assert not any(SECRET in one.text for one in answers)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_nothing_is_written_that_nobody_allowed(project, tool):
    """A server without --write leaves every file as it is, and says of what would write that it may not."""
    before = files(project)
    said = {"inspect": {}, "lint": {}, "convert": {"to": ["codex", "json"]}, "rule": {"code": "AC101"}, "formats": {}}[tool.name]
    plain = desk(project).answer(tool.name, said)
    writing = tool.writes.partition(":")[0] or "write"
    asking = desk(project).answer(tool.name, {**said, writing: True})

    assert (plain.failed, asking.failed, files(project)) == (False, True, before)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rule", {"code": "--all"}),
        ("formats", {"format": "-v"}),
        ("convert", {"to": ["codex"], "from": "--config=x"}),
        ("convert", {"to": ["codex,--output=/"]}),
        ("convert", {"to": ["codex"], "with": ["skills/x,--force"]}),
        ("convert", {"to": 5}),
        ("convert", {"to": "codex,--output=/"}),
        ("lint", {"path": 5}),
        ("lint", {"path": "-"}),
        ("lint", {"select": ["AC101", "--fix"]}),
        ("inspect", {"scope": "user"}),
    ],
    ids=str,
)
def test_words_are_words(project, name, said):
    """Nothing that is said becomes another flag of a command, or standard input."""
    assert desk(project).answer(name, said).failed


def test_a_server_that_may_write_does_so_in_its_folders_alone(project, outside):
    """A link in the place of what is written leads nowhere out of the folders."""
    (project / ".codex").symlink_to(outside / ".claude")
    before = files(outside / ".claude")
    answer = desk(project, write=True).answer("convert", {"to": ["codex"], "write": True, "from": "claude-code"})

    assert ("created" in answer.text, files(outside / ".claude")) == (False, before)


def test_what_no_check_has_seen_is_held_all_the_same(project, outside):
    """In a confinement nothing outside is opened or listed, nothing is written, and no program starts; elsewhere all of it goes on."""
    theirs = outside / "prompts/theirs.txt"
    tried = {
        "read": theirs.read_bytes,
        "list": lambda: os.listdir(outside),
        "write": lambda: (project / "new").write_text("x"),
        "rename": lambda: (project / ".git").rename(project / "moved"),
        "run": lambda: subprocess.run([sys.executable, "--version"], check=False),
    }
    held, free = [], []
    with confined(Confinement([str(project)])):
        for name, attempt in tried.items():
            try:
                attempt()
            except PermissionError:
                held.append(name)
        thread = threading.Thread(target=lambda: free.append(theirs.read_text()))
        thread.start()
        thread.join()
        own = (project / ".claude/agents/a.md").read_text()

    assert (held, free, own, theirs.read_text()) == ([*tried], [SECRET], AGENT.format("a"), SECRET)


def test_a_refusal_says_why(outside, project):
    """What is outside says so where it is told that it was not read."""
    above(project, outside)

    assert OUTSIDE in desk(project).answer("lint", {}).text
