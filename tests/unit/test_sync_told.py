"""What a run tells of: as much as a person needs, once, and in words that hold in the next run."""

from __future__ import annotations

import ast
import errno
import json
import os
import shutil
from pathlib import Path
from unittest import mock

import pytest

from agentconv.cli import main
from agentconv.disk import placing
from agentconv.render import in_step, synced, synced_entries, synced_lines
from agentconv.render.synced_words import WORDS
from agentconv.sync.git import Git
from synced_projects import SOURCE, Project, agent

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    """A project in step."""
    found = Project(tmp_path / "shop", ("codex", "opencode"))
    for name in ("one", "two"):
        found.write(f"{SOURCE}/{name}.md", agent(name, tools="Read"))
    monkeypatch.chdir(found.root)
    return found


def printed(project, capsys, *words):
    """Return what a run prints: on standard output, and on standard error."""
    with mock.patch.dict(os.environ, {**project.environment, "COLUMNS": "80"}):
        main(["sync", *words])
    return capsys.readouterr()


def test_what_is_known_is_a_line(project, capsys):
    """A limit that is not held is told in full when it is new, and then as its code and a number; no line is wider than the terminal."""
    first, second = printed(project, capsys), printed(project, capsys)
    project.write(f"{SOURCE}/three.md", agent("three", tools="Read"))
    third = printed(project, capsys)

    assert "whatever its file says" in " ".join(first.err.split())
    assert second.err == "warning[not-enforced] to Codex, 2 agents (-v)\n"
    assert "warning[not-enforced] to Codex, 2 more agents (-v)" in third.err
    assert all(len(line) <= 80 for said in (first, second, third) for line in (said.out + said.err).splitlines())


def test_twenty_agents_are_one_screen(project, capsys):
    """Of many losses those that limit an agent are told, the others counted; -v names each, and what lasts is counted from then on."""
    headers = ({"tools": "Read, Grep", "model": "opus"}, {"tools": "Read, Edit, Bash", "permissionMode": "plan"}, {"color": "blue"})
    for number in range(20):
        project.write(f"{SOURCE}/a{number}.md", agent(f"a{number}", **headers[number % 3]))
    project.write(".claude/settings.json", json.dumps({"permissions": {"deny": ["Read(./.env)"]}}))
    project.configure("", ("codex", "copilot", "cursor", "opencode"))
    looked, first, second, each = (printed(project, capsys, *words) for words in (("--dry-run",), (), (), ("-v",)))
    project.write(f"{SOURCE}/more.md", agent("more"))
    third = printed(project, capsys)

    assert len((first.out + first.err).splitlines()) <= 48
    assert "model-dropped (7 agents)" in first.err
    assert "denies 1 pattern\n  hint: Codex, GitHub Copilot, Cursor: --with needed,permissions" in first.err
    assert looked.out.splitlines()[-1] == "next: `agentconv sync` writes that"
    assert first.out.splitlines()[-2].startswith("next: commit these files and agentconv.lock")
    assert "next:" not in second.out + third.out
    assert "warning[set-restrictions-stay] to Codex, GitHub Copilot, Cursor, OpenCode, the set (-v)" in " ".join(second.err.split())
    assert "denies 1 pattern" not in second.err + third.err
    assert "model-dropped] a0, model" in each.err
    assert "hint: --with needed,permissions" in " ".join(each.err.split())


def test_what_stays_of_the_whole_set_is_counted_where_a_run_is_strict(project):
    """It is accepted as other limits are: by the configuration and the command line."""
    project.write(".claude/settings.json", json.dumps({"permissions": {"deny": ["Read(./.env)"]}}))
    project.configure('accept = ["not-enforced", "set-restrictions-stay"]\n')
    codes = [project.sync(*words).code for words in ((), ("--strict",), ("--strict", "--accept", "all"))]

    assert codes == [0, 1, 0]


