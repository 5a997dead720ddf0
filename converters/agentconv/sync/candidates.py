"""Each entry that a run is about: what the source gives for it, what is there, what was settled, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.install.places import entry_name
from agentconv.sync import digests, moving, overriding, present, strangers, texts
from agentconv.sync.decisions import PUTS, Entry, Source, There, decide_entry
from agentconv.sync.preferring import SOURCE, TARGET, side_of
from agentconv.sync.settling import settle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent
    from agentconv.core.widening import Widening
    from agentconv.install.lock import Synced
    from agentconv.sync.bases import Bases
    from agentconv.sync.preferring import Preference
    from agentconv.sync.present import File
    from agentconv.sync.settings import Settings
    from agentconv.sync.settling import Settled
    from agentconv.sync.situation import Situation
    from agentconv.sync.sources import Key
    from agentconv.sync.views import View, Views


@dataclass(slots=True)
class Candidate:
    """One entry of one target."""

    target: str
    path: str
    pointer: str
    key: Key
    """Its agent in the source."""
    name: str
    """That agent's name, for people."""
    source: Source
    source_sha256: str = ""
    """Of that file's text."""
    view: View | None = None
    bases: list[Synced] = field(default_factory=list)
    there: Agent | None = None
    file: File | None = None
    """The file that the agent is in now."""
    moved_from: tuple[str, str] | None = None
    """Where it was, when it is to be elsewhere from now on."""
    entry: Entry = Entry.NOTHING
    settled: Settled | None = None
    wider: tuple[Widening, ...] = ()
    """What it may do in the target beyond what its source allows."""
    unheld: tuple[Widening, ...] = ()
    """What it may do there by what the configuration keeps, and its source, which changed since then, does not say."""
    allowed: tuple[Widening, ...] = ()
    """The same as `wider`, of a file that was taken into the source and says what it said then, as the configuration says, too."""
    reason: str | None = None
    """Why nothing is done."""
    way: str = ""
    """What can be done about that; empty where that is to mend it, or to name the agent for the source's word."""
    kept: frozenset[str] = frozenset()
    kept_alone: frozenset[str] = frozenset()
    """Those of them that the configuration names for this agent alone."""
    kept_wider: frozenset[str] = frozenset()
    """What the configuration says that it may do beyond what its source does."""
    carried: frozenset[str] = frozenset()
    """Fields whose edits are in the source by now."""
    refused: tuple[Loss, ...] = ()
    """Why the target cannot hold it."""
    owner: str | None = None
    """The pack that has something in its place."""
    author: Agent | None = None
    """Its agent in the source, where the target cannot hold it."""
    instead: Agent | None = None
    """What its client has then where it finds no file of its own, since it reads the source's folder."""
    more_instead: tuple[Widening, ...] = ()
    """What the agent could do by that beyond what it may do as it stands here."""
    replaces: bool = False
    """Whether something that is not ours gives way, because a person said so."""
    is_taken: bool = False
    """Whether what is not ours is taken for an edit, because a person said so."""
    renamed_to: str | None = None
    """The name that it has in the target by now, because somebody renamed it there."""
    renamed_in: tuple[str, str, Agent] | None = None
    """Where that one is: its file, its place in it, and the agent."""
    alike: tuple[File, str, Agent] | None = None
    """An agent that is nobody's, has another name, and says nearly the same: which of both is meant is a person's to say."""
    copy: str | None = None
    """Where what gives way is kept, where version control does not have it."""
    is_unlocked: bool = False
    """Whether it was there, and not ours, before this run."""
    is_given: bool = False
    """Whether it is what the source gave with other options, to the byte: nobody wrote anything in it, and it may be written anew."""

    @property
    def place(self) -> tuple[str, str]:
        """Where it is to be."""
        return self.path, self.pointer

    @property
    def named(self) -> str | None:
        """Its name in the target, as it was settled."""
        return next((base.name for base in self.bases), None)

    @property
    def lets_go(self) -> bool:
        """Whether something that somebody wrote there gives way, because a person said so."""
        return self.replaces or (self.settled is not None and self.settled.undone)

    @property
    def after(self) -> Agent | None:
        """The agent as its file has it after the run."""
        if self.entry not in PUTS or self.view is None:
            return self.there
        return self.settled.agent if self.settled is not None else self.view.agent

    @property
    def was_there(self) -> bool:
        """Whether its file was there before anything was kept in step, or has a person's words in it that were settled along with ours."""
        return bool(self.bases) and not any(base.created for base in self.bases)

    @property
    def is_taken_over(self) -> bool:
        """Whether somebody wrote it, in their own way, and it is kept in step from now on."""
        if self.entry is not Entry.TAKE_OVER or self.view is None or self.file is None or self.file.data is None:
            return False
        return bool(self.pointer) or texts.to_lf(self.file.data) != texts.to_lf(self.view.data)

    def place_in(self, path: str) -> None:
        """Have it in another file than its view says."""
        if path != self.path and self.view is not None:
            self.path, self.view = path, replace(self.view, path=path)

    def state(self) -> There:
        """Tell what is in its place."""
        if self.there is None:
            return There.UNREADABLE if self.file is not None and self.file.problem else There.NOTHING
        if self.file is not None and self.file.problem:
            return There.UNREADABLE
        found = digests.of(self.there)
        if any(self._is_as_left(found, one) for one in self.bases):
            return There.AS_LEFT
        return There.EQUAL if self.view is not None and found == digests.of(self.view.agent) else There.OTHER

    def _is_as_left(self, found: Mapping[str, str], base: Synced) -> bool:
        sha256 = self.file.sha256 if self.file is not None else ""
        left = digests.left(base.fields, base.own)
        is_told = bool(self.pointer) and digests.HIDDEN not in left.values()
        return (is_told or sha256 == base.bytes_sha256) and found == left

    def decide(self, bases: Bases, prefer: Preference, asked: Preference | None = None) -> None:
        """Decide what becomes of it.

        Args:
            bases: Finds texts that were settled.
            prefer: Whose word counts.
            asked: The same before edits got into the source, which settled it; None where none did.
        """
        if self.owner is not None:
            self.entry, self.reason = Entry.LEAVE, f"the pack {self.owner} has an agent there"
            self.way = f"rename the agent in its source, or agentconv uninstall {self.owner}"
            return
        created = all(one.created for one in self.bases)
        self.entry = decide_entry(self.source, self.state(), locked=bool(self.bases), created=created)
        wish = prefer.of(self.target, self.name)
        self._heed(wish.get("") if prefer.names(self.target, self.name) else None)
        self._take((asked or prefer).of(self.target, self.name) if self.name in (asked or prefer).agents() else {}, bases)
        if self.entry is Entry.STALE:
            self._judge_stale()
        if self.entry in (Entry.WRITE, Entry.RESTORE) and self.kept_alone and self.view is not None and not self.replaces:
            self._keep(self.view, bases)
        if self.entry in (Entry.FIELDS, Entry.TAKE_OVER) and self.view is not None and self.there is not None:
            self.settled = settle(
                self.view.agent,
                self.there,
                self._known(self.there),
                lambda: self.base(bases),
                prefer=wish,
                kept=self.kept,
                is_named=prefer.names(self.target, self.name),
                unheld=bool(self._unheld(wish if prefer.names(self.target, self.name) else {})),
            )
            if not self.settled.in_step or self.kept:
                self._judge(self.view, self.settled)

    def _keep(self, view: View, bases: Bases) -> None:
        """Write what the configuration keeps of a file that is gone as it stood; where nothing tells how, nothing takes its place.

        It may have been what held the agent to less than its source says.
        """
        was = self.base(bases)
        if was is None:
            self.entry, self.reason = Entry.LEAVE, "it is gone, and `keep` says that what stood in it counts"
            self.way = f"bring it back from version control, or take `keep` out of [sync.agents.{self.name}.{self.target}]"
            return
        self.settled = settle(view.agent, was, self.bases, lambda: was, kept=self.kept)
        self._judge(view, self.settled)

    def _unheld(self, wish: Mapping[str, str]) -> tuple[Widening, ...]:
        """See what an agent may do by what is kept that its source, which says another thing than when that was settled, does not say.

        What `keep` was written for was another thing. Until a person says that it is meant of this, too, it is told in each run.
        """
        kept = self.view is not None and self.there is not None and bool(digests.members(self.kept))
        if not kept or self.view is None or self.there is None or side_of(digests.GROUP, wish) == TARGET:
            return ()
        now = digests.rights(self.view.agent)
        if not self.bases or any(digests.grouped(one.fields).get(digests.GROUP, digests.ABSENT) == now for one in self.bases):
            return ()
        self.unheld = tuple(compare.apart(self.view.agent, self.there, self.target))
        return self.unheld

    def _judge(self, view: View, settled: Settled) -> None:
        """See whether it may do more than its source says: that is told in each run, and never settled.

        Only what a person took into the source as it stood is: the source was made of it, and cannot say all of it. The configuration names
        what that is, for people look at it; that the lock says so alone is a claim.
        """
        beyond = compare.widenings(view.source, settled.agent, self.target)
        self.unheld = () if beyond else self.unheld  # nobody's word makes that settled
        found = (*beyond, *self.unheld)
        if found and {*found} <= {*compare.widenings(view.source, view.agent, self.target)}:
            return  # the source gives it, as is asked for or accepted; each run says so as a loss
        is_named = all(one.name in self.kept_wider for one in found)
        if found and is_named and any(_is_allowed(base, view, settled) for base in self.bases):
            self.allowed = found
        elif found:
            self.wider = found
            self.settled = replace(settled, own={path: one for path, one in settled.own.items() if not digests.restrains(path)})

    def _heed(self, side: str | None) -> None:
        """Let the word of a person who named it decide about the whole of it: what is not ours is replaced, what was released goes.

        Nobody else's does: such a file holds what somebody wrote, also where its client cannot read it.
        """
        is_foreign = self.entry is Entry.FOREIGN and not self.kept  # of which what is kept stays, whoever wrote it
        if side == SOURCE and (is_foreign or (self.entry is Entry.LEAVE and self.source is Source.THERE)):
            self.entry, self.replaces = Entry.WRITE, True
        if self.entry is Entry.RELEASE and side == SOURCE and self.source is not Source.IS_TARGET:
            self.entry, self.replaces = Entry.DELETE, True

    def _take(self, asked: Mapping[str, str], bases: Bases) -> None:
        """Take what is not ours for an edit of what the source gives, as far as a person spoke of it."""
        if self.entry is Entry.FOREIGN and asked and self.view is not None and self.there is not None and self.state() is There.OTHER:
            self.entry, self.is_taken = Entry.FIELDS, True
            self.bases = [strangers.settled(self.view, self.there, self.name, asked, bases)]

    def settle_as(self, view: View) -> None:
        """Take what is there for what the source gave with other options: what it gives now takes its place, and it was there before us."""
        sha256 = self.file.sha256 if self.file is not None and not self.pointer else ""
        self.bases = [replace(strangers.as_given(view, self.name), bytes_sha256=sha256)]
        self.is_given = True

    def hold_back(self, version: str, prefer: Preference) -> None:
        """Leave what a later agentconv wrote as it is, where this one has it otherwise: two versions would undo each other's work."""
        insists = prefer.insists(self.target, self.name)
        if self.settled is not None and self.settled.written and self.bases and not insists:
            self.entry, self.settled = Entry.LEAVE, None
            self.reason = f"agentconv {version} wrote it, and this is an older one"
            self.way = f"install that version; agentconv sync --prefer source {self.name} writes it anew all the same"

    def _judge_stale(self) -> None:
        """See what an agent that the target cannot hold any more may still do there: more than its source says is not left to it.

        Unless its client would then read the source's own file, by which it could do more still: the narrower one of both stays.
        """
        if self.author is None or self.there is None:
            return
        self.wider = tuple(compare.widenings(self.author, self.there, self.target))
        if self.wider and self.instead is not None:
            self.more_instead = tuple(compare.widenings(self.there, self.instead, self.target))
        if self.wider and self._is_meant():
            self.allowed, self.wider = self.wider, ()
        ours = all(one.created for one in self.bases)  # what somebody wrote is theirs to take away
        if self.wider and ours and not self.more_instead and self.state() is There.AS_LEFT:
            self.entry, self.wider = Entry.DELETE, ()
            self.reason = "it could do more than its source says now, which the target cannot hold"

    def _is_meant(self) -> bool:
        """Whether the configuration names all that an agent may do beyond its source that cannot be held any more.

        That counts of the narrower one of both, and of one that says what it said when it was taken in, as does its source.
        """
        if not all(one.name in self.kept_wider for one in self.wider):
            return False
        rights = digests.rights(self.author) if self.author is not None else ""
        is_as_taken = self.state() is There.AS_LEFT and any(base.allows == rights != digests.HIDDEN for base in self.bases)
        return bool(self.more_instead) or is_as_taken

    def _known(self, there: Agent) -> list[Synced]:
        """Return what was settled; an edit that is in the source by now is."""
        if not self.carried:
            return self.bases
        found = digests.of(there)
        fixed = {path: found[path] for path in self.carried if path in found}
        return [*self.bases, *(replace(one, fields={**one.fields, **fixed}) for one in self.bases[:1])]

    def base(self, bases: Bases) -> Agent | None:
        """Return the agent that was settled last, where its text is found."""
        return settled_agent(self.bases, self.file, bases)


