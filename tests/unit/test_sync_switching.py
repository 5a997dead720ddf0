"""Another assistant's files become the source: nothing of either side is lost, and nothing may do more unasked."""

from __future__ import annotations

import pytest

from agent_files import agent_of
from agentconv.conversion import compare
from agentconv.core.source import SourceText
from agentconv.formats import registry
from synced_projects import PLACES, SOURCE, Project, agent

ONE, TWO = f"{SOURCE}/one.md", f"{SOURCE}/two.md"


@pytest.fixture
def project(tmp_path) -> Project:
    """A project in step, with an agent that Codex cannot say all of."""
    found = Project(tmp_path / "shop", ("codex", "opencode", "roo"), 'accept = ["not-enforced:codex"]\nmodels = "tier"\n')
    found.write(ONE, agent("one", tools="Read, Grep", model="opus", color="red"))
    found.write(TWO, agent("two"))
    found.configure('models = "tier"\n[sync.agents.two.codex]\nmodel = "gpt-6-luna"\n')
    assert found.sync().code == 0
    return found


def switch(project, source, *words):
    """Switch, with what is needed for it."""
    return project.sync("--switch-source", source, *words)


def test_there_and_back(project):
    """What Codex cannot say holds in Claude Code by the configuration, edits go the other way, and the way back gives the very bytes."""
    before = project.tree()
    done = switch(project, "codex", "--allow-widening")
    there = project.tree()

    assert done.code == 0
    assert [there[path] for path in (ONE, TWO)] == [before[path] for path in (ONE, TWO)]
    assert ("kept", "claude-code one") in done.words()
    assert project.sync("--check").code == 0
    project.replace(".codex/agents/two.toml", "Two.", "Typed in Codex.")
    assert project.sync().code == 0
    assert "Typed in Codex." in project.read(TWO)
    project.replace(".codex/agents/two.toml", "Typed in Codex.", "Two.")
    project.sync()
    assert switch(project, "claude-code").code == 0
    after = project.tree()

    assert {path: data for path, data in after.items() if "agentconv" not in path} == {
        path: data for path, data in before.items() if "agentconv" not in path
    }
    assert project.sync("--check").code == 0


def test_more_is_not_done_unasked(project):
    """An agent that would do more from the new source on, where it cannot be kept as it stands, is told, and nothing is written."""
    project.remove(".opencode/agents/one.md")
    project.write(ONE, agent("one", tools="Read, Grep, WebFetch", model="opus", color="red"))
    project.configure('models = "tier"\n[sync.agents.one.opencode]\nskip = true\n', targets=("codex", "roo"))
    project.sync("--yes")
    project.replace(".codex/agents/one.toml", 'sandbox_mode = "read-only"', 'sandbox_mode = "workspace-write"')
    before = project.tree()
    told = switch(project, "codex")

    assert told.code == 2
    assert project.tree() == before


def test_a_third_assistant_goes_on_holding_agents_to_what_it_did(project):
    """Codex has no list of servers: what the old source closed, and the new one cannot say, stays closed where it stands."""
    place = ".opencode/agents/one.md"
    before = project.read(place)
    told = switch(project, "codex")

    assert told.code == 0
    assert {("kept", "opencode one"), ("kept", "claude-code one")} <= told.words()
    assert "[sync.agents.one.opencode]" in project.read("agentconv.toml")
    assert [project.sync(*words).code for words in ((), ("--check",))] == [0, 0]
    assert agent_of("opencode", project.read(place).encode()).permissions == agent_of("opencode", before.encode()).permissions
    assert ("update", "opencode one") in told.words()  # its model, which is the new source's


