"""A pack with skills, commands or servers is a plugin and an extension, too, where all who read it there keep what restrains."""

from __future__ import annotations

import json
import os
import zipfile
from typing import TYPE_CHECKING

import pytest

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


def test_a_skill_with_code_is_left_out_of_them(project, pack):
    """What no wheel may have is in the bundle alone, with its whole skill, and that is told."""
    _skill(project, "runner", file="run.py")
    _skill(project, "changelog")
    packed = pack(".", "--with", "all", "--license", "MIT")

    assert [path for path in packed.files if path.startswith("skills/")] == ["skills/changelog/SKILL.md"]
    assert "a pack cannot have `skills/runner/run.py`" in packed.err


def test_agents_alone_are_packed_as_before(project, pack):
    """Without skills, commands and servers there is the plugin's list of agents, and nothing else of that."""
    files = pack(".", "--license", "MIT").files

    assert MANIFESTS & files.keys() == {".claude-plugin/plugin.json"}
