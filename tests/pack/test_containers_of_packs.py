"""A pack with skills, commands or servers is a plugin and an extension, too, where all who read it there keep what restrains."""

from __future__ import annotations

import json
import os
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from agentconv.cli import main
from agentconv.core import losses
from agentconv.core.dataclass import replace
from agentconv.pack import containers
from agentconv.packs import manifest as pack_manifest

if TYPE_CHECKING:
    from pathlib import Path

MANIFESTS = {".claude-plugin/plugin.json", "plugin.json", "gemini-extension.json"}


def _skill(project: Path, name: str, keys: str = "", file: str = "") -> None:
    folder = project / ".claude/skills" / name
    folder.mkdir(parents=True)
    (folder / "SKILL.md").write_text(f"---\nname: {name}\ndescription: Does it\n{keys}---\n\nDo it.\n")
    if file:
        (folder / file).write_text("x\n")


def test_a_pack_is_a_plugin_and_an_extension(project, pack):
    """Skills, commands and servers lie where each container's readers look, in files that the manifest lists."""
    _skill(project, "changelog", file="notes.md")
    (project / ".claude/commands").mkdir()
    (project / ".claude/commands/fix.md").write_text("---\ndescription: Fix\n---\nFix $ARGUMENTS\n")
    (project / ".mcp.json").write_text('{"mcpServers": {"seeds": {"command": "npx", "args": ["seeds"]}}}\n')
    files = pack(".", "--with", "all", "--license", "MIT", "--marketplace").files
    listed = {one.path for one in pack_manifest.load(files.pop(pack_manifest.FILE), "m").files}

    assert files.keys() == listed
    assert files.keys() >= MANIFESTS | {"skills/changelog/SKILL.md", "skills/changelog/notes.md", "commands/fix.md", "commands/fix.toml"}
    assert [*json.loads(files["mcp.json"])["mcpServers"], *json.loads(files[".mcp.json"])["mcpServers"]] == ["seeds", "seeds"]
    assert json.loads(files[".claude-plugin/marketplace.json"])["plugins"][0]["source"] == "./"


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell programs from other files")
def test_scripts_are_programs_in_them(project, pack):
    """What the author's skill may run can be run where the wheel is unpacked; nothing else can."""
    _skill(project, "changelog", file="run.sh")
    (project / ".claude/skills/changelog/notes.md").write_text("x\n\n")
    (project / ".claude/skills/changelog/run.sh").chmod(0o755)
    with zipfile.ZipFile(pack(".", "--with", "all", "--license", "MIT").wheel) as archive:
        programs = [one.filename for one in archive.infolist() if one.external_attr >> 16 & 0o111]

    assert programs == ["backend_agents/skills/changelog/run.sh"]


def test_a_skill_that_restrains_keeps_a_pack_from_being_one(project, pack):
    """Not all readers would keep the skill from the model: no manifest, and each is told with its reason."""
    _skill(project, "deploy", "disable-model-invocation: true\n")
    packed = pack(".", "--with", "all", "--license", "MIT")
    files = packed.files

    assert not MANIFESTS & files.keys()
    assert not [path for path in files if path.startswith("skills/")]
    assert packed.err.count("skill `deploy` is the user's alone to start") == len(MANIFESTS)


def test_a_guard_keeps_a_pack_from_being_one(project, pack):
    """A hook that can block holds back all that goes along: where a reader of a manifest passes over hooks, nothing lies there for it."""
    _skill(project, "changelog")
    guard = {"matcher": "Bash", "hooks": [{"type": "command", "command": "exit 2"}]}
    (project / ".claude/settings.json").write_text(json.dumps({"hooks": {"PreToolUse": [guard]}}))
    packed = pack(".", "--with", "all", "--license", "MIT")
    files = packed.files

    assert not MANIFESTS & files.keys()
    assert not [path for path in files if path.startswith(("skills/", "hooks/"))]
    assert packed.err.count("hook `before-tool/Bash` restrains all that go along") == len(MANIFESTS)


def test_who_does_not_hold_what_restrains_is_told(project, pack):
    """Which assistants hold a rule of the whole set is said by the pack, not only by each install; of a set without one, nothing is."""
    (project / ".claude/settings.json").write_text('{"permissions": {"deny": ["Read(./.env)"]}}')
    told = next(line for line in pack(".", "--with", "all", "--license", "MIT").err.splitlines() if "set-restraint" in line)

    assert "`deny Read(./.env) (.claude/settings.json:1)`: held by " in told
    assert {client: client in told for client in ("Claude Code", "OpenCode", "Codex", "Gemini CLI")} == {
        "Claude Code": True, "OpenCode": True, "Codex": False, "Gemini CLI": False
    }  # fmt: skip
    packed = pack(".", "--with", "all", "--license", "MIT", "--force", "-v")
    readme = zipfile.ZipFile(packed.wheel).read(f"{packed.wheel.name.rpartition('-py3')[0]}.dist-info/METADATA").decode()
    told = next(line for line in packed.err.splitlines() if line.startswith("  Codex"))
    assert "1 of 2 agents; not reviewer (it does not hold deny Read(./.env): Codex has no such rules)" in told
    assert "--to codex` | all but `reviewer` (it does not hold deny Read(./.env): Codex has no such rules) |" in readme
    assert "| Claude Code | `agentconv install" in readme
    left = pack(".", "--license", "MIT", "--force").err

    assert "set-restraint" not in left
    assert "nobody who installs the pack gets it: .claude/settings.json denies 1 pattern" in left


