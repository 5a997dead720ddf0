"""What an agent's own guard runs: it comes with the agent, asks as what is run does, and goes with the last that needs it."""

import json
import zipfile

import pytest

from guarded_agent import SCRIPT, guarded

GUARD = "#!/bin/sh\necho no >&2\nexit 2\n"
NEWER = GUARD + "# and more\n"


def _text(name, *, has_guard):
    text = guarded(name, " --quiet")
    head, _, rest = text.partition("hooks:")
    return text if has_guard else head + rest[rest.index("---") :]


@pytest.fixture
def guards(project, run, monkeypatch, tmp_path):
    """A function that builds a version of a pack of guarded agents, and returns its wheel."""

    def guards(version="1.0", text=GUARD, agents=("one", "two"), has_guard=True, name="guards"):
        source, wheel = tmp_path / version, tmp_path / f"{name}-{version}-py3-none-any.whl"
        if not wheel.exists():
            for path, content in [(SCRIPT, text), *((f".claude/agents/{one}.md", _text(one, has_guard=has_guard)) for one in agents)]:
                (source / path).parent.mkdir(parents=True, exist_ok=True)
                (source / path).write_text(content)
            (source / SCRIPT).chmod(0o755)
            monkeypatch.chdir(source)
            run("pack", ".", "--name", name, "--version", version, "-o", tmp_path)
            monkeypatch.chdir(project)
        return wheel

    return guards


@pytest.fixture
def script(project):
    return project / SCRIPT


def test_it_comes_and_goes_with_its_agent(guards, run, script, tree):
    """It waits with the agent until it is accepted, is a program, comes again where it is gone, and leaves nothing behind."""
    before = tree()
    wheel = guards()
    asked = run("install", wheel, "--to", "claude-code", code=1)
    waits = script.exists()
    run("install", wheel, "--to", "claude-code", "--accept=run,hooks")
    program = script.stat().st_mode & 0o111
    script.unlink()
    missing = run("status", code=1).out
    run("install", wheel, "--accept=run")
    again = script.read_text()
    run("uninstall", "guards", "--accept=leaving")

    assert "run    script .claude/hooks/guard.sh (sha256 " in asked.out
    assert not waits
    assert program
    assert f"missing      {SCRIPT}\n" in missing
    assert again == GUARD
    assert tree() == before


def test_it_stays_while_another_assistant_runs_it(guards, run, script):
    """Two assistants run one file: it goes with the last of them, whichever that is."""
    run("install", guards(), "--to", "claude-code,qwen-code", "--accept")
    run("uninstall", "guards", "--to", "claude-code", "--accept=leaving")
    there = script.exists()
    run("uninstall", "guards", "--accept=leaving")

    assert there
    assert not script.exists()


def test_another_text_of_it_asks_again(guards, run, script):
    """An update whose agents are the same and whose script is another one waits, and the one that is there stays."""
    run("install", guards(), "--to", "claude-code", "--accept")
    held = run("install", guards("1.1", NEWER), code=1)
    before = script.read_text()
    run("install", guards("1.1", NEWER), "--accept=run")

    assert "script .claude/hooks/guard.sh (sha256 " in held.out + held.err
    assert [before, script.read_text()] == [GUARD, NEWER]


def test_it_stays_for_whoever_is_left(guards, run, script):
    """An update without one of two agents that run it takes that agent away alone."""
    run("install", guards(), "--to", "claude-code", "--accept")
    run("install", guards("1.1", agents=("two",)), "--accept")

    assert script.read_text() == GUARD


def test_it_stays_for_another_pack(guards, run, script, project):
    """What two packs have is the other one's alone once one goes, with the other one's agent: the lock names no pack that is gone."""
    run("install", guards(), "--to", "claude-code", "--accept")
    run("install", guards("2.0", agents=("three",), name="others"), "--to", "claude-code", "--accept")
    run("uninstall", "guards", "--accept")

    assert script.is_file()
    run("status")
    run("uninstall", "others", "--accept")
    assert not (project / ".claude").exists()


