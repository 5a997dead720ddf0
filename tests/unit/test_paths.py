"""A path in somebody's file is data: one that leads out of the project is written for nobody who did not write it himself."""

import json

import pytest

from agentconv.cli import main
from agentconv.core import paths, schema_files

OUT = [
    "../x.md",
    "/etc/x",
    "~/.ssh/id",
    "$HOME/x",
    "%USERPROFILE%\\x",
    "C:\\x",
    "C:x",
    "..\\x",
    "a/../../x",
    "file:///etc/x",
    "\\\\host\\x",
    "",
    "a\0b",
]
IN = ["x.md", "./base.md", "a/b.md", "..x/y", "a..b", ".hidden"]
CODEX = [key for key, row in schema_files.load("codex")["properties"].items() if "x-paths" in row]


@pytest.mark.parametrize("path", [*OUT, *IN])
def test_where_a_path_leads(path):
    """A path stays below its folder on every system, or it does not."""
    assert paths.stays_below(path) == (path in IN)


def value_of(key, path):
    """Return a value of a key in which a path stands where its schema says."""
    (place,) = schema_files.load("codex")["properties"][key]["x-paths"]
    value = path
    for step in reversed(place.split("/")[1:]):
        value = [value] if step == "*" and place == "/*" else {"x" if step == "*" else step: value}
    return value


def bundle(folder, key, path):
    agents = [
        {"id": name, "name": name, "description": "d", "prompt": {"text": "p"}, "extras": {"codex": {key: value_of(key, value)}}}
        for name, value in (("bad", path), ("good", "base.md"))
    ]
    (folder / "all.json").write_text(json.dumps({"$schema": "urn:agentconv:bundle:1", "agents": agents}))


@pytest.mark.parametrize("key", CODEX)
def test_a_path_in_a_bundle(tmp_path, monkeypatch, capsys, key):
    """What a bundle has beside an agent's fields is written, but for a path that leads out, which is reported with the key."""
    monkeypatch.chdir(tmp_path)
    bundle(tmp_path, key, "../../secret")

    assert main(["from-json", "all.json", "-t", "codex", "-o", "out"]) == 0
    assert f"`{key}`: `../../secret`" in capsys.readouterr().err
    assert key not in (tmp_path / "out/.codex/agents/bad.toml").read_text()
    assert key in (tmp_path / "out/.codex/agents/good.toml").read_text()


def test_a_path_that_a_file_says_itself(tmp_path, monkeypatch, capsys):
    """A file keeps its bytes, through a bundle too, and that a path in it leads out is told; an edit of the bundle adds none."""
    monkeypatch.chdir(tmp_path)
    role = 'name = "one"\ndescription = "d"\ndeveloper_instructions = "Do."\nlog_dir = "/srv/logs"\n'
    (tmp_path / ".codex/agents").mkdir(parents=True)
    (tmp_path / ".codex/agents/one.toml").write_text(role)
    main(["to-json", ".", "-o", "all.json"])
    capsys.readouterr()

    assert main(["from-json", "all.json", "-t", "codex", "-o", "out"]) == 0
    assert ".codex/agents/one.toml:1:1: warning: `log_dir` leads out of the project: `/srv/logs`" in capsys.readouterr().err
    assert (tmp_path / "out/.codex/agents/one.toml").read_text() == role
    document = json.loads((tmp_path / "all.json").read_text())
    document["agents"][0]["extras"]["codex"]["model_instructions_file"] = "../../secret"
    (tmp_path / "all.json").write_text(json.dumps(document))
    main(["from-json", "all.json", "-t", "codex", "-o", "again"])
    assert "secret" not in (tmp_path / "again/.codex/agents/one.toml").read_text()
