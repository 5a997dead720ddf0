"""Packing in this process, and what is in what was built."""

import zipfile

import pytest

import pack_files
from agentconv.cli import main
from agentconv.pack import building
from agentconv.packs import manifest as pack_manifest
from agentconv.packs.finding import FOLDER, Pack

REVIEWER = (
    "---\nname: reviewer\ndescription: Reviews changes\ntools: Read, mcp__tracker__search\nskills: [style]\n---\n\nRead the diff first.\n"
)
ROLE = 'name = "tester"\ndescription = "Runs the tests"\nsandbox_mode = "workspace-write"\ndeveloper_instructions = "Run them."\n'


@pytest.fixture(autouse=True)
def _built_here(monkeypatch):
    """Build packs without a process of its own for each file: that costs more than all the rest."""
    monkeypatch.setattr(building, "_built", pack_files.built_here)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with an agent of Claude Code and a role of Codex, in which commands are run."""
    monkeypatch.chdir(tmp_path)
    for path, text in {".claude/agents/reviewer.md": REVIEWER, ".codex/agents/tester.toml": ROLE, "LICENSE": "Do what you like.\n"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


@pytest.fixture
def pack(tmp_path, monkeypatch, capfd):
    """A function that packs and returns the exit code, what was printed, and the names and bytes of the import package's files."""
    monkeypatch.chdir(tmp_path)

    def pack(*words, code=0):
        found = main(["pack", *map(str, words), "--name", "backend-agents", "--version", "1.2.0"])
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err
        assert code is None or found == code, captured.err
        return Packed(found, captured, tmp_path / "dist" / "backend_agents-1.2.0-py3-none-any.whl")

    return pack


class Packed:
    """What one run gave."""

    def __init__(self, code, captured, wheel):
        self.code, self.out, self.err, self.wheel = code, captured.out, captured.err, wheel

    @property
    def files(self):
        with zipfile.ZipFile(self.wheel) as archive:
            names = [name for name in archive.namelist() if name.startswith("backend_agents/")]
            return {name.removeprefix("backend_agents/"): archive.read(name) for name in names}

    @property
    def manifest(self):
        return pack_manifest.load(self.files[pack_manifest.FILE], pack_manifest.FILE)

    def pieces(self):
        files = self.files
        return list(Pack(self.manifest, FOLDER, str(self.wheel), "", files.__getitem__).pieces())
