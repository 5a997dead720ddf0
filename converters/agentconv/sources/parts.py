"""The skills, commands and MCP servers beside the agents that were named: of their projects, of the user, or of a bundle."""

from __future__ import annotations

import os
import posixpath
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core import rule_facts
from agentconv.core.container import Catalog
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Effect, InputError, Severity, Span
from agentconv.core.kinds import KINDS
from agentconv.core.restraints import RESTRAINING
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.sources import inputs, locations

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.format import Offered
    from agentconv.core.kinds import Kind
    from agentconv.sources.inputs import Discovery, Found
    from agentconv.sources.parts_on_disk import LoadedPart, PartsOnDisk
    from agentconv.sources.places_on_disk import Unsettled
    from agentconv.sources.user_places import Home


class Parts:
    """Parts of several places and clients, each with an id of its own; a kind is looked for when it is asked for."""

    def __init__(
        self,
        folders: Iterable[Path] = (),
        clients: Sequence[str] = (),
        home: Home | None = None,
        catalogs: Mapping[Path, Mapping[str, Catalog]] | None = None,
        *,
        without: Collection[str] = (),
        unsettled: Unsettled | None = None,
    ) -> None:
        """Prepare to look; nothing is touched.

        Args:
            folders: The roots of projects, or the user's home.
            clients: The formats of the clients whose parts they are.
            home: The user's home, where the user's own parts are meant.
            catalogs: By folder and client, the file that offers the folder as one of the client's plugins.
            without: Paths of files that are no source, whoever reads them: they were written from one.
            unsettled: Knows files of which nothing is known, although they can be read.
        """
        self._without = frozenset(without)
        self._unsettled = unsettled
        self._catalogs = catalogs or {}
        self.clients = clients
        self._folders = tuple(folders)
        self._home = home
        self._places: tuple[PartsOnDisk, ...] | None = None
        self._stored: list[LoadedPart] = []
        """Those of a bundle."""
        self._known: dict[Kind, tuple[LoadedPart, ...]] = {}

    def offered(self) -> Iterator[tuple[str, Offered, Parts]]:
        """Yield the plugins that a file offers: the folder, what the file says of it, and its parts."""
        known: dict[tuple[str, SourceText], dict[str, Offered]] = {}
        for folder, catalogs in self._catalogs.items():
            for client, catalog in catalogs.items():
                file = client, catalog.source
                if file not in known:
                    known[file] = {one.path: one for one in reversed([*registry.catalog_of(client)(catalog.source)])}
                yield os.fspath(folder), known[file][catalog.path], Parts([folder], self.clients, catalogs={folder: catalogs})

    @property
    def places(self) -> tuple[PartsOnDisk, ...]:
        """What there is in each folder."""
        if self._places is None:
            from agentconv.sources.parts_on_disk import PartsOnDisk

            self._places = tuple(
                PartsOnDisk(folder, self._home, catalogs=self._catalogs.get(folder, {}), without=self._without, unsettled=self._unsettled)
                for folder in self._folders
            )
        return self._places

    def of(self, kind: Kind) -> tuple[LoadedPart, ...]:
        """Return the parts of a kind, those among them that their client does not take."""
        if kind not in self._known:
            self._known[kind] = tuple(_with_ids(self._all(kind)))
        return self._known[kind]

    def _all(self, kind: Kind) -> Iterator[LoadedPart]:
        """Yield the parts of a kind: what several clients find in one file once, as its own client reads it."""
        yield from (one for one in self._stored if one.kind == kind)
        every = [(place, one) for place in self.places for client in self.clients for one in place.of(client, kind)]
        found = [(place, one) for place, one in every if one.path not in self._without]
        first: dict[tuple[str, str, str | None], LoadedPart] = {}
        for place, one in sorted(found, key=lambda pair: (not pair[1].taken, not pair[1].is_own)):
            at = one.source.place.at if one.source else ""  # a marketplace has servers of several plugins
            first.setdefault((os.path.realpath(place.place(one.client, one.path)), at, one.part.name), one)
        chosen = set(map(id, first.values()))
        yield from (one for _, one in found if id(one) in chosen)

    def taken(self) -> list[LoadedPart]:
        """Return the parts of all kinds that their clients have, and what restrains in files that a client passes over: it was meant."""
        return [one for kind in KINDS for one in self.of(kind) if one.meant]

    def take(self, stored: Iterable[LoadedPart]) -> None:
        """Take in the parts of a bundle."""
        known: dict[tuple[str, str | None], list[LoadedPart]] = {}
        for one in self._stored:
            known.setdefault((one.kind, one.part.name), []).append(one)
        for one in stored:
            alike = known.setdefault((one.kind, one.part.name), [])
            if one not in alike:
                alike.append(one)
                self._stored.append(one)
        self._known.clear()

    def may_restrain(self) -> bool:
        """Whether there is a file that may restrain all that works in it, or a part of a bundle that does: one look at each file."""
        if any(one.kind in RESTRAINING for one in self._stored):
            return True
        if self._home is not None:
            return True
        files = [name for client in self.clients for name in rule_facts.restraining_files(client)]
        return any(os.path.lexists(folder / name) for folder in self._folders for name in files)

    def clients_with_parts(self, *, below: bool = False) -> tuple[str, ...]:
        """Return the clients of which there may be parts: one look at each place that is written down.

        Of one that only has plugins, there always may.

        Args:
            below: Whether instructions that only lie in folders below the root are looked for, too, in all of them.
        """
        from agentconv.parts.places import recorded

        def may_have(client: str) -> bool:
            places = [place for kinds in recorded().get(client, {}).values() for place in kinds.get("project", ())]
            names = {path if "*" in pattern else posixpath.join(path, pattern) for path, pattern in places} - {""}
            there = (os.path.lexists(folder / name) for folder in self._folders for name in names)
            return bool(registry.FORMATS[client].index) or any(there) or (below and self._has_texts(client))

        return tuple(client for client in self.clients if may_have(client))

    def _has_texts(self, client: str) -> bool:
        return any(True for place in self.places for _ in place.files(client, "instructions"))

    def has_own(self, client: str) -> bool:
        """Whether a client has parts in a place that is its own."""
        return any(one.is_own for kind in KINDS for place in self.places for one in place.of(client, kind))

    def owners(self, *, below: bool = False) -> tuple[str, ...]:
        """Return the clients that have parts in places of their own, whether or not there are agents."""
        return tuple(client for client in self.clients_with_parts(below=below) if self.has_own(client))

    def complaining(self) -> tuple[str, ...]:
        """Return the clients that do not take all of their own files of what restrains, or do not start, though nothing is in the files."""
        return tuple(client for client in self.clients_with_parts() if any(self._complaints(client)))

    def _complaints(self, client: str) -> Iterator[Diagnostic]:
        from agentconv.parts.registry import part_format

        for kind in KINDS:
            for source in (one for place in self.places for one in place.files(client, kind)):
                module = part_format(client, kind)
                told = module.read(source).diagnostics if module else ()
                loses = kind in RESTRAINING and source.text.text.strip()  # else nothing is lost
                yield from (one for one in told if loses or one.effect is Effect.STOPS)

    def unknown_restraints(self) -> Iterator[Diagnostic]:
        """Yield why it is not known what restrains all that works in a project: files that cannot be read, or of which nothing is taken."""
        from agentconv.parts.registry import part_format

        for kind in (one for one in KINDS if one in RESTRAINING):
            self.of(kind)
            for place, client in ((place, client) for place in self.places for client in self.clients):
                for source in place.files(client, kind):
                    module = part_format(client, kind)
                    read = module.read(source) if module and source.text.text.strip() else None
                    told = read.diagnostics if read and not any(one for one in read.parts) else ()
                    yield from (_placed(one, place.shown(client, source.text.path)) for one in told if one.effect and one.effect.drops)
        yield from dict.fromkeys(one for one in self.diagnostics if one.severity is Severity.ERROR)

    def unread(self, told: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Return what is told of files that are there, and cannot be read, but for what is told already: nobody knows what is in them."""
        for kind in KINDS:
            self.of(kind)
        found = (one for one in self.diagnostics if one.code is Code.UNREADABLE and one.severity is Severity.ERROR)
        known = {os.path.abspath(one.span.path) for one in told if one.span is not None}
        by_path = {os.path.abspath(one.span.path): one for one in found if one.span is not None}
        return [one for path, one in by_path.items() if path not in known]

    def take_of_one(self, clients: Iterable[str]) -> None:
        """Look at the parts of the one client among these that has some, where there are no agents that tell whose they are.

        Raises:
            InputError: Several have.
        """
        self.clients = [client for client in clients if self.has_own(client)]
        if len(self.clients) > 1:
            hint, option = (f"choose whose to take: {how}" for how in (f"-f {self.clients[0]}", f'format="{self.clients[0]}"'))
            raise registry.usage(f"parts of several assistants: {', '.join(self.clients)}", hint, option)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What reading has found by now."""
        return tuple(told for place in self._places or () for told in place.diagnostics)


def _placed(told: Diagnostic, path: str) -> Diagnostic:
    return replace(told, span=replace(told.span, path=path) if told.span is not None else Span(path))


def _with_ids(parts: Iterable[LoadedPart]) -> Iterator[LoadedPart]:
    """Give each part its id: the name, then `name~2` in path order."""
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    for one in parts:
        base = one.part.id or one.part.name or (one.source.stem if one.source else "") or one.kind.removesuffix("s")
        found, number = base, numbers.get(base, 2)
        while found in taken:
            found, number = f"{base}~{number}", number + 1
        numbers[base] = number
        taken.add(found)
        yield replace(one, part=replace(one.part, id=found))


def beside(found: Discovery, arguments: Sequence[str], clients: Sequence[str]) -> Parts:
    """Return the parts beside what was found, of the projects that the SRC arguments are, or are in, or of the user.

    Args:
        found: What the arguments hold.
        arguments: Files and folders that the user named.
        clients: The formats of the clients whose parts they are.
    """
    if found.home is not None:
        return Parts([found.home.root], clients, found.home)
    roots = dict.fromkeys(root for argument in arguments if argument != inputs.STDIN for root in _roots(Path(argument), clients))
    catalogs: dict[Path, dict[str, Catalog]] = {}
    for file in found.files:
        roots |= dict.fromkeys(_plugins(file, catalogs))
    return Parts(roots, clients, catalogs=catalogs)


def _plugins(file: Found, catalogs: dict[Path, dict[str, Catalog]]) -> Iterator[Path]:
    """Yield the folders of the plugins that a file makes such, or offers; for the latter, keep which file it is."""
    row = registry.FORMATS[file.format]
    if file.location is None or not row.is_index(file.path):
        return
    is_catalog = bool(row.catalog) and f"/{file.path}".endswith(f"/{row.catalog}")
    place = Path(file.location)
    root = Path(os.path.normpath(place.parents[len(PurePosixPath(row.catalog if is_catalog else row.index).parts) - 1]))
    if not is_catalog:
        yield root
        return
    try:
        source = SourceText(Path(file.location).as_posix(), inputs.read_bytes(file))
    except InputError:
        return  # reading it for its agents says why
    for one in registry.catalog_of(file.format)(source):
        folder = Path(os.path.normpath(root / one.path))
        if folder.is_dir() and not inputs.strays(folder, root):
            catalogs.setdefault(folder, {})[file.format] = Catalog(source, one.path)
            yield folder


def _around(path: Path) -> Path | None:
    """Return the project in which a folder is, or is in, one that clients have parts in (`.claude`, `.claude/skills`); None for no such."""
    parts, known = Path(os.path.abspath(path)).parts, _settings_places()
    if parts[-1:] in {wanted[:1] for wanted in known}:
        return Path(*parts[:-1])
    for wanted in known:
        for start in range(len(parts) - len(wanted), 0, -1):
            if parts[start : start + len(wanted)] == wanted:
                return Path(*parts[:start])
    return None


@cache
def _settings_places() -> tuple[tuple[str, ...], ...]:
    """Return the folders of parts that lie below a client's own (`.claude/skills`), each by its parts."""
    from agentconv.parts.places import recorded

    rows = (place for kinds in recorded().values() for row in kinds.values() for place, _ in row.get("project", ()))
    return tuple(dict.fromkeys(tuple(place.split("/")) for place in rows if place.startswith(".") and "/" in place))


def _roots(path: Path, clients: Iterable[str]) -> Iterator[Path]:
    """Yield the project that a path is, or is in, as the user would name it."""
    root = locations.project_root(path)
    if root is None and path.is_dir():
        root = next((found for client in clients if (found := locations.project_of(path, client))), None) or _around(path) or path
    if root is not None:
        yield Path(os.path.relpath(root)) if not path.is_absolute() else root
