"""What is told of one entry of a run of sync: what was done with it, or why it needs a look, and what to do about it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from agentconv.core import fields, losses
from agentconv.core.dataclass import replace
from agentconv.lint.subject import Subject
from agentconv.render import synced_differences as differences
from agentconv.render import synced_wider, text
from agentconv.render.synced_lines import MANY, Line
from agentconv.render.synced_wider import TYPED as _TYPED
from agentconv.sync import digests, selecting, sources, texts
from agentconv.sync.carrying import follows
from agentconv.sync.decisions import Entry, Source
from agentconv.sync.rewriting import AWAY, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent
    from agentconv.sync.candidates import Candidate
    from agentconv.sync.planning import Outcome
    from agentconv.sync.present import File
    from agentconv.sync.settling import Settled

PLAIN = {
    Entry.WRITE: ("write", ""),
    Entry.RESTORE: ("restore", ""),
    Entry.DELETE: ("delete", "its source is gone"),
}


def skipping(name: str, target: str) -> str:
    """Say how an agent is left out of a target."""
    return f"`skip = true` in [sync.agents.{name}.{target}] leaves it out"


def insisted(name: str) -> str:
    """Say what lets an agent do more than its source says: a person does, on the command line, and no configuration."""
    return f"{_TYPED} --allow-widening={shlex.quote(name)}, in each run and each check, writes it all the same"


def refusal(loss: Loss, target: str) -> str:
    """Say why a target cannot hold an agent."""
    summary = text.for_target(losses.rule(loss.code).summary, target)
    return f"to {text.client(target)}: {summary}{f': {loss.detail}' if loss.detail else ''} [{loss.code}]"


def kept_narrower(loss: Loss, name: str) -> str:
    """Say what has a file written that may do more than its source, and less than what the client reads without it."""
    less = f", and has none of its MCP tools ({', '.join(loss.shuts)})" if loss.shuts else ""
    kept = synced_wider.keeping(name, loss.target, loss.beyond or ())
    return f"{kept} writes it, which is narrower than what {text.client(loss.target)} reads without it{less}; {insisted(name)}"


def _held(one: Candidate, paths: tuple[str, ...], outcome: Outcome) -> Line:
    """Return what is told of fields that the configuration keeps, where a person said that the source's word counts."""
    of_agent = one.kept_alone.issuperset(paths) or (digests.GROUP in paths and digests.members(one.kept_alone))
    place = f"[sync.agents.{one.name}.{one.target}]" if of_agent else f"[sync.{one.target}]"
    hint = f"`keep` in {place} of {outcome.settings.own_file} stands: take it out first, then {_TYPED} --prefer source {one.name}"
    return entry(one, "kept", f"{differences.listed(paths)}: as the configuration says", hint=hint, look=True, paths=paths)


def _stale(one: Candidate) -> Line:
    """Return what is told of a file that stays as it was, since its target cannot hold what the source says now."""
    loss = next((loss for loss in one.refused if loss.severity == "refusal"), None)
    reason = refusal(loss, one.target) if loss is not None else "a bug keeps it from being written"
    way, many = (_out_of_stale(one, loss, name) for name in (one.name, "AGENT"))
    return entry(one, "stale", reason, hint=f"it stays as it was; {way}", look=True, for_all=f"they stay as they were; {many}")


def _out_of_stale(one: Candidate, loss: Loss | None, name: str) -> str:
    """Say what can be done about a file that stays as it was; `name`: what is said for the agent's."""
    skip = "" if one.more_instead else f", or `skip = true` in [sync.agents.{name}.{one.target}]"
    lifted = insisted(name) if loss is not None and loss.beyond else loss.hint if loss is not None and loss.code in _LIFTED else ""
    return f"change the source{skip}{f'; {lifted}' if lifted else ''}"


_LIFTED = ("set-restraint",)
"""Refusals of which the flag that lifts them is the hint."""


def _gone(one: Candidate, outcome: Outcome) -> str:
    """Say why a file is deleted, and what keeps it."""
    if one.source is not Source.REFUSED:
        return one.reason or (_cause(one, outcome) if one.source is Source.LEFT_OUT else PLAIN[Entry.DELETE][1])
    loss = next((loss for loss in one.refused if loss.beyond), None)
    way = "" if loss is None else kept_narrower(loss, one.name) if loss.keepable else insisted(one.name)
    return f"{one.reason}{f'; {way}' if way else ''}"