def _is_allowed(base: Synced, view: View, settled: Settled) -> bool:
    """Whether the source says of what an agent may do what it said when the target's file was taken in, which says the same since then.

    It is the source's own words that count, too: what it gives may be the same where the target could hold no more of them.
    """
    sides = ((base.fields, digests.of(view.agent)), (base.own, settled.own))
    was, now = ([digests.grouped(one).get(digests.GROUP) for one in side] for side in zip(*sides, strict=True))
    same = was == now and base.allows == digests.rights(view.source)
    return same and was[1] is not None and digests.HIDDEN not in (*was, base.allows)


def settled_agent(entries: Sequence[Synced], file: File | None, bases: Bases) -> Agent | None:
    """Return an agent as it was settled last, where its text is found: in its file, or elsewhere.

    The text of a file of several agents may be one that git never had; then an older one of it has the agent as it was settled.
    """
    there, like = (file.data, file.like) if file is not None else (None, "")
    for one in entries:
        data = bases.text(one.blob, there)
        found = _in_text(one, data, like) if data is not None else None
        if found is None and one.pointer:
            found = next(
                (agent for text in bases.history(one.path) if (agent := _in_text(one, text, like)) and _is_settled(one, agent)), None
            )
        if found is not None:
            return found
    return None


def _in_text(entry: Synced, data: bytes, like: str) -> Agent | None:
    """Return the agent of an entry in a text that its file had."""
    agents = present.parsed(entry.path, entry.target, data, like).agents
    return agents.get(entry.pointer) or (next(iter(agents.values())) if len(agents) == 1 else None)