@pytest.mark.parametrize("edit", ["cat >/dev/null\n", None])
def test_what_two_packs_have_is_looked_at_for_each(edit, guards, run, asked, script):
    """A guard that both have is edited, or gone, for either of them: who else has it says nothing of what is there."""
    run("install", guards(), "--to", "claude-code", "--accept")
    run("install", guards("2.0", agents=("three",), name="others"), "--to", "claude-code", "--accept")
    script.unlink()
    if edit:
        script.write_text(edit)
    done = asked("status", code=1)

    assert [{entry["path"]: entry["state"] for entry in one["entries"]}[SCRIPT] for one in done.report["results"]] == [
        "edited" if edit else "missing"
    ] * 2
    assert ("a guard of `three` runs" in str(done.report["diagnostics"])) is (edit is None)


def test_nobody_new_comes_behind_a_guard_that_was_edited(guards, run, script, project):
    """What another pack's agent would run lets pass what nobody knows: it stays away, and whoever is there has it as before."""
    run("install", guards(), "--to", "claude-code", "--accept")
    script.write_text("exit 0\n")
    done = run("install", guards("2.0", agents=("three",), name="others"), "--to", "claude-code", "--accept", code=1)
    same = run("install", guards(), "--accept", code=1)

    assert "`three` stays away: what holds it back does not come: .claude/hooks/guard.sh\n" in done.err
    assert f"{SCRIPT}: warning: was edited since it was deployed, and is kept\n" in done.err
    assert not (project / ".claude/agents/three.md").exists()
    assert "stays away" not in same.err
    assert (project / ".claude/agents/one.md").exists()


def test_an_agent_that_somebody_edited_keeps_its_guard(guards, run, script, project):
    """What is the user's by now, or is kept against an update, is guarded as it was: the script stays with it, and goes with it."""
    agent = project / ".claude/agents/one.md"
    run("install", guards(agents=("one",)), "--to", "claude-code", "--accept")
    agent.write_text(agent.read_text() + "Be brief.\n")
    run("install", guards("1.1", agents=("one",), has_guard=False), "--accept", code=1)
    kept = script.read_text()
    done = run("uninstall", "guards", "--accept=leaving", code=1)

    assert kept == GUARD
    assert script.read_text() == GUARD
    assert f"{SCRIPT}: warning: stays, and is yours: what stays here runs it, and would be without its guard\n" in done.err


def test_an_agent_that_waits_keeps_its_guard(guards, run, script, project):
    """An update that takes another agent away, and is not accepted for this one, leaves this one with the script that both ran."""
    run("install", guards(), "--to", "claude-code", "--accept")
    held = run("install", guards("1.1", agents=("two",), has_guard=False), code=1)
    there = script.read_text()
    run("install", guards("1.1", agents=("two",), has_guard=False), "--accept")

    assert not script.exists()
    assert "`two` asks for more than in 1.0, which stays: tool use that a hook may block in the source\n" in held.err
    assert there == GUARD
    assert "hooks:" not in (project / ".claude/agents/two.md").read_text()


def test_a_users_own_stays(guards, run, script, tree):
    """What is there under that name is the user's: where it is another text, no agent comes that it would not guard."""
    script.parent.mkdir(parents=True)
    script.write_text("exit 0\n")
    other = run("install", guards(), "--to", "claude-code,qwen-code", "--accept", code=1)
    without = [name for name in tree() if name.endswith(".md")]
    again = run("install", guards(), "--accept", code=1)
    kept = script.read_text()
    script.write_text(GUARD)
    script.chmod(0o755)
    run("install", guards(), "--accept")
    run("uninstall", "guards", "--accept=leaving")

    assert kept == "exit 0\n"
    assert without == []
    for told in (other, again):
        assert "`one` stays away: what holds it back does not come: .claude/hooks/guard.sh\n" in told.err
        assert "`two` stays away: what holds it back does not come: .claude/hooks/guard.sh\n" in told.err
        assert f"{SCRIPT}: warning: something else is there already, and is kept\n" in told.err
        assert "accepted:" not in told.out
    assert script.read_text() == GUARD


