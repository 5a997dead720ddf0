"""What is accepted of a pack is accepted of what was shown, and of nothing else; what restrains its agents comes before them."""

import json
import os
import re
import shutil

import pytest
import tomli

GUARD = "#!/bin/sh\nexit 2\n"
HOOK = {"matcher": "Bash", "hooks": [{"type": "command", "command": "$CLAUDE_PROJECT_DIR/hooks/guard.sh", "timeout": 5}]}
SETTINGS = {"permissions": {"deny": ["Bash(rm *)"]}, "hooks": {"PreToolUse": [HOOK]}}
SERVER = {"mcpServers": {"tracker": {"command": "tracker", "args": ["--stdio"]}}}
HOUSE = {
    ".claude/agents/reader.md": "---\nname: reader\ndescription: Reads\ntools: Read\n---\n\nRead.\n",
    ".claude/agents/builder.md": "---\nname: builder\ndescription: Builds\ntools: Read, Bash\n---\n\nBuild.\n",
    ".claude/settings.json": json.dumps(SETTINGS),
    "hooks/guard.sh": GUARD,
    ".mcp.json": json.dumps(SERVER),
}


@pytest.fixture(scope="module")
def built():
    """The wheels that are built already, by what is in them."""
    return {}


@pytest.fixture
def house(project, run, monkeypatch, tmp_path, built):
    """A function that builds a version of a pack with agents, a guard, a rule and a server, and returns its wheel; each once for all."""

    def house(version="1.0", **others):
        what = (version, *sorted(others.items()))
        if what not in built:
            wheel = packed(version, others)
            built[what] = wheel.name, wheel.read_bytes()
        name, data = built[what]
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    def packed(version, others):
        home = tmp_path / f"house-{version}"
        for path, text in (HOUSE | {name: text for name, text in others.items() if text}).items():
            if path in others and not others[path]:
                continue
            place = home / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
            place.chmod(0o755 if path.endswith(".sh") else 0o644)
        monkeypatch.chdir(home)
        run("pack", ".", "--with", "all", "--name", "house", "--version", version, "-o", os.fspath(tmp_path))
        monkeypatch.chdir(project)
        return next(tmp_path.glob(f"house-{version}-*.whl"))

    return house


def locked(project):
    (pack,) = tomli.loads((project / "agentconv.lock").read_text())["packs"]
    return pack


def test_what_an_update_left_as_it_was_is_never_restored_as_another(project, house, run):
    """A server and a script that ask for more stay as they were, whoever runs `install` without a name after that, and wherever."""
    run("install", house(), "--to", "claude-code", "--accept")
    other = json.dumps({"mcpServers": {"tracker": {"command": "other"}}})
    newer = house("1.1", **{".mcp.json": other, "hooks/guard.sh": GUARD + "# and more\n"})
    run("install", newer, code=1)
    shutil.copy(newer, project)
    held = {one["id"] for one in locked(project)["agents"] if one.get("version") == "1.0"}
    run("install", newer.name, code=1)
    run("install", code=1)
    assert "house 1.0 is not here (1.1 is), and nothing but the lock says" in run("uninstall", "house", code=1).err

    assert {"servers/tracker"} < held
    assert json.loads((project / ".mcp.json").read_text()) == SERVER
    assert (project / "hooks/guard.sh").read_text() == GUARD
    for path in (".mcp.json", "hooks/guard.sh"):
        (project / path).unlink()
    run("install", code=1)
    assert not (project / ".mcp.json").exists()
    assert not (project / "hooks/guard.sh").exists()
    run("install", newer.name, "--accept")
    assert "other" in (project / ".mcp.json").read_text()
    (project / ".mcp.json").unlink()
    run("install")
    assert "other" in (project / ".mcp.json").read_text()


def test_only_what_comes_is_accepted(project, house, run):
    """What a target refuses, what is held and what only reads is not among what the lock calls accepted."""
    wheel = house()
    shutil.copy(wheel, project)
    run("install", wheel.name, "--to", "opencode", "--accept=write", code=1)

    assert "grants" not in locked(project)["accepted"]
    run("install", code=1)
    assert not (project / "hooks").exists()
    assert not (project / ".opencode/agents/builder.md").exists()
    assert "accepted: reading only\n" in run("status", code=1).out


