"""What a client's format of one kind of part is: where it lies, how it is read, projected and written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeAlias, TypeVar

from agentconv.core import fields, hook_handlers, hook_matchers, losses
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.dataclass import fields as part_fields
from agentconv.core.diagnostics import LossSeverity
from agentconv.core.ir import Hook
from agentconv.core.parts import kind_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from agentconv.core.diagnostics import Detail, Diagnostic, Loss
    from agentconv.core.format import State
    from agentconv.core.ir import Json, Rule
    from agentconv.core.kinds import Kind
    from agentconv.core.parts import FolderFile, Part
    from agentconv.core.source import SourceText

P = TypeVar("P", bound="Part")
Scope: TypeAlias = Literal["project", "user"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a client looks for files of a part: a folder with a pattern, or one file."""

    path: str
    """POSIX, relative to the project's root, or to the user's home, with the client's own folder where it is by default (`.codex`)."""
    pattern: str = ""
    """Of files below the folder: `*/SKILL.md`, `**/*.md`, `*.toml`; empty where the path itself is the file."""
    trusted: bool = False
    """Whether the client only looks there where the user trusts the folder."""
    native: bool = True
    """Whether it is a place of this client, rather than another one's (or everybody's) that it reads too."""
    mixed: bool = False
    """Whether the file is mainly the user's configuration, in which parts are entries among others."""
    alone: bool = False
    """Whether the client only looks there where none of the files is that are named before it."""
    wins: bool = False
    """Whether what lies here wins over what is called the same in the places that are named before it."""
    optional: bool = False
    """Whether the client only looks there where a setting of the user's own says so, which no file of a project tells."""
    partial: bool = False
    """Whether its folders (`skills-<mode>`) are each for one of the client's modes, which takes what lies there over what is general."""
    at: str = ""
    """JSON Pointer of the entries within the file, where they are not where the client's own files have them."""
    name: str = ""
    """What the client calls the one thing that lies here, where that is not what its path says."""
    given: tuple[tuple[str, Json], ...] = ()
    """Keys of its header that are said of it elsewhere, and count before the header's own."""
    format: str = ""
    """The format that its file is written in, where that is another one than its client's."""
    contained: bool = False
    """Whether the client only looks there in a folder that a file makes a container of its parts: a plugin, an extension."""

    unless: tuple[str, ...] = ()
    """Files, by their paths from a file's own folder, of which any that is there keeps the client from this one."""

    @property
    def shown(self) -> str:
        """The place, for people."""
        return self.holds(self.pattern)

    def holds(self, below: str) -> str:
        """Return the path of what lies below the place."""
        return f"{self.path}/{below}" if self.path and below else self.path or below


@dataclass(frozen=True, slots=True)
class PartSource:
    """One file of a part, as it lies there; of a skill, with what is beside it."""

    text: SourceText
    """Its path is relative to the project's root, or to the user's home."""
    place: Place
    files: tuple[FolderFile, ...] = ()
    """What is in a skill's folder beside SKILL.md."""
    executable: bool = False

    @property
    def stem(self) -> str:
        """The file's path below its place, without the suffix: what most clients make its name of."""
        below = self.text.path.removeprefix(self.place.path).strip("/")
        return below.rpartition(".")[0] or below


