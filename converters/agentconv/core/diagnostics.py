"""Values that tell a person something: where, what, and what to do next.

Nothing here is ours to import: every other module may build these values, and only `render` turns them into text.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import dataclass

if TYPE_CHECKING:
    from typing import Self


class Severity(StrEnum):
    """How much a diagnostic matters to the client that reads the file."""

    NOTE = "note"
    """Worth knowing; the client behaves as the author meant."""
    WARNING = "warning"
    """The client loads the agent, but not as written, or does not load it and we recovered it."""
    ERROR = "error"
    """Nothing could be made of the input."""


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a file: 1-based lines and columns (in Unicode characters), end exclusive."""

    path: str
    line: int = 1
    column: int = 1
    end_line: int | None = None
    end_column: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"

    def moved(self, path: str, lines: int) -> Span:
        """Return the same place in another file, so many lines below."""
        return Span(path, self.line + lines, self.column, self.end_line and self.end_line + lines, self.end_column)


class Code(StrEnum):
    """Stable names of what can be said about an input, each with what it means. Never reused for another meaning."""

    summary: str

    def __new__(cls, value: str, summary: str) -> Self:
        """Make a code, which is its name, with what it means."""
        made = str.__new__(cls, value)
        made._value_, made.summary = value, summary
        return made

    USAGE = "usage", "A command, option, argument or setting that cannot be meant."
    UNREADABLE = "unreadable", "The file could not be read from the disk, or is not a regular file."
    TOO_LARGE = "too-large", "The file is over the size that the client, or we, read."
    SYNTAX = "syntax", "The text breaks the grammar of its format."
    NOT_LOADED = "not-loaded", "The client drops this agent; its values were recovered."
    INVALID_VALUE = "invalid-value", "The client ignores a key, or gives it another meaning, because of its value."
    UNKNOWN_KEY = "unknown-key", "The client does not know this key."
    UNKNOWN_TOOL = "unknown-tool", "The client does not know this tool name."
    DUPLICATE_KEY = "duplicate-key", "A key is given twice; the last one counts."
    DUPLICATE_NAME = "duplicate-name", "Two agents share a name; the client uses one of them."
    NO_AGENT = "no-agent", "A file that lies where agents do, or that was named, and of which no agent came."
    ELSEWHERE = "elsewhere", "Agents of a project that are not read, since they lie where no assistant that is started at its root looks."
    LINE_ENDS = "line-ends", "Line ends other than LF, and how a conversion to another format reads them."
    USER_SCOPE = "user-scope", "An output folder that is the user's home, so that files go where assistants look for the user's own agents."
    INCLUDE = "include", "A file whose text the client puts into another one, and that is not read."
    CALL_FAILS = "call-fails", "The client loads the agent, and each of its calls fails."
    UNDECODABLE = "undecodable", "Bytes that are not UTF-8; the client sees U+FFFD in their place."
    FALLBACK = "fallback", "The client loads this only through its own repair of invalid YAML."
    LIMIT = "limit", "The input exceeds a bound that keeps reading safe."
    CREDENTIAL = "credential", "A value that is kept looks like a credential."
    SCHEMA = "schema", "A bundle does not follow its JSON Schema."
    NEWER_FORMAT = "newer-format", "A bundle was written by a newer version."
    SOURCE_MISMATCH = "source-mismatch", "A stored source text contradicts its checksum or the agent's fields; the fields win."
    RESPELLED = "respelled", "A patch had to write a neighbouring value in another way, so that its reading stays the same."
    PACK = "pack", "A pack is not what it says, or holds what a pack may not."
    EXISTS = "exists", "A file with other bytes is in the way."
    ASTRAY = "astray", "A key that is kept holds a path that leads out of the project."
    BLOCKED = "blocked", "An agent of a pack that is not deployed, because of what is in it."
    PARTS = "parts", "Skills, commands and MCP servers: which of them go along with agents, which stay, and which are not there."
    EXTENSION = "extension", "A format or a rule that another distribution brings, and that is not what it should be."
    INTERNAL = "internal", "A bug of ours."


