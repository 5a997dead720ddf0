"""Make fixes, each proven first: after it, every client reads everything that it is not about as before.

A fix that a client's reading does not survive is not made; the finding stays, and says why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.core import fields
from agentconv.core.diagnostics import Code
from agentconv.core.source import SourceText, encode
from agentconv.formats import registry
from agentconv.lint import inspection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agentconv.core.format import ReadResult
    from agentconv.core.ir import Agent, Json
    from agentconv.lint.rule import Edit, Finding, Fix
    from agentconv.lint.subject import Subject

_ROUNDS = 10
"""A fix may let another rule see something; after so many rounds, what is left is left."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A file after its fixes."""

    data: bytes
    made: tuple[Finding, ...]
    unproven: tuple[tuple[Finding, str], ...]
    """Fixes that were not made, and the client and field that they would have changed besides."""


def fix(subject: Subject, find: Callable[[Subject], Iterable[Finding]], *, unsafe: bool = False) -> Fixed:
    """Make all fixes of a file, round by round, until there is nothing left to mend.

    Args:
        subject: The file.
        find: Checks a file.
        unsafe: Also make those that may change more than they say.
    """
    made: list[Finding] = []
    unproven: dict[tuple[str, str], tuple[Finding, str]] = {}
    for _ in range(_ROUNDS):
        now = [finding for finding in find(subject) if finding.fix and (unsafe or finding.fix.safe)]
        done = []
        edits: list[Edit] = []
        for finding in now:
            if finding.fix is None or _overlap(edits, finding.fix.edits) or (finding.rule.code, finding.message) in unproven:
                continue
            problem = None if unsafe and not finding.fix.safe else disproof(subject, finding.fix, finding.clients)
            if problem:
                unproven[finding.rule.code, finding.message] = finding, problem
                continue
            edits += finding.fix.edits
            done.append(finding)
        if not done:
            break
        changed = replace(subject, source=SourceText(subject.path, encode(apply(subject.text, edits))))
        if changed.source.data == subject.source.data:
            break
        made += done
        subject = changed
    return Fixed(subject.source.data, tuple(made), tuple(unproven.values()))


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with edits made that do not overlap."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _overlap(edits: Iterable[Edit], more: Iterable[Edit]) -> bool:
    return any(
        (start < other_end and other_start < end) or start == other_start for start, end, _ in more for other_start, other_end, _ in edits
    )


def astray(subject: Subject, client: str) -> bool:
    """Whether another client has no agent as the file's own client, or a person, reads it."""
    kind = subject.path.rpartition(".")[2]
    if not any(end.rpartition(".")[2] == kind for end in registry.FORMATS[client].ends):
        return True  # it reads no files of this kind
    return client != subject.format and not _has_one_of(subject.result, subject.reading(client))


def _has_one_of(own: ReadResult, other: ReadResult) -> bool:
    """Whether a client has an agent as the file's own client, or a person, reads it."""
    read = {_spoken(agent) for agent, state in zip(other.set.agents, other.states, strict=True) if not state.dropped}
    return bool(read & {_spoken(agent) for agent in own.set.agents})


def _repairs(subject: Subject, client: str) -> bool:
    """Whether another client reads the file through a repair of its own, which a sound header makes needless."""
    return any(remark.code is Code.FALLBACK for remark in subject.reading(client).diagnostics)


def _lost(before: ReadResult, after: ReadResult) -> bool:
    """Whether a client would drop, or stop at, what it loads as it is, if only as a prompt without a header."""
    return any(state.dropped and not was.dropped for was, state in zip(before.states, after.states, strict=False))


def _worse(before: ReadResult, after: ReadResult, client: str) -> str | None:
    """Say what bounds of what an agent may do a client that is to gain by a fix would lose by it."""
    pairs = zip(before.set.agents, after.set.agents, before.states, strict=False)
    for old, new, was in pairs:
        wider = compare.widenings(old, new, client) if not was.dropped else []
        if wider:
            return f"would let it do more: {wider[0]}"
    return None


def _spoken(agent: Agent) -> tuple[str | None, tuple[str, ...]]:
    return agent.name, tuple((agent.description or "").split())


def disproof(subject: Subject, change: Fix, about: tuple[str, ...] = ()) -> str | None:
    """Say which client would read what otherwise after a fix, besides what the fix is about; None when none would.

    A client that the finding says is hurt may read everything otherwise than before (that is what the fix is for), as long as it
    loses nothing by it; so may one that had no agent as the file's own client has it, and now has. The file's own client may not.
    No client may come to drop a file that it loads, even if it now takes all of it for a prompt: an agent that is there is worth
    more than one that would be right.
    """
    data = encode(apply(subject.text, change.edits))
    own = subject.reread(data)
    for client in registry.CLIENTS:
        path = inspection.place(subject.path, subject.format, client)
        before, after = subject.reading(client), registry.load(client).read(SourceText(path, data))
        if client != subject.format and _lost(before, after):
            return f"{registry.FORMATS[client].title} would no longer load it"
        if client != subject.format and (client in about or (astray(subject, client) and (change.heals or _has_one_of(own, after)))):
            continue
        if client != subject.format and change.heals and _repairs(subject, client):
            worse = _worse(before, after, client)
            if worse:
                return f"{registry.FORMATS[client].title} {worse}"
            continue
        meant = change.fields if client == subject.format else change.fields | change.respelled
        differing = _differing(before, after, meant)
        if differing:
            return f"{registry.FORMATS[client].title} would read {differing} otherwise"
    return None


def _equal(old: object, new: object, *, recovered: bool) -> bool:
    """Whether a value reads as before; where a client had no reading of its own, but for the blanks of a text."""
    if recovered and isinstance(old, str) and isinstance(new, str):
        return old.split() == new.split()
    return old == new


def _kept(agent: Agent, meant: frozenset[str], recovered: dict[str, dict[str, Json]] | None = None) -> dict[str, dict[str, Json]]:
    """Return the keys that no field holds, without those that a fix is about (`extras.color`).

    Where nobody but a person could read the agent before, only those that were recovered count.
    """
    kept = {
        client: {
            key: value
            for key, value in table.items()
            if f"extras.{key}" not in meant and (recovered is None or key in recovered.get(client, {}))
        }
        for client, table in agent.extras.items()
    }
    return {client: table for client, table in kept.items() if table}


def _differing(before: ReadResult, after: ReadResult, meant: frozenset[str]) -> str | None:
    if len(before.set.agents) != len(after.set.agents):
        return "other agents"
    for old, new, was, state in zip(before.set.agents, after.set.agents, before.states, after.states, strict=True):
        if state.dropped and not was.dropped:
            return "no agent"
        for path in fields.PATHS:
            if path not in meant and not _equal(fields.get(old, path), fields.get(new, path), recovered=was.dropped):
                return path
        if old.extras != new.extras and _kept(old, meant) != _kept(new, meant, _kept(old, meant) if was.dropped else None):
            return "other keys"
    return None
