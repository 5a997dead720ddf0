"""A format of another distribution that is not here: what others have of it stays as it is, and all else goes on."""

import hashlib
import json
import shutil
import tomllib

import pytest

CONFIG = 'source = "claude-code"\ntargets = ["toy", "codex"]\n\n[sync.toy]\nkeep-wider = ["run"]\n'


def tables(project):
    """Return what the lock has of the toy, word for word."""
    text = (project / "agentconv.lock").read_text()
    document = tomllib.loads(text)
    return [one for one in document.get("entries", []) + document.get("synced", []) if one["target"] == "toy"], document


@pytest.fixture
def synced(installed, project):
    """A project that somebody who has the toy keeps in step with it."""
    installed.toy()
    shutil.rmtree(project / ".toy")
    (project / "agentconv.toml").write_text(CONFIG.partition("\n\n")[0] + "\n")
    assert installed.codes(["sync", "sync --check"], project)[0] == [0, 0]
    return project


def without(installed):
    """Take the distribution out."""
    shutil.move(installed.folder / "toy_agents-1.0.dist-info", installed.folder.parent / "away")


def with_it(installed):
    """Put it back."""
    shutil.move(installed.folder.parent / "away", installed.folder / "toy_agents-1.0.dist-info")


def test_sync_goes_on_without_the_distribution_of_a_target(installed, synced):
    """The others are kept in step, the target's entries and files stay, and a check alone is red for it, which names the distribution."""
    before, document = tables(synced)
    file = (synced / ".toy/agents/calm.md").read_bytes()
    without(installed)
    (synced / ".claude/agents/calm.md").write_text("---\nname: calm\ndescription: Reads all\n---\n\nRead.\n")
    codes, told = installed.codes(["sync", "sync --check", "status"], synced)
    after, _ = tables(synced)

    assert document["formats"] == {"toy": "toy-agents"}
    assert (codes, before, file) == ([0, 1, 0], after, (synced / ".toy/agents/calm.md").read_bytes()), told
    assert "agentconv.toml:2:12: error: nothing is looked at for `toy`" in told
    assert "`toy` is a format of toy-agents, which is not installed" in told
    assert "Reads all" in (synced / ".codex/agents/calm.toml").read_text()

    with_it(installed)
    assert installed.codes(["sync", "sync --check"], synced)[0] == [0, 0]
    assert "Reads all" in (synced / ".toy/agents/calm.md").read_text()


