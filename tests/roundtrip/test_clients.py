"""Laws 1, 2, 4, 5 and 6 for any agent and any file: nothing is lost in silence, nothing widens, nothing raises."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from agent_files import FOLDERS, agent_of, convert_agent, make, minimal, output, read, suffix, unlike, written
from agentconv.conversion import compare
from agentconv.conversion.converting import Options
from agentconv.core import effects, fields, schema_files
from agentconv.core.format import Projection, State
from agentconv.core.ir import Agent, Model, Origin, Prompt, ToolGrant, Tools
from agentconv.core.source import SourceText
from agentconv.formats import registry
from strategies import agents, likely_agents, texts
from template_format import CLIENTS
from work import LINEAR, growth

if TYPE_CHECKING:
    from collections.abc import Callable

each_client = pytest.mark.parametrize("format_id", CLIENTS)


OF_THE_FILE = ("not-enforced", "restriction-ignored")
"""What is said of a file that changes nothing: it is so at home as well."""


def for_each_client(law: Callable[[str, Agent], None]) -> Callable[[Agent], None]:
    """Hold one drawn agent to a law in every client: to draw one takes longer than to convert it."""

    def everywhere(agent: Agent) -> None:
        for format_id in CLIENTS:
            note(format_id)
            law(format_id, agent)

    everywhere.__doc__ = law.__doc__
    return everywhere


@given(agent=st.one_of(agents(), likely_agents()))
@for_each_client
def test_any_agent_is_written_exactly_or_refused(format_id: str, agent: Agent) -> None:
    """Converting any agent meets no bug of ours; what is written, the client loads, and it is the projection."""
    done = convert_agent(agent, format_id)
    assert not done.failed, done.diagnostics[0].message
    if done.file is None:
        assert done.refused
        return
    result = read(format_id, output(done))

    assert len(result.set.agents) == 1
    assert not result.states[0].dropped, result.diagnostics


@given(agent=likely_agents())
@for_each_client
def test_nothing_widens(format_id: str, agent: Agent) -> None:
    """Effects of what is written stay within the source's, unless it was asked for; then a loss says so."""
    done = convert_agent(agent, format_id)
    if done.file:
        again = agent_of(format_id, output(done))

        assert compare.widenings(agent, again, format_id, trusted=False) == []
    elif any(loss.code == "widening" for loss in done.losses):
        asked = convert_agent(agent, format_id, Options(allow_widening=True))

        assert asked.file
        assert "widened" in [loss.code for loss in asked.losses]


@given(agent=likely_agents())
@for_each_client
def test_every_difference_is_a_loss(format_id: str, agent: Agent) -> None:
    """The fields in which the written agent differs are those that the losses name, or that a loss of tools covers."""
    done = convert_agent(agent, format_id)
    if done.file is None:
        return
    differing = compare.differences(replace(agent, id=""), agent_of(format_id, output(done)))
    heads = {loss.field.split(".")[0] for loss in done.losses}
    if {"tools", "permissions"} & heads:
        heads |= {"tools", "permissions"}  # one lever stands for both, and one loss says so

    assert set() == {path.split(".")[0] for path in differing} - heads


@given(agent=likely_agents())
@for_each_client
def test_projecting_twice_is_projecting_once(format_id: str, agent: Agent) -> None:
    """A projection is already all that the target holds, where it is at home then."""
    module = registry.load(format_id)
    first = Projection(agent, module.SPEC)
    module.project(first)
    if any(loss.severity == "refusal" for loss in first.losses):
        return
    second = Projection(replace(first.result(), origin=Origin(format_id, "a")), module.SPEC)
    module.project(second)

    assert unlike(first.result(), second.result()) == {}
    assert [loss for loss in second.losses if loss.code not in ("model-dropped", "mcp-dropped", *OF_THE_FILE)] == []


@given(agent=likely_agents())
@for_each_client
def test_a_written_file_keeps_its_bytes(format_id: str, agent: Agent) -> None:
    """A file that we wrote, read and written again, has the same bytes, and what it reads as projects to itself."""
    done = convert_agent(agent, format_id)
    if done.file is None:
        return
    source = output(done)
    module = registry.load(format_id)
    again = agent_of(format_id, source)
    projection = Projection(again, module.SPEC)
    module.project(projection)

    assert source.data == module.write(module.read(source).set, source).data
    changed = [loss for loss in projection.losses if loss.code not in OF_THE_FILE]

    assert (unlike(again, projection.result()), changed) == ({}, [])


def _files(format_id: str) -> list[SourceText]:
    """Return files of a format: its fixtures, and one with an example of each key."""
    valid = [path for path in sorted((FOLDERS[format_id] / "valid").glob(f"*{suffix(format_id)}")) if ".expected." not in path.name]
    found = [SourceText(path.name, path.read_bytes()) for path in valid]
    properties = schema_files.load(format_id)["properties"]
    header = {key: row["examples"][0] for key, row in properties.items() if row["x-field"] != "extras"}
    found = [source for source in found if len(read(format_id, source).set.agents) <= 1]  # several a file have tests of their own
    return [*found, make(format_id, header), make(format_id, minimal(format_id))]


