"""The shapes of files with commands: what stands in one, and how single values of it are changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Code, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from agentconv.core.diagnostics import Complaint, Span
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText


@dataclass(frozen=True, slots=True)
class Entry:
    """One command in a file: its keys and its text."""

    values: Mapping[str, Json]
    body: str | None
    """None where the file has no text for it."""
    span: Callable[..., Span]
    """Returns where a key's value, or a part of it, stands."""
    name: str | None = None
    """What the file itself calls it; None where its path does."""
    pointer: str = ""
    problem: Complaint | None = None
    """Why the client has no such command."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something that is to be said of a file's form."""

    code: Code
    words: str
    span: Span
    hint: str | None = None
    severity: Severity = Severity.WARNING
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What a file holds."""

    entries: tuple[Entry, ...] = ()
    problem: tuple[Complaint, Span] | None = None
    """Why the client takes nothing of the file."""
    told: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of an entry."""

    keys: Mapping[str, Json | None] = field(default_factory=dict)
    """Keys that are set; None removes one."""
    body: str | None = None
    """Another text; None where it stays."""


@dataclass(frozen=True, slots=True)
class New:
    """An entry that comes."""

    name: str
    values: Mapping[str, Json]
    body: str


class Shape(Protocol):
    """One shape of files. Functions are pure, and raise nothing."""

    def open(self, source: SourceText, client: str) -> Opened:
        """Return what a file holds; the client's name is for messages."""

    def patched(self, source: SourceText, changes: Mapping[int, Change], added: Sequence[New], removed: Collection[int]) -> str | None:
        """Return the file with entries changed, and nothing else; None where that cannot be done."""

    def rendered(self, new: Sequence[New]) -> str:
        """Return a file from nothing."""


def undecodable(source: SourceText, client: str) -> tuple[Said, ...]:
    """Say that a file is not UTF-8."""
    if source.undecodable is None:
        return ()
    words = f"bytes that are not UTF-8; {client} shows U+FFFD in their place"
    return (Said(Code.UNDECODABLE, words, source.span(source.undecodable), "save the file as UTF-8"),)


def given_twice(name: str, span: Span, client: str) -> Said:
    """Say that a key stands there twice."""
    return Said(Code.DUPLICATE_KEY, f"`{name}` is given twice; {client} uses the last one", span, "delete one of them", key=name)