def told(one: Candidate, outcome: Outcome) -> Iterator[Line]:
    """Yield what is told of one entry."""
    if one.settled is not None and one.settled.held:
        yield _held(one, one.settled.held, outcome)
    if one.wider:
        yield entry(one, "WIDER", ", ".join(map(str, one.wider)), hint=synced_wider.narrower(one), look=True)
    if one.renamed_to is not None:
        yield _renamed(one, outcome)
        if one.settled is None:
            return
    if one.entry is Entry.LEAVE:
        yield from _left(one, outcome)
    elif one.entry in PLAIN:
        word, what = PLAIN[one.entry]
        word = "replace" if one.replaces and one.entry is Entry.WRITE else word
        what = _gone(one, outcome) if one.entry is Entry.DELETE else "it was gone" if one.entry is Entry.RESTORE else what
        freed = differences.more_than_it_did(one)
        double = double_of(one, outcome)
        line = entry(one, "rename" if one.moved_from else word, freed or what or (_as_double(one, double) if double else ""))
        hint, many = (
            _not_wanted(one, name, outcome) if one.entry is Entry.RESTORE else _BOTH if double else "" for name in (one.name, "AGENT")
        )
        line = replace(line, hint=hint, for_all=many)
        yet = "" if one.entry is Entry.DELETE or one.replaces else one.key[0]
        yield replace(line, source=yet, is_grave=bool(freed))
    elif one.entry is Entry.FOREIGN:
        yield _foreign(one, outcome)
    elif one.entry is Entry.RELEASE:
        yield from _released(one, outcome)
    elif one.entry is Entry.STALE:
        yield _stale(one)
    elif one.entry in (Entry.FIELDS, Entry.TAKE_OVER) and one.settled is not None:
        yield from _fields(one, outcome)


def double_of(one: Candidate, outcome: Outcome) -> str | None:
    """Return the file of another agent of that name in the source, for which one that is to be written gets another name; else None."""
    if one.entry is not Entry.WRITE or one.view is None or one.view.agent.name == one.name or outcome.sources is None:
        return None
    return sources.double_of(outcome.sources, one.key)


def _as_double(one: Candidate, other: str) -> str:
    name = one.view.agent.name if one.view is not None else one.name
    return f"as `{name}`: {other} has the name, too"


_BOTH = "first rename one of both in the source, or leave it out by `exclude`: else agentconv sync writes both"


def _left(one: Candidate, outcome: Outcome) -> Iterator[Line]:
    """Yield what is told of a file with which nothing is done."""
    if one.alike is not None:
        yield _twin(one, *one.alike, outcome)
    elif one.reason and one.source is not Source.BROKEN:
        yield entry(one, "left", one.reason, hint=one.way or _mend(one, outcome), look=True)
    elif not one.reason and one.source is Source.THERE:
        problem = (one.file.problem if one.file else None) or "it cannot be read"
        yield entry(one, "left", problem, hint=_mend(one, outcome), look=True)


def _foreign(one: Candidate, outcome: Outcome) -> Line:
    """Return what is told of a file that is not ours, in the place of one that would be: first how all that is in it is kept."""
    replaced = f"{_TYPED} --prefer source {one.name} replaces it"
    if freed := ", ".join(map(str, differences.gains(one))):
        replaced += f", and would let it do more: {freed}"
    if one.file is not None and one.file.problem:
        said, way = f"not ours: {one.file.problem}", f"mend it; or {replaced}"
        many = f"mend them; or {_TYPED} --prefer source AGENT ... replaces those that are named"
        return entry(one, "foreign", said, hint=way, look=True, for_all=many)
    several = sum(each.entry is Entry.FOREIGN and each.key == one.key for each in outcome.candidates) > 1
    side, whose = ("target", "the edits of all") if several else (one.target, "its edits")
    but = ", but for what it may do" if differences.may_otherwise(one) else ""
    taken = "" if outcome.one_way else f"{_TYPED} --prefer {side} {one.name} takes {whose} into the source{but}; "
    hint = f"{taken}{replaced}; or rename it"
    many = "" if outcome.one_way else f"{_TYPED} --prefer {side} AGENT ... takes the edits of those that are named into the source{but}; "
    many = f"{many}{_TYPED} --prefer source AGENT ... replaces them{', and would let them do what they may not here' if freed else ''}"
    return entry(one, "foreign", f"not ours: {differences.listed(differences.unlike(one))}", hint=hint, look=True, for_all=many)


