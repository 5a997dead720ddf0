"""What a run of sync did, or would do, for people: a line for each change, what needs a look with what to do about it, and the sum."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import LossKind, Severity
from agentconv.render import in_step, synced_entries, synced_wider, text
from agentconv.render import synced_differences as differences
from agentconv.render.synced_lines import Line
from agentconv.sync import digests, overriding, sources, unchanged
from agentconv.sync.decisions import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.diagnostics import Loss
    from agentconv.sync.carrying import Edit
    from agentconv.sync.elsewhere import Elsewhere
    from agentconv.sync.planning import Outcome


BY_FLAG = ("name-duplicate", "model-dropped")
"""Losses of which a flag of `convert` is the way out, which sync does not have: the lock pins names, and the configuration maps models."""


def told(outcome: Outcome) -> list[Line]:
    """Return everything that is to be told of a run, but for what is as it was."""
    found = [_carried(edit, outcome) for edit in outcome.carried]
    found += [
        Line("adopted", agent.name or "", f"into {source}", file.target, file.path, pointer)
        for file, pointer, agent, source in outcome.adopted
    ]
    found += [
        synced_entries.entry(one.candidate, "carried", f"name: {one.candidate.name} -> {one.name}, into {one.source}", paths=("name",))
        for one in outcome.renamed
        if one.is_done
    ]
    found += _renamed_in_configuration(outcome)
    found += _switched(outcome)
    found += _copied(outcome)
    found += [line for one in outcome.candidates for line in synced_entries.told(one, outcome)]
    twins = {(one.alike[0].path, one.alike[1]) for one in outcome.candidates if one.alike is not None}
    found += [
        synced_entries.orphan(outcome, file.target, file.path, pointer, agent)
        for file, pointer, agent in outcome.orphans
        if (file.path, pointer) not in twins
    ]
    found += _elsewhere(outcome)
    found += _refused(outcome)
    return found


def _renamed_in_configuration(outcome: Outcome) -> Iterator[Line]:
    """Yield the agents whose tables in the configuration get another name, as they have in the source."""
    place = outcome.settings.own_file
    files = {agent.name: path for (path, _), agent in (outcome.sources.agents() if outcome.sources is not None else ())}
    for old, new in outcome.names.items():
        yield Line("rename", new, f"[sync.agents.{old}] is [sync.agents.{new}] now", place, place, source=files.get(new, ""))


def _elsewhere(outcome: Outcome) -> Iterator[Line]:
    """Yield the agents that no run writes, and that may do more than those of their names in the source."""
    for one in outcome.elsewhere:
        hint = f"`{one.name}` of {outcome.settings.place} may do less, and sync does not write this file, as {_not_synced(one, outcome)}"
        yield Line("WIDER", one.name, ", ".join(map(str, one.wider)), one.target, one.path, one.pointer, hint, look=True)


def _not_synced(one: Elsewhere, outcome: Outcome) -> str:
    """Say why no run writes a file, what lets one, and what else there is to do about it: each where it works, and of which file."""
    why, way = _way_in(one, outcome)
    mend = f"narrow {one.path}, delete it, or give its agent another name"
    if (loss := _refusal(one, outcome)) is not None and loss.keepable:  # the project's own configuration may say so
        return f"{why}: {way}; or {mend}"
    named = ", ".join(f'"{wide}"' for wide in dict.fromkeys(wide.name for wide in one.wider))
    meant = f"`keep-wider = [{named}]` in {_table(one)} of a file that --check --config names says so"
    return f"{why}: {mend}{f'; or {way}' if way else ''}; if it is meant, {meant}"


def _table(one: Elsewhere) -> str:
    return f"[sync.agents.{one.name}.{one.target}]"


def _way_in(one: Elsewhere, outcome: Outcome) -> tuple[str, str]:
    """Say why no run writes a file, and what has one write it; empty where nothing has."""
    settings, title = outcome.settings, text.client(one.target)
    writes = f", and agentconv sync --prefer source {shlex.quote(one.name)} writes it"
    if one.target not in settings.targets:
        return f"`targets` does not name {one.target}", f'add "{one.target}" to `targets` in {settings.own_file}{writes}'
    if settings.excludes(one.path):
        return "`exclude` names it", f"take it out of `exclude` in {settings.own_file}{writes}"
    if overriding.is_skipped(settings, one.target, one.name):
        return f"{_table(one)} says `skip = true`", f"take that out of {settings.own_file}{writes}"
    if any(each.target == one.target and each.without is None for each in outcome.served):
        return f"{title} reads {settings.place} itself", f"`own = true` in [sync.{one.target}] of {settings.own_file}{writes}"
    if (loss := _refusal(one, outcome)) is not None:
        kept = synced_wider.keeping(one.name, one.target, loss.beyond or ()) if loss.keepable else ""
        return f"the source's agent is refused to {title}", kept and f"{kept}{writes} with no more than that"
    beside = next((each.path for each in outcome.candidates if (each.target, each.name) == (one.target, one.name)), "")
    return f"{title} has the agent in {beside}" if beside else f"{title} has none of the source's agent", ""


def _refusal(one: Elsewhere, outcome: Outcome) -> Loss | None:
    """Return why the source's agent is not written for the target of a file; None where it is."""
    names = {key: agent.name or "" for key, agent in outcome.sources.agents()} if outcome.sources is not None else {}
    refused = (
        found for views in outcome.views if views.target == one.target for key, found in views.refused.items() if names.get(key) == one.name
    )
    return next((loss for found in refused for loss in found if loss.kind is LossKind.REFUSED), None)


