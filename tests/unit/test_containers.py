"""A file that lists a client's agents decides about them: what is wrong with it is told where it stands, and none of them loads."""

import json
import subprocess
from pathlib import Path

import pytest

import agentconv
import warm_program
from agentconv.cli import main
from agentconv.core.diagnostics import Effect
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


def guard(word):
    """Return events with one guard."""
    return {"PreToolUse": [{"matcher": word, "hooks": [{"type": "command", "command": "exit 2"}]}]}


@pytest.mark.parametrize(
    ("said", "matchers", "told"),
    [
        ({}, ["Bash"], False),
        ({"hooks": "./more.json"}, ["Bash", "Edit"], False),
        ({"hooks": ["./more.json", "./hooks/hooks.json"]}, ["Bash", "Edit"], False),
        ({"hooks": guard("Write")}, ["Bash", "Write"], False),
        ({"hooks": ["./more.json", guard("Write")]}, ["Bash", "Write", "Edit"], False),
        ({"hooks": "./none.json"}, ["Bash"], True),
    ],
    ids=["usual", "path", "paths", "in place", "list", "nowhere"],
)
def test_the_hooks_of_a_plugin(said, matchers, told, plugin, tmp_path):
    """They are those of `hooks/hooks.json`, and what the manifest names or says itself besides (asked); what is not read is told."""
    plugin(said)
    (tmp_path / "hooks").mkdir()
    (tmp_path / "hooks/hooks.json").write_text(json.dumps({"hooks": guard("Bash")}))
    (tmp_path / "more.json").write_text(json.dumps({"hooks": guard("Edit")}))
    found = agentconv.read(tmp_path)

    assert [one.definition.matcher for one in found.hooks] == matchers
    assert any("hooks" in one.message or "none.json" in one.message for one in found.diagnostics) == told


def test_the_guard_of_a_plugin_is_not_left_behind_unsaid(plugin, tmp_path, capsys):
    """Agents that go without it are told so, and what it guards is refused where the target holds no guard."""
    plugin({"hooks": guard("Bash")})
    assert main(["convert", ".", "-t", "codex", "-o", "out"]) == 0
    assert "set-restrictions-stay" in capsys.readouterr().err
    (tmp_path / "commands").mkdir()
    (tmp_path / "commands/go.md").write_text("Go.\n")
    assert main(["convert", ".", "-t", "opencode", "-o", "out", "--with", "all"]) == 1
    assert "set-restraint" in capsys.readouterr().err


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


@pytest.fixture
def marketplace(tmp_path, monkeypatch):
    """Make a repository with three plugins: one with a folder of agents, one that lists a file, one whose entry does."""
    files = {
        "plugins/a/.claude-plugin/plugin.json": '{"name": "a"}',
        "plugins/a/agents/one.md": AGENT.replace("tidy", "one"),
        "more/b/.claude-plugin/plugin.json": '{"name": "b", "agents": ["./two.md"]}',
        "more/b/two.md": AGENT.replace("tidy", "two"),
        "more/b/other.md": AGENT.replace("tidy", "other"),
        "c/three.md": AGENT.replace("tidy", "three"),
        ".claude-plugin/marketplace.json": json.dumps(
            {
                "name": "m",
                "owner": {"name": "o"},
                "plugins": [
                    {"name": "a", "source": "./plugins/a"},
                    {"name": "b", "source": "./more/b"},
                    {"name": "c", "source": "./c", "agents": ["./three.md"]},
                    {"name": "d", "source": {"source": "github", "repo": "o/r"}},
                    {"name": "e", "source": "./none"},
                ],
            }
        ),
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)