LOGS = "{logs: {type: stdio, command: logs-server}}"
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"tools": "Read, Write, Bash"},
    {"tools": "Read, Grep, WebFetch"},
    {"tools": "Read, mcp__tracker__search"},
    {"tools": "Read, Write, Bash", "mcpServers": f"[{LOGS}]"},
    {"mcpServers": f"[{LOGS}]"},
    {"disallowedTools": "WebFetch, mcp__tracker"},
    {"disallowedTools": "Write, Edit"},
    {"tools": "Bash(git:*), Read"},
    {"permissionMode": "plan"},
    {"tools": "Agent, Read"},
)
"""What agents of Claude Code are held to."""
COPILOT = (
    'tools: ["*"]\nmcp-servers: {kb: {type: local, command: kb-server, args: [], tools: ["*"]}}\n',
    'tools: ["read", "search", "tracker/*"]\n',
    'tools: ["read", "kb/find"]\nmcp-servers: {kb: {type: local, command: kb-server, args: [], tools: [find]}}\n',
    'tools: ["web", "read"]\n',
    "tools: []\n",
    "",
)
"""What agents of Copilot's own are held to, which the source took in."""


def files(project):
    """Return all files but for the configuration and the lock."""
    return {path: data for path, data in project.tree().items() if "agentconv" not in path}


def test_a_third_assistants_files_may_do_what_they_did_after_a_switch_and_after_the_way_back(tmp_path):
    """Codex has no lists of tools and servers: whatever it makes of them, what Copilot's files say of that stays, there and back."""
    project = Project(tmp_path / "shop", ("codex", "copilot"))
    project.configure()
    for number, header in enumerate(HEADERS):
        project.write(f"{SOURCE}/n{number}.md", agent(f"n{number}", **header))
    for number, header in enumerate(COPILOT):
        project.write(PLACES["copilot"].format(f"own{number}"), f"---\ndescription: Copilot's own.\n{header}---\n\nOne.\n")
    project.sync("--adopt")
    assert project.sync().looks == []
    names = [f"n{number}" for number in range(len(HEADERS))] + [f"own{number}" for number in range(len(COPILOT))]
    before, said = files(project), project.read("agentconv.toml")
    told = switch(project, "codex", "--yes")
    there = files(project)

    assert "switch" in {word for word, _ in told.words()}
    for name in names:
        was, now = (agent_of("copilot", tree[PLACES["copilot"].format(name)]) for tree in (before, there))
        assert compare.more(was, now, "copilot") == compare.more(now, was, "copilot") == [], name
        assert compare.closed_servers(was, now, "copilot") == [], name
    assert project.sync().files == ()
    back = switch(project, "claude-code")
    assert ("switch", "copilot n2") in back.words()  # whose `keep` is needed no more
    assert (files(project), project.sync("--check").code) == (before, 0)
    assert project.read("agentconv.toml").split() == said.split()


@pytest.mark.parametrize("source", ["opencode", "copilot"])
def test_there_and_back_is_as_it_was(tmp_path, source):
    """Whatever becomes the source, and whatever that can say: the way back gives every file of every assistant, to the byte."""
    project = Project(tmp_path / "shop", (source, "codex", "opencode" if source == "copilot" else "roo"))
    for number, header in enumerate(HEADERS):
        more = {"model": "opus", "color": "red"} if number % 3 == 0 else {}
        project.write(f"{SOURCE}/n{number}.md", agent(f"n{number}", **header, **more))
    project.sync("--yes")
    before, said = files(project), project.read("agentconv.toml")
    codes = [switch(project, one, "--allow-widening").code for one in (source, "claude-code")]

    assert codes == [0, 0]
    assert (files(project), project.sync("--check").code) == (before, 0)
    assert project.read("agentconv.toml").split() == said.split()


def test_an_agent_that_the_new_source_lacks(project):
    """It stops the switch; once that is meant, every file of it stays."""
    project.configure("[sync.agents.two.codex]\nskip = true\n[sync.agents.two.roo]\nskip = true\n")
    project.sync("--yes")
    before = project.tree()
    told = switch(project, "codex", "--allow-widening")

    assert told.code == 2
    assert "`two`, which Codex does not get" in told.errors
    assert project.tree() == before
    done = switch(project, "codex", "--allow-widening", "--yes")
    assert ("switch", "agentconv.toml two") in done.words()
    assert "sync.agents.two" not in project.read("agentconv.toml")
    assert "has no agent" not in project.sync().errors
    assert project.read(TWO) == before[TWO].decode()
    assert project.has(".opencode/agents/two.md")


