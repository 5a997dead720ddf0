"""Files in which parts stand among entries of others: put into one that is there, and not a byte changes that is not theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code
from agentconv.core.part_format import PartSource, difference
from agentconv.core.source import SourceText
from agentconv.disk.output import Merged

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from agentconv.core.part_format import PartFormat, Place
    from agentconv.core.parts import Part
    from agentconv.disk.output import Mergeable


@dataclass(frozen=True, slots=True)
class SharedParts:
    """The parts of one file that others have entries in, too, ready to be put into one that is there."""

    module: PartFormat[Any]
    path: str
    place: Place
    parts: tuple[Part, ...]

    def merge(self, present: bytes, *, force: bool = False) -> Merged:
        """Put the parts into a file: new ones are added, the same ones left, others of one name kept unless forced.

        Not a byte changes that is not theirs; the result is read back, and where the client would not take it, nothing changes.
        """
        before = {part.name: part for part in self._read(present).parts}
        parts = called_beside(self.module, self.parts, before.values())
        ours = parts if force else tuple(self._beside(before.get(part.name), part) for part in parts)
        differing = [part for part in ours if part.name in before and difference(before[part.name], part)]
        together = [part for part in differing if part not in parts]
        kept = [] if force else [part for part in differing if part not in together]
        wanted = [part for part in ours if part.name not in before or part in together or (part in differing and force)]
        if not wanted:
            return Merged(present, tuple(part.name or "" for part in kept))
        original = PartSource(SourceText(self.path, present), self.place)
        data = self.module.write(wanted, self.path, original)[0].data
        problem = self._problem(data, {**before, **{part.name: part for part in wanted}}, {part.name for part in parts})
        if problem:
            return Merged(present, tuple(part.name or "" for part in self.parts), problem=problem[0], at=problem[1])
        return Merged(data, tuple(part.name or "" for part in kept), replaced=force and bool(differing))

    def is_broken(self, present: bytes) -> bool:
        """Whether the client takes nothing of a file, or not all of it, as it stands."""
        return any(one.code is Code.NOT_LOADED for one in self._read(present).diagnostics)

    def _beside(self, there: Part | None, part: Part) -> Part:
        """Return a part as it stands beside what is there of its name, where both can hold: rules of a set do."""
        beside = getattr(self.module, "beside", None)
        found: Part | None = beside(there, part) if there is not None and beside is not None else None
        return part if found is None else found

    def _read(self, data: bytes) -> Any:
        return self.module.read(PartSource(SourceText(self.path, data), self.place))

    def _problem(
        self, data: bytes, expected: Mapping[str | None, Part], ours: Collection[str | None]
    ) -> tuple[str, tuple[int, int]] | None:
        """Say what the client does not take of a file that was changed, and where; None where it has all that was meant."""
        again = self._read(data)
        found = {part.name: part for part in again.parts}
        exact = found.keys() == expected.keys() and not any(difference(expected[name], found[name]) for name in expected)
        taken = not any(state.dropped and part.name in ours for part, state in zip(again.parts, again.states, strict=True))
        if exact and taken:
            return None
        told = next((one for one in again.diagnostics if one.code is Code.NOT_LOADED), None)
        if told is None:
            return "it cannot be changed without changing what else is in it", (1, 1)
        return told.message, (told.span.line, told.span.column) if told.span else (1, 1)


@dataclass(frozen=True, slots=True)
class Together:
    """What several sides put into one file, one after the other."""

    sides: tuple[Mergeable, ...]

    def merge(self, present: bytes, *, force: bool = False) -> Merged:
        """Put all of it into a file."""
        kept: tuple[str, ...] = ()
        replaced, data = False, present
        for side in self.sides:
            done = side.merge(data, force=force)
            if done.problem:
                return Merged(present, done.kept, problem=done.problem, at=done.at)
            data, kept, replaced = done.data, (*kept, *done.kept), replaced or done.replaced
        return Merged(data, kept, replaced)


def called_beside(module: PartFormat[Any], parts: Sequence[Part], there: Iterable[Part]) -> tuple[Part, ...]:
    """Return parts under the names that they have among others, of a kind whose names only say where they stand."""
    renamed: Callable[[Sequence[Part], Iterable[Part]], tuple[Part, ...]] | None = getattr(module, "called_beside", None)
    return renamed(parts, there) if renamed else tuple(parts)
