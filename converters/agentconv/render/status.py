"""What is deployed and whether it is up to date, for people."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from shlex import quote
from textwrap import wrap
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Severity
from agentconv.install import deployment
from agentconv.install.status import AS_DEPLOYED, Word
from agentconv.packs.finding import PIP
from agentconv.render import text
from agentconv.render.deployed import MORE
from agentconv.render.findings_ci import Remark
from agentconv.render.table import table, width, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.install.lock import Accepted, LockedPack
    from agentconv.install.places import Scope
    from agentconv.install.status import Item, PackStatus
    from agentconv.packs.environment import Environment

_NEXT = {
    Word.EDITED: "edited: it stays; `agentconv install {source} --force` takes the pack's version and keeps a copy of yours",
    Word.MISSING: "missing: `agentconv install{scope}` writes again what the lock has; `agentconv install {source}`, what the pack has now",
    Word.STALE: "stale: `agentconv install {source}` brings it up to date",
    Word.TAKEN: "taken: what is there stays; `agentconv install {source} --keep NAME` leaves it so for good, "
    "`--force` takes the pack's version and keeps a copy of what is there",
    Word.HELD: "held: `agentconv install {source}` says what each waits for, and what is to be typed where that is a yes",
    Word.INTERRUPTED: "interrupted: run again what was interrupted, `agentconv install {source}` or `agentconv uninstall {pack}`",
}
_WAITING = {
    Word.HELD: "not there, for want of what holds them back, or of a yes to what they ask for",
    Word.TAKEN: "not as this version has them, since what is there stays",
}
_AWAY = "missing: `agentconv install {source}` writes it again; only the name of what it came from is known, which is not here"
_LEFT = "orphaned: `agentconv install {source} --accept=leaving` takes away what the pack no longer gives"
_GONE = (
    "the pack is not here: `pip install {release}` brings it back; one in another environment is found with --python PATH; "
    "`agentconv uninstall {pack} --accept=leaving` takes away what is deployed of it"
)
_ELSEWHERE = "orphaned as far as that goes: activate the environment that has the pack, or name it: agentconv status --python PATH"
"""Where nobody said which environment is the project's, a pack that is not found is likely to be in another one."""


def report(
    found: Sequence[PackStatus], scope: Scope, environment: Environment, *, synced: int = 0, verbose: bool, quiet: bool
) -> list[str]:
    """Return the report: for each pack its assistants, and each entry that is not up to date.

    Args:
        found: What is known of each pack.
        scope: The place that it is about.
        environment: Where packs are looked for.
        synced: How many agents are kept in step, which is not what this is about.
        verbose: Whether each entry is listed.
        quiet: Whether only what is not up to date is told.
    """
    if not found:
        where = "in your home folder" if scope.is_user else "in this project"
        return [] if quiet else [f"{'No pack' if synced else 'Nothing'} is deployed {where}.", *_beside(synced, scope)]
    lines: list[str] = []
    for one in found:
        if not quiet or one.drifted:
            lines += [*([""] if lines else []), *_pack(one, scope, environment, verbose=verbose, quiet=quiet)]
    return [*lines, *([] if quiet else _beside(synced, scope))]


def _beside(synced: int, scope: Scope) -> list[str]:
    """Say what looks at the agents that are kept in step."""
    kept = f"`agentconv sync` keeps {text.count(synced, 'agent')} in step"
    return [wrapped(f"{kept}; `agentconv sync --check{_scope(scope)}` says whether it did.")] if synced else []


def _pack(one: PackStatus, scope: Scope, environment: Environment, *, verbose: bool, quiet: bool) -> Iterator[str]:
    locked = one.locked
    yield text.safe(f"{locked.name} {locked.version}{_now(one, environment)}")
    rows = []
    absent = {target: len(_missing(one, target) - set(locked.kept)) for target in locked.targets}
    for target in dict.fromkeys(
        (*(item.target for item in one.items), *(target for target in locked.targets if _missing(one, target) or one.refused.get(target)))
    ):
        counts = Counter(item.word for item in one.items if item.target == target)
        counts[Word.KEPT] += len(_missing(one, target) & set(locked.kept))  # where the pack is not here to tell that its place is taken
        words = [f"{counts[word]:,} {word.value}" for word in Word if counts[word]]
        refused = len(one.refused.get(target, ()))
        words += [f"{refused:,} refused"] if refused else []
        words += [f"{absent[target]:,} without a file there"] if absent.get(target) else []
        rows.append((text.client(target), deployment.shown_place(target, scope), ", ".join(words)))
    yield from () if quiet else (f"  {line}" for line in table(rows))
    yield from _guards(one, verbose=verbose, quiet=quiet)
    yield from () if quiet or locked.accepted is None else _accepted(locked.accepted, locked, verbose=verbose)
    if any(absent.values()) and not quiet:
        source = _named(_source(locked, scope), scope)
        why = f"{'left out' if one.now or locked.fates else 'refused'}, read elsewhere, or the project's own"
        yield from _hint(f"without a file there: {why}; `agentconv install {source} --dry-run` says which")
    shown = [item for item in one.items if verbose or item.word not in (Word.UP_TO_DATE, Word.KEPT)]
    yield from (f"{item.word.value:11}  {text.safe(scope.shown(item.path, item.pointer))}{_remark(item, scope)}" for item in shown)
    for word in dict.fromkeys((*(item.word for item in shown), *(word for word, _, _ in one.waiting))):
        hint = next_step(one, word, scope, environment)
        if hint and not quiet:
            yield from _hint(hint)