def test_a_hook_that_blocks_nothing_goes_along(project, pack):
    """What only happens after something else restrains nobody."""
    _skill(project, "changelog")
    after = {"hooks": [{"type": "command", "command": "true"}]}
    (project / ".claude/settings.json").write_text(json.dumps({"hooks": {"SessionEnd": [after]}}))

    assert pack(".", "--with", "all", "--license", "MIT").files.keys() >= {*MANIFESTS, "hooks/hooks.json"}


def test_a_container_that_would_find_what_it_was_refused_is_none(project, pack, monkeypatch):
    """What lies there for another container's readers counts: a note that it goes without that would not be true."""
    _skill(project, "changelog")
    convert = containers.convert

    def refusing(pieces, target, options, parts):
        for done in convert(pieces, target, options, parts):
            refused = losses.loss("set-restraint", "changelog", "name", target, losses.quoted("a rule"), part="skills")
            is_it = target == "gemini-extension" and done.part == "skills"
            yield replace(done, file=None, losses=(refused,)) if is_it else done

    monkeypatch.setattr(containers, "convert", refusing)
    packed = pack(".", "--with", "all", "--license", "MIT")

    assert MANIFESTS & packed.files.keys() == MANIFESTS - {"gemini-extension.json"}
    assert "it is no Gemini CLI extension: it would find skill `changelog`, which it cannot have: `a rule`" in packed.err


def test_what_a_container_loses_is_told(project, pack):
    """As a conversion tells it: an Agent Plugin cannot be told the variable of a server; agents are not read in all of them."""
    (project / ".mcp.json").write_text('{"mcpServers": {"seeds": {"command": "npx", "env": {"SEEDS": "${SEEDS}"}}}}\n')
    told = pack(".", "--with", "all", "--license", "MIT").err

    assert "warning[server-reference-dropped] seeds" in told
    assert "the Agent Plugin goes without the agents: none of their files is an agent there" in told


def test_a_skill_with_code_is_left_out_of_them(project, pack):
    """What no wheel may have is in the bundle alone, with its whole skill, and that is told."""
    _skill(project, "runner", file="run.py")
    _skill(project, "changelog")
    packed = pack(".", "--with", "all", "--license", "MIT")

    assert [path for path in packed.files if path.startswith("skills/")] == ["skills/changelog/SKILL.md"]
    assert "Python could load `skills/runner/run.py`" in packed.err


def test_agents_alone_are_packed_as_before(project, pack):
    """Without skills, commands and servers there is the plugin's list of agents, and nothing else of that."""
    files = pack(".", "--license", "MIT").files

    assert MANIFESTS & files.keys() == {".claude-plugin/plugin.json"}


def test_readme_says_what_comes_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is installed, a reader sees what of a pack is started, run, forbidden or opened, and no markup of anybody else's."""
    files = {
        ".claude/agents/one.md": "---\nname: one\ndescription: One\nmcpServers: [db, mine]\n---\nOne.\n",
        ".claude/skills/go/SKILL.md": "---\nname: go\ndescription: Goes <b>on</b>.\n---\nGo.\n",
        ".claude/skills/go/run.sh": "#!/bin/sh\n",
        ".mcp.json": '{"mcpServers": {"db": {"command": "db-mcp", "args": ["--all"]}, "web": {"type": "http", "url": "https://e.example/mcp"}}}',
        ".claude/settings.json": '{"permissions": {"deny": ["WebFetch"]}, "hooks": {"Stop": [{"hooks": ['
        '{"type": "command", "command": "x `y`"}, {"type": "prompt", "prompt": "Done?"}]}]}}',
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / ".claude/skills/go/run.sh").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    assert main(["pack", ".", "--with", "all", "--name", "all-of-it", "--version", "1", "--license", "MIT", "-o", "out"]) == 0
    with tarfile.open(next((tmp_path / "out").glob("*.tar.gz"))) as sdist:
        readme = sdist.extractfile("all_of_it-1/README.md")
        assert readme is not None
        text = readme.read().decode()

    along = text.partition("## What comes along")[2].partition("## Install")[0]
    assert [line for line in along.splitlines() if line.startswith("- ")] == [
        "- `go`: Goes \\<b\\>on\\</b\\>; programs in it: `run.sh`",
        "- `db`: starts `db-mcp --all`",
        "- `web`: is at `https://e.example/mcp`",
        "- `stop`: runs `` x `y` `` on `Stop`",
        "- `stop~2`: asks a model on `Stop`",
        "- `permissions`: `WebFetch: deny`",
    ]
    assert "- MCP servers, which come along: `db`\n- MCP servers, which you configure in the assistant: `mine`" in text
