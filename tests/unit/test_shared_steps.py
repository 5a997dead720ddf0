"""Agents of one shape are projected once, and nobody can tell."""

from __future__ import annotations

import pytest

from agentconv.core import fields
from agentconv.core.format import Projection
from agentconv.core.ir import Agent, Origin, Prompt, ToolGrant, Tools
from agentconv.formats import registry

READ = ToolGrant("Read", "claude-code", "fs.read")
BASH = ToolGrant("Bash", "claude-code", "shell")
SHAPES = [
    {"tools": Tools("list", (READ,)), "color": "blue"},
    {"tools": Tools("list", (READ, BASH)), "background": True},
    {"tools": Tools(deny=(BASH,)), "effort": "max"},
    {"tools": Tools("none"), "skills": ("a",), "delegates": ("other",)},
]
TEXTS = [("one", "First.", "Do one thing."), ("two", "Second.", "  Do another.  "), ("three", "Third.", "")]


def _agents(shape: dict[str, object]) -> list[Agent]:
    origin = Origin("claude-code", "a.md")
    return [fields.changed(Agent(name, name, None, text, Prompt(body), origin=origin), shape) for name, text, body in TEXTS]


@pytest.mark.parametrize("target", ["opencode", "kilo", "codex"])
@pytest.mark.parametrize("shape", SHAPES)
def test_an_agent_is_projected_alike_whether_its_shape_is_known_or_not(target: str, shape: dict[str, object]) -> None:
    module, shapes = registry.load(target), {}
    for agent in _agents(shape):
        alone, among = Projection(agent, module.SPEC), Projection(agent, module.SPEC, shapes=shapes)
        module.project(alone)
        module.project(among)

        assert among.result() == alone.result()
        assert (among.losses, among.declared) == (alone.losses, alone.declared)


def test_a_shape_is_found_again() -> None:
    module, shapes = registry.load("codex"), {}
    for agent in _agents(SHAPES[0]):
        module.project(Projection(agent, module.SPEC, shapes=shapes))

    assert len(shapes) == 1


@pytest.mark.parametrize("values", [{"temperature": 1}, {"limits.max_turns": 3}, {"effort": 1}, {"extras.codex.key": "x"}])
def test_what_numbers_and_extras_say_is_never_taken_from_another_agent(values: dict[str, object]) -> None:
    module, shapes = registry.load("opencode"), {}
    module.project(Projection(fields.with_values(_agents(SHAPES[0])[0], values), module.SPEC, shapes=shapes))

    assert shapes == {}
