"""Edits of targets, taken back into the source: only where the way out can be walked back, and never by a guess.

A new source is proposed, converted forward, and compared, as the law of conversion does it. An edit is carried when all of this holds:

1. *Native*: what the target's file said before, brought home, is what the source says; or the lines that were edited stand in
   the source, too.
2. *No override*: else it is an edit of that.
3. *Home*: bringing the edited file home declares no warning and no refusal for the field.
4. *Frame*: the patched source differs in that field alone, with nothing spelled anew, and loads as before.
5. *Put-get*: what the new source gives the target says the edit, and nothing else that is new; no other target refuses it.
6. *No more*: the new source may do no more than the old one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.conversion.converting import Options, convert
from agentconv.core import fields
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import InputError, LossSeverity
from agentconv.core.format import State
from agentconv.core.ir import AgentSet, Model
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.sources.loaded import Loaded
from agentconv.sync import configuring, digests, lines, selecting, settings, texts, views
from agentconv.sync.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent, Json
    from agentconv.install.lock import Synced
    from agentconv.install.places import Scope
    from agentconv.sync.candidates import Candidate
    from agentconv.sync.settings import Settings
    from agentconv.sync.source_files import SourceFile
    from agentconv.sync.sources import Key

CARRIED = selecting.FIELDS
"""Fields that are carried, each with the word for it in the configuration."""
OVERRIDDEN = frozenset(CARRIED) - set(digests.TEXTS)
"""Fields that have a place in the configuration, where the source has none for them."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of a field of a target, and what becomes of it."""

    candidate: Candidate
    path: str
    reason: str | None = None
    """Why it is not carried; None where it is."""
    overrides: bool = False
    """Whether it goes into the configuration, rather than into the source."""
    override: Json = None
    """The value that goes there; None where what stands there goes."""
    goes: tuple[str, ...] = ()
    """The lines of the source that give way to it, because a person said that the target's word counts."""

    @property
    def word(self) -> str:
        """What the field is called."""
        return CARRIED.get(self.path, self.path)


