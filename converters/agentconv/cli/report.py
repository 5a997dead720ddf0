"""What a run tells: diagnostics as they come, losses by code and a summary at the end, and the exit code."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from agentconv.cli import baseline, typed, unheard
from agentconv.cli.exit_codes import Exit
from agentconv.cli.progress import Progress
from agentconv.core import losses
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, LossSeverity, Severity
from agentconv.core.kinds import NOUNS
from agentconv.disk.placing import BACKUP
from agentconv.disk.saving import Fate
from agentconv.formats import registry
from agentconv.render import text
from agentconv.render.table import fitted
from agentconv.render.tally import Tally

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from agentconv.conversion.converting import Converted
    from agentconv.core.diagnostics import Diagnostic, Loss
    from agentconv.disk.saving import Saved

_DONE = {
    Fate.CREATED: "written",
    Fate.MERGED: "added to",
    Fate.REPLACED: f"replaced (the old one is beside it, as *{BACKUP})",
    Fate.SAME: "unchanged",
    Fate.KEPT: "kept",
}
_PLANNED = {Fate.CREATED: "to create", Fate.MERGED: "to add to", Fate.REPLACED: "to replace", Fate.SAME: "unchanged", Fate.KEPT: "to keep"}
_WRITTEN = (Fate.CREATED, Fate.MERGED, Fate.REPLACED)
_CHANGES = {**_PLANNED, Fate.MERGED: "to change", Fate.REPLACED: "to change", Fate.KEPT: "to change"}
_NAMED = 12
"""How many files are named that were not an agent's alone, before the others are counted."""
_AGENT = "agent"
_ABOUT: dict[str, Callable[[Diagnostic], bool]] = {
    "not_loaded": lambda told: told.code is Code.NOT_LOADED,
    "failed": lambda told: told.is_bug,
}
"""What tells that a diagnostic is about an agent in a state."""
_ALWAYS = (Code.NO_AGENT, Code.ELSEWHERE, Code.LINE_ENDS, Code.USER_SCOPE, Code.PARTS)
"""What is not told is missed, although it does not matter to what was asked for."""
_FREER = ("not-enforced", "widening", "widened", "widened-less", "server-open-there")
"""What says that an agent is not held in the target to what its author wrote, or not written for that."""
_STRICT = {
    "warnings": {LossSeverity.WARNING, LossSeverity.REFUSAL},
    "notes": {LossSeverity.WARNING, LossSeverity.REFUSAL, LossSeverity.NOTE},
}


