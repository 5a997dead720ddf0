"""Skills and servers when another assistant's files become the source: what agents needed goes on being there, and all of it is told."""

from __future__ import annotations

import json
import shlex
from itertools import permutations

import pytest

from agentconv.cli import main
from synced_projects import AGENTS, SOURCE, Project, agent
from thorough import in_turns

SERVERS = json.dumps({"mcpServers": {"db": {"command": "db"}}})
SKILL = "---\nname: s\ndescription: Says how\n---\n\nSay it.\n"


@pytest.fixture
def project(tmp_path) -> Project:
    """A project in step, with a server and a skill that an agent needs, and a folder of Codex that was not there before."""
    found = Project(tmp_path / "shop", ("codex", "opencode", "roo"), 'with = ["needed"]\naccept = ["not-enforced:codex"]\n')
    found.write(f"{SOURCE}/one.md", agent("one", tools="Read, Write, Bash, WebFetch, mcp__db", skills="[s]"))
    found.write(".claude/skills/s/SKILL.md", SKILL)
    found.write(".mcp.json", SERVERS)
    assert found.sync("--yes").code == 0
    return found


def said(project, capsys, *words):
    """Sync as a person does, and return what is printed, and what is said besides."""
    capsys.readouterr()
    main(["sync", *words, "--project", str(project.root)])
    return tuple(capsys.readouterr())


def servers(project):
    """Return the servers that OpenCode has."""
    return json.loads(project.read("opencode.json")).get("mcp", {}) if project.has("opencode.json") else {}


def test_what_an_agent_needed_stays_where_the_new_source_cannot_say_so(project, capsys):
    """No file of a Codex agent names a server that counts: what is in step for one stays, follows, and is told once with how it goes."""
    told = "servers/db: stays in OpenCode as an agent needed it there"
    done, again = said(project, capsys, "--switch-source", "codex", "--allow-widening"), said(project, capsys)
    project.replace(".codex/config.toml", '"db"', '"other"')

    assert (told in done[1], told in again[1]) == (True, False)
    assert (project.sync().code, servers(project)["db"]["command"]) == (0, ["other"])
    assert project.has(".roo/skills/s/SKILL.md")


def test_it_goes_with_what_it_was_needed_for(project):
    """The source has the server no more: neither has who follows it; and one that was only ever Codex's own is nobody's need."""
    project.sync("--switch-source", "codex", "--allow-widening")
    config = project.read(".codex/config.toml")
    project.write(".codex/config.toml", f'{config}\n[mcp_servers.own]\ncommand = "own"\n')
    project.sync()
    both = {*servers(project)}
    project.write(".codex/config.toml", '[mcp_servers.own]\ncommand = "own"\n')
    project.sync()

    assert (both, servers(project)) == ({"db"}, {})


def test_looking_shows_the_parts_of_a_switch(project, capsys):
    """What `--dry-run` says of skills and servers is what the switch then does, and says; nothing is written for it."""
    before = project.tree()
    shown = said(project, capsys, "--switch-source", "codex", "--allow-widening", "--dry-run")
    after = project.tree()
    done = said(project, capsys, "--switch-source", "codex", "--allow-widening")

    assert after == before
    assert "in step, too: 1 skill, 1 MCP server" in shown[0]
    assert (shown[0].replace("would be written", "written"), shown[1]) == done


def test_no_empty_folder_is_left(project):
    """There, back and out: what sync made is gone, folders of what was the source for a while among it."""
    for source in ("codex", "claude-code"):
        assert project.sync("--switch-source", source, "--allow-widening").code == 0
        project.sync()
    project.configure(targets=())
    project.sync("--yes")
    folders = {path.name for path in project.root.iterdir() if path.is_dir()} - {".git"}

    assert folders == {".claude"}


def test_what_is_left_is_removed_by_what_is_said(project, capsys):
    """The commands are whole: every copy of what gave way is named; the one whose file is gone comes back, for it is the last."""
    copies = [f".opencode/agents/{number}.md.agentconv-backup" for number in range(5)]
    last, others = copies[0], copies[1:]
    for path in copies:
        project.write(path, "mine\n")
    for path in others:
        project.write(path.removesuffix(".agentconv-backup"), "mine, too\n")
    project.configure(targets=())
    told = said(project, capsys, "--yes")[1].replace("hint: ", "; ").split("; ")
    (moved,) = (one for one in told if "which nothing else has" in one)
    (removed,) = (one for one in told if "copies of what gave way" in one)
    typed = [shlex.split(one[one.index(word) :].partition(" (")[0]) for one, word in ((moved, "mv "), (removed, "rm "))]

    assert typed == [["mv", last, last.removesuffix(".agentconv-backup")], ["rm", *others]]