def _copied(outcome: Outcome) -> Iterator[Line]:
    """Yield the copies of what gave way."""
    source = outcome.settings.source_format
    for path, copy in outcome.copies.items():
        names = dict.fromkeys(edit.candidate.name for edit in outcome.carried if edit.candidate.key[0] == path and edit.goes)
        yield Line("copied", differences.listed(names), f"what was there is kept in {copy}{_NO_COMMIT}", source, path)
    for one in outcome.candidates:
        if one.copy is not None:
            yield synced_entries.entry(one, "copied", f"what was there is kept in {one.copy}{_NO_COMMIT}")


_NO_COMMIT = " (not for a commit: `*.agentconv-backup*` is a line for .gitignore)"


def _switched(outcome: Outcome) -> Iterator[Line]:
    """Yield what the source cannot say and a target keeps, and what may do more from now on."""
    place = outcome.settings.own_file
    if outcome.switched:
        yield Line("switch", outcome.settings.source_format, "the source from now on", place, place)
        for name in outcome.switched.gone:
            yield Line("switch", name, f"[sync.agents.{name}] is taken out: the source does not have it any more", place, place)
        for free in outcome.switched.freed:
            is_read = outcome.sources is not None and free.path in outcome.sources.files
            why = "`skip` is taken out: its own file is read" if is_read else "`keep` is taken out: the source says what stands there"
            yield Line("switch", free.agent, why, free.target, free.path)
        yield from _stays(outcome)
    for one in outcome.kept:
        if "skip" in one.says:
            why = f"no file of its own, by {place}: it goes on reading the old source's"
            yield Line("kept", one.agent, why, one.target, one.path, one.pointer)
            continue
        said = [f"{key}: {text.shorten(str(value), 30)}" for key, value in one.says.items() if key not in ("keep", "keep-wider")]
        kept = one.says.get("keep")
        keys = [digests.GROUP] if kept is True else [str(path) for path in kept] if isinstance(kept, list) else []
        more = next((each.allowed for each in outcome.candidates if (each.target, *each.place) == (one.target, one.path, one.pointer)), ())
        beyond = f"; beyond the source: {', '.join(map(str, more))}" if more else ""
        yield Line("kept", one.agent, f"{differences.listed([*said, *keys])}, by {place}{beyond}", one.target, one.path, one.pointer)
    for wide in outcome.switched.wider if outcome.switched else ():
        yield Line("WIDER", wide.agent, f"than the old source: {', '.join(map(str, wide.effects))}", wide.target, wide.path)


def _stays(outcome: Outcome) -> Iterator[Line]:
    """Yield what an earlier switch gave an assistant that reads the source's own files, and how that goes: nobody else asked for it."""
    chosen, place = outcome.settings, outcome.settings.own_file
    for target in (one for one in chosen.targets if chosen.formats[one].own):
        what = f"`own = true` stays in [sync.{target}]"
        if not unchanged.is_read(chosen, target, None):
            way = f"take it out of {place} where no switch back is meant"
            yield Line("switch", chosen.source_format, f"{what}, and says nothing with this source", target, place, hint=way)
            continue
        number = len({one.path for one in outcome.synced if one.target == target})
        way = f"to have it read {chosen.place} instead, take that out of {place}; then agentconv sync --yes deletes what nobody edited"
        yield Line("switch", chosen.source_format, f"{what}: it has {text.count(number, 'file')} of its own", target, place, hint=way)
        names = [one.name or "" for _, one in outcome.sources.agents()] if outcome.sources is not None else []
        for name in (one for one in names if overriding.is_skipped(chosen, target, one)):
            what = f"`skip = true` stays in [sync.agents.{name}.{target}]: it reads the source's own file"
            yield Line("switch", name, what, target, place, hint=f"take it out of {place}, and agentconv sync writes a file")


def _refused(outcome: Outcome) -> Iterator[Line]:
    """Yield the agents that a target cannot hold, and has not had before."""
    names = {key: agent.name or "" for key, agent in outcome.sources.agents()} if outcome.sources is not None else {}
    stale = {(one.target, one.key) for one in outcome.candidates if one.source is Source.REFUSED}
    for views in outcome.views:
        for key, refused in views.refused.items():
            if (views.target, key) not in stale:
                name = names.get(key, "")
                loss = next((loss for loss in refused if loss.kind is LossKind.REFUSED), None)
                if loss is None:  # lost to a bug, which is told as one
                    continue
                double = sources.double_of(outcome.sources, key) if outcome.sources is not None else None
                way, many = (_out(loss, name, said, outcome, double) for said in (name, "AGENT"))
                place = (views.target, *key)
                yield Line("refused", name, synced_entries.refusal(loss, views.target), *place, way, look=True, for_all=many)


