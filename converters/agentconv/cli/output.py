"""Where results go: files below a folder, one file, or standard output; and the report at the end."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv import registry, saving
from agentconv.cli.exit_codes import Exit
from agentconv.diagnostics import Code, Diagnostic, InputError, LossSeverity, Severity
from agentconv.render import machine, text
from agentconv.saving import Fate

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from agentconv.convert import Converted, OutputFile
    from agentconv.diagnostics import Loss

_SLOW_SECONDS = 1.0


class Output:
    """Takes results one by one, writes them, and keeps only what the report needs."""

    def __init__(self, options: argparse.Namespace, targets: Sequence[str], expected: int) -> None:
        self.options = options
        self.targets = targets
        self.expected = expected * len(targets)
        self.agents = 0
        self.files = 0
        self.fates: dict[Fate, int] = dict.fromkeys(Fate, 0)
        self.refused: list[str] = []
        self.not_loaded: list[str] = []
        self.failed: list[str] = []
        self.losses: list[Loss] = []
        self.diagnostics: list[Diagnostic] = []
        self.reports: list[dict[str, Any]] = []
        self.waiting: Converted | None = None
        self.seen: set[Diagnostic] = set()
        self.started = time.monotonic()
        self.taken = 0
        self.folder, self.single = _destination(options.output, targets)

    def take(self, done: Converted) -> None:
        """Write one result and remember what to say about it."""
        self.progress()
        self.agents += len(done.agents)
        for kind, applies in (("refused", done.refused), ("not_loaded", done.not_loaded), ("failed", done.failed)):
            if applies:
                getattr(self, kind).extend(agent for agent in done.agents if agent not in getattr(self, kind)[-1:])
        self.losses.extend(done.losses)
        for diagnostic in done.diagnostics:
            if diagnostic not in self.seen:
                self.seen.add(diagnostic)
                self.diagnostics.append(diagnostic)
        fate = self.write(done, done.file) if done.file else None
        if self.options.output_format == "json":
            self.reports.append(_report(done, fate))

    def write(self, done: Converted, file: OutputFile) -> Fate | None:
        """Write a result's file, or keep it until it is known to be the only one."""
        self.files += 1
        if self.folder is None:
            if self.waiting is not None:
                raise _several(self.targets)
            self.waiting = done
            return None
        return self.save(self.folder, file)

    def save(self, folder: Path, file: OutputFile) -> Fate:
        if self.options.check or self.options.diff or self.options.dry_run:
            saved = saving.fate(folder, file, force=self.options.force)
            self.preview(saved, file)
        else:
            saved = saving.save(folder, file, force=self.options.force)
        self.fates[saved.fate] += 1
        if saved.diagnostic:
            self.diagnostics.append(saved.diagnostic)
        return saved.fate

    def preview(self, saved: saving.Saved, file: OutputFile) -> None:
        if self.options.output_format == "json":
            return
        if self.options.dry_run:
            print(f"{saved.fate.value:9} {text.safe(file.path)}")
        elif self.options.diff and saved.fate is not Fate.SAME:
            self.clear()
            sys.stdout.write(_diff(saved.path, file))

    def progress(self) -> None:
        """Show how far we are: on a terminal, when it takes long."""
        self.taken += 1
        if self.taken % 50 == 0 and not self.options.quiet and sys.stderr.isatty() and time.monotonic() - self.started > _SLOW_SECONDS:
            total = max(self.expected, self.taken)
            print(f"\r{self.taken:,} of {total:,} files", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if sys.stderr.isatty() and time.monotonic() - self.started > _SLOW_SECONDS:
            print("\r\x1b[K", end="", file=sys.stderr)

    def finish(self) -> int:
        """Write what waited, print the report, and return the exit code."""
        self.clear()
        if self.waiting and self.waiting.file:
            self.write_single(self.waiting.file)
        if self.options.output_format == "json":
            self.print_json()
        else:
            self.print_text()
        return self.exit_code()

    def write_single(self, file: OutputFile) -> None:
        if self.single is not None:
            self.save(self.single.parent, type(file)(self.single.name, file.data))
            return
        if self.options.check or self.options.dry_run or self.options.output_format == "json":
            return
        if self.options.diff:
            sys.stdout.write(_diff(Path(file.path), file))
            return
        sys.stdout.buffer.write(file.data)
        sys.stdout.buffer.flush()

    def exit_code(self) -> Exit:
        """Return the exit code for everything that was taken."""
        if self.failed:
            return Exit.BUG
        errors = any(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)
        if errors and not self.files and not self.refused:
            return Exit.USAGE
        changed = self.fates[Fate.CREATED] + self.fates[Fate.REPLACED] + self.fates[Fate.KEPT]
        strict = self.options.strict
        levels = {"warnings": {LossSeverity.WARNING}, "notes": {LossSeverity.WARNING, LossSeverity.NOTE}}.get(strict or "", set())
        findings = (
            self.refused
            or self.not_loaded
            or self.fates[Fate.KEPT]
            or (self.options.check and changed)
            or any(loss.severity in levels for loss in self.losses)
            or errors
            or (strict and any(diagnostic.severity is Severity.WARNING for diagnostic in self.diagnostics))
        )
        return Exit.FINDINGS if findings else Exit.OK

    def print_json(self) -> None:
        report = {
            "exit_code": int(self.exit_code()),
            "results": self.reports,
            "diagnostics": [machine.plain(diagnostic) for diagnostic in self.diagnostics],
        }
        print(machine.dumps(report))

    def print_text(self) -> None:
        look = text.style(sys.stderr, self.options.color)
        shown = self.diagnostics
        if not self.options.verbose:
            shown = [diagnostic for diagnostic in shown if diagnostic.severity is not Severity.NOTE]
        if self.options.quiet:
            shown = [diagnostic for diagnostic in shown if diagnostic.severity is Severity.ERROR]
        lines = [text.diagnostic(diagnostic, look) for diagnostic in shown]
        if self.options.verbose:
            lines.extend(f"{text.loss(loss, look)} [{loss.target}]" for loss in self.losses)
        elif not self.options.quiet:
            lines.extend(text.losses_by_code(self.losses, look))
        if not self.options.quiet:
            lines.append(self.summary())
        if lines:
            print("\n".join(lines), file=sys.stderr)

    def summary(self) -> str:
        """Say in one line what was done."""
        would = "would be " if self.options.check or self.options.diff or self.options.dry_run else ""
        parts = []
        for fate, word in ((Fate.CREATED, "written"), (Fate.REPLACED, "replaced"), (Fate.SAME, "unchanged"), (Fate.KEPT, "kept as it was")):
            if self.fates[fate]:
                parts.append(f"{text.count(self.fates[fate], 'file')} {would if fate is not Fate.SAME else ''}{word}")
        if not parts and self.waiting:
            parts.append("1 file to standard output")
        if self.refused:
            parts.append(f"{text.count(len(set(self.refused)), 'agent')} refused ({text.names(list(dict.fromkeys(self.refused)))})")
        if self.not_loaded:
            parts.append(f"{text.count(len(set(self.not_loaded)), 'agent')} that the source client does not load")
        if self.failed:
            parts.append(f"{text.count(len(self.failed), 'agent')} not written because of a bug in agentconv")
        return f"{text.count(self.agents // max(len(self.targets), 1), 'agent')}: {', '.join(parts) or 'nothing written'}"


def _destination(output: str | None, targets: Sequence[str]) -> tuple[Path | None, Path | None]:
    """Turn -o into a folder or a single file; neither means standard output."""
    if output is None or output == "-":
        return None, None
    path = Path(output)
    suffixes = [suffix for target in targets for suffix in registry.FORMATS[target].suffixes]
    if not path.is_dir() and path.suffix:
        if len(targets) == 1 and path.suffix in suffixes:
            return None, path
        wanted = ", ".join(suffixes)
        message = f"`{output}` does not end in {wanted}, as {', '.join(targets)} does"
        raise InputError(
            Diagnostic(Code.UNREADABLE, Severity.ERROR, message, hint="name a folder: files go where each client looks below it")
        )
    if path.exists() and not path.is_dir():
        raise InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, f"`{output}` is a file, not a folder"))
    return path, None


def _several(targets: Sequence[str]) -> InputError:
    message = f"several files for {', '.join(targets)}, and no folder to put them in"
    return InputError(
        Diagnostic(Code.UNREADABLE, Severity.ERROR, message, hint="add -o . to write them below this folder, where each client looks")
    )


def _diff(path: Path, file: OutputFile) -> str:
    from difflib import unified_diff

    try:
        before = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        before = ""
    after = file.data.decode("utf-8", "replace")
    lines = unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{file.path}", f"b/{file.path}")
    return "".join(text.safe(line.rstrip("\n")) + "\n" for line in lines)


def _report(done: Converted, fate: Fate | None) -> dict[str, Any]:
    report: dict[str, Any] = {"target": done.target, "agents": list(done.agents)}
    if done.file:
        report["path"] = done.file.path
    if fate:
        report["fate"] = fate.value
    state = "failed" if done.failed else "refused" if done.refused else "written" if done.file else "nothing"
    report["state"] = state
    if done.not_loaded:
        report["not_loaded"] = True
    report["losses"] = [machine.plain(loss) for loss in done.losses]
    return report
