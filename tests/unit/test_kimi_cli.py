"""Agents of kimi-cli: what they extend, the file of their prompt, and Jinja in it. All of it was asked of kimi-cli 1.52.0."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import agentconv
from agentconv.core.diagnostics import Code
from agentconv.core.format import State
from agentconv.core.ir import Prompt
from agentconv.formats import registry
from agentconv.formats.kimi import jinja
from agentconv.sources import discovery, loading

if TYPE_CHECKING:
    from pathlib import Path

    from agentconv.sources.loaded import Loaded

FOLDER = ".kimi/agents"
OWN = """\
version: 1
agent:
  name: reviewer
  when_to_use: Call it before a merge.
  system_prompt_path: ./p/reviewer.md
  system_prompt_args: {TEAM: core}
  tools: ["kimi_cli.tools.file:ReadFile"]
"""


def _project(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (root / FOLDER / name).write_text(text)
    return root


def _piece(root: Path, name: str) -> Loaded:
    return next(piece for piece in loading.Loader(discovery.discover([str(root)]).files) if piece.path.endswith(name))


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("You are in ${TEAM}, ${ TEAM }.", jinja.Filled("You are in core, core.")),
        ("$TEAM $ {TEAM} #{x} {{ x }} }} %}", jinja.Filled("$TEAM $ {TEAM} #{x} {{ x }} }} %}")),
        ("${'${'}HOME} ${\"{%\"}", jinja.Filled("${HOME} {%")),
        ("${KIMI_WORK_DIR} of ${TEAM}", jinja.Filled("${KIMI_WORK_DIR} of core", live=True)),
        ("{% if TEAM %}x{% endif %}{# no #}${x}", jinja.Filled("{% if TEAM %}x{% endif %}{# no #}${x}", live=True)),
        ("${TEAM|upper} ${ {'a': 1}['a'] }", jinja.Filled("${TEAM|upper} ${ {'a': 1}['a'] }", live=True)),
    ],
)
def test_what_a_file_gives_is_filled_in(text: str, filled: jinja.Filled) -> None:
    """Values of the agent's own file stand in the prompt; what only a session knows stays, and the text is a template then."""
    assert jinja.fill(text, {"TEAM": "core"}) == filled


@pytest.mark.parametrize("text", ["${HOME}", "${HOME:-x}", "${", "${}", "{{#if}}", "{%", "{# never", "a ${TEAM"])
def test_what_fails_the_agent(text: str) -> None:
    """A name without a value, what is no expression, and what is never closed: the client does not take the prompt."""
    assert jinja.fill(text, {"TEAM": "core"}).problem


@pytest.mark.parametrize("text", ["${HOME} {% raw %} {# ${'${'}", "$${x}", "{{%}}", ""])
def test_escaped_text_is_read_as_itself(text: str) -> None:
    """A text from elsewhere opens nothing once it is escaped; what is put into a template opens nothing there."""
    assert jinja.fill(jinja.escape(text), {}) == jinja.Filled(text)
    assert jinja.fill("${KIMI_OS}${x}", {"x": text}).text == f"${{KIMI_OS}}{jinja.escape(text)}"


def test_prompt_is_its_file_and_goes_back_into_it(tmp_path: Path) -> None:
    """The text of the prompt's file, trimmed and filled in, is the prompt; another one is escaped, and changes that file alone."""
    project = _project(tmp_path, {"reviewer.yaml": OWN, "p/reviewer.md": "\nYou review for ${TEAM}.\n\n"})
    agents = agentconv.read(project)
    changed = replace(agents, agents=(replace(agents.agents[0], prompt=Prompt("Look at ${HOME}.")),))

    files = [
        {file.path.removeprefix(f"{FOLDER}/"): file.data.decode() for file in agentconv.write(one, "kimi-cli").files}
        for one in (agents, changed)
    ]
    elsewhere = agentconv.write(agents, "claude-code")

    assert [agent.prompt and agent.prompt.text for agent in agents.agents] == ["You review for core."]
    assert files[0] == {"reviewer.yaml": OWN, "p/reviewer.md": "\nYou review for ${TEAM}.\n\n"}
    assert files[1] == {"reviewer.yaml": OWN, "p/reviewer.md": "Look at ${'${'}HOME}.\n"}
    assert b"You review for core." in elsewhere.files[0].data
    assert {loss.code for loss in elsewhere.losses} <= {"key-merged", "ignored-key-dropped"}


