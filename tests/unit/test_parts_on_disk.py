"""Skills, commands and servers on the disk: where each client finds them, and which of one name it takes."""

import json
import os

import pytest

from agentconv.cli import main
from agentconv.sources import parts, places_on_disk, user_places
from agentconv.sources.inputs import Discovery
from agentconv.sources.parts_on_disk import PartsOnDisk

SKILL = "---\nname: {name}\ndescription: Does it\n---\nDo it.\n"


@pytest.fixture
def project(tmp_path):
    """An empty project."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def skill(project, folder, name="deploy"):
    """Make a skill, and return its file."""
    file = project / folder / name / "SKILL.md"
    file.parent.mkdir(parents=True)
    file.write_text(SKILL.format(name=name))
    return file


def names(found):
    """Say of each part where it is, and what it is hidden by."""
    return [(one.source.text.path, one.hidden_by) for one in found]


def test_nothing_is_there_in_an_empty_project(project):
    """A project without parts has none, and nothing is said of the places that are not there."""
    disk = PartsOnDisk(project)

    assert [disk.of("opencode", kind) for kind in ("skills", "servers")] == [(), ()]
    assert disk.diagnostics == []


def test_an_ignore_file_below_the_root_is_about_its_folder(project):
    """What `.kiroignore` in a folder denies is said from the root: a name at any depth below the folder, a path from there."""
    (project / "a/b[1]").mkdir(parents=True)
    (project / ".kiroignore").write_text("top.txt\n")
    (project / "a/b[1]/.kiroignore").write_text("*.pem\nkeys/\n/x\nx/y\n# c\n!**/z\n")
    top, below = (one.part.rules for one in PartsOnDisk(project).of("kiro-ide", "permissions"))
    folder = r"/a/b\[1]"

    assert [str(rule.pattern) for rule in top] == ["top.txt"]
    assert [(rule.effect, str(rule.pattern)) for rule in below] == [
        ("deny", f"{folder}/**/*.pem"),
        ("deny", f"{folder}/**/keys/"),
        ("deny", f"{folder}/x"),
        ("deny", f"{folder}/x/y"),
        ("allow", f"{folder}/**/z"),
    ]


def test_a_file_among_skills_is_one_in_kimi_code(project):
    """It needs no header, and shows the text's first line; in other clients, it is told to be none."""
    base = project / ".kimi-code/skills"
    base.mkdir(parents=True)
    texts = {
        "water.md": "Water it.\n\nAt dawn.\n",
        "mow.md": "---\nname: mow-it\ndescription: 5\ndisableModelInvocation: true\n---\nMow it.\n",
        "open.md": "---\nname: x\n",
        "SKILL.md": SKILL.format(name="here"),
    }
    for name, text in texts.items():
        (base / name).write_text(text)
    disk = PartsOnDisk(project)
    found = {one.path.rpartition("/")[2]: one for one in disk.of("kimi", "skills")}
    said = {name: (one.part.name, one.part.description, one.part.invoked_by, str(one.state)) for name, one in found.items()}

    assert said == {
        "water.md": ("water", "Water it.", None, "loads"),
        "mow.md": ("mow-it", "Mow it.", "user", "loads"),
        "open.md": ("open", "---", None, "not loaded"),
    }
    assert disk.diagnostics == []


def test_of_one_name_the_first_place_wins(project):
    """A client takes one of two skills of a name, and the other is told to be hidden by its file."""
    skill(project, ".codex/skills")
    skill(project, ".agents/skills")

    assert names(PartsOnDisk(project).of("codex", "skills")) == [
        (".codex/skills/deploy/SKILL.md", None),
        (".agents/skills/deploy/SKILL.md", ".codex/skills/deploy/SKILL.md"),
    ]


def test_a_place_may_win_over_the_one_where_we_write(project):
    """In Gemini CLI, the folder that all assistants share wins over its own."""
    skill(project, ".gemini/skills")
    skill(project, ".agents/skills")

    assert names(PartsOnDisk(project).of("gemini-cli", "skills")) == [
        (".gemini/skills/deploy/SKILL.md", ".agents/skills/deploy/SKILL.md"),
        (".agents/skills/deploy/SKILL.md", None),
    ]


