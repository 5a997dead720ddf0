"""What is in a pack: every agent as it was, its Claude form, and a manifest that says so."""

import json
import os
import re
import shutil
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from agent_files import FIXTURES
from agentconv.cli import main
from agentconv.core import fields
from agentconv.core.parts import FolderFile
from agentconv.formats import registry
from agentconv.install import places
from agentconv.packs import manifest as pack_manifest
from agentconv.packs.manifest import PackedScript
from agentconv.sources import loading

FORMATS = sorted({path.parent.parent.name for path in FIXTURES.glob("*/valid/*")} & set(registry.FORMATS))


EXPECTED = Path(__file__).parent / "expected"


def _expected(name, actual):
    if os.environ.get("AGENTCONV_ACCEPT"):
        (EXPECTED / name).write_bytes(actual)
    return (EXPECTED / name).read_bytes()


def test_the_manifest(project, pack):
    """A manifest lists each agent with what it needs, where it comes from, and its form for Claude Code."""
    actual = pack(".", "--license", "MIT", "--author", "Ada Author").files[pack_manifest.FILE]

    assert actual == _expected("agentpack.json", actual)


def test_the_readme(project, pack):
    """A pack's README says what each agent does and needs, and how to install them in each assistant."""
    (project / ".claude/agents/planner.md").write_text(PLANNER)
    packed = pack(".", "--license", "MIT", "--description", "Agents for <backends> & more")
    with zipfile.ZipFile(packed.wheel) as archive:
        actual = archive.read("backend_agents-1.2.0.dist-info/METADATA").partition(b"\n\n")[2]
    rows = re.findall(rb"(?m)^\| .* \| `agentconv install backend-agents --to (.*)` \|\n", actual)
    actual = re.sub(rb"(?m)(^\| .* \| `agentconv install .*` \|\n)(?:.*--to .*\n)+", rb"\1", actual)  # one assistant stands for all

    assert [row.decode() for row in rows] == [*places.targets()]
    assert actual == _expected("README.md", actual)


def test_files_are_what_the_manifest_says(project, pack):
    """Every file is in the manifest with its size and checksum, and nothing else is there."""
    files = pack(".").files
    listed = {one.path: (one.sha256, one.bytes) for one in pack_manifest.load(files.pop(pack_manifest.FILE), "m").files}

    assert listed == {path: (sha256(data).hexdigest(), len(data)) for path, data in files.items()}


def test_sources_are_verbatim(project, pack):
    """A source's bytes are in the pack, once: an agent of Claude Code is its own Claude form."""
    files = pack(".").files

    assert files["agents/reviewer.md"] == (project / ".claude/agents/reviewer.md").read_bytes()
    assert files["sources/codex/.codex/agents/tester.toml"] == (project / ".codex/agents/tester.toml").read_bytes()
    assert sorted(path for path in files if path.startswith("sources/")) == ["sources/codex/.codex/agents/tester.toml"]
    assert len({*files.values()}) == len(files)


@pytest.mark.parametrize("format_id", FORMATS)
def test_fixtures_come_back(format_id, tmp_path, pack):
    """Every fixture of every format can be packed, and is read from the pack as it was, with the ids of the manifest."""
    source = tmp_path / "src"
    shutil.copytree(FIXTURES / format_id, source, ignore=shutil.ignore_patterns("from", "to"))
    packed = pack(source, "-f", format_id, "--no-lint", code=None)
    pieces = packed.pieces()

    assert packed.code in (0, 1), packed.err
    assert sorted(agent.id for piece in pieces for agent in piece.agents) == [agent.id for agent in packed.manifest.agents]
    before = loading.Loader(_found(source, format_id))
    wanted = sorted((agent for piece in before for agent in piece.agents), key=repr_of)
    found = sorted((agent for piece in pieces for agent in piece.agents), key=repr_of)
    assert len(found) == len(wanted)
    assert all(fields.same(one, other) for one, other in zip(found, wanted, strict=True))


def _found(source, format_id):
    from agentconv.sources import discovery

    return discovery.discover([str(source)], format_id).files


def repr_of(agent):
    return (agent.name or "", repr(agent.prompt), repr(agent.description), repr(agent.tools), repr(agent.extras), repr(agent))


