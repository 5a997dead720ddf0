"""Instructions that are always read, on their way to a client: its users know one file, and further ones are rules, or stand below it.

What the target reads where it is stays there, unless the file that is written for the others would take its place: a client that reads
`CLAUDE.md` for want of an `AGENTS.md` has it no more once that is there.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast

from agentconv.core import losses
from agentconv.core.dataclass import replace
from agentconv.core.losses import quoted
from agentconv.core.parts import Body, FileText, Instruction
from agentconv.core.source import SourceText
from agentconv.parts import registry
from agentconv.parts.instructions.imports import imported
from agentconv.sources.places_on_disk import matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from agentconv.conversion.options import Options
    from agentconv.core.part_format import Place
    from agentconv.sources.parts_on_disk import LoadedPart

_BETWEEN = "\n\n"


class MainTexts:
    """What is always read, for one target."""

    def __init__(self, target: str, options: Options, in_place: Callable[[LoadedPart], bool]) -> None:
        self.module: Any = registry.part_format(target, "instructions")
        self.target = target
        module, scope = self.module, options.scope
        self.places: Sequence[Place] = () if module is None else module.project if scope == "project" else module.user
        self._options = options
        self._in_place = in_place
        self.joined: dict[int, LoadedPart] = {}
        """What stands in another one's file now, by the numbers of the parts, and that one."""
        self.same: dict[int, LoadedPart] = {}
        """What another one says word for word, and that one."""
        self.imported: dict[int, str] = {}
        """What says no more than to read a file that the target reads by itself, and that file."""
        self.shut: dict[int, str] = {}
        """What has no place, since the target's one file for it is the source's own, or one that the source imports; and that file."""
        self.moved: set[int] = set()
        """What the target would read where it is, if what is written did not take its place."""

    def gather(self, parts: Sequence[LoadedPart]) -> list[LoadedPart]:
        """Return parts in which one is the main text, and the others are what the target holds beside it."""
        found = list(parts)
        numbers = [number for number, one in enumerate(parts) if self._is_always(one)] if self.places else []
        rest = [number for number in numbers if not self._in_place(parts[number])]
        ruled = bool(self.module and self.module.whens)
        known = any(self._part(parts[number]).main for number in numbers if number not in rest)
        if any(not ruled or (self._part(parts[number]).main and not known) for number in rest):
            self.moved = {number for number in numbers if number not in rest and self._gives_way(parts[number])}
            rest = [number for number in numbers if number in rest or number in self.moved]
        own = next((parts[number] for number in numbers if number not in rest and parts[number].path == self._main()), None)
        rest = self._once(parts, [number for number in numbers if number not in rest], rest)
        rest = self._beside_imported(found, rest)
        mains = [number for number in rest if self._part(parts[number]).main]
        if ruled:
            for number in mains[0 if known else 1 :]:
                found[number] = replace(parts[number], part=replace(self._part(parts[number]), main=False))
        elif own is not None or any(self._main() in self._read_there(parts[number]) for number in rest):
            self.shut = dict.fromkeys(rest, own.path if own is not None else self._main())
        elif len(rest) > 1:
            self._join(found, rest, (mains or rest)[0])
        return found

    def _is_always(self, one: LoadedPart) -> bool:
        part = one.part
        if not isinstance(part, Instruction) or one.client == self.target:
            return False
        return part.when in (None, "always") and part.folder is None and not part.personal and not one.only_in

    @staticmethod
    def _part(one: LoadedPart) -> Instruction:
        return cast("Instruction", one.part)

    def _once(self, parts: Sequence[LoadedPart], there: Sequence[int], rest: Sequence[int]) -> list[int]:
        """Return those of the rest that say what no other one does, main texts before others, and what the target has before all."""
        said = [
            (self._part(parts[number]).body, number) for number in [*there, *sorted(rest, key=lambda one: not self._part(parts[one]).main)]
        ]
        for index, (body, number) in enumerate(said):
            twin = next((other for text, other in said[:index] if other not in self.same and _is_same(text, body)), None)
            if twin is not None and number in rest:
                self.same[number] = parts[twin]
        return [number for number in rest if number not in self.same]

    def _beside_imported(self, found: list[LoadedPart], rest: Sequence[int]) -> list[int]:
        """Return those of the rest that say more than which files to read, of which the target reads some by itself.

        One that imports nothing shows the name of such a file alone, and loses nothing by that.
        """
        for number in rest:
            read, body = self._read_there(found[number]), self._part(found[number]).body
            if not read or body is None:
                continue
            if all(part.strip() == "" if isinstance(part, str) else _path(part) in read for part in body.parts):
                self.imported[number] = read[0]
            elif not self.module.files_at(self.module.place_of(Instruction(main=True), self.places)).imports:
                named = tuple(_merged([f"@{_path(part)}" if _path(part) in read else part for part in body.parts]))
                found[number] = replace(found[number], part=replace(self._part(found[number]), body=Body(named)))
        return [number for number in rest if number not in self.imported]

    def _read_there(self, one: LoadedPart) -> list[str]:
        """Return the files that a text imports, and that the target reads by itself, whatever it is working on."""
        present = self._options.present
        if present is None or self._options.scope != "project" or not self._options.into_root(one.root):
            return []
        found = []
        for path in imported(self._part(one).body):
            place = next((place for place in self.places if matches(place, path)), None)
            files = None if place is None or hidden(place, path, present) else self.module.files_at(place)
            if files is not None and files.main and present(path):
                found.append(path)
        return found

    def _main(self) -> str:
        """Return the file that is written for what is always read."""
        main = Instruction(main=True)
        return str(self.module.path(main, self.module.place_of(main, self.places))) if self.module is not None else ""

    def _gives_way(self, one: LoadedPart) -> bool:
        """Whether the target passes over a file once there is the one that is written."""
        place = next((place for place in self.places if matches(place, one.path)), None)
        return place is not None and self._main() in others(place, one.path)

    def _join(self, found: list[LoadedPart], numbers: Sequence[int], first: int) -> None:
        """Put texts into one, in their order, the main one first."""
        order = [first, *(number for number in numbers if number != first)]
        bodies = [part.body.parts for part in (self._part(found[number]) for number in order) if part.body and part.body.parts]
        parts = [one for number, body in enumerate(bodies) for one in ((_BETWEEN,) if number else ()) + body]
        whole = found[first]
        found[first] = replace(whole, part=replace(self._part(whole), body=Body(tuple(_merged(parts))), main=True))
        self.joined = dict.fromkeys(order[1:], found[first])

    def elsewhere(self, number: int, one: LoadedPart) -> Any:
        """Say where a text stands now, of one that gets no file; None of any other."""
        rows: tuple[tuple[str, Mapping[int, str]], ...] = (
            ("instruction-same", {at: whole.path for at, whole in self.same.items()}),
            ("instruction-imported", self.imported),
            ("instruction-shut", self.shut),
            ("instruction-joined", {at: whole.path for at, whole in self.joined.items()}),
        )
        found = next(((code, others[number]) for code, others in rows if number in others), None)
        return found and losses.loss(found[0], one.part.id, "name", self.target, quoted(found[1]), part="instructions")


