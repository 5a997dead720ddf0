"""The skills, commands, MCP servers, rules and instructions of a project, or of the user's own: where a client finds them, and which wins.

Nothing is looked at before somebody asks for a kind, and a place that is not there costs one look.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import bugs, includes
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Code, Diagnostic, Effect, Severity, Span
from agentconv.core.format import State
from agentconv.core.includes import Included
from agentconv.core.kinds import ADDING_UP
from agentconv.core.restraints import RESTRAINING
from agentconv.core.source import SourceText
from agentconv.formats import registry as formats
from agentconv.parts import registry
from agentconv.parts.places import recorded
from agentconv.sources import contents, sniffing, winning
from agentconv.sources.places_on_disk import PlacesOnDisk, matches

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from agentconv.core.container import Catalog
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartFormat, PartSource, PartsRead, Place
    from agentconv.core.parts import Part
    from agentconv.sources.contents import Contained
    from agentconv.sources.read_before import ReadBefore
    from agentconv.sources.void_files import Void


@dataclass(frozen=True, slots=True)
class LoadedPart:
    """A part as a client reads it from a file, or as a bundle has it."""

    kind: Kind
    part: Part
    state: State
    client: str
    """The format id of the client."""
    source: PartSource | None = None
    """The file; None for a part of a bundle that was stored without it."""
    hidden_by: str | None = None
    """The file of the part of that name which the client takes instead of this one."""
    told: tuple[Diagnostic, ...] = ()
    """What its client's reader says of it, or of all of its file."""
    root: str = ""
    """The folder that the file's path is relative to: a project's root, or the user's home."""
    also_called: tuple[str, ...] = ()
    """Other names by which agents of the plugin that it is in call it."""
    is_voided: bool = False
    """Whether its client would have it, if it took anything of the plugin that it is in."""

    @property
    def path(self) -> str:
        """Of its file; empty where that is not known."""
        return self.source.text.path if self.source else ""

    @property
    def is_own(self) -> bool:
        """Whether its file lies in a place of its client alone."""
        return self.source is not None and self.source.place.native

    @property
    def only_in(self) -> str:
        """The folder of the mode that alone has it; empty where all have it."""
        if self.source is None or not self.source.place.partial:
            return ""
        return self.path.removeprefix(f"{self.source.place.path}/").partition("/")[0]

    @property
    def names(self) -> tuple[str, ...]:
        """What agents may call it by."""
        return (*filter(None, (self.part.name,)), *self.also_called)

    @property
    def taken(self) -> bool:
        """Whether the client has this part, as it is called."""
        return self.hidden_by is None and not self.state.dropped

    @property
    def meant(self) -> bool:
        """Whether its client has it, or would if it were written as the client wants it, where it may hold others back.

        A prohibition that its client passes over, alone or with all of its file, is what its author wrote all the same.
        """
        lost = self.hidden_by is None and self.kind in RESTRAINING
        return self.taken or (lost and (self.is_voided or any(one.effect and one.effect.drops for one in self.told)))


