"""One agent of a target, field by field: what the source gives now, what is there, and what was settled last, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import fields
from agentconv.core.dataclass import dataclass, field
from agentconv.sync import digests, lines, selecting
from agentconv.sync.decisions import Field, decide_field
from agentconv.sync.preferring import SOURCE, TARGET, side_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from agentconv.core.ir import Agent
    from agentconv.install.lock import Synced


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of an agent's fields."""

    agent: Agent
    """As it is to be in the target."""
    fields: Mapping[str, str]
    """What is settled from now on."""
    own: Mapping[str, str]
    """What the target's file says beside its agent, or keeps in place of what the source says."""
    written: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    """Fields with the edits of both sides; they are edited from now on."""
    conflicts: tuple[str, ...] = ()
    preferred: tuple[str, ...] = ()
    """Edited fields of which a person said that the target's word counts."""
    left: tuple[str, ...] = ()
    """Fields of which that is settled what was: a conflict, and one that is decided only once the source says so, too."""
    strange: tuple[str, ...] = ()
    """Those of the conflicts of which nothing was ever settled: the file was made by hand, and nobody has spoken of them yet."""
    clashes: Mapping[str, tuple[int, str, str]] = field(default_factory=dict)
    """Of texts in conflict of which it is known what was settled: the line, and what the source and the target made of it."""
    new_own: tuple[str, ...] = ()
    """Fields of `own` that were not told yet."""
    undone: bool = False
    """Whether an edit gives way to the source, because a person said so."""
    held: tuple[str, ...] = ()
    """Fields that stay, because the configuration keeps them, though a person said that the source's word counts."""

    @property
    def in_step(self) -> bool:
        """Whether the target says what the source says."""
        return not (self.edited or self.merged or self.conflicts)


@dataclass(slots=True)
class _Draft:
    sides: tuple[Agent, Agent]
    """What the source gives, and what is there."""
    base: Callable[[], Agent | None]
    """Finds what was settled."""
    strange: frozenset[str]
    """Fields of which nothing is."""
    values: dict[str, Any] = field(default_factory=dict)
    by: dict[Field, list[str]] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    preferred: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    clashes: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    undone: bool = False
    keeps: dict[str, str] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)


def settle(
    view: Agent,
    there: Agent,
    bases: Sequence[Synced],
    base: Callable[[], Agent | None],
    *,
    prefer: Mapping[str, str] | None = None,
    kept: Collection[str] = (),
    is_named: bool = True,
    unheld: bool = False,
) -> Settled:
    """Put an agent together.

    Args:
        view: What the source gives now.
        there: What is there.
        bases: What was settled there.
        base: Finds the agent that was settled there, for merging by lines.
        prefer: By field, or for all (``), whose word counts where both sides changed, or the target's alone.
        kept: Fields of which the target's word counts, as it stands.
        is_named: Whether `prefer` names the agent: an edit that nobody named is not taken back.
        unheld: Whether what is kept of what it may do is not settled with what the source says of that now.
    """
    new, old = digests.of(view), digests.of(there)
    own = {path: one for path, one in old.items() if _is_own(path, new, bases)}
    theirs = {path: one for path, one in old.items() if path not in own}
    now, then, *known = map(digests.grouped, (new, theirs, *(one.fields for one in bases)))
    draft = _Draft((view, there), base, frozenset(_strange(bases)))
    for path in sorted({*now, *then, *(path for one in known for path in one)}):
        action = _decided(path, (now, then, *known), draft)
        side = side_of(path, prefer or {}) if is_named or (action is Field.BOTH and path not in draft.strange) else None
        stays, rows = _is_kept(path, kept), _members(path, new, theirs)
        action = _held(draft, _kept(rows, new, theirs), path, side) if stays else _heeded(draft, action, path, side)
        draft.by.setdefault(action, []).append(path)
        draft.values |= {one: fields.get(view, one) for one in rows} if action is Field.WRITE else {}
    left = [*(conflicts := draft.by.get(Field.BOTH, [])), *draft.left, *([digests.GROUP] if unheld else [])]
    return Settled(
        fields.with_values(there, draft.values) if draft.values else there,
        _settled(new, left, bases),
        own | draft.keeps,
        tuple(draft.by.get(Field.WRITE, ())),
        tuple(draft.by.get(Field.EDITED, ())),
        tuple(draft.merged),
        tuple(conflicts),
        tuple(draft.preferred),
        tuple(left),
        tuple(sorted(draft.strange & {*conflicts})),
        draft.clashes,
        tuple(path for path, one in own.items() if all(base_.own.get(path) != one for base_ in bases)),
        draft.undone,
        tuple(draft.held),
    )


def _is_kept(path: str, kept: Collection[str]) -> bool:
    """Whether the target's word counts of a field; of what an agent may do it does of all, or of nothing."""
    return path in kept or (path == digests.GROUP and bool(digests.members(kept)))


