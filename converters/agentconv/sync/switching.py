"""Another assistant's files become the source, and what was the source follows: nothing of either is lost, or rewritten unasked.

It starts where everything is in step, so that the new source says all of the old one that it can. What it cannot say goes into
the configuration, as what holds in the old assistant alone: values as overrides, and what agents may do as what stands there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.conversion.insisting import insists
from agentconv.conversion.shared_files import pointer
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.formats import registry
from agentconv.install.lock import Synced
from agentconv.install.steps import Change
from agentconv.sync import (
    configuring,
    digests,
    keeping,
    left_behind,
    overriding,
    places,
    read_beside,
    serving,
    settings,
    source_files,
    sources,
    switch_asks,
    texts,
    unchanged,
)
from agentconv.sync.adopting import as_given
from agentconv.sync.keeping import Kept

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from agentconv.core.ir import Agent
    from agentconv.core.widening import Widening
    from agentconv.sync.planning import Outcome
    from agentconv.sync.settings import Settings
    from agentconv.sync.sources import Key, Sources
    from agentconv.sync.syncing import Run
    from agentconv.sync.views import Views


@dataclass(frozen=True, slots=True)
class Wider:
    """What an agent may do from now on and might not before."""

    agent: str
    path: str
    target: str
    effects: tuple[Widening, ...]


@dataclass(frozen=True, slots=True)
class Switched:
    """What a change of the source comes to, beside what is written."""

    wider: tuple[Wider, ...] = ()
    gone: tuple[str, ...] = ()
    """Agents that the new source does not have, of which the configuration said something."""
    freed: tuple[Kept, ...] = ()
    """What the configuration keeps in a third assistant no more, since the new source says just that."""
    behind: frozenset[tuple[str, str]] = frozenset()
    """By target the parts that agents need there which are left behind."""


@dataclass(frozen=True, slots=True)
class _Switch:
    """What a switch starts from: everything in step."""

    run: Run
    target: str
    """The assistant that becomes the source."""
    old: Sources
    new: Sources
    names: Mapping[Key, Key]
    """By agent of the old source, the one of the new source that stands for it."""

    @property
    def settings(self) -> Settings:
        """What the configuration says before."""
        return self.run.settings

    def lock(self) -> tuple[Synced, ...]:
        """Return what is settled, with each agent where it is in the new source."""
        others = (one for one in self._locked() if one.target != self.target)
        made = self._made()
        return tuple(self._following(one, self.names[one.agent], made) for one in others) + tuple(self._of_old(made))

    def _following(self, one: Synced, key: Key, made: Collection[Key]) -> Synced:
        """Return an entry that follows an agent of the new source, which may be nobody's words but ours."""
        moved = replace(one, source=key[0], source_pointer=key[1], made=key in made)
        return replace(moved, source_sha256=self.new.files[key[0]].sha256) if moved.made else moved

    def _made(self) -> set[Key]:
        """Return the agents of the new source whose files we wrote, and nobody changed."""
        mine = (one for one in self._locked() if one.target == self.target and one.created and not one.own)
        return {
            self.names[one.agent] for one in mine if bool(one.pointer) or one.bytes_sha256 == texts.sha256(self.new.files[one.path].data)
        }

    def _locked(self) -> list[Synced]:
        return [one for one in self.run.lock.synced if one.agent in self.names]

    def _of_old(self, made: Collection[Key]) -> Iterator[Synced]:
        """Yield what was the source, as files of a target that were there before us, unless they are as we left them at another switch."""
        source_format = self.settings.source_format
        ours = {one.agent for one in self._locked() if one.made and one.source_sha256 == self.old.files[one.source].sha256}
        for key, agent in self.old.agents():
            if key in self.names:
                several = registry.FORMATS[source_format].holds_several(key[0])
                sha256 = "" if several else texts.sha256(self.old.files[key[0]].data)
                one = Synced(key[0], source_format, "", agent.name or "", "0" * 64, digests.of(agent), pointer(agent) if several else "")
                yield self._following(replace(one, bytes_sha256=sha256, created=key in ours), self.names[key], made)

    def behind(self) -> dict[str, list[Agent]]:
        """Return by target the agents that the new source does not have, and whose files stay there."""
        old = dict(self.old.agents())
        found: dict[str, list[Agent]] = {}
        for one in self.run.lock.synced:
            if one.agent in old and one.agent not in self.names:
                found.setdefault(one.target, []).append(old[one.agent])
        return found

    def gone(self) -> tuple[str, ...]:
        """Return the agents of which the configuration says something, and that do not come along: the new source has none so called."""
        there = {agent.name for _, agent in self.new.agents()} | {agent.name for key, agent in self.old.agents() if key in self.names}
        left = dict.fromkeys(agent.name or "" for _, agent in self.old.agents() if agent.name not in there)
        return tuple(name for name in left if name in self.settings.places)

    def configuration(self, kept: Sequence[Kept] = ()) -> tuple[bytes, Settings]:
        """Return the configuration with the new source, and with what holds in other assistants alone."""
        file = self.settings.file
        there = dict(self.new.agents())
        renamed: dict[str, dict[str, None]] = {}
        for key, agent in self.old.agents():
            if key in self.names:
                renamed.setdefault(agent.name or "", {})[there[self.names[key]].name or ""] = None
        names = {name: list(found) for name, found in renamed.items()} | {name: [] for name in self.gone()}
        said = {one.agent: one.says for one in kept if one.says and one.target == self.settings.source_format}
        text = configuring.with_source(self.settings, file.read_bytes().decode(), self.target, names, said)
        others = [one for one in kept if one.target != self.settings.source_format]
        text = configuring.with_kept(self.settings, text, others)
        found = self._read(text)
        having = {self.settings.source_format, *(one.target for one in self.run.lock.synced)}
        for target in found.targets:
            if target in having and unchanged.is_served(found, target, self.run.scope):  # it reads the new source, and has files of its own
                text = configuring.with_own(self.settings, text, target)
                found = self._read(text)
        return text.encode(), found

    def _read(self, text: str) -> Settings:
        """Return what a configuration says.

        Raises:
            InputError: It does not say that the target is the source.
        """
        name = self.settings.file.name
        found = settings.read(self.settings.root, {name: text.encode()})
        if found is None or found.source_format != self.target:
            raise registry.usage(f"{name} cannot be changed as it stands", f'write `source = "{self.target}"` into it')
        return found