@dataclass(slots=True)
class PartsOnDisk(PlacesOnDisk):
    """The parts of one project, or of the user's own, by client and kind; what was read is kept."""

    catalogs: Mapping[str, Catalog] = field(default_factory=dict)
    """By client, the file that offers the folder as one of its plugins."""
    without: Collection[str] = ()
    """Paths of files that are no parts, and hide none: they were written from one, and say what that says."""
    before: ReadBefore | None = None
    """What readers made of files at an earlier look, where somebody looks again and again."""
    _voids: dict[tuple[str, str], tuple[Void, ...]] = field(default_factory=dict)
    """By client and file, why nothing of it is taken, as far as parts of it were asked for."""
    _known: dict[tuple[str, Kind], tuple[LoadedPart, ...]] = field(default_factory=dict)
    _by_path: dict[tuple[str, Kind], dict[str, list[LoadedPart]]] = field(default_factory=dict)
    _containers: dict[str, Contained | None] = field(default_factory=dict)
    """What the folder is of each client's plugins or extensions, as far as that was asked for."""
    _voided: dict[str, Diagnostic | None] = field(default_factory=dict)
    """By client, the hook for which it takes nothing of the plugin that the folder is, as far as that was asked for."""

    def of(self, client: str, kind: Kind) -> tuple[LoadedPart, ...]:
        """Return the parts of a kind that a client finds, those that it does not take among them."""
        if (client, kind) not in self._known:
            module = registry.part_format(client, kind) if self._may_hold(client, kind) else None
            self._known[client, kind] = () if module is None else self._read(client, module)
        return self._known[client, kind]

    def in_file(self, client: str, kind: Kind, path: str) -> Sequence[LoadedPart]:
        """Return those of them that are in one file."""
        if (client, kind) not in self._by_path:
            found = self._by_path[client, kind] = {}
            for one in self.of(client, kind):
                found.setdefault(one.path, []).append(one)
        return self._by_path[client, kind].get(path, ())

    def _may_hold(self, client: str, kind: Kind, scope: str | None = None) -> bool:
        """Whether there is a place at which a client looks for parts of a kind: where there is none, its module isn't even loaded."""
        scopes = recorded().get(client, {}).get(kind)
        if scopes is None:
            return False
        if scope is None and self.home is None and self.container(client) is not None:
            return True
        scope = scope or ("project" if self.home is None else "user")
        return any(self.is_there(client, path, pattern) for path, pattern in scopes.get(scope, ()))

    def perhaps(self, client: str, kind: Kind) -> tuple[LoadedPart, ...]:
        """Return the parts that a client finds as well where its user's settings say so: after those that it finds anyway."""
        module = registry.part_format(client, kind) if self.home is None and self._may_hold(client, kind, "perhaps") else None
        known = {one.part.name: one.path for one in self.of(client, kind) if one.taken}
        found: list[tuple[int, LoadedPart]] = []
        for number, place in enumerate(getattr(module, "perhaps", ())):
            for source in self.sources(client, place, kind):
                loaded = self._loaded(source, client, module) if module is not None else ()
                found += [(number, replace(one, hidden_by=known.get(one.part.name))) for one in loaded]
        return winning.ranked(found)

    def files(self, client: str, kind: Kind, *, own: bool = True) -> Iterator[PartSource]:
        """Yield the files of a kind in a client's own places, or in those of others that it looks in, with the scripts that they name."""
        module = registry.part_format(client, kind) if self._may_hold(client, kind) else None
        seen: set[str] = set()
        for place in self._places(client, module) if module else ():
            for source in self.sources(client, place, kind) if place.native is own else ():
                if module and source.text.path not in seen:
                    seen.add(source.text.path)
                    yield self._whole(client, module, source)

    def _whole(self, client: str, module: PartFormat[Any], source: PartSource) -> PartSource:
        """Return a file with the scripts of the project that the hooks in it name, or with what its text imports if that is there."""
        named: Callable[[PartSource], list[str]] | None = getattr(module, "named", None)
        if named and not source.files:
            return replace(source, files=self.named(client, named(source)))
        perhaps: Callable[[PartSource], list[str]] | None = getattr(module, "perhaps_named", None)
        there = [path for path in perhaps(source) if self.has_file(client, path)] if perhaps else []
        if not there:
            return source
        return replace(source, text=SourceText(source.text.path, source.text.data, {path: Included(path) for path in there}))

    def container(self, client: str) -> Contained | None:
        """Return what the folder is of a client's plugins or extensions."""
        if client not in self._containers:
            found = contents.of_folder(self.folder, client, self.catalogs.get(client)) if self.home is None else None
            self._containers[client] = found
            self.diagnostics += found.told(partial(self.shown, client)) if found else ()
        return self._containers[client]

    def _places(self, client: str, module: PartFormat[Any]) -> tuple[Place, ...]:
        """Return where a client looks for parts: in its own places, but for one that has only plugins, and in those of a plugin."""
        if self.home is not None:
            return module.user
        own = () if formats.FORMATS[client].index else module.project
        contained = self.container(client)
        if contained is None:
            return own
        within = contained.contents.places.get(module.kind, ())
        taken = {place.path for place in within}
        return (*within, *(place for place in own if place.path not in taken))

    def _read(self, client: str, module: PartFormat[Any]) -> tuple[LoadedPart, ...]:
        places = self._places(client, module)
        found: list[tuple[int, LoadedPart]] = []
        first: str | None = None
        seen: set[str] = set()
        for number, place in enumerate((*places, *self._listed(client, module))):
            rank = number - len(places) if place.wins else number
            unread = first if place.alone else None
            for source in self.sources(client, place, module.kind):
                if module.kind in ADDING_UP and source.text.path in seen:
                    continue  # a file that is found at two places is read once
                whole = self._whole(client, module, source)
                void = self._void(whole, client, module.kind)
                loaded = (one if void is None else self._lost(one, void) for one in self._loaded(whole, client, module))
                taken = [(rank, replace(one, hidden_by=unread)) for one in loaded if one.path not in self.without]
                seen.update(one.path for _, one in taken)
                found += taken
            if first is None and not place.pattern and os.path.lexists(self.place(client, place.path)):
                first = place.path
            if module.kind == "skills" and place.native:
                self.diagnostics += self._flat(client, place)
        if module.kind == "instructions":
            return self._side_by_side(client, found)
        if module.kind == "permissions":
            return self._together(client, module, [one for _, one in found])
        if (off := self._all_off(client, module) if found else None) is not None:
            return tuple(self._switched_off(one, off) for _, one in found)
        lists = self._off(client, module)
        found = [(rank, self._switched_off(one, lists[one.part.name]) if one.part.name in lists else one) for rank, one in found]
        return tuple(one for _, one in found) if module.kind in ADDING_UP else winning.ranked(found)

    def _all_off(self, client: str, module: PartFormat[Any]) -> str | None:
        """Return the file that switches all of a client's hooks off, be there hooks in it or not."""
        if module.kind != "hooks":
            return None
        from agentconv.sources import hooks_off

        def read(path: str) -> bytes | None:
            place = self.place(client, path)
            found = self.read_file(os.fspath(place)) if os.path.isfile(place) else None
            return found[0] if found is not None else None

        return hooks_off.of(client, read, "project" if self.home is None else "user")

    def _void(self, source: PartSource, client: str, kind: Kind) -> Void | None:
        """Return why a client takes nothing of a file, where that is not what those of the kind in it say themselves."""
        path = source.text.path
        if (client, path) not in self._voids:
            from agentconv.sources import void_files

            self._voids[client, path] = void_files.of_file(client, source.text, partial(self._is_missing, client, path))
        return next((one for one in self._voids[client, path] if one.kind != kind), None)

    def told_of_file(self, client: str, source: PartSource, kind: Kind) -> tuple[Diagnostic, ...]:
        """Return why a client takes nothing of a file, where no part in it is at fault: once, for the first kind that is in it."""
        self._void(source, client, kind)
        return tuple(one.told for one in self._voids[client, source.text.path] if one.kind is None and one.first == kind)

    def void(self, client: str) -> Iterator[Void]:
        """Yield why a client takes nothing of files that were read and have no part which could say so."""
        told = {one.path for (name, _), found in self._known.items() if name == client for one in found}
        for (name, path), voids in self._voids.items():
            if name == client and voids and path not in told:
                yield replace(voids[0], told=self._shown(voids[0].told, client))

    def _is_missing(self, client: str, path: str, named: str) -> bool:
        """Whether a file that another one names is not there; of one that lies elsewhere, nobody knows."""
        below = includes.beside(path, named)
        return below is not None and not os.path.lexists(self.place(client, below))

    def _lost(self, one: LoadedPart, void: Void) -> LoadedPart:
        """Return a part that goes with its file; that the client does not start is said before what is wrong with the part itself."""
        told = self._shown(void.told, one.client)
        if not one.state.dropped:
            return replace(one, state=void.state, told=(*one.told, told))
        stops = void.state is State.STOPS and one.state is not State.STOPS
        return replace(one, state=void.state, told=(told, *one.told)) if stops else one

    def _off(self, client: str, module: PartFormat[Any]) -> dict[str | None, str]:
        """Return the files of settings that switch servers off, by these."""
        from agentconv.core.part_format import Place
        from agentconv.json import jsonc

        lists: Sequence[tuple[str, str]] = getattr(module, "off", ()) if module.kind == "servers" and self.home is None else ()
        named: dict[str | None, str] = {}
        for path, key in lists:
            for source in self.sources(client, Place(path), module.kind):
                root = jsonc.parse(source.text.text, jsonc.JSON).root if self._void(source, client, module.kind) is None else None
                table = jsonc.value(root) if root else None
                names = table.get(key) if isinstance(table, dict) else None
                named.update((name, path) for name in (names if isinstance(names, list) else ()) if isinstance(name, str))
        return named

    def _switched_off(self, one: LoadedPart, path: str) -> LoadedPart:
        """Return a hook that never runs, or a server that is never started, since a file of settings says so."""
        where = self.shown(one.client, path)
        does = "runs no hook here: {} switches all of them off" if one.kind == "hooks" else "does not start this server: {} switches it off"
        message = f"{formats.FORMATS[one.client].title} {does.format(where)}"
        span = Span(self.shown(one.client, one.path))
        severity = Severity.WARNING if one.kind == "hooks" else Severity.NOTE
        told = Diagnostic(Code.NOT_LOADED, severity, message, span, f"take that out of {where}", one.part.name, one.client)
        return replace(one, state=State.NOT_LOADED, told=(*one.told, told))

    def _together(self, client: str, module: PartFormat[Any], found: Sequence[LoadedPart]) -> tuple[LoadedPart, ...]:
        """Return rules, all of which hold: but for those of files of which a broken one costs the others."""
        ending = getattr(module, "together", "")
        broken = next((one for one in found if ending and one.path.endswith(ending) and one.state.dropped), None)
        if broken is None:
            return tuple(found)
        title, where = formats.FORMATS[client].title, self.shown(client, broken.path)
        message = f"{title} takes none of the rules of this file: {os.path.basename(where)} is broken, which costs those of all"
        told = Diagnostic(Code.NOT_LOADED, Severity.WARNING, message, hint=f"mend {where}", client=client, effect=Effect.DROPS_ALL)
        lost = (one for one in found if one is not broken and one.path.endswith(ending))
        instead = {
            one.path: replace(one, state=State.NOT_LOADED, told=(*one.told, replace(told, span=Span(self.shown(client, one.path)))))
            for one in lost
        }
        return tuple(instead.get(one.path, one) for one in found)

    def _listed(self, client: str, module: PartFormat[Any]) -> Iterator[Place]:
        """Yield the places that a client's configuration names in the project."""
        from agentconv.core.part_format import Place

        for path in getattr(module, "lists", ()) if self.home is None else ():
            for source in self.sources(client, Place(path), module.kind):
                if self._void(source, client, module.kind) is None:
                    yield from module.listed(source.text)  # type: ignore[attr-defined]

    def _side_by_side(self, client: str, found: Sequence[tuple[int, LoadedPart]]) -> tuple[LoadedPart, ...]:
        """Return parts that are all taken, whatever they are called, but for those that give way to another file, each file once."""
        first = {one.path: one for _, one in reversed(found)}
        return tuple(replace(one, hidden_by=self._instead(client, one)) for one in first.values() if one.source)[::-1]

    def _instead(self, client: str, one: LoadedPart) -> str | None:
        """Return the file for which a client passes over another one."""
        folder = os.path.dirname(one.path)
        others = (os.path.normpath(os.path.join(folder, name)) for name in (one.source.place.unless if one.source else ()))
        return next((other for other in others if other not in self.without and os.path.exists(self.place(client, other))), None)

    def _flat(self, client: str, place: Place) -> Iterator[Diagnostic]:
        """Say which files lie where skills do and are none, since a skill is a folder."""
        from agentconv.parts.skills import faults

        for path in self._astray(client, place):
            message = f"{formats.FORMATS[client].title} {faults.FLAT}"
            yield Diagnostic(Code.PARTS, Severity.NOTE, message, Span(self.shown(client, path)), faults.as_folder(path), client=client)

    def _astray(self, client: str, place: Place) -> Iterator[str]:
        """Yield the files that lie where skills do, and are none."""
        base = self.place(client, place.path)
        names = os.listdir(base) if os.path.isdir(base) else ()
        module = registry.part_format(client, "skills")
        known = tuple(self._places(client, module)) if module else ()
        for name in sorted(names):
            path = place.holds(name)
            is_known = any(matches(one, path) for one in known)
            if name.endswith(".md") and sniffing.may_be_agent(name) and not is_known and os.path.isfile(base / name):
                yield path

    def astray(self, client: str) -> Iterator[PartSource]:
        """Yield the files that lie where a client's own skills do, and are none, since a skill is a folder."""
        from agentconv.core.part_format import PartSource

        module = registry.part_format(client, "skills")
        for place in self._places(client, module) if module else ():
            for path in self._astray(client, place) if place.native else ():
                read = self.read_file(os.fspath(self.place(client, path)))
                if read is not None:
                    yield PartSource(SourceText(path, read[0]), place)

    def _loaded(self, source: PartSource, client: str, module: PartFormat[Any]) -> Iterator[LoadedPart]:
        try:
            result: PartsRead[Any] = (
                self.before.of(client, module.kind, source, module.read) if self.before is not None else module.read(source)
            )
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a bug must surface as one, and must not lose the other files
            brought, span = (client, formats.FORMATS[client].distribution), Span(source.text.path)
            self.diagnostics.append(bugs.told(error, "while it was read", span, lost="the file was left out", brought=brought))
            return
        said = tuple(self._shown(one, client) for one in result.diagnostics)
        if not result.parts:
            self.diagnostics += said
        of_each = winning.of_each(said)
        for part, state in zip(result.parts, result.states, strict=True):
            told = of_each.get(part.name, of_each[None])
            yield self._in_container(LoadedPart(module.kind, part, state, client, source, told=told, root=os.fspath(self.folder)))

    def _in_container(self, loaded: LoadedPart) -> LoadedPart:
        """Return a part with what the plugin that it is in makes of it: a name for agents, and nothing where nothing of it loads."""
        contained = self._containers.get(loaded.client)
        inside = bool(formats.FORMATS[loaded.client].index) or (loaded.source is not None and loaded.source.place.contained)
        if contained is None or not inside:
            return loaded
        name = loaded.part.name or ""
        called = tuple(one for one in contained.called(loaded.kind, name) if one != name)
        if loaded.client not in self._voided:
            from agentconv.sources import voided

            self._voided[loaded.client] = voided.of_contained(self.folder, contained)
        lost = contained.contents.problem or self._voided[loaded.client]
        is_voided = bool(lost) and not loaded.state.dropped
        return replace(loaded, state=State.NOT_LOADED if lost else loaded.state, also_called=called, is_voided=is_voided)

    def _shown(self, told: Diagnostic, client: str) -> Diagnostic:
        """Return a diagnostic with the path of its file as it is seen from here."""
        return replace(told, span=replace(told.span, path=self.shown(client, told.span.path))) if told.span else told
