"""`--with`: which skills, commands and MCP servers go along with what is converted, and what is told of those that stay."""

from __future__ import annotations

import os
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

from agentconv.cli import agents_there, guard_scripts, scope, typed
from agentconv.conversion import rules_there, servers_there
from agentconv.conversion.along import EVERYTHING, NONE, NOTHING, Named, With, along, chosen
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.core.kinds import KINDS, NOUNS
from agentconv.core.restraints import RESTRAINING
from agentconv.disk.files import Disk
from agentconv.disk.reader import files_of
from agentconv.formats import registry
from agentconv.render import text
from agentconv.sources import locations
from agentconv.sources import parts as beside

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from agentconv.cli.output import Output
    from agentconv.conversion.along import Along
    from agentconv.conversion.options import Options
    from agentconv.conversion.servers_there import AgentThere, Standing
    from agentconv.sources.inputs import Discovery
    from agentconv.sources.loaded import Loaded
    from agentconv.sources.parts import Parts
    from agentconv.sources.parts_on_disk import LoadedPart

NEEDED = With(needed=True)


class Carried:
    """What goes along in one run."""

    def __init__(self, options: argparse.Namespace, found: Discovery, output: Output) -> None:
        self._output = output
        self._disk = None if output.place.folder is None else Disk(output.place.folder, called="the output folder")
        self._settled: list[str] | None = getattr(options, "with")
        """What the project's settings say that goes along."""
        self.wanted = self._wanted(options.along, found)
        self._stays = not self.wanted and options.along is None and self._settled != [NONE]
        """Whether what is needed stays although nobody said so."""
        self.parts = self._parts(options, found)
        self._standing = cache(self._servers_there)
        stays = self.wanted.said and not self.wanted
        """Whether nothing is to go along, as somebody said."""
        self.places: dict[str, Any] = {
            "root": self._root(),
            "present": self._is_present,
            "read": self._read,
            "barred": None if self._disk is None else self._disk.barred,
            "their_rules": None if output.home is not None or output.place.folder is None else rules_there.reader(self._read),
            "servers_of": lambda target: [one.name for one in self._standing(target)],
            "there_already": self._standing,
            "agents_there": self._agents_there(),
            "replaces": bool(options.force),
            "scripts": None if stays or output.home is not None or output.place.folder is None else guard_scripts.of(output.sources),
        }
        """Where a conversion writes to."""

    def _wanted(self, words: list[str] | None, found: Discovery) -> With:
        """Return what goes along where it can: what the user or the settings say; else all of a bundle, and what a folder needs.

        Raises:
            InputError: The user says what nobody can do.
        """
        bundles = all(registry.FORMATS[target].bundle for target in self._output.targets)
        folder = self._output.place.folder is not None or bundles
        if words is None and (self._settled is not None or not folder):
            return chosen(self._settled or ()) if folder else NOTHING
        if words is None:
            if found.files and all(registry.FORMATS[file.format].bundle for file in found.files):
                return EVERYTHING
            alone = len(found.files) == 1 and found.files[0].named
            return NOTHING if alone else NEEDED
        wanted = chosen(words)
        if wanted and not folder:
            raise registry.usage("--with takes what is in several files, and there is no folder to put them in", "add -o DIR")
        return wanted

    def _parts(self, options: argparse.Namespace, found: Discovery) -> Parts:
        """Return the parts beside what is converted, of the clients that it is of."""
        clients = list(dict.fromkeys(file.format for file in found.files if file.format in registry.READERS))
        if options.source_format and not clients:
            clients = [registry.resolve(options.source_format)]
        parts = beside.beside(found, getattr(options, "sources", None) or scope.sources(options), clients)
        if not found.files and not clients and self.wanted:
            parts.take_of_one(client for client in registry.READERS if client not in self._output.targets)
        return parts

    def _root(self) -> str | None:
        folder = self._output.place.folder
        return os.path.realpath(folder) if folder else None

    def _is_present(self, path: str) -> bool:
        folder = self._output.place.folder
        return folder is not None and os.path.lexists(folder / path)

    def _read(self, path: str) -> bytes | None:
        """Return the bytes of a file in the output folder, as the one who writes there sees it: no link leads out of it."""
        return files_of(self._disk)(path) if self._disk is not None else None

    def _servers_there(self, target: str) -> tuple[Standing, ...]:
        """Return the servers that a target has already where it is written to."""
        place, home = self._output.place, self._output.home
        folder = place.folder or (locations.project_root(place.file) if place.file else None)
        if folder is None:
            return ()
        return servers_there.of(folder, target, home, lambda path: f"~/{path}" if home else os.path.normpath(os.path.join(folder, path)))

    def _agents_there(self) -> Callable[[str], Sequence[AgentThere]] | None:
        """Return what gives the agents that a target has where it is written to: a user's own are no project's."""
        folder = self._output.place.folder
        return agents_there.of_project(folder) if folder is not None and self._output.home is None else None

    def told(self, pieces: Iterable[Loaded], choices: Options) -> Iterator[Diagnostic]:
        """Say what the agents of files need that stays, where nobody said that it should."""
        if self.wanted is NEEDED and (left := self._left(pieces)):
            yield self._stay(left, choices)
        if self._stays and (needed := self._needed(pieces)).parts:
            words = ", ".join(f"{NOUNS[one.kind]} `{one.part.name}`" for one in needed.parts)
            hint = "convert the project into a folder, -o DIR, to take it along; --with none leaves it without a word"
            yield Diagnostic(Code.PARTS, Severity.NOTE, f"what agents name stays here: {words}", hint=hint)

    def _stay(self, left: Sequence[LoadedPart], choices: Options) -> Diagnostic:
        """Say of parts that they stay, and which of the targets read them where they are."""
        from agentconv.conversion.in_place import is_there_already

        reads = {target: [one for one in left if is_there_already(one, target, choices)] for target in self._output.targets}
        shares: dict[str, list[str]] = {}
        for target, found in reads.items():
            if found:
                shares.setdefault(_share(found, left), []).append(text.client(target))
        said = [f"{', '.join(clients)} {'reads' if len(clients) == 1 else 'read'} {share}" for share, clients in shares.items()]
        message = "; ".join((f"what no agent names stays here: {_counted(left)}", *(f"{one} in place" for one in said)))
        hints = ["--with all takes it along"] if any(len(found) < len(left) for found in reads.values()) else []
        if holding := [target for target, found in reads.items() if any(one.kind in RESTRAINING for one in found)]:
            asked = typed.here(f"agentconv inspect --effects --for {','.join(holding)}")
            hints.append(f"`{asked}` says whether what it reads there holds agents back")
        return Diagnostic(Code.PARTS, Severity.NOTE, message, hint="; ".join(hints) or None)

    def _left(self, pieces: Iterable[Loaded]) -> list[LoadedPart]:
        """Return what lies beside the agents, in their clients' own places, and does not go along by itself."""
        there = [one for kind in KINDS for one in self.parts.of(kind) if one.taken and one.is_own]
        going = {(one.kind, one.part.id) for one in self._needed(pieces).parts} if there else set()
        return [one for one in there if (one.kind, one.part.id) not in going]

    def _needed(self, pieces: Iterable[Loaded]) -> Along:
        """Return what the agents name and is there."""
        named = Named(self.parts)
        for _ in named.over(pieces):
            pass
        return along(NEEDED, named)


def _share(found: Sequence[LoadedPart], of: Sequence[LoadedPart]) -> str:
    """Say which of some parts are meant."""
    return _counted(found) if len(found) < len(of) else "it" if len(of) == 1 else "all of it"


def _counted(parts: Iterable[LoadedPart]) -> str:
    """Count parts by their kinds."""
    return ", ".join(text.count(number, NOUNS[kind]) for kind, number in Counter(one.kind for one in parts).items())
