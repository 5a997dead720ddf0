"""The comparison behind the laws: what differs must have been declared, and what was declared must differ.

It creates no loss and knows no client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import effects, fields, plain_words, shapes, widening
from agentconv.core.access import EFFECT_OF
from agentconv.core.diagnostics import InternalError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from agentconv.core.effects import Effects
    from agentconv.core.ir import Agent
    from agentconv.core.shapes import Shape
    from agentconv.core.widening import Widening


def differences(before: Agent, after: Agent, shape: Shape | None = None) -> set[str]:
    """Return the paths of the fields that mean something else in `after`; those of agents of one shape are compared once."""
    if shape is None:
        return _differing(before, after, fields.HEADS)
    if shape.differing is None:
        shape.differing = frozenset(_differing(before, after, shapes.HEADS))
    return _differing(before, after, _TEXTS) | shape.differing


_TEXTS = tuple(head for head in fields.HEADS if head not in shapes.HEADS)


def _differing(before: Agent, after: Agent, heads: Collection[str]) -> set[str]:
    found = set()
    for path in fields.changed_heads(before, after, heads):
        old, new = fields.get(before, path), fields.get(after, path)
        if old == new or (fields.is_absent(path, old) and fields.is_absent(path, new)):
            continue
        if fields.portable(old) != fields.portable(new):
            found.add(path)
    if "extras" in heads and before.extras is not after.extras:
        old_paths, new_paths = set(fields.extra_paths(before)), set(fields.extra_paths(after))
        found |= old_paths ^ new_paths
        found |= {path for path in old_paths & new_paths if not _same(fields.get(before, path), fields.get(after, path))}
    return found


def _same(old: object, new: object) -> bool:
    return type(old) is type(new) and old == new


def check_declared(before: Agent, after: Agent, declared: Collection[str], shape: Shape | None = None) -> None:
    """Hold a projection to what it declared.

    Raises:
        InternalError: A field changed without a declared loss, or a declared loss did not happen.
    """
    differing = differences(before, after, shape)
    if differing == declared:
        return
    undeclared = sorted(differing.difference(declared))
    if undeclared:
        raise InternalError(f"{', '.join(undeclared)} changed without a declared loss")
    unhappened = sorted(set(declared) - differing)
    if unhappened:
        raise InternalError(f"a loss was declared for {', '.join(unhappened)}, which did not change")


def check_read_back(projected: Agent, again: Agent) -> None:
    """Hold a written file to the agent it was written from.

    Raises:
        InternalError: The target's reader gives another agent.
    """
    if fields.same(projected, again):
        return
    paths = [path for path in fields.PATHS if fields.get(projected, path) != fields.get(again, path)]
    raise InternalError(f"reading the output back gives another {', '.join(paths) or 'set of extra keys'}")


def widenings(source: Agent, result: Agent, target: str, servers: Iterable[str] = (), *, trusted: bool = True) -> list[Widening]:
    """Return what the result may do in the target's client beyond what the source's author allowed.

    An agent of that very client was never held to more than the client holds it to.

    Args:
        source: The agent as its author wrote it.
        result: The agent as the target reads it.
        target: The target's format id.
        servers: The MCP servers that its set names.
        trusted: Whether the author wrote what keys outside of the source's fields grant; else the fields win.
    """
    named = tuple(servers)
    return beyond(source, effects.effects(result, named, target), target, named, trusted=trusted)


def beyond(source: Agent, may: Effects, target: str, servers: Iterable[str] = (), *, trusted: bool = True) -> list[Widening]:
    """Return the same of what is known already of the result: what it may do in the target's client."""
    held = fields.is_of(source, target)
    said = source
    if held and source.tools.deny:
        from agentconv.core import denials

        said = denials.in_words_of(source, target)
    return widening.widenings(effects.effects(said, servers, trusted=trusted, held=held), may)


def more(before: Agent, after: Agent, client: str) -> list[Widening]:
    """Return what an agent may do in a client that it could not do there before, with servers that no file of it names, too.

    What it may call is among that: a conversion loses the names of what may be called by a loss of its own, and here nothing says it else.
    """
    from agentconv.core import called

    return [*widening.widenings(*_sides(before, after, client)), *called.beyond(before, after, client)]


def apart(said: Agent, there: Agent, client: str) -> list[Widening]:
    """Return what an agent may do in a client beyond what another one says, word for word.

    That is each tool, too, whatever comes of it, also where commands that the other one may run could do all the same.
    """
    from agentconv.core import called

    wanted, may = _sides(said, there, client)
    found = widening.widenings(wanted, may, covered=False)
    tools = map(widening.Widening, tools_gained(wanted, may, client, found))
    return [*found, *tools, *called.beyond(said, there, client)]


def tools_gained(had: Effects, has: Effects, client: str, told: Iterable[Widening] = ()) -> list[str]:
    """Return the words for the tools that an agent has in a client beyond those of before, but for those of what is told already.

    Where a client lets nobody choose tools, they are what is left of its shell by a sandbox: the effects say all that comes of them.
    """
    from agentconv.formats import registry

    gained = {tool for tool in has.tools - had.tools if EFFECT_OF.get(tool, tool) not in {one.effect for one in told}}
    if registry.load(client).SPEC.holds.isdisjoint(_CHOOSING):
        gained = {tool for tool in gained if tool not in EFFECT_OF}
    return plain_words.lost(gained, had.tools)


_CHOOSING = ("tools.allow", "permissions.rules")
"""The fields by which a client lets an agent have some tools and no others, or asks about each."""


def closed_servers(before: Agent, after: Agent, client: str) -> list[str]:
    """Return the MCP servers that an agent had in a client, and has no more: those that it may not use, or does not bring itself."""
    had, has = _sides(before, after, client)
    brought, brings = ({server.name for server in one.mcp_servers or () if server.transport} for one in (before, after))
    closed = {name for name, tools in had.servers.items() if tools and name != effects.EVERY_SERVER and not has.servers.get(name)}
    return sorted(closed | (brought - brings))


def _sides(before: Agent, after: Agent, client: str) -> tuple[Effects, Effects]:
    """Return what an agent may do before and after: with each server that one of both speaks of, and one that stands for any other."""
    servers = {effects.EVERY_SERVER}
    for agent in (before, after):
        may = effects.effects(agent, (), client)
        servers |= {*may.servers, *may.denied_servers, *(pattern.partition(" ")[0] for about, pattern, _ in may.parts if about == "mcp")}
    named = sorted(servers)
    return effects.effects(before, named, client), effects.effects(after, named, client)
