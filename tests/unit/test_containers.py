"""A file that lists a client's agents decides about them: what is wrong with it is told where it stands, and none of them loads."""

import json

import pytest

from agentconv.__main__ import main
from agentconv.core.format import State
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.sources import discovery, loading

AGENT = "---\nname: tidy\ndescription: Tidies code\ntools: Read\n---\n\nTidy it.\n"
FAULTS = {
    "agents": ("./agents/", "a folder"),
    "agents ": (["agents/tidy.md"], "without ./"),
    "agents  ": (["./.claude-plugin/plugin.json"], "no markdown"),
    "agents   ": ({"a": "./agents/tidy.md"}, "a map"),
    "commands": ("cmds", "a path of commands"),
    "hooks": ("h.json", "a path of hooks"),
    "skills": (["x"], "a path of skills"),
    "homepage": (5, "a number"),
    "version": (1, "a number"),
}


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """Return what makes a plugin of a manifest, in which one then is."""
    monkeypatch.chdir(tmp_path)

    def make(values):
        (tmp_path / ".claude-plugin").mkdir()
        (tmp_path / "agents").mkdir()
        (tmp_path / "agents" / "tidy.md").write_text(AGENT)
        (tmp_path / ".claude-plugin" / "plugin.json").write_text(json.dumps({"name": "kit", **values}, indent=1))

    return make


def states():
    """Return what becomes of the agents in the folder."""
    loader = loading.Loader(discovery.discover(["."]).files)
    return [state for piece in loader for state in piece.states]


@pytest.mark.parametrize(
    ("key", "value"), [(key.strip(), value) for key, (value, _) in FAULTS.items()], ids=[what for _, what in FAULTS.values()]
)
def test_a_faulty_manifest_keeps_its_agents_out(key, value, plugin, capsys):
    """A fault is an error at its line, no agent of the plugin loads, and converting them says so with its exit code."""
    plugin({key: value})
    linted = main(["lint", "--output-format", "json"])
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    converted = main(["convert", ".", "-t", "codex", "-o", "out", "-q"])

    assert linted == 1
    assert (found["severity"], found["path"], found["line"]) == ("error", ".claude-plugin/plugin.json", 4 if isinstance(value, list) else 3)
    assert f"`{key}`" in found["message"]
    assert set(states()) <= {State.NOT_LOADED}
    assert converted in (1, 2)


def test_all_faults_are_told():
    """The faults of a manifest are told together, each at its own place."""
    text = '{"name": "a b",\n "license": 1,\n "agents": ["x.md", "./y.md",\n  5]}'
    said = registry.load("claude-plugin").read(SourceText(".claude-plugin/plugin.json", text.encode())).diagnostics

    assert [(one.span.line, one.span.column) for one in said] == [(1, 10), (2, 13), (3, 13), (4, 3)]


def test_a_listed_file_that_is_not_there_is_told(plugin, capsys):
    """It is told at its line in the manifest; the others load."""
    plugin({"agents": ["./agents/none.md", "./agents/tidy.md"]})
    main(["lint", "--output-format", "sarif"])
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    places = [one["locations"][0]["physicalLocation"] for one in run["results"]]

    assert [place["region"]["startLine"] for place in places if "plugin.json" in place["artifactLocation"]["uri"]] == [4]
    assert states() == [State.LOADS]


def test_a_sound_manifest_is_no_finding(plugin, capsys):
    """A manifest is no agent: nothing is missing in it, and nobody is said to load it."""
    plugin({"agents": ["./agents/tidy.md"], "author": "me", "keywords": 5, "commands": {"x": {"source": "./x.md"}}})
    inspected = main(["inspect", "--output-format", "json"])
    results = json.loads(capsys.readouterr().out)["results"]

    assert main(["lint", "-q"]) == 0
    assert inspected == 0
    assert [result["path"] for result in results] == ["agents/tidy.md"]