class Report:
    """Tells what happens, and keeps only what the end of the report needs."""

    def __init__(self, options: argparse.Namespace, targets: Sequence[str], places: Mapping[str, str]) -> None:
        self.options = options
        self.targets = targets
        self.places = places
        self.json = options.output_format == "json"
        self.look = text.style(sys.stderr, options.color)
        self.tally = Tally(several_targets=len(targets) > 1)
        self.counts: dict[str, Counter[str]] = {noun: Counter() for noun in (_AGENT, *NOUNS.values())}
        """How many agents there were for each target, and how many of each kind of part."""
        self.fates: Counter[Fate] = Counter()
        self.kept: Counter[str] = Counter()
        """Files of which something is kept that is not what was to be written, by what can be done about it."""
        self.keeping: list[str] = []  # the files that stay as they were
        self.staying = 0
        """Those that take nothing, since what is kept are their entries: nothing in them is to change."""
        self.paths: list[Path] = []  # the first file
        self.folders: set[str] = set()
        self.among: list[str] = []  # of the written files, those that were there, or that others write into too
        self.states: dict[str, dict[str, dict[str, None]]] = {"refused": {}, "not_loaded": {}, "failed": {}}
        """By state and noun, what it is of."""
        self.severities: set[Severity] = set()
        self.seen: set[int] = set()
        self.last_hint: str | None = None
        self.results: list[dict[str, Any]] = []
        self.unsettled: dict[tuple[str, str], list[dict[str, Any]]] = {}
        """Results of agents whose file, which they share with others, comes later; by target and path."""
        self.diagnostics: list[Diagnostic] = []
        self.to_stdout = False
        self.below: str = options.output or ""  # what the files of several folders are below
        self.unsaved = 0
        self.bugs = False
        """Whether something was lost to a bug of ours."""
        self.told = False  # whether anything was said
        self.line = Progress(options)
        self.baseline = baseline.given(options)
        """What is known already, and does not count."""
        self.known: Counter[str] = Counter()
        """How many warnings of each code those are: that much is said of them in every run."""
        self.agents: set[str] = set()
        self.unable: list[Loss] = []  # those by which agents cannot do in a target what they are for

    def take(self, done: Converted) -> None:
        """Remember and tell what became of one file or agent."""
        noun = NOUNS[done.part] if done.part else _AGENT
        beside = done.file is not None and done.file.beside  # a script of a hook that is counted
        self.counts[noun][done.target] += 0 if beside else len(done.agents)
        for state, found in self.states.items():
            if getattr(done, state):
                found.setdefault(noun, {}).update(dict.fromkeys(_concerned(done, _ABOUT.get(state))))
        for diagnostic in done.diagnostics:
            self.diagnostic(diagnostic)
        self.agents.update(done.agents)
        told = self.options.verbose and not self.options.quiet and not self.json
        heard = {id(loss) for loss in done.told}  # what is not written loses nothing else
        for loss in done.losses:
            if self.baseline is not None and self.baseline.takes(baseline.of_loss(loss)):
                self.known.update([loss.code] if loss.severity is LossSeverity.WARNING else [])
            elif id(loss) in heard:
                self.tally.add(loss)
                self.unable += [loss] if loss.closes else []
                if told and not losses.rule(loss.code).of_pair:
                    self.say(text.loss(loss, self.look))

    def diagnostic(self, diagnostic: Diagnostic) -> None:
        """Tell one diagnostic, once however many targets there are."""
        if hash(diagnostic) in self.seen:
            return
        self.seen.add(hash(diagnostic))
        self.severities.add(diagnostic.severity)
        self.bugs |= diagnostic.code is Code.INTERNAL
        if self.json:
            self.diagnostics.append(diagnostic)
        elif diagnostic in registry.broken():
            return
        elif self.shown(diagnostic.severity) or (diagnostic.code in _ALWAYS and not self.options.quiet):
            span = diagnostic.span
            if span and span.path in self.places:
                diagnostic = replace(diagnostic, span=replace(span, path=self.places[span.path]))
            self.say(text.diagnostic(diagnostic, self.look, hint=diagnostic.hint != self.last_hint))
            self.last_hint = diagnostic.hint

    def shown(self, severity: Severity) -> bool:
        if severity is Severity.ERROR:
            return True
        return not self.options.quiet and (severity is Severity.WARNING or self.options.verbose)

    def saved(self, saved: Saved, *, shared: bool) -> None:
        """Count a file.

        Args:
            saved: What became of it.
            shared: Whether others write into it too.
        """
        if saved.fate in _WRITTEN and (shared or saved.fate is not Fate.CREATED):
            self.among.append(saved.path.as_posix())
        self.fates[saved.fate] += 1
        self.kept.update(filter(None, [saved.way_out]))
        self.keeping += [saved.path.as_posix()] if saved.fate is Fate.KEPT else []
        self.staying += saved.fate is Fate.KEPT and bool(saved.kept)
        self.paths = self.paths or [saved.path]
        self.folders.add(os.path.dirname(saved.path))

    def file(self, saved: Saved) -> None:
        """Name a file and say what became of it."""
        if not (self.options.quiet or self.json):
            self.say(f"{saved.fate} {text.safe(saved.path.as_posix())}")

    def say(self, line: str) -> None:
        """Write a line, in as many as there is room for; where nobody reads it any more, the work goes on without."""
        self.told = True
        self.line.clear()
        with unheard(sys.stderr):
            print(fitted(line, sys.stderr), file=sys.stderr)

    def exit_code(self) -> Exit:
        """Return the exit code for everything that was taken."""
        if self.bugs:
            return Exit.BUG
        errors = Severity.ERROR in self.severities
        if errors and not (self.fates or self.to_stdout or self.states["refused"] or self.states["failed"]):
            return Exit.USAGE
        changed = self.fates.total() - self.fates[Fate.SAME]
        strict = self.options.strict if self.options.strict != "off" else None
        findings = (
            errors
            or self.states["refused"]
            or self.states["not_loaded"]
            or self.kept
            or ((self.options.check or self.options.diff) and changed)
            or (strict and _STRICT[strict] & self.tally.severities)
            or (strict and Severity.WARNING in self.severities)
        )
        return Exit.FINDINGS if findings else Exit.OK

    def finish(self) -> Exit:
        """Print the end of the report and return the exit code."""
        self.line.clear()
        for told in self.baseline.finish(baseline.of_losses(self.targets, self.agents)) if self.baseline else ():
            self.diagnostic(told)
        code = self.exit_code()
        if self.json:
            from agentconv.render import machine

            report = {
                "exit_code": int(code),
                **({"known": self.baseline.known} if self.baseline else {}),
                "results": self.results,
                "diagnostics": [machine.plain(diagnostic) for diagnostic in self.diagnostics],
            }
            print(machine.report(report), file=sys.stderr if self.to_stdout else sys.stdout)
        elif not self.options.quiet:
            for line in self.tally.lines(self.look, of_pairs=bool(self.options.verbose)):
                self.say(line)
            if not (code is Exit.USAGE and not self.unsaved):
                self.say(f"{self.summary()}{self._staying_files()}{self._more()}")
                self._say_next()
        elif code is not Exit.OK and not self.told:
            self.say(f"{self.summary()}{self._strictly()}{''.join(f'; {way}' for way in self.kept)}")
        return code

    def _say_next(self) -> None:
        """Name the look that says what agents may do, where files were written that do not hold one to what its author wrote."""
        written = sum(self.fates[fate] for fate in _WRITTEN)
        looking = self.options.check or self.options.diff or self.options.dry_run
        here = bool(self.below) and os.path.normpath(self.below) == os.curdir and self.options.scope != "user"
        if here and written and not looking and any(group.first.code in _FREER for group in self.tally.groups.values()):
            self.say(f"next: `{typed.here('agentconv inspect --effects')}` says what each agent may do in each assistant, and what is held")

    def _more(self) -> str:
        """Say how all names are seen, where some are only counted."""
        cut = (
            self.tally.is_cut
            or len(self.among) > _NAMED
            or any(len(found) > text.NAMED for states in self.states.values() for found in states.values())
        )
        return " (-v names every one)" if cut and not self.options.verbose else ""

    def _staying_files(self) -> str:
        """Say which files were not written for what is in them, and what can be done about it, where a run was to write them."""
        if not self.keeping or self.options.check or self.options.diff:
            return ""
        named = f"; not updated: {text.names(self.keeping)}" if self.fates.total() > 1 else ""  # a single file is named already
        return "".join([named, *(f"; {way}" for way in self.kept)])

    def _strictly(self) -> str:
        """Say what `--strict` counts, where nothing else has said it."""
        counted: set[LossSeverity] = _STRICT.get(self.options.strict or "", set())
        codes = list(dict.fromkeys(group.first.code for group in self.tally.groups.values() if group.first.severity in counted))
        codes += ["a warning"] if counted and not codes and Severity.WARNING in self.severities else []
        return f"; --strict counts {', '.join(codes)}" if codes else ""

    @property
    def nothing(self) -> bool:
        """Whether there was no agent and no file, and no error has said why."""
        counted = any(number for counts in self.counts.values() for number in counts.values())
        return not (counted or self.fates or Severity.ERROR in self.severities)

    def summary(self) -> str:
        """Say in one line what was done."""
        words = _CHANGES if self.options.check or self.options.diff else _PLANNED if self.options.dry_run else _DONE
        staying = self.staying if words is _CHANGES else 0
        files = [(self.fates[fate] - (staying if fate is Fate.KEPT else 0), word) for fate, word in words.items()]
        files.append((staying, _PLANNED[Fate.KEPT]))
        parts = [f"{text.count(number, 'file')} {word}" for number, word in files if number]
        if parts and self.fates.total() == 1:
            parts[-1] += f": {text.safe(self.paths[0].as_posix())}"
        elif parts and len(self.folders) == 1:
            parts[-1] += f" in {text.safe(self.paths[0].parent.as_posix())}"
        elif parts:
            parts[-1] += f" below {text.safe(self.below)}"
        if self.among and self.fates.total() > 1:
            more = [f"{len(self.among) - _NAMED:,} more"] if len(self.among) > _NAMED else []
            parts[-1] += f", {', '.join([*map(text.safe, self.among[:_NAMED]), *more])} among them"
        if self.to_stdout:
            parts.append("1 file to standard output")
        if self.unsaved:
            parts.append(f"{text.count(self.unsaved, 'file')} not written")
        for state, what in (
            ("refused", "refused"),
            ("not_loaded", "not loaded by the source client"),
            ("failed", "lost to a bug"),
        ):
            parts += [f"{text.count(len(found), noun)} {what} ({text.names(list(found))})" for noun, found in self.states[state].items()]
        counted = {noun: max(counts.values(), default=0) for noun, counts in self.counts.items()}
        numbers = [text.count(number, noun) for noun, number in counted.items() if number or noun == _AGENT]
        if self.baseline and self.baseline.known:
            codes = ", ".join(f"{number:,} {code}" for code, number in sorted(self.known.items()))
            losses = "1 loss" if self.baseline.known == 1 else f"{self.baseline.known:,} losses"
            parts.append(f"{losses} known already{f' ({codes})' if codes else ''}")
        unable = "".join(f"; {one}" for one in text.unable(self.unable))
        return f"{', '.join(numbers)}: {', '.join(parts) or 'nothing to write'}{unable}"

    def result(self, done: Converted, fate: str | None, diff: str | None) -> None:
        """Remember a result for the report as JSON."""
        if not self.json or not (done.agents or done.file):
            return
        from agentconv.render import machine

        state = "failed" if done.failed else "refused" if done.refused else "converted" if done.file or done.path else "nothing"
        path = done.file.path if done.file else done.path
        found: dict[str, Any] = {
            "target": done.target,
            "agents": [] if done.part else list(done.agents),
            **({str(done.part): list(done.agents)} if done.part else {}),
            **({"path": path} if path else {}),
            **({"fate": str(fate)} if fate else {}),
            "state": state,
            **({"not_loaded": True} if done.not_loaded else {}),
            **({"diff": diff} if diff else {}),
            "losses": [machine.plain(loss) for loss in done.told],
        }
        self.results.append(found)
        if path and done.file is None:
            self.unsettled.setdefault((done.target, path), []).append(found)
        elif path and fate:
            for one in self.unsettled.pop((done.target, path), ()):
                one["fate"] = str(fate)


def _concerned(done: Converted, is_about: Callable[[Diagnostic], bool] | None) -> Iterable[str]:
    """Return the agents that a state is about: of a bundle, and of a file that could not even be read, those that diagnostics name."""
    found = [diagnostic for diagnostic in done.diagnostics if is_about is not None and is_about(diagnostic)]
    if not found or (len(done.agents) == 1 and not (done.file and done.failed)):  # of a bundle that was written, none of its agents
        return done.agents
    return [diagnostic.agent or (PurePosixPath(diagnostic.span.path).stem if diagnostic.span else "") for diagnostic in found]
