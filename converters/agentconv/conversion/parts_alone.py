"""Conversion to what holds skills, commands and servers alone: agents stay, and each is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import kept_credentials
from agentconv.conversion.along import Named, along
from agentconv.conversion.converted import Converted
from agentconv.conversion.index_file import Listing
from agentconv.conversion.whole_set import words_lost
from agentconv.core import losses
from agentconv.core.losses import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.conversion.options import Options
    from agentconv.core.ir import Agent
    from agentconv.sources.loaded import Loaded
    from agentconv.sources.parts import Parts


def without_agents(pieces: Iterable[Loaded], target: str, options: Options, parts: Parts | None) -> Iterator[Converted]:
    """Convert what goes along, and say of agents that they do not: a refusal, unless parts were asked for by name or kind.

    Raises:
        InputError: A part is named that is not there.
    """
    from agentconv.conversion.carried_parts import CarriedParts

    named = Named(parts) if parts is not None and (options.along or options.along.said) else None
    held = list(pieces if named is None else named.over(pieces))
    if parts is not None and parts.may_restrain():
        from agentconv.conversion import set_restraints

        if stays := tuple(set_restraints.staying(parts, target, options)):
            yield Converted(target, (), losses=stays)
    found = along(options.along, named) if named is not None else None
    carried = CarriedParts(target, options, {})
    carried.judge(found.parts if found else ())
    listing = Listing(target, parts=carried.any_written, offered=options.marketplace, words=options.words)
    asked = bool(options.along.kinds or options.along.named)
    if told := (*(found.told if found else ()), *kept_credentials.told_of_parts(carried.kept())):
        yield Converted(target, (), diagnostics=told)
    for piece in held:
        lost = tuple(words_lost(piece.about, listing.hold(piece.about), target)) if piece.about is not None else ()
        if lost or piece.diagnostics:
            yield Converted(target, (), losses=lost, diagnostics=piece.diagnostics)
        if not listing.takes(piece):
            yield from (_staying(agent, target, asked=asked) for agent in piece.agents)
    files = list(listing.written())
    shared = {done.file.path: done for done in files if done.file is not None and done.file.path in carried.shared}
    yield from (done for done in files if done.file is None or done.file.path not in shared)
    yield from carried.convert(shared)


def _staying(agent: Agent, target: str, *, asked: bool) -> Converted:
    code = "agent-stays" if asked else "agent-unheld"
    return Converted(target, (agent.id,), losses=(losses.loss(code, agent.id, "name", target, quoted(agent.name)),))