def test_the_way_back_over_files_that_stood_all_the_time(tmp_path):
    """A server that was the old source's own, and files that the configuration lets do more, are no hindrance: nothing of them changes."""
    project = Project(tmp_path / "shop", ("codex",), 'sandbox = "read-only"\n')
    project.write(ONE, agent("one", tools="Read, Write, Bash"))
    project.write(
        ".mcp.json", '{"mcpServers": {"tracker": {"command": "tracker", "args": ["-s"], "env": {"TOKEN": "${TRACKER_TOKEN}"}}}}\n'
    )
    settings = '[sync.agents.one.codex]\nsandbox = "read-only"\n'
    project.write("agentconv.toml", f'source = "claude-code"\ntargets = ["codex"]\nwith = ["all"]\n{settings}')
    assert project.sync().code == 0
    before = {path: data for path, data in project.tree().items() if "agentconv" not in path}
    switch(project, "codex")
    assert "keep-wider" in project.read("agentconv.toml")
    told = switch(project, "claude-code")

    assert "switch" in {word for word, _ in told.words()}
    assert {path: data for path, data in project.tree().items() if "agentconv" not in path} == before


CODEX = ".codex/agents/{}.toml"
BY_HAND = 'source = "codex"\ntargets = ["claude-code", "opencode", "roo"]\n'


def test_a_source_that_is_changed_by_hand_deletes_nothing(project):
    """The files of the assistant that is the source now are no target's any more: they stay, whatever is insisted on."""
    project.write("agentconv.toml", BY_HAND)
    before = project.tree()
    told = project.sync("--yes", "--prefer", "source")

    assert ("released", "codex one") in told.words()
    assert project.tree().keys() >= before.keys()
    assert [project.read(path) for path in (CODEX.format("one"), CODEX.format("two"))] == [
        before[path].decode() for path in (CODEX.format("one"), CODEX.format("two"))
    ]
    assert "released" not in {word for word, _ in project.sync().words()}


def test_a_source_that_is_changed_by_hand_gives_no_agent_more_unasked(project):
    """Codex has no list of servers, which OpenCode's files hold: who gets more, where, and the way that keeps it as it stands are told."""
    by_hand = project.read("agentconv.toml").replace("claude-code", "CODEX").replace('"codex"', '"claude-code"').replace("CODEX", "codex")
    project.write("agentconv.toml", by_hand)
    before = project.tree()
    told = project.sync()

    assert (told.code, project.tree()) == (2, before)
    assert "the source is codex now, and was claude-code" in told.errors
    assert "one in opencode (now also every MCP server, starting other agents, loading skills)" in told.errors
    assert "run agentconv sync --switch-source codex" in told.errors
    assert project.sync("--dry-run").code == 1
    assert ("update", "opencode one") in project.sync("--yes").words()


def test_a_source_that_is_changed_by_hand_is_told_of_rights_that_agents_lose(tmp_path):
    """A run that takes rights away does so, and says which, and of whom."""
    project = Project(tmp_path / "shop", ("opencode", "roo"))
    project.write(ONE, agent("one", tools="Read, Bash, mcp__tracker__search"))
    project.sync()
    project.write("agentconv.toml", 'source = "roo"\ntargets = ["claude-code", "opencode"]\n')
    project.replace(".roomodes", "      - command\n", "")
    told = project.sync()

    assert "one in opencode (" in told.errors
    assert "no more" in told.errors
    assert ("update", "opencode one") in told.words()
    assert "--switch-source" not in project.sync().errors


def test_a_broken_copy_that_is_a_source_now_deletes_nothing(project):
    """Of an agent whose file there is broken nobody knows what it says: it is not gone."""
    project.write("agentconv.toml", BY_HAND)
    project.write(CODEX.format("two"), 'name = "two\n')
    before = project.tree()
    told = project.sync("--yes")

    assert told.code == 1
    assert ("delete", "opencode two") not in told.words()
    assert project.tree().keys() >= before.keys()
    assert project.read(".opencode/agents/two.md") == before[".opencode/agents/two.md"].decode()


