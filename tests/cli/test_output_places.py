"""What each command does at a place that is not as it seems: links, pipes, other names, and what others saved meanwhile."""

import json
import os
import socket

import pytest

import pack_files
from agentconv.lint import fixing
from guarded_agent import SCRIPT, guarded

AGENT = "---\nname: {0}\ndescription: Reviews: a lot\ntools: Read\n---\nDo what {0} does.\n"
PRIVATE = "[remote]\n  url = https://me:hidden-word@example.com\n"
MODES = "# mine\ncustomModes:\n  - slug: mine\n    name: Mine\n    roleDefinition: Me.\n    groups: [read]\n"
TARGET = ".codex/agents/one.toml"


def write(place, text=""):
    """Write a file, with its folders, and return where it is."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    return place


def link(place, leads):
    """Make a link, with its folders."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(leads)
    return place


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with two agents, in a folder that has another one beside it; commands are run in the project."""
    root = tmp_path / "project"
    for name in ("one", "two"):
        write(root / f".claude/agents/{name}.md", AGENT.format(name))
    write(tmp_path / "outside/one.toml", PRIVATE)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def go(run, project, monkeypatch):
    """A function that runs a command line in the project."""

    def go(line, code=None):
        monkeypatch.chdir(project)
        return run(*line.split(), code=code)

    return go


def tree(folder):
    """Everything in a folder: the bytes of files, and where links lead."""
    return {
        path.relative_to(folder).as_posix(): os.readlink(path) if path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


OUT = {
    "outside": "../../../outside/one.toml",
    "version control": "../../.git/config",
    "a hidden file": "../../.env",
    "a device": "/dev/zero",
}


@pytest.mark.parametrize("flags", ["", "--force", "--diff", "--check"])
@pytest.mark.parametrize("leads", OUT.values(), ids=OUT)
def test_a_target_that_is_a_link_to_something_else(leads, flags, go, project, tmp_path):
    """It is neither shown, copied nor replaced; the other files are written all the same."""
    write(project / ".git/config", PRIVATE)
    write(project / ".env", PRIVATE)
    link(project / TARGET, leads)
    before = tree(tmp_path)
    done = go(f"convert . -t codex -o . {flags}", code=1)
    after = tree(tmp_path)

    assert f"{TARGET}: error: cannot be written: " in done.err
    assert "hidden-word" not in done.out + done.err
    assert {path: after[path] for path in before} == before
    assert set(after) - set(before) == (set() if flags in ("--diff", "--check") else {"project/.codex/agents/two.toml"})


@pytest.mark.parametrize("command", ["convert . -t opencode -o .", "convert . -t opencode -o . --with servers"])
def test_a_link_out_beside_what_is_written_is_not_read(command, go, project, tmp_path):
    """What a file outside says decides nothing here, and nothing of it is told: it is not read, as it is not written."""
    write(project / ".mcp.json", '{"mcpServers": {"tracker": {"command": "tracker"}}}')
    there = write(tmp_path / "outside/opencode.json", '{"permission": {"grep": "allow"}, "hidden-word": }')
    link(project / "opencode.json", "../outside/opencode.json")
    done = go(command)
    bad = {path: data for path, data in tree(project).items() if path.startswith(".opencode")}
    there.write_text('{"permission": {"read": "deny"}}')
    for path in bad:
        (project / path).unlink()
    go(command)

    assert "hidden-word" not in done.out + done.err
    assert bad == {path: data for path, data in tree(project).items() if path.startswith(".opencode")} != {}


@pytest.mark.parametrize("kind", ["pipe", "socket"])
@pytest.mark.parametrize("flags", ["", "--force", "--diff"])
def test_a_target_that_is_no_regular_file(kind, flags, go, project, monkeypatch):
    """Nobody waits for it."""
    (project / TARGET).parent.mkdir(parents=True)
    monkeypatch.chdir((project / TARGET).parent)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("one.toml") if kind == "socket" else os.mkfifo("one.toml")
        done = go(f"convert . -t codex -o . {flags}", code=1)

    assert f"{TARGET}: error: cannot be written: it is no regular file" in done.err


@pytest.mark.parametrize("name", ["s", "se", "sub"])
@pytest.mark.parametrize("output", [".", "../project", "{0}"])
def test_a_stored_path_that_leads_through_a_link(name, output, go, project, tmp_path):
    """A folder of a bundle's paths may be a link here: then nothing is written through it, whatever its name and that of -o."""
    link(project / name, "../outside")
    text = AGENT.format("three").replace("Reviews: a lot", "d")
    write(tmp_path / "elsewhere" / name / ".claude/agents/three.md", text)
    go("to-json ../elsewhere -o all.json")
    done = go(f"from-json all.json -t claude-code -o {output.format(project)}", code=2)

    assert "a symbolic link leads out of the output folder" in done.err
    assert sorted(tree(tmp_path / "outside")) == ["one.toml"]