@dataclass(slots=True)
class Carrying:
    """What is taken back: the new bytes of sources, and what goes into the configuration."""

    settings: Settings
    sources: Sources
    locked: Sequence[Synced]
    scope: Scope | None = None
    """Where the targets are; the project by default."""
    widening: Collection[str] = ()
    """What the user insists on, so that the trial of a carried edit is held to nothing that the run is not."""
    files: dict[str, bytes] = field(default_factory=dict)
    """New bytes, by source."""
    edits: list[Edit] = field(default_factory=list)
    touched: dict[tuple[Key, str], Candidate] = field(default_factory=dict)
    """Which target a field of an agent was carried from."""

    @property
    def overrides(self) -> list[Edit]:
        """What goes into the configuration."""
        return [one for one in self.edits if one.reason is None and one.overrides]

    def carry(self, found: Sequence[Candidate], chosen: Callable[[Candidate, str], bool] = lambda *_: True) -> None:
        """Take back what can be taken back of what is chosen."""
        for one in found:
            if one.settled is None or one.view is None:
                continue
            for path in (*one.settled.edited, *one.settled.merged):
                if chosen(one, path) and not follows(one, path):
                    self.edits.append(self._one(one, path))

    def _one(self, one: Candidate, path: str) -> Edit:
        if path not in CARRIED:
            return Edit(one, path, _not_carried(one.key[0], path))
        view, settled = one.view, one.settled
        if view is None or settled is None:
            return Edit(one, path, "nothing is there")
        override = self.settings.override(one.name, one.target)
        wanted = fields.get(settled.agent, path)
        if override is not None and path in override.values:
            return self._overridden(one, path, wanted)
        value, reason = self._value(one, path)
        was = fields.get(self._now(one) or view.source, path)
        reason = reason or self._put(one, path, value)
        if reason is not None and path in OVERRIDDEN and wanted is not None:
            return self._overridden(one, path, wanted)
        gives_way = path in digests.TEXTS and path in settled.preferred and (one.is_taken or path in settled.left)
        return Edit(one, path, reason, goes=lines.gone(was or "", str(value or "")) if gives_way and reason is None else ())

    def _overridden(self, one: Candidate, path: str, wanted: object) -> Edit:
        """Have the configuration say what the target says, or no longer say anything."""
        if sum(agent.name == one.name for _, agent in self.sources.agents()) > 1:
            return Edit(one, path, f"several agents of the source are called `{one.name}`, and the configuration names them all")
        own = self.settings.agents.get(one.name, {}).get(one.target)
        if wanted is None and (own is None or path not in own.values):
            return Edit(one, path, f"[sync.{one.target}] says it for all agents")
        edit = Edit(one, path, overrides=True, override=None if wanted is None else plain(wanted))
        reason = self._refused(edit)
        return edit if reason is None else Edit(one, path, reason)

    def _refused(self, edit: Edit) -> str | None:
        """Say why the configuration cannot have the target say what it says: it does not take the value, or another one comes of it."""
        one, file = edit.candidate, self.settings.file
        source = self._now(one) or (one.view.source if one.view is not None else None)
        if edit.override is None or source is None or one.settled is None:
            return None
        text = configuring.with_overrides(self.settings, file.read_bytes().decode(), [edit])
        try:
            said = settings.read(self.settings.root, {file.name: text.encode()})
            given = self._views(self._piece(one, source, self._text(one.key[0])), one.target, said)
        except InputError as error:
            return error.diagnostic.message
        says = [digests.of(view.agent).get(edit.path) for view in given.entries]
        return None if says == [digests.of(one.settled.agent).get(edit.path)] else f"{file.name} has no word for it"

    def _value(self, one: Candidate, path: str) -> tuple[object, str | None]:
        """Return what the source is to say, and why that cannot be told."""
        view, settled = one.view, one.settled
        if view is None or settled is None:
            return None, "nothing is there"
        home, losses = self._home(one, settled.agent)
        if home is None or any(_is_about(loss, path) and loss.severity is not LossSeverity.NOTE for loss in losses):
            return None, f"{registry.load(self.settings.source_format).SPEC.client} has nothing that means the same"
        if path not in registry.load(self.settings.source_format).SPEC.holds:
            return None, f"{registry.load(self.settings.source_format).SPEC.client} has no place for it"
        before, _ = self._home(one, view.agent)
        source = self._now(one) or view.source
        native = before is not None and fields.portable(digests.said(before, path)) == fields.portable(digests.said(source, path))
        if native:
            return fields.get(home, path), None
        if path not in digests.TEXTS:
            return None, "what stood here was made of another value in the source, so that none there means just this"
        old, new, mine = (digests.said(each, path) or "" for each in (view.agent, settled.agent, source))
        done = lines.merged(old, new, mine)
        if done is None and path == "description":  # which many clients fold into one line
            done = lines.reworded(old, new, mine)
        earlier = self.touched.get((one.key, path))
        if done is None and earlier is not None and earlier.target != one.target:
            return None, _rival(one, earlier)
        return done, None if done is not None else "the lines that were edited are spelled otherwise in the source"

    def _home(self, one: Candidate, agent: Agent) -> tuple[Agent | None, tuple[Loss, ...]]:
        """Return an agent of the target as the source's format has it."""
        piece = Loaded(one.path, one.target, None, (fields.changed(agent, {"id": "a"}),), (State.LOADS,))
        done = next(iter(convert([piece], self.settings.source_format, Options(deploy=True, models=self.settings.models))), None)
        if done is None or done.file is None:
            return None, done.losses if done else ()
        found = registry.load(self.settings.source_format).read(SourceText(done.file.path, done.file.data)).set.agents
        return (found[0] if len(found) == 1 else None), done.losses

    def _now(self, one: Candidate) -> Agent | None:
        """Return the agent of the source, with what was carried before."""
        return next((agent for agent in self._read(one.key[0])[0] if _pointer(agent) == one.key[1]), None)

    def _read(self, path: str) -> tuple[tuple[Agent, ...], tuple[State, ...], SourceText]:
        text = self._text(path)
        result = registry.load(self.settings.source_format).read(text).as_meant
        return result.set.agents, result.states, text

    def _text(self, path: str) -> SourceText:
        """Return the text of a source, with what was carried before."""
        file = self.sources.files[path]
        return file.text if path not in self.files else SourceText(path, texts.to_lf(self.files[path]), file.text.included)

    def _put(self, one: Candidate, path: str, value: object) -> str | None:
        """Patch the source, if nothing else changes with it; say why it cannot be."""
        agents, states, text = self._read(one.key[0])
        number = next((at for at, agent in enumerate(agents) if _pointer(agent) == one.key[1]), None)
        if number is None or states[number].dropped:
            return "the source does not load as it is written"
        before = agents[number]
        if path in digests.TEXTS and isinstance(value, str):
            was = fields.get(before, path) or ""
            value = value.rstrip("\r\n") + was[len(was.rstrip("\r\n")) :]  # it ends as it did in the source
        if fields.portable(fields.get(before, path)) == fields.portable(value):
            there = self._piece(one, before, text)
            return self._forward(one, path, there, there)  # what is lost on the way home looks as if the source said it already
        earlier = self.touched.get((one.key, path))
        if earlier is not None and earlier.target != one.target and path not in digests.TEXTS:
            return _rival(one, earlier)
        wanted = [*agents]
        wanted[number] = fields.with_values(before, {path: value})
        module = registry.load(self.settings.source_format)
        written = module.write(AgentSet(tuple(wanted)), text)
        new = SourceText(text.path, written.data, text.included)
        again = module.read(new).as_meant
        same = len(again.set.agents) == len(wanted) and all(map(fields.same, again.set.agents, wanted))
        if not same or again.states != states or written.whole or written.respelled or written.beside:
            return "the source cannot be changed there without spelling more of it anew"
        after = again.set.agents[number]
        reason = self._forward(one, path, self._piece(one, before, text), self._piece(one, after, new)) or self._wider(before, after)
        if reason is None:
            self.files[one.key[0]] = texts.ended_as(written.data, self.sources.files[one.key[0]].data)
            self.touched[one.key, path] = one
        return reason

    def _forward(self, one: Candidate, path: str, before: Loaded, after: Loaded) -> str | None:
        """Convert the new source, and say what is not as it was meant."""
        for target in self.settings.targets:
            old, new = self._views(before, target), self._views(after, target)
            if target != one.target:
                if new.refused and not old.refused:
                    return f"{target} could not hold it then"
            elif not new.entries or not old.entries:
                return "the target could not hold it then"
            elif not _is_as_meant(one, path, old.entries[0].agent, new.entries[0].agent):
                return "what comes back from the source is not what is here"
        return None

    def _piece(self, one: Candidate, agent: Agent, text: SourceText) -> Loaded:
        """Return an agent alone, with the file that says it: a target's client may read that very file where it has no other."""
        source = None if registry.FORMATS[self.settings.source_format].bundle else text
        return Loaded(one.key[0], self.settings.source_format, source, (fields.changed(agent, {"id": "a"}),), (State.LOADS,))

    def _views(self, piece: Loaded, target: str, said: Settings | None = None) -> views.Views:
        locked = [each for each in self.locked if each.target == target]
        return views.of(Sources(pieces=[piece]), target, said or self.settings, locked, self.scope, widening=self.widening)

    def _wider(self, before: Agent, after: Agent) -> str | None:
        found = compare.widenings(before, after, self.settings.source_format)
        return f"the source could do more then: {', '.join(map(str, found))}" if found else None