@pytest.mark.parametrize("words", ["", "--accept=run,unattended,mcp:tracker"])
def test_a_guard_that_does_not_come_keeps_out_what_it_holds_back(project, house, run, words):
    """Whoever does not accept the guard gets none of what it watches; what only reads comes; then all of it is accepted in one word."""
    wheel = house()
    done = run("install", wheel, "--to", "claude-code", *([words] if words else []), code=1)

    assert (project / ".claude/agents/reader.md").is_file()
    assert not (project / ".claude/agents/builder.md").exists()
    if words:
        assert "`builder` stays away: what holds it back does not come: hooks/" in done.err
    assert "run it again with --accept, or --accept=" in done.err
    run("install", wheel, "--accept")
    assert (project / ".claude/agents/builder.md").is_file()


def test_rules_that_cannot_come_keep_out_what_they_hold_back(project, house, run):
    """Where the team's own file cannot be changed, no agent comes that the pack's rules restrain."""
    (project / ".claude").mkdir()
    (project / ".claude/settings.json").write_text("{ not json\n")
    done = run("install", house(), "--to", "claude-code", "--accept", code=1)

    assert (project / ".claude/agents/reader.md").is_file()
    assert not (project / ".claude/agents/builder.md").exists()
    assert "`builder` stays away: what holds it back does not come" in done.err


BASH, RULES = "hooks/before-tool/Bash", "permissions/permissions"
OTHERS = {
    "stronger": ({**SETTINGS, "hooks": {"PreToolUse": [{**HOOK, "matcher": "Bash|Write"}]}}, {BASH}),
    "no hook": ({"permissions": {"deny": ["Bash(rm -rf *)"]}}, {BASH, RULES}),
    "laxer": ({"permissions": {"ask": ["Bash(rm *)"]}, "hooks": {"PreToolUse": [{**HOOK, "matcher": "Write"}]}}, {BASH, RULES}),
}


@pytest.mark.parametrize("case", OTHERS)
def test_what_holds_back_less_waits_for_a_yes(project, house, run, asked, case):
    """An update whose hook or rules go, or get laxer, asks: what is there stays till then, and where what replaces it stays away."""
    settings, staying = OTHERS[case]
    older = house()
    shutil.copy(older, project)  # so that its bytes tell that the pack's own may go
    run("install", older.name, "--to", "claude-code", "--accept")
    newer = house("1.1", **{".claude/settings.json": json.dumps(settings)})
    done = run("install", newer, code=1)

    assert json.loads((project / ".claude/settings.json").read_text()) == SETTINGS
    assert staying <= {one["id"] for one in locked(project)["agents"] if one.get("version") == "1.0"}
    assert all(f"`{id_}` " in done.err for id_ in staying)
    shutil.copy(newer, project)
    run("install", code=1)
    assert json.loads((project / ".claude/settings.json").read_text()) == SETTINGS
    found = asked("status", code=1).states()
    assert "held" in {found[place] for place in found if place.startswith(".claude/settings.json")} <= {"held", "up-to-date"}
    run("install", newer.name, "--accept")
    assert json.loads((project / ".claude/settings.json").read_text()) == settings


def test_rules_that_hold_back_no_less_come_unasked(project, house, run):
    """A rule about more in place of another one, and one that denies in place of one that asks, take nothing away."""
    run("install", house(**{".claude/settings.json": '{"permissions": {"ask": ["Bash(rm *)"]}}'}), "--to", "claude-code", "--accept")
    stricter = '{"permissions": {"deny": ["Bash(*)"]}}'
    run("install", house("1.1", **{".claude/settings.json": stricter}))

    assert json.loads((project / ".claude/settings.json").read_text()) == json.loads(stricter)


def test_a_first_install_takes_what_is_accepted(project, house, run):
    """As later ones do: what needs no more comes, the rest is told, once, with the very words that accept it."""
    wheel = house(**{".claude/settings.json": None, "hooks/guard.sh": None})
    done = run("install", wheel, "--to", "claude-code", "--accept=write", code=1)

    assert [one.name for one in (project / ".claude/agents").iterdir()] == ["reader.md"]
    assert done.err.count("run it again with --accept, or --accept=run,mcp:tracker\n") == 1
    run("install", wheel, "--accept=run,mcp:tracker")
    assert (project / ".claude/agents/builder.md").is_file()


def test_looking_at_what_would_come_is_no_error(project, house, run, tree):
    """A dry run of a new pack shows what comes once it is accepted, and says what accepts it; nothing is written."""
    wheel, before = house(), tree()
    done = run("install", wheel, "--to", "claude-code", "-n")

    assert "once what it asks for is accepted: --accept, or --accept=run,hooks,mcp:tracker" in done.err
    assert "error" not in done.err
    assert tree() == before