@pytest.mark.parametrize("command", ["to-json . -o {}", "convert .claude/agents/one.md -t codex -o {}"])
def test_a_named_file_that_is_a_link(command, go, project, tmp_path):
    """A file that -o names is followed in its project, where the link stays, and not out of it."""
    end = "json" if command.startswith("to-json") else "toml"
    write(project / f"kept/x.{end}", "mine\n")
    link(project / f".codex/agents/in.{end}", f"../../kept/x.{end}")
    link(project / f".codex/agents/out.{end}", "../../../outside/one.toml")
    go(f"{command.format(f'.codex/agents/in.{end}')} --force", code=0 if end == "json" else None)
    done = go(f"{command.format(f'.codex/agents/out.{end}')} --force", code=2)

    assert "hint: name the place that it leads to instead" in done.err
    assert (tmp_path / "outside/one.toml").read_text() == PRIVATE
    assert (project / f"kept/x.{end}").read_text() != "mine\n"
    assert (project / f".codex/agents/in.{end}").is_symlink()


def test_links_inside_the_project_are_written_through(go, project):
    """A folder and a file may lie elsewhere in the project: the files there are written, merged and mended, and the links stay."""
    write(project / "shared/codex/two.toml", "mine\n")
    write(project / "shared/modes.yaml", MODES)
    link(project / ".codex/agents", "../shared/codex")
    link(project / ".roomodes", "shared/modes.yaml")
    (project / ".claude/agents/one.md").rename(project / "shared/one.md")
    link(project / ".claude/agents/one.md", "../../shared/one.md")
    before = {path: leads for path, leads in tree(project).items() if isinstance(leads, str)}
    go("convert . -t codex,roo -o . --force -f claude-code")
    go("lint .claude/agents --fix")
    after = tree(project)

    assert {path: leads for path, leads in after.items() if isinstance(leads, str)} == before
    assert b"developer_instructions" in after["shared/codex/one.toml"]
    assert after["shared/codex/two.toml.agentconv-backup"] == b"mine\n"
    assert after["shared/modes.yaml"].startswith(MODES.encode())
    assert b"slug: one" in after["shared/modes.yaml"]
    assert b'description: "Reviews: a lot"' in after["shared/one.md"] or b"description: 'Reviews: a lot'" in after["shared/one.md"]