def switched(run: Run, target: str, before: Outcome, parts: Collection[str] = ()) -> Outcome:
    """Return what is to be done so that a target is the source.

    Args:
        run: What the run knows.
        target: The target.
        before: What the run found, which is that everything is in step.
        parts: The parts of the source that the target cannot hold, with the reasons.

    Raises:
        InputError: It cannot be, or should not be unasked.
    """
    switch = _start(run, target, before)
    missing = ((_missing(switch, before).values(), "agent"), (parts, "part"))
    lacks = [left_behind.not_held(target, listed, noun) for listed, noun in missing if listed]
    _, bare = switch.configuration()
    lock = replace(run.lock, synced=switch.lock())
    source_format = run.settings.source_format
    bare_run = replace(run, settings=bare)
    given = bare_run.given(switch.new, source_format, lock)
    others = (bare_run.given(switch.new, one, lock, [given]) for one in bare.targets if one != source_format)
    kept = (*_kept(switch, given), *(one for views in others for one in _held(switch, views, before)), *_read_again(switch, bare))
    data, chosen = switch.configuration(kept)
    outcome, renames = _planned(switch, replace(run, settings=chosen), data, kept, before)
    behind = _needed_behind(switch)
    asked = (
        []
        if run.choices.insist
        else [*lacks, *left_behind.asked(behind), *_told_of_tables(switch), *renames, *switch_asks.deletions(outcome, target)]
    )
    if outcome.switched is not None and (wider := [one for one in outcome.switched.wider if not insists(run.choices.widening, one.agent)]):
        asked.append(switch_asks.widening(wider))
    if asked:  # all at once: nobody agrees to what was not shown
        hints = "; ".join(dict.fromkeys(one.hint for one in asked if one.hint))
        raise InputError(replace(asked[0], message="; and ".join(one.message for one in asked), hint=hints))
    if outcome.switched is not None:
        outcome.switched = replace(outcome.switched, behind=behind)
    return outcome


def _needed_behind(switch: _Switch) -> frozenset[tuple[str, str]]:
    """Return by target the parts that agents need there which are left behind."""
    agents = switch.behind()
    if not agents or switch.settings.along is None:
        return frozenset()
    from agentconv.sync import parts

    return parts.behind(switch.settings, switch.run.scope, switch.run.lock, agents)


def _told_of_tables(switch: _Switch) -> Iterator[Diagnostic]:
    """Say what the configuration says no more, since the new source does not have the agent."""
    if gone := switch.gone():
        listed = ", ".join(f"[sync.agents.{name}]" for name in gone)
        message = f"{switch.settings.own_file} would lose {listed}, which the new source does not have"
        yield Diagnostic(Code.BLOCKED, Severity.ERROR, message, hint=left_behind.GOES_ON)


def settings_after(outcome: Outcome) -> Settings:
    """Return what the configuration says once a switch is carried out."""
    said = {change.path: change.after for change in outcome.sources_changed if change.after is not None}
    return settings.read(outcome.settings.root, said) or outcome.settings