@pytest.mark.parametrize(
    ("source", "prepare", "words"),
    [
        ("claude-code", None, "claude-code is the source already"),
        ("cursor", None, "`targets` does not name cursor"),
        ("codex", lambda one: one.replace(ONE, "Two.", "Zwei."), "where everything is in step"),
        ("codex", lambda one: one.configure("[sync.codex]\ncommitted = false\n"), "version control does not have the files"),
        ("copilot", lambda one: one.write("agentconv.toml", one.read("agentconv.toml").replace("roo", "copilot")), "itself"),
    ],
)
def test_what_can_be_no_source(project, source, prepare, words):
    """A switch is told why it cannot be, and changes nothing."""
    if prepare is not None:
        prepare(project)
    before = project.tree()
    told = switch(project, source)

    assert told.code == 2
    assert words in told.errors
    assert project.tree() == before


def test_what_stays_behind_is_named_where_it_shuts_the_way_back(tmp_path):
    """A file that is told as a new one is in the way of the next switch: the first says so before, the next what is done."""
    project = Project(tmp_path / "shop", ("codex",))
    project.write(ONE, agent("one", tools=""))
    project.write(TWO, agent("two", ("Two.",)))
    project.configure("[sync.agents.two.codex]\nskip = true\n")
    project.sync()
    asked = project.sync("--switch-source", "codex")
    assert "before the source is switched again" in " ".join(asked.errors.split())
    assert project.sync("--switch-source", "codex", "--yes", "--allow-widening").errors == ""
    refused = project.sync("--switch-source", "claude-code")

    assert refused.code == 2
    assert f"{TWO} (new)" in refused.errors
    assert "--adopt two" in refused.errors
    assert f'`exclude = ["{TWO}"]`' in " ".join(refused.errors.split())


def test_a_source_in_folders_follows_after_a_switch(project):
    """The lock of a project whose old source has folders in its own is a valid one."""
    project.move(ONE, f"{SOURCE}/team/one.md")
    project.sync()
    assert switch(project, "codex", "--allow-widening").code == 0
    assert (project.sync().code, project.has(f"{SOURCE}/team/one.md")) == (0, True)


@pytest.mark.parametrize(("source", "beside"), [("codex", "delete"), ("roo", "released")])
def test_who_wrote_a_file_is_known_after_a_switch_and_after_the_way_back(project, source, beside):
    """What sync wrote, and nobody touched, goes with its agent; what a person wrote first, or wrote in while it was the source, stays.

    A file of several is somebody's as a whole.
    """
    assert switch(project, source, "--allow-widening").code == 0
    untouched = project.copy("untouched")
    project.replace(PLACES[source].format("two"), "Two.", "Typed while it was the source.")
    for each in (project, untouched):
        each.sync()
        assert switch(each, "claude-code", "--allow-widening").code == 0
        each.remove(ONE)
        each.remove(TWO)
    told, plain = project.sync("--yes").words(), untouched.sync("--yes").words()

    assert {("delete", f"{source} one"), ("delete", f"{source} two"), ("delete", "opencode one")} <= plain
    assert {(beside, f"{source} one"), ("released", f"{source} two"), ("delete", "opencode one")} <= told
    assert "Typed while it was the source." in project.read(PLACES[source].format("two"))


def test_what_a_person_wrote_stays_when_its_agent_goes_from_the_new_source(project):
    """The old source's files were there first."""
    switch(project, "codex")
    project.remove(PLACES["codex"].format("two"))
    told = project.sync("--yes").words()

    assert {("released", "claude-code two"), ("delete", "opencode two")} <= told
    assert project.has(TWO)


