"""What a format is: a module with `SPEC`, `read`, `project` and `write`, and the values that pass between them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from agentconv.core import fields, losses, vocabulary
from agentconv.core import shapes as format_shapes
from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import LossSeverity
from agentconv.core.ir import AgentSet
from agentconv.core.model_choices import NO_CHOICES
from agentconv.core.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping

    from agentconv.core.diagnostics import Detail, Diagnostic, Loss
    from agentconv.core.includes import Included
    from agentconv.core.ir import Agent, Json
    from agentconv.core.model_choices import ModelChoices
    from agentconv.core.shapes import Shape, Shapes


class State(StrEnum):
    """What the client makes of an agent."""

    LOADS = "loads"
    DEGRADED = "degraded"
    """Loaded, but not as written: the diagnostics say how."""
    NOT_LOADED = "not loaded"
    """Dropped by the client; its values were recovered as a person would read them."""
    NO_AGENT = "no agent"
    """Not an agent: a README, notes."""
    STOPS = "stops the client"
    """The client does not start; the values were recovered as a person would read them."""

    @property
    def dropped(self) -> bool:
        """Whether the client has no such agent."""
        return self in _DROPPED


_DROPPED = (State.NOT_LOADED, State.STOPS)


ENTRY = "/"
"""What stands for a key where the first line of an agent's own entry is meant, in a file of several: no key is called so."""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What one file holds. `states` runs parallel to `set.agents`."""

    set: AgentSet = field(default_factory=AgentSet)
    states: tuple[State, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    place: Callable[..., tuple[int, int] | None] | None = field(default=None, compare=False)
    """Where the value of a key stands, in characters: the agent's number in the file and the key, empty for the prompt; and after
    these the way to a part of the value, keys of maps and numbers of items, which is gone as far as it is there."""
    absence: Diagnostic | None = None
    """Why there is no agent in a file of which nothing else is to be said: it is told where an agent was to be expected."""
    meant: ReadResult | None = None
    """What a person reads, where the client takes a header for a part of the prompt: nobody means that, so this is converted."""
    like: Hashable = field(default=None, compare=False)
    """What is equal where agents of one client differ in nothing but their texts, if the reader of the file, which holds but one of
    them, knows that: it is found out of the agent itself else. Who puts another agent in its place leaves it out."""

    @property
    def as_meant(self) -> ReadResult:
        """What is to be converted: what a person reads, where that is another thing than what the client makes of the file."""
        return self.meant or self


@dataclass(frozen=True, slots=True)
class Fragment:
    """What one file says of an agent of which a client puts together what several files say."""

    path: str
    """The file's path from the project's root."""
    agent: Agent
    result: ReadResult = field(compare=False)
    """What is read in the file."""
    number: int
    """Which of its agents it is."""

    def has(self, key: str) -> bool:
        """Whether the file gives the agent a key."""
        return bool(self.result.place and self.result.place(self.number, key))


class Whole(StrEnum):
    """What of a file was spelled anew as a whole, because nothing less could be changed."""

    FILE = "file"
    HEADER = "header"
    LIST = "list"
    """All agents of a header that lists them."""


@dataclass(frozen=True, slots=True)
class WriteResult:
    """A file as it was written, and what of it was spelled anew although it did not change."""

    data: bytes
    respelled: tuple[str, ...] = ()
    """Keys of the agent; of a file that holds several agents, their names."""
    whole: Whole | None = None
    beside: tuple[Included, ...] = ()
    """The files that it includes and that have another text now."""
    taken_in: tuple[str, ...] = ()
    """Paths, as the file named them, of files that it included and whose changed text stands in it now."""

    def over(self, original: SourceText) -> SourceText:
        """Return what was written in the place of a file, with the files beside it that it includes, as they are now."""
        changed = {one.path: one for one in self.beside}
        known = {path: changed.pop(one.path, one) for path, one in (original.included or {}).items()}
        return SourceText(original.path, self.data, {**known, **changed} or original.included)


@dataclass(frozen=True, slots=True)
class FormatSpec:
    """What is particular to a format besides its keys (which are in `schemas/formats/<id>.schema.json`)."""

    id: str
    client: str
    """The client's name, for messages."""
    holds: frozenset[str]
    """The field paths that a file of this format can hold."""
    legal_name: Callable[[str], str]
    """The nearest legal name; empty when nothing legal is left. Legal names come back unchanged."""
    named_by_stem: bool = False
    """Whether the stem of its file is an agent's one name."""
    reserved: frozenset[str] = frozenset()
    """Names, in lower case, of the client's own agents: an agent from elsewhere must not take their place."""
    duplicates: str = "one of them"
    """Which of several agents of one name the client uses, in words."""
    own_first: bool = True
    """Whether it reads a file of its own before one of another assistant whose files it reads, too."""
    max_bytes: int | None = None
    """Size above which the client does not read a file."""
    names_by: str = ""
    """Which of the client's services asks for names that the client itself does not, where that is so: the name stays legal for both."""
    longest_prompt: tuple[int, str] | None = None
    """Characters that a prompt may have in one of the client's services that takes fewer than the others, and its name."""
    essence: Callable[[SourceText], SourceText] | None = None
    """What of a file that is mainly the user's configuration belongs to its agents; only that is kept in bundles."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a file says that lists a format's agents: see `Index`."""

    paths: tuple[str, ...] | None = None
    """The agents' files, relative to the project's root; None where the client takes all of its folder."""
    about: AgentSet = field(default_factory=AgentSet)
    """What it says of all the agents together: name, version, description, license, authors."""
    problem: str | None = None
    """Why the client does not take the file."""


@dataclass(frozen=True, slots=True)
class Declared:
    """An agent's file that a client's own configuration names (`registry.Row.settings`)."""

    path: str
    """Relative to the project's root."""
    given: Mapping[str, Json]
    """Keys that the configuration gives it, where the file itself does not have them."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A folder of agents that a file lists (`registry.Row.catalog`)."""

    path: str
    """Relative to the project's root."""
    agents: tuple[str, ...] | None = None
    """The agents' files in it that the file lists itself."""
    about: AgentSet | None = None
    """What the file says of it."""
    among: AgentSet | None = None
    """What the file says of all that it lists."""


@dataclass(frozen=True, slots=True)
class Index:
    """The file of a format that lists the files of its agents (`registry.Row.index`): a module's `INDEX`, where it has one."""

    read: Callable[[SourceText], Listed]
    write: Callable[[Listed, SourceText], bytes]
    """Writes the file, from nothing (its paths sorted) or changing nothing but what is another thing."""
    held: Callable[[AgentSet], AgentSet]
    """Returns what the file can hold of a set's words."""
    listed_places: Callable[[SourceText], list[tuple[str, tuple[int, int]]]]
    """Returns the agents' files as the file spells them, each with where it stands."""
    name: str
    """What a set is called of which nobody says a name."""


class Format(Protocol):
    """A format module. Functions are pure: text in, text out; the disk belongs to the callers."""

    SPEC: FormatSpec

    def read(self, source: SourceText) -> ReadResult:
        """Read one file as the client does. Raises nothing: what is wrong is a diagnostic."""

    def project(self, projection: Projection) -> None:
        """Turn the agent into the most of it that the format can hold, declaring each loss."""

    def write(self, agents: AgentSet, original: SourceText) -> WriteResult:
        """Write a file, patching the original, so that unchanged fields keep their bytes.

        Args:
            agents: All that is to be in the file, in order.
            original: The file as it stands; without a byte where there is none yet.
        """


class Projection:
    """An agent on its way into a format: changes are made here, and each is declared with its reason."""

    def __init__(
        self,
        agent: Agent,
        target: FormatSpec,
        models: ModelChoices = NO_CHOICES,
        path: str = "",
        shapes: Shapes | None = None,
        *,
        trusted: bool = False,
        foreign: bool = False,
        servers: Callable[[str], Collection[str]] | None = None,
    ) -> None:
        self.source = agent
        self.trusted = trusted
        """Whether the author of the fields wrote what keys outside of them grant, so that they need not be held to the fields."""
        self.foreign = foreign
        """Whether no file says what those keys do, but a bundle alone: a path in them is somebody else's."""
        self.servers_known = servers
        """Returns the names of the servers that the source and a target have, where that is known."""
        self.target = target
        self.models = models
        self.path = path
        """The file that it goes to, where it is known: some clients have files of several kinds."""
        self.at_home = agent.origin is not None and vocabulary.words_of(agent.origin.format) == vocabulary.words_of(target.id)
        """Whether the agent was read from a file of this very client, which takes its values as they are."""
        self.values: dict[str, object] = {}
        self.losses: list[Loss] = []
        self.declared: set[str] = set()
        self.shapes = shapes
        """The shapes of the agents that were on the same way before."""
        self.shape: Shape | None = None
        """The agent's shape, as long as nothing but its texts is changed further."""
        self._result: Agent | None = None

    def get(self, path: str) -> Any:
        """Return the value at a path as it stands."""
        return self.values[path] if path in self.values else fields.get(self.source, path)

    def translate(self, path: str, value: object) -> None:
        """Spell a value in the target's words; what it means stays the same."""
        self.values[path] = value
        self._result = None
        if path not in format_shapes.TEXTS:
            self.shape = None

    def take_shape(self, shape: Shape) -> None:
        """Take what steps did to an agent of the same shape."""
        self.shape = shape
        self._result = None

    def change(
        self, path: str, value: object, code: str, detail: Detail | str, *, also: Iterable[str] = (), hint: str | None = None
    ) -> None:
        """Set a field to another value and declare the loss; `also` names further fields that this loss covers."""
        self.translate(path, value)
        if not self._taken_back(path):
            self.declare(code, path, detail, also=also, hint=hint)

    def change_together(self, values: Mapping[str, object], code: str, detail: Detail | str, *, hint: str | None = None) -> None:
        """Set fields that only mean something together, and declare one loss of those that change."""
        changed = [path for path, value in values.items() if fields.portable(value) != fields.portable(self.get(path))]
        for path, value in values.items():
            self.translate(path, value)
        changed = [path for path in changed if not self._taken_back(path)]
        if changed:
            self.declare(code, changed[0], detail, also=changed[1:], hint=hint)

    def _taken_back(self, path: str) -> bool:
        """Whether a field that an earlier step changed is the source's own again; it is no longer declared then."""
        if path not in self.declared or fields.portable(self.get(path)) != fields.portable(fields.get(self.source, path)):
            return False
        self.declared.discard(path)
        return True

    def declare(self, code: str, path: str, detail: Detail | str, *, also: Iterable[str] = (), hint: str | None = None) -> None:
        """Declare a loss of the fields named."""
        self.losses.append(losses.loss(code, self.source.id, path, self.target.id, detail, hint=hint))
        self.declared.update((path, *also))

    def warn(self, code: str, path: str, detail: Detail | str) -> None:
        """Say what becomes of a field of which a loss is declared, where it matters more than its code mostly does."""
        self.losses.append(losses.loss(code, self.source.id, path, self.target.id, detail, severity=LossSeverity.WARNING))

    def refuse(self, code: str, path: str, detail: Detail | str) -> None:
        """Declare that the target cannot hold this agent; of several such reasons in one field, the first one."""
        if not any((loss.code, loss.field) == (code, path) for loss in self.losses):
            self.remark(code, path, detail)

    def is_refused(self) -> bool:
        """Whether the target cannot hold this agent."""
        for loss in self.losses:  # noqa: SIM110 - asked three times of each agent, and `any` takes twice as long
            if loss.severity is LossSeverity.REFUSAL:
                return True
        return False

    def remark(self, code: str, path: str, detail: Detail | str) -> None:
        """Say what becomes of a field that is written as it is."""
        self.losses.append(losses.loss(code, self.source.id, path, self.target.id, detail))

    def result(self) -> Agent:
        """Return the agent as projected."""
        if self._result is None:
            if self.shape is not None and self.values:
                self._result = format_shapes.projected(self.source, self.shape, self.values)
            else:
                self._result = fields.with_values(self.source, self.values) if self.values else self.source
        return self._result