def test_a_difference_is_shown(project, capsys):
    """`--diff` shows an edit, and both sides of a conflict."""
    printed(project, capsys)
    project.replace(".codex/agents/one.toml", "Two.", "Deux.")
    project.replace(f"{SOURCE}/two.md", "Two.", "Zwei.")
    project.replace(".opencode/agents/two.md", "Two.", "Due.")
    said = printed(project, capsys, "--diff").out.splitlines()

    assert [line for line in said if line in ("-Two.", "+Deux.", "-Zwei.", "+Due.", "+Zwei.")] == [
        "-Two.",
        "+Zwei.",
        "-Two.",
        "+Deux.",
        "-Zwei.",
        "+Due.",
    ]


def test_a_conflict_quotes_what_both_typed(project):
    """Not a line that one side alone changed, be it the first that differs; and it says where nobody knows what was there before."""
    project.sync()
    for path, old, new in (
        (f"{SOURCE}/one.md", "One.", "Eins."),
        (f"{SOURCE}/one.md", "Three.", "Drei."),
        (".codex/agents/one.toml", "Three.", "Tre."),
    ):
        project.replace(path, old, new)
    known = project.sync().entries
    shutil.rmtree(project.environment["XDG_STATE_HOME"])
    unknown = project.sync().entries

    assert [one["what"] for one in known if one["needs_a_look"]] == ['prompt, line 5: "Drei." in the source, "Tre." here']
    assert ["what it was before is not known" in one["what"] for one in unknown if one["needs_a_look"]] == [True]


def test_what_makes_a_strict_run_fail_is_said(project, capsys):
    """A run that is in step, and ends with 1, names the limits that count, and what accepts them."""
    printed(project, capsys)
    said = [printed(project, capsys, *words).err for words in (("--strict",), ("--strict", "-q"), ("--strict", "--check", "-q"))]

    assert all("--strict counts not-enforced to Codex." in one for one in said)
    assert all('accept = ["not-enforced:codex"]' in one for one in said)


@pytest.mark.parametrize(
    ("words", "message"),
    [(("--project", "nowhere"), "there is no folder `nowhere`"), (("--prefer", "roo", "one"), "--prefer does not take `roo`")],
)
def test_what_is_not_there_is_a_mistake(project, capsys, words, message):
    """A folder, or an assistant, that is named on the command line and is none here."""
    assert message in printed(project, capsys, *words).err


def test_no_way_out_is_named_that_there_is_not(project, capsys, monkeypatch):
    """A configuration that is no TOML has no flag against it in sync; marks of a merge are decided with git where it has both sides."""
    printed(project, capsys)
    project.write(".codex/agents/one.toml", "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n")
    alone = " ".join(printed(project, capsys).out.split())
    monkeypatch.setattr(Git, "unmerged", lambda _: frozenset({".codex/agents/one.toml"}))
    marked = " ".join(printed(project, capsys).out.split())
    project.write("agentconv.toml", "x = [\n" + project.read("agentconv.toml"))
    said = printed(project, capsys).err

    assert "`git checkout --theirs .codex/agents/one.toml`" in marked
    assert "git checkout" not in alone
    assert "--prefer codex one" in alone
    assert "--prefer codex one" in marked
    assert "not TOML" in said
    assert "--isolated" not in said


def refused(stage, _):
    raise PermissionError(errno.EACCES, "Permission denied", stage)


def test_a_folder_that_takes_no_file_is_what_is_told(project, monkeypatch):
    """Where the disk refuses, the message is about the folder, and not about a temporary file of ours."""
    with monkeypatch.context() as patch:
        patch.setattr(placing, "_opened", refused)
        told = project.sync()

    assert told.code == 2
    assert "agentconv-stage" not in told.errors


def test_a_released_file_is_told_as_in_the_next_run(project):
    """A file that outlives its source is nobody's, in the run that lets it go and in each one after it."""
    project.sync()
    project.replace(".codex/agents/one.toml", "Two.", "Deux.")
    project.remove(f"{SOURCE}/one.md")
    told, again = project.sync(), project.sync()

    assert told.looks == again.looks == [("new", ".codex/agents/one.toml", "", ())]