def test_what_an_agent_extends_is_its_own_where_it_says_nothing(tmp_path: Path) -> None:
    """Files are followed from one to the next, paths in each from where it is; what the agent's own file says goes before."""
    base = "agent:\n  extend: ./deep/root.yaml\n  model: k2\n  exclude_tools: ['kimi_cli.tools.shell:Shell']\n"
    root = OWN.replace("./p/reviewer.md", "say.md")
    mine = "agent:\n  extend: base/base.yaml\n  model:\n  when_to_use: Call it.\n  system_prompt_args: {TEAM: ours}\n"
    files = {"mine.yaml": mine, "base/base.yaml": base, "base/deep/root.yaml": root, "base/deep/say.md": "For ${TEAM}."}

    piece = _piece(_project(tmp_path, files), "/mine.yaml")
    (agent,) = piece.agents

    assert piece.states == (State.LOADS,)
    assert (agent.name, agent.description, agent.prompt, agent.model and agent.model.value) == (
        "reviewer",
        "Call it.",
        Prompt("For ours.", syntax="literal"),
        "k2",
    )
    assert [one.native for one in (*agent.tools.allow, *agent.tools.deny)] == ["kimi_cli.tools.file:ReadFile", "kimi_cli.tools.shell:Shell"]
    assert [file.data for file in agentconv.write(agentconv.read(tmp_path), "kimi-cli").files if file.path.endswith("mine.yaml")] == [
        mine.encode()
    ]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"reviewer.yaml": OWN}, "there is no file `./p/reviewer.md`"),
        ({"reviewer.yaml": OWN, "p/reviewer.md": "${HOME}"}, "nothing gives `HOME` a value"),
        ({"reviewer.yaml": "agent: {extend: gone.yaml, name: a}\n"}, "`gone.yaml`"),
        ({"reviewer.yaml": "agent: {extend: reviewer.yaml, name: a}\n"}, "it extends itself"),
    ],
)
def test_what_is_not_there_costs_the_agent(files: dict[str, str], said: str, tmp_path: Path) -> None:
    """A file that is not there, a prompt that is no template, and an agent that extends itself: the client does not start with it."""
    piece = _piece(_project(tmp_path, files), "reviewer.yaml")

    assert piece.states == (State.NOT_LOADED,)
    assert any(said in one.message for one in piece.diagnostics)


@pytest.mark.parametrize("key", ["extend", "system_prompt_path"])
def test_nothing_is_read_from_elsewhere(key: str, tmp_path: Path) -> None:
    """A file out of the folder is told with its name, and nothing of it is read."""
    (tmp_path / "secret").write_text("agent: {name: SECRET}\n")
    piece = _piece(
        _project(tmp_path, {"a.yaml": f"agent: {{name: a, tools: [], system_prompt_path: p.md, {key}: ../../secret}}\n", "p.md": "x"}),
        "a.yaml",
    )

    assert "SECRET" not in str(piece.agents)
    assert [(one.code, "`../../secret`" in one.message) for one in piece.diagnostics] == [(Code.INCLUDE, True)]


def test_agent_of_a_bundle_without_sources_gets_the_file_of_its_prompt(tmp_path: Path) -> None:
    """Where nothing is there yet, the prompt's file is written beside, and the agent reads as it did."""
    project = _project(tmp_path / "one", {"reviewer.yaml": OWN, "p/reviewer.md": "You review for ${TEAM}, at ${'${'}HOME}.\n"})
    agents = replace(agentconv.read(project), sources=())

    done = agentconv.write(agents, "kimi-cli")
    for file in done.files:
        (tmp_path / "two" / file.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "two" / file.path).write_bytes(file.data)

    assert [agent.prompt for agent in agentconv.read(tmp_path / "two").agents] == [agents.agents[0].prompt]


def test_files_are_known_by_what_is_in_them() -> None:
    """A file anywhere that extends an agent, or names the file of its prompt, is one of kimi-cli's."""
    looks = registry.FORMATS["kimi-cli"].looks

    import re

    assert re.search(looks, OWN.encode())
    assert not re.search(looks, b"agent:\n  name: x\n  image: y\n")


@pytest.mark.parametrize(
    "text",
    [
        "agent: {name: a}\n",
        "agent:\n  extend:\n  name: a\n",
        "version: 2\nagent:\n  extend: default\n  name: a\n",
        "agent:\n  extend: gone.yaml\n  name: a\n",
        "agent:\n  extend: a.yaml\n",
        "agent:\n  extend: bare.yaml\n",
        "agent:\n  name: a\n  system_prompt_path: gone.md\n  tools: []\n",
        "agent:\n  name: a\n  system_prompt_path: bare.yaml\n",
        "agent:\n  extend: default\n  name: a\n  tools: kimi_cli.tools.shell:Shell\n",
    ],
)
def test_what_was_wrong_is_mended_where_something_else_is_changed(text: str, tmp_path: Path) -> None:
    """A file that the client does not load is one that it loads once its agent was changed, or the change is refused."""
    agents = agentconv.read(_project(tmp_path, {"a.yaml": text, "bare.yaml": "agent: {zzz: 1}\n"}))
    (agent,) = [one for one in agents.agents if one.origin and one.origin.source.endswith("/a.yaml")]
    changed = replace(
        agents,
        agents=(replace(agent, description="Call it.", prompt=Prompt("You look.", mode=agent.prompt.mode if agent.prompt else "append")),),
    )

    done = agentconv.write(changed, "kimi-cli")
    for file in done.files:
        (tmp_path / file.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file.path).write_bytes(file.data)
    piece = _piece(tmp_path, "a.yaml")

    assert not [one for one in done.diagnostics if one.code is Code.INTERNAL]
    assert piece.states == (State.LOADS,) or done.refused
    assert done.refused or [(one.description, one.prompt and one.prompt.text) for one in piece.agents] == [("Call it.", "You look.")]