def _kept(paths: Iterable[str], new: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    """Return what the target's file keeps of fields, where the source has them otherwise."""
    return {path: theirs.get(path, digests.ABSENT) for path in paths if new.get(path) != theirs.get(path)}


def _held(draft: _Draft, keeps: Mapping[str, str], path: str, side: str | None) -> Field:
    """Keep a field as the target's file has it, whatever a person said of the whole: the configuration speaks of this very one."""
    draft.keeps |= keeps
    draft.held += [path] if keeps and side == SOURCE else []
    return Field.MET


def _decided(path: str, told: Sequence[Mapping[str, str]], draft: _Draft) -> Field:
    """Decide about a field by its checksums: by those of the source, of the target, and of what was settled.

    Of one with a credential in it none is kept. So it is compared in the texts themselves, also in the one that was settled; where
    that is not found, nothing tells on which side it was changed.
    """
    now, then, *known = (one.get(path) for one in told)
    if digests.HIDDEN not in (now, then, *known):
        return decide_field(now, then, {*known})
    view, there = (digests.grouped(digests.bare(side)).get(path) for side in draft.sides)
    if view == there:
        return Field.LEAVE if now in known else Field.MET
    was = draft.base() if digests.HIDDEN in known else None
    bases = {one for one in known if one != digests.HIDDEN}
    return decide_field(view, there, bases if was is None else bases | {digests.grouped(digests.bare(was)).get(path)})


def _is_own(path: str, new: Mapping[str, str], bases: Sequence[Synced]) -> bool:
    """Whether a field is the target's own: a key of its client that grants nothing, and that never came from the source."""
    return path.startswith("extras.") and path not in new and not digests.restrains(path) and all(path not in one.fields for one in bases)


def _strange(bases: Sequence[Synced]) -> Iterator[str]:
    """Yield the fields of which nothing is settled: their file was not ours, and nobody has said whose word counts of them."""
    for path in (path for base in bases for path, one in base.fields.items() if one == digests.STRANGE):
        yield digests.GROUP if digests.restrains(path) else path


def _heeded(draft: _Draft, action: Field, path: str, side: str | None) -> Field:
    """Return what becomes of a field with what can be merged, and with what a person said of it."""
    if action is Field.BOTH:
        if side == TARGET and path in draft.strange - {digests.GROUP} - {*digests.values(draft.sides[1])}:
            return Field.WRITE  # nothing says that it was there once: it was not deleted
        return _merge(draft, path, side)
    return _preferred(draft, path, side) if action is Field.EDITED else action


def _preferred(draft: _Draft, path: str, side: str | None) -> Field:
    """Return what becomes of a field that the target says, and the source does not, or says otherwise."""
    if side == SOURCE:
        draft.undone = True
        return Field.WRITE
    if side == TARGET:
        draft.preferred.append(path)
    return Field.EDITED


def _members(path: str, new: Mapping[str, str], theirs: Mapping[str, str]) -> Iterable[str]:
    """Return the fields that a row of the table is about."""
    return digests.members({*new, *theirs}) if path == digests.GROUP else (path,)


def _merge(draft: _Draft, path: str, side: str | None) -> Field:
    """Put the source's edit and the target's of a text, or of a list without an order, together; say what it comes to.

    Where one side has the other one's edit already, only that side was edited. Whose word counts is asked where they touch alone:
    of texts by lines, of all that cannot be merged as a whole.
    """
    done = _together(draft, path, side)
    if done is None and side is None:
        was = draft.base() if path in digests.TEXTS and path not in draft.strange else None
        if was is not None:
            draft.clashes[path] = lines.clash(*(digests.said(one, path) or "" for one in (was, *draft.sides)))
        return Field.BOTH
    if done is None:
        action = Field.WRITE if side == SOURCE else Field.EDITED
    else:
        new, other = (digests.said(one, path) for one in draft.sides)
        action = Field.WRITE if done == new else Field.EDITED if done == other else Field.MET
    draft.undone = draft.undone or (side == SOURCE and action is not Field.EDITED)
    if action is Field.MET:
        draft.values[path] = f"{done}{_end(fields.get(draft.sides[1], path))}" if path in digests.TEXTS else done
        draft.merged.append(path)
    if side == TARGET and action is not Field.WRITE:
        draft.preferred.append(path)
        draft.left += [path] if path in selecting.FIELDS else []  # until the source says it: another target's edit is of what was before
    return action


def _end(text: str | None) -> str:
    """Return the line breaks at the end of a text, which are no part of what it says, and stay as the target has them."""
    return (text or "")[len((text or "").rstrip("\r\n")) :]


def _together(draft: _Draft, path: str, side: str | None) -> Any:
    """Return a text, or a list without an order, with the edits of both sides; None where they touch, or there is nothing to compare with.

    Where they touch, the lines of the side whose word counts are there.
    """
    was = draft.base() if path in (*digests.TEXTS, *digests.LISTS) and path not in draft.strange else None
    if was is None:
        return None
    old, new, other = (digests.said(one, path) for one in (was, *draft.sides))
    if path in digests.LISTS:
        return _merged_list(old, new, other)
    if side is None:
        return lines.merged(old or "", new or "", other or "")
    first, second = (new, other) if side == SOURCE else (other, new)
    return lines.decided(old or "", first or "", second or "")


def _merged_list(old: Sequence[str] | None, new: Sequence[str] | None, other: Sequence[str] | None) -> tuple[str, ...]:
    """Return a list with what either side added, and without what either took away."""
    was, one, two = (tuple(items or ()) for items in (old, new, other))
    gone = {item for item in was if item not in one or item not in two}
    return tuple(dict.fromkeys(item for item in (*two, *one) if item not in gone))


def _settled(new: Mapping[str, str], conflicts: Sequence[str], bases: Sequence[Synced]) -> dict[str, str]:
    """Return what is settled: what the source gives, and where there is a conflict what it was."""
    was = bases[0].fields if bases else {}
    left = {one for path in conflicts for one in ({*digests.members({*new, *was})} if path == digests.GROUP else {path})}
    return {path: one for path, one in new.items() if path not in left} | {path: one for path, one in was.items() if path in left}
