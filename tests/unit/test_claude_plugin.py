"""Agents of a Claude Code plugin, and the file that lists them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import agentconv
from agent_files import FIXTURES, agent_of, convert_agent, output, state_of
from agentconv.cli import main
from agentconv.conversion import compare
from agentconv.core import effects, fields
from agentconv.core.format import State
from agentconv.core.ir import AgentSet
from agentconv.core.source import SourceText
from agentconv.disk import saving
from agentconv.formats import registry
from agentconv.formats.claude import plugin
from agentconv.sources import discovery, loading, locations, sniffing

if TYPE_CHECKING:
    from pathlib import Path

ONE = "---\nname: one\ndescription: d\n---\n\nx\n"
INDEX = ".claude-plugin/plugin.json"


def _index(result: agentconv.Result) -> dict[str, Any]:
    (data,) = [file.data for file in result.files if file.path == INDEX]
    found: dict[str, Any] = json.loads(data)
    return found


def _plugin(folder: Path, manifest: dict[str, Any], *paths: str) -> Path:
    (folder / INDEX).parent.mkdir(parents=True)
    (folder / INDEX).write_text(json.dumps(manifest))
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(ONE.replace("one", (folder / path).stem))
    return folder


# --- what the client reads


@pytest.mark.parametrize(
    ("name", "found"),
    [("12", "12"), ("1e3", "1000"), ("true", "true"), ("[a, b]", "a,b"), ("-x", "-x"), ("a:b", "a:b"), ("", "agent"), ('""', "agent")],
)
def test_any_value_is_a_name(name: str, found: str) -> None:
    """The client takes what JavaScript makes of it; for nothing, the file's own name."""
    assert found == agent_of("claude-plugin", f"---\nname: {name}\n---\n\nx\n").name


def test_a_description_is_not_unescaped() -> None:
    """Unlike a project's agent, a plugin's has its backslash and n as they stand, and no blanks at its ends."""
    assert agent_of("claude-plugin", '---\nname: a\ndescription: " a\\\\nb "\n---\n').description == "a\\nb"


def test_a_header_that_does_not_parse_grants_all() -> None:
    """The client takes nothing from such a header, and loads the agent all the same; that is said."""
    text = "---\nname: broken\ndescription: [x\n  y: z\ntools: Read\n---\n\np\n"

    assert (agent_of("claude-plugin", text).tools.mode, fields.get(agent_of("claude-plugin", text), "prompt.text")) == ("inherit", "p")
    assert state_of("claude-plugin", text) is State.DEGRADED


# --- what is refused


def test_a_mode_that_plugins_ignore_is_written_as_tools() -> None:
    """What `plan` keeps an agent from is denied by the words for it."""
    agents = agentconv.reads(ONE.replace("---\n\n", "permissionMode: plan\n---\n\n"), "claude-code")
    (file, *_) = agentconv.write(agents, "claude-plugin").files

    assert b"disallowedTools: Write, Edit, NotebookEdit, Bash, PowerShell, Monitor\n" in file.data


def test_a_restriction_that_plugins_ignore_is_a_refusal() -> None:
    """Without it the agent could do more than its author let it; it is not written, and not listed."""
    guard = "hooks: {PreToolUse: [{matcher: Bash, hooks: [{type: command, command: x}]}]}"
    agents = agentconv.reads(ONE.replace("---\n\n", f"{guard}\n---\n\n"), "claude-code")
    result = agentconv.write(agents, "claude-plugin")

    assert (result.files, result.refused) == ((), ("one",))
    assert [loss.code for loss in result.losses if loss.severity == "refusal"] == ["widening"]


@pytest.mark.parametrize(
    "line",
    ["mcpServers: [github]", "initialPrompt: hi", "permissionMode: acceptEdits", "hooks: {Stop: [{hooks: [{type: command, command: x}]}]}"],
)
def test_what_only_narrows_is_dropped_and_said(line: str) -> None:
    result = agentconv.write(agentconv.reads(ONE.replace("---\n\n", f"{line}\n---\n\n"), "claude-code"), "claude-plugin")

    assert result.refused == ()
    assert [loss.severity for loss in result.losses] == ["warning"]