def test_what_is_kept_at_one_switch_is_kept_at_the_next(tmp_path):
    """OpenCode's files name no skills, and Codex's hold to no tools: what Claude Code's said of the one goes on as the other is kept."""
    project = Project(tmp_path / "shop", ("codex", "opencode"), 'with = ["needed"]\n')
    project.write(f"{SOURCE}/one.md", agent("one", tools="Read, Grep", skills="[s]"))
    project.write(".claude/skills/s/SKILL.md", SKILL)
    project.sync("--yes")
    before = project.read(f"{SOURCE}/one.md")
    codes = [project.sync("--switch-source", source).code for source in ("opencode", "codex", "claude-code")]

    assert (codes, project.read(f"{SOURCE}/one.md")) == ([0, 0, 0], before)
    assert project.sync("--check").code == 0
    assert "skills" not in project.read("agentconv.toml")


def test_what_agents_need_that_are_left_behind_stays_with_their_files(tmp_path, capsys):
    """Their files would name what is not there: the question says that it stays, and it is the project's own then."""
    project = Project(tmp_path / "shop", ("cursor", "opencode", "gemini-cli"))
    project.write("agentconv.toml", project.read("agentconv.toml").replace("[sync", 'with = ["needed"]\n[sync', 1))
    project.write(f"{SOURCE}/free.md", "---\nname: free\ndescription: Does all\n---\n\nDo it.\n")
    project.write(f"{SOURCE}/left.md", agent("left", tools="Read, mcp__db__ask", skills="[s]"))
    project.write(".claude/skills/s/SKILL.md", SKILL)
    project.write(".mcp.json", SERVERS)
    project.sync()
    before = project.tree()
    asked = said(project, capsys, "--switch-source", "cursor")[1]
    unasked = project.tree()
    done = said(project, capsys, "--switch-source", "cursor", "--yes")
    project.sync("--yes")
    after = project.tree()

    assert "what they need would stay in Gemini CLI, OpenCode" in " ".join(asked.split())
    assert "servers/db" in asked
    assert unasked == before
    assert "remove" not in done[0]
    assert "is yours from now on" in " ".join(done[1].split())
    assert before.keys() <= after.keys()
    assert {path: after[path] for path in ("opencode.json", ".gemini/settings.json")} == {
        path: before[path] for path in ("opencode.json", ".gemini/settings.json")
    }


def test_a_limit_beside_a_skill_goes_with_no_switch_unasked(tmp_path, capsys):
    """OpenCode's skills cannot say that the user alone starts them: that stops the switch until it is meant."""
    project = Project(tmp_path / "shop", ("opencode", "codex"), 'with = ["skills"]\naccept = ["not-enforced:codex"]\n')
    project.write(f"{SOURCE}/one.md", agent("one", tools="Read"))
    project.write(".claude/skills/s/SKILL.md", SKILL.replace("name: s", "name: s\ndisable-model-invocation: true"))
    project.sync("--yes")
    before = project.tree()
    asked = said(project, capsys, "--switch-source", "opencode", "--yes")[1]
    unasked = project.tree()
    done = said(project, capsys, "--switch-source", "opencode", "--yes", "--allow-widening=skills/s")[1]
    wanted = ".codex/skills/s/agents/openai.yaml"

    assert "skills/s in Codex (the model may start it, which its user alone could)" in " ".join(asked.split())
    assert "--allow-widening=skills/s goes on" in " ".join(asked.split())
    assert unasked == before
    assert "these may do more since the switch: skills/s in Codex" in " ".join(done.split())
    assert (wanted in before, project.has(wanted)) == (True, False)


def test_insisting_on_what_nobody_closed_leaves_nothing_for_the_next_run(tmp_path):
    """The lock of a run with --allow-widening knows what a plain one would know, where that has nothing else to say."""
    project = Project(tmp_path / "shop", ("opencode",), 'with = ["skills"]\n')
    project.write(f"{SOURCE}/one.md", agent("one", tools="Read"))
    project.write(".claude/skills/s/SKILL.md", SKILL)
    project.sync("--allow-widening")
    before = project.tree()
    project.sync()

    assert project.changes(before) == ""