def test_a_file_beside_another_is_not_read(project):
    """Copilot reads `.github/mcp.json` where no `.mcp.json` is, not even one without a server, or that is broken: nothing of it loads."""
    (project / ".github").mkdir()
    (project / ".github/mcp.json").write_text(json.dumps({"mcpServers": {"one": {"command": "x"}}}))
    alone = names(PartsOnDisk(project).of("copilot", "servers"))
    (project / ".mcp.json").write_text("{")
    beside = names(PartsOnDisk(project).of("copilot", "servers"))

    assert alone == [(".github/mcp.json", None)]
    assert beside == [(".github/mcp.json", ".mcp.json")]


def test_what_a_setting_decides_is_nothing_that_goes_along(project, monkeypatch, capsys):
    """Cursor finds other assistants' skills where its setting says so: inspection tells it, no conversion counts on it."""
    for name, folder in (("deploy", ".cursor/skills"), ("deploy", ".claude/skills"), ("check", ".claude/skills")):
        skill(project, folder, name)
    disk = PartsOnDisk(project)
    anyway, perhaps = names(disk.of("cursor", "skills")), names(disk.perhaps("cursor", "skills"))
    monkeypatch.chdir(project)
    main(["inspect", ".", "--for", "cursor", "-v"])
    told = capsys.readouterr().out
    main(["convert", ".", "-f", "claude-code", "-t", "cursor", "-o", ".", "--with", "skills/check", "-q"])

    assert anyway == [(".cursor/skills/deploy/SKILL.md", None)]
    assert perhaps == [
        (".claude/skills/check/SKILL.md", None),
        (".claude/skills/deploy/SKILL.md", ".cursor/skills/deploy/SKILL.md"),
    ]
    assert "hidden  Cursor (where its settings take what is other assistants')" in told
    assert (project / ".cursor/skills/check/SKILL.md").is_file()


def test_a_skill_brings_its_folder(project):
    """What lies beside SKILL.md belongs to it, with what is a program marked as one."""
    file = skill(project, ".claude/skills")
    (file.parent / "scripts").mkdir()
    (file.parent / "scripts/go.sh").write_text("#!/bin/sh\n")
    (file.parent / "scripts/go.sh").chmod(0o755)
    (file.parent / "notes.md").write_text("x")
    (one,) = PartsOnDisk(project).of("claude-code", "skills")

    assert [(beside.path, beside.executable) for beside in one.part.files] == [("notes.md", False), ("scripts/go.sh", True)]


@pytest.mark.skipif(os.name == "nt", reason="links want a privilege there")
def test_links_are_followed_inside_the_project_only(project, tmp_path):
    """A skill that a link leads to is found where it is in the project, and told of where it is not."""
    skill(project, "shared")
    outside = skill(tmp_path, "elsewhere", "stolen")
    (project / ".claude/skills").mkdir(parents=True)
    (project / ".claude/skills/deploy").symlink_to(project / "shared/deploy")
    (project / ".claude/skills/stolen").symlink_to(outside.parent)
    disk = PartsOnDisk(project)

    assert names(disk.of("claude-code", "skills")) == [(".claude/skills/deploy/SKILL.md", None)]
    assert ["leads out of the project" in told.message for told in disk.diagnostics] == [True]


@pytest.mark.parametrize(("sizes", "reason"), [([1_100_000], "1,048,576 are read"), ([1_000_000] * 17, "more than 16,777,216 bytes")])
def test_a_folder_that_is_too_large_is_told(project, sizes, reason):
    """A skill with more beside it than a set carries is left out, with the reason; the others are there."""
    file = skill(project, ".claude/skills")
    for number, size in enumerate(sizes):
        (file.parent / f"{number}.bin").write_bytes(b"\0" * size)
    skill(project, ".claude/skills", "small")
    disk = PartsOnDisk(project)

    assert [one.part.name for one in disk.of("claude-code", "skills")] == ["small"]
    assert [reason in told.message for told in disk.diagnostics] == [True]


def test_a_file_that_cannot_be_read_loses_no_other(project):
    """A folder in the place of a file is told where it is none of a client's, and what else is there is read."""
    (project / ".claude/skills/broken/SKILL.md").mkdir(parents=True)
    (project / ".mcp.json").mkdir()
    skill(project, ".claude/skills")
    disk = PartsOnDisk(project)

    assert names(disk.of("claude-code", "skills")) == [(".claude/skills/deploy/SKILL.md", None)]
    assert disk.of("claude-code", "servers") == ()
    assert [told.message for told in disk.diagnostics] == ["cannot be read: not a regular file"]


