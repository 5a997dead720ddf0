"""Runs again when something changed: folders are watched, never single files, since editors save by renaming; the content decides.

A file that is half there (empty, gone, or not loaded all at once) is looked at a second time before it counts. Much is never
deleted unasked, and while git is in the middle of something nothing is done.
"""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Code, Diagnostic, InputError, InternalError, Severity
from agentconv.core.kinds import KINDS
from agentconv.install.lock import FILE as LOCK
from agentconv.sources import inputs, locations, settings_file
from agentconv.sync.decisions import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
    from pathlib import Path
    from threading import Event

    from agentconv.install.steps import Change
    from agentconv.sync.planning import Outcome
    from agentconv.sync.settings import Settings
    from agentconv.sync.sources import Key

QUIET, LONGEST = 100, 1_000
"""Milliseconds that a change has to be over, and that a storm of changes is waited for at most."""
FIRST_LOOK = 500
"""Milliseconds after which it is looked at what came before the folders were watched."""
SECOND_LOOK, BRANCH = 1.0, 0.5
"""Seconds after which what is half there is looked at again, and for which a change of branch has to be over."""
MOST_DELETED = 3
"""How many agents may go in one run that nobody asked for."""
MOST_RUNS = 3
"""How often the same may be there to do, one run after the other."""
_OF_ROOT = (LOCK, settings_file.FILE, settings_file.PYTHON)


@dataclass(slots=True)
class Watch:
    """Watches one project."""

    settings: Callable[[], Settings]
    look: Callable[[], Outcome]
    """Returns what a run would do."""
    run: Callable[[Collection[Key]], None]
    """Does it, and tells of it; no agents go but these."""
    tell: Callable[[str], None]
    under_way: Callable[[], str | None]
    """Returns what git is in the middle of."""
    stop: Event | None = None
    parts: Callable[[], Sequence[Change]] = tuple
    """Returns which files of skills, commands and servers a run would change."""
    last: Hashable = None
    """What was said last."""
    seen: list[Hashable] = field(default_factory=list)
    """What was to be done in the runs since everything was in step."""

    def watch(self) -> None:
        """Run once, and then after each change, until it is interrupted."""
        from watchfiles import watch

        root, folders = self.settings().root, self.folders()
        self.once()
        while self.stop is None or not self.stop.is_set():
            root, folders = self._watched(root, folders)
            changes = watch(
                *folders,
                watch_filter=partial(_counts, root),
                debounce=LONGEST,
                step=QUIET,
                recursive=False,
                stop_event=self.stop,
                raise_interrupt=True,
                rust_timeout=FIRST_LOOK,
                yield_on_timeout=True,
            )
            awaited = True
            for found in changes:
                if not found and not awaited:
                    continue
                awaited = False
                if any(os.path.basename(path) == "HEAD" for _, path in found):
                    time.sleep(BRANCH)
                self.once()
                if self._watched(root, folders)[1] != folders:
                    break
            else:
                return

    def _watched(self, root: Path, folders: list[str]) -> tuple[Path, list[str]]:
        """Return what is to be watched by now; what was, while the configuration cannot be meant."""
        try:
            return self.settings().root, self.folders()
        except InputError:
            return root, folders

    def folders(self) -> list[str]:
        """Return the folders that say something when they change: of the source, of the targets, and the root."""
        settings = self.settings()
        root = settings.root
        places = [root / settings.source] if (root / settings.source) != root else []
        clients = [settings.source_format, *settings.targets]
        places += [place for client in clients for place in locations.of(root, client)]
        places += part_folders(root, clients) if settings.along else ()
        found = {os.fspath(root), *(os.fspath(folder) for place in places for folder in _below(place))}
        if (root / ".git").is_dir():
            found.add(os.fspath(root / ".git"))
        return sorted(found)

    def once(self) -> None:
        """Run, unless that has to wait; what a run leaves is what the next one finds.

        Raises:
            InternalError: It is not.
        """
        try:
            self._once()
        except InputError as error:
            hint = error.diagnostic.hint
            self.tell(f"error: {error}{f' ({hint})' if hint else ''}")

    def _once(self) -> None:
        under_way = self.under_way()
        if under_way is not None:
            self.tell(f"waiting: git is in the middle of something ({under_way})")
            return
        outcome, parts = self.look(), self.parts()
        if _is_half(outcome) or any(one.after is None for one in parts):
            time.sleep(SECOND_LOOK)
            outcome, parts = self.look(), self.parts()
        going = {one.key for one in outcome.candidates if one.entry is Entry.DELETE}
        if len(going) > MOST_DELETED or len(going) * 3 > max(outcome.agents + len(going), 9):
            message, hint = f"{len(going)} agents would go, which is not done while watching", "if they are to go: agentconv sync"
            raise InputError(Diagnostic(Code.BLOCKED, Severity.ERROR, message, hint=hint))
        if _said(outcome, parts) == self.last:
            return
        self._run(outcome, parts)

    def _run(self, outcome: Outcome, parts: Sequence[Change]) -> None:
        """Run; what was saved meanwhile is another change, of which is told next.

        Raises:
            InternalError: What was there to do is there to do again and again.
        """
        self.seen.append(_exactly(outcome, parts))
        self.run(frozenset(one.key for one in outcome.candidates if one.entry is Entry.DELETE))
        again, still = self.look(), self.parts()
        left = _exactly(again, still)
        self.last = _said(again, still) if not left else None
        if not left:
            self.seen.clear()
        elif self.seen.count(left) >= MOST_RUNS:
            paths = ", ".join(path for path, *_ in left)
            raise InternalError(f"a run leaves something to do, although nothing changed: {paths}")
        elif left in self.seen:
            time.sleep(SECOND_LOOK)
            self._once()


