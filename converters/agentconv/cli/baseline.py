"""What a team knows of its agents already, in a file: findings and losses that no longer count, so that only what is new does.

An entry is known by its code, its agent and its text, wherever it stands now, and one of a secret by a digest as well: another secret
is new. What a rule finds that protects whoever reads a file is known only where the command line names the rule, or a configuration
that it names: no file of a project lets such a finding go by itself. What the file holds of such findings stays in it all the same,
for the runs that do name the rule.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Code, Diagnostic, InputError, LossSeverity, Severity, Span
from agentconv.core.expressions import expression
from agentconv.disk import reading
from agentconv.disk.output import OutputFile
from agentconv.disk.saving import OutputFolder
from agentconv.formats import registry
from agentconv.lint.rule import SECRETS
from agentconv.sources import inputs, locations

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Collection, Iterator, Sequence

    from agentconv.core.diagnostics import Loss
    from agentconv.lint.rule import Finding

    Asked: TypeAlias = Callable[["Entry"], bool]
    """Whether a run has looked for an entry."""

VERSION = 1
FINDINGS, LOSSES = "findings", "losses"
_PLACES = {FINDINGS: "path", LOSSES: "target"}
"""What a list calls the place of its entries."""
_MAX_BYTES = 64 * 1024 * 1024
_NEVER = "widened"
"""What the codes of warnings hold that say somebody may do more than the author wrote."""
_SIZE = expression(r"[0-9]{1,3}(?:,[0-9]{3})+")
"""A size, which every edit makes another one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is known."""

    code: str
    where: str
    """The file of a finding, below the folder of the baseline; the target of a loss."""
    agent: str
    text: str
    kind: str = FINDINGS
    secret: str = ""
    """What tells one secret from another, of a finding that is about one, and tells nobody what it is."""
    clients: tuple[str, ...] = ()
    """The other assistants that a finding is about, of those that were asked: a run that does not ask them has not looked for it."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is known by: a finding without an agent by its file, and a loss by its target too."""
        where = f"{self.where}\0{self.agent}" if self.kind == LOSSES or not self.agent else self.agent
        return self.code, where, f"{_SIZE.sub('0', self.text)}\0{self.secret}"

    @property
    def nameless(self) -> tuple[str, str, str]:
        """What is the same of a finding whose file and agent have other names by now."""
        text = _SIZE.sub("0", self.text)
        return self.code, text.replace(f"`{self.agent}`", "``"), self.secret


def of_loss(loss: Loss) -> Entry | None:
    """Return what a loss is known by; None for one that is never accepted."""
    if loss.severity is LossSeverity.REFUSAL or (loss.severity is LossSeverity.WARNING and _NEVER in loss.code):
        return None
    from agentconv.core import credentials

    return Entry(loss.code, loss.target, loss.agent, credentials.masked(f"{loss.field}: {loss.detail}"), LOSSES)