def test_the_users_own_are_where_a_variable_says(tmp_path):
    """Of a client whose folder the user has put elsewhere, parts are looked for there."""
    skill(tmp_path, "my-codex/skills")
    variables = {"HOME": str(tmp_path), "CODEX_HOME": str(tmp_path / "my-codex")}
    disk = PartsOnDisk(tmp_path, user_places.Home(tmp_path, variables))

    assert names(disk.of("codex", "skills")) == [(".codex/skills/deploy/SKILL.md", None)]


def test_ids_are_unique(project):
    """Two parts of one name, of two assistants, have ids of their own."""
    skill(project, ".claude/skills")
    skill(project, ".codex/skills")
    found = parts.Parts([project], ["claude-code", "codex"])

    assert [one.part.id for one in found.of("skills")] == ["deploy", "deploy~2"]


def test_parts_are_those_of_the_project_that_a_file_is_in(project, monkeypatch):
    """Who names the folder of the agents means the parts of its project."""
    skill(project, ".claude/skills")
    (project / ".claude/agents").mkdir()
    monkeypatch.chdir(project)

    for word in (".", ".claude", ".claude/agents", os.fspath(project)):
        found = parts.beside(Discovery(), [word], ["claude-code"])
        assert [one.part.name for one in found.of("skills")] == ["deploy"], word


@pytest.mark.parametrize(
    ("pattern", "path", "there"),
    [
        ("*/SKILL.md", "a/SKILL.md", True),
        ("*/SKILL.md", "a/b/SKILL.md", False),
        ("**/SKILL.md", "a/b/SKILL.md", True),
        ("**/*.md", "a.md", True),
        ("*.md", "a/b.md", False),
        ("skills-*/*/SKILL.md", "skills-code/a/SKILL.md", True),
    ],
)
def test_patterns_of_places(pattern, path, there):
    """One star stands for what is in one name, two for any folders."""
    from agentconv.core.part_format import Place

    assert places_on_disk.matches(Place("here", pattern), f"here/{path}") is there


@pytest.mark.skipif(os.name == "nt", reason="links want a privilege there")
def test_one_file_is_one_part(project):
    """What several clients find in one file, or one of them under two names, is one part, and its client has it."""
    skill(project, ".agents/skills")
    (project / ".gemini/skills").mkdir(parents=True)
    (project / ".gemini/skills/deploy").symlink_to(project / ".agents/skills/deploy")
    found = parts.Parts([project], ["gemini-cli", "codex"]).of("skills")

    assert [(one.client, one.source.text.path, one.taken) for one in found] == [("gemini-cli", ".agents/skills/deploy/SKILL.md", True)]


def test_parts_of_no_agent_are_found_where_the_user_wants_all(project, monkeypatch):
    """A project without agents gives its skills to who asks for all; where several assistants have some, the user says whose."""
    skill(project, ".claude/skills")
    monkeypatch.chdir(project)

    assert main(["convert", ".", "-t", "codex", "-o", "out", "--with", "all", "-q"]) == 0
    assert (project / "out/.codex/skills/deploy/SKILL.md").exists()
    skill(project, ".qwen/skills")
    assert main(["convert", ".", "-t", "codex", "-o", "out2", "--with", "all", "-q"]) == 2


def test_a_skill_that_is_a_file_is_told(project):
    """A file in the place of a skill's folder is read by nobody, and it is said what to do."""
    folder = project / ".claude/skills"
    folder.mkdir(parents=True)
    (folder / "deploy.md").write_text(SKILL.format(name="deploy"))
    (folder / "README.md").write_text("Our skills.\n")
    disk = PartsOnDisk(project)

    assert disk.of("claude-code", "skills") == ()
    assert [(told.span.path.rpartition("/")[2], told.hint) for told in disk.diagnostics] == [("deploy.md", "move it to deploy/SKILL.md")]