def _out(loss: Loss, name: str, said: str, outcome: Outcome, double: str | None) -> str:
    """Say what can be done about a refusal; to leave it out is no way where the client reads the source's file then.

    Args:
        loss: The refusal.
        name: The agent.
        said: What is said for its name: where the same goes for several, a word that stands for each.
        outcome: What the run found.
        double: The file of another agent of that name, capitals apart: no file of its own would be taken for it in place of the source's.
    """
    skip = synced_entries.skipping(said, loss.target)
    if loss.beyond:
        is_read = any(one.target == loss.target and name in (one.without or ()) for one in outcome.served)
        kept, insisted = overriding.kept_wider(outcome.settings, loss.target, name), synced_entries.insisted(said)
        vain = synced_wider.in_vain(kept, loss.beyond if loss.keepable else (), _NOT_WRITTEN)
        if loss.keepable:
            return f"{vain}{synced_entries.kept_narrower(loss, said)}"
        if is_read and double is not None:
            return f"rename it, or the agent in {double}, which has that name too, capitals apart; {vain}{insisted}"
        if is_read:
            return f"{vain}{text.client(loss.target)} reads the source's own file, by which it may do as much; {insisted}; or {skip}"
        return f"{vain}{insisted}; or {skip}"
    if not loss.hint or loss.code in BY_FLAG:
        return skip
    return f"{text.for_target(loss.hint, loss.target)}; or {skip}"


_NOT_WRITTEN = (
    "what sync writes may do more than its source only where its client reads the source's own file, by which it may do more still"
)


def _carried(edit: Edit, outcome: Outcome) -> Line:
    place = edit.candidate.key[0] if not edit.overrides else outcome.settings.own_file
    settled, view = edit.candidate.settled, edit.candidate.view
    what = differences.changed(edit.path, view.agent, settled.agent) if view is not None and settled is not None else edit.word
    if edit.goes:
        what += f"; {text.count(len(edit.goes), 'line')} of the source {'goes' if len(edit.goes) == 1 else 'go'}: "
        what += f'"{text.shorten(edit.goes[0].strip(), 40)}"{" ..." if len(edit.goes) > 1 else ""}'
    return synced_entries.entry(edit.candidate, "carried", f"{what}, into {place}", paths=(edit.path,))


def head(outcome: Outcome) -> str:
    """Say from where to where."""
    place = outcome.settings.place
    return f"{place} -> {', '.join(outcome.settings.targets) or 'no other assistant'}: {text.count(outcome.agents, 'agent')}"


def _with_fewer(outcome: Outcome) -> dict[str, int]:
    """Return the targets that have not all of the agents, with how many they have."""
    has = {target: len({one.agent for one in outcome.synced if one.target == target}) for target in outcome.settings.targets}
    has |= {one.target: one.agents for one in outcome.served if one.without is None}
    return {target: number for target, number in has.items() if number < outcome.agents}


def summary(outcome: Outcome, found: list[Line], *, dry_run: bool, of_parts: bool = False, shown_by: str = "-v") -> str:
    """Say what it comes to.

    Args:
        outcome: What the run found.
        found: What is told of it.
        dry_run: Whether nothing is written.
        of_parts: Whether something is written of parts, which is told below, so that it is not nothing.
        shown_by: What is typed to see the losses that are counted.
    """
    looks = len({(line.target, line.path, line.pointer) for line in found if line.look})
    changes = outcome.plan.changes if outcome.plan is not None else ()
    gone = sum(one.after is None for one in changes)
    files = len(changes) - gone
    parts = []
    wrong = sum(one.severity is Severity.ERROR for one in (*outcome.diagnostics, *outcome.broken()))
    if not changes and not looks and not wrong:
        parts.append(in_step.agents(outcome.settings, outcome.agents, _with_fewer(outcome)))
    else:
        would = "would be " if dry_run else ""
        done = [f"{text.count(files, 'file')} {would}written"] if files else []
        done += [f"{text.count(gone, 'file')} {would}deleted" if not files else f"{gone:,} deleted"] if gone else []
        parts.append(f"{', '.join(done)}." if done else f"{'No agent' if of_parts else 'Nothing'} {would or 'was '}written.")
        if looks:
            parts.append(f"{looks:,} {'needs' if looks == 1 else 'need'} a look.")
    parts += [f"{text.count(wrong, 'error')} above."] if wrong else []
    parts += in_step.losses(outcome.synced, outcome.lock.synced if outcome.lock is not None else None, shown_by=shown_by)
    parts += [f"{one}." for one in text.unable(outcome.new_losses)]
    parts += [
        f"{freer:,} freer in {text.client(one.target)}." for one in outcome.served if (freer := len({loss.agent for loss in one.losses}))
    ]
    return " ".join(parts)
