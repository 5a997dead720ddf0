"""What `agentconv lint` does with fixes: makes them, or shows what they would do."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeAlias

from agentconv.cli import processes
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Diagnostic, InputError
from agentconv.disk.saving import Fate, OutputFolder
from agentconv.lint import fixing
from agentconv.lint.fixing import Fixed
from agentconv.lint.rule import Finding
from agentconv.lint.subject import Subject
from agentconv.render import diff, printable, text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from agentconv.cli.linting.files import LintFile
    from agentconv.cli.progress import Progress
    from agentconv.lint.checking import Checked

Finder: TypeAlias = Callable[[Subject], tuple[Finding, ...]]
"""Checks one file."""


@dataclass(slots=True)
class Mended:
    """What mending came to."""

    findings: int = 0
    """How many are mended, or would be."""
    told: list[Diagnostic] = field(default_factory=list)
    unsaved: set[tuple[Path, str]] = field(default_factory=set)
    """Folders in which files could not be written, and why: told once each."""
    out: TextIO = field(default_factory=lambda: sys.stdout)
    """Where findings are told: not where mended text goes."""

    def save(self, files: Sequence[LintFile], done: Fixed) -> None:
        """Write a mended file; what came on standard input is passed on later."""
        if not files[0].stdin and not self._saved(files[0], done.data):
            return
        self.findings += done.mended
        for file in files:
            file.subject = file.subject.put(done.data)

    def _saved(self, file: LintFile, data: bytes) -> bool:
        place = Path(file.location or "")
        try:
            saved = OutputFolder(place.parent, within=Path(file.within)).mend(place.name, file.subject.source.data, data)
        except InputError as error:
            where = place.parent, error.diagnostic.message
            self.told += [] if where in self.unsaved else [error.diagnostic]
            self.unsaved.add(where)
            return False
        self.told += [saved.diagnostic] if saved.diagnostic else []
        return saved.fate is not Fate.KEPT


def offered(file: LintFile, one: Checked, find: Finder) -> Checked:
    """Offer only those fixes that --fix makes, and let go of what only finding and proving them took."""
    told = fixing.promised(file.subject, one.findings, find)
    file.subject.forget()
    return replace(one, findings=told)


def mend(options: argparse.Namespace, files: list[LintFile], find: Finder, line: Progress, jobs: int) -> Mended:
    """Make fixes, or show what they would do; by so many processes."""
    mended = Mended()

    several = list(_by_file(files))

    def fixed(number: int) -> Fixed:
        found = Fixed(several[number][0].subject.source.data, (), ())
        for file in several[number]:
            as_it_is = file.subject.source.data == found.data
            subject = file.subject if as_it_is else file.subject.put(found.data)
            done = fixing.fix(subject, find, unsafe=options.unsafe_fixes)
            found = Fixed(done.data, (*found.made, *done.made), (*found.unproven, *done.unproven), found.mended + done.mended)
            file.subject.forget()
        return found

    fixes = line.over(processes.mapped(fixed, len(several), jobs), len(several), "files mended")
    for same, done in zip(several, fixes, strict=True):
        file, before = same[0], same[0].subject.source.data
        if done.data == before or not (file.location or file.stdin):
            continue
        line.clear()
        if not (options.diff or options.check):
            mended.save(same, done)
            continue
        mended.findings += done.mended
        shown = (file.location or "<stdin>").replace(os.sep, "/")
        if options.diff:
            sys.stdout.write(diff.unified(shown, before, done.data))
        elif options.output_format == "text":
            print(f"change    {text.safe(shown)}")
    if not (options.diff or options.check) and any(file.stdin for file in files):
        _pass_on(file.subject.source.data for file in files if file.stdin)
        mended.out = sys.stderr
    return mended


def _by_file(files: Iterable[LintFile]) -> Iterator[list[LintFile]]:
    """Yield each file, with the parts of every kind that are in it."""
    of_parts: dict[str, list[LintFile]] = {}
    for file in files:
        if file.subject.part is None:
            yield [file]
        else:
            of_parts.setdefault(file.location or "", []).append(file)
    yield from of_parts.values()


def _pass_on(texts: Iterable[bytes]) -> None:
    """Write what came on standard input to standard output, mended or as it was."""
    for data in texts:
        printable.data(data)