CLAUDE_FILES = [path for folder in ("examples/.claude/agents", "claude-code/valid") for path in sorted((FIXTURES / folder).glob("*.md"))]


@pytest.mark.parametrize("path", CLAUDE_FILES, ids=lambda path: path.stem)
def test_the_project_form_of_an_agent_serves_the_plugin_too(path: Path) -> None:
    """The file of a project's agent, read by the plugin's reader, is the agent that conversion writes, if it writes one.

    Only line breaks of a description may stand there as a backslash and n, keys that plugins ignore may stay, and what a mode closes
    is denied in what is written.
    """
    source = SourceText(f"agents/{path.name}", path.read_bytes())
    agent = agent_of("claude-code", source)
    done = convert_agent(agent, "claude-plugin")
    as_it_is = agent_of("claude-plugin", source)
    if done.refused:
        assert compare.widenings(agent, as_it_is, "claude-plugin")
        return
    written = agent_of("claude-plugin", output(done))
    unescaped = replace(as_it_is, description=(as_it_is.description or "").replace("\\n", "\n").strip(), extras=written.extras)

    spelled = {"description"} if "\\n" in (written.description or "") else set()
    closed = {"tools.deny"} if agent.permissions.mode else set()

    assert fields.same(unescaped, written) or set(compare.differences(unescaped, written)) <= spelled | closed
    assert agent.permissions.mode or compare.widenings(agent, as_it_is, "claude-plugin") == []
    assert agent.permissions.mode or effects.effects(as_it_is).levels == effects.effects(written).levels


def test_only_the_placeholders_of_plugins_are_escaped() -> None:
    done = convert_agent(agent_of("claude-code", ONE.replace("x\n", "${CLAUDE_PLUGIN_ROOT} ${HOME} ${user_config.key}\n")), "claude-plugin")

    assert output(done).text.endswith("\n\n$CLAUDE_PLUGIN_ROOT ${HOME} ${ user_config.key }\n")


# --- the file that lists the agents


def test_the_agents_are_listed_in_order() -> None:
    agents = agentconv.reads(json.dumps({name: {"description": "d", "prompt": "p"} for name in ("zoe", "adam")}), "claude-agents-json")

    assert _index(agentconv.write(agents, "claude-plugin")) == {"name": "agents", "agents": ["./agents/adam.md", "./agents/zoe.md"]}


def test_the_words_of_a_set_are_held() -> None:
    """What the file says is no loss; a second author, and a name that is spelled otherwise, are."""
    words: dict[str, Any] = {"name": "My Rules", "version": "1.0", "description": "d", "license": "MIT", "authors": ("A <a@b.c>", "B")}
    result = agentconv.write(replace(agentconv.reads(ONE, "claude-code"), **words), "claude-plugin")
    expected = {"name": "my-rules", "version": "1.0", "description": "d", "author": {"name": "A", "email": "a@b.c"}, "license": "MIT"}

    assert _index(result) == {**expected, "agents": ["./agents/one.md"]}
    assert [(loss.code, loss.detail) for loss in result.losses] == [
        ("name-illegal", "`My Rules` becomes `my-rules`"),
        ("set-dropped", "authors"),
    ]


@pytest.mark.parametrize(
    ("name", "found"), [("Claude Tools", "tools"), ("anthropic", "agents"), ("claude-claude-x", "x"), ("my-official-claude", "my-claude")]
)
def test_a_plugin_does_not_pass_for_one_of_anthropic(name: str, found: str) -> None:
    assert found == plugin.INDEX.held(AgentSet(name=name)).name


def test_a_plugin_that_is_there_keeps_every_other_byte(tmp_path: Path) -> None:
    """Ours is added to its list; its keys, its order and its layout stay, and a word that it has is kept and told."""
    text = '{"agents":\t["./agents/old.md"],\n "zebra": 1.0, "name": "mine", "version":"2"}\n'
    (tmp_path / INDEX).parent.mkdir()
    (tmp_path / INDEX).write_text(text)
    result = agentconv.write(replace(agentconv.reads(ONE, "claude-code"), version="1"), "claude-plugin")
    (file,) = [file for file in result.files if file.path == INDEX]
    saved = saving.OutputFolder(tmp_path).save(file)

    assert (tmp_path / INDEX).read_text() == text.replace('old.md"', 'old.md", "./agents/one.md"')
    assert (saved.fate, saved.kept) == (saving.Fate.MERGED, ("version",))