@pytest.mark.parametrize("force", ["", "--force"])
@pytest.mark.parametrize("real", ["source", "target"])
@pytest.mark.parametrize("what", ["settings", "folder", "file", "hard link"])
def test_a_target_that_is_the_source_is_in_step(what, real, force, go, project):
    """Whichever of the two is the link, it is read once, never written, and says nothing without -v."""
    ours, theirs = (project / ".claude/agents", project / ".qwen/agents")[:: 1 if real == "source" else -1]
    if ours != project / ".claude/agents":
        (project / ".claude").rename(project / ".qwen")
    place = {"settings": ours.parent, "folder": ours, "file": ours / "one.md", "hard link": ours / "one.md"}[what]
    other = {"settings": theirs.parent, "folder": theirs, "file": theirs / "one.md", "hard link": theirs / "one.md"}[what]
    other.parent.mkdir(parents=True, exist_ok=True)
    if what == "hard link":
        os.link(place, other)
    else:
        other.symlink_to(os.path.relpath(place, other.parent))
    source = "claude-code" if (project / ".claude/agents/one.md").exists() else "qwen-code"
    before = tree(project)
    named = "one" if what in ("file", "hard link") else "*"
    done = go(f"convert .claude/agents/{named}.md -f {source} -t qwen-code -o . -v {force}")
    after = tree(project)

    assert {path: after[path] for path in before} == before
    assert set(after) == set(before)
    assert "note: a link makes it one with the source" in done.err


def test_a_folder_that_two_assistants_share_is_read_once(go, project):
    """A project whose assistants share their agents by a link has one set of them, not two."""
    link(project / ".github/agents", "../.claude/agents")
    link(project / ".qwen/agents/one.md", "../../.claude/agents/one.md")
    bundle = json.loads(go("to-json .").out)
    done = go("convert . -t codex -o out")

    assert [agent["origin"]["source"] for agent in bundle["agents"]] == [".claude/agents/one.md", ".claude/agents/two.md"]
    assert "2 files written" in done.err


def test_a_shared_folder_takes_files_of_another_kind(go, project):
    """What another assistant reads under another ending is no copy of the source, and is written beside it."""
    link(project / ".codex/agents", "../.claude/agents")
    go("convert . -f claude-code -t codex -o .")

    assert sorted(path.name for path in (project / ".claude/agents").iterdir()) == ["one.md", "one.toml", "two.md", "two.toml"]


def test_a_folder_of_agents_that_is_a_link_out(go, project, tmp_path):
    """It is read when it is named, and not because a project has it; what it is not is told."""
    (project / ".claude").rename(tmp_path / "outside/claude")
    link(project / ".claude", "../outside/claude")
    done = go("convert . -t codex", code=2)
    named = go("to-json .claude/agents")

    assert ".claude/agents: warning: a symbolic link leads out of the project; it is not followed" in done.err
    assert len(json.loads(named.out)["agents"]) == 2


@pytest.mark.parametrize("leads", ["../../.git/x.md", "../../.env"])
def test_a_source_that_is_a_link_to_something_else(leads, go, project):
    """What is version control's own, or hidden, is nobody's prompt."""
    write(project / ".git/x.md", AGENT.format("secret"))
    write(project / ".env", AGENT.format("secret"))
    link(project / ".claude/agents/x.md", leads)
    done = go("to-json .", code=1)

    assert "; it is not followed" in done.err
    assert "secret" not in done.out


@pytest.mark.parametrize("place", [".mcp.json", ".codex/config.toml", "walked/x.md", "walked/x.toml"])
def test_a_pipe_in_a_project(place, go, project):
    """Nothing that is only looked at on the way is waited for."""
    (project / place).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(project / place)
    go("lint .claude/agents")

    go("inspect walked" if place.startswith("walked") else "lint .")


def test_mending_keeps_what_was_saved_meanwhile(go, project, monkeypatch):
    """A file that an editor saves while the others are looked at stays as it was saved; that is told, and nothing counts as mended."""
    saved = AGENT.format("one") + "Just saved.\n"
    honest = fixing.fix

    def late(subject, find, **named):
        done = honest(subject, find, **named)
        if subject.path.endswith("one.md"):
            (project / ".claude/agents/one.md").write_text(saved)
        return done

    monkeypatch.setattr(fixing, "fix", late)
    done = go("lint . --fix", code=1)

    assert ".claude/agents/one.md: warning: it changed while this ran, and is kept" in done.err
    assert (project / ".claude/agents/one.md").read_text() == saved
    assert (project / ".claude/agents/two.md").read_text() != AGENT.format("two")


