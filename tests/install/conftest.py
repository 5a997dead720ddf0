"""A project, a home folder, and packs to deploy there with the command line, run in this process."""

import io
import json
import sys
from dataclasses import dataclass

import pytest

import pack_files
from agentconv.cli import main
from agentconv.install import places
from agentconv.pack import building


@dataclass(frozen=True)
class Done:
    """What one command line gave."""

    code: int
    out: str
    err: str

    @property
    def report(self):
        return json.loads(self.out)

    def actions(self):
        """Return what happened, as action and path."""
        found = [entry for result in self.report["results"] for target in result["targets"] for entry in target["entries"]]
        return {entry["path"] + entry["pointer"]: entry["action"] for entry in found}

    def states(self):
        """Return what status says, by path."""
        return {entry["path"] + entry["pointer"]: entry["state"] for result in self.report["results"] for entry in result["entries"]}


@pytest.fixture(autouse=True)
def _built_here(monkeypatch):
    """Build packs without a process of its own for each file: that costs more than all the rest."""
    monkeypatch.setattr(building, "_built", pack_files.built_here)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with its own `.venv` and nothing else, and a home folder outside of it; the project is the current folder."""
    for name in ("VIRTUAL_ENV", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    for target in places.targets().values():
        for place in target.user:
            if place.startswith("$"):
                monkeypatch.delenv(place[1:].partition("/")[0], raising=False)
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folder = tmp_path / "home" / "shop"
    folder.mkdir()
    pack_files.venv(folder / ".venv")
    (folder / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(monkeypatch, capfd):
    """A function that runs a command line and returns what it gave; a traceback or a bug fails the test."""

    def run(*words, code=0):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
        found = main([str(word) for word in words])
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err
        assert found == code, captured.out + captured.err
        return Done(found, captured.out, captured.err)

    return run


@pytest.fixture
def asked(run):
    """The same, with the report as JSON."""

    def asked(*words, code=0):
        return run(*words, "--output-format", "json", code=code)

    return asked


@pytest.fixture
def give(project):
    """A function that puts a version of a pack into the project's environment, in place of the one that is there."""

    def give(sources, version="1.0.0", name="backend-agents"):
        site = project / ".venv" / "lib" / "python3.11" / "site-packages"
        package = name.replace("-", "_")
        for path in sorted(site.glob(f"{package}*"), reverse=True):
            remove(path)
        files = pack_files.packed({path: data.encode() for path, data in sources.items()}, name, version)
        pack_files.install(site, pack_files.distribution(files, name, version, package), name, version, package)

    return give


def remove(path):
    for below in sorted(path.rglob("*"), reverse=True):
        below.rmdir() if below.is_dir() else below.unlink()
    path.rmdir()


@pytest.fixture
def tree(project):
    """A function that returns every file of the project but for its environment, with its bytes."""

    def tree(folder=project):
        found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if ".venv" not in path.parts}
        return {name: path.read_bytes() if path.is_file() else None for name, path in found.items()}

    return tree