OWN = {
    "opencode.json": '{\n  // ours\n  "permission": {"edit": "ask"},   "theme": "x"\n}\n',
    ".claude/settings.json": '{"permissions": {"allow": ["Read"],\n  "deny": ["WebFetch"]}}\n',
    ".gemini/settings.json": '{"tools": {"exclude": ["web_fetch"]}}\n',
    ".qwen/settings.json": '{ "permissions": {"deny": ["WebFetch"]} }\n',
}


@pytest.mark.parametrize("edit", ["no", "beside", "within"])
def test_what_came_to_a_users_own_goes_out_again(project, house, run, edit):
    """Rules among a user's go with their pack: the file is as it was, byte for byte; what the user put there since stays."""
    for path, text in OWN.items():
        (project / path).parent.mkdir(exist_ok=True)
        (project / path).write_text(text)
    run("install", house(), "--to", "claude-code,opencode,gemini-cli,qwen-code", "--accept", code=1)
    place, claude = project / "opencode.json", project / ".claude/settings.json"
    came = [path for path, text in OWN.items() if (project / path).read_text() != text]
    if edit == "beside":
        place.write_text(place.read_text().replace('"theme": "x"', '"theme": "y"'))
    if edit == "within":
        claude.write_text(claude.read_text().replace('"WebFetch"', '"WebFetch", "WebSearch"'))
    done = run("uninstall", "house", "--accept")
    now = {path: (project / path).read_text() for path in OWN}

    assert len(came) > 1
    assert done.err == ""
    if edit == "within":
        assert json.loads(now.pop(".claude/settings.json")) == {"permissions": {"allow": ["Read"], "deny": ["WebFetch", "WebSearch"]}}
    if edit == "beside":
        assert now.pop("opencode.json") == OWN["opencode.json"].replace('"x"', '"y"')
    assert now == {path: OWN[path] for path in now}
    assert not (project / "agentconv.lock").exists()


@pytest.mark.parametrize("scope", ["project", "user"])
@pytest.mark.parametrize(
    ("client", "place", "other"),
    [
        ("opencode", "opencode.jsonc", "opencode.json"),
        ("kilo", "kilo.jsonc", "kilo.json"),
        ("kilo", ".kilo/kilo.jsonc", "kilo.json"),
    ],
)
def test_what_comes_goes_into_the_file_of_settings_that_is_there(
    project, house, run, tmp_path, monkeypatch, *, client, place, other, scope
):
    """A client that reads its settings under two names gets no second file beside a user's, which is afterwards as it was before."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    root = project if scope == "project" else tmp_path / f"home/.config/{client}"
    there = root / (place if scope == "project" else place.rpartition("/")[2])
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_text(mine := '{\n  // ours\n  "model": "a/b", // keep\n}\n')
    wheel = house(**{".claude/settings.json": None})
    run("install", wheel, "--to", client, "--scope", scope, "--accept")
    came = there.read_text()
    run("install", wheel, "--to", client, "--scope", scope, "--accept")
    again = there.read_text()
    run("uninstall", wheel, "--scope", scope, "--accept")

    assert '"tracker"' in came
    assert came.startswith(mine[:-2].rstrip())
    assert again == came
    assert there.read_text() == mine
    assert not (root / other).exists()


def test_what_cannot_be_told_from_a_users_own_is_left_and_named(project, house, run):
    """Where the user's rule is opposed to the pack's, and edited since, nothing is taken out, and each rule that came is named."""
    place = project / "opencode.json"
    place.write_text('{"permission": {"bash": "allow"}}\n')
    run("install", house(), "--to", "opencode", "--accept", code=1)
    place.write_text(edited := place.read_text().replace('"rm *": "deny"', '"rm *": "deny", "git push *": "deny"'))
    done = run("uninstall", "house", "--accept", code=1)

    assert "git push" in edited
    assert json.loads(place.read_text())["permission"] == json.loads(edited)["permission"]
    assert '`bash "rm *": deny`' in done.err
    assert "1 left to you\n" in done.out


def test_what_came_and_is_gone_already(project, house, run):
    """A user who put the own rules back by hand has nothing left to see to."""
    place = project / "opencode.json"
    place.write_text(mine := '{"permission": {"bash": "ask"}}\n')
    run("install", house(**{".mcp.json": None}), "--to", "opencode", "--accept", code=1)
    place.write_text(mine)
    done = run("uninstall", "house", "--accept")

    assert "1 gone already\n" in done.out
    assert place.read_text() == mine


def test_what_a_project_asks_from_now_on_is_shown(house, run):
    """Rules that make a client ask or hold back more than their author said are shown with what is to be accepted."""
    done = run("install", house(**{".claude/commands/ship.md": "Ship it.\n"}), "--to", "opencode", "-n", code=1)

    assert "For everybody in the project, by its rules:\n  OpenCode  asks before " in done.out
    assert re.search(r"OpenCode +.opencode/agents +1 to write, 1 refused\n +commands +1 refused\n +servers +1 to write\n", done.out)


def test_a_part_that_is_in_the_way_has_its_own_way_out(project, house, run):
    """`--agent` chooses no parts: what to do about a text of the user's own is another thing."""
    (project / "CLAUDE.md").write_text("Mine.\n")
    done = run("install", house(**{"CLAUDE.md": "Theirs.\n"}), "--to", "claude-code", "--accept", code=1)

    assert "CLAUDE.md: warning: something else is there already, and is kept\n  hint: rename it, or take over what you want" in done.err
    assert (project / "CLAUDE.md").read_text() == "Mine.\n"