def test_mending_keeps_the_mode_and_tells_hard_links(go, project):
    """A mended file has the permissions that it had, and a hard link to it is named."""
    (project / ".claude/agents/one.md").chmod(0o640)
    os.link(project / ".claude/agents/two.md", project / "two.md")
    done = go("lint . --fix")

    assert (project / ".claude/agents/one.md").stat().st_mode & 0o777 == 0o640
    assert ".claude/agents/two.md: warning: it had another name (hard links)" in done.err
    assert (project / "two.md").read_text() == AGENT.format("two")


def test_mending_follows_no_link_out(go, project, tmp_path):
    """A file that is named may be read through a link out of the project, and is not mended there; the others are."""
    write(tmp_path / "outside/three.md", AGENT.format("three"))
    link(project / ".claude/agents/three.md", "../../../outside/three.md")
    done = go("lint .claude/agents/three.md .claude/agents/two.md --fix", code=2)

    assert "three.md: error: cannot be written: a symbolic link leads out of the project" in done.err
    assert (tmp_path / "outside/three.md").read_text() == AGENT.format("three")
    assert (project / ".claude/agents/three.md").is_symlink()
    assert (project / ".claude/agents/two.md").read_text() != AGENT.format("two")


def test_merging_keeps_the_mode(go, project):
    """A file that takes in agents has the permissions that it had, and so has a copy of it."""
    write(project / ".roomodes", MODES.replace("slug: mine", "slug: one")).chmod(0o600)
    go("convert . -f claude-code -t roo -o . --force")

    assert (project / ".roomodes").stat().st_mode & 0o777 == 0o600
    assert (project / ".roomodes.agentconv-backup").stat().st_mode & 0o777 == 0o600


PACK = "pack .claude/agents --name a-pack --version 1 --no-lint"


@pytest.mark.parametrize(("flags", "code"), [("", 2), ("-o dist", None), ("-o ../outside/dist", None)])
def test_packing_into_a_link(flags, code, go, project, tmp_path):
    """Where nobody named the folder, it is one of the project; where somebody did, it is that one."""
    (tmp_path / "outside/dist").mkdir()
    link(project / "dist", "../outside/dist")
    done = go(f"{PACK} {flags}", code=code)

    assert ("a symbolic link leads out of the project" in done.err) == (code == 2)
    assert len(list((tmp_path / "outside/dist").iterdir())) == (0 if code == 2 else 2)


@pytest.fixture
def packed(project):
    """A pack in the project."""
    pack_files.write(project / "backend_agents", pack_files.packed())
    return project


def test_a_lock_that_is_a_link(go, packed, tmp_path):
    """It is followed in the project, where the link stays, and not out of it."""
    link(packed / "agentconv.lock", "kept/agentconv.lock")
    write(packed / "kept/agentconv.lock", "version = 1\n")
    go("install backend_agents --accept --to codex")
    lock = (packed / "kept/agentconv.lock").read_text()
    write(tmp_path / "outside/agentconv.lock", lock)
    (packed / "agentconv.lock").unlink()
    link(packed / "agentconv.lock", "../outside/agentconv.lock")
    done = go("uninstall backend-agents", code=2)

    assert "backend-agents" in lock
    assert "agentconv.lock: error: no lock is read here: a symbolic link leads out of the project" in done.err
    assert (tmp_path / "outside/agentconv.lock").read_text() == lock


def test_deploying_tells_hard_links(go, packed):
    """A deployed file that has another name is updated under its own alone, and that is said."""
    go("install backend_agents --accept --to codex")
    place = next((packed / ".codex/agents").iterdir())
    os.link(place, packed / "other.toml")
    place.write_text("mine\n")
    done = go("install backend_agents --accept --to codex --force")

    assert f"{place.relative_to(packed).as_posix()}: warning: it had another name (hard links)" in done.err
    assert (packed / "other.toml").read_text() == "mine\n"
    assert place.read_text() != "mine\n"