def test_what_is_taken_out_of_the_targets_stays_while_its_format_is_not_here(installed, synced):
    """Nothing of it is deleted by who cannot read it."""
    without(installed)
    (synced / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["codex"]\n')
    before = tables(synced)[0]

    assert installed.codes(["sync", "sync --check"], synced)[0] == [0, 0]
    assert tables(synced)[0] == before
    assert (synced / ".toy/agents/calm.md").is_file()


@pytest.mark.parametrize("name", ["toy.toml", "toy.py"])
def test_a_format_that_is_broken_for_a_moment_is_as_one_that_is_not_here(installed, synced, name):
    """Its words, or its module: entries and files stay."""
    place = installed.folder / "toy_agents" / name
    whole = place.read_text()
    place.write_text("x = [\n")
    before = tables(synced)[0]
    codes, told = installed.codes(["sync", "sync --check", "status"], synced)

    assert (codes, tables(synced)[0]) == ([0, 1, 0], before), told
    assert (synced / ".toy/agents/calm.md").is_file()

    place.write_text(whole)
    assert installed.codes(["sync --check"], synced)[0] == [0]


def test_what_is_said_of_a_target_that_is_not_here_is_no_error(installed, synced):
    """A table of it, and what is accepted of it, wait with it."""
    without(installed)
    (synced / "agentconv.toml").write_text('accept = ["not-enforced:toy"]\n' + CONFIG)
    codes, told = installed.codes(["sync"], synced)

    assert codes == [0], told


def test_a_word_that_no_lock_and_no_distribution_knows_is_an_error(installed, project):
    """As ever: a slip of the pen keeps nothing in step."""
    (project / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["toy", "codex"]\n')
    codes, told = installed.codes(["sync", "sync --check"], project)
    (project / "agentconv.toml").write_text('source = "claudecode"\ntargets = ["codex"]\n')
    code, slip = installed.codes(["sync"], project)

    assert codes == [2, 2], told
    assert "agentconv.toml:2:12: error: there is no format `toy`" in told
    assert "; or `pip install` the distribution that brings it" in told
    assert code == [2], slip
    assert "did you mean `claude-code`?; or `pip install`" in slip


def test_a_pack_keeps_what_it_has_in_a_format_that_is_not_here(installed, project):
    """It is taken out of the others, and its entries, and what was accepted, stay for those who have the format."""
    installed.toy()
    shutil.rmtree(project / ".toy")
    agent = project / ".claude/agents/calm.md"
    agent.write_text("---\nname: calm\ndescription: Runs\ntools: Read, Bash\n---\n\nRun what you are told to run.\n")
    source = project.parent / "set"
    shutil.move(project / ".claude", source / ".claude")
    codes, told = installed.codes(
        [
            f"pack {source} --name team --version 1.0.0 --license MIT -o dist",
            "install dist/team-1.0.0-py3-none-any.whl --to toy,codex --accept",
        ],
        project,
    )
    assert codes == [0, 0], told
    before, document = tables(project)
    without(installed)
    codes, told = installed.codes(
        [
            "status",
            "install dist/team-1.0.0-py3-none-any.whl --to qwen-code --accept",
            "uninstall dist/team-1.0.0-py3-none-any.whl",
            "status",
        ],
        project,
    )
    after, then = tables(project)

    assert codes == [0, 0, 0, 0], told
    assert after == before
    assert then["packs"][0]["accepted"] == document["packs"][0]["accepted"]
    assert then["packs"][0]["targets"] == {"toy": "all"}
    assert not (project / ".codex/agents/calm.toml").exists()
    assert (project / ".toy/agents/calm.md").is_file()

    with_it(installed)
    codes, told = installed.codes(["status", "uninstall dist/team-1.0.0-py3-none-any.whl"], project)
    assert codes == [0, 0], told
    assert not (project / ".toy").exists()
    assert not (project / "agentconv.lock").exists()


def test_a_lock_of_a_newer_agentconv_is_still_refused(installed, synced):
    """It may have formats of its own, which no distribution brings."""
    without(installed)
    lock = synced / "agentconv.lock"
    text = lock.read_text()
    lock.write_text(text.replace('\n[formats]\ntoy = "toy-agents"\n', "\n").replace('written_by = "', 'written_by = "99.'))
    (synced / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["codex"]\n')
    codes, told = installed.codes(["sync", "status"], synced)

    assert codes == [2, 2]
    assert "install a newer one: pip install --upgrade agentconv-toolkit" in told


def test_a_bundle_keeps_the_files_of_a_format_that_is_not_here(installed, project):
    """Whoever lacks it passes the bundle on with them, byte for byte, and at home the file is what it was."""
    installed.toy()
    agent = project / ".toy/agents/LOUD.md"
    agent.write_text("---\n# owner: the platform team\nname: LOUD\ndescription: 'Reads what changed'   # never more\n---\n\nRead.\n")
    assert installed.codes(["convert .toy/agents -t json -o all.json"], project)[0] == [0]
    document = json.loads((project / "all.json").read_text())
    document["sources"].append(
        {"path": "text/more.md", "format": "text", "sha256": hashlib.sha256(b"More.").hexdigest(), "text": ["More."]}
    )
    (project / "all.json").write_text(json.dumps(document))
    without(installed)
    codes, told = installed.codes(
        [
            "convert all.json -t toml -o again.toml",
            "convert again.toml -t json -o again.json",
            "to-json again.json --no-sources -o bare.json",
        ],
        project,
    )
    library = "import agentconv; print([one.path for one in agentconv.read('again.json').sources])"

    assert codes == [0, 0, 0], told
    assert "sources" not in json.loads((project / "bare.json").read_text())
    assert json.loads((project / "again.json").read_text()) == document
    assert installed.python(library, project) == f"{[one['path'] for one in document['sources']]}\n"

    with_it(installed)
    assert installed.codes(["from-json again.json -t toy -o copy"], project)[0] == [0]
    assert (project / "copy/.toy/agents/LOUD.md").read_bytes() == agent.read_bytes()
