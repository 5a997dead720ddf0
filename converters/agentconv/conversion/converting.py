"""Conversion: from what was read to what is to be written, file by file.

Two passes: the first finds out names, the second holds one agent at a time. What an agent goes through is the `law`; what
is here is the walk over the files, and who takes what of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import kept_credentials, line_ends
from agentconv.conversion.converted import Converted
from agentconv.conversion.files import Files
from agentconv.conversion.index_file import Listing
from agentconv.conversion.law import Law
from agentconv.conversion.options import DEFAULTS, Options
from agentconv.conversion.other_formats import OtherFormats
from agentconv.conversion.renaming import names_of
from agentconv.conversion.same_format import SameFormat
from agentconv.conversion.whole_set import SetServers, words_lost
from agentconv.core.source import SourceText
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.core.ir import Agent, AgentSet
    from agentconv.sources.loaded import Loaded

__all__ = ["Converted", "Options", "convert"]


def convert(pieces: Iterable[Loaded], target: str, options: Options = DEFAULTS) -> Iterator[Converted]:
    """Convert agents to a format, file by file.

    Args:
        pieces: What was read; iterated twice, so a list or a `Loader`.
        target: Format id.
        options: What the user chose.

    Yields:
        One result per output file, or per agent that was not written.

    Raises:
        InputError: Two agents share a name and `on_duplicate` is `error`.
    """
    if registry.FORMATS[target].bundle:
        from agentconv.conversion.bundles import bundle

        yield bundle(pieces, target, options)
        return
    pieces = line_ends.Pieces(pieces, target)
    names = names_of(pieces, target, options)
    listing, servers = Listing(target), SetServers(target)
    files = Files(target, names.stems, Law(target, options, names, servers.defined), listing)
    own = SameFormat(target, files, only_loaded=options.only_loaded)
    others = OtherFormats(target, options, names, servers, files)
    for piece in pieces:
        told = (*piece.diagnostics, *kept_credentials.told(_holders(piece), piece.source or SourceText(piece.path, b"")))
        if told or piece.about:
            lost = tuple(words_lost(piece.about, listing.hold(piece.about), target)) if piece.about else ()
            yield Converted(target, (), losses=lost, diagnostics=told)
        if piece.about:
            servers.define(piece.about)
        if listing.takes(piece):
            continue
        text = options.kept_text(piece, target)
        yield from others.convert(piece) if text is None else own.convert(piece, text)
    yield from others.together()
    yield from listing.written()
    if left := tuple(servers.left()):
        yield Converted(target, (), losses=left)
    if told := (*own.duplicates(), *pieces.told()):
        yield Converted(target, (), diagnostics=told)


def _holders(piece: Loaded) -> Iterator[Agent | AgentSet]:
    """Yield what of a file or bundle may hold values for programs."""
    yield from piece.agents
    if piece.about:
        yield piece.about