def test_a_plugin_without_a_list_stays_as_it_is(tmp_path: Path) -> None:
    """The client takes all of its folder, and a list would hide what is in it."""
    _plugin(tmp_path, {"name": "mine"}, "agents/old.md")
    before = (tmp_path / INDEX).read_bytes()
    agentconv.write(agentconv.reads(ONE, "claude-code"), "claude-plugin").save(tmp_path)

    assert before == (tmp_path / INDEX).read_bytes()


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"name": "a b"}', '{"name": "a", "agents": ["agents/x.md"]}'])
def test_a_plugin_that_does_not_load_takes_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / INDEX).parent.mkdir()
    (tmp_path / INDEX).write_text(text)
    (file,) = [file for file in agentconv.write(agentconv.reads(ONE, "claude-code"), "claude-plugin").files if file.path == INDEX]
    saved = saving.OutputFolder(tmp_path).save(file)

    assert (tmp_path / INDEX).read_text() == text
    assert saved.diagnostic
    assert saved.diagnostic.message.startswith("nothing can be added to this file: ")


# --- where plugins are


def test_a_plugin_is_read_by_its_list(tmp_path: Path) -> None:
    """Listed agents are read, wherever they are; others in the folder are not, nor what leads out."""
    listed = {"name": "p", "version": "1", "agents": ["./agents/a.md", "./more/b.md", "./../c.md"]}
    _plugin(tmp_path / "p", listed, "agents/a.md", "agents/unlisted.md", "more/b.md")
    agents = agentconv.read(tmp_path / "p")

    assert [(agent.name, agent.origin and agent.origin.format) for agent in agents.agents] == [
        ("a", "claude-plugin"),
        ("b", "claude-plugin"),
    ]
    assert (agents.name, agents.version) == ("p", "1")


def test_a_plugin_without_a_list_is_read_by_its_folder(tmp_path: Path) -> None:
    _plugin(tmp_path, {"name": "p"}, "agents/a.md", "agents/sub/b.md")

    assert [agent.name for agent in agentconv.read(tmp_path).agents] == ["a", "b"]


def test_a_plugin_comes_back_from_a_bundle_as_it_was(tmp_path: Path) -> None:
    """Its own file is one of the bundle's sources, so that its other keys come back too."""
    _plugin(tmp_path, {"name": "p", "keywords": ["k"], "agents": ["./agents/b.md", "./agents/a.md"]}, "agents/a.md", "agents/b.md")
    (bundle,) = agentconv.write(agentconv.read(tmp_path), "json").files
    result = agentconv.write(agentconv.reads(bundle.data, "json"), "claude-plugin")

    assert {file.path: file.data for file in result.files} == {
        path: (tmp_path / path).read_bytes() for path in (INDEX, "agents/a.md", "agents/b.md")
    }


def test_a_folder_called_agents_is_no_plugin(tmp_path: Path) -> None:
    """Without the file that makes it one, it is nobody's location."""
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "a.md").write_text(ONE)
    place = tmp_path / "agents" / "a.md"

    assert (sniffing.of_file(place), sniffing.home(tmp_path / "agents")) == ("claude-code", None)
    assert locations.of(tmp_path, "claude-plugin") == []
    assert locations.project_root(place) is None
    assert [agent.origin.format for agent in agentconv.read(tmp_path).agents if agent.origin] == ["claude-code"]


def test_a_folder_of_a_plugin_is_one(tmp_path: Path) -> None:
    _plugin(tmp_path, {"name": "p"}, "agents/a.md")
    place = tmp_path / "agents" / "a.md"

    assert (sniffing.of_file(place), sniffing.home(tmp_path / "agents")) == ("claude-plugin", "claude-plugin")
    assert locations.project_root(place) == tmp_path
    assert sniffing.of_file(tmp_path / INDEX) == "claude-plugin"
    assert registry.FORMATS["claude-plugin"].index == INDEX