def next_step(one: PackStatus, word: Word, scope: Scope, environment: Environment) -> str:
    """Say what to do about an entry that is not as it was deployed; nothing where there is nothing to do."""
    locked, hint = one.locked, _orphaned(one, environment) if word is Word.ORPHANED else _NEXT.get(word, "")
    source, pack = _named(_source(locked, scope), scope), _named(locked.name, scope)
    if word is Word.MISSING and locked.origin != PIP and scope.near(locked.file) is None:
        hint = _AWAY
    return hint.format(source=source, pack=pack, scope=_scope(scope), release=quote(f"{locked.name}=={locked.version}"))


def remarks(found: Sequence[PackStatus], scope: Scope, environment: Environment) -> Iterator[Remark]:
    """Yield what is not as it was deployed, for programs that read findings."""
    for one in found:
        for told in (*one.diagnostics, *(told for told in one.idle if told.severity is Severity.ERROR)):
            place = (told.span.path, told.span.line or 1) if told.span is not None else (".", 1)
            yield Remark("status-pack", told.severity.value, told.message, *place, help=told.hint or "")
        for item in one.items:
            if item.word not in AS_DEPLOYED:
                message = f"{item.word.value} `{item.agent}` of {one.locked.name} in {item.target}{_remark(item, scope)}"
                way = next_step(one, item.word, scope, environment)
                yield Remark(f"status-{item.word.value}", "error", message, scope.shown(item.path), help=way)
        told_of = {(item.target, item.agent) for item in one.items if item.word not in AS_DEPLOYED}
        for word, target, id_ in (found for found in one.waiting if found[1:] not in told_of):
            message = f"{word.value} `{id_}` of {one.locked.name} in {target}: {_WAITING[word]}"
            yield Remark(f"status-{word.value}", "error", message, ".", help=next_step(one, word, scope, environment))


def _hint(words: str) -> list[str]:
    """Return what to do, in lines that a terminal has room for."""
    return wrap(
        text.safe(words), width(), initial_indent="  hint: ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )


def _missing(one: PackStatus, target: str) -> set[str]:
    """Return which of the agents and parts that were chosen for a target have no file of their own there, and are not refused."""
    if target not in one.locked.targets:  # which the pack left: another assistant reads there what stays
        return set()
    chosen = one.locked.targets[target]
    there = {item.agent for item in one.items if item.target == target} | set(one.refused.get(target, ()))
    return {agent.id for agent in one.locked.agents if chosen is None or agent.id in chosen} - there - set(one.taken.get(target, ()))


def _guards(one: PackStatus, *, verbose: bool, quiet: bool) -> Iterator[str]:
    """Say by name who is not there, and who is not held, as long as that is so; to who wants to know what to see to, who did not come."""
    source = [(_WAITING[Word.HELD], one.away), (_WAITING[Word.TAKEN], one.taken)]
    if not quiet:
        unheld = ("not held to all that is said of them, in another assistant's file", one.unheld)
        source = [("refused", one.refused), *source, unheld]
    for words, found in source:
        for target, ids in found.items():
            names = text.names(sorted(ids), every=verbose, more=MORE)
            yield wrapped(f"  {text.client(target)}, {words}: {names}", width())


def _accepted(accepted: Accepted, locked: LockedPack, *, verbose: bool) -> Iterator[str]:
    """Say what was accepted of a pack, and of which version where that is another one."""
    of = f" in {accepted.version}" if accepted.version != locked.version else ""
    words = {word: None for one in sorted(accepted.grants) for word in accepted.grants[one]}
    rows = [(f"    {word}", [agent for agent, several in sorted(accepted.grants.items()) if word in several]) for word in words]
    yield f"  accepted{text.safe(of)}: {'' if rows else 'reading only'}".rstrip()
    yield from table([(text.safe(word), text.names(agents, every=verbose, more=MORE)) for word, agents in rows])


def _named(pack: str, scope: Scope) -> str:
    """Return how a command line names a pack, and where it is meant."""
    return f"{quote(pack)}{_scope(scope)}"


def _scope(scope: Scope) -> str:
    return " --scope user" if scope.is_user else ""


def _source(locked: LockedPack, scope: Scope) -> str:
    """Return what a pack is installed from again: its name where Python finds it, else the file or folder that it was, by its path."""
    if locked.origin == PIP or locked.file is None:
        return locked.name
    near = scope.near(locked.file)
    return f"PATH/{locked.file}" if near is None else locked.file if near.parent == Path() else os.path.relpath(near)


def _orphaned(one: PackStatus, environment: Environment) -> str:
    return _LEFT if one.now or one.locked.origin != PIP else _ELSEWHERE if environment.is_own else _GONE


def _now(one: PackStatus, environment: Environment) -> str:
    """Say what is there of the pack now, where that is not what is deployed."""
    if one.now and one.now.manifest.version != one.locked.version:
        return f"; {one.now.manifest.version} is installed"
    if one.now is None and not one.diagnostics:
        return f"; not in {environment.looked}" if one.locked.origin == PIP else f", from {one.locked.file or one.locked.origin}"
    return ""


def _remark(item: Item, scope: Scope) -> str:
    remarks = [item.remark or "", f"the pack's version is in {scope.shown(item.beside)}" if item.beside else ""]
    shown = "; ".join(text.safe(remark) for remark in remarks if remark)
    return f": {shown}" if shown else ""