def _program(*words):
    """Run the program as a process of its own, and return what it gave."""
    return subprocess.run([warm_program.program(), *words], capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("marketplace")
def test_each_plugin_of_a_marketplace_is_followed():
    """Every command reads the agents that the client has of each plugin, and none of them takes a manifest for an agent."""
    done = _program("inspect", ".", "--output-format", "json")
    assert done.stdout, done.stderr
    inspected = json.loads(done.stdout)["results"]
    linted = _program("lint", "-q").returncode
    _program("convert", ".", "-t", "codex", "-o", "out", "-q")
    overview = _program().stdout

    assert [result["agents"] for result in inspected] == [["one"], ["two"], ["three"]]
    assert {result["format"] for result in inspected} == {"claude-plugin"}
    assert linted == 0
    assert sorted(path.stem for path in Path("out/.codex/agents").iterdir()) == ["one", "three", "two"]
    assert "3 agents in .claude-plugin/marketplace.json" in overview


@pytest.mark.usefixtures("marketplace")
def test_agents_of_several_plugins_do_not_meet():
    """Two plugins may have an agent of one name each: the client has both."""
    Path("plugins/a/agents/two.md").write_text(AGENT.replace("tidy", "two"))

    assert "is defined in" not in _program("inspect", ".").stderr
    assert _program("lint", "-q").returncode == 0


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"name": "a b"}, 2),
        ({"owner": "me"}, 3),
        ({"plugins": {}}, 4),
        ({"plugins": [{"name": "a"}]}, 5),
        ({"plugins": [{"name": "a", "source": "plugins/a"}]}, 7),
        ({"plugins": [{"name": "a", "source": "./../a"}]}, 7),
        ({"plugins": [{"name": "a", "source": {"source": "ftp"}}]}, 7),
        ({"plugins": [{"source": "./a"}]}, 5),
        ({"plugins": [{"name": "a", "source": "./a", "agents": "./agents/"}]}, 8),
    ],
)
def test_a_faulty_marketplace_is_told(values, line):
    """What keeps the client from taking a marketplace is told where it stands."""
    text = json.dumps({"name": "m", "owner": {"name": "o"}, "plugins": [], **values}, indent=1)
    text = text.replace('"owner": {\n  "name": "o"\n }', '"owner": {"name": "o"}')
    (said,) = registry.load("claude-plugin").read(SourceText(".claude-plugin/marketplace.json", text.encode())).diagnostics

    assert said.span.line == line
    assert said.effect is Effect.DROPS


def test_what_a_pack_is_called_a_plugin_is_called(tmp_path, monkeypatch):
    """`[pack]` of the settings names what is converted into one folder; a plugin that says something itself keeps that."""
    files = {
        "agentconv.toml": '[pack]\nname = "backend-agents"\nversion = "1.2.0"\ndescription = "Ours"\nauthor = "Ada <ada@example.com>"\n',
        ".claude/agents/a.md": "---\nname: a\ndescription: A\n---\nA.\n",
        "plugin/.claude-plugin/plugin.json": '{"name": "mine"}',
        "plugin/agents/b.md": "---\nname: b\ndescription: B\n---\nB.\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    main(["convert", ".", "-t", "claude-plugin", "--marketplace", "-o", "out"])
    main(["convert", "plugin", "-f", "claude-plugin", "-t", "claude-plugin", "-o", "again"])
    offered = json.loads(Path("out/.claude-plugin/marketplace.json").read_text())
    said = json.loads(Path("out/.claude-plugin/plugin.json").read_text())

    assert (offered["name"], offered["plugins"][0]["name"], offered["owner"]) == ("backend-agents", "backend-agents", {"name": "Ada"})
    assert (said["name"], said["version"], said["description"]) == ("backend-agents", "1.2.0", "Ours")
    assert Path("again/.claude-plugin/plugin.json").read_text() == '{"name": "mine"}'


@pytest.mark.parametrize(("file", "client"), [(".codex-plugin", "codex"), (".cursor-plugin", "cursor"), (".plugin", "copilot")])
def test_inspect_shows_the_clients_whose_plugin_a_folder_is(file, client, plugin, tmp_path, capsys):
    """A folder that is a plugin of several clients is looked at as each of them does, be there agents in it or not."""
    plugin({})
    (tmp_path / file).mkdir()
    (tmp_path / file / "plugin.json").write_text('{"name": "kit"}')
    (tmp_path / "skills/check").mkdir(parents=True)
    (tmp_path / "skills/check/SKILL.md").write_text("---\nname: check\ndescription: Checks.\n---\nCheck.\n")
    main(["inspect", "--output-format", "json"])
    found = json.loads(capsys.readouterr().out)

    assert set(found["clients"]) == {client, "claude-plugin"}
