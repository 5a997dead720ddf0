"""A pack that an earlier version built is deployed, updated and taken away, and so is what an earlier version deployed of it.

`--accept` stands wherever it may: what a version asks before it deploys is its own affair.
"""

import shutil
import zipfile
from pathlib import Path

import pytest

from kept_files import VERSIONS, kept, tree, version_of

NAME, OLD, NEW = "shop-agents", "1.0.0", "1.1.0"
TEN = "claude-code,codex,copilot,gemini-cli,qwen-code,opencode,kilo,roo,cursor,cline"
OWN_FOLDERS = (".claude", ".codex", ".opencode")
"""Where the pack's agents lie in the projects that it was made from, each in a file of its own."""
EDITED = {("edited", ".codex/agents/tester.toml"), ("edited", ".roomodes/customModes/docs-writer")}
"""What the users of the kept projects have changed of what was deployed."""
PROJECTS = kept("projects/*")


def wheel(version, number):
    return version / "packs" / f"shop_agents-{number}-py3-none-any.whl"


def from_wheel(version, project, number):
    """Return what to call a version of the pack by, given as a file."""
    return wheel(version, number)


def from_environment(version, project, number):
    """Put a version of the pack into the project's environment as pip does, in place of one that is there; return what to call it by."""
    shutil.rmtree(project / ".venv", ignore_errors=True)
    site = project / ".venv" / "lib" / "python3.11" / "site-packages"
    site.mkdir(parents=True)
    (project / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.7\n")
    with zipfile.ZipFile(wheel(version, number)) as archive:
        archive.extractall(site)
    return NAME


def offered(folder, project, number):
    """Offer a version of the pack to a kept project as it had the one before."""
    return (from_environment if folder.name == "from-environment" else from_wheel)(version_of(folder), project, number)


@pytest.fixture
def project(tmp_path):
    """A function that makes a project, in which the commands are run: a copy of one that is kept."""

    def project(folder):
        return shutil.copytree(folder, tmp_path / "shop")

    return project


def states(run, project):
    """Return what is said of each file and entry that is deployed in a project, by state."""
    report = run("status", "--project", project, "--output-format", "json", codes=(0, 1)).report
    found = {}
    for one in (entry for result in report["results"] for entry in result["entries"]):
        found.setdefault(one["state"], set()).add(one["path"] + one["pointer"])
    return found


def sources(version, number):
    """Return the files that a version of the pack was made from, those that hold one agent."""
    found = tree(version / "packs" / "sources" / number)
    return {path: data for path, data in found.items() if data is not None and path.startswith(OWN_FOLDERS)}


@pytest.mark.parametrize("offer", [from_wheel, from_environment])
@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_whole_life(version, offer, run, project):
    """A pack comes to every assistant, its agents as they are to their own, makes way for its next version, and leaves nothing."""
    there = project(version / "projects" / "from-wheel" / "left")
    before = tree(there)
    for number, others in ((OLD, "glossary"), (NEW, "greeter")):
        run("install", offer(version, there, number), "--project", there, "--to", TEN, "--accept", codes=(0, 1))
        deployed = tree(there)

        assert {path: deployed.get(path) for path in sources(version, number)} == sources(version, number)
        assert [path for path in deployed if Path(path).name.startswith(f"{others}.")] == []
        assert b"docs-writer" in deployed[".roomodes"]
        assert {*states(run, there)} == {"up-to-date"}
    run("uninstall", NAME, "--project", there, "--accept")

    assert tree(there) == before


@pytest.mark.parametrize("folder", PROJECTS)
def test_status_of_what_was_deployed(folder, run, project):
    """What an earlier version deployed is as it was deployed, but for what its user edited."""
    there = project(folder / "deployed")
    offered(folder, there, OLD)
    found = states(run, there)
    edited = {path for name, path in EDITED if name == folder.name}

    assert found.pop("edited", set()) == edited
    assert len(found.pop("up-to-date")) > 9
    assert {*found} <= {"stale", "orphaned"}  # a later version may convert better, or refuse what it would leave without a tool
    assert not found or folder.name == "from-environment"


@pytest.mark.parametrize("folder", PROJECTS)
def test_uninstalling_what_was_deployed(folder, run, project):
    """What an earlier version deployed is taken away whole; what is the user's stays as it is."""
    there = project(folder / "deployed")
    run("uninstall", NAME, "--project", there, "--accept", codes=(0, 1))

    assert tree(there) == tree(folder / "left")


@pytest.mark.parametrize("folder", PROJECTS)
def test_updating_what_was_deployed(folder, run, project):
    """What an earlier version deployed is brought to the next version of its pack, and then taken away whole; edits stay."""
    there = project(folder / "deployed")
    report = run("install", offered(folder, there, NEW), "--project", there, "--accept", "--output-format", "json", codes=(0, 1)).report
    found = states(run, there)

    assert [result["version"] for result in report["results"]] == [NEW]
    assert found.pop("edited", set()) == {path for name, path in EDITED if name == folder.name}
    assert {*found} == {"up-to-date"}
    assert any("glossary" in path for path in found["up-to-date"])
    assert not any("greeter" in path for path in found["up-to-date"])
    run("uninstall", NAME, "--project", there, "--accept", codes=(0, 1))
    entries = [entry for target in report["results"][0]["targets"] for entry in target["entries"]]
    released = {entry["path"] for entry in entries if entry["action"] == "release"}  # refused now, so that nobody can tell whose it is
    left, expected = ({path: data for path, data in tree(one).items() if path not in released} for one in (there, folder / "left"))
    assert left == expected


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_what_is_edited_now_stays(version, run, project):
    """What its user edits of what an earlier version deployed is told from the rest, and stays through an update and to the end."""
    there = project(version / "projects" / "from-wheel" / "deployed")
    file = there / ".codex" / "agents" / "reviewer.toml"
    mine = file.read_bytes() + b"# ours\n"
    file.write_bytes(mine)

    assert states(run, there)["edited"] == {".codex/agents/reviewer.toml"}
    run("install", wheel(version, NEW), "--project", there, "--accept", codes=(1,))
    assert file.read_bytes() == mine
    run("uninstall", NAME, "--project", there, "--accept", codes=(1,))
    left = tree(version / "projects" / "from-wheel" / "left")
    assert tree(there) == {**left, ".codex/agents": None, ".codex/agents/reviewer.toml": mine}