def _is_settled(entry: Synced, agent: Agent) -> bool:
    """Whether the fields that are merged are what was settled."""
    found = digests.of(agent)
    rows = [(found.get(path), entry.fields.get(path)) for path in (*digests.TEXTS, *digests.LISTS)]
    return all(one == other != digests.HIDDEN for one, other in rows)


def of(situation: Situation, bases: Bases) -> list[Candidate]:
    """Return every entry that a run is about, by target and path.

    Args:
        situation: What it starts from.
        bases: Finds texts that were settled.
    """
    lock, sources, files, given = situation.lock, situation.sources, situation.files, situation.views
    by_place: dict[tuple[str, str, str], list[Synced]] = {}
    for one in lock.synced:
        by_place.setdefault((one.target, *one.key), []).append(one)
    unread = _unread(situation)
    moved = moving.found(situation, unread, lambda several: settled_agent(several, files.get(several[0].path), bases))
    found: list[Candidate] = []
    for views in given:
        by_agent: dict[Key, list[Synced]] = {}
        for place, several in by_place.items():
            if place[0] == views.target:
                by_agent.setdefault(moved.get(several[0].agent, several[0].agent), []).extend(several)
        found += [_of_view(view, by_place, by_agent, files, situation.settings) for view in views.entries]
    packs = {(entry.target, *entry.key): entry.packs[0] for entry in lock.entries}
    for given_one in found:
        given_one.owner = packs.get((given_one.target, *given_one.place))
        given_one.source_sha256 = sources.files[given_one.key[0]].sha256
        given_one.carried = situation.carried.get((given_one.target, *given_one.place), frozenset())
    taken = {(one.target, *one.place) for one in found} | {(one.target, *one.moved_from) for one in found if one.moved_from}
    states = {views.target: views for views in given}
    agents = dict(sources.agents())
    for place, several in by_place.items():
        if place not in taken:
            reason = unread.get(several[0].agent)
            key = moved.get(several[0].agent, several[0].agent)
            found.append(_without_view(several, (key, agents.get(key)), states.get(place[0]), reason, situation))
    return sorted(found, key=lambda one: (one.target, one.path, one.pointer))