@dataclass(frozen=True, slots=True)
class PartsRead(Generic[P]):
    """What one file holds. `states` runs parallel to `parts`."""

    parts: tuple[P, ...] = ()
    states: tuple[State, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that was written."""

    path: str
    """Relative to the project's root."""
    data: bytes = field(repr=False)
    executable: bool = False


class PartProjection(Generic[P]):
    """A part on its way into a client's format: changes are made here, and each is declared with its reason."""

    def __init__(
        self, part: P, target: str, scope: Scope = "project", *, stays: bool = False, insists: bool = False, takes_rules: bool = False
    ) -> None:
        self.source = part
        self.part = part
        """As it stands."""
        self.target = target
        """The client's format id."""
        self.scope = scope
        """Whether it is for a project, or for the user."""
        self.at_home = part.origin is not None and part.origin.format == target
        """Whether it was read from a file of this very client, which takes its values as they are."""
        self.stays = stays
        """Whether the file that it is in stays where it is, and calls it what it is called."""
        self.insists = insists
        """Whether it is to be written although the target does not hold it to what its author closed."""
        self.takes_rules = takes_rules
        """Whether rules of the whole set can be written along with it."""
        self.text: SourceText | None = None
        """The file that it was read from, where there is one."""
        self.rules: tuple[Rule, ...] = ()
        """Those that hold what its own file cannot say."""
        self.widened: set[str] = set()
        """Fields of which that is so."""
        self.losses: list[Loss] = []
        self.declared: set[str] = set()
        self.instead: Part | None = None
        """What says the same as a part of another kind, where the target cannot hold it as one of its own: that is written in its place."""
        self.omitted = False
        """Whether no file is needed for it."""
        self.left_open: dict[str, str] = {}
        """By their texts, the restraints of the whole set (`core.restraints`) that the target does not hold, and why."""
        self._kind = kind_of(part)

    def translate(self, **values: Any) -> None:
        """Spell values in the target's words; what they mean stays the same."""
        self.part = replace(self.part, **values)

    def change(self, name: str, value: object, code: str, detail: Detail | str, *, hint: str | None = None) -> None:
        """Set a field, or one of a server's definition (`definition.env`), to another value and declare the loss."""
        head, _, tail = name.partition(".")
        self.translate(**{head: replace(getattr(self.part, head), **{tail: value}) if tail else value})
        self.losses.append(losses.loss(code, self.source.id, name, self.target, detail, hint=hint, part=self._kind))
        self.declared.add(name)

    def warn(self, code: str, name: str, detail: Detail | str) -> None:
        """Say something of a field, where it matters more than its code mostly does."""
        severity = LossSeverity.WARNING
        self.losses.append(losses.loss(code, self.source.id, name, self.target, detail, severity=severity, part=self._kind))

    def remark(self, code: str, name: str, detail: Detail | str, *, hint: str | None = None) -> None:
        """Say what becomes of a field that is written as it is, or why the target cannot hold the part."""
        self.losses.append(losses.loss(code, self.source.id, name, self.target, detail, hint=hint, part=self._kind))

    def loosen(self, name: str, code: str, detail: Detail | str, *, hint: str | None = None, **left: Any) -> None:
        """Refuse a part whose restraint the target does not hold; where the user insists, say so, and go on without the restraint.

        Args:
            name: The field that restrains.
            code: The refusal.
            detail: What is particular to the part.
            hint: What to do next, where the catalogue has nothing better.
            left: What the part has instead, where the user insists.
        """
        if not self.insists:
            self.remark(code, name, detail, hint=hint)
            return
        self.widened.add(name)
        self.remark("part-widened", name, detail)
        self.translate(**left)
        if left and value_of(self.part, name) != value_of(self.source, name):
            self.declared.add(name)

    def turn(self, other: Part, name: str, code: str, detail: Detail | str) -> None:
        """Have a part of another kind written in its place, because of a field that the target cannot hold in one of this kind."""
        self.instead = other
        self.remark(code, name, detail)

    def leave_open(self, restraint: str, reason: str) -> None:
        """Say that the target does not hold what a restraint of the whole set, by its text, holds back."""
        self.left_open[restraint] = reason

    def omit(self, code: str, name: str, detail: Detail | str) -> None:
        """Say that the target needs no file for it: what of it holds there, holds by itself."""
        self.omitted = True
        self.remark(code, name, detail)

    def is_refused(self) -> bool:
        """Whether the target cannot hold it."""
        return any(loss.severity is LossSeverity.REFUSAL for loss in self.losses)


class PartFormat(Protocol[P]):
    """One client's format of one kind of part. Functions are pure: text in, text out; the disk belongs to the callers."""

    @property
    def format(self) -> str:
        """The client's format id."""

    @property
    def kind(self) -> Kind:
        """The kind of part."""

    @property
    def project(self) -> tuple[Place, ...]:
        """Where it looks in a project, first the place where we write; empty where it has none."""

    @property
    def user(self) -> tuple[Place, ...]:
        """The same below the user's home."""

    def read(self, source: PartSource) -> PartsRead[P]:
        """Read one file as the client does. Raises nothing: what is wrong is a diagnostic."""

    def to_project(self, projection: PartProjection[P]) -> None:
        """Turn the part into the most of it that the client can hold, declaring each loss."""

    def path(self, part: P, place: Place) -> str:
        """Return the path of the file that holds a part, relative to the root; of a skill, of its SKILL.md."""

    def write(self, parts: Iterable[P], path: str, original: PartSource | None, without: Collection[str] = ()) -> tuple[WrittenFile, ...]:
        """Write parts (one of them, but for shared files) into a file, patching the original: what did not change keeps its bytes.

        The first file is that of `path`; a skill's other files follow. Where there is no file yet, a skill's own SKILL.md in the
        source client is the original: all clients have the same file, and what means nothing to the target keeps its bytes, too.
        Of a shared file, parts that are not given stay, but for those that `without` names.
        """


def value_of(part: Part, name: str) -> Any:
    """Return the value of a field, or of one of a server's definition (`definition.env`)."""
    head, _, tail = name.partition(".")
    value = getattr(part, head)
    return getattr(value, tail) if tail else value


def without(part: Part, names: Iterable[str]) -> Part:
    """Return a part that says nothing in some of its fields."""
    for name in names:
        head, _, tail = name.partition(".")
        nothing: dict[str, Any] = {head: replace(getattr(part, head), **{tail: None}) if tail else None}
        part = replace(part, **nothing)
    return part


def difference(one: Part, other: Part) -> list[str]:
    """Return the fields in which two parts of a kind mean different things, but for those that say where they stand.

    Those of a server's definition are told apart: `definition.env`.
    """
    return [
        name for head in part_fields(one) if head.compare and head.name not in ("id", "origin") for name in _apart(head.name, one, other)
    ]


def _apart(name: str, one: Any, other: Any) -> list[str]:
    mine, others = getattr(one, name), getattr(other, name)
    if mine == others:
        return []
    if isinstance(mine, Hook):
        return [f"{name}.{tail}" for tail, value in _of_hook(mine).items() if value != _of_hook(others)[tail]]
    if name == "definition":
        (mine,), (others,) = fields.portable((mine,)), fields.portable((others,))  # type: ignore[misc]
        return [f"{name}.{tail.name}" for tail in part_fields(mine) if _apart(tail.name, mine, others)]
    return [name] if _meant(name, mine) != _meant(name, others) else []


def _of_hook(hook: Hook) -> dict[str, object]:
    """Return what the fields of a hook mean in any client."""
    return {
        "event": hook.event or (hook.format, hook.native_event),
        "matcher": hook_matchers.meaning(hook),
        "handlers": hook_handlers.meanings(hook.format, hook.handlers),
        "options": hook.options,
    }


_SAYS_NOTHING = {"trusted": False, "unasked_tools": (), "enabled": True, "disabled_tools": ()}
"""What is said of a server by that, is so of one of which nothing is said."""


def _meant(name: str, value: Any) -> object:
    """Return what a field means in any client: keys that only one of them uses are the same, whoever has them."""
    if name == "extras":
        return {key: one for keys in value.values() for key, one in keys.items()}
    return None if name in _SAYS_NOTHING and value == _SAYS_NOTHING[name] else fields.portable(value)
