"""Whose file it is: one that a person wrote before sync came is theirs for ever, and loses nothing that no configuration names."""

from __future__ import annotations

import json

import pytest

from agentconv.core.ir import Rule
from agentconv.sync import rule_order
from synced_projects import SOURCE, Project, agent

OPENCODE = ".opencode/agents/{}.md"


def by_hand(*permissions: str, prompt: str = "One.\n\nTwo.\n\nThree.", name: str = "digger") -> str:
    """Return an agent as somebody wrote it for OpenCode."""
    rules = "".join(f"  {one}\n" for one in permissions)
    return f'---\ndescription: "When there is work for {name}"\nmode: subagent\npermission:\n{rules}---\n\n{prompt}\n'


@pytest.fixture
def project(tmp_path):
    """A project whose agents follow in OpenCode, with one that may read."""
    found = Project(tmp_path / "shop", targets=("opencode",))
    found.write(f"{SOURCE}/digger.md", agent("digger", tools="Read, Grep, mcp__tracker__search"))
    return found


def test_a_file_of_which_sync_changed_one_word_is_released(project):
    """That its bytes are what sync would write by then makes nobody else of who wrote it."""
    path = OPENCODE.format("digger")
    project.sync()
    written = project.read(path)
    project.remove("agentconv.lock")
    project.write(path, written.replace("tracker_search: ask", "tracker_search: allow").replace("Three.", "Three by hand."))
    project.sync("--prefer", "opencode", "digger:prompt")
    project.sync("--prefer", "source", "digger")
    assert "tracker_search: ask" in project.read(path)
    project.configure(targets=())
    told = project.sync("--yes")

    assert "Three by hand." in project.read(path)
    assert told.actions() == {"released"}