def _mend(one: Candidate, outcome: Outcome) -> str:
    """Say what can be done about a file of which nothing can be told."""
    if one.file is not None and one.file.blocked:
        return AWAY
    way = f"mend it, or {_TYPED} --prefer source {one.name} writes it anew"
    if one.file is None or one.file.data is None or not texts.is_marked(one.file.data):
        return way
    if one.path not in outcome.unmerged:  # git has nothing of the two sides any more
        return f"{way}; {_TYPED} --prefer {one.target} {one.name} has its word count once the marks are out of it"
    return (
        f"{way}; `git checkout --theirs {one.path}` takes the other side, and {_TYPED} --prefer {one.target} {one.name} has its word count"
    )


def _renamed(one: Candidate, outcome: Outcome) -> Line:
    """Return what is told of an agent that has another name, or another folder, in its target."""
    if one.settled is not None:
        hint, said = f"{_TYPED} --prefer source {one.name} takes it back", f"renamed to `{one.renamed_to}`"
    else:
        hint, said = f"{_TYPED} --prefer source {one.name}, and delete the other", one.reason or ""
    if one.renamed_to == one.named:
        return entry(one, "moved", said, hint=f"move it back; or {hint}", look=True)
    place = (one.target, *one.place)
    reason = next((each.reason for each in outcome.renamed if (each.candidate.target, *each.candidate.place) == place), None)
    way = f"not carried: {reason}" if reason else f"{_TYPED} --carry-back {one.name}:name takes it into {one.key[0]}"
    way = f"rename it in {one.key[0]}" if outcome.one_way else way
    return entry(one, "renamed", said, hint=f"{way}; or {hint}", look=True)


def _twin(one: Candidate, file: File, pointer: str, agent: Agent, outcome: Outcome) -> Line:
    """Return what is told of an agent that a target has under another name, so that nothing is written yet."""
    way = f"if so, call it `{one.name}` there, or `{agent.name}` in {one.key[0]}; if not, "
    left = f'`exclude = ["{file.path}{pointer}"]` at the top of {outcome.settings.own_file} leaves that one alone'
    hint = f"{way}{'' if outcome.one_way else f'{_TYPED} --adopt {agent.name} takes it into {outcome.settings.place}, or '}{left}"
    return entry(one, "left", f"`{agent.name}` in {file.path} says nearly the same: are they one?", hint=hint, look=True)


def _released(one: Candidate, outcome: Outcome) -> Iterator[Line]:
    """Yield what is told of a file that is nobody's from now on, and that it is so in the next run."""
    cause = _cause(one, outcome)
    if one.source is Source.IS_TARGET:
        yield entry(one, "released", f"{cause}: it stays, and is yours")
        return
    is_seen = one.target in outcome.settings.targets and one.there is not None
    whose = "it was there before, or somebody wrote in it" if one.was_there else "somebody wrote in it"
    yield entry(one, "released", f"{cause}, and {whose}: it stays, and is yours", look=not is_seen)
    if is_seen and one.there is not None:
        yield orphan(outcome, one.target, one.path, one.pointer, one.there)


def _cause(one: Candidate, outcome: Outcome) -> str:
    """Say why there is nothing for a target."""
    if one.source is Source.IS_TARGET:
        return f"{text.client(one.target)} is the source now"
    if one.target not in outcome.settings.targets:
        return f"`targets` does not name {one.target}"
    if one.source is not Source.LEFT_OUT:
        return "its source is gone"
    if one.target not in outcome.settings.skipped.get(one.name, ()):
        return f"{text.client(one.target)} reads {one.key[0]} itself"
    return f"`skip = true` leaves it out{_all_the_same(one, outcome)}"


def _not_wanted(one: Candidate, name: str, outcome: Outcome) -> str:
    """Say how a file would not be written again; `name`: what is said for the agent's."""
    return f"`skip = true` in [sync.agents.{name}.{one.target}] says that it is not wanted{_all_the_same(one, outcome, name)}"