def test_a_users_own_that_nobody_can_start_is_no_guard(guards, run, script, tree, project):
    """The very bytes without the right to be run block nothing: no agent comes, the user is told what to type, and `--force` does it."""
    script.parent.mkdir(parents=True)
    script.write_text(GUARD)
    script.chmod(0o644)
    told = run("install", guards(), "--to", "claude-code", "--accept", code=1)
    without = [name for name in tree() if name.endswith(".md")]
    mode = script.stat().st_mode & 0o777
    run("install", guards(), "--accept", "--force")

    assert "`one` stays away: what holds it back does not come: .claude/hooks/guard.sh\n" in told.err
    assert f"{SCRIPT}: warning: the same text is there already, is no program, and is kept\n" in told.err
    assert f"hint: chmod +x {SCRIPT}\n" in told.err
    assert (without, mode) == ([], 0o644)
    assert script.stat().st_mode & 0o100
    assert (project / ".claude/agents/one.md").exists()


@pytest.mark.parametrize("here", [True, False])
def test_ours_that_nobody_can_start_is_a_program_again(here, guards, run, script, tmp_path):
    """A checkout without modes, or a hand, took the right to run it: status says so, with the pack or without; install gives it back."""
    run("install", guards(), "--to", "claude-code", "--accept")
    script.chmod(0o640)
    wheel = guards()
    if not here:
        wheel = wheel.rename(tmp_path / "elsewhere.whl")
    state = run("status", code=1).out
    wheel = wheel.rename(tmp_path / "guards-1.0-py3-none-any.whl")
    run("install", wheel, "--accept")
    done = run("status").out

    assert f"stale        {SCRIPT}: it is there as it comes, but is no program\n" in state
    assert script.stat().st_mode & 0o777 == 0o751
    assert "stale" not in done


def test_status_says_who_is_not_there_and_who_is_not_held(guards, run, asked, project, script):
    """As long as it is so: who stays away, who is refused, and whom an assistant that reads another one's file does not hold."""
    wheel = project / guards().name
    wheel.write_bytes(guards().read_bytes())
    (project / ".cursor").mkdir()
    script.parent.mkdir(parents=True)
    script.write_text("exit 0\n")
    run("install", wheel.name, "--to", "claude-code,opencode", "--accept", code=1)
    away = run("status", code=1).out
    script.unlink()
    run("install", wheel.name, "--accept")
    there = run("status").out
    (told,) = asked("status").report["results"]
    wheel.unlink()

    assert "Claude Code, not there, for want of what holds them back, or of a yes to what they ask for: one, two" in " ".join(away.split())
    assert "not held" not in away
    assert "OpenCode, refused: one, two" in away
    assert "OpenCode, refused: one, two" in there
    assert "Cursor, not held to all that is said of them, in another assistant's file: one, two" in there
    assert "not there" not in there
    assert (told["refused"], told["unheld"]) == ({"opencode": ["one", "two"]}, {"cursor": ["one", "two"]})
    assert "Cursor, not held to all that is said of them, in another assistant's file: one, two" in run("status").out


def test_status_says_which_settings_switch_guards_off_since(guards, run, asked, project, script):
    """What holds agents back may be switched off at any time after an install: whoever asks how things stand is told, as an error."""
    run("install", guards(), "--to", "claude-code", "--accept")
    before = run("status")
    settings = project / ".claude/settings.local.json"
    settings.write_text('{"disableAllHooks": true}')
    told = run("status", "--quiet", code=1).err
    report = asked("status", code=1).report
    settings.unlink()

    assert "never run" not in before.err
    assert "guards of `one`, `two` never run: .claude/settings.local.json switches all hooks off" in " ".join(told.split())
    assert [one["severity"] for one in report["diagnostics"] if "never run" in one["message"]] == ["error"]
    assert "never run" not in run("status").err


