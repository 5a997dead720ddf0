"""The laws of a conversion into a format, for any agent: nothing is lost in silence, nothing widens, what is written loads.

A law yields what does not hold of one agent. `agents` has those that the examples of all formats' schemas make.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.conversion.converting import Options
from agentconv.core import fields, modes, schema_files
from agentconv.core.dataclass import replace
from agentconv.core.format import Projection
from agentconv.core.ir import Origin
from agentconv.formats import registry
from agentconv.testing.files import agent_of, convert_agent, holds, make, minimal, output, read, unlike

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from agentconv.core.ir import Agent

    Law: TypeAlias = Callable[[str, Agent], Iterator[str]]

_OF_THE_FILE = frozenset({"not-enforced", "restriction-ignored"})
"""What is said of a file that changes nothing: it is so at home as well."""
_AGAIN = frozenset({"model-dropped", "mcp-dropped", *_OF_THE_FILE})
"""What is said of a projection that is projected again."""


def what_is_written_loads(format_id: str, agent: Agent) -> Iterator[str]:
    """Converting an agent meets no bug; what is written, the client loads, and it is the projection."""
    done = convert_agent(agent, format_id)
    if done.failed:
        yield done.diagnostics[0].message
    elif done.file is None and not done.refused:
        yield "it is neither written nor refused"
    elif done.file is not None:
        result = read(format_id, output(done))
        if len(result.set.agents) != 1 or result.states[0].dropped:
            yield f"it does not load: {result.states} {result.diagnostics}"


def nothing_widens(format_id: str, agent: Agent) -> Iterator[str]:
    """Effects of what is written stay within the source's, unless it was asked for; then a loss says so."""
    done = convert_agent(agent, format_id)
    if done.file is not None:
        yield from map(str, compare.widenings(agent, agent_of(format_id, output(done)), format_id, trusted=False))
    elif any(loss.code == "widening" for loss in done.losses):
        asked = convert_agent(agent, format_id, Options(allow_widening=True))
        if asked.file is None or "widened" not in [loss.code for loss in asked.losses]:
            yield "it is not written when that is asked for, or no loss says so"


def every_difference_is_a_loss(format_id: str, agent: Agent) -> Iterator[str]:
    """The fields in which the written agent differs are those that the losses name, or that a loss of tools covers.

    What its mode closes is written as tools, too, since clients let modes give way to a more permissive caller: that is no difference.
    """
    done = convert_agent(agent, format_id)
    if done.file is None:
        return
    meant = modes.in_tools(agent, format_id, holds="permissions.mode" in registry.load(format_id).SPEC.holds)
    written = agent_of(format_id, output(done))
    differing = compare.differences(replace(meant, id=""), written) & compare.differences(replace(agent, id=""), written)
    heads = {loss.field.split(".")[0] for loss in done.losses}
    if {"tools", "permissions"} & heads:
        heads |= {"tools", "permissions"}  # one lever stands for both, and one loss says so
    for path in sorted(path for path in differing if path.split(".")[0] not in heads):
        yield f"{path} differs, and no loss says so: {fields.get(agent, path)!r} becomes {fields.get(written, path)!r}"


def projecting_again_changes_nothing(format_id: str, agent: Agent) -> Iterator[str]:
    """A projection is already all that the target holds, where it is at home then."""
    module = registry.load(format_id)
    first = Projection(agent, module.SPEC)
    module.project(first)
    if first.is_refused():
        return
    second = Projection(replace(first.result(), origin=Origin(format_id, "a")), module.SPEC)
    module.project(second)
    yield from (f"{path}: {pair}" for path, pair in unlike(first.result(), second.result()).items())
    yield from (f"{loss.code} of {loss.field}" for loss in second.losses if loss.code not in _AGAIN)


def what_was_written_keeps_its_bytes(format_id: str, agent: Agent) -> Iterator[str]:
    """A file that was written, read and written again, has the same bytes, and what it reads as projects to itself."""
    done = convert_agent(agent, format_id)
    if done.file is None:
        return
    source, module = output(done), registry.load(format_id)
    if source.data != module.write(module.read(source).set, source).data:
        yield "its bytes change"
    again = agent_of(format_id, source)
    projection = Projection(again, module.SPEC)
    module.project(projection)
    yield from (f"{path}: {pair}" for path, pair in unlike(again, projection.result()).items())
    yield from (f"{loss.code} of {loss.field}" for loss in projection.losses if loss.code not in _OF_THE_FILE)


@cache
def agents() -> tuple[tuple[str, Agent], ...]:
    """Return agents of every client, one for each example of each key, each with what it is."""
    found = []
    for client in registry.CLIENTS:
        for key, row in schema_files.load(client)["properties"].items():
            for value in row.get("examples", ()):
                if holds(client, value):
                    agent = agent_of(client, make(client, {**minimal(client, key), key: value}))
                    found.append((f"{client}, {key}: {value!r}", replace(agent, id="a", origin=Origin(client, "a"))))
    return tuple(found)


def everywhere(law: Law, format_id: str) -> Iterator[str]:
    """Hold a format to a law with all of these agents."""
    for about, agent in agents():
        yield from (f"{about}: {complaint}" for complaint in law(format_id, agent))


LAWS: dict[str, Law] = {
    law.__name__.replace("_", " "): law
    for law in (
        what_is_written_loads,
        nothing_widens,
        every_difference_is_a_loss,
        projecting_again_changes_nothing,
        what_was_written_keeps_its_bytes,
    )
}