def _all_the_same(one: Candidate, outcome: Outcome, name: str | None = None) -> str:
    """Say that a target whose client reads the source's folder has an agent without a file of its own, too."""
    if all(served.target != one.target for served in outcome.served):
        return ""
    file = one.key[0] if name in (None, one.name) else f"its file in {outcome.settings.place}"
    return f", but {text.client(one.target)} reads {file} as well, and has the agent until that is deleted"


def _fields(one: Candidate, outcome: Outcome) -> Iterator[Line]:
    settled = one.settled
    if settled is None or one.view is None:
        return
    if one.is_taken_over:
        yield entry(one, "taken", "was there: patched from now on, never deleted")
    if one.moved_from is not None:
        line = entry(one, "rename", f"was {one.moved_from[0]}" if one.moved_from[0] != one.path else "")
        yield replace(line, source=one.key[0])
    written = [path for path in settled.written if not (one.moved_from and path == "name")]
    if written:
        said = differences.listed(differences.changed(path, one.there, one.view.agent) for path in written)
        freed, more = differences.more(one) if digests.GROUP in written else ("", "")
        told = entry(one, "update", f"{said}; {more}" if more else said, paths=tuple(written))
        yield replace(told, is_grave=bool(freed), source=one.key[0])
    for path in (path for path in (*settled.edited, *settled.merged) if path != "name" or one.renamed_to is None):
        if follows(one, path):
            continue
        word = "merged" if path in settled.merged else "edited"
        yield entry(
            one,
            word,
            differences.changed(path, one.view.agent, settled.agent if word == "merged" else one.there),
            hint=_way(one, path, outcome),
            look=True,
            paths=(path,),
        )
    if settled.strange:
        yield _unsettled(one, settled.strange)
    yield from _conflicts(one, one.view.agent, settled)
    if settled.new_own and not one.wider:  # else it may be what is WIDER, which is not settled
        yield entry(one, "noted", f"{differences.listed(path.rpartition('.')[2] for path in settled.new_own)}: this file's own, kept")


def _conflicts(one: Candidate, view: Agent, settled: Settled) -> Iterator[Line]:
    """Yield the fields that both sides changed."""
    for path in (path for path in settled.conflicts if path not in settled.strange):
        side = f"{_TYPED} --prefer {one.target} {one.name} those of this file"
        hint = f"both are kept; {_TYPED} --prefer source {one.name} takes the words of {one.key[0]}, {side}"
        yield entry(
            one,
            "CONFLICT",
            differences.both_sides(path, view, one.there, settled.clashes.get(path)),
            hint=hint,
            look=True,
            paths=(path,),
        )


def _unsettled(one: Candidate, paths: tuple[str, ...]) -> Line:
    """Return what is told of fields that stand as somebody wrote them in a file that was not ours, and of which nobody has spoken yet."""
    first = one.name if digests.GROUP in paths else f"{one.name}:{selecting.FIELDS.get(paths[0], paths[0])}"
    taken = f"{_TYPED} --prefer {one.target} {first} takes it into the source"
    if digests.GROUP in paths:  # which no file of a target gives to the source
        taken = f"{taken}, but for what it may do" if len(paths) > 1 else f"say it in {one.key[0]}"
    stays = _staying(one, digests.GROUP) if digests.GROUP in paths else ""
    hint = f"{taken}; {_TYPED} --prefer source {first} replaces it{stays}"
    return entry(
        one, "foreign", f"not settled yet: {differences.listed(differences.unlike(one, paths))}", hint=hint, look=True, paths=paths
    )


def _way(one: Candidate, path: str, outcome: Outcome) -> str:
    """Say what can be done with an edit of a target."""
    edits = outcome.carrying.edits if outcome.carrying is not None else []
    edit = next(
        (each for each in edits if each.candidate.place == one.place and each.candidate.target == one.target and each.path == path), None
    )
    if edit is None:
        return ""
    if outcome.one_way:
        return f"{_TYPED} --prefer source {one.name} takes it back; or say it in {one.key[0]}"
    if edit.reason is not None:
        return f"not carried: {edit.reason}; {_TYPED} --prefer source {one.name} takes it back{_staying(one, path)}"
    undone = f"{_TYPED} --prefer source {one.name} takes it back"
    if edit.overrides:
        return f"{_TYPED} --carry-back keeps it for {one.target} in {outcome.settings.own_file}; {undone}"
    return f"{_TYPED} --carry-back takes it into {one.key[0]}; {undone}"