@pytest.mark.parametrize("path", ["opencode.jsonc", ".opencode/opencode.json", "kilo.jsonc", ".github/mcp.json"])
def test_no_entry_of_another_file_is_hidden(project, monkeypatch, capsys, path):
    """A server goes into the file that the target has already, and one of its name that is there stays and is told."""
    target = "copilot" if "github" in path else "kilo" if "kilo" in path else "opencode"
    key, entry = ("mcpServers", {"command": "mine"}) if target == "copilot" else ("mcp", {"type": "local", "command": ["mine"]})
    (project / ".mcp.json").write_text('{"mcpServers": {"db": {"command": "db"}, "new": {"command": "new"}}}')
    there = project / "out" / path
    there.parent.mkdir(parents=True)
    there.write_text(json.dumps({key: {"db": entry}}))
    monkeypatch.chdir(project)

    assert main(["convert", ".", "-t", target, "-o", "out", "--with", "servers/new"]) == 0
    assert main(["convert", ".", "-t", target, "-o", "out", "--with", "servers/db"]) == 1
    assert "are kept: `db`" in capsys.readouterr().err
    assert list(json.loads(there.read_text())[key]) == ["db", "new"]
    assert json.loads(there.read_text())[key]["db"] == entry
    assert [file for file in (project / "out").rglob("*") if file.is_file()] == [there]


def test_what_is_told_before_is_what_is_done(project, monkeypatch, capsys):
    """A file that takes some servers while an entry stays is told as such by each way of looking first, and again once that is done."""
    (project / ".mcp.json").write_text('{"mcpServers": {"db": {"command": "db"}, "new": {"command": "new"}}}')
    (project / "opencode.json").write_text('{"mcp": {"db": {"type": "local", "command": ["mine"]}}}')
    monkeypatch.chdir(project)
    told = []
    for _ in range(2):
        for way in (["--dry-run"], ["--check"], ["--diff"], []):
            assert main(["convert", ".", "-f", "claude-code", "-t", "opencode", "-o", ".", "--with", "servers", *way]) == 1
            told.append(capsys.readouterr().err.splitlines()[-1].partition(": ")[2])

    first, then = ["to add to", "to change", "to change", "added to"], ["to keep", "to keep", "to keep", "kept"]
    assert [line.partition(";")[0] for line in told] == [f"1 file {word}: opencode.json" for word in (*first, *then)]
    assert "--force replaces" in told[-1]


@pytest.mark.skipif(os.name == "nt", reason="no file is a program by its mode there")
def test_a_mode_that_differs_is_a_change(project, monkeypatch):
    """A script that becomes a program in the source, or is none any more, is told by --check, and --force has the copy follow."""
    file = skill(project, ".claude/skills").with_name("run.sh")
    file.write_text("#!/bin/sh\n")
    monkeypatch.chdir(project)
    run = ["convert", ".", "-f", "claude-code", "-t", "codex", "-o", "out", "--with", "skills", "-q"]
    copy = project / "out/.codex/skills/deploy/run.sh"
    assert main(run) == 0

    for mode in (0o755, 0o644):
        file.chmod(mode)
        assert [main([*run, *more]) for more in (["--check"], [], ["--force"], ["--check"])] == [1, 1, 0, 0]
        assert copy.stat().st_mode & 0o111 == mode & 0o111
    assert [path.name for path in sorted(copy.parent.iterdir())] == ["SKILL.md", "run.sh"]


def test_a_broken_file_of_rules_costs_those_beside_it(project):
    """Codex takes none of the files of rules where one of them is broken, and each of them says so."""
    folder = project / ".codex" / "rules"
    folder.mkdir(parents=True)
    (folder / "good.rules").write_text('prefix_rule(pattern=["rm"], decision="forbidden")\n')
    (folder / "bad.rules").write_text('prefix_rule(pattern=["rm"], decision="deny")\n')
    (project / ".codex" / "config.toml").write_text('sandbox_mode = "read-only"\n')
    found = PartsOnDisk(project).of("codex", "permissions")

    assert [(one.path.rpartition("/")[2], one.taken, len(one.told)) for one in found] == [
        ("config.toml", True, 0),
        ("bad.rules", False, 1),
        ("good.rules", False, 1),
    ]


def test_all_configurations_of_kilo_count(project):
    """Each may have servers and rules; of servers of one name the one of its own folder wins, and all rules hold."""
    paths = ("kilo.json", "opencode.json", ".kilocode/kilo.jsonc", ".kilo/opencode.json")
    for path in paths:
        (project / path).parent.mkdir(exist_ok=True)
        found = {"mcp": {"db": {"type": "local", "command": [path]}}, "permission": {"bash": {f"{path} *": "deny"}}}
        (project / path).write_text(json.dumps(found))
    disk = PartsOnDisk(project)

    assert [one.path for one in disk.of("kilo", "servers") if one.taken] == [".kilo/opencode.json"]
    assert [one.path for one in disk.of("kilo", "permissions") if one.taken] == list(paths)