def test_agents_of_one_name(tmp_path, pack):
    """The later of two agents of one name gets a name of its own, and a warning says so."""
    for path in ("one", "two"):
        (tmp_path / ".claude/agents" / path).mkdir(parents=True)
        (tmp_path / ".claude/agents" / path / "x.md").write_text(f"---\nname: twin\ndescription: {path}\n---\n\nHi.\n")
    packed = pack(".")

    assert [(agent.id, agent.name, agent.claude) for agent in packed.manifest.agents] == [
        ("twin", "twin", "agents/twin.md"),
        ("twin~2", "twin-2", "agents/twin-2.md"),
    ]
    assert "is now twin-2" in packed.err


PLANNER = "---\nname: planner\ndescription: |\n  # Plans *all*\n  | of | it\npermissionMode: plan\n---\n\nPlan.\n"
HOSTILE = ["con.md", "NUL.md", "a\nb.md", "a:b.md", "x.py.md", "__pycache__/x.md", "Reviewer.md", "reviewer.md", "ä" * 100 + ".md", " .md"]


def test_hostile_file_names(tmp_path, pack):
    """Whatever files are called, the pack has portable names, and says what they were called."""
    folder = tmp_path / ".claude/agents"
    for number, name in enumerate(HOSTILE):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\nname: 'a b {number}'\ndescription: d\n---\n\nHi {number}.\n")
    packed = pack(".")

    assert len(packed.manifest.agents) == len(packed.pieces()) == len([name for name in HOSTILE if "__pycache__" not in name])


@pytest.mark.parametrize("name", ["../../evil", "a\\nb", "con", "CON.md", "x/y", "a" * 300, "__pycache__", "é\u0301"])
def test_hostile_agent_names(name, tmp_path, pack):
    """Whatever agents are called, each of two whose files would be one has a file of its own."""
    folder = tmp_path / ".claude/agents"
    folder.mkdir(parents=True)
    for number, spelled in enumerate((name, name.upper())):
        (folder / f"{number}.md").write_text(f'---\nname: "{spelled}"\ndescription: d\n---\n\nHi {number}.\n')
    packed = pack(".", "--no-lint", code=1 if len(name) > 256 else 0)

    assert len({agent.claude.casefold() for agent in packed.manifest.agents}) == 2
    assert len(packed.pieces()) == 2


def test_code_is_stored_as_text(tmp_path, pack):
    """A source whose name Python would run gets another one."""
    (tmp_path / "bad.py").write_text("---\nname: Bad\ndescription: d\n---\n\nprint()\n")
    (tmp_path / "good.md").write_text("---\nname: bad\ndescription: d\n---\n\nprint()\n")
    packed = pack("good.md", "bad.py", "-f", "claude-code")

    assert [path for path in packed.files if path.endswith(".py")] == ["__init__.py"]
    assert "bad.py" in {source.path for source in packed.manifest.sources}


def test_only_the_agents_of_a_configuration(tmp_path, pack):
    """Of a file that is mainly the user's configuration, only the agents go into a pack."""
    text = {"theme": "dark", "provider": {"x": {"apiKey": "private"}}, "agent": {"helper": {"description": "Helps", "prompt": "Help."}}}
    (tmp_path / "opencode.json").write_text(json.dumps(text))
    packed = pack(".")

    assert [agent.id for agent in packed.manifest.agents] == ["helper"]
    assert not any(b"private" in data or b"theme" in data for data in packed.files.values())


def test_modes_of_one_file(tmp_path, pack):
    """A file that holds several agents is stored once, and each agent has its Claude form."""
    text = "".join(
        f"  - slug: m{number}\n    name: M{number}\n    roleDefinition: You are {number}.\n    groups: [read]\n" for number in range(2)
    )
    (tmp_path / ".roomodes").write_text(f"customModes:\n{text}")
    packed = pack(".")

    assert [(agent.id, agent.source) for agent in packed.manifest.agents] == [("m0", ".roomodes"), ("m1", ".roomodes")]
    assert packed.files["sources/roo/.roomodes"] == (tmp_path / ".roomodes").read_bytes()


