"""Placeholders in prompts: what is live, what is spelled otherwise, and that nothing live is left."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_files import agent_of, convert_agent, read
from agentconv.core.diagnostics import Code
from agentconv.core.format import State
from agentconv.core.ir import Agent, Prompt
from agentconv.formats import registry

CLIENTS = ("gemini-cli", "qwen-code")
each_template = pytest.mark.parametrize("format_id", CLIENTS)
pieces = st.lists(st.sampled_from(["$", "{", "}", "HOME", "home", "_", "1", " ", "é", "query", "task_prompt", "\\", "-", "A"]), max_size=12)


def _template(format_id: str) -> Any:
    module: Any = registry.load(format_id)
    return module.TEMPLATE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${HOME}/src", "$HOME/src"),
        ("${CI_DIR}_old", "${ CI_DIR }_old"),
        ("${HOME}1", "${ HOME }1"),
        ("${HOME}${USER}", "$HOME$USER"),
        ("`${name}`", "`${ name }`"),
        ("${query}", "${ query }"),
        ("${task_prompt}", "${ task_prompt }"),
        ("${${deep}}", "${${ deep }}"),
        ("$${HOME}", "$$HOME"),
        ("${a-b} ${} ${ x } $HOME {x}", "${a-b} ${} ${ x } $HOME {x}"),
        ("${naïve}", "${naïve}"),
    ],
)
@each_template
def test_placeholder_from_elsewhere_is_spelled_otherwise(format_id: str, text: str, expected: str) -> None:
    """A variable of the shell loses its braces where that means the same, any other name gets blanks; other text stays."""
    assert expected == _template(format_id).escaped(text)


def test_a_number_is_a_placeholder_to_gemini_cli_only() -> None:
    """Gemini CLI takes any word for a name, Qwen Code only what starts like a name."""
    assert _template("gemini-cli").escaped("${1}") == "${ 1 }"
    assert _template("qwen-code").escaped("${1}") == "${1}"


@each_template
@given(parts=pieces)
def test_nothing_live_is_left(format_id: str, parts: list[str]) -> None:
    """Whatever the text, its escaped form has no placeholder, and escaping it again changes nothing."""
    template = _template(format_id)
    escaped = template.escaped("".join(parts))

    assert template.names(escaped) == []
    assert escaped == template.escaped(escaped)


@each_template
@given(parts=pieces)
def test_an_agent_from_elsewhere_renders(format_id: str, parts: list[str]) -> None:
    """A literal prompt is written so that the client has nothing to fill in, and the loss says where it was changed."""
    text = "Ten characters " + "".join(parts) + "."
    done = convert_agent(Agent(id="a", name="aa", description="d", prompt=Prompt(text)), format_id)
    assert done.file
    again = agent_of(format_id, done.file.data)

    assert again.prompt
    assert again.prompt.syntax == "literal"
    assert (again.prompt.text != text) == ("prompt-escaped" in [loss.code for loss in done.losses])


@each_template
def test_own_template_stays_a_template(format_id: str) -> None:
    """An agent that uses its client's own placeholders keeps them; elsewhere they are literal text, and that is reported."""
    name = min(_template(format_id).known)
    agent = agent_of(format_id, f"---\nname: aa\ndescription: d\n---\n\nWe were asked for ${{{name}}}.\n")
    assert agent.prompt
    home = convert_agent(replace(agent, description="other"), format_id)
    away = convert_agent(agent, "claude-code")
    assert home.file
    assert away.file

    assert agent.prompt.syntax == format_id
    assert f"${{{name}}}" in home.file.data.decode()
    assert f"${{{name}}}" in away.file.data.decode()
    assert "prompt-syntax" in [loss.code for loss in away.losses]


@each_template
def test_unknown_placeholder_degrades(format_id: str) -> None:
    """A name without a value is reported where it stands: the agent loads, and each call fails."""
    result = read(format_id, "---\nname: aa\ndescription: d\n---\n\nWe live\nin ${HOME}.\n")
    (found,) = result.diagnostics

    assert result.states == (State.DEGRADED,)
    assert found.code is Code.CALL_FAILS
    assert found.span
    assert (found.span.line, found.span.column) == (7, 4)
    assert re.search("HOME", found.message)


@each_template
def test_edited_prompt_of_its_own_is_literal_text(format_id: str) -> None:
    """A literal prompt that got a placeholder while it was a bundle is text, not a template."""
    agent = agent_of(format_id, "---\nname: aa\ndescription: d\n---\n\nTen characters and more.\n")
    done = convert_agent(replace(agent, prompt=Prompt("Ten characters in ${HOME}.")), format_id)
    assert done.file

    assert "prompt-escaped" in [loss.code for loss in done.losses]
