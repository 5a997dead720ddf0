"""Conversion: from what was read to what is to be written, file by file.

Two passes: the first finds out names, the second holds one agent at a time. What an agent goes through is the `law`; what
is here is the walk over the files, and who takes what of them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from agentconv.conversion import agent_scripts, kept_credentials, line_ends, open_servers
from agentconv.conversion.along import Along, Named, along, left_of_refused
from agentconv.conversion.converted import Converted
from agentconv.conversion.files import Files
from agentconv.conversion.index_file import Listing
from agentconv.conversion.law import Law
from agentconv.conversion.options import DEFAULTS, Options
from agentconv.conversion.other_formats import OtherFormats
from agentconv.conversion.renaming import names_of
from agentconv.conversion.same_format import SameFormat
from agentconv.conversion.whole_set import SetServers, words_lost
from agentconv.core.dataclass import replace
from agentconv.core.source import SourceText
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.conversion.carried_parts import CarriedParts
    from agentconv.conversion.renaming import Names
    from agentconv.conversion.shares import Shares
    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent, AgentSet
    from agentconv.core.shapes import Shapes
    from agentconv.sources.loaded import Loaded
    from agentconv.sources.parts import Parts

__all__ = ["Converted", "Options", "convert"]


def convert(
    pieces: Iterable[Loaded],
    target: str,
    options: Options = DEFAULTS,
    parts: Parts | None = None,
    *,
    shapes: Shapes | None = None,
    shares: Shares | None = None,
) -> Iterator[Converted]:
    """Convert agents to a format, file by file.

    Args:
        pieces: What was read; iterated twice, so a list or a `Loader`.
        target: Format id.
        options: What the user chose.
        parts: The skills, commands and servers beside the agents, of which those go along that the options name.
        shapes: What earlier conversions with these very options found out about agents of one shape, for who converts set after set.
        shares: Other processes that have read the same files, and convert them where they can.

    Yields:
        One result per output file, or per agent or part that was not written.

    Raises:
        InputError: Two agents share a name and `on_duplicate` is `error`, or a part is named that is not there.
    """
    if registry.FORMATS[target].bundle:
        from agentconv.conversion.bundles import bundle

        yield from bundle(pieces, target, options, parts)
        return
    if not options.takes_agents(target):
        from agentconv.conversion.parts_alone import without_agents

        yield from without_agents(pieces, target, options, parts)
        return
    if parts is not None and options.source_servers is None:
        options = replace(options, source_servers=cache(lambda: {name for one in parts.of("servers") for name in one.names}))
    twins: dict[str, str] = {}
    found = _converted(pieces, target, options, parts, twins, shapes=shapes, shares=shares)
    yield from (_told_apart(done, twins) for done in agent_scripts.along(found, target, options))


def _told_apart(done: Converted, twins: Mapping[str, str]) -> Converted:
    """Say in which file an agent is that has its name with others."""
    if not any(loss.agent in twins and loss.part is None for loss in done.losses):
        return done
    return replace(done, losses=tuple(replace(one, called=twins.get(one.agent, "")) if one.part is None else one for one in done.losses))


def _converted(
    pieces: Iterable[Loaded],
    target: str,
    options: Options,
    parts: Parts | None,
    twins: dict[str, str],
    *,
    shapes: Shapes | None,
    shares: Shares | None,
) -> Iterator[Converted]:
    """Convert agents to files of a client, with the parts beside them."""
    read = line_ends.Pieces(pieces, target)
    shared = shares if shares is not None and shares.take(target) else None
    looked_at = read if shared is None else shared.survey(read)
    wanted = open_servers.with_those_in_place(options, target, parts)
    named = Named(parts) if parts is not None and (wanted or wanted.said) else None
    names = names_of(looked_at if named is None else named.over(looked_at), target, options)
    twins.update(names.twins)
    if parts is not None and parts.may_restrain():  # those of a bundle have come by now
        yield from _staying(parts, target, options)
    found = along(wanted, named) if named is not None else Along()
    if found.told:
        yield Converted(target, (), diagnostics=found.told)
    if not found.parts:
        each = Each(target, options, names, Listing(target, offered=options.marketplace, words=options.words), shapes)
        yield from _agents(read, each) if shared is None else _agents_shared(read, each, shared)
        return
    yield from _along(read, target, options, names, found)


def _along(read: line_ends.Pieces, target: str, options: Options, names: Names, going: Along) -> Iterator[Converted]:
    """Convert agents, and the parts that go along with them, without those that only refused agents need."""
    carried, agents = _with_servers(read, target, options, names, going)
    if told := tuple(kept_credentials.told_of_parts(carried.kept())):
        yield Converted(target, (), diagnostics=told)
    beside: dict[str, Converted] = {}
    refused: set[str] = set()
    for done in agents:
        refused.update(done.agents if done.refused else ())
        if done.file is not None and done.file.path in carried.shared:
            beside[done.file.path] = done
        else:
            yield done
    if insisted := tuple(carried.open_servers.told_of_others()):
        yield Converted(target, (), losses=insisted)
    if left := going.unneeded(refused.difference(options.staying)):
        carried.leave(left)
        yield Converted(target, (), diagnostics=(left_of_refused(left, target, carried.shut),))
    yield from carried.convert(beside)


def _with_servers(
    read: line_ends.Pieces, target: str, options: Options, names: Names, going: Along
) -> tuple[CarriedParts, Iterable[Converted]]:
    """Return the parts that go along, without the servers that not all agents may use which the target has then, and the agents."""
    from agentconv.conversion.carried_parts import CarriedParts

    shut: dict[str, Loss] = {}
    while True:
        carried = CarriedParts(target, options, names.renamed, _called(target, options, going.named), shut)
        carried.judge(going.parts)
        listing = Listing(target, parts=carried.any_written, offered=options.marketplace, words=options.words)
        agents = _agents(read, Each(target, options, replace(names, carried=carried, stems=dict(names.stems)), listing))
        if not carried.open_servers.going:
            return carried, agents
        done = [*agents]
        carried.open_servers.meet_others(_written(read, done))
        if not (stay := carried.open_servers.staying()):
            return carried, done
        shut |= stay


def _written(read: Iterable[Loaded], done: Iterable[Converted]) -> set[str]:
    """Return the names of the agents that are written."""
    ids = {id_ for one in done if not one.refused for id_ in one.agents}
    return {agent.name for piece in read for agent in piece.agents if agent.id in ids and agent.name}


def _called(target: str, options: Options, named: Named | None) -> str:
    """Return what the container is called that parts go into, where the target has one, by what its sources say of it."""
    listing = Listing(target, words=options.words)
    for piece in named.said if named is not None else ():
        if piece.about is not None:
            listing.hold(piece.about)
        listing.takes(piece)
    return listing.name


def _staying(parts: Parts, target: str, options: Options) -> Iterator[Converted]:
    """Say what restrains the whole set, and stays where it is."""
    from agentconv.conversion import set_restraints

    if stays := tuple(set_restraints.staying(parts, target, options)):
        yield Converted(target, (), losses=stays)


def _agents(pieces: line_ends.Pieces, each: Each) -> Iterator[Converted]:
    """Convert the agents."""
    for piece in pieces:
        yield from each.over(piece)
    yield from each.end()
    if told := (*each.own.duplicates(), *pieces.told()):
        yield Converted(each.target, (), diagnostics=told)


def _agents_shared(pieces: line_ends.Pieces, each: Each, shares: Shares) -> Iterator[Converted]:
    """Let others convert the agents, each into the file that it has here, and do what is done once all of them are."""
    placed = replace(each.names, paths=dict(each.others.places(shares.survey(pieces))))
    for done in shares.converted(each.target, placed):
        if done.file is not None and done.agents:
            each.files.listed(done.file)
        yield done
    yield from each.end()
    if told := tuple(pieces.told()):
        yield Converted(each.target, (), diagnostics=told)


class Each:
    """What becomes of one file after the other."""

    def __init__(self, target: str, options: Options, names: Names, listing: Listing, shapes: Shapes | None = None) -> None:
        self.target = target
        self.options = options
        self.names = names
        self.listing = listing
        self.servers = SetServers(target)
        self.files = Files(target, names.stems, Law(target, options, names, shapes), listing)
        self.own = SameFormat(target, self.files, only_loaded=options.only_loaded)
        self.others = OtherFormats(target, options, names, self.servers, self.files)

    def over(self, piece: Loaded) -> Iterator[Converted]:
        """Convert a file."""
        told = (*piece.diagnostics, *kept_credentials.told(_holders(piece), piece.source or SourceText(piece.path, b"")))
        if told or piece.about is not None:
            about = piece.about
            lost = tuple(words_lost(about, self.listing.hold(about), self.target)) if about is not None else ()
            yield Converted(self.target, (), losses=lost, diagnostics=told)
        if piece.parts:
            self.servers.define(piece.parts, self.names.carried.written("servers") if self.names.carried else ())
        self.servers.meet(piece.agents)
        if self.listing.takes(piece):
            return
        text = self.options.kept_text(piece, self.target)
        yield from self.others.convert(piece) if text is None else self.own.convert(piece, text)

    def end(self) -> Iterator[Converted]:
        """Write, and say, what is left when all files went by."""
        yield from self.others.together()
        yield from self.listing.written()
        if left := tuple(self.servers.left()):
            yield Converted(self.target, (), losses=left)


def _holders(piece: Loaded) -> Iterator[Agent | AgentSet]:
    """Yield what of a file or bundle may hold values for programs."""
    yield from piece.agents
    if piece.about is not None:
        yield piece.about
