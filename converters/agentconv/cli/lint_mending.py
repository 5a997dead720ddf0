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
from agentconv.lint.rule import Finding
from agentconv.lint.subject import Subject
from agentconv.render import diff, printable, text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from agentconv.cli.lint_files import LintFile
    from agentconv.cli.progress import Progress
    from agentconv.lint.checking import Checked
    from agentconv.lint.fixing import Fixed

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

    def save(self, file: LintFile, done: Fixed) -> None:
        """Write a mended file; what came on standard input is passed on later."""
        if not file.stdin and not self._saved(file, done.data):
            return
        self.findings += len(done.made)
        file.subject = replace(file.subject, source=file.subject.source.put(done.data))

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

    def fixed(number: int) -> Fixed:
        done = fixing.fix(files[number].subject, find, unsafe=options.unsafe_fixes)
        files[number].subject.forget()
        return done

    fixes = line.over(processes.mapped(fixed, len(files), jobs), len(files), "files mended")
    for file, done in zip(files, fixes, strict=True):
        before = file.subject.source.data
        if done.data == before or not (file.location or file.stdin):
            continue
        line.clear()
        if not (options.diff or options.check):
            mended.save(file, done)
            continue
        mended.findings += len(done.made)
        shown = (file.location or "<stdin>").replace(os.sep, "/")
        if options.diff:
            sys.stdout.write(diff.unified(shown, before, done.data))
        elif options.output_format == "text":
            print(f"change    {text.safe(shown)}")
    if not (options.diff or options.check) and any(file.stdin for file in files):
        _pass_on(file.subject.source.data for file in files if file.stdin)
        mended.out = sys.stderr
    return mended


def _pass_on(texts: Iterable[bytes]) -> None:
    """Write what came on standard input to standard output, mended or as it was."""
    for data in texts:
        printable.data(data)