_GUARD = {"matcher": "run_shell_command", "hooks": [{"type": "command", "command": "echo no >&2; exit 2"}]}


@pytest.mark.parametrize(
    ("client", "path", "event", "off"),
    [
        ("claude-code", ".claude/settings.local.json", "PreToolUse", {"disableAllHooks": True}),
        ("qwen-code", ".qwen/settings.json", "PreToolUse", {"disableAllHooks": True}),
        ("gemini-cli", ".gemini/settings.json", "BeforeTool", {"hooksConfig": {"enabled": False}}),
        ("droid", ".factory/hooks.json", "PreToolUse", {"hooksDisabled": True}),
    ],
)
def test_hooks_that_are_switched_off_are_not_there(project, client, path, event, off):
    """A setting keeps a client from running any hook of its files, wherever it stands, and each hook says so."""
    file = project / path
    file.parent.mkdir()
    (file.parent / "settings.json").write_text(json.dumps({"hooks": {event: [_GUARD]}}))
    assert [one.taken for one in PartsOnDisk(project).of(client, "hooks")] == [True]
    kept = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps({**kept, **off}))

    assert [(one.taken, len(one.told)) for one in PartsOnDisk(project).of(client, "hooks")] == [(False, 1)]


def test_a_server_that_settings_switch_off_is_not_there(project):
    """Claude Code starts none that `disabledMcpjsonServers` names."""
    (project / ".mcp.json").write_text('{"mcpServers": {"db": {"command": "db"}, "gh": {"command": "gh"}}}')
    (project / ".claude").mkdir()
    (project / ".claude/settings.json").write_text('{"disabledMcpjsonServers": ["db"]}')

    assert [(one.part.name, one.taken) for one in PartsOnDisk(project).of("claude-code", "servers")] == [("db", False), ("gh", True)]


def test_kilo_reads_rules_in_both_of_its_folders(project):
    """What lies in `.kilo/rules` is put before the model as what lies in `.kilocode/rules` is."""
    for folder in (".kilo", ".kilocode"):
        (project / folder / "rules").mkdir(parents=True)
        (project / folder / "rules" / "tabs.md").write_text("Use tabs.\n")

    assert {one.path for one in PartsOnDisk(project).of("kilo", "instructions")} == {".kilo/rules/tabs.md", ".kilocode/rules/tabs.md"}


_ASIDE = {"type": "command", "command": "true"}


@pytest.mark.parametrize(
    ("client", "path", "off", "taken"),
    [
        ("gemini-cli", ".gemini/settings.json", {"hooksConfig": {"disabled": ["echo no >&2; exit 2"]}}, [False, True]),
        ("gemini-cli", ".gemini/settings.json", {"hooksConfig": {"disabled": ["other"]}}, [True, True]),
        ("copilot", ".github/hooks/b.json", {"disableAllHooks": True}, [False, False]),
    ],
)
def test_a_file_switches_hooks_of_its_own_off(project, client, path, off, taken):
    """One that is listed by what it runs, or all of one file of hooks; others run all the same, and what does not goes nowhere."""
    file = project / path
    file.parent.mkdir(parents=True)
    event = "BeforeTool" if client == "gemini-cli" else "PreToolUse"
    file.write_text(json.dumps({"version": 1, **off, "hooks": {event: [_GUARD, {"hooks": [_ASIDE]}]}}))
    found = PartsOnDisk(project).of(client, "hooks")

    assert [one.taken for one in found] == taken
    assert [one.meant for one in found] == taken
    assert all("switches it off" in one.told[-1].message for one in found if not one.taken)


def test_settings_without_hooks_switch_those_of_other_files_off(project):
    """Copilot says it in a file of settings in which no hook stands."""
    for path, value in ((".github/hooks/a.json", {"hooks": {"PreToolUse": [_GUARD]}}), (".github/copilot/settings.json", {})):
        (project / path).parent.mkdir(parents=True)
        (project / path).write_text(json.dumps(value))
    assert [one.taken for one in PartsOnDisk(project).of("copilot", "hooks")] == [True]
    (project / ".github/copilot/settings.json").write_text('{"disableAllHooks": true}')

    assert [one.taken for one in PartsOnDisk(project).of("copilot", "hooks")] == [False]