def check(run: Run, target: str) -> None:
    """Complain about a target that can be no source.

    Raises:
        InputError: It cannot.
    """
    chosen, client = run.settings, registry.FORMATS[target].title
    if target == chosen.source_format:
        raise registry.usage(f"{target} is the source already", f"name one of the targets: {', '.join(chosen.targets)}")
    if target not in chosen.targets:
        raise registry.usage(f"`targets` does not name {target}", "name it, and bring it in step first: agentconv sync")
    if unchanged.is_served(chosen, target, run.scope):
        raise registry.usage(f"{client} reads {chosen.place} itself, and has no files of its own", "it goes on reading them as they are")
    if not chosen.formats[target].committed:
        raise registry.usage(f"version control does not have the files of {client}", "what is not committed is no source")


def _start(run: Run, target: str, before: Outcome) -> _Switch:
    """Look at both sides.

    Raises:
        InputError: The old one could not follow.
    """
    chosen = run.settings
    old = before.sources or sources.Sources()
    if not set(old.files) <= set(places.of(chosen, chosen.source_format, run.scope)):
        where = registry.FORMATS[chosen.source_format].place
        hint = f"move it to {where}, and sync; then switch"
        raise registry.usage(f"the source, {chosen.place}, is not where its client looks: it cannot follow", hint)
    found, _, _ = source_files.find(replace(chosen, source=settings.place_of(target), source_format=target), run.scope)
    new = sources.load(found)
    by_name = {(key[0], agent.name): key for key, agent in new.agents()}
    locked = [one for one in run.lock.synced if one.target == target]
    names = {one.agent: key for one in locked if (key := by_name.get((one.path, one.name)))}
    return _Switch(run, target, old, new, names)


def _missing(switch: _Switch, before: Outcome) -> dict[Key, str]:
    """Return the agents that the new source does not have, with the reasons."""
    client = registry.FORMATS[switch.target].title
    views = next(views for views in before.views if views.target == switch.target)
    found = {}
    for key, agent in switch.old.agents():
        if key not in switch.names:
            reason = next((loss.detail for loss in views.refused.get(key, ()) if loss.severity == "refusal"), "")
            found[key] = f"`{agent.name}`, " + (f"which {client} cannot hold: {reason}" if reason else f"which {client} does not get")
    return found


def _kept(switch: _Switch, given: Views) -> Iterator[Kept]:
    """Yield what the old source's files say, and the new one cannot: it holds there."""
    old = dict(switch.old.agents())
    keys = {new: key for key, new in switch.names.items()}
    for view in given.entries:
        yield keeping.of(view, old[keys[view.key]])


def _held(switch: _Switch, given: Views, before: Outcome) -> Iterator[Kept]:
    """Yield what holds in a third assistant's files: what agents may do there goes on as it stands, whatever the new source says of it.

    Where the new source says just that, what an earlier switch kept there is kept no more.
    """
    old = dict(switch.old.agents())
    keys = {new: key for key, new in switch.names.items()}
    there = {(one.target, *one.place): one.there for one in before.candidates}
    read = _read_on(switch, given.target)
    for view in given.entries:
        stands = there.get((view.target, view.path, view.pointer))
        if stands is None or keys.get(view.key) not in old:
            seen = read.get(view.key)
            if seen is not None and (keeping.rights(view, seen).says or _unnamed(switch, old[keys[view.key]], view.agent, view.target)):
                yield Kept(view.source.name or "", view.path, view.pointer, view.target, {"skip": True})
            continue
        kept = keeping.rights(view, stands)
        was = overriding.kept(switch.settings, view.target, old[keys[view.key]].name or "")
        others = [path for path in sorted(was) if not digests.restrains(path)]
        if "keep" in kept.says and others:  # what is kept there besides goes on as it stands, too
            kept = replace(kept, says={**kept.says, "keep": [*digests.SECURITY, *others]})
        if kept.says or (was and not others):
            yield kept


def _read_on(switch: _Switch, target: str) -> Mapping[Key, Agent]:
    """Return by agent of the new source what a third assistant goes on reading of the old source's files, where it has none of its own."""
    run, old = switch.run, switch.settings.source_format
    follows = replace(switch.settings, source_format=switch.target)
    if old not in registry.also_reads(target) or not read_beside.counted(follows, target, run.scope):
        return {}
    return {switch.names[key]: agent for key, agent in run.instead(switch.old, target).items() if key in switch.names}


def _read_again(switch: _Switch, bare: Settings) -> Iterator[Kept]:
    """Yield what is left out of an assistant that reads the new source's own files anyway: an earlier switch let it go on reading them."""
    for target in bare.targets:
        for key, agent in switch.new.agents() if unchanged.is_served(bare, target, switch.run.scope) else ():
            if overriding.is_skipped(bare, target, agent.name or ""):
                yield Kept(agent.name or "", key[0], "", target, {})


