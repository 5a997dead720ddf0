"""Agents of one shape are projected once, and nobody can tell."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_files import dealt
from agentconv.conversion import converting
from agentconv.core import fields, ir
from agentconv.core.format import Projection, State
from agentconv.core.ir import Agent, Origin, Prompt, ToolGrant, Tools
from agentconv.core.shapes import WITHOUT, Shape
from agentconv.formats import registry
from agentconv.projecting import once
from agentconv.sources.loaded import Loaded
from strategies import likely_agents, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

each_client = pytest.mark.parametrize("target", registry.CLIENTS)
READ = ToolGrant("Read", "claude-code", "fs.read")
BASH = ToolGrant("Bash", "claude-code", "shell")
FULL = Agent(
    "a",
    "a",
    "A",
    "Does one thing.",
    Prompt("Do one thing."),
    ir.Invocation("both", hidden=False, disabled=False),
    Tools("list", (READ,), (BASH,)),
    ir.Permissions("plan", (ir.Rule("deny", "Bash", "claude-code", "shell"),), "last", ir.Sandbox("full")),
    ir.Model("id", "m", "p", ("n",)),
    "high",
    1,
    1,
    (ir.McpServer("s", "stdio", "run", ("-x",), {"A": "b"}, options={"trust": 1}),),
    ("skill",),
    (ir.Hook("PreToolUse", "claude-code", "before-tool", "Bash", ({"command": "x"},), {"timeout": 1}),),
    ("other",),
    ir.Limits(1, 1),
    True,
    "red",
    {"codex": {"personality": 1}},
    Origin("claude-code", "a.md", "/a"),
)
"""An agent with every part that there is."""


def _shape(agent: Agent) -> Any:
    return once.exact(agent)


def _projected(agent: Agent, target: str, shapes: Any = None) -> tuple[str, list[Any], set[str]]:
    """Project an agent; the result with its types, since 1 and 1.0 are equal."""
    module = registry.load(target)
    projection = Projection(agent, module.SPEC, shapes=shapes)
    module.project(projection)
    return repr(projection.result()), projection.losses, projection.declared


# --- what comes out is what comes out alone


@st.composite
def sets(draw: st.DrawFn) -> list[Agent]:
    """Agents of several clients, some of one shape, in any order."""
    shapes = draw(st.lists(likely_agents(), min_size=1, max_size=3))
    said = draw(st.lists(st.tuples(texts(min_size=1), texts(min_size=1)), min_size=3, max_size=3))
    found = [
        replace(shape, id=f"a{number}{other}", name=f"a{number}{other}", description=text, prompt=replace(shape.prompt, text=body))
        for number, shape in enumerate(shapes)
        for other, (text, body) in enumerate(said)
        if shape.prompt
    ]
    return draw(st.permutations(found))


@given(agents=sets())
def test_an_agent_is_projected_alike_whatever_came_before(agents: list[Agent]) -> None:
    """One memory of shapes, held over agents of any clients on their way to all of them, changes no result and no loss."""
    shapes: dict[Any, Any] = {}
    for target in dealt(agents):
        among = [_projected(agent, target, shapes) for agent in agents]

        assert [_projected(agent, target) for agent in agents] == among


@settings(max_examples=settings().max_examples // 3)
@given(agents=sets())
def test_an_agent_is_converted_alike_whatever_came_before(agents: list[Agent]) -> None:
    """What is compared once for all agents of a shape, differences and what widens, holds for each of them."""
    for target in dealt(agents):
        alone = [one for agent in agents for one in _converted([agent], target)]

        assert alone == _converted(agents, target)


def _converted(agents: list[Agent], target: str) -> list[Any]:
    """Convert agents; what each gives, but for a file that they share."""
    pieces = [Loaded(agent.id, agent.origin.format if agent.origin else "json", None, (agent,), (State.LOADS,)) for agent in agents]
    done = [one for one in converting.convert(pieces, target) if one.agents]
    return [(one.agents, one.file and (one.file.path, one.file.data), one.losses, one.diagnostics) for one in done]


BODIES = ("One.", "", " \n", "Read ${CLAUDE_PROJECT_DIR} and ${cwd}.", "See {file:notes.md}.", "{env:HOME}")
"""Prompts that clients take for several things: nothing, text, a template."""


@pytest.mark.parametrize("bodies", [BODIES, BODIES[::-1]], ids=["forth", "back"])
@each_client
def test_what_a_text_changed_before_the_steps_counts(target: str, bodies: tuple[str, ...]) -> None:
    """How a prompt is used may depend on its text: that is found out before the steps, and they hold for no other use."""
    shapes: dict[Any, Any] = {}
    agents = [replace(FULL, display_name=None, prompt=Prompt(body, syntax)) for body in bodies for syntax in ("literal", target)]
    among = [_projected(agent, target, shapes) for agent in agents * 3]

    assert [_projected(agent, target) for agent in agents] * 3 == among


ALIKE = [
    {"temperature": 1},
    {"temperature": 1.0},
    {"temperature": -0.0},
    {"temperature": 0.0},
    {"limits.timeout_seconds": 60},
    {"limits.timeout_seconds": 60.0},
    {"effort": 1},
    {"effort": "1"},
    {"extras.codex.key": 1},
    {"extras.codex.key": 1.0},
    {"extras.codex.key": True},
    {"extras.codex.key": [True]},
    {"background": False},
    {"background": None},
]
"""Values of which some are equal in Python, and are written otherwise."""


@each_client
def test_values_that_are_merely_equal_are_of_two_shapes(target: str) -> None:
    """1, 1.0 and true are equal, and so are 0.0 and -0.0: none is written for another."""
    shapes: dict[Any, Any] = {}
    agents = [fields.with_values(replace(FULL, extras={}, temperature=None, effort=None, limits=ir.Limits()), values) for values in ALIKE]
    among = [_projected(agent, target, shapes) for agent in agents * 3]

    assert [_projected(agent, target) for agent in agents] * 3 == among


@each_client
def test_a_shape_is_found_again(target: str) -> None:
    """Agents that differ in their texts have their steps taken once, from the second on: no step of a format looks at a text."""
    shapes: dict[Any, Any] = {}
    said = [("one", "First.", "Do one thing, well."), ("two", "Second.", "Do another one, well."), ("three", "Third.", "Do a third.")]
    for name, text, body in said:
        agent = Agent(name, name, None, text, Prompt(body), tools=Tools("list", (READ,)), origin=Origin("json", f"{name}.json"))
        _projected(agent, target, shapes)

    assert [isinstance(shape, Shape) for shape in shapes.values()] == [True]


def test_a_text_that_has_to_go_is_no_part_of_a_shape() -> None:
    """A name to show is dropped by a target that shows none: that is said for each agent."""
    shapes: dict[Any, Any] = {}
    for agent in (FULL, replace(FULL, display_name="B")):
        _, losses, _ = _projected(agent, "claude-code", shapes)

        assert [loss.detail for loss in losses if loss.field == "display_name"] == [f"`{agent.display_name}`"]


def test_steps_see_no_text_and_no_place() -> None:
    """What the agents of a shape say, and where they stand, is nothing that steps could look at once they are taken for all of them."""
    seen: list[Agent] = []

    def steps(projection: Projection) -> None:
        seen.append(projection.source)

    for target in ("cline", "roo"):
        shapes: dict[Any, Any] = {}
        for _ in range(3):
            once.once(Projection(FULL, registry.load(target).SPEC, shapes=shapes), steps)
    bare = replace(FULL, id="", name=None, display_name=None, description=None, prompt=Prompt(""), origin=Origin("claude-code", ""))

    assert seen == [FULL, FULL, FULL, FULL, bare]  # it has a name to show, which the first target does not hold


# --- what a shape is made of


def _altered(value: Any, place: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yield a value with one field of one of its parts being something else, with the part's class and the field."""
    if isinstance(value, tuple):
        for number, item in enumerate(value):
            for kind, field, other in _altered(item, place):
                yield kind, field, (*value[:number], other, *value[number + 1 :])
    for field in dataclasses.fields(value) if dataclasses.is_dataclass(value) else ():
        yield type(value).__name__, field.name, replace(value, **{field.name: "something else"})  # type: ignore[type-var]
        for kind, inner, other in _altered(getattr(value, field.name)):
            yield kind, inner, replace(value, **{field.name: other})  # type: ignore[type-var]