def test_linked_folder_of_the_user_gets_nothing(run, tmp_path, monkeypatch):
    """In user scope, a client's folder that is a link to that of the source is in step by itself, however the source is named."""
    agents = tmp_path / "home/.claude/agents"
    agents.mkdir(parents=True)
    (agents / "a.md").write_text("---\nname: a\ndescription: Does a.\ntools: Read\n---\n\nDo a.\n")
    (tmp_path / "home/.gemini").mkdir()
    (tmp_path / "home/.gemini/agents").symlink_to(agents)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for words in ([], ["a.md"], [agents]):
        run("convert", *words, "-t", "gemini-cli", "--scope", "user", code=0)

    assert [path.name for path in agents.iterdir()] == ["a.md"]


def test_name_that_several_have_is_a_question(run, tmp_path, monkeypatch):
    """A name that is looked for among the user's own agents, and that two assistants have, is not converted as two agents."""
    for place in (".claude/agents", ".qwen/agents"):
        (tmp_path / "home" / place).mkdir(parents=True)
        (tmp_path / "home" / place / "a.md").write_text("---\nname: a\ndescription: Does a.\n---\n\nDo a.\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    done = run("convert", "a.md", "-t", "codex", "--scope", "user", code=2)

    assert "agents of several assistants: claude-code (1), qwen-code (1)" in done.err


def test_agents_of_several_projects(run, tmp_path, monkeypatch):
    """Projects whose agents come together in one are named."""
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        mode = f"customModes:\n  - slug: {place}\n    name: A\n    roleDefinition: Do it.\n    groups: [read]\n"
        (tmp_path / place / ".roomodes").write_text(mode)
    monkeypatch.chdir(tmp_path)
    done = run("convert", ".", "-t", "codex", "-o", "out", code=0)

    assert "agents of several projects become those of one: `one`, `two`\n" in done.err


def test_a_text_beside_loose_agents_is_no_agent(go, project, tmp_path):
    """It does not come where their client looks for agents; one that lies there stays, and in a bundle all keep their bytes."""
    loose = tmp_path / "loose"
    write(loose / "one.md", AGENT.format("one"))
    for name in ("CLAUDE.md", "README.md"):
        write(loose / name, "# Read this\n\nThat is how we work.\n")
    write(project / ".claude/agents/README.md", "# Our agents\n")
    go(f"convert {loose} -f claude-code -t claude-code -o {tmp_path}/out")
    go(f"convert . -f claude-code -t claude-code -o {tmp_path}/own")
    go(f"to-json .claude/agents -o {tmp_path}/all.json")
    go(f"from-json {tmp_path}/all.json -t claude-code -o {tmp_path}/back")
    own = [sorted(path.name for path in (tmp_path / name).rglob("*.md")) for name in ("own", "back")]

    assert [path.name for path in (tmp_path / "out").rglob("*.md")] == ["one.md"]
    assert own == [["README.md", "one.md", "two.md"]] * 2


@pytest.mark.parametrize(
    ("there", "mode", "code", "told", "hint"),
    [
        (None, 0, 0, "note: what a guard of four, five runs goes along: `{}`\n", ""),
        (
            "look\n",
            0o755,
            1,
            "tool use that a hook may block in the source (another file is at {})",
            "with its own {0} there, or with --force",
        ),
        ("exit 2\n", 0o644, 1, "error: a guard of four, five runs `{}`, which is there and is no program: ", "chmod +x {1}"),
        ("exit 2\n", 0o755, 0, "", ""),
    ],
)
def test_a_guard_is_told_of_without_its_script(go, project, *, there, mode, code, told, hint):
    """What an agent's own guard runs goes along where it is not there; where another file is, the agent is refused."""
    for name in ("four", "five"):
        write(project / f".claude/agents/{name}.md", guarded(name))
    write(project / SCRIPT, "exit 2\n").chmod(0o755)
    if there is not None:
        write(project.parent / "elsewhere" / SCRIPT, there).chmod(mode)
    other = go("convert .claude/agents/four.md .claude/agents/five.md -t qwen-code -o ../elsewhere", code)
    comes = (project.parent / "elsewhere" / SCRIPT).read_text()
    here = go("convert .claude/agents/four.md -t qwen-code -o .", 0)

    (project / SCRIPT).chmod(0o644)
    idle = go("inspect .claude/agents/four.md --effects --for claude-code", 0)
    (project / SCRIPT).unlink()
    seen = go("inspect .claude/agents/four.md --effects --for claude-code", 0)

    assert "guard of" not in here.err
    assert "not held (!)" in seen.out
    assert "not held (!)" in idle.out
    assert "a guard of four starts `.claude/hooks/guard.sh`, which is no program: it cannot be started, and blocks nothing" in idle.err
    assert "a guard of four runs `.claude/hooks/guard.sh`, which is not there: without it, it blocks nothing" in seen.err
    assert told.format(SCRIPT) in other.err
    assert hint.format(SCRIPT, f"../elsewhere/{SCRIPT}") in other.err
    assert ("guard of" in other.err or "a hook may block" in other.err) is bool(told)
    assert comes == (there or "exit 2\n")


@pytest.mark.parametrize("force", ["", " --force"])
def test_no_agent_comes_whose_guard_cannot(go, project, force):
    """Where a link leads out of the folder that is written to, the guard's script cannot come, nor the agent; with leave it does."""
    write(project / ".claude/agents/four.md", guarded("four"))
    write(project / SCRIPT, "exit 2\n").chmod(0o755)
    out = project.parent / "elsewhere"
    (project.parent / "away").mkdir()
    link(out / ".claude/hooks", project.parent / "away")
    refused = go(f"convert .claude/agents/four.md -t qwen-code,claude-code -o {out}{force}", 1)
    left = sorted(out.rglob("*.md"))
    go(f"convert .claude/agents/four.md -t qwen-code -o {out} --allow-widening", 1)

    assert f"{SCRIPT} cannot be written, a symbolic link leads out of the output folder" in refused.err
    assert f"where {SCRIPT} can be written, the agent is held" in refused.err
    assert left == []
    assert [path.name for path in out.rglob("*.md")] == ["four.md"]
    assert not any((project.parent / "away").iterdir())


def test_a_guard_of_the_project_without_its_script_holds_nothing(go, project):
    """The table of who may do what calls a project's hook held while its script can be started, and says why not else."""
    hook = {"matcher": "Bash", "hooks": [{"type": "command", "command": f"$CLAUDE_PROJECT_DIR/{SCRIPT}"}]}
    write(project / ".claude/settings.json", json.dumps({"hooks": {"PreToolUse": [hook]}}))
    write(project / SCRIPT, "exit 2\n").chmod(0o755)
    seen = []
    for change in (lambda: None, lambda: (project / SCRIPT).chmod(0o644), (project / SCRIPT).unlink):
        change()
        seen.append(" ".join(go("inspect . --effects --for claude-code", 0).out.split()))

    assert [text.rpartition("json:1): ")[2] for text in seen] == [
        "held: Claude Code",
        f"NOT HELD: Claude Code (cannot run `{SCRIPT}`: it is no program)",
        f"NOT HELD: Claude Code (runs `{SCRIPT}`, which is not there)",
    ]


def test_a_guard_that_goes_to_all_projects_is_told_of(go, project, monkeypatch, tmp_path):
    """For all projects there is no place for its script."""
    monkeypatch.setenv("HOME", str(tmp_path))
    write(project / ".claude/agents/four.md", guarded("four"))
    write(project / SCRIPT, "exit 2\n")
    told = go("convert .claude/agents/four.md -t qwen-code --scope user", 0)

    assert "a guard of four runs `.claude/hooks/guard.sh` of the project that is open: in one without it, it blocks nothing\n" in told.err