class Effect(StrEnum):
    """What a client does about what it does not take as it is written, in the words of `x-invalid` where its schema says it."""

    STOPS = "stop-client"
    """It does not start."""
    DROPS = "skip-file"
    """It has no such agent."""
    DROPS_ALL = "skip-all"
    """It has no agent of the file, whichever of them is at fault."""
    IGNORES = "drop-key"
    """It runs the agent as if the key, or that part of its value, were not there."""
    DROPS_HEADER = "drop-header"
    """It runs the agent as if there were no header at all, and so with all tools."""
    GRANTS_NONE = "grant-none"
    """It runs the agent without any tool."""
    GRANTS_ALL = "grant-all"
    """It runs the agent with all tools."""

    @property
    def drops(self) -> bool:
        """Whether the client has no such agent because of it."""
        return self in _DROPPING

    @property
    def is_whole(self) -> bool:
        """Whether it costs all of a file, whatever of it is at fault."""
        return self in _WHOLE


_WHOLE = (Effect.STOPS, Effect.DROPS_ALL)
_DROPPING = (*_WHOLE, Effect.DROPS)


class Cause(StrEnum):
    """What is wrong with what a client does not take, where somebody has to tell it from other things."""

    SYNTAX = "syntax"
    """It does not parse; what is said of it is its parser's."""
    HEADER_END = "header end"
    """The header ends before its author meant it to."""
    UNKNOWN_KEY = "unknown key"
    """The client does not know the key."""
    MISSING_KEY = "missing key"
    """The client wants a key that is not there."""
    TAKEN_NAME = "taken name"
    """The client has an agent of its own by this name."""
    GUARD = "guard"
    """A hook that may block a tool does not load, or stands where none belongs."""
    PLACEHOLDER = "placeholder"
    """The client has no value for a placeholder."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a client does not take as it is written, what it does about that, and why."""

    reason: str
    """What is wrong, or what the client wants instead."""
    key: str | None = None
    """The key of the file that it is about."""
    effect: Effect = Effect.DROPS
    client: str | None = None
    """The format id of the client."""
    cause: Cause | None = None
    names: tuple[str, ...] = ()
    """The words of the value that it is about."""
    general: str | None = None
    """The reason with `the client` in the place of the client's name, where it names it."""
    within: tuple[str | int, ...] = ()
    """The way from the key's value to the part of it that is meant: keys of maps, and numbers of items."""
    remedy: str | None = None
    """What to do about it, where its reader knows more than that the value is wrong."""
    instead: str | None = None
    """The key that stands there, and may be meant for one that is missing."""


class Told:
    """What `Diagnostic` and `Loss` have in common, so that a program may show both; as text each is one line."""

    __slots__ = ()
    code: str
    severity: str
    """`note` or `warning`, and for what is worse `error` or `refusal`."""
    span: Span | None
    hint: str | None
    """What to do next."""
    agent: str | None

    if TYPE_CHECKING:

        @property
        def message(self) -> str:
            """What it says, in a sentence."""


@dataclass(frozen=True, slots=True)
class Diagnostic(Told):
    """One finding about an input or output, with its place and the next step.

    The message is for people, and made of the rest: who wants to know what it says looks there, and takes no message apart.
    """

    code: Code
    severity: Severity
    message: str
    span: Span | None = None
    hint: str | None = None
    agent: str | None = None
    client: str | None = None
    """Format id of the client whose behaviour is described."""
    key: str | None = None
    """The key of the file that it is about."""
    effect: Effect | None = None
    """What the client does about it, where that is no matter of the code."""
    cause: Cause | None = None
    names: tuple[str, ...] = ()
    """The words of a value that it is about."""
    reason: str | None = None
    """Why, where the message says first what the client does."""
    general: str | None = None
    """The same in words that fit every client: the reason, where the client has no such agent, else the message."""
    remedy: str | None = None
    """What to do about the value itself, where its reader knows that."""
    option: str | None = None
    """The hint for who calls the library, where it is another one; empty for none."""

    def __str__(self) -> str:
        """Say where, how bad, and what, in one line."""
        return f"{_place(self.span)}{self.severity}: {self.message}"

    @property
    def is_bug(self) -> bool:
        """Whether something was lost to a bug: of ours, or of a distribution that brings a format or a rule."""
        return self.code is Code.INTERNAL or (self.code is Code.EXTENSION and self.severity is Severity.ERROR)


