"""What planning hands to applying, and to the people who are told of it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from agentconv.core.ir import Agent, Rule
    from agentconv.core.parts import Part
    from agentconv.install.lock import Entry, Lock

    Given: TypeAlias = Callable[[Entry], bool | None]
    """Says whether a pack's bytes give what is there for an entry; None where the bytes that were deployed are not at hand."""
    Namesake: TypeAlias = Callable[["Wanted"], str | None]
    """Returns the file in which a user has an agent of the name of one that comes; None for none."""


def unknown(entry: Entry) -> bool | None:  # noqa: ARG001 - whatever it is
    """Say that nothing can be told of what a pack gives."""
    return None


def nobody(wanted: Wanted) -> None:
    """Return no file, where nobody looks at the agents that are there."""


class Action(StrEnum):
    """What happens, or would happen, to one entry."""

    WRITE = "write"
    """It is not there (any more)."""
    UPDATE = "update"
    """It is as we wrote it, and becomes another one."""
    SAME = "same"
    ADOPT = "adopt"
    """It was there, exactly so, and is ours from now on."""
    KEEP_EDITED = "keep-edited"
    """A user edited it; our version is put beside it."""
    KEPT = "kept"
    """Something else is in its place, or a user edited it, and somebody said that this is to stay so."""
    FOREIGN = "foreign"
    """Something else is in its place, and stays."""
    OTHER_PACK = "other-pack"
    """Another pack has something else in its place, which stays."""
    REPLACE = "replace"
    """Something else was in its place; a copy of that is kept (`--force`)."""
    BLOCKED = "blocked"
    """It cannot be written, changed or removed; the reason is said."""
    REMOVE = "remove"
    RELEASE = "release"
    """It is to go, but a user edited it: it stays, and is theirs from now on."""
    SHARED = "shared"
    """It is to go, but another pack has it too: it stays."""
    IN_USE = "in-use"
    """It is to go, but another assistant, for which the pack stays, reads it where it is: it goes with the last of them."""
    MISSING = "missing"
    """It is to go, and was gone already."""


NEEDS_A_LOOK = frozenset({Action.KEEP_EDITED, Action.FOREIGN, Action.OTHER_PACK, Action.BLOCKED, Action.RELEASE})
"""What a user has to see to: exit code 1."""

WAS_THERE = "it was there before anything was written"
"""Why what nobody edited is a user's all the same."""

RUN_BY = "what stays here runs it, and would be without its guard"
"""Why a script stays that nobody edited: an agent, or a hook, that somebody did edit is the user's now, with all that it needs."""


NO_PROGRAM = "it is there as it comes, but is no program"
"""Why a file of the very bytes does not do: what starts it fails, and a guard that cannot be started blocks nothing."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One agent, or one file or entry of a part, as a pack wants it to be in a target."""

    path: str
    """Below the root, POSIX; in the user's own scope absolute where it is elsewhere."""
    target: str
    agent: str
    """Its id in the pack; of a part, its kind before it."""
    source_sha256: str
    data: bytes = b""
    """The file's bytes; not used where the file holds several agents."""
    losses: tuple[str, ...] = ()
    shared: Agent | Part | None = None
    """The agent or part, as projected, where its file holds several."""
    part: str = ""
    """The kind of part that its file is of; empty for an agent's."""
    executable: bool = False
    """Whether it is a program."""
    beside: bool = False
    """Whether it only means something beside another one: in a skill's folder, what a hook runs, what closes tools of a server."""
    rules: tuple[Rule, ...] = ()
    """Of a server whose own entry cannot say what is closed of it: the rules of the whole set that do."""
    unsaid: tuple[tuple[str, str], ...] = ()
    """Of a server: fields and keys of it that its target cannot be told, so that what stands there is the user's own."""

    @property
    def script(self) -> bool:
        """Whether it is a script of the project's that a hook runs."""
        return self.part == "hooks" and self.beside


ONLY_THE_LOCK = "the pack does not give it any more, and nothing but the lock says that it was the pack's; --accept=leaving takes it away"
"""Why an entry stays that is to go, where that waits for a word."""


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one entry."""

    action: Action
    path: str
    pointer: str
    target: str
    agent: str
    reason: str | None = None
    """Why it is blocked."""
    packs: tuple[str, ...] = ()
    """The other packs that have it."""
    beside: str | None = None
    """The file that our version is in."""
    backup: str | None = None
    """The file that what was there is in."""
    part: str = ""
    """The kind of part that it is; empty for an agent."""
    way: str | None = None
    """What can be done about it, where the reason alone does not say it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One file that becomes another one; None for no file."""

    path: str
    before: bytes | None
    after: bytes | None
    stage_key: str = ""
    """What the name of its temporary file follows from, where that is not its path."""
    like: str | None = None
    """The file whose mode a new one gets."""
    forced: bool = False
    """Whether a user's own bytes are in it: it is then on the disk itself before it counts. Ours can be had again."""
    executable: bool = False
    """Whether it is a program."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is to be done, at once or not at all."""

    steps: tuple[Step, ...]
    changes: tuple[Change, ...]
    lock_before: Lock
    """What it said, once it was settled; the plan holds for no other one."""
    lock_pending: Lock
    """What the lock says while files are being changed: for each entry its old and its new checksum."""
    lock_after: Lock
    folders_made: tuple[str, ...] = ()
    """Parents before children."""
    folders_left: tuple[str, ...] = ()
    """Folders of ours that nothing of ours is in any more; removed if empty. Children before parents."""
    believed: tuple[str, ...] = ()
    """Files that go, or change, because the lock alone says that they are ours: no bytes are here that tell."""

    @property
    def needs_a_look(self) -> bool:
        """Whether something stays that was not to stay, or does not get where it was to be."""
        return any(step.action in NEEDS_A_LOOK for step in self.steps)