def _staying(one: Candidate, path: str) -> str:
    """Say what lets an edit stay that has no way into the source; nothing of one by which an agent may do more than that says."""
    own = f"extras.{one.target}."
    if path == digests.GROUP:
        value = "" if one.wider else "true"
    else:
        value = (
            f'["extras.{path.removeprefix(own)}"]'
            if path.startswith(own)
            else f'["{path}"]'
            if path in fields.PATHS and path != "name"
            else ""
        )
    return f"; `keep = {value}` in [sync.agents.{one.name}.{one.target}] lets it stay" if value else ""


def entry(
    one: Candidate, word: str, what: str, *, hint: str = "", look: bool = False, paths: tuple[str, ...] = (), for_all: str = ""
) -> Line:
    """Return a line about an entry, with the place of the field that it is about where somebody has to look."""
    number = line_of(one, paths[0]) if look and paths else 1
    return Line(word, one.name, what, one.target, one.path, one.pointer, hint, look, paths, number, for_all)


def at_source(line: Line, outcome: Outcome) -> Line:
    """Return a line with the place in the source of the one field that was changed there."""
    file = outcome.sources.files.get(line.source) if outcome.sources is not None else None
    if file is None or len(line.fields) != 1:
        return line
    subject = Subject(file.text, file.found.format, (file.found.format,))
    paths = fields.PATHS if line.fields[0] == digests.GROUP else line.fields
    keys = [subject.key_of(path) for path in (digests.members(paths) if line.fields[0] == digests.GROUP else paths)]
    there = [] if len(subject.agents()) != 1 else [key for key in keys if subject.has(0, key)]
    return replace(line, number=file.text.position(subject.place(0, there[0])[0])[0]) if there else line


def orphan(outcome: Outcome, target: str, path: str, pointer: str, agent: Agent) -> Line:
    """Return what is told of a file of a target that is nobody's."""
    place = outcome.settings.place
    left = f'`exclude = ["{path}{pointer}"]` at the top of {outcome.settings.own_file} leaves it alone'
    names = {one.name for _, one in outcome.sources.agents()} if outcome.sources is not None else set()
    problem = next((file.problem for file, *_ in outcome.orphans if file.path == path and file.problem), None)
    if problem is not None:
        hint = f"mend it{'' if outcome.one_way else ', which --adopt needs, too'}; {left}; or delete it"
        return Line("new", agent.name or "", f"not ours: {problem}", target, path, pointer, hint, look=True)
    reason = outcome.unheld.get((path, pointer))
    if reason is not None and agent.name not in names:
        hint = f"{reason}, so that --adopt cannot take it; {left}; or delete it"
    elif agent.name not in names and len(outcome.orphans) > MANY:  # once for all of them, in words that fit each
        taken = "" if outcome.one_way else f"{_TYPED} --adopt takes them into {place}, {_TYPED} --adopt AGENT one of them; "
        hint = f"{taken}`exclude = [...]` with their paths at the top of {outcome.settings.own_file} leaves them alone; or delete them"
    elif agent.name in names and any(one.target == target and one.without is None for one in outcome.served):
        own = f"`own = true` in [sync.{target}] of {outcome.settings.own_file}"
        hint = f"{own} keeps it in step with the agent of that name in {place}, which {text.client(target)} reads now; {left}"
    elif agent.name in names:
        hint = f"{place} has an agent `{agent.name}`, so that --adopt cannot take it: rename it; {left}; or delete it"
    else:
        several = sum(one.name == agent.name for *_, one in outcome.orphans) > 1
        word = shlex.quote(f"{path}{pointer}") if several else agent.name  # in another target, too: which one is taken is a person's to say
        hint = f"{'' if outcome.one_way else f'{_TYPED} --adopt {word} takes it into {place}; '}{left}; or delete it"
    return Line("new", agent.name or "", "not ours", target, path, pointer, hint, look=True)