def _path(part: object) -> str:
    """Return the path of a file that a text imports; nothing of what imports none."""
    return "".join(map(str, part.path)) if isinstance(part, FileText) else ""


def _is_same(one: Body | None, other: Body | None) -> bool:
    return one is not None and other is not None and bool(one.parts and other.parts) and _stripped(one) == _stripped(other)


def _stripped(body: Body) -> tuple[Any, ...]:
    """Return what a text says, whatever is blank around it."""
    first, *rest = body.parts
    ends = [first.lstrip() if isinstance(first, str) else first, *rest]
    return (*ends[:-1], ends[-1].rstrip() if isinstance(ends[-1], str) else ends[-1])


def _merged(parts: Sequence[Any]) -> Iterator[Any]:
    """Yield the parts of a text, those that are text side by side as one."""
    text = ""
    for one in parts:
        if isinstance(one, str):
            text += one
            continue
        if text:
            yield text
        text = ""
        yield one
    if text:
        yield text


def readers(one: str, other: str, present: Callable[[str], bool], read: Callable[[str], bytes | None] | None, *, same: bool) -> list[str]:
    """Return the clients that put both of two files of a project before the model.

    Args:
        one: The path of a file.
        other: That of the other one.
        present: Says whether there is a file.
        read: Returns the bytes of a file, for the configurations that name further files.
        same: Whether both have the same text.
    """
    from agentconv.formats import registry as formats

    found = []
    for client in formats.CLIENTS:
        module = registry.part_format(client, "instructions")
        if same and getattr(module, "same_text_once", False):
            continue
        known = (*module.project, *_listed(module, read)) if module else ()
        places = [next((place for place in known if matches(place, path)), None) for path in (one, other)]
        if all(
            place is not None and not hidden(place, path, present, (one, other)) for place, path in zip(places, (one, other), strict=False)
        ):
            found.append(client)
    return found


def _listed(module: Any, read: Callable[[str], bytes | None] | None) -> Iterator[Place]:
    """Yield the places that a client's configuration names in the project."""
    for path in getattr(module, "lists", ()) if read else ():
        data = read(path) if read else None
        if data is not None:
            yield from module.listed(SourceText(path, data))


def hidden(place: Place, path: str, present: Callable[[str], bool], also: Sequence[str] = ()) -> bool:
    """Whether a client passes over a file for another one that is there."""
    return any(other in also or present(other) for other in others(place, path))


def others(place: Place, path: str) -> Iterator[str]:
    """Yield the files for which a client passes over one at a place, if they are there."""
    yield from (os.path.normpath(os.path.join(os.path.dirname(path), name)).replace(os.sep, "/") for name in place.unless)