def test_a_bundle(project, pack):
    """A bundle's sources are stored as files again, and what it says of the set is the pack's."""
    main(["to-json", ".", "-o", "all.json"])
    bundle = json.loads((project / "all.json").read_text())
    (project / "all.json").write_text(json.dumps({**bundle, "description": "Two of them", "license": "MIT", "authors": ["Ada"]}))
    sources = pack(".").manifest.sources
    shutil.rmtree(project / "dist")
    manifest = pack("all.json").manifest

    assert (manifest.description, manifest.license, manifest.authors) == ("Two of them", "MIT", ("Ada",))
    assert manifest.sources == sources


def test_an_edited_bundle(project, pack):
    """An agent whose fields are not what its text says is stored as its fields; the others keep their files."""
    main(["to-json", ".", "-o", "all.json"])
    text = (project / "all.json").read_text()
    (project / "all.json").write_text(text.replace('"Reviews changes"', '"Reviews all changes"'))
    packed = pack("all.json")
    descriptions = {agent.id: agent.description for piece in packed.pieces() for agent in piece.agents}

    assert [source.file for source in packed.manifest.sources] == ["sources/codex/.codex/agents/tester.toml", "sources/json/agents.json"]
    assert descriptions == {"reviewer": "Reviews all changes", "tester": "Runs the tests"}
    assert b"Reviews all changes" in packed.files["agents/reviewer.md"]


def test_a_bundle_without_sources(project, pack):
    """Agents without a text are stored in one canonical bundle, each as it is."""
    main(["to-json", ".", "-o", "all.json", "--no-sources"])
    packed = pack("all.json")

    assert [source.file for source in packed.manifest.sources] == ["sources/json/agents.json"]
    assert {agent.id for piece in packed.pieces() for agent in piece.agents} == {"reviewer", "tester"}


def test_the_plugin(project, pack):
    """The pack is a plugin that lists exactly those agents that its loader restricts as their author did."""
    (project / ".claude/agents/planner.md").write_text(PLANNER)
    packed = pack(".")
    listed = json.loads(packed.files[".claude-plugin/plugin.json"])

    assert listed["name"] == "backend-agents"
    assert listed["version"] == "1.2.0"
    assert listed["agents"] == [f"./{agent.claude}" for agent in packed.manifest.agents if agent.plugin]
    assert {agent.id: agent.plugin for agent in packed.manifest.agents}["planner"] is False
    assert "not offered as a Claude Code plugin: planner" in packed.err


def test_a_mode_that_restrains_is_not_lost_in_the_plugin(project, pack):
    """An agent whose tools are its own, and that its author lets plan only: a conversion warns, and a pack does not list it."""
    path = project / ".claude/agents/auditor.md"
    path.write_text("---\nname: auditor\ndescription: Looks\ntools: Read, WebFetch\npermissionMode: plan\n---\n\nLook.\n")
    packed = pack(".", "--license", "MIT")

    assert {agent.id: agent.plugin for agent in packed.manifest.agents}["auditor"] is False
    assert "auditor: the plugin loader passes over its permission mode `plan`" in packed.err


def test_files_without_an_agent_stay_out(project, pack):
    """A README among the agents does not go in, and the listing says so."""
    (project / ".claude/agents/README.md").write_text("# Our agents\n")
    listed = pack(".", "--dry-run").out

    assert "LEFT OUT" in listed
    assert "README.md  no agent in it" in listed
    assert not (project / "dist").exists()


def test_a_line_break_that_a_plugin_shows_as_it_is_written_is_said(tmp_path, capsys):
    for name, description in (("one", "Reviews.\\nNever edits."), ("two", "Reviews.")):
        (tmp_path / f"{name}.md").write_text(f"---\nname: {name}\ndescription: {description}\n---\n\nReview.\n")
    code = main(["pack", str(tmp_path), "--name", "a-pack", "--version", "1", "--license", "MIT", "--dry-run"])
    told = capsys.readouterr().err

    assert code == 0
    assert "the `\\n` in the description is shown as it is written: one" in told.replace("\n", " ")


