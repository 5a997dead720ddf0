"""The two tables of sync: what becomes of a field, and what becomes of an entry. Pure, and tested cell by cell.

Of a field there are three values, all in the target's own form: what the source gives now, what is in the target's file, and
what was settled there last. The last one is a set: a run that did not come to its end, or a merge, leaves more than one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


class Field(StrEnum):
    """What becomes of one field."""

    LEAVE = "leave"
    """Nobody changed it."""
    MET = "met"
    """Both sides say the same by now."""
    WRITE = "write"
    """The source's side changed: the target gets it."""
    EDITED = "edited"
    """The target's side changed: it is kept."""
    BOTH = "both"
    """Both sides changed: merged where that can be done, else a conflict, kept on both sides."""


def decide_field(view: str | None, there: str | None, bases: Collection[str | None]) -> Field:
    """Decide about a field.

    Args:
        view: The checksum of what the source gives for the target now; None for nothing.
        there: The checksum of what is in the target's file.
        bases: The checksums of what was settled there.
    """
    if view == there:
        return Field.LEAVE if view in bases else Field.MET
    if there in bases:
        return Field.WRITE
    return Field.EDITED if view in bases else Field.BOTH


class Source(StrEnum):
    """What is the matter with an entry's agent in the source."""

    THERE = "there"
    BROKEN = "broken"
    """It does not load, or it holds the marks of a conflict: nothing is known of it."""
    REFUSED = "refused"
    """It is there, and the target cannot hold it."""
    LEFT_OUT = "left out"
    """The configuration leaves it out."""
    IS_TARGET = "is the target"
    """The source is the very assistant that the entry is of: since a switch, its file is where the agents come from."""
    GONE = "gone"


class There(StrEnum):
    """What is in an entry's place in the target."""

    NOTHING = "nothing"
    AS_LEFT = "as left"
    """The very bytes, and each field, as they were left."""
    EQUAL = "equal"
    """Each field is what the source gives now."""
    OTHER = "other"
    UNREADABLE = "unreadable"
    """Something that the target's client does not load, or that holds the marks of a conflict."""


class Entry(StrEnum):
    """What becomes of one entry."""

    WRITE = "write"
    RESTORE = "restore"
    """It was ours, and is gone: it is written again."""
    FIELDS = "fields"
    """Field by field."""
    TAKE_OVER = "take over"
    """It was there, and says the same in all fields: ours from now on, as it is."""
    FOREIGN = "foreign"
    """Something else is there: it is kept."""
    LEAVE = "leave"
    """Nothing is touched."""
    STALE = "stale"
    """The target cannot hold what the source says now: it keeps what it has, unless that may do more."""
    DELETE = "delete"
    RELEASE = "release"
    """Its source is gone and it was edited: it is kept, and is nobody's from now on."""
    FORGET = "forget"
    """It is gone on both sides."""
    NOTHING = "nothing"


PUTS = frozenset({Entry.WRITE, Entry.RESTORE, Entry.FIELDS, Entry.TAKE_OVER})
"""What ends with an entry of ours in its place."""


_WITHOUT_LOCK = {There.NOTHING: Entry.WRITE, There.AS_LEFT: Entry.TAKE_OVER, There.EQUAL: Entry.TAKE_OVER}
_WITH_LOCK = {There.NOTHING: Entry.RESTORE, There.UNREADABLE: Entry.LEAVE}


def decide_entry(source: Source, there: There, *, locked: bool, created: bool = True) -> Entry:
    """Decide about an entry.

    Args:
        source: What is the matter with its agent in the source.
        there: What is in its place.
        locked: Whether the lock says that it is ours.
        created: Whether its file was not there before us.
    """
    if source is Source.THERE:
        return _WITH_LOCK.get(there, Entry.FIELDS) if locked else _WITHOUT_LOCK.get(there, Entry.FOREIGN)
    if source is Source.BROKEN:
        return Entry.LEAVE
    if not locked:
        return Entry.NOTHING
    if there is There.NOTHING:
        return Entry.FORGET
    if source is Source.REFUSED:
        return Entry.STALE
    if source is Source.IS_TARGET:
        return Entry.RELEASE
    return Entry.DELETE if there is There.AS_LEFT and created else Entry.RELEASE