def test_no_file_of_the_old_source_gets_another_name_unasked(tmp_path):
    """An agent that is told from another by case alone has a name of its own in the new source: what it is called here stays."""
    project = Project(tmp_path / "shop", ("codex",))
    for path, name in (("deployer", "deployer"), ("ops/Deployer", "Deployer")):
        project.write(f"{SOURCE}/{path}.md", agent(name, (f"Of {path}.",)))
    project.sync()
    before = project.tree()
    told = project.sync("--switch-source", "codex")

    assert told.code == 2
    assert f"{SOURCE}/ops/Deployer.md becomes {SOURCE}/ops/Deployer-2.md" in told.errors
    assert project.tree() == before
    assert project.sync("--switch-source", "codex", "--yes").code == 0
    assert project.has(f"{SOURCE}/ops/Deployer-2.md")


def test_all_that_a_switch_asks_for_is_told_at_once(tmp_path):
    """One `--yes` is for all of it: nothing that stood behind another obstacle is agreed to unseen."""
    project = Project(tmp_path / "shop", ("codex",), "[sync.agents.two.codex]\nskip = true\n")
    for path, name in (("deployer", "deployer"), ("ops/Deployer", "Deployer"), ("two", "two")):
        project.write(f"{SOURCE}/{path}.md", agent(name, (f"Of {path}.",)))
    project.sync()
    told = project.sync("--switch-source", "codex")

    assert told.code == 2
    assert "`two`, which Codex does not get" in told.errors
    assert f"{SOURCE}/ops/Deployer.md becomes {SOURCE}/ops/Deployer-2.md" in told.errors
    assert "agentconv.toml would lose [sync.agents.two]" in told.errors


COPY = ".cursor/agents/one.md"
KEPT = '[sync.agents.one.cursor]\nkeep-wider = ["network"]\n'


@pytest.fixture
def beside(tmp_path):
    """A project with a copy for Cursor, which closes what Cursor leaves open by Claude Code's file of the agent."""
    found = Project(tmp_path / "shop", ("codex", "cursor"), KEPT)
    found.write(ONE, agent("one", tools="Read, Grep, Glob"))
    assert (found.sync().code, found.has(COPY)) == (0, True)
    return found


def by_hand(project, more=""):
    """Name Codex as the source, as somebody does who knows of no other way."""
    project.write("agentconv.toml", f'source = "codex"\ntargets = ["claude-code", "cursor"]\n[sync.cursor]\nown = true\n{more}')


def test_a_copy_that_is_narrower_than_the_old_sources_file_stays(beside):
    """Cursor reads what was the source after a switch, too: without its own copy an agent could do more there."""
    before = files(beside)
    codes = [switch(beside, "codex").code, beside.sync("--check").code, beside.sync().code]

    assert (codes, files(beside)) == ([0, 0, 0], before)
    assert KEPT.strip() in beside.read("agentconv.toml")
    assert [switch(beside, "claude-code").code, beside.sync("--check").code, files(beside)] == [0, 0, before]


def test_a_copy_without_which_an_agent_could_do_more_goes_only_when_asked_for(beside):
    """Also where the source is changed by hand: who would do more, and what, is told by name."""
    by_hand(beside)
    before = beside.tree()
    told = beside.sync()

    assert (told.code, beside.tree()) == (2, before)
    assert "one in cursor (now also writing files, running commands, every MCP server)" in told.errors
    by_hand(beside, KEPT)
    assert beside.sync().code == 1  # Claude Code's file is not ours
    assert beside.read(COPY) == before[COPY].decode()


def test_what_was_insisted_on_in_a_switch_is_not_deleted_by_the_next_run(tmp_path):
    """A copy that may do more than its source, and less than the file that is read without it, stays, and is told."""
    project = Project(tmp_path / "shop", ("codex", "cursor"))
    for name in ("one", "two"):
        project.write(f"{SOURCE}/{name}.md", agent(name, tools="Read, Grep, Glob"))
    project.sync("--allow-widening")
    switch(project, "codex", "--allow-widening", "--yes")
    told = project.sync("--check")

    assert (told.code, "would be deleted" in told.errors) == (1, False)
    assert {("wider", "cursor one"), ("stale", "cursor two")} <= told.words()