def test_an_adopted_file_that_its_target_cannot_hold_any_more_stays(project):
    """It may do more than its source says by then, which is told in each run; who wrote it may take it away."""
    project.write(OPENCODE.format("tester"), by_hand('"*": deny', "read: allow", "edit: allow", "bash: allow", name="tester"))
    project.sync()
    project.sync("--adopt", "tester")
    hook = {"type": "command", "command": '"$CLAUDE_PROJECT_DIR"/guard.sh'}
    project.write(".claude/settings.json", json.dumps({"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [hook]}]}}))
    project.write("guard.sh", "#!/bin/sh\nexit 2\n")
    text = project.read("agentconv.toml")
    project.write("agentconv.toml", f'with = ["needed", "hooks", "permissions"]\n{text}')
    first, second = project.sync(), project.sync()

    assert project.has(OPENCODE.format("tester"))
    assert "stale" in first.actions() & second.actions()
    assert "delete" not in first.actions()
    project.replace("agentconv.toml", 'keep-wider = ["write unasked", "run unasked"]\n', "")
    assert {"stale", "wider"} <= {one.lower() for one in project.sync().actions()}
    assert project.has(OPENCODE.format("tester"))


def test_an_adopted_file_that_goes_by_another_name_keeps_its_words(project):
    """Its name is taken in the target, capitals apart; what it may do stands in the configuration all the same."""
    project.sync()
    rules = ('"*": deny', "read: allow", "bash:", '  "*": ask', '  "npm test": allow')
    project.write(OPENCODE.format("Digger"), f"{by_hand(*rules, prompt='Other text.')}")
    project.sync("--adopt", "Digger")

    assert '"npm test": allow' in project.read(OPENCODE.format("Digger-2"))
    assert '[sync.agents.Digger.opencode]\nkeep = true\nkeep-wider = ["run unasked"]' in project.read("agentconv.toml")
    assert project.sync("--check").code == 0


def test_the_order_of_rules_about_single_tools_says_nothing(project):
    """A copy with the same rights in another order of keys is in step as it is, and stays."""
    path = OPENCODE.format("digger")
    project.sync()
    project.remove("agentconv.lock")
    text = project.read(path)
    rules = [line for line in text.splitlines(keepends=True) if line.startswith("  ") and "*" not in line and "_" not in line]
    assert len(rules) > 1
    project.write(path, text.replace("".join(rules), "".join(reversed(rules))))
    before = project.read(path)
    told = project.sync()

    assert (told.code, project.read(path)) == (0, before) != (0, text)


def rule(word: str, effect: str = "allow", capability: str | None = None) -> Rule:
    return Rule(effect, word, "opencode", capability)  # type: ignore[arg-type]


READ, GREP, ALL = rule("read", "allow", "fs.read"), rule("grep", "deny", "fs.search"), rule("*", "deny", "*")
WRITE = rule("write", "allow", "fs.write")
EDIT = rule("edit", "ask", "fs.write")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ((ALL, READ, GREP), (ALL, GREP, READ), True),
        ((READ, ALL, GREP), (ALL, READ, GREP), False),
        ((WRITE, EDIT), (EDIT, WRITE), False),
        ((rule("read", "deny", "fs.read"), READ), (READ, rule("read", "deny", "fs.read")), False),
    ],
)
def test_rules_change_places_where_no_other_is_about_the_same(one, other, is_same):
    assert (rule_order.settled(one, "last") == rule_order.settled(other, "last")) is is_same


def test_what_gives_way_by_name_gives_way_where_it_cannot_be_patched(project):
    """The way that is told leads on: who says whose word counts is not told to say it again."""
    path = OPENCODE.format("digger")
    project.write(path, by_hand("read: allow", "grep: allow", "tracker_search: ask", '"*": deny'))
    project.sync("--prefer", "opencode", "digger:prompt")
    told = project.sync("--prefer", "source", "digger")

    assert told.code == 0
    assert project.sync("--check").code == 0
    assert project.has(f"{path}.agentconv-backup")  # no git has it


def test_a_tool_of_a_server_that_is_not_asked_for_any_more_is_told(project):
    """Of a server that is open either way, too: `keep` alone does not say that it is meant."""
    path = OPENCODE.format("digger")
    project.sync()
    project.replace(path, "tracker_search: ask", "tracker_search: allow")
    project.write("agentconv.toml", f"{project.read('agentconv.toml')}\n[sync.agents.digger.opencode]\nkeep = true\n")
    told = project.sync()

    assert told.code == 1
    assert {"wider"} <= {one.lower() for one in told.actions()}


def test_an_adopted_tool_of_a_server_that_nobody_asks_for_is_named(project):
    project.sync()
    project.write(OPENCODE.format("oncall"), by_hand('"*": deny', "read: allow", "tracker_search: allow", name="oncall"))
    project.sync("--adopt", "oncall")

    assert 'keep-wider = ["mcp:tracker unasked"]' in project.read("agentconv.toml")
    assert project.sync("--check").code == 0


@pytest.mark.parametrize("broken", ["<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n", "---\nname: [\n---\n"])
def test_a_server_waits_while_nothing_is_known_of_an_agent_that_would_have_it(tmp_path, broken):
    """Its file stands in the target, and its source, which cannot be read, may have closed the server; one that is there stays."""
    project = Project(tmp_path / "shop", targets=("cursor",))
    project.write("agentconv.toml", f'with = ["servers"]\n{project.read("agentconv.toml")}')
    project.write(f"{SOURCE}/digger.md", agent("digger"))
    project.write(f"{SOURCE}/sower.md", agent("sower"))
    project.sync()
    project.write(f"{SOURCE}/sower.md", broken)
    project.write(".mcp.json", '{"mcpServers": {"tracker": {"command": "tracker-mcp"}}}')
    told = project.sync()

    assert not project.has(".cursor/mcp.json")
    assert told.code == 1
    project.write(f"{SOURCE}/sower.md", agent("sower"))
    project.sync()
    assert "tracker" in project.read(".cursor/mcp.json")
    project.write(f"{SOURCE}/sower.md", broken)
    project.sync()
    assert "tracker" in project.read(".cursor/mcp.json")


def test_of_an_agent_that_stands_in_two_targets_one_is_adopted_by_its_place(tmp_path):
    project = Project(tmp_path / "shop", targets=("codex", "opencode"))
    project.write(f"{SOURCE}/digger.md", agent("digger"))
    project.sync()
    project.write(OPENCODE.format("oncall"), by_hand('"*": deny', "read: allow", name="oncall", prompt="By OpenCode."))
    project.write(".codex/agents/oncall.toml", 'name = "oncall"\ndescription = "Looks"\ndeveloper_instructions = "By Codex."\n')
    project.sync("--adopt", OPENCODE.format("oncall"))

    assert "By OpenCode." in project.read(f"{SOURCE}/oncall.md")


def test_which_of_several_agents_of_a_name_is_adopted_is_asked(tmp_path, capsys):
    """Each of the commands that are named does it; where all of them say the same there is nothing to ask."""
    project = Project(tmp_path / "shop", targets=("codex", "opencode", "copilot"))
    project.write(f"{SOURCE}/digger.md", agent("digger"))
    project.sync()
    project.write(OPENCODE.format("oncall"), by_hand('"*": deny', "read: allow", name="oncall", prompt="By OpenCode."))
    project.write(OPENCODE.format("night"), by_hand('"*": deny', "read: allow", name="oncall", prompt="By both."))
    project.write(".github/agents/night.agent.md", agent("night", ("By both.",), tools="[read]").replace("for night", "for oncall"))
    project.write(".codex/agents/oncall.toml", 'name = "oncall"\ndescription = "Looks"\ndeveloper_instructions = "By Codex."\n')
    told = project.sync("--adopt", "oncall")

    assert told.code == 2
    assert "agentconv sync --adopt .codex/agents/oncall.toml; or agentconv sync --adopt .opencode/agents/oncall.md" in told.errors
    assert not project.has(f"{SOURCE}/oncall.md")
    told = project.sync("--adopt")
    assert told.code == 1
    assert "which `oncall` is meant?" in told.errors
    assert "By both." in project.read(f"{SOURCE}/night.md")
    assert not project.has(f"{SOURCE}/oncall.md")
    project.sync("--adopt", ".codex/agents/oncall.toml")
    assert "By Codex." in project.read(f"{SOURCE}/oncall.md")


def test_an_override_that_narrows_nothing_stops_nobody_else(tmp_path):
    """The source became the narrower one: that is told, it stays so, and others follow their sources."""
    project = Project(tmp_path / "shop", ("codex",), '[sync.agents.digger.codex]\nsandbox = "workspace-write"\n')
    for name in ("digger", "sower"):
        project.write(f"{SOURCE}/{name}.md", agent(name, tools="Read, Edit, Bash"))
    project.sync()
    project.write(f"{SOURCE}/digger.md", agent("digger", tools="Read"))
    project.write(f"{SOURCE}/sower.md", agent("sower", ("One more.",), tools="Read, Edit, Bash"))
    told = project.sync()

    assert told.code == 1
    assert "keeps it: an override only narrows" in told.errors
    assert 'sandbox_mode = "read-only"' in project.read(".codex/agents/digger.toml")
    assert "One more." in project.read(".codex/agents/sower.toml")