@pytest.mark.parametrize("there", [True, False])
def test_what_a_script_takes_in_comes_with_it(there, run, project, tmp_path, monkeypatch):
    """The module beside it goes along, is asked about, and goes; without it, pack, install and inspect say who is not held."""
    made, line = tmp_path / "with", "python3 tools/guards/check.py"
    agent = _text("one", has_guard=True).replace("$CLAUDE_PROJECT_DIR/.claude/hooks/guard.sh --quiet", line)
    files = {
        ".claude/agents/one.md": agent,
        "tools/guards/check.py": "from rules import no\nno()\n",
        "tools/guards/rules.py": "no = exit\n",
    }
    for path, content in files.items():
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_text(content)
    if not there:
        (made / "tools/guards/rules.py").unlink()
    monkeypatch.chdir(made)
    packed = run("pack", ".", "--name", "taken", "--version", "1.0", "-o", ".", "--no-lint")
    monkeypatch.chdir(project)
    done = run("install", made / "taken-1.0-py3-none-any.whl", "--to", "claude-code", "--accept")
    seen = run("inspect", ".", "--effects", "--for", "claude-code")
    copied = (project / "tools/guards/rules.py").exists()
    status = run("status").out
    run("uninstall", "taken", "--accept=leaving")

    needs = "a guard of {} needs `rules` (tools/guards/check.py:1), which is no file of the project: "
    told = f"{needs}on a machine without it, it ends with an error and blocks nothing"
    for whose, said in (("`one`", packed.err), ("`one`", done.err), ("one", seen.out + seen.err)):
        assert (told.format(whose) in said) is not there
    assert ("script tools/guards/rules.py (sha256 " in done.out) is there
    assert [line.split("no  ")[-1].strip() for line in seen.out.splitlines() if line.startswith("  Claude Code")] == [
        "held" if there else "if installed"
    ]
    assert copied is there
    assert "missing" not in status
    assert not (project / "tools").exists()


def test_an_update_that_waits_keeps_what_its_guard_takes_in(run, project, tmp_path, monkeypatch):
    """An agent that stays runs its guard, which reads a list and a module: all of that stays ours, and goes when the agent goes."""
    guard = "import pathlib\nfrom rules import no\nno(open(pathlib.Path(__file__).parent / 'words.txt'))\n"
    files = {"tools/guards/check.py": guard, "tools/guards/rules.py": "no = exit\n", "tools/guards/words.txt": "push\n"}
    for version, name in (("1.0", "one"), ("2.0", "two")):
        made = tmp_path / version
        agent = _text(name, has_guard=True).replace("$CLAUDE_PROJECT_DIR/.claude/hooks/guard.sh --quiet", "python3 tools/guards/check.py")
        for path, content in {**files, f".claude/agents/{name}.md": agent}.items():
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).write_text(content)
        monkeypatch.chdir(made)
        run("pack", ".", "--name", "taken", "--version", version, "-o", "..", "--no-lint")
    monkeypatch.chdir(project)
    run("install", tmp_path / "taken-1.0-py3-none-any.whl", "--to", "claude-code", "--accept")
    run("install", tmp_path / "taken-2.0-py3-none-any.whl", code=1)
    lock = (project / "agentconv.lock").read_text()
    run("install", tmp_path / "taken-2.0-py3-none-any.whl", "--accept")
    run("uninstall", tmp_path / "taken-2.0-py3-none-any.whl")

    assert all(f'path = "{path}"' in lock for path in files)
    assert not (project / "tools").exists()


@pytest.mark.parametrize("text", [GUARD, None])
def test_a_guard_without_a_suffix_is_one(text, run, project, tree, monkeypatch):
    """What a command line starts comes along whatever it is called, wherever it lies, and goes; a pack without it says so."""
    plain = project.parents[1] / "plain"
    agent, guard, wheel = (plain / path for path in (".claude/agents/one.md", "bin/guard", "plain-1.0-py3-none-any.whl"))
    for place, content in ((agent, _text("one", has_guard=True).replace(SCRIPT, "bin/guard")), (guard, text)):
        place.parent.mkdir(parents=True)
        place.write_text(content or "")
    guard.chmod(0o755)
    if text is None:
        guard.unlink()
    monkeypatch.chdir(plain)
    made = run("pack", ".", "--name", "plain", "--version", "1.0", "-o", ".", *(("--no-lint",) if text is None else ()))
    monkeypatch.chdir(project)
    before = tree()
    done = run("install", wheel, "--to", "claude-code", "--accept")
    there = project / "bin/guard"
    found = (there.read_text(), there.stat().st_mode & 0o100) if text else there.exists()
    run("status")
    run("uninstall", "plain", "--accept=leaving")

    assert ("a guard of `one` runs `bin/guard`, which the pack does not hold" in made.err) is (text is None)
    assert ("a guard of `one` runs `bin/guard`, which is not there: without it, it blocks nothing" in done.err) is (text is None)
    assert found == ((GUARD, 0o100) if text else False)
    assert tree() == before