PLACES_OF = {
    "claude-code": (".claude/skills/deploy/SKILL.md", ".claude/commands/deploy.md"),
    "opencode": (".opencode/skills/deploy/SKILL.md", ".opencode/commands/deploy.md"),
    "codex": (".agents/skills/deploy/SKILL.md",),
    "copilot": (".github/skills/deploy/SKILL.md", ".github/prompts/deploy.prompt.md"),
    "gemini-cli": (".gemini/skills/deploy/SKILL.md",),
    "kilo": (".kilo/skills/deploy/SKILL.md", ".kilo/commands/deploy.md"),
}
BESIDE = ("", "policy:\n  allow_implicit_invocation: false\n", "interface:\n  display_name: Deploy\n")
TRIED = [(*three, path, beside) for three in permutations(PLACES_OF, 3) for path in PLACES_OF[three[0]] for beside in BESIDE]


@pytest.mark.parametrize("tried", in_turns(TRIED, 41))
def test_skills_and_commands_do_not_come_and_go(tmp_path, tried):
    """Whoever is the source, and whoever finds the copy that another one got: a second run writes and deletes nothing, there and back."""
    source, target, third, path, beside = tried
    own = "[sync.copilot]\nown = true\n" if "copilot" in (target, third) else ""
    project = Project(tmp_path / "shop", ())
    said = f'source = "{source}"\ntargets = ["{target}", "{third}"]\nwith = ["skills", "commands"]\naccept = ["not-enforced"]\n{own}'
    project.write("agentconv.toml", said)
    project.write(*AGENTS[source])
    project.write(path, SKILL.replace("name: s", "name: deploy"))
    if beside and path.endswith("SKILL.md"):
        project.write(path.replace("SKILL.md", "agents/openai.yaml"), beside)
    before, wrong = project.tree(), {}
    for options in (("--yes",), ("--switch-source", target, "--yes"), ("--switch-source", source, "--yes")):
        project.sync(*options)
        left = project.tree()
        project.sync()
        wrong[options] = {one for one, data in project.tree().items() ^ left.items() if one != "agentconv.lock" or options == ("--yes",)}

    assert not any(wrong.values()), wrong
    assert before.keys() <= project.tree().keys()


def test_a_copy_for_a_third_assistant_hides_no_skill_from_the_new_source(tmp_path):
    """OpenCode reads the copy that Claude Code has of Codex's skill: that is none of its own, and hides nothing."""
    project = Project(tmp_path / "shop", ())
    project.write(
        "agentconv.toml", 'source = "codex"\ntargets = ["opencode", "claude-code"]\nwith = ["skills"]\naccept = ["not-enforced"]\n'
    )
    project.write(*AGENTS["codex"])
    project.write(".agents/skills/s/SKILL.md", SKILL)
    project.write(".agents/skills/s/agents/openai.yaml", BESIDE[1])
    codes = [project.sync().code, project.sync("--switch-source", "opencode", "--allow-widening").code]
    there = [project.has(".claude/skills/s/SKILL.md")]
    for _ in range(2):
        codes.append(project.sync().code)
        there.append(project.has(".claude/skills/s/SKILL.md"))

    assert (codes, there) == ([0] * 4, [True] * 3)
    assert project.sync("--switch-source", "codex").code == 0


def test_a_skill_that_a_third_assistant_loses_whole_is_told(tmp_path, capsys):
    """Gemini CLI cannot hold the skill, and becomes the source: Codex has it no more, and that is said."""
    project = Project(tmp_path / "shop", ("codex", "gemini-cli"), 'with = ["skills"]\naccept = ["not-enforced:codex"]\n')
    project.write(f"{SOURCE}/one.md", agent("one", tools="Read"))
    project.write(".claude/skills/s/SKILL.md", SKILL.replace("name: s", "name: s\ndisable-model-invocation: true"))
    project.write(".claude/skills/s/agents/openai.yaml", BESIDE[1])
    for _ in range(2):
        project.sync()
    told = said(project, capsys, "--switch-source", "gemini-cli", "--yes")[1]

    assert "Codex loses this by the switch, since the new source does not give it: skills/s" in " ".join(told.split())
    assert not project.has(".codex/skills/s/SKILL.md")