def test_what_did_not_come_is_held(project, house, give, run, asked):
    """Status calls what nobody accepted held, and never says that an install alone brings it."""
    run("install", "house", "--to", "claude-code", code=2)
    give({"see.md": HOUSE[".claude/agents/reader.md"], "do.md": HOUSE[".claude/agents/builder.md"]}, name="house")
    run("install", "house", "--to", "claude-code", code=1)

    assert asked("status", code=1).states() == {".claude/agents/builder.md": "held", ".claude/agents/reader.md": "up-to-date"}


def test_another_version_tells_what_it_has_too(project, give, run):
    """A pack of which another version is here goes: what that one has, unasked; the rest once a person says so, in plain words."""
    two = {"see.md": HOUSE[".claude/agents/reader.md"], "do.md": HOUSE[".claude/agents/builder.md"]}
    for newer in (two, {"see.md": two["see.md"]}):
        give(two, name="house")
        run("install", "house", "--to", "claude-code", "--accept")
        give(newer, "1.1.0", name="house")
        done = run("uninstall", "house", code=0 if newer == two else 1)
        assert (project / ".claude").exists() == (newer != two)

    assert (
        "house 1.0.0 is not here (1.1.0 is), and nothing but the lock says that these files are its: `.claude/agents/builder.md`"
        in done.err
    )
    run("uninstall", "house", "--accept=leaving")
    assert not (project / ".claude").exists()


def test_who_read_what_goes_is_told(project, house, run):
    """An assistant that stays had agents in the files of the one that is left: what it lacks now is named, and status knows both."""
    skill = "---\nname: notes\ndescription: Notes\n---\n\nTake notes.\n"
    plain = {".claude/skills/notes/SKILL.md": skill, ".claude/settings.json": None, "hooks/guard.sh": None, ".mcp.json": None}
    wheel = house(**plain)
    run("install", wheel, "--to", "claude-code,copilot", "--accept")
    done = run("uninstall", "house", "--to", "claude-code", "--accept")

    assert (project / ".claude/skills/notes/SKILL.md").is_file()
    assert (
        f"GitHub Copilot read builder, reader in what goes, and has that nowhere else\n  hint: agentconv install PATH/{wheel.name} "
        in done.err
    )
    assert "GitHub Copilot" in run("status").out
    assert " read " not in run("uninstall", "house", "--accept").err


def test_an_assistant_that_comes_later_is_told_the_same(project, give, run):
    """What it does not hold in the files that are there already is told when it comes, as it is with all in one go."""
    limited = "---\nname: builder\ndescription: Builds\ntools: Read, Write\n---\n\nBuild.\n"
    give({"do.md": limited}, name="house")
    first = run("install", "house", "--to", "claude-code,cursor", "--accept").err
    run("uninstall", "house", "--accept")
    run("install", "house", "--to", "claude-code", "--accept")
    later = run("install", "house", "--to", "claude-code,cursor", "--accept").err

    assert "warning[widened-elsewhere] to Cursor, 1 agent: " in first
    assert later == first
    assert "widened-elsewhere" not in run("install", "house").err