def _rival(one: Candidate, other: Candidate) -> str:
    return f"{other.target} has another edit of it, which comes first; agentconv sync --prefer {one.target} {one.name} takes this one"


def _is_as_meant(one: Candidate, path: str, old: Agent, new: Agent) -> bool:
    """Whether the target gets the edit, with those that were carried before, and nothing else that is new."""
    if one.view is None or one.settled is None:
        return False
    was, now = digests.of(old), digests.of(new)
    there = digests.of(one.settled.agent)
    along = {"prompt.mode"} if follows(one, "prompt.mode") and now.get("prompt.mode") == there.get("prompt.mode") else set()
    if any(now.get(each) != was.get(each) for each in {*now, *was} - {path} - along):
        return False
    wanted = digests.said(one.settled.agent, path)
    if path in digests.TEXTS:
        wanted = lines.merged(digests.said(one.view.agent, path) or "", wanted or "", digests.said(old, path) or "")
    return bool(fields.portable(digests.said(new, path) or None) == fields.portable(wanted or None))


def follows(one: Candidate, path: str) -> bool:
    """Whether an edit is told with that of the text: with a first text, or without the last, a client has its own prompt or not."""
    if path != "prompt.mode" or one.view is None or one.settled is None:
        return False
    return bool(digests.said(one.view.agent, "prompt.text")) != bool(digests.said(one.settled.agent, "prompt.text"))


def _pointer(agent: Agent) -> str:
    return agent.origin.pointer if agent.origin else ""


def _is_about(loss: Loss, path: str) -> bool:
    return loss.field == path or loss.field == fields.head_of(path)


def plain(value: object) -> Json:
    """Return a value as the configuration has it."""
    if isinstance(value, Model):
        return f"{value.provider}/{value.value}" if value.provider else value.value or value.kind
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def _not_carried(place: str, path: str) -> str:
    """Say why a field is never carried, and in which file of the source to say it instead."""
    if path == digests.GROUP or digests.restrains(path):
        return f"what an agent may do is said in the source alone: change it in {place}"
    return f"it has no way back: change it in {place}"


def given(sources: Sources, files: dict[str, bytes]) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield the sources that change, with what they were and what they are to be."""
    for path, data in sorted(files.items()):
        yield path, sources.files[path].data, data


def with_files(sources: Sources, files: dict[str, bytes]) -> list[SourceFile]:
    """Return the files of the source, some of them with other bytes."""
    return [_with(file, files[path]) if path in files else file for path, file in sources.files.items()]


def _with(file: SourceFile, data: bytes) -> SourceFile:
    return replace(file, data=data, text=SourceText(file.text.path, texts.to_lf(data), file.text.included))
