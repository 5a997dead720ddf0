"""Linting and inspecting as functions: of a set, or of what a path names. No configuration is read, and nothing is printed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Severity, Span
from agentconv.core.given import kind_of
from agentconv.core.ir import AgentSet
from agentconv.formats import registry
from agentconv.lint import catalogue, checking, inspection
from agentconv.lint.subject import Subject
from agentconv.sources import discovery, loading, locations

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.lint.checking import Checked
    from agentconv.lint.inspection import Inspected
    from agentconv.sources.loaded import Loaded

    What: TypeAlias = AgentSet | str | os.PathLike[str]
    """A set that was read, whose files are looked at; or a file, a folder or a project's root."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has found."""

    code: str
    name: str
    severity: Severity
    message: str
    span: Span
    help: str
    clients: tuple[str, ...] = ()
    """Format ids of the clients that it is about."""
    agent: str | None = None
    fix: str | None = None
    """What mends it, as an instruction, where something does."""
    safe: bool = False
    """Whether that is proven to change nothing else."""


@dataclass(frozen=True, slots=True)
class Linted:
    """What linting found: a sequence of findings, in the order of the files and their texts."""

    findings: tuple[Finding, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    """What could not be looked at."""

    def __iter__(self) -> Iterator[Finding]:
        """Yield the findings."""
        return iter(self.findings)

    def __len__(self) -> int:
        """Return how many findings there are."""
        return len(self.findings)

    def __getitem__(self, number: int) -> Finding:
        """Return a finding by its place."""
        return self.findings[number]


def lint(what: What, *, for_: str | Sequence[str] = (), select: Iterable[str] | None = None, ignore: Iterable[str] = ()) -> Linted:
    """Find what breaks agents, in the client that their files are for and in others.

    Args:
        what: A set that was read, or a path.
        for_: Further clients to ask, as words or one text: `"codex,opencode"`, `"all"`.
        select: Only these rules: codes, beginnings of codes, or names.
        ignore: Not these rules.

    Raises:
        InputError: The path names nothing, there is no such client or rule, or the set holds no file to look at.
    """
    return Look(for_, select, ignore).at(_pieces(what))


class Look:
    """What is looked for: clients and rules."""

    def __init__(self, for_: str | Sequence[str] = (), select: Iterable[str] | None = None, ignore: Iterable[str] = ()) -> None:
        """Take what is to be looked for.

        Raises:
            InputError: There is no such client or rule.
        """
        self.clients = _clients(for_)
        self.rules = catalogue.select(_words(select, "select") if select is not None else None, _words(ignore, "ignore"))

    def at(self, pieces: Iterable[Loaded]) -> Linted:
        """Look at the files of one set."""
        subjects: list[Subject] = []
        diagnostics: list[Diagnostic] = []
        for piece in pieces:
            if piece.source is None or piece.format not in registry.CLIENTS:
                diagnostics += [remark for remark in piece.diagnostics if remark.severity is Severity.ERROR]
                continue
            subject = Subject(piece.source, piece.format, tuple(dict.fromkeys((piece.format, *self.clients))))
            subject.take(piece.result, declared=piece.declared)
            subjects.append(subject)
        names = frozenset(agent.name for subject in subjects for _, agent, _ in subject.agents() if agent.name)
        for subject in subjects:
            subject.others = names
        checked = list(checking.check(subjects, self.rules))
        diagnostics += [*(failure for one in checked for failure in one.failures), *(one.diagnostic for one in catalogue.BROKEN)]
        return Linted(tuple(finding for one in checked for finding in _findings(one)), tuple(diagnostics))


def inspect(what: What, *, for_: str | Sequence[str] | None = "all") -> tuple[Inspected, ...]:
    """Say what each client makes of files as they stand, were they put where that client looks.

    Args:
        what: A set that was read, or a path.
        for_: The clients to ask, as words or one text: `"codex,opencode"`; `"all"`, or None, asks every one.

    Raises:
        InputError: The path names nothing, there is no such client, or the set holds no file to look at.
    """
    clients = _clients("all" if for_ is None else for_)
    if isinstance(what, AgentSet):
        return tuple(inspection.inspect(piece, clients) for piece in _pieces(what) if piece.source is not None)
    found = discovery.discover([discovery.named(what)])
    looking = locations.looking_at(found)
    pieces = (piece for piece in loading.Loader(found.files, results=True) if piece.source is not None)
    return tuple(inspection.inspect(piece, clients, looking.get(piece.path, frozenset())) for piece in pieces)


def _pieces(what: What) -> Iterator[Loaded]:
    if not isinstance(what, AgentSet):
        yield from loading.Loader(discovery.discover([discovery.named(what)]).files, results=True)
        return
    if what.agents and not what.sources:
        hint = "write it first, and look at what was written: agentconv.reads(file.data, format) of each of its files"
        raise registry.usage("the set holds no files to look at", hint)
    yield from loading.take_apart(what)


def _clients(given: str | Sequence[str]) -> list[str]:
    words = _several(given, "for_")
    return registry.clients_named(words, "for_") if any(words) else []


def _words(given: Iterable[str], what: str) -> tuple[str, ...]:
    words = tuple(word for text in _several(given, what) for word in text.split(","))
    for word in words:
        if not catalogue.select((word,)):
            raise catalogue.none_called(word, "`agentconv rule` lists them", where=what)
    return words


def _several(given: object, what: str) -> list[str]:
    """Return the words that a caller gives, as one text or as several.

    Raises:
        InputError: They are none.
    """
    words: list[Any] = [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)
    for word in words:
        if not isinstance(word, str):
            raise registry.usage(f"{what} is a text, or a list of texts, not {kind_of(word)}")
    return words


def _findings(one: Checked) -> Iterator[Finding]:
    source = one.subject.source
    for found in one.findings:
        span = source.span(found.start, found.end)
        fix = found.fix
        of_rule = (found.rule.code, found.rule.name, found.severity, found.message, span, found.help, found.clients, found.agent)
        yield Finding(*of_rule, fix.title if fix else None, safe=bool(fix and fix.safe))