def _planned(switch: _Switch, run: Run, data: bytes, kept: tuple[Kept, ...], found: Outcome) -> tuple[Outcome, list[Diagnostic]]:
    """Return what is to be done, with what a person has to agree to for it."""
    before, file, old = switch.run, run.settings.file, switch.settings.source_format
    run.read_locks = before.read_locks
    new = run.loaded([*switch.new.files.values()])
    targets = [target for target in run.settings.targets if not unchanged.is_served(run.settings, target, run.scope)]
    locked = switch.lock()
    given = [run.given(new, target, replace(before.lock, synced=locked)) for target in targets]
    run.lock = replace(before.lock, synced=tuple(_settled(locked, given, kept, old)))
    run.choices = replace(run.choices, insist=True)  # what it asks for is told with the rest
    outcome = run.planned(new, targets)
    outcome.served = run.served([*switch.new.files.values()], outcome, new)
    run.lock = before.lock  # which is what is on the disk until the plan is carried out
    named = [one for one in outcome.candidates if one.moved_from is not None]
    wider = tuple(_wider(switch, run, new, outcome, found))
    run.first(outcome, [Change(file.name, file.read_bytes(), data, file.name, None, forced=True)])
    outcome.kept, outcome.switched = (
        tuple(one for one in kept if one.says),
        Switched(wider, switch.gone(), tuple(one for one in kept if not one.says and one.target != old)),
    )
    return outcome, [switch_asks.renames(named)] if named else []


def _settled(locked: Sequence[Synced], given: Sequence[Views], kept: Sequence[Kept], old: str) -> Iterator[Synced]:
    """Yield what is settled of files that stay: of the old source's all but the texts, of a third assistant's what agents may do there.

    The rest is settled as it was: where the new source says something else of it, that follows.
    """
    third = {(one.target, one.path, one.pointer) for one in kept if one.target != old}
    there = [replace(one, fields=digests.left(one.fields, one.own), own={}) if (one.target, *one.key) in third else one for one in locked]
    for was, one in zip(locked, as_given(there, given), strict=True):
        if was.target == old:
            texts_ = {path: was.fields[path] for path in digests.TEXTS if path in was.fields}
            yield replace(one, fields={**one.fields, **texts_})
        elif (was.target, *was.key) in third:
            yield replace(was, fields=_with_rights(was.fields, one.fields), own=_with_rights(was.own, one.own), allows=one.allows)
        else:
            yield was


def _with_rights(was: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    rest = {path: one for path, one in was.items() if not digests.restrains(path)}
    return rest | {path: one for path, one in new.items() if digests.restrains(path)}


def _wider(switch: _Switch, run: Run, new: Sources, outcome: Outcome, before: Outcome) -> Iterator[Wider]:
    """Yield what may do more than the old source says, in the new one, or in a target that follows it; or there more than it does now.

    What an assistant lets an agent do is what it makes of the file that it finds: its own, a new one too, or another assistant's.
    """
    old = dict(switch.old.agents())
    keys = {new_key: key for key, new_key in switch.names.items()}
    for key, said in switch.new.agents():
        if key in keys and (effects := _unnamed(switch, old[keys[key]], said, switch.target)):
            yield Wider(said.name or "", key[0], switch.target, effects)
    changes = outcome.plan.changes if outcome.plan is not None else ()
    for target in run.settings.targets:
        has = {one.key: one for one in outcome.candidates if one.target == target and serving.is_there(one)}
        seen, had = run.instead(new, target, changes), _had(switch, target, before)
        for key, was in keys.items():
            own, author, stands = has.get(key), old[was], had.get(was)
            agent = seen.get(key) if own is None else own.after
            if agent is None or agent is stands:
                continue
            beyond = compare.widenings(author, agent, target) if stands is None else compare.more(stands, agent, target)
            named = _unnamed(switch, author, agent, target) if own is not None and stands is not None else ()
            if effects := tuple(dict.fromkeys((*named, *beyond))):
                yield Wider(author.name or "", own.path if own is not None else key[0], target, effects)


def _had(switch: _Switch, target: str, before: Outcome) -> dict[Key, Agent]:
    """Return the agents of the old source as a target's client has them now: by its own files, or by those of others that it reads."""
    own = {one.key: one.there for one in before.candidates if one.target == target and one.there is not None}
    if target == switch.settings.source_format:
        return {**dict(switch.old.agents()), **own}
    return {**switch.run.instead(switch.old, target), **own}


def _unnamed(switch: _Switch, author: Agent, agent: Agent, target: str) -> tuple[Widening, ...]:
    """Return what an agent may do beyond the old source, but what the configuration says of it already."""
    named = overriding.kept_wider(switch.settings, target, author.name or "")
    return tuple(one for one in compare.widenings(author, agent, target) if one.name not in named)