def test_a_pack_is_inspected_before_anybody_installs_it(guards, run, project, tree):
    """A wheel or a folder: its author's files, or what they would be in each assistant, with what they run, and nothing is written."""
    wheel, before = guards(agents=("one",)), tree()
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(project.parents[1] / "made")
    seen = [run("inspect", place, "--effects", "--for", "claude-code,copilot").out for place in (wheel, project.parents[1] / "made/guards")]
    (found,) = run("inspect", wheel, "--output-format", "json", "--for", "claude-code").report["results"]

    assert seen[0].splitlines()[1:] == seen[1].splitlines()[1:]
    assert [line.split()[-1] for line in seen[0].splitlines() if line.startswith("  Claude Code")] == ["write", "held"]
    assert found["path"] == ".claude/agents/one.md"
    assert tree() == before


def test_what_is_there_stays_as_it_is_without_its_script(guards, run, script, project):
    """An update that brings a guard whose script is in the way leaves the agent as it was; who forces it gets both, and a copy."""
    agent = project / ".claude/agents/one.md"
    run("install", guards("0.9", agents=("one",), has_guard=False), "--to", "claude-code", "--accept")
    before = agent.read_text()
    script.parent.mkdir(parents=True)
    script.write_text("exit 0\n")
    held = run("install", guards(agents=("one",)), "--accept", code=1)
    there = agent.read_text()
    state = run("status", code=1).out
    run("install", guards(agents=("one",)), "--accept", "--force")

    assert "`one` stays as in 0.9: what holds it back does not come: .claude/hooks/guard.sh\n" in held.err
    assert there == before
    assert "1 held" in state
    assert "hooks:" in agent.read_text()
    assert [script.read_text(), script.with_name("guard.sh.agentconv-backup").read_text()] == [GUARD, "exit 0\n"]


def test_a_users_own_agent_runs_what_the_project_has(guards, run, project):
    """For all projects there is no place for it: that is told, and nothing is put into a home."""
    told = run("install", guards(), "--to", "claude-code", "--scope", "user", "--accept").err

    assert "a guard of `one` runs `.claude/hooks/guard.sh` of the project that is open: in one without it, it blocks nothing" in told
    assert not (project.parent / SCRIPT).exists()


@pytest.mark.parametrize("path", ["../out.sh", "{}/out.sh", ".git/hooks/guard.sh", "a/../../out.sh"])
def test_a_pack_puts_it_nowhere_else(path, guards, run, project, tree):
    """A script that a pack made by hand has where no project has one is written nowhere: not outside, not into version control."""
    tmp_path = project.parents[1]
    with zipfile.ZipFile(guards(agents=("one",))) as wheel:
        wheel.extractall(tmp_path / "made")
    manifest = tmp_path / "made/guards/agentpack.json"
    document = json.loads(manifest.read_text())
    document["sources"][0]["scripts"][0]["path"] = path.format(tmp_path)
    manifest.write_text(json.dumps(document))
    (project / ".git/hooks").mkdir(parents=True)
    before = tree(tmp_path)
    run("install", tmp_path / "made", "--to", "claude-code", "--accept", code=0 if path.startswith(".git") else 2)
    new = tree(tmp_path).keys() - before.keys()

    assert not any(name.endswith(".sh") for name in new)


@pytest.mark.parametrize("path", [".git/config", ".claude/agents", ".claude/agents/one.md/x"])
def test_a_pack_that_is_inspected_puts_it_nowhere_else(path, guards, run, project):
    """A script in version control's place, or where another file is or has to be, is left out of what is looked at."""
    made = project.parents[1] / "made"
    with zipfile.ZipFile(guards(agents=("one",))) as wheel:
        wheel.extractall(made)
    manifest = made / "guards/agentpack.json"
    document = json.loads(manifest.read_text())
    document["sources"][0]["scripts"][0]["path"] = path
    manifest.write_text(json.dumps(document))
    seen = run("inspect", made / "guards", "--effects", "--for", "claude-code").out

    assert "not held (!)" in seen