def test_a_way_out_names_what_the_configuration_takes(tmp_path):
    """An agent that has another name in a target is left out of it by the name that its source has, whatever says so."""
    project = Project(tmp_path / "shop", ("codex",), 'with = ["permissions"]\n')
    for path, name in (("deployer", "deployer"), ("ops/Deployer", "Deployer")):
        project.write(f"{SOURCE}/{path}.md", agent(name, (f"Of {path}.",), tools="Read, Bash"))
    project.sync()
    project.write(".claude/settings.json", '{"permissions": {"deny": ["Bash(rm:*)"]}}\n')
    looks = [one for one in project.sync().entries if one["needs_a_look"]]
    tables = [words.partition("]")[0] for one in looks for words in one["hint"].split("skip = true` in [")[1:]]
    project.configure(project.more + "".join(f"[{table}]\nskip = true\n" for table in tables))
    followed = project.sync("--yes")

    assert project.has(".codex/agents/Deployer-2.toml") is False
    assert sorted(tables) == ["sync.agents.Deployer.codex", "sync.agents.deployer.codex"]
    assert (followed.code, followed.errors) == (0, "")


def test_an_agent_that_goes_leaves_its_table(project):
    """The table of an agent that went is told at its line, in each run, and stops nothing; a name like another's is a mistake."""
    project.configure('[sync.agents.one.codex]\nmodel = "gpt-5.1"\n')
    project.sync()
    project.remove(f"{SOURCE}/one.md")
    runs = [project.sync(), project.sync()]

    assert [told.code for told in runs] == [0, 0]
    assert all("the source has no agent `one`" in told.errors for told in runs)
    assert not project.has(".codex/agents/one.toml")
    project.write(f"{SOURCE}/reviewer.md", agent("reviewer"))
    project.configure('[sync.agents.reveiwer.codex]\nmodel = "gpt-5.1"\n')
    assert project.sync().code == 1


def test_an_entry_is_excluded(project):
    """An entry of a file of several agents is left out by its place in it."""
    project.configure(targets=("roo",))
    project.sync("--yes")
    project.write(
        ".roomodes", project.read(".roomodes") + "  - slug: mine\n    name: Mine\n    roleDefinition: It is mine.\n    groups: [read]\n"
    )
    before = project.sync().looks
    project.write("agentconv.toml", 'exclude = [".roomodes/customModes/mine"]\n' + project.read("agentconv.toml"))
    project.replace(f"{SOURCE}/one.md", "Two.", "Zwei.")

    assert before == [("new", ".roomodes", "/customModes/mine", ())]
    assert project.sync().code == 0
    assert "It is mine." in project.read(".roomodes")


def test_a_served_assistant(project, capsys):
    """Of one that reads the source itself it is told what it makes nothing of, what it does not load, and what stands in its own folder."""
    project.write("agentconv.toml", 'source = "claude-code"\ntargets = ["copilot"]\n')
    project.write(f"{SOURCE}/one.md", agent("one", model="opus", color="red"))
    project.write(f"{SOURCE}/two.md", agent("two", description="Use it: for this"))
    project.write(".github/agents/mine.agent.md", "---\nname: mine\ndescription: Mine\n---\n\nDo it.\n")
    told, said, each = project.sync(), printed(project, capsys), printed(project, capsys, "-v")

    assert ("new", ".github/agents/mine.agent.md", "", ()) in told.looks
    assert "not every key of it means something there (-v)" in " ".join(said.out.split())
    assert "makes nothing of color (1)" in each.out
    assert all("does not load two;" in one.out for one in (said, each))
    assert project.sync("--adopt").looks == [("new", ".github/agents/mine.agent.md", "", ())]
    assert project.has(f"{SOURCE}/mine.md")
    assert project.has(".github/agents/mine.agent.md")


def test_a_header_that_is_read_in_another_way(project):
    """A source that its client mends is synced as the client reads it, and that is said."""
    project.write(f"{SOURCE}/one.md", agent("one", description="Use it: for this, and for that"))
    project.write(f"{SOURCE}/two.md", agent("two", description="*Use* it"))
    told = project.sync()

    assert told.code == 0
    assert told.errors.count("loads it through its own repair") == 2  # for two reasons
    assert "in 1 more file" not in told.errors
    project.write(f"{SOURCE}/three.md", agent("three", description="Use it: for that"))
    assert "loads it through its own repair" in project.sync().errors
    assert project.sync().errors == ""


