"""A lock that is not what a run would write: what is checked is in step, and the next edit would be held against what was settled before.

It is what becomes of a commit in which the lock was forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.install import lock as lock_file
from agentconv.sync import digests, locks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from agentconv.install.lock import Lock, Synced
    from agentconv.install.steps import Plan
    from agentconv.sync.syncing import Run

_RULES = "permissions.rules"
_MARKS = (digests.HIDDEN, digests.STRANGE, digests.ABSENT)


def told(run: Run, plans: Iterable[Plan | None]) -> Iterator[Diagnostic]:
    """Complain about a lock that a run would change, though it would change no other file.

    Args:
        run: What is checked.
        plans: What there is to do: with agents, and with parts.
    """
    made = [plan for plan in plans if plan is not None]
    names = {name for plan in made for name in _apart(run, plan)}
    if run.scope.is_user or not names or any(plan.changes for plan in made) or run.bases.git.ignored([lock_file.FILE]):
        return
    few = ", ".join(f"`{name}`" for name in sorted(names)[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
    is_there = run.scope.lock.exists()
    message = f"it is older than the files, and says of {few} what was settled before"
    message = message if is_there else f"it is not there, and nothing else says that {few} {'is' if len(names) == 1 else 'are'} in step"
    if run.repository is None:
        hint = f"agentconv sync writes it, and changes nothing else: commit {lock_file.FILE} with the files"
    elif all(_is_in(plan, run.repository / lock_file.FILE, run) for plan in made):
        message, hint = f"{message}; the one that is here is not staged", f"git add {lock_file.FILE}"
    else:
        hint = f"run agentconv sync, and then, also if it changes nothing: git add {lock_file.FILE}"
    yield Diagnostic(Code.BLOCKED, Severity.ERROR, message, Span(lock_file.FILE), hint)


def _apart(run: Run, plan: Plan) -> set[str]:
    """Return the names of what a lock has otherwise than it will; who wrote it, and of which configuration, is no matter."""
    before, after = _rows(plan.lock_before, run), _rows(plan.lock_after, run)
    return {row[0] for row in before.symmetric_difference(after)}


def _rows(lock: Lock, run: Run) -> set[tuple[str, ...]]:
    """Return what a lock says of what version control has: the name first."""
    shared = locks.part(lock, run.uncommitted, local=False)
    rows = {
        (one.name, one.target, *one.key, *one.agent, one.source_sha256, one.bytes_sha256, repr(sorted(_fields(one).items())))
        for one in shared.synced
    }
    return rows | {(one.agent, one.target, *one.key, one.source_sha256, one.deployed_sha256) for one in shared.entries}


def _fields(one: Synced) -> dict[str, str]:
    """Return the checksums of an agent's fields; of rules, not that of a whole file's, whose bytes tell.

    How rules are compared is not the same in each version: a lock of an earlier one is no older than the files for that.
    """
    said = {**one.fields, **one.own}
    is_whole = bool(one.bytes_sha256 and one.source_sha256)
    return {path: value for path, value in said.items() if not is_whole or path != _RULES or value in _MARKS}


def _is_in(plan: Plan, place: Path, run: Run) -> bool:
    """Whether a lock on the disk says already what a run would have it say."""
    try:
        found = lock_file.read(place)
    except InputError:
        return False
    return found is not None and _rows(plan.lock_after, run) <= _rows(found, run)