def test_agents_of_packs_alone_are_no_source(guards, run):
    """Who asks what is to be kept in step where a pack's agents are all that there are is told so."""
    run("install", guards(), "--to", "claude-code", "--accept")

    assert "no agents here but those of packs, which `agentconv install` keeps up to date\n" in run("init", code=2).err


@pytest.mark.parametrize("told", ["a wheel beside its sdist", "dist", "a wheel in dist", "its settings"])
def test_a_pack_takes_nothing_of_the_project_that_it_is_made_of(told, guards, run, monkeypatch, tmp_path):
    """Whoever packs and installs in one project keeps its agents: the lock has none of them, status is content, init finds them."""
    monkeypatch.chdir((guards(agents=("one",)), tmp_path / "1.0")[1])
    (tmp_path / "1.0/.codex").mkdir()
    run("pack", ".", "--name", "guards", "--version", "1.0", "-o", "dist" if "dist" in told.split() else "made")
    wheel = guards() if "dist" in told.split() else "made/guards-1.0-py3-none-any.whl"
    if told in {"a wheel in dist", "its settings"}:
        next((tmp_path / "1.0").glob("*/*.tar.gz")).unlink()
    if told == "its settings":
        (tmp_path / "1.0/agentconv.toml").write_text('[pack]\nname = "Guards"\n')
    first = run("install", wheel, "--to", "claude-code", "--accept")
    again = run("install", wheel)
    lock = (tmp_path / "1.0/agentconv.lock").read_text()
    status = run("status").out
    found = run("init", "-n").out

    for done in (first, again):
        assert "note: guards is made of this project's own files: they stay its own, and the lock says nothing of them\n" in done.err
        assert ".claude/agents  1 unchanged\n" in done.out
    assert "[[entries]]" not in lock
    assert "stale" not in status
    assert "agents   Claude Code 1\n" in found


def test_who_only_has_a_pack_has_its_files_taken_over(guards, run, project):
    """A project that lost its lock is none that the pack is made of, though what is there are the very bytes: the lock has them again."""
    run("install", guards(), "--to", "claude-code", "--accept")
    (project / "agentconv.lock").unlink()
    again = run("install", guards(), "--to", "claude-code", "--accept")

    assert "made of this project's own files" not in again.err
    assert (project / "agentconv.lock").read_text().count("[[entries]]") == 2


def test_it_marks_no_assistant(guards, project, asked, script, tree):
    """A script where its author's assistant has it makes no project one of that assistant: `auto` is who has something, or is used."""
    asked("install", guards(), "--to", "codex,qwen-code", "--accept", code=1)
    there = script.exists()
    first = tree()
    again = asked("install", guards(), "--to", "auto", "--accept")
    second = tree()
    (project / ".claude/settings.local.json").write_text("{}\n")
    (project / ".factory").mkdir()
    used = asked("install", guards(), "--to", "auto", "--accept", "-n", code=1)

    assert there
    assert [target["target"] for target in again.report["results"][0]["targets"]] == ["codex", "qwen-code"]
    assert second == first
    assert [target["target"] for target in used.report["results"][0]["targets"]] == ["claude-code", "codex", "qwen-code", "droid"]


@pytest.mark.parametrize("name", ["settings.json", "settings.local.json"])
def test_no_guarded_agent_comes_where_hooks_are_switched_off(name, guards, run, project):
    """Settings that are there keep every hook from running: who has a guard stays away, and inspect calls what is there not held."""
    settings = project / ".claude" / name
    settings.parent.mkdir()
    settings.write_text('{"disableAllHooks": true}')
    told = run("install", guards(), "--to", "claude-code", "--accept", code=1).err
    away = not (project / ".claude/agents").exists()
    settings.write_text('{"disableAllHooks": false}')
    run("install", guards(), "--to", "claude-code", "--accept")
    held = run("inspect", ".", "--effects", "--for", "claude-code")
    settings.write_text('{"disableAllHooks": true}')
    seen = run("inspect", ".", "--effects", "--for", "claude-code")

    assert f"`one` stays away: what holds it back does not come: its hooks, which .claude/{name} switches off\n" in told
    assert away
    assert "not held" not in held.out
    assert "not held (!)" in seen.out
    assert f"a guard of one never runs: .claude/{name} switches all hooks off\n" in seen.out + seen.err
