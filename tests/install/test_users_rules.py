"""Rules of a pack among those that a project has in OpenCode's configuration: the project's stay, byte for byte, and hold for all."""

import json
from pathlib import Path

import pytest

AGENT = "---\nname: {}\ndescription: Works.\ntools: {}\n---\n\nWork.\n"
PUSH = {"permissions": {"deny": ["Bash(git push --force:*)"]}}
COMMENTED = """{
  "permission": {
    // the shell asks: agreed with all
    "bash": {
      "*": "ask", // always
      "ls *": "allow" /* harmless */
    },
    "task": "deny"
  },
  "mcp": {}
}
"""


@pytest.fixture
def wheel(run, tmp_path_factory):
    """Build a pack of agents, with settings of Claude Code, and return its wheel."""

    def build(version="1.0", settings=PUSH, agents=None, files=None):
        source = tmp_path_factory.mktemp("source")
        for name, tools in (agents or {"reader": "Read, Grep"}).items():
            place = source / f".claude/agents/{name}.md"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(AGENT.format(name, tools))
        if settings is not None:
            (source / ".claude/settings.json").write_text(json.dumps(settings))
        for path, text in (files or {}).items():
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_text(text)
            (source / path).chmod(0o755)
        run("pack", source, "--with", "all", "--name", "rules", "--version", version, "-o", source)
        return str(next(source.glob("*.whl")))

    return build


def bash() -> dict[str, str]:
    return json.loads(Path("opencode.json").read_text())["permission"]["bash"]


@pytest.mark.parametrize(
    "theirs",
    [
        COMMENTED,
        '{"permission": {"bash": {"*": "ask", "ls *": "allow"}}}\n',
        '{"permission": {"bash": {"ls *": "allow"}, "edit": {"src/*": "allow"}}}\n',
        '{"permission": {"bash": "allow"}}\n',
        '{"permission": {"bash": "ask"}}\n',
        '{"permission": {"bash": "deny"}}\n',
        '{"permission": "allow"}\n',
        '{"permission": {"*": "deny", "read": "allow"}}\n',
        '{"permission": {"*": "allow", "web*": "deny"}}\n',
        '{"permission": {"bash": {"git push *": "deny", "git *": "allow"}}}\n',
    ],
)
def test_what_was_there_is_there_again(project, run, wheel, theirs):
    """The very pack that is deployed takes its rules out again, and not a byte is another one than before."""
    Path("opencode.json").write_text(theirs)
    built = wheel()
    run("install", built, "--to", "opencode", "--accept")
    there = Path("opencode.json").read_text()
    run("uninstall", built)

    assert there != theirs
    assert Path("opencode.json").read_text() == theirs


def test_no_line_goes_that_is_the_projects(project, run, wheel):
    """Comments stay where they are, and the rules that come stand behind those that are there, or before them where these are to decide."""
    Path("opencode.json").write_text(COMMENTED)
    run("install", wheel(), "--to", "opencode", "--accept")
    there = Path("opencode.json").read_text()

    for line in COMMENTED.splitlines():
        assert line.rstrip(",").replace('"allow" /', '"allow", /') in there


def test_what_is_added_later_stays(project, run, wheel):
    """What the project allows after a pack came is neither changed by an update nor by its removal, and the denials hold all the same."""
    Path("opencode.json").write_text('{"permission": {"bash": {"*": "ask"}}}\n')
    run("install", wheel(), "--to", "opencode", "--accept")
    text = Path("opencode.json").read_text()
    Path("opencode.json").write_text(text.replace('"deny"}', '"deny", "make *": "allow"}', 1))
    second = wheel("2.0", agents={"reader": "Read"})
    run("install", second)
    updated = bash()
    run("uninstall", second)

    assert updated["make *"] == "allow"
    assert list(updated.values())[-1] == "deny"
    assert bash() == {"*": "ask", "make *": "allow"}


def test_agents_keep_the_rules_of_a_set_whose_looser_one_waits(project, run, wheel):
    """What is derived from rules and guards follows those that are there, and not those that nobody accepted yet."""
    guard = '#!/bin/sh\ncase "$(cat)" in *apply*) exit 2;; esac\n'
    hook = {"matcher": "Bash", "hooks": [{"type": "command", "command": '"$CLAUDE_PROJECT_DIR"/.claude/hooks/guard.sh'}]}
    agents = {"reader": "Read, Grep", "runner": "Read, Bash"}
    strict = {"permissions": {"deny": ["Read(./secrets/**)"]}, "hooks": {"PreToolUse": [hook]}}
    run("install", wheel("1.0", strict, agents, {".claude/hooks/guard.sh": guard}), "--to", "claude-code,opencode", "--accept", code=1)
    before = Path(".opencode/agents/reader.md").read_text()
    second = wheel("2.0", None, agents)
    told = run("install", second, code=1).err
    waiting = Path(".opencode/agents/reader.md").read_text(), Path(".opencode/agents/runner.md").exists()
    run("install", second, "--accept")

    assert "secrets/*: deny" in before
    assert waiting == (before, False)
    assert "`reader` asks for more than in 1.0" in told
    assert "secrets" not in Path(".opencode/agents/reader.md").read_text()
    assert Path(".opencode/agents/runner.md").exists()


def test_what_is_asked_about_anyway_is_not_told_as_new(project, run, wheel):
    """The project's own settings ask before commands: the pack's rules change that for nobody."""
    Path("opencode.json").write_text('{"permission": {"bash": {"*": "ask", "ls *": "allow"}}}')
    told = run("install", wheel(settings={"permissions": {"ask": ["Bash"]}}), "--to", "opencode", "--accept").out
    row = next(line for line in told.splitlines() if "which it ran unasked" in line)

    assert "bash" not in row
    assert "webfetch" in row


def test_the_users_own_words_for_less_stay_and_are_told(project, run, wheel):
    """A pack's ask yields to what a user allows in words for less, its denial to nothing; its own agents ask all the same."""
    theirs = {"permission": {"bash": {"*": "ask", "ls *": "allow", "git push --force *": "allow"}}}
    Path("opencode.json").write_text(json.dumps(theirs))
    settings = {"permissions": {"ask": ["Bash"], "deny": ["Bash(git push --force:*)"]}}
    told = run("install", wheel(settings=settings, agents={"worker": "Read, Bash"}), "--to", "opencode", "--accept").out
    rules = list(bash().items())

    assert 'does not ask before bash "ls *"' in " ".join(told.split())
    assert rules.index(("*", "ask")) < rules.index(("ls *", "allow"))
    assert rules.index(("git push --force *", "allow")) < rules.index(("git *push *--force *", "deny"))
    assert "git push --force" not in told.partition("does not ask before")[2].partition("which")[0]
    assert 'bash:\n    "*": ask' in Path(".opencode/agents/worker.md").read_text()
    assert "ls *" not in Path(".opencode/agents/worker.md").read_text()


def test_nothing_yields_where_the_user_allows_all_of_it(project, run, wheel):
    """Words for as much as what the pack asks about are no answer to it: it asks."""
    Path("opencode.json").write_text('{"permission": {"bash": "allow"}}')
    told = run("install", wheel(settings={"permissions": {"ask": ["Bash"]}}), "--to", "opencode", "--accept").out

    assert "does not ask before" not in told
    assert json.loads(Path("opencode.json").read_text())["permission"]["bash"] == "ask"
