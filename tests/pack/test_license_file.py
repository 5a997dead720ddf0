"""What goes into a pack lies in its project: the licence's file too, whatever a configuration or a link says."""

import pytest

from agentconv.cli import main

AGENT = "---\nname: one\ndescription: d\ntools: Read\n---\n\nDo one thing.\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project beside a file of somebody else's; it is the current folder."""
    (tmp_path / "secret").write_text("not for others\n")
    folder = tmp_path / "shop"
    (folder / ".claude" / "agents").mkdir(parents=True)
    (folder / ".claude" / "agents" / "one.md").write_text(AGENT)
    monkeypatch.chdir(folder)
    return folder


def pack(project, *words, table=""):
    """Pack the project as its table says; return the exit code."""
    (project / "pyproject.toml").write_text(f"[tool.agentconv.pack]\nname = 'a'\nversion = '1'\nlicense = 'MIT'\n{table}\n")
    return main(["pack", ".", "-o", "dist", "-q", *words])


@pytest.mark.parametrize("path", ["../secret", "sub/../../secret", "/etc/hostname", "C:/secret", "..\\\\secret", ""])
def test_a_path_that_leads_out(project, capfd, path):
    """A project's table names a file below its folder: another path is told with its line, and nothing is built."""
    code = pack(project, table=f'license-file = "{path}"')
    said = capfd.readouterr().err

    assert (code, (project / "dist").exists()) == (2, False)
    assert said.startswith("pyproject.toml:5:1: error: `license-file` is a path below the folder of this file")
    assert "--license-file" in said


@pytest.mark.parametrize(("words", "table"), [((), ""), ((), "license-file = 'LICENSE'"), (("--license-file", "LICENSE"), "")])
def test_a_link_that_leads_out(project, capfd, words, table):
    """A link out of the project is no licence of it, found or named; one inside it is."""
    (project / "LICENSE").symlink_to("../secret")

    assert pack(project, *words, table=table) == 2
    assert "LICENSE: error: the licence cannot be read: a symbolic link leads out of the project" in capfd.readouterr().err
    (project / "LICENSE").unlink()
    (project / "COPYING-of-ours").write_text("For all.\n")
    (project / "LICENSE").symlink_to("COPYING-of-ours")
    assert pack(project, *words, table=table) == 0


def test_a_file_that_a_person_names(project):
    """Who packs may name any file."""
    assert pack(project, "--license-file", "../secret") == 0