def test_your_own_agents_go_one_way(tmp_path, monkeypatch, capsys):
    """In user scope files go where each client has the user's own, and no hint speaks of what is not there."""
    home = Project(tmp_path / "home")
    home.remove("agentconv.toml")
    home.write(".config/agentconv/agentconv.toml", 'source = "claude-code"\ntargets = ["codex"]\n')
    home.write(".claude/agents/one.md", agent("one"))
    for name, value in {"HOME": home.root, "XDG_STATE_HOME": tmp_path / "state"}.items():
        monkeypatch.setenv(name, os.fspath(value))
    for name in ("XDG_CONFIG_HOME", "CODEX_HOME", "CLAUDE_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    codes = [main(["sync", "--scope", "user"]), main(["sync", "--scope", "user"])]
    home.replace(".codex/agents/one.toml", "Two.", "Zwei.")
    home.write(".codex/agents/mine.toml", 'name = "mine"\ndescription = "Mine"\ndeveloper_instructions = "Do it."\n')
    capsys.readouterr()
    codes.append(main(["sync", "--scope", "user"]))
    said = capsys.readouterr().out

    assert codes == [0, 0, 1]
    assert "edited" in said
    assert "--carry-back" not in said
    assert "--adopt" not in said
    assert main(["sync", "--scope", "user", "--prefer", "target", "one"]) == 2
    assert main(["sync", "--scope", "user", "--prefer", "source", "one"]) == 1
    assert "Zwei." not in home.read(".codex/agents/one.toml")


def test_a_release_is_told_to_programs(project, capsys):
    """`--release` prints JSON where that is asked for, and no form that it does not have."""
    printed(project, capsys)
    said = json.loads(printed(project, capsys, "--release", "codex", "--output-format", "json").out)

    assert said["released"] == {"target": "codex", "files": 2}
    assert main(["sync", "--release", "opencode", "--output-format", "github"]) == 2


def test_every_word_is_explained(capsys):
    """What a line begins with can be looked up, and the page about sync says the same; a word that names a rule or a loss is that."""
    code = [node for module in (synced, synced_entries) for node in ast.walk(ast.parse(Path(module.__file__).read_text("utf-8")))]
    names = [(node, getattr(node.func, "id", getattr(node.func, "attr", ""))) for node in code if isinstance(node, ast.Call)]
    words = [call.args[("Line", "entry").index(name)] for call, name in names if name in ("Line", "entry")]
    texts = {one.value for word in words for one in ast.walk(word) if isinstance(one, ast.Constant)}
    told = {str(text).casefold() for text in texts} | {word for word, _ in synced_entries.PLAIN.values()}
    page = (CHECKOUT / "docs/sync.md").read_text("utf-8")

    assert {*told, "merged", "edited"} <= {*WORDS}
    assert [word for word, meaning in WORDS.items() if f"| {word} | {meaning} |" not in page] == []
    assert main(["rule", "WIDER"]) == 0
    assert "may do more there than its source allows" in " ".join(capsys.readouterr().out.split())


def test_many_changes_of_one_kind_are_counted(project, capsys):
    """A first run of many agents fits on a screen: they are counted, the first named, and what they lose stands below; -v lists each."""
    for number in range(20):
        project.write(f"{SOURCE}/a{number:02}.md", agent(f"a{number:02}", tools="Read"))
    short, full = (printed(project, capsys, "--dry-run", *words).out for words in ((), ("-v",)))

    assert "  write  22 agents in codex, opencode: a00, a01, a02 and 19 more (-v lists them)\n" in short
    assert full.count("  write  ") == 22
    project.sync()
    for number in range(20):
        project.replace(f"{SOURCE}/a{number:02}.md", "Two.", "Zwei.")
    project.replace(f"{SOURCE}/a00.md", "When there is", "If there is")
    project.replace(f"{SOURCE}/a01.md", "When there is", "If there is")
    said = " ".join(printed(project, capsys, "--dry-run").out.split())

    assert "update 20 agents in codex, opencode: a00, a01, a02 and 17 more (-v lists them) description of 2, prompt of 20" in said


def test_a_refusal_is_told_once(project, capsys):
    """What a target cannot hold is told with its file and the way out, and not a second time among the losses."""
    hooks = "{PreToolUse: [{matcher: Bash, hooks: [{type: command, command: ./guard}]}]}"
    project.write(f"{SOURCE}/two.md", agent("two", tools="Read, Bash", hooks=hooks))
    said = printed(project, capsys)
    words = " ".join(said.out.split())

    assert words.count("more than its author allowed") == 2  # for each target
    assert "refusal" not in said.err
    assert "--allow-widening=two, in each run and each check, writes it all the same; or `skip = true` in" in words
    assert said.out.index("  write  one") < said.out.index("needs a look:") < said.out.index("  refused  ")


def test_what_is_not_written_loses_nothing(project, capsys):
    """A file that is not ours keeps its own words: what ours would lose is told when it takes its place."""
    project.write(".codex/agents/two.toml", 'name = "two"\ndescription = "d"\ndeveloper_instructions = "Other."\n')
    before, after = printed(project, capsys), printed(project, capsys, "--prefer", "source", "two")

    assert all(word in " ".join(before.out.split()) for word in ("not ours: it may do more (", "description (", "prompt ("))
    assert "1 agent (one)" in before.err
    assert "1 agent (two)" in after.err


def test_many_files_of_which_the_same_is_told_are_counted(project, capsys):
    """Hand copies that their client does not load are one entry, with what replaces all of them, or one."""
    for number in range(6):
        project.write(f"{SOURCE}/a{number}.md", agent(f"a{number}", tools="Read"))
        project.write(f".opencode/agents/a{number}.md", agent(f"a{number}", tools="Read"))
    said = " ".join(printed(project, capsys, "--dry-run").out.split())

    assert said.count("foreign .opencode") == 1
    assert ".opencode/agents/a0.md and 5 more (-v)" in said
    assert "mend them; or agentconv sync --prefer source AGENT ... replaces those that are named" in said


def test_settings_without_agents_are_no_broken_source(tmp_path, monkeypatch, capsys):
    """A client's settings that may hold agents, and hold none, keep nothing from being synced."""
    found = Project(tmp_path / "shop", ("codex",))
    found.write("agentconv.toml", 'source = "opencode"\ntargets = ["codex"]\n')
    found.write(".opencode/agents/one.md", "---\ndescription: d\nmode: subagent\n---\nOne.\n")
    found.write("opencode.json", "{}")
    monkeypatch.chdir(found.root)
    said = printed(found, capsys)

    assert "error" not in said.err
    assert "write  one" in said.out


def test_documents_beside_the_agents_are_passed_over(project, capsys):
    """A README in the folder keeps nothing from being synced; a file that may be an agent is told, and how it is left out."""
    project.write(f"{SOURCE}/one.md", agent("one"))
    project.write(f"{SOURCE}/README.md", "# Our agents\n")
    assert printed(project, capsys).err.count("error") == 0
    project.write(f"{SOURCE}/plan.md", "# What to do\n")
    said = " ".join(printed(project, capsys).err.split())
    assert "not synced: no agent for Claude Code: the file does not start with a line" in said
    assert f'or, if it is no agent, `exclude = ["{SOURCE}/plan.md"]` leaves it out; its files in the other assistants' in said

    project.write(f"{SOURCE}/README.md", agent("read-me"))
    printed(project, capsys)
    project.write(f"{SOURCE}/README.md", "# Our agents\n")
    assert "README.md:1:1: error: not synced" in " ".join(printed(project, capsys).err.split())


def test_a_switch_of_the_source_is_told(project, capsys):
    """What a switch would do can be seen before: whose files are the source, and what holds in the old one's alone."""
    printed(project, capsys)
    said = printed(project, capsys, "--switch-source", "opencode", "--dry-run").out

    assert "  switch  opencode  the source from now on" in said
    assert "would be written" in said


def test_agents_of_one_name_are_seen_to_before_both_are_written(project, capsys):
    """A check says what sync would call the second one, and that its name is seen to first."""
    project.sync()
    project.write(f"{SOURCE}/other.md", agent("two", ("Another one.",), tools="Read"))
    line = next(one for one in project.sync("--check").entries if one["action"] == "write")
    out = " ".join(printed(project, capsys, "--check").out.split())

    assert line["what"] == f"as `two-2`: {SOURCE}/two.md has the name, too"
    assert "first see to the agents of one name, else both are written; then run `agentconv sync`" in out


def test_what_is_kept_wider_on_purpose_is_green_where_a_person_says_so_too(tmp_path):
    """The configuration names what it is of each agent; that alone silences nothing, and a list for all agents is no place for it."""
    project = Project(tmp_path / "shop", ("cursor",))
    project.configure('[sync.agents.one.cursor]\nkeep-wider = ["network"]\n')
    project.write(f"{SOURCE}/one.md", agent("one", tools="Read, Grep"))
    project.sync()
    codes = [project.sync("--check", "--strict", *more).code for more in ((), ("--accept", "widened-less"), ("--accept", "all"))]
    project.write("agentconv.toml", f'accept = ["widened-less"]\n{project.read("agentconv.toml")}')
    told = project.sync("--check")

    assert codes == [1, 0, 0]
    assert "`keep-wider` in [sync.agents.NAME.FORMAT] does, agent by agent" in told.errors


def test_of_two_names_that_differ_in_their_capitals_one_is_to_be_another(tmp_path, capsys):
    """Cursor reads the source's file of either by that name, so that no copy takes its place, whatever is configured."""
    project = Project(tmp_path / "shop", ("cursor", "codex"))
    project.configure()
    project.write(f"{SOURCE}/shipper.md", agent("shipper", tools="Read, Grep"))
    project.write(f"{SOURCE}/Shipper2.md", agent("Shipper"))
    out = " ".join(printed(project, capsys, "--check", "--project", os.fspath(project.root)).out.split())

    assert f"rename it, or the agent in {SOURCE}/Shipper2.md, which has that name too, capitals apart" in out
    assert out.count("first rename one of both in the source") == 1


def test_what_is_said_of_files_that_are_not_written_is_told_in_each_run(tmp_path):
    """Cursor reads the source's files, and none is written for it unless `own` says so: what would hold in one is vain."""
    project = Project(tmp_path / "shop", ("codex",))
    project.write(f"{SOURCE}/one.md", agent("one"))
    project.write(
        "agentconv.toml", 'source = "claude-code"\ntargets = ["codex", "cursor"]\n[sync.agents.one.cursor]\nkeep-wider = ["network"]\n'
    )
    runs = [project.sync(), project.sync()]

    assert ["nothing comes of [sync.agents.one.cursor] `own = true` in [sync.cursor]" in told.errors for told in runs] == [True, True]
    project.configure('[sync.agents.one.cursor]\nkeep-wider = ["network"]\n', ("codex", "cursor"))
    assert "nothing comes of" not in project.sync("--yes").errors


def test_a_word_that_takes_rights_back_says_what_else_goes(project):
    """The source's word counts of the whole agent: an edit of its prompt is named, with what keeps it."""
    project.sync()
    place = ".codex/agents/one.toml"
    project.replace(place, "Two.", "Deux.")
    project.replace(place, "read-only", "workspace-write")
    told = project.sync().entries
    hint = next(one["hint"] for one in told if one["action"] == "wider")

    assert hint.endswith("and the edit of prompt: first agentconv sync --carry-back one:prompt, where that is to stay")


def test_a_file_that_is_not_ours_says_first_that_its_prompt_is_another(project):
    """Of much that differs the first few are told: what the agent is told to do is one of them."""
    keys = 'color = "#102030"\ntemperature: 0.1\ntop_p: 0.5\nmodel: a/b\n'.replace(' = "', ': "')
    project.write(".opencode/agents/one.md", f"---\ndescription: Another\nmode: subagent\n{keys}---\n\nWhat somebody wrote.\n")
    what = next(one["what"] for one in project.sync().entries if one["action"] == "foreign")

    assert "prompt (" in what
    assert "more" in what.rpartition(" and ")[2]


def test_what_a_run_counts_is_agents(project):
    """Several edits of one agent are of one; where no target has all of them, each is counted for itself."""
    edits = [synced_lines.Line("carried", f"agent-{number // 2}", f"{number}", "codex", "p") for number in range(40)]

    assert synced_lines.changes(edits, every=False) == [
        "  carried  20 agents in codex: agent-0, agent-1, agent-2 and 17 more (-v lists them)"
    ]
    settings = mock.Mock(targets=("codex", "opencode"))
    assert in_step.agents(settings, 47, {"codex": 46, "opencode": 45}) == "47 agents: 46 with codex, 45 with opencode in step."
    assert in_step.agents(settings, 47, {"codex": 46}) == "47 agents in step with opencode, 46 with codex."


def test_what_an_agent_loses_its_tools_by_is_named(tmp_path, capsys, monkeypatch):
    """However much a first run tells: the agent, the server, and what takes it along."""
    project = Project(tmp_path / "shop", ("codex", "opencode", "roo"))
    monkeypatch.chdir(project.root)
    for number in range(4):
        header = {"model": "sonnet", "permissionMode": "acceptEdits", "mcpServers": "[tracker]", "maxTurns": "3"}
        project.write(f"{SOURCE}/a{number}.md", agent(f"a{number}", tools="Read, WebFetch, mcp__tracker__create", **header))
    project.write(".mcp.json", '{"mcpServers": {"tracker": {"command": "tracker"}}}')
    errors = " ".join(printed(project, capsys).err.split())

    assert "-v says what becomes of each agent" in errors
    assert "warning[mcp-undefined] to Codex, 4 agents (a0, a1, a2 and 1 more); OpenCode, 4 agents" in errors
    assert 'tracker hint: `with = ["needed"]` in agentconv.toml keeps what agents name in step, too' in errors
    assert "mcp-undefined (" not in errors


TWINS = "`Deployer`", "`deployer`", "are one name on macOS and Windows"


@pytest.mark.parametrize(
    "words", [(), ("lint",), ("init", "-f", "claude-code", "-t", "codex", "--dry-run"), ("sync", "--dry-run"), ("sync",)]
)
def test_names_that_are_one_elsewhere_are_told_at_first_sight(tmp_path, monkeypatch, capsys, words):
    """Two agents that case alone tells apart are one file on other people's machines: whoever looks for the first time is told."""
    project = Project(tmp_path / "shop", ("codex",))
    for path, name in (("deployer", "deployer"), ("ops/Deployer", "Deployer")):
        project.write(f"{SOURCE}/{path}.md", agent(name, (f"Of {path}.",)))
    if words[:1] == ("init",):
        project.remove("agentconv.toml")
    monkeypatch.chdir(project.root)
    with mock.patch.dict(os.environ, project.environment):
        main(list(words))
    said = " ".join("".join(capsys.readouterr()).split())

    assert [word in said for word in TWINS] == [True] * 3


def test_files_that_are_one_elsewhere_are_told(tmp_path):
    """A checkout on macOS or Windows would have one of both, whatever their agents are called."""
    project = Project(tmp_path / "shop", ("codex",))
    for path, name in (("deployer", "one"), ("Deployer", "two")):
        project.write(f"{SOURCE}/{path}.md", agent(name))

    assert f"it is one file with `{SOURCE}/Deployer.md` on macOS and Windows" in project.sync().errors
    assert "macOS" not in project.sync().errors


@pytest.mark.parametrize("words", [("broken",), ()])
def test_a_broken_file_that_is_to_be_adopted_is_told_as_one(project, words):
    """Nobody is sent to `--adopt` with a file that its assistant does not load, and who goes there all the same is told why not."""
    project.sync()
    project.write(".codex/agents/broken.toml", 'name = "broken\ndescription = "It breaks"\n')
    plain, told = project.sync(), project.sync("--adopt", *words)

    assert "mend it" in next(one["hint"] for one in plain.entries if one["action"] == "new")
    assert "`broken` is not taken in: Codex does not load this agent: not TOML" in told.errors


def test_a_file_of_a_target_of_which_nothing_can_be_read_is_told(project):
    """It may be an agent that somebody meant; a README beside agents is none."""
    project.sync()
    project.write(".codex/agents/broken.toml", 'name = "broken\n')
    project.write(".codex/agents/README.toml", "# Our agents\n")
    told = project.sync()

    assert "not ours, and nothing is made of it: no agent for Codex: not TOML" in told.errors
    assert "README" not in told.errors
    assert "cannot be read" in project.sync("--adopt", "broken").errors


def test_a_configuration_that_was_deleted_first_is_no_dead_end(project, capsys):
    """What is settled, how the configuration comes back, and what lets everything be, is said; and that works without it."""
    project.sync()
    project.remove("agentconv.toml")
    before = project.tree()
    told = printed(project, capsys).err

    assert "agentconv.lock has 2 agents in step with codex, opencode" in " ".join(told.split())
    assert "4 files of all assistants released" in printed(project, capsys, "--release", "all").out
    assert project.tree() == {path: data for path, data in before.items() if path != "agentconv.lock"}


def test_status_and_a_quiet_init_keep_within_their_lines(project, capsys):
    """What `status` says of sync is no wider than a terminal; `init -q` says nothing, or what needs a look on standard error."""
    project.sync()
    with mock.patch.dict(os.environ, {"COLUMNS": "80"}):
        main(["status"])
        status = capsys.readouterr().out
        for path in ("agentconv.toml", "agentconv.lock"):
            project.remove(path)
        codes = [main(["init", "-q"]), main(["init", "-q", "-f", "claude-code"])]
    said = capsys.readouterr()

    assert max(map(len, status.splitlines())) <= 80
    assert (codes, said.out, "The source may be" in said.err) == ([1, 0], "", True)


@pytest.mark.parametrize(
    ("comment", "is_told"),
    [
        ("", True),
        ("# agentconv: ignore[AC301]\n", False),
        ("# agentconv: ignore\n", False),
        ("# agentconv: ignore[AC708]\n", True),
    ],
)
@pytest.mark.parametrize("tools", ["Read, Frobnicate", "Read, Frobnicate, Wibble"])
def test_what_a_file_has_the_linter_pass_over_is_no_remark_of_sync(project, tools, comment, is_told):
    """A comment that leaves out a rule counts in each run, whatever else changes in the file."""
    project.write(f"{SOURCE}/one.md", agent("one", tools=tools).replace("tools:", f"{comment}tools:"))
    said = [project.sync().errors]
    project.replace(f"{SOURCE}/one.md", "Two.", "Zwei.")
    said.append(project.sync().errors)

    assert ["has no tool `Frobnicate`" in one for one in said] == [is_told] * 2


def test_an_agent_that_is_held_to_less_is_not_told_to_do_more(tmp_path):
    """Codex has no list of tools: what is left of its shell by a sandbox is nothing that an agent gets besides."""
    project = Project(tmp_path / "shop", ("codex",))
    project.write(f"{SOURCE}/fixer.md", agent("fixer", tools="Read, Grep, Glob, Edit, Bash(npm test:*)"))
    project.sync()
    project.replace(f"{SOURCE}/fixer.md", "Read, Grep, Glob, Edit, Bash(npm test:*)", "Read, Grep, Glob")
    less = project.sync()
    project.replace(f"{SOURCE}/fixer.md", "Read, Grep, Glob", "Read, Grep, Glob, Edit")
    more = project.sync()

    assert ["now also" in one["what"] for told in (less, more) for one in told.entries] == [False, True]


def test_an_agent_that_the_source_cannot_hold_is_not_told_to_be_taken_in(tmp_path):
    """What is said of it, followed, brings the project into step."""
    project = Project(tmp_path / "shop")
    project.write("agentconv.toml", 'source = "opencode"\ntargets = ["claude-code"]\n')
    project.write(".opencode/agents/r.md", "---\ndescription: Reads\nmode: subagent\n---\n\nYou read.\n")
    guard = 'hooks:\n  PreToolUse:\n    - matcher: Bash\n      hooks:\n        - type: command\n          command: "./check.sh"\n'
    project.write(f"{SOURCE}/db.md", agent("db", tools="Read, Bash").replace("tools:", f"{guard}tools:"))
    project.write("check.sh", "exit 2\n")
    told = next(one for one in project.sync().entries if one["agent"] == "db")
    project.write("agentconv.toml", f'exclude = ["{SOURCE}/db.md"]\n' + project.read("agentconv.toml"))

    assert "--adopt db" not in told["hint"]
    assert "OpenCode cannot hold it" in told["hint"]
    assert project.sync().code == 0
