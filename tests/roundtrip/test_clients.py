"""Laws 1, 2, 4, 5 and 6 for any agent and any file: nothing is lost in silence, nothing widens, nothing raises."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from agent_files import FOLDERS, agent_of, dealt, read, unlike, written
from agentconv.core import effects
from agentconv.core.format import Projection
from agentconv.core.ir import Agent, ToolGrant, Tools
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.testing import laws, roundtrip
from strategies import agents, fewer, likely_agents, texts
from template_format import CLIENTS
from thorough import crossed
from work import LINEAR, growth

if TYPE_CHECKING:
    from collections.abc import Callable

each_client = pytest.mark.parametrize("format_id", CLIENTS)


OF_THE_FILE = ("not-enforced", "restriction-ignored")
"""What is said of a file that changes nothing: it is so at home as well."""


def for_each_client(law: Callable[[str, Agent], None]) -> Callable[[Agent], None]:
    """Hold a drawn agent to a law in several clients: to draw one takes longer than to convert it."""

    def everywhere(agent: Agent) -> None:
        for format_id in dealt(agent, CLIENTS):
            note(format_id)
            law(format_id, agent)

    everywhere.__doc__ = law.__doc__
    return everywhere


@given(agent=st.one_of(agents(), likely_agents()))
@for_each_client
def test_any_agent_is_written_exactly_or_refused(format_id: str, agent: Agent) -> None:
    """Converting any agent meets no bug of ours; what is written, the client loads, and it is the projection."""
    assert list(laws.what_is_written_loads(format_id, agent)) == []


@given(agent=likely_agents())
@for_each_client
def test_nothing_widens(format_id: str, agent: Agent) -> None:
    """Effects of what is written stay within the source's, unless it was asked for; then a loss says so."""
    assert list(laws.nothing_widens(format_id, agent)) == []


@given(agent=likely_agents())
@for_each_client
def test_every_difference_is_a_loss(format_id: str, agent: Agent) -> None:
    """The fields in which the written agent differs are those that the losses name, or that a loss of tools covers."""
    assert list(laws.every_difference_is_a_loss(format_id, agent)) == []


@given(agent=likely_agents())
@for_each_client
def test_projecting_twice_is_projecting_once(format_id: str, agent: Agent) -> None:
    """A projection is already all that the target holds, where it is at home then."""
    assert list(laws.projecting_again_changes_nothing(format_id, agent)) == []


@given(agent=likely_agents())
@for_each_client
def test_a_written_file_keeps_its_bytes(format_id: str, agent: Agent) -> None:
    """A file that we wrote, read and written again, has the same bytes, and what it reads as projects to itself."""
    assert list(laws.what_was_written_keeps_its_bytes(format_id, agent)) == []


def _files(format_id: str) -> list[SourceText]:
    """Return files of a format with one agent or none: its fixtures, and one with an example of each key."""
    return [source for source in roundtrip.files(format_id, FOLDERS[format_id]) if len(read(format_id, source).set.agents) <= 1]


@each_client
@fewer
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
@fewer
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


DEEP = [("---\na: ", "["), ("a = ", "["), ("", "a."), ("---\n", "? "), ("", "-"), ("---\nk: '", "'")]


@pytest.mark.parametrize(("format_id", "text"), crossed(CLIENTS, DEEP, 3), ids=str)
def test_reading_is_linear(format_id: str, text: tuple[str, str]) -> None:
    """Deep nesting, long lines and many keys are read in linear time."""
    head, piece = text
    read(format_id, head + piece * 30_000)

    assert growth(lambda size: read(format_id, head + piece * size), 4_000) < LINEAR