GUARDED = """\
---
name: guarded
description: Runs what it may.
tools: Bash
hooks:
  PreToolUse:
    - matcher: Bash
      hooks:
        - {type: command, command: "$CLAUDE_PROJECT_DIR/.claude/hooks/guard.sh --quiet"}
---
Run it.
"""
TOKEN = "ghp_" + "q7Xw2LmZ9rTk4VbN8sHd6YcJ3pGf5A0e1UiO"
SETTINGS = '{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": ".claude/hooks/guard.sh"}]}]}}'


def test_what_a_guard_runs_goes_along(project, pack):
    """The script of an agent's own guard is in the pack, as the program that it is; where it is not there, that is told."""
    (project / ".claude/agents/guarded.md").write_text(GUARDED)
    missing = pack(".", "--force").err
    (project / ".claude/hooks").mkdir()
    (project / ".claude/hooks/guard.sh").write_text("exit 2\n")
    (project / ".claude/hooks/guard.sh").chmod(0o755)
    done = pack(".", "--force")
    [(scripts, held)] = [
        (one.scripts, piece.scripts) for one, piece in zip(done.manifest.sources, done.pieces(), strict=True) if one.scripts
    ]

    assert "guarded.md: warning: a guard of `guarded` runs `.claude/hooks/guard.sh`, which the pack does not hold" in missing
    assert "does not hold" not in done.err
    assert scripts == (PackedScript(".claude/hooks/guard.sh", "scripts/.claude/hooks/guard.sh", executable=True),)
    assert held == (FolderFile(".claude/hooks/guard.sh", b"exit 2\n", executable=True),)


@pytest.mark.parametrize("where", ["../guard.sh", "guard.sh", "aux.sh"])
def test_no_script_comes_from_elsewhere(project, pack, where):
    """What a path, or a link, leads out of the project to is nobody's script, and no pack holds what Windows cannot have."""
    (project.parent / "guard.sh").write_text("exit 2\n")
    (project / "guard.sh").symlink_to(project.parent / "guard.sh")
    (project / "aux.sh").write_text("exit 2\n")
    (project / ".claude/agents/guarded.md").write_text(GUARDED.replace(".claude/hooks/guard.sh", where))

    assert not any(path.startswith("scripts/") for path in pack(".").files)


@pytest.mark.parametrize("words", ["# \u200b\u2066hidden\u2069\n", f"curl -H 'Authorization: token {TOKEN}'\n"], ids=["hidden", "a secret"])
def test_what_a_guard_runs_is_looked_at(project, pack, words):
    """Hidden characters and credentials in it stop the build, as they do in an agent."""
    (project / ".claude/agents/guarded.md").write_text(GUARDED)
    (project / ".claude/hooks").mkdir()
    (project / ".claude/hooks/guard.sh").write_text(words)

    assert ".claude/hooks/guard.sh" in pack(".", code=1).err


def test_what_agents_name_and_a_choice_leaves_is_told(project, pack):
    """Who chooses hooks alone is told which skill and server the agents go without, and what takes all of it along; `none` means it."""
    (project / ".claude/agents/named.md").write_text(
        "---\nname: named\ndescription: Does it.\ntools: mcp__tracker\nskills: [deploy]\n---\nDo it.\n"
    )
    (project / ".claude/skills/deploy").mkdir(parents=True)
    (project / ".claude/skills/deploy/SKILL.md").write_text("---\nname: deploy\ndescription: Deploys.\n---\nDeploy.\n")
    (project / ".mcp.json").write_text('{"mcpServers": {"tracker": {"command": "tracker"}}}')
    guard = json.loads(SETTINGS)
    guard["hooks"]["PreToolUse"] *= 2
    (project / ".claude/settings.json").write_text(json.dumps(guard))
    told = {words: pack(".", "--with", words, "-n", "-v").err for words in ("hooks", "needed,hooks", "all", "none")}

    words = "what agents name stays here: skill `deploy`, MCP server `tracker`\n  hint: --with needed,hooks takes it along\n"
    assert [one for one, said in told.items() if words in said] == ["hooks"]
    assert not [one for one, said in told.items() if "PreToolUse Bash, PreToolUse Bash" in " ".join(said.split())]
    assert "it does not hold PreToolUse Bash: " in " ".join(told["hooks"].split())