def _counts(root: Path, _: object, path: str) -> bool:
    """Whether a change may matter: of git's own files only that of the branch, of the root's only what has to do with agents."""
    folder, name = os.path.split(path)
    if folder == os.fspath(root / ".git"):
        return name == "HEAD"
    if name.startswith(".agentconv-"):
        return False
    of_root = name in _OF_ROOT or name.startswith(".") or name.endswith((".json", ".jsonc")) or os.path.isdir(path)
    return folder != os.fspath(root) or of_root


def part_folders(root: Path, clients: Iterable[str]) -> Iterator[Path]:
    """Yield where clients have skills, commands and servers of a project, as far as that is there."""
    from agentconv.parts.registry import part_format

    modules = (part_format(client, kind) for client in clients for kind in KINDS)
    for place in (place for module in modules if module is not None for place in module.project):
        found = root / place.path if place.pattern else (root / place.path).parent
        if found.is_dir() or found.parent.is_dir():
            yield found


def _said(outcome: Outcome, parts: Sequence[Change]) -> Hashable:
    """Return what tells a run from the one before, for those who read along."""
    changes = tuple(change.path for change in (*(outcome.plan.changes if outcome.plan is not None else ()), *parts))
    open_ = [(one.target, *one.place, one.settled) for one in outcome.candidates if one.settled is not None and not one.settled.in_step]
    broken = tuple(sorted(outcome.sources.broken)) if outcome.sources is not None else ()
    return changes, repr(open_), broken, outcome.agents


def _exactly(outcome: Outcome, parts: Sequence[Change]) -> tuple[tuple[str, bytes | None, bytes | None], ...]:
    return tuple((one.path, one.before, one.after) for one in (*(outcome.plan.changes if outcome.plan is not None else ()), *parts))


def _is_half(outcome: Outcome) -> bool:
    """Whether something may be half there: a source that says nothing, or is gone."""
    broken = bool(outcome.sources is not None and outcome.sources.broken)
    return broken or any(one.entry is Entry.DELETE for one in outcome.candidates)


def _below(place: Path) -> Iterator[Path]:
    """Yield a folder and those in it; of a file its own."""
    if not place.is_dir():
        yield place.parent
        return
    for folder, names, _ in os.walk(place):
        names[:] = [name for name in names if name not in inputs.SKIPPED]
        yield place.__class__(folder)