@dataclass(slots=True)
class Baseline:
    """The entries of a file, used up one by one."""

    path: str
    data: bytes | None = None
    """What is in the file; None while there is none."""
    entries: Counter[Entry] = field(default_factory=Counter)
    renewed: bool = False
    """Whether everything that is met becomes known."""
    left: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """How many of each there still are."""
    met: Counter[Entry] = field(default_factory=Counter)
    """What this run has met that may be known."""
    known: int = 0
    """How many of those are."""
    never: set[str] = field(default_factory=set)
    """The rules whose findings were met and may not be known."""
    held: Counter[str] = field(default_factory=Counter)
    """How many of these findings the file holds all the same, by code: a run that names the rule takes them for known."""
    said_in: str = ""
    """The configuration of a project that says where the file is; empty where a person does."""
    also: frozenset[str] = frozenset()
    """The rules that protect whoever reads a file, and whose findings may be known."""
    errors: Counter[str] = field(default_factory=Counter)
    """How many of those are errors, by code: an agent that its assistant does not read is told of in each run."""

    def of_finding(self, finding: Finding, location: str, asked: Collection[str] = (), text: str = "") -> Entry | None:
        """Return what a finding is known by; None for one of a rule that protects whoever reads the file, and is not named."""
        return None if self._is_kept_from(finding) else self._entry(finding, location, asked, text)

    def _is_kept_from(self, finding: Finding) -> bool:
        return finding.rule.protects is not None and finding.rule.code not in self.also and not finding.is_harmless

    def _entry(self, finding: Finding, location: str, asked: Collection[str], text: str) -> Entry:
        from agentconv.core import credentials

        about = tuple(sorted({*finding.clients} & {*asked}))
        told = credentials.masked(finding.message)
        secret = _digest(text[finding.start : finding.end]) if finding.rule.protects == SECRETS else ""
        return Entry(finding.rule.code, self.below(location), finding.agent or "", told, secret=secret, clients=about)

    def below(self, location: str) -> str:
        """Return a place as the file has it, so that it is the same wherever the command is run."""
        return os.path.relpath(location, self._folder).replace(os.sep, "/")

    @property
    def _folder(self) -> str:
        return os.path.dirname(os.path.abspath(self.path))

    def is_met(self, finding: Finding, location: str, asked: Collection[str] = (), text: str = "") -> bool:
        """Whether there is an entry of a finding by its very agent, rather than by one that had another name."""
        return self.left[self._entry(finding, location, asked, text).key] > 0

    def takes_finding(self, finding: Finding, location: str, asked: Collection[str] = (), text: str = "") -> bool:
        """Whether a finding is known.

        Args:
            finding: The finding.
            location: Where its file is.
            asked: The assistants that the run asks about that file besides its own.
            text: The file's text.
        """
        entry = self._entry(finding, location, asked, text)
        if self._is_kept_from(finding):
            self._hold(entry)
            return False
        known = self.takes(entry)
        self.errors.update([finding.rule.code] if known and finding.severity is Severity.ERROR else [])
        return known

    def takes(self, entry: Entry | None) -> bool:
        """Whether something is known; one entry knows one."""
        if entry is None:
            return False
        self.met[entry] += 1
        key = entry.key if self.renewed else self._left(entry)
        if key is None:
            return False
        self.left[key] -= 1
        self.known += 1
        return True

    def _hold(self, entry: Entry) -> None:
        """Leave in the file what it has of a finding that counts all the same."""
        key = self._left(entry)
        if key is None:
            self.never.add(entry.code)
            return
        self.left[key] -= 1
        self.held[entry.code] += 1
        self.met[entry] += 1

    def _left(self, entry: Entry) -> tuple[str, str, str] | None:
        """Return what something is known by of which there is still an entry."""
        return entry.key if self.left[entry.key] > 0 else self._renamed(entry)

    def _renamed(self, entry: Entry) -> tuple[str, str, str] | None:
        """Return what a finding is known by whose agent got another name, in its file or with that."""
        if entry.kind == LOSSES:
            return None
        alike = [one for one in self.entries if one.kind == FINDINGS and one.nameless == entry.nameless]
        old = (one.key for one in alike if not self.is_there(one) or (one.where == entry.where and one.agent and entry.agent))
        return next((key for key in old if self.left[key] > 0), None)

    def is_there(self, entry: Entry) -> bool:
        """Whether the file of a finding is still there."""
        return entry.kind == LOSSES or os.path.lexists(os.path.join(self._folder, entry.where))

    def gone(self, asked: Asked) -> int:
        """Return how many entries nothing answers to any more, of those that this run has asked about."""
        keys = {entry.key for entry in self.entries if asked(entry) or not self.is_there(entry)}
        return sum(max(number, 0) for key, number in self.left.items() if key in keys)

    def update(self, asked: Asked) -> None:
        """Write the file: what this run has met, and what it has not asked about.

        Raises:
            InputError: The disk refuses, or somebody else wrote it meanwhile.
        """
        kept = Counter({entry: number for entry, number in self.entries.items() if self.is_there(entry) and not asked(entry)})
        path, data = Path(self.path), _document(kept + self.met)
        folder = OutputFolder(path.parent, within=locations.project_root(path))
        saved = folder.save(OutputFile(path.name, data)) if self.data is None else folder.mend(path.name, self.data, data)
        if saved.is_kept:
            raise InputError(
                Diagnostic(Code.EXISTS, Severity.ERROR, "it changed while this ran, and is kept", Span(self.path), "run it again")
            )

    def finish(self, asked: Asked) -> Iterator[Diagnostic]:
        """Write the file where that is asked for, and say what a person would not know otherwise.

        Raises:
            InputError: The disk refuses.
        """
        if self.renewed:
            self.update(asked)
        elif self.data is None:
            yield self._note("there is no such file yet, so that nothing is known", "--update-baseline writes it")
        elif gone := self.gone(asked):
            message = f"{gone:,} of its entries {'is' if gone == 1 else 'are'} no longer found"
            new = sum(self.met.values()) - self.held.total() - self.known
            hint = None if new else f"--update-baseline takes {'it' if gone == 1 else 'them'} out"  # which would accept what is new, too
            yield self._note(message, hint)
        if self.held:
            yield self._of_held()

    def _of_held(self) -> Diagnostic:
        """Say of which findings an entry does not count here, and in which run it does."""
        number, codes = self.held.total(), ",".join(sorted(self.held))
        what = "finding that it holds counts" if number == 1 else "findings that it holds count"
        message = f"{number:,} {what} all the same, of rules that protect whoever reads a file: {codes.replace(',', ', ')}"
        hint = f"--baseline-also {codes} takes {'it' if number == 1 else 'them'} for known"
        more = f"; so does `baseline-also` below [lint] where a person names that file: --config {self.said_in}"
        return self._note(message, hint + (more if self.said_in else ""))

    def _note(self, message: str, hint: str | None) -> Diagnostic:
        return Diagnostic(Code.EXISTS, Severity.NOTE, message, Span(self.path), hint)


@lru_cache(256)
def _digest(secret: str) -> str:
    """Return what tells secrets apart: as many bits as four characters of one would tell, and slow, so that nobody tries many."""
    import hashlib

    return hashlib.pbkdf2_hmac("sha256", secret.encode("utf-8", "surrogatepass"), b"agentconv baseline", 100_000).hex()[:5]