_ASKED = {"type": "string", "title": "Title", "description": "What it is for"}


@pytest.mark.parametrize(
    "value",
    [
        {"dependencies": ["other", "o@m", "A_b.c", {"name": "other", "version": "^1.0"}]},
        {"settings": {"agent": 5}},
        {"userConfig": {name: {**_ASKED, "type": name} for name in ("string", "number", "boolean", "directory", "file")}},
        {"userConfig": {"_a": {**_ASKED, "required": True, "sensitive": False, "multiple": True, "min": 1, "max": 2.5, "default": "x"}}},
        {"keywords": "one", "repository": 5, "displayName": 5, "experimental": 5, "unknown": 5, "defaultEnabled": False},
    ],
)
def test_values_that_claude_code_takes(value: dict[str, Any]) -> None:
    """What the client takes keeps no plugin out."""
    assert not plugin.read(SourceText(INDEX, json.dumps({"name": "p", **value}).encode())).diagnostics


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"dependencies": {"other": "1.0"}}, "`dependencies` must be a list"),
        *(
            ({"dependencies": ["fine", name]}, "names of plugins")
            for name in ("", "a b", "a/b", "a@b@c", "-a", 1, {"x": 1}, {"name": "a b"})
        ),
        *(({"settings": found}, "`settings` must be a map") for found in ("./s.json", [], None)),
        ({"userConfig": []}, "`userConfig` must be a map"),
        *(({"userConfig": {key: _ASKED}}, "letters, digits") for key in ("a b", "a-b", "1a", "a.b")),
        ({"userConfig": {"k": "text"}}, "`userConfig.k` must be a map"),
        *(({"userConfig": {"k": {key: one for key, one in _ASKED.items() if key != gone}}}, f"`{gone}`") for gone in _ASKED),
        ({"userConfig": {"k": {**_ASKED, "type": "text"}}}, "one of string, number"),
        ({"userConfig": {"k": {**_ASKED, "placeholder": "x"}}}, "takes no `placeholder`"),
        ({"userConfig": {"k": {**_ASKED, "required": "yes"}}}, "true or false"),
        ({"userConfig": {"k": {**_ASKED, "min": "x"}}}, "a number"),
        ({"userConfig": {"k": {**_ASKED, "default": {}}}}, "`default`"),
        ({"defaultEnabled": "no"}, "`defaultEnabled`"),
        ({"channels": 5}, "`channels` must be a list"),
    ],
)
def test_values_that_keep_a_plugin_out(value: dict[str, Any], said: str) -> None:
    """Each is told at its own place, as the client refuses it."""
    text = json.dumps({"name": "p", **value}, indent=1)
    (found,) = plugin.read(SourceText(INDEX, text.encode())).diagnostics

    assert said in found.message
    assert found.span is not None
    assert found.span.line > 2


@pytest.mark.parametrize(
    ("manifest", "lost", "said"),
    [
        ({"name": "p"}, [], ""),
        ({"name": "p", "settings": 5}, ["one", "two"], "`settings` must be a map"),
        ({"name": "p", "agents": ["./agents/one.md"]}, ["two"], "lists other files"),
    ],
)
@pytest.mark.parametrize("named", ["agents", "agents/two.md"])
def test_a_folder_of_agents_is_what_the_file_above_makes_of_it(
    named: str, manifest: dict[str, Any], lost: list[str], said: str, *, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Agents that are named without their plugin load or not as they do with it, and why not is told once by each command."""
    place = _plugin(tmp_path, manifest, "agents/one.md", "agents/two.md") / named
    pieces = list(loading.Loader(discovery.discover([str(place)]).files))
    found = [agent.name for piece in pieces for agent, state in zip(piece.agents, piece.states, strict=True) if state.dropped]
    linted = main(["lint", str(place)])
    heard = capsys.readouterr().err

    assert found == [name for name in lost if named == "agents" or name == "two"]
    assert [one.message.count(said) for piece in pieces for one in piece.diagnostics] == ([1] if lost else [])
    assert (linted, heard.count(said) if said else 0) == ((1, 1) if lost else (0, 0))