class LossKind(StrEnum):
    """What happened to a value on its way into another format."""

    DROPPED = "dropped"
    APPROXIMATED = "approximated"
    RENAMED = "renamed"
    MOVED = "moved"
    REFUSED = "refused"


class LossSeverity(StrEnum):
    """How much a loss matters."""

    NOTE = "note"
    """Looks only, or the source client ignores it too."""
    WARNING = "warning"
    """The agent behaves differently."""
    REFUSAL = "refusal"
    """The agent was not written."""


@dataclass(frozen=True, slots=True)
class Detail:
    """What is particular to one loss: values, and the words around them. Two that are equal say the same."""

    words: str
    """With a `{}` for each value, if there are any."""
    values: tuple[Any, ...] = ()
    """Text and numbers, and tuples of them for lists."""

    def __str__(self) -> str:
        """Put it into words."""
        if not self.values:
            return self.words
        return self.words.format(*(", ".join(map(str, value)) if isinstance(value, tuple) else value for value in self.values))


@dataclass(frozen=True, slots=True)
class Loss(Told):
    """What one conversion did to one field of one agent. Built by `losses.loss` only, which words it."""

    code: str
    severity: LossSeverity
    kind: LossKind
    agent: str
    field: str
    target: str
    detail: str
    """`data` in words."""
    hint: str | None = None
    span: Span | None = None
    data: Detail | None = None
    """What the detail is made of, by which two losses are told to be the same."""
    part: str | None = None
    """The kind of part (`skills`, `commands`, `servers`) whose id `agent` is, where it is none of an agent."""
    beyond: tuple[str, ...] | None = None
    """What an agent may do beyond its author (`Widening.name`)."""
    keepable: bool = False
    """Whether a configuration can say that this is meant: what is written is less than by the source's own file, which the target reads."""
    shuts: tuple[str, ...] = ()
    """The MCP servers that are closed to it then."""
    closes: tuple[str, ...] = ()
    """Effects that the agent's own list of tools is for, and that it has nothing of in the target: it cannot do its work there."""
    option: str | None = None
    """The hint for who calls the library, where it is another one than the catalogue has; empty for none."""
    called: str = ""
    """The agent's name with its file, where its name alone does not say which of several it is."""

    @property
    def whose(self) -> str:
        """What a person calls the agent: its id is for programs."""
        return self.called or self.agent

    @property
    def message(self) -> str:
        """What the loss is, in a sentence, with what is particular to it."""
        from agentconv.core import losses

        return losses.sentence(self)

    def __str__(self) -> str:
        """Say where, how bad, and what, in one line."""
        return f"{_place(self.span)}{self.severity}: {self.whose}: {self.field}: {self.message}"


def _place(span: Span | None) -> str:
    return f"{span.path}:{span.line}: " if span else ""


class InputError(Exception):
    """Something a user can mend: a path, an option, a file. Carries the diagnostic to show."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic
        if diagnostic.hint:
            self.add_note(f"hint: {diagnostic.hint}")  # who sees it on the way out of a program has nothing else

    def __str__(self) -> str:
        """Say where and what, in one line."""
        span = self.diagnostic.span
        return f"{f'{span}: ' if span else ''}{self.diagnostic.message}"


class AbsentError(InputError, KeyError):
    """A name of something that is not there."""


def in_words(error: BaseException) -> str:
    """Say what went wrong: how a law was broken, or what else a bug raised."""
    return str(error) if isinstance(error, InternalError) else f"{type(error).__name__}: {error}"


class InternalError(Exception):
    """A law of ours did not hold: a bug of ours. The agent is not written; the others are."""


class BroughtError(InternalError):
    """What another distribution brings did not do what it is to do: a bug of its own."""

    def __init__(self, name: str, distribution: str, reason: str) -> None:
        super().__init__(name, distribution, reason)
        self.distribution = distribution
        """Its name and version."""

    def __str__(self) -> str:
        """Say whose it is, and what went wrong."""
        return "{} of {} failed: {}".format(*self.args)
