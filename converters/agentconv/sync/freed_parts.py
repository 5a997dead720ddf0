"""Skills and commands that a switch of the source would let do more in an assistant: the new source says less of them.

A limit may stand in a file beside the part (`agents/openai.yaml`), which goes when the new source cannot say it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion.insisting import insists
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.disk.reader import files_of
from agentconv.formats import registry
from agentconv.install import looser_parts, part_asking
from agentconv.install.steps import Wanted
from agentconv.sync.unchanged_parts import NAME

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from agentconv.disk.reader import Reader
    from agentconv.install.deployment import Deployment
    from agentconv.install.lock import Lock
    from agentconv.install.steps import Plan


@dataclass(frozen=True, slots=True)
class Freed:
    """A part of which a target does not hold any more what it held."""

    part: str
    target: str
    what: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.part} in {registry.FORMATS[self.target].title} ({'; '.join(self.what)})"


def of(reader: Reader, locked: Lock, done: Iterable[Deployment]) -> tuple[Freed, ...]:
    """Return what would be freer.

    Args:
        reader: Reads what is there.
        locked: What is ours there, before the switch.
        done: What targets get after it.
    """
    there, found = files_of(reader), []
    for target, id_, coming in ((one.target, *row) for one in done for row in _together(one.wanted)):
        ours = [entry for entry in locked.entries if NAME in entry.packs and (entry.target, entry.agent) == (target, id_)]
        had = _together(Wanted(one.path, target, id_, "", part=one.part, beside=_is_beside(one.path)) for one in ours if not one.pointer)
        before = [part_asking.read(files, lambda one: there(one.path)) for _, files in had]
        after = part_asking.read(coming, lambda one: one.data)
        what = [grant.what for old in before if old and after for grant in looser_parts.looser(old, after)]
        found += [Freed(id_, target, tuple(dict.fromkeys(what)))] if what else []
    return tuple(found)


def _is_beside(path: str) -> bool:
    return "/skills/" in path and not path.endswith("/SKILL.md")


def _together(wanted: Iterable[Wanted]) -> Iterator[tuple[str, Sequence[Wanted]]]:
    """Yield the whole files of each skill and command, that one first which is not beside another."""
    by_part: dict[str, list[Wanted]] = {}
    for one in wanted:
        if one.part in ("skills", "commands") and one.shared is None:
            files = by_part.setdefault(one.agent, [])
            files.insert(len(files) if one.beside else 0, one)
    yield from by_part.items()


def check(freed: Sequence[Freed], widening: Collection[str]) -> None:
    """Complain about what nobody said may be freer.

    Raises:
        InputError: There is such.
    """
    asked = [one for one in freed if not insists(widening, one.part)]
    if asked:
        hint = f"where the new source can say it, say it there first; --allow-widening={asked[0].part} goes on as it is"
        raise InputError(Diagnostic(Code.BLOCKED, Severity.ERROR, f"the switch would let these do more: {_listed(asked)}", hint=hint))


def told(freed: Sequence[Freed]) -> Iterator[Diagnostic]:
    """Say what is freer, where a person said so."""
    if freed:
        yield Diagnostic(Code.PARTS, Severity.WARNING, f"these may do more since the switch: {_listed(freed)}")


def lost(locked: Lock, done: Iterable[Deployment], plan: Plan) -> Iterator[Diagnostic]:
    """Say what a target that follows on does not have any more: the new source has nothing of the kind, or the target cannot hold it.

    Args:
        locked: What is ours there, before the switch.
        done: What targets get after it.
        plan: What is done with files.
    """
    going = {change.path for change in plan.changes if change.after is None}
    for one in done:
        coming = {want.agent for want in one.wanted}
        mine = (entry for entry in locked.entries if NAME in entry.packs and entry.target == one.target and entry.path in going)
        if gone := sorted({entry.agent for entry in mine} - coming):
            listed = ", ".join([*gone[:3], *([f"and {len(gone) - 3:,} more"] if len(gone) > 3 else [])])
            client = registry.FORMATS[one.target].title
            message = f"{client} loses this by the switch, since the new source does not give it: {listed}"
            hint = "git has the files, if they were committed; put it where the new source looks, and sync"
            yield Diagnostic(Code.PARTS, Severity.WARNING, message, hint=hint)


def _listed(freed: Sequence[Freed]) -> str:
    return "; ".join([*map(str, freed[:3]), *([f"and {len(freed) - 3:,} more"] if len(freed) > 3 else [])])