def test_what_a_client_reads_of_the_old_source_is_told_after_a_switch(tmp_path):
    """It reads the files as before, and lets the agent do as much: that the source is another one does not hide it."""
    project = Project(tmp_path / "shop", ("codex", "cursor"))
    project.write("agentconv.toml", project.read("agentconv.toml").partition("[")[0] + '["codex", "cursor"]\n')
    project.write(ONE, agent("one", tools="Read, Grep, Glob"))
    told = [project.sync(), switch(project, "codex"), project.sync("--check")]

    assert [[(one["target"], one["code"]) for one in each.losses] for each in told] == [[("cursor", "widened-elsewhere")]] * 3


def test_all_that_a_source_changed_by_hand_asks_for_is_told_at_once(beside):
    """What would be deleted hides nothing of what agents could do."""
    beside.write(TWO, agent("two", tools="Read, Grep, Glob"))
    beside.configure(f"{KEPT}{KEPT.replace('one', 'two')}")
    beside.sync()
    by_hand(beside)
    told = beside.sync()

    assert "2 of the 2 agents of cursor would be deleted; and the source is codex now" in told.errors
    assert "one in cursor (now also writing files" in told.errors


READERS = ("copilot", "cursor", "goose", "auggie")
"""Assistants that read Claude Code's files where they have none of their own."""


@pytest.fixture
def read(tmp_path) -> Project:
    """A project in step, in which four assistants read the source's own files."""
    found = Project(tmp_path / "shop")
    found.write("agentconv.toml", _configuration("claude-code", "codex"))
    for number, header in enumerate((*HEADERS, {"tools": "Read, Edit, Write"})):
        found.write(f"{SOURCE}/n{number}.md", agent(f"n{number}", **header))
    assert found.sync().code == 0
    return found


def _configuration(source, other):
    listed = ", ".join(f'"{target}"' for target in (other, *READERS))
    return f'source = "{source}"\ntargets = [{listed}]\n'


def had(project, client):
    """Return the agents as an assistant has them: by its own files, else by Claude Code's."""
    found = {}
    for path, data in sorted(project.tree().items(), key=lambda one: registry.FORMATS[client].is_place(one[0])):
        if any(registry.FORMATS[one].is_place(path) for one in (client, "claude-code")):
            found |= {one.name: one for one in registry.load(client).read(SourceText(path, data)).set.agents}
    return found


def test_who_reads_the_old_sources_files_lets_agents_do_what_they_did(read):
    """Where its own file, by the new source, would let an agent do anything else, it goes on reading the old source's; and back again."""
    before = {client: had(read, client) for client in READERS}
    told = switch(read, "codex")

    for client in READERS:
        after = had(read, client)
        for name, was in before[client].items():
            assert compare.more(was, after[name], client) == [], (client, name)
            assert compare.more(after[name], was, client) == [], (client, name)
    assert {("kept", "copilot n11"), ("write", "copilot n0")} <= told.words()
    assert read.sync().files == ()
    back = switch(read, "claude-code")
    for client in READERS:
        after = had(read, client)
        assert [one for name, was in before[client].items() for one in compare.more(was, after[name], client)] == []
    assert ("kept", "copilot n11") not in back.words()


def test_the_way_back_to_a_source_that_is_read_in_place(tmp_path):
    """Copilot has no file of its own all the while, and nothing is said of it in the end."""
    project = Project(tmp_path / "shop", ("codex", "copilot"))
    project.write("agentconv.toml", said := 'source = "claude-code"\ntargets = ["codex", "copilot"]\n')
    project.write(ONE, agent("one", tools="Read, Edit, Write"))
    project.sync()
    before = files(project)
    switch(project, "codex")
    assert "skip = true" in project.read("agentconv.toml")
    back = switch(project, "claude-code")

    assert ("switch", "copilot one") in back.words()
    assert (files(project), project.read("agentconv.toml").split()) == (before, said.split())


def test_who_reads_the_old_sources_files_gets_no_wider_one_unasked_by_hand(read):
    """Copilot has no file of its own of it: what it lets the agent do now is what it makes of Claude Code's."""
    read.remove("agentconv.toml")
    read.write("agentconv.toml", _configuration("codex", "claude-code"))
    before = read.tree()
    told = read.sync()

    assert (told.code, read.tree()) == (2, before)
    assert "the source is codex now, and was claude-code" in told.errors
    assert "n1 in copilot (now also " in told.errors