def _of_view(
    view: View,
    by_place: Mapping[tuple[str, str, str], list[Synced]],
    by_agent: Mapping[Key, list[Synced]],
    files: Mapping[str, File],
    settings: Settings,
) -> Candidate:
    """Return the entry of an agent that the source gives."""
    name = view.source.name or view.agent.name or ""
    bases = by_place.get((view.target, view.path, view.pointer), [])
    one = Candidate(view.target, view.path, view.pointer, view.key, name, Source.THERE, view=view, bases=bases)
    one.kept = overriding.kept(settings, view.target, name)
    one.kept_alone = overriding.kept_alone(settings, view.target, name)
    one.kept_wider = overriding.kept_wider(settings, view.target, name)
    file = files.get(view.path)
    old = by_agent.get(view.key, [])
    if (
        not bases
        and old
        and (file is None or view.pointer not in file.agents)
        and (file is None or bool(view.pointer) or file.data is None)
    ):
        one.bases, one.moved_from = old, old[0].key
        one.place_in(moving.place(view, old[0], by_place, files))
        file = files.get(old[0].path)
        one.there = file.agents.get(old[0].pointer) if file is not None else None
    else:
        one.there = file.agents.get(view.pointer) if file is not None else None
    one.file = file
    one.is_unlocked = not one.bases and one.there is not None
    return one