CHANGES: dict[str, Any] = {
    "description": "Another description: with a colon # and a hash",
    "name": "another-name",
    "model": Model("id", "gpt-6.1-sol"),
    "color": "pink",
    "prompt": Prompt("Another prompt.\n\n--- and a line\n"),
    "effort": "low",
    "skills": ("one", "two"),
    "background": True,
}


@each_client
@pytest.mark.parametrize("field", CHANGES)
def test_one_changed_field_changes_only_its_bytes(format_id: str, field: str) -> None:
    """After one field was changed, the rest of the file keeps its lines; what was written reads as meant."""
    for source in _files(format_id):
        result = read(format_id, source)
        if len(result.set.agents) != 1 or result.states[0] is State.NOT_LOADED or b"<<" in source.data:
            continue  # what a merge key gives has no bytes of its own
        (old,) = result.set.agents
        value = replace(old.prompt, text=CHANGES[field].text.strip()) if field == "prompt" and old.prompt else CHANGES[field]
        changed = replace(old, **{field: value})
        module = registry.load(format_id)
        projection = Projection(replace(changed, id="a"), module.SPEC)
        module.project(projection)
        wanted = projection.result()
        path = "prompt.text" if field == "prompt" else field
        if any(loss.severity == "refusal" for loss in projection.losses) or fields.get(wanted, path) in (None, fields.get(old, path)):
            continue
        place = SourceText(f"{wanted.name}{suffix(format_id)}" if module.SPEC.named_by_stem else source.path, source.data)
        data = written(format_id, wanted, place)
        again = agent_of(format_id, SourceText(place.path, data))

        assert unlike(wanted, again) == {}, (source.path, data)
        assert _untouched(source.data, data, old), (source.path, data.decode("utf-8", "replace"))


def _untouched(before: bytes, after: bytes, old: Agent) -> bool:
    """Whether all lines but one run of them (and those of a prompt) are the same."""
    old_lines, new_lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
    head = next((i for i, (a, b) in enumerate(zip(old_lines, new_lines, strict=False)) if a != b), min(len(old_lines), len(new_lines)))
    tail = next(
        (i for i, (a, b) in enumerate(zip(old_lines[::-1], new_lines[::-1], strict=False)) if a != b), min(len(old_lines), len(new_lines))
    )
    left = len(old_lines) - head - tail
    longest = max(len((old.prompt.text if old.prompt else "").splitlines()), len((old.description or "").splitlines()) + 1)
    return left <= longest + 2


@each_client
@given(value=texts(min_size=1), data=st.data())
def test_changed_texts_read_back(format_id: str, value: str, data: st.DataObject) -> None:
    """Whatever text a description gets, the patched file holds it or the conversion says why not."""
    source = data.draw(st.sampled_from(_files(format_id)))
    result = read(format_id, source)
    if not result.set.agents:
        return
    agent = replace(result.set.agents[0], id="a", description=value)
    projection = Projection(agent, registry.load(format_id).SPEC)
    registry.load(format_id).project(projection)
    if any(loss.severity == "refusal" for loss in projection.losses):
        return

    data = written(format_id, projection.result(), source)

    assert unlike(projection.result(), agent_of(format_id, SourceText(source.path, data))) == {}


@each_client
@given(data=st.data())
def test_changed_tools_read_back(format_id: str, data: st.DataObject) -> None:
    """Narrowing the tools of a file that was read is written so that the client reads the narrower list."""
    source = data.draw(st.sampled_from(_files(format_id)))
    result = read(format_id, source)
    if not result.set.agents:
        return
    agent = replace(result.set.agents[0], id="a", tools=Tools("list", (ToolGrant("Read", "claude-code", "fs.read"),)))
    projection = Projection(agent, registry.load(format_id).SPEC)
    registry.load(format_id).project(projection)
    if any(loss.severity == "refusal" for loss in projection.losses):
        return
    again = agent_of(format_id, SourceText(source.path, written(format_id, projection.result(), source)))

    limits = {"tools.mode", "tools.deny", "permissions.rules", "permissions.sandbox", "permissions.mode"}

    assert unlike(projection.result(), again) == {}
    assert not limits & registry.load(format_id).SPEC.holds or not effects.effects(again, format_id=format_id).may("write")


@pytest.mark.parametrize(("head", "piece"), [("---\na: ", "["), ("a = ", "["), ("", "a."), ("---\n", "? "), ("", "-"), ("---\nk: '", "'")])
@each_client
def test_reading_is_linear(format_id: str, head: str, piece: str) -> None:
    """Deep nesting, long lines and many keys are read in linear time."""
    read(format_id, head + piece * 30_000)

    assert growth(lambda size: read(format_id, head + piece * size), 4_000) < LINEAR
