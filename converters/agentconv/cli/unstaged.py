"""What a check of what is staged says of what is not: files that are made already, and only have to be staged, and their lock."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.install.lock import FILE as LOCK
from agentconv.render import text
from agentconv.sync import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from agentconv.sync.parts import PartsOutcome
    from agentconv.sync.planning import Outcome

_FEW = 12
"""So many files are named one by one."""


def is_made(place: Path, data: bytes | None) -> bool:
    """Whether a file is as it is to be: None for one that is not to be there."""
    if data is None:
        return not os.path.lexists(place)
    try:
        return texts.to_lf(place.read_bytes()) == texts.to_lf(data)
    except OSError:
        return False


def otherwise(outcome: Outcome, repository: Path) -> list[str]:
    """Return the files of what is to be written, as they are staged, that are not so in the project, by which the next run goes."""
    changed = {one.path for one in outcome.plan.changes} if outcome.plan is not None else frozenset()
    there = outcome.sources.files if outcome.sources is not None else {}
    sources = dict.fromkeys(one.key[0] for one in outcome.candidates if one.path in changed)
    found = [path for path in sources if not is_made(repository / path, there[path].data if path in there else None)]
    own = outcome.settings.file
    is_own = changed and own.name == outcome.settings.own_file and own.parent != repository
    return [*found, *([own.name] if is_own and not is_made(repository / own.name, own.read_bytes()) else [])]


def told(outcome: Outcome, beside: PartsOutcome | None, root: Path) -> Iterator[Diagnostic]:
    """Say which files are as they are to be in the project, and only have to be staged; and which are there in another state."""
    if (unlike := otherwise(outcome, root)) and outcome.is_drift():
        few = ", ".join(f"`{path}`" for path in unlike[:3]) + (f" and {len(unlike) - 3:,} more" if len(unlike) > 3 else "")
        message = f"{few} {'is' if len(unlike) == 1 else 'are'} staged in another state than here, and a run of sync goes by what is here"
        gone = {one.key[0] for one in outcome.candidates} - {*(outcome.sources.files if outcome.sources is not None else ())}
        back = (
            [f"git restore {shlex.join(kept)} brings back what is staged"] if (kept := [one for one in unlike if one not in gone]) else []
        )
        hint = "; ".join((f"git add {shlex.join(unlike)} stages what is here", *back))
        yield Diagnostic(Code.BLOCKED, Severity.WARNING, message, hint=hint)
    plans = [one.plan for one in (outcome, beside) if one is not None and one.plan is not None]
    changes = [change for plan in plans for change in plan.changes]
    ready = [one.path for one in changes if is_made(root / one.path, one.after)]
    if ready:
        of_all = (
            f"the {text.count(len(ready), 'change')}" if len(ready) == len(changes) else f"{len(ready):,} of the {len(changes):,} changes"
        )
        message = f"{of_all} {'is' if len(ready) == 1 else 'are'} made, and not staged"
        hint = _adding(ready) if (root / LOCK).is_file() else f"git add {shlex.join(ready)}"
        yield Diagnostic(Code.BLOCKED, Severity.WARNING, message, hint=hint)


def put_away(outcome: Outcome, repository: Path) -> list[str]:
    """Return the sources of what is to be written that are here as they are staged: a hook's runner may have put away what is not."""
    if otherwise(outcome, repository):
        return []  # a person says first which state is meant
    changed = {one.path for one in outcome.plan.changes} if outcome.plan is not None else frozenset()
    sources = dict.fromkeys(one.key[0] for one in outcome.candidates if one.path in changed)
    return [path for path in sources if (repository / path).is_file()]


def way(paths: Sequence[str]) -> str:
    """Say what is staged once sync has run, also where it finds nothing to do: a hook's runner may have put away what is not staged."""
    if len(paths) > _FEW:
        return f"stage what it changes, and {LOCK}; if it changes nothing, that is what `git status` calls not staged"
    return f"stage this, also if it changes nothing: {_adding(paths)}"


def _adding(paths: Sequence[str]) -> str:
    """Return the command that stages files with their lock."""
    return f"git add {shlex.join([*dict.fromkeys(paths), LOCK])}"
