"""Values that tell a person something: where, what, and what to do next.

Nothing here is ours to import: every other module may build these values, and only `render` turns them into text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


class Code(StrEnum):
    """Stable names of what can be said about an input. Never reused for another meaning."""

    USAGE = "usage"
    """A command, option, argument or setting that cannot be meant."""
    UNREADABLE = "unreadable"
    """The file could not be read from the disk, or is not a regular file."""
    TOO_LARGE = "too-large"
    """The file is over the size that the client, or we, read."""
    SYNTAX = "syntax"
    """The text breaks the grammar of its format."""
    NOT_LOADED = "not-loaded"
    """The client drops this agent; its values were recovered."""
    INVALID_VALUE = "invalid-value"
    """The client ignores a key, or gives it another meaning, because of its value."""
    UNKNOWN_KEY = "unknown-key"
    """The client does not know this key."""
    UNKNOWN_TOOL = "unknown-tool"
    """The client does not know this tool name."""
    DUPLICATE_KEY = "duplicate-key"
    """A key is given twice; the last one counts."""
    DUPLICATE_NAME = "duplicate-name"
    """Two agents share a name; the client uses one of them."""
    CALL_FAILS = "call-fails"
    """The client loads the agent, and each of its calls fails."""
    UNDECODABLE = "undecodable"
    """Bytes that are not UTF-8; the client sees U+FFFD in their place."""
    FALLBACK = "fallback"
    """The client loads this only through its own repair of invalid YAML."""
    LIMIT = "limit"
    """The input exceeds a bound that keeps reading safe."""
    CREDENTIAL = "credential"
    """A value that is kept looks like a credential."""
    SCHEMA = "schema"
    """A bundle does not follow its JSON Schema."""
    NEWER_FORMAT = "newer-format"
    """A bundle was written by a newer version."""
    SOURCE_MISMATCH = "source-mismatch"
    """A stored source text contradicts its checksum or the agent's fields; the fields win."""
    RESPELLED = "respelled"
    """A patch had to write a neighbouring value in another way, so that its reading stays the same."""
    PACK = "pack"
    """A pack is not what it says, or holds what a pack may not."""
    EXISTS = "exists"
    """A file with other bytes is in the way."""
    BLOCKED = "blocked"
    """An agent of a pack that is not deployed, because of what is in it."""
    INTERNAL = "internal"
    """A bug of ours."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about an input or output, with its place and the next step."""

    code: Code
    severity: Severity
    message: str
    span: Span | None = None
    hint: str | None = None
    agent: str | None = None
    client: str | None = None
    """Format id of the client whose behaviour is described."""


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
class Loss:
    """What one conversion did to one field of one agent. Built by `losses.loss` only, which words it."""

    code: str
    severity: LossSeverity
    kind: LossKind
    agent: str
    field: str
    target: str
    detail: str
    hint: str | None = None
    span: Span | None = None


class InputError(Exception):
    """Something a user can mend: a path, an option, a file. Carries the diagnostic to show."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic

    def __str__(self) -> str:
        """Say where and what, in one line."""
        span = self.diagnostic.span
        return f"{span}: {self.diagnostic.message}" if span else self.diagnostic.message


class InternalError(Exception):
    """A law of ours did not hold: a bug of ours. The agent is not written; the others are."""
