"""Agents of the targets' files that are nobody's, and what they are likely to be: one of ours that was renamed, or a twin of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.core.diagnostics import Code, Diagnostic, Severity, Span
from agentconv.sources import sniffing
from agentconv.sync import alike, digests
from agentconv.sync.decisions import Entry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from agentconv.core.ir import Agent
    from agentconv.sync.candidates import Candidate
    from agentconv.sync.preferring import Preference
    from agentconv.sync.present import File
    from agentconv.sync.situation import Situation

    Row = tuple[File, str, Agent]

_MOST = 40_000
"""How many pairs of agents are held against each other at most: who has more of them new at once is not asked about single ones."""


def mark_renamed(found: Collection[Candidate], situation: Situation, prefer: Preference) -> None:
    """Find agents that somebody renamed in a target: one of ours is gone there, and one that is nobody's says the same but for the name.

    Or it is like that one, and like no other, for it was edited, too; unless it may do more, which no name makes ours.
    """
    gone = [one for one in found if one.entry is Entry.RESTORE and not prefer.insists(one.target, one.name)]
    if not gone:
        return
    rows = list(orphans(found, situation))
    nobodys = [(*row, _nameless(digests.of(row[2]))) for row in rows]
    left = []
    for one in gone:
        said = [_nameless(digests.left(base.fields, base.own)) for base in one.bases]
        same = [row[:3] for row in nobodys if row[0].target == one.target and row[3] in said and len(row[3]) > 1]
        if len(same) == 1:
            _rename(one, *same[0])
        else:
            left.append(one)
    for at, number in _edited(left, rows, found).items():
        _rename(left[at], *rows[number])
        left[at].reason = f"{left[at].reason}, and edited"


def _rename(one: Candidate, file: File, pointer: str, agent: Agent) -> None:
    one.entry, one.renamed_to, one.renamed_in = Entry.LEAVE, agent.name, (file.path, pointer, agent)
    is_moved = one.renamed_to == one.named
    one.reason = f"moved to {file.path}" if is_moved else f"renamed to `{one.renamed_to}` in {file.path}"


def mark_alike(found: Collection[Candidate], situation: Situation, prefer: Preference) -> None:
    """Find agents that a target has under another name, before a second one is written beside it: a person says whether they are one."""
    new = [one for one in found if one.entry is Entry.WRITE and not one.replaces and not prefer.insists(one.target, one.name)]
    names = {agent.name for _, agent in situation.sources.agents()}
    rows = [row for row in orphans(found, situation) if row[2].name not in names] if new else []
    for at, number in _pairs(new, rows, found).items():
        new[at].entry, new[at].alike = Entry.LEAVE, rows[number]


def _edited(gone: Sequence[Candidate], rows: Sequence[Row], found: Collection[Candidate]) -> dict[int, int]:
    """Return which of the agents that are gone is which of those that are nobody's, by what they say, where that may do no more."""
    taken = [one.renamed_in[:2] for one in found if one.renamed_in is not None]
    pairs = _pairs(gone, rows, found)
    return {
        at: number
        for at, number in pairs.items()
        if (rows[number][0].path, rows[number][1]) not in taken and not _may_more(gone[at], rows[number][2])
    }


def _may_more(one: Candidate, agent: Agent) -> bool:
    """Whether an agent may do more than the source says, but for what ours may do there as it is written."""
    if one.view is None:
        return True
    ours, found = (compare.widenings(one.view.source, each, one.target) for each in (one.view.agent, agent))
    return not {*found} <= {*ours}


def _pairs(ours: Sequence[Candidate], rows: Sequence[Row], found: Collection[Candidate]) -> dict[int, int]:
    """Return which of ours is like which that is nobody's, and more so than any that is there is: for many are of one text."""
    if not ours or not rows or len(rows) * len(found) > _MOST:
        return {}
    words = {id(one): alike.words(one.view.agent) for one in found if one.view is not None}
    others = [one for one in found if one.view is not None and one.there is not None]
    pairs = []
    for number, (file, _, agent) in enumerate(rows):
        text = alike.words(agent)
        if text.total() < alike.ENOUGH:
            continue
        most = max((alike.likeness(text, words[id(one)]) for one in others if one.target == file.target), default=0.0)
        for at, one in enumerate(ours):
            like = alike.likeness(text, words[id(one)]) if one.target == file.target and id(one) in words else 0.0
            pairs += [(at, number)] if like >= alike.ALIKE and like > most else []
    return alike.only(pairs)


def mark_renamed_in_place(found: Collection[Candidate]) -> None:
    """Find agents that got another name in a target where they are: in a client in which the file's name is another thing."""
    for one in found:
        if one.settled is not None and "name" in one.settled.edited and one.there is not None:
            one.renamed_to, one.renamed_in = one.there.name, (*one.place, one.there)


def _nameless(found: Mapping[str, str]) -> dict[str, str]:
    return {path: one for path, one in found.items() if path != "name"}


def unread(found: Sequence[Candidate], situation: Situation) -> Iterator[Diagnostic]:
    """Yield what is to be told of files that stand in a target alone, and of which nothing can be read: they may be anybody's."""
    ours = {one.path for one in found} | {entry.path for entry in situation.lock.entries}
    for file in situation.files.values():
        is_alone = file.problem is not None and file.data is not None and not file.agents and file.path not in ours
        if is_alone and sniffing.may_be_agent(file.path, file.target) and not situation.settings.excludes(file.path):
            left = f'`exclude = ["{file.path}"]` at the top of {situation.settings.own_file} leaves it alone'
            message, hint = f"not ours, and nothing is made of it: {file.problem}", f"mend it; {left}; or delete it"
            yield Diagnostic(Code.SYNTAX, Severity.WARNING, message, file.where or Span(file.path), hint)


def orphans(found: Collection[Candidate], situation: Situation) -> Iterator[Row]:
    """Yield the agents of the targets' files that are nobody's; one of a broken source's name is that one's."""
    broken = {path.rpartition("/")[2].partition(".")[0] for path in situation.sources.broken}
    ours = {(one.target, *one.place) for one in found} | {(one.target, *one.moved_from) for one in found if one.moved_from}
    ours |= {(entry.target, *entry.key) for entry in situation.lock.entries}
    renamed = {(one.target, one.renamed_to) for one in found if one.renamed_in is not None and one.renamed_in[:2] != one.place}
    for file in situation.files.values():
        for pointer, agent in file.agents.items():
            is_left_out = any(map(situation.settings.excludes, (file.path, f"{file.path}{pointer}")))
            is_ours = (file.target, file.path, pointer) in ours or (file.target, agent.name) in renamed or agent.name in broken
            if not is_ours and not is_left_out:
                yield file, pointer, agent