def _unread(situation: Situation) -> dict[Key, str]:
    """Return the agents of which nothing is known, with the reason: the file is broken, or a copy that is a source since a switch."""
    broken_by = situation.sources.broken_by
    reasons = ((one.agent, broken_by(one.source) or broken_by(one.path)) for one in situation.lock.synced)
    return {agent: reason for agent, reason in reasons if reason is not None}


def _without_view(
    several: list[Synced], of_agent: tuple[Key, Agent | None], views: Views | None, unread: str | None, situation: Situation
) -> Candidate:
    """Return an entry of the lock for which the source gives nothing."""
    first, (key, author) = several[0], of_agent
    name = first.name if not first.pointer else entry_name(first.pointer)
    name = author.name or name if author is not None else name  # by which the configuration knows it, whatever it is called there
    if first.target == situation.settings.source_format:
        source = Source.IS_TARGET
    elif views is None or key in views.skipped:
        source = Source.LEFT_OUT
    elif key in views.refused:
        source = Source.REFUSED
    elif unread is not None:
        source = Source.BROKEN
    else:
        source = Source.GONE
    one = Candidate(first.target, *first.key, key, name, source, bases=several)
    one.file = situation.files.get(first.path)
    one.there = one.file.agents.get(first.pointer) if one.file is not None else None
    one.refused = views.refused.get(key, ()) if views is not None else ()
    one.reason = unread
    if source is Source.REFUSED:
        one.author = author
        one.kept_wider = overriding.kept_wider(situation.settings, one.target, name)
        one.instead = situation.instead(one.target).get(key)
    return one