def test_what_a_switch_wrote_down_is_agreed_to_as_long_as_the_new_source_says_the_same(tmp_path):
    """OpenCode's word about `git log` reaches Claude Code as nothing: that it goes is seen all the same."""
    project = Project(tmp_path / "shop", ("opencode",))
    project.write(ONE, agent("one", tools="Read, Write, Bash(git log:*)"))
    project.sync()
    assert switch(project, "opencode").code == 0
    assert 'keep-wider = ["run"]' in project.read("agentconv.toml")
    project.replace(".opencode/agents/one.md", "One.", "Another line.")
    assert [project.sync(*words).code for words in ((), ("--check",))] == [0, 0]
    project.replace(
        ".opencode/agents/one.md", "".join(project.read(".opencode/agents/one.md").partition("  bash:\n")[1:]).split("---")[0], ""
    )
    told = project.sync("--check")

    assert (told.code, [word for word, *_ in told.looks]) == (1, ["wider"])
    assert project.sync().code == project.sync("--check").code == 1


def test_what_a_switch_gave_an_assistant_is_told_on_the_way_back_with_what_takes_it_away(tmp_path):
    """Copilot read the source's own files until a switch gave it some: these stay, and what is told of that does what it says."""
    project = Project(tmp_path / "shop", ("opencode", "copilot"))
    project.write("agentconv.toml", 'source = "claude-code"\ntargets = ["opencode", "copilot"]\n')
    project.write(ONE, agent("one"))
    project.sync()
    switch(project, "opencode")
    copy = project.has(PLACES["copilot"].format("one"))
    told = switch(project, "claude-code")
    said = {one["what"]: one["hint"] for one in told.entries if one["action"] == "switch" and one["target"] == "copilot"}

    assert copy
    assert list(said) == ["`own = true` stays in [sync.copilot]: it has 1 file of its own"]
    assert "take that out of agentconv.toml; then agentconv sync --yes" in next(iter(said.values()))
    project.write("agentconv.toml", project.read("agentconv.toml").replace("[sync.copilot]\nown = true\n", ""))
    assert project.sync("--yes").code == 0
    assert not project.has(PLACES["copilot"].format("one"))


def test_a_new_name_takes_no_file_out_of_its_folder(tmp_path):
    """Somebody ordered the agents when their files were the source, and finds them so when they are it again."""
    project = Project(tmp_path / "shop", ("opencode",))
    for name in ("one", "two"):
        project.write(f"{SOURCE}/infra/{name}.md", agent(name, tools="Read"))
    project.sync()
    assert switch(project, "opencode").code == 0
    project.move(".opencode/agents/one.md", ".opencode/agents/first.md")
    codes = [project.sync().code, project.sync("--check").code, switch(project, "claude-code").code, project.sync("--check").code]

    assert codes == [0, 0, 0, 0]
    assert {path for path in project.tree() if path.startswith(SOURCE)} == {f"{SOURCE}/infra/{name}.md" for name in ("first", "two")}


def test_no_file_goes_unasked_that_the_new_source_s_words_would_not_allow(tmp_path):
    """Qwen Code cannot hold what OpenCode's file says of a server's tool, and has one of Claude Code's words: that is asked."""
    project = Project(tmp_path / "shop", ("opencode", "qwen-code"))
    for name, tools in (("mcp", "Read, mcp__x__y"), ("plain", "Read, Grep"), ("other", "Read")):
        project.write(f"{SOURCE}/{name}.md", agent(name, tools=tools))
    project.sync("--yes")
    before = project.tree()
    code = project.sync("--switch-source", "opencode").code
    after = project.tree()
    project.sync("--switch-source", "opencode", "--yes")

    assert (code, after) == (2, before)
    assert (project.has(".qwen/agents/mcp.md"), project.has(".qwen/agents/plain.md")) == (False, True)