def of_losses(targets: Sequence[str], agents: Collection[str]) -> Asked:
    """Return what tells whether a conversion has looked for an entry."""
    return lambda entry: entry.kind == LOSSES and entry.where in targets and entry.agent in agents


def add_arguments(group: argparse._ActionsContainer, what: str) -> None:
    """Add the file, and the switch that writes it.

    Args:
        group: Where to.
        what: What it holds for the command.
    """
    group.add_argument("--baseline", metavar="FILE", help=f"{what} that are known already, and do not count")
    group.add_argument("--update-baseline", action="store_true", help=f"write the {what} of this run into that file")


def given(options: argparse.Namespace, also: frozenset[str] = frozenset(), *, said_in: str = "") -> Baseline | None:
    """Return the baseline that a command line names.

    Args:
        options: The command line.
        also: The rules that protect whoever reads a file, and whose findings may be known.
        said_in: The project's configuration, where that names it: it may do so before the file is written.

    Raises:
        InputError: It cannot be read, or --update-baseline stands without it, or beside what writes nothing.
    """
    if not hasattr(options, "baseline"):
        return None
    dry = next((name for name in ("check", "diff", "dry_run") if getattr(options, name, False)), None)
    if options.update_baseline and dry:
        raise registry.usage(f"--{dry.replace('_', '-')} writes nothing, and --update-baseline writes", "run them one after the other")
    if options.baseline is None:
        if options.update_baseline:
            raise registry.usage(
                "--update-baseline needs the file to write",
                "name it: --baseline agentconv-baseline.json --update-baseline; or say `baseline` below [lint] of agentconv.toml",
            )
        return None
    if (options.update_baseline or said_in) and not os.path.lexists(options.baseline):
        return Baseline(options.baseline, renewed=bool(options.update_baseline), also=also, said_in=said_in)
    try:
        data = reading.read(options.baseline, limit=_MAX_BYTES)[0]
    except OSError as error:
        hint = "--update-baseline writes one" if isinstance(error, FileNotFoundError) else None
        raise inputs.problem(f"cannot be read: {inputs.reason(error)}", hint, options.baseline) from None
    entries = _read(data, options.baseline)
    left: Counter[tuple[str, str, str]] = Counter()
    for entry, number in entries.items():
        left[entry.key] += number
    return Baseline(options.baseline, data, entries, bool(options.update_baseline), left, also=also, said_in=said_in)


def _read(data: bytes, path: str) -> Counter[Entry]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise _wrong(path, "it is no JSON") from None
    version = document.get("version") if isinstance(document, dict) else None
    if type(version) is int and version > VERSION:
        message = f"it is a baseline of version {version}, and this agentconv knows version {VERSION}"
        raise _wrong(path, message, "install the newer agentconv that wrote it: pip install --upgrade agentconv-toolkit")
    if version != VERSION:
        raise _wrong(path, f"it is no baseline of version {VERSION}")
    entries: Counter[Entry] = Counter()
    for kind, place in _PLACES.items():
        rows = document.get(kind, [])
        for row in rows if isinstance(rows, list) else [None]:
            entry, number = _entry(row, kind, place, path)
            entries[entry] += number
    return entries


def _entry(row: Any, kind: str, place: str, path: str) -> tuple[Entry, int]:
    values = [row.get(name, "") for name in ("code", place, "agent", "text")] if isinstance(row, dict) else [None]
    count, clients = (row.get("count", 1), row.get("clients", [])) if isinstance(row, dict) else (None, None)
    words = [value for value in values if isinstance(value, str)]
    if len(words) != 4 or type(count) is not int or count < 1:
        raise _wrong(path, f"`{kind}` holds what is no entry")
    if not isinstance(clients, list) or not all(isinstance(client, str) for client in clients):
        raise _wrong(path, f"`{kind}` holds what is no entry")
    code, where, agent, text = words
    secret = row.get("secret", "")
    return Entry(code, where, agent, text, kind, secret if isinstance(secret, str) else "", tuple(clients)), count


def _wrong(path: str, message: str, hint: str = "--update-baseline writes it anew once the file is out of the way") -> InputError:
    return InputError(Diagnostic(Code.USAGE, Severity.ERROR, message, Span(path), hint))


def _document(counts: Counter[Entry]) -> bytes:
    """Write entries, one a line, so that versions of it merge."""
    lists = []
    for kind, place in _PLACES.items():
        rows = [
            {
                "code": entry.code,
                place: entry.where,
                "agent": entry.agent,
                "text": entry.text,
                "count": counts[entry],
                **({"secret": entry.secret} if entry.secret else {}),
                **({"clients": list(entry.clients)} if entry.clients else {}),
            }
            for entry in sorted(
                (one for one in counts if one.kind == kind), key=attrgetter("code", "where", "agent", "text", "secret", "clients")
            )
        ]
        lines = ",\n".join(f"    {json.dumps(row, ensure_ascii=True)}" for row in rows)
        lists.append(f'  "{kind}": [\n{lines}\n  ]' if rows else f'  "{kind}": []')
    return "\n".join(["{", f'  "version": {VERSION},', ",\n".join(lists), "}", ""]).encode()