def test_every_field_counts_but_texts_and_places() -> None:
    """Two agents are of one shape exactly where they differ in nothing but their texts and where they stand."""
    same = {(kind, field) for kind, field, other in _altered(FULL) if _shape(other) == _shape(FULL)}
    left_out = {(kind.__name__, field) for kind, names in WITHOUT.items() for field in names}

    assert left_out == same


def _of_today() -> list[type]:
    """Return the classes that an agent is made of."""
    found = {kind for kind, _, _ in _altered(FULL)}
    return [kind for name, kind in vars(ir).items() if name in found]


def _with(value: Any, kind: type, newer: type, word: str) -> Any:
    """Return a value whose parts of one class are of its successor, and say a word in the field that is new."""
    if isinstance(value, tuple):
        return tuple(_with(item, kind, newer, word) for item in value)
    if not dataclasses.is_dataclass(value):
        return value
    parts = {field.name: _with(getattr(value, field.name), kind, newer, word) for field in dataclasses.fields(value)}
    return newer(**parts, novelty=word) if type(value) is kind else type(value)(**parts)  # type: ignore[operator]


@pytest.mark.parametrize("kind", _of_today(), ids=lambda kind: kind.__name__)
def test_a_field_that_is_new_counts_by_itself(kind: type) -> None:
    """Whatever part of an agent gets a new field, two agents that differ in it are of two shapes."""
    newer = dataclasses.make_dataclass(kind.__name__, [("novelty", str, "")], bases=(kind,), frozen=True, slots=True)
    one, other = (_with(FULL, kind, newer, word) for word in ("one", "other"))

    assert _shape(one) != _shape(other)


def test_a_field_that_is_new_is_seen_by_the_steps() -> None:
    """Steps that look at a new field of an agent find it, and each agent gets what its own says."""
    newer = dataclasses.make_dataclass("Agent", [("novelty", str, "")], bases=(Agent,), frozen=True, slots=True)
    module, shapes, found = registry.load("claude-code"), {}, []

    def steps(projection: Projection) -> None:
        projection.change("color", projection.source.novelty, "looks-approximated", "as it says")  # type: ignore[attr-defined]

    for word in ("red", "blue", "red"):
        projection = Projection(_with(replace(FULL, display_name=None), Agent, newer, word), module.SPEC, shapes=shapes)
        once.once(projection, steps)
        found.append(projection.values["color"])

    assert found == ["red", "blue", "red"]
    assert len(shapes) == 2
