"""Make fixes, each proven first: after it, every client that is asked about reads everything that it is not about as before.

A fix that a client's reading does not survive is not made, nor offered; the finding stays, and says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from agentconv.conversion import compare
from agentconv.core import fields
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code
from agentconv.core.source import encode
from agentconv.formats import registry

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
    """Those that were not made, and the client and field that they would have changed besides."""
    mended: int = 0
    """How many of the findings with a fix are gone, be it by that of another one; what only a fix brought to light is none of them."""


def fix(subject: Subject, find: Callable[[Subject], Iterable[Finding]], *, unsafe: bool = False) -> Fixed:
    """Make all fixes of a file, round by round, until there is nothing left to mend.

    Args:
        subject: The file.
        find: Checks a file.
        unsafe: Also make those that may change more than they say.
    """
    made: list[Finding] = []
    disproved: _Disproved = {}
    left = first = list(find(subject))
    for number in range(_ROUNDS):
        left = list(find(subject)) if number else first
        now = _round(subject, left, disproved, unsafe=unsafe)
        if not now.done or now.data == subject.source.data:
            break
        made += now.done
        subject = subject.put(now.data)
    keys = set(map(_key, left))
    mended = sum(1 for one in first if _is_made(one, unsafe=unsafe) and _key(one) not in keys)
    return Fixed(subject.source.data, tuple(made), tuple(disproved.values()), mended)


def promised(subject: Subject, findings: tuple[Finding, ...], find: Callable[[Subject], Iterable[Finding]]) -> tuple[Finding, ...]:
    """Return findings with their safe fixes only where `fix` would make them, and of the others, why it would not.

    Args:
        subject: The file.
        findings: What was found in it.
        find: Checks the file again, where a fix has to wait for another one.
    """
    if not any(_is_made(finding, unsafe=False) for finding in findings):
        return findings
    disproved: _Disproved = {}
    mended: set[_Key] = set()
    waiting: Iterable[Finding] = findings
    for _ in range(_ROUNDS):
        now = _round(subject, waiting, disproved)
        mended.update(map(_key, now.done))
        if not now.later or not now.done:
            break
        subject = subject.put(now.data)
        waiting = [finding for finding in find(subject) if _is_made(finding, unsafe=False)]
        mended.update({*map(_key, now.later)} - {*map(_key, waiting)})  # gone together with another one
    return tuple(
        finding
        if _key(finding) in mended or not _is_made(finding, unsafe=False)
        else _unmended(finding, disproved.get(_key(finding), (finding, None))[1])
        for finding in findings
    )


def _unmended(finding: Finding, why: str | None) -> Finding:
    unmended = replace(finding, fix=None)
    return unmended.with_more(*(f"not mended by {what}, because {why}" for what in ("--fix", "agentconv.fix"))) if why else unmended


_Key: TypeAlias = tuple[str, str]
_Disproved: TypeAlias = "dict[_Key, tuple[Finding, str]]"


def _key(finding: Finding) -> _Key:
    return finding.rule.code, finding.message


def _is_made(finding: Finding, *, unsafe: bool) -> bool:
    """Whether a finding has a fix that may be made without asking, or that was asked for."""
    return finding.fix is not None and (unsafe or finding.fix.safe)


@dataclass(frozen=True, slots=True)
class _Round:
    """What fixes can be made at once."""

    data: bytes
    done: tuple[Finding, ...]
    later: tuple[Finding, ...]
    """Those that change the same place as another one."""


def _round(subject: Subject, findings: Iterable[Finding], disproved: _Disproved, *, unsafe: bool = False) -> _Round:
    """Make what fixes can be made at once; what a proof says against one is added to what is disproved, and is not tried again."""
    done: list[Finding] = []
    later: list[Finding] = []
    edits: list[Edit] = []
    for finding in findings:
        if finding.fix is None or not _is_made(finding, unsafe=unsafe) or _key(finding) in disproved:
            continue
        if _overlap(edits, finding.fix.edits):
            later.append(finding)
            continue
        problem = None if unsafe and not finding.fix.safe else disproof(subject, finding.fix, finding.clients)
        if problem:
            disproved[_key(finding)] = finding, problem
            continue
        edits += finding.fix.edits
        done.append(finding)
    return _Round(encode(apply(subject.text, edits)), tuple(done), tuple(later))


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
    """Say which client that is asked about would read what otherwise after a fix, besides what the fix is about; None when none would.

    Asked are those that read files of this kind: no other one has anything to lose.
    A client that the finding says is hurt may read everything otherwise than before (that is what the fix is for), as long as it
    loses nothing by it; so may one that had no agent as the file's own client has it, and now has. The file's own client may not.
    A value that is only spelled in another way stays what it is for each client that read it as the file's own does: to Cursor,
    quotes are a part of the text.
    No client may come to drop a file that it loads, even if it now takes all of it for a prompt: an agent that is there is worth
    more than one that would be right.
    """
    data = encode(apply(subject.text, change.edits))
    if subject.part is not None:
        from agentconv.lint import part_proofs

        return part_proofs.disproof(subject, subject.part, change, data)
    if subject.included:
        return _disproof_of_text(subject, change, data)
    own = subject.reread(data)
    for client in (subject.format, *subject.alike()):
        before, after = subject.reading(client), own if client == subject.format else subject.reread(data, client)
        if client != subject.format and _lost(before, after):
            return f"{registry.FORMATS[client].title} would no longer load it"
        if client != subject.format and (client in about or (astray(subject, client) and (change.heals or _has_one_of(own, after)))):
            continue
        if client != subject.format and change.heals and _repairs(subject, client):
            worse = _worse(before, after, client)
            if worse:
                return f"{registry.FORMATS[client].title} {worse}"
            continue
        respelled = _misread(change, subject, before) if client != subject.format else frozenset()
        differing = _differing(before, after, change.fields | respelled)
        if differing:
            return f"{registry.FORMATS[client].title} would read {differing} otherwise"
    return None


def _disproof_of_text(subject: Subject, change: Fix, data: bytes) -> str | None:
    """Say which client would read what otherwise in an agent that includes the file, besides what the fix is about."""
    from agentconv.lint import included

    for includer in subject.includers:
        now = included.with_other(includer, subject.path, data)
        for client in (includer.format, *includer.alike()):
            differing = _differing(includer.reading(client), now.reading(client), change.fields)
            if differing:
                return f"{registry.FORMATS[client].title} would read {differing} otherwise in `{includer.path}`"
    return None


def _misread(change: Fix, subject: Subject, before: ReadResult) -> frozenset[str]:
    """Return what a change spells in another way that another client did not read as the file's own does: it may come to."""
    pairs = list(zip(subject.result.set.agents, before.set.agents, strict=False))
    return frozenset(path for path in change.respelled if not pairs or any(_reads(own, path) != _reads(old, path) for own, old in pairs))


def _reads(agent: Agent, path: str) -> object:
    """Return what a client reads for a field, or for a key that no field holds (`extras.color`), but for the blanks of a text."""
    key = path.removeprefix("extras.")
    found = fields.get(agent, path) if path in fields.PATHS else next((table[key] for table in agent.extras.values() if key in table), None)
    return found.split() if isinstance(found, str) else found


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
