"""Plugins of one repository, which stay several: each is converted by itself, into the folder that it is in below the output's."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from agentconv.conversion.converted import Converted
from agentconv.conversion.converting import convert
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.core.ir import AgentSet
from agentconv.core.kinds import ADDING_UP, NOUNS
from agentconv.core.source import SourceText
from agentconv.disk.output import OutputFile
from agentconv.formats import registry
from agentconv.sources import loading
from agentconv.sources.loaded import Loaded
from agentconv.sources.parts import Parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agentconv.conversion.options import Options
    from agentconv.core.diagnostics import Loss
    from agentconv.core.format import Offered
    from agentconv.sources.inputs import Discovery, Found

_Told = TypeVar("_Told", "Diagnostic", "Loss")


@dataclass(frozen=True, slots=True)
class Plugin:
    """One plugin of a repository."""

    path: str
    """Of its folder, from the repository's root; empty where that is its folder."""
    offer: Offered | None
    """What the repository says of it; None for what is in no plugin, such as the file that offers them."""
    files: tuple[Found, ...]
    """Its agents' files, and the one that lists them, by their paths from its folder."""
    shown: dict[str, str]
    """What these are called for people."""
    parts: Parts

    def pieces(self) -> Pieces:
        """Return what is in its files."""
        return Pieces(self)

    def placed(self, done: Converted) -> Converted:
        """Return a result with its file below the plugin's folder, and what is told of the source's files as people know them."""
        file = done.file and replace(done.file, path=self._below(done.file.path))
        path = done.path and self._below(done.path)
        told, lost = tuple(map(self._told, done.diagnostics)), tuple(map(self._told, done.losses))
        return replace(done, file=file, path=path, diagnostics=told, losses=lost)

    def _below(self, path: str) -> str:
        return f"{self.path}/{path}" if self.path else path

    def _told(self, one: _Told) -> _Told:
        if one.span is None or one.span.path not in self.shown:
            return one
        return replace(one, span=replace(one.span, path=self.shown[one.span.path]))


class Pieces:
    """What is in the files of a plugin, as often as it is asked for, and what the repository says of it where it says nothing itself."""

    def __init__(self, plugin: Plugin) -> None:
        self._loader = loading.Loader(plugin.files)
        self._plugin = plugin

    def __iter__(self) -> Iterator[Loaded]:
        says = False
        for piece in self._loader:
            says = says or piece.about is not None
            yield piece
        offer = self._plugin.offer
        if not says and offer is not None and offer.about is not None:
            yield Loaded(self._plugin.path, "json", None, about=offer.about)


def of(found: Discovery, parts: Parts) -> tuple[Plugin, ...]:
    """Return the plugins of a repository, where it offers several, behind what is in none of them."""
    offered = list(parts.offered())
    if not offered[1:]:
        return ()  # a single one is the set
    roots = sorted((os.path.join(os.path.realpath(folder), "") for folder, _, _ in offered), key=len, reverse=True)
    mine: dict[str, list[Found]] = {root: [] for root in roots}
    rest: list[Found] = []
    for file in found.files:
        place = os.path.realpath(file.location or "")
        root = next((one for one in roots if place.startswith(one)), None)
        (rest if root is None or _is_catalog(file) else mine[root]).append(file)
    plugins = (_plugin(folder, offer, one, mine[os.path.join(os.path.realpath(folder), "")]) for folder, offer, one in offered)
    return (Plugin("", None, tuple(rest), {}, Parts()), *plugins)


def _is_catalog(file: Found) -> bool:
    catalog = registry.FORMATS[file.format].catalog
    return bool(catalog) and f"/{file.path}".endswith(f"/{catalog}")


def _plugin(folder: str, offer: Offered, parts: Parts, files: Sequence[Found]) -> Plugin:
    names = {file.path: os.path.relpath(os.path.realpath(file.location or ""), os.path.realpath(folder)) for file in files}
    own = {path: name.replace(os.sep, "/") for path, name in names.items()}
    path = "" if offer.path == "." else offer.path
    mine = tuple(replace(file, path=own[file.path]) for file in files)
    return Plugin(path, offer, mine, {name: shown for shown, name in own.items()}, parts)


def converted(plugins: Sequence[Plugin], target: str, options: Options) -> Iterator[Converted]:
    """Convert each plugin by itself, and write the file that offers all of them, where it is asked for."""
    written: list[tuple[str, AgentSet]] = []
    index, offer = registry.index_of(target), registry.catalog_writer(target)
    for plugin in plugins:
        for done in convert(plugin.pieces(), target, options.below(plugin.path), plugin.parts):
            if done.file is not None and index is not None and done.file.path == registry.FORMATS[target].index:
                written.append((plugin.path, index.read(SourceText(done.file.path, done.file.data)).about))
            yield plugin.placed(done)
    if options.marketplace and offer is not None and written:
        among = next((plugin.offer.among for plugin in plugins if plugin.offer and plugin.offer.among is not None), AgentSet())
        data = offer(among, written)
        yield Converted(target, (), OutputFile(registry.FORMATS[target].catalog, data, beside=True))


class OneSet:
    """Plugins of one repository that become one set: under the name that the repository has, not under that of one of them."""

    def __init__(self, pieces: Iterable[Loaded], plugins: Sequence[Plugin]) -> None:
        self._pieces = pieces
        self._plugins = plugins

    def __iter__(self) -> Iterator[Loaded]:
        among = next((one.offer.among for one in self._plugins if one.offer and one.offer.among is not None), None)
        if self._plugins and among is not None:
            yield Loaded("", "json", None, about=among)
        for piece in self._pieces:
            yield replace(piece, about=None) if self._plugins and registry.FORMATS[piece.format].index else piece

    def told(self, noun: str) -> Iterator[Diagnostic]:
        """Say what is one then, and which names are in several of them.

        Args:
            noun: What it is one of, for people.
        """
        offered = [one for one in self._plugins if one.offer is not None]
        if not offered:
            return
        names: Counter[str] = Counter()
        for plugin in offered:
            agents = {f"agent `{agent.name}`" for piece in plugin.pieces() for agent in piece.agents}
            names.update(agents | {f"{NOUNS[one.kind]} `{one.part.name}`" for one in plugin.parts.taken() if one.kind not in ADDING_UP})
        several = sorted(name for name, number in names.items() if number > 1)
        folders = ", ".join(f"`{one.path or '.'}`" for one in offered)
        message = f"{len(offered)} plugins ({folders}) become one set, since {noun} holds one"
        message += f"; in several of them: {', '.join(several)}" if several else ""
        hint = f"for {noun} each: agentconv convert SRC -t claude-plugin -o DIR keeps them several, and each folder there is a set"
        option = f"for {noun} each, read each of these folders by itself"
        yield Diagnostic(Code.PARTS, Severity.WARNING, message, hint=hint, option=option)
