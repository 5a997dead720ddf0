"""The skills, commands and servers that go along with agents: which are written, what each is called, and no two at one place."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING

from agentconv.conversion import server_names, set_restraints
from agentconv.conversion.converted import Converted
from agentconv.conversion.in_place import read_in_place
from agentconv.conversion.open_servers import OpenServers
from agentconv.conversion.part_files import PartFiles
from agentconv.conversion.part_law import PartLaw, PartVerdict
from agentconv.conversion.part_names import PartNames
from agentconv.conversion.server_names import ServerNames
from agentconv.conversion.set_restraints import SetRestraints
from agentconv.core import effects, losses, vocabulary
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import LossSeverity
from agentconv.core.kinds import ADDING_UP
from agentconv.core.losses import becomes, listed, quoted
from agentconv.core.part_format import difference
from agentconv.core.parts import PermissionSet, SetHook, kind_of
from agentconv.formats import registry as formats
from agentconv.parts.rebasing import rebased
from agentconv.sources import hooks_off

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from agentconv.conversion.main_texts import MainTexts
    from agentconv.conversion.options import Options
    from agentconv.core.diagnostics import Loss
    from agentconv.core.kinds import Kind
    from agentconv.core.parts import Part
    from agentconv.sources.parts_on_disk import LoadedPart

_NUMBERED = ("skills", "commands")
"""What people and agents call by name, each from a file of its own: of several of one name, all but the first get a number."""
_ALONG = ("server-asks-as-rules", "server-limit-as-rules")
"""What says that rules of the whole set come with a server."""
_NUMBERS, _NAME = 100, 64
"""How many numbers are tried, and how long such a name may be."""


@dataclass(slots=True)
class CarriedParts:
    """The parts of one conversion, on their way to one target: each is held to the law at once, and written later."""

    target: str
    options: Options
    agents: Mapping[str, str]
    """Old name to new name, of agents that were renamed."""
    container: str | None = None
    """The name of the container that they are written into, where the target has one."""
    shut: Mapping[str, Loss] = field(default_factory=dict)
    """By their ids the servers that stay, and why."""
    servers: ServerNames = field(default_factory=ServerNames)
    """What servers are called, by whoever speaks of them."""
    verdicts: list[PartVerdict] = field(default_factory=list)
    open_servers: OpenServers = field(init=False)
    """Those that go, and the agents there that may not use them."""
    restraints: SetRestraints = field(init=False)
    """Those of the whole set that the target does not hold."""
    _files: dict[tuple[str, Kind], list[PartVerdict]] = field(default_factory=dict)
    """What of each kind goes into each shared file."""
    _taken: dict[str, PartVerdict] = field(default_factory=dict)
    """Whose the paths are that are taken, without their cases."""
    _alike: dict[tuple[str, Kind], list[tuple[PartVerdict, PartVerdict]]] = field(default_factory=dict)
    """Of parts whose paths would be one, each as it would be by its own name, and as it is."""
    _claimed: frozenset[str] = frozenset()
    """Paths that parts would have by their own names, without their cases."""
    _names: PartNames | None = None
    """What they are called, as far as that was asked for."""

    def __post_init__(self) -> None:
        """Begin with nothing that restrains."""
        self.restraints = SetRestraints(self.target)

    def judge(self, parts: Sequence[LoadedPart]) -> None:
        """Hold parts to the law; after this it is known which of them are written, and what they are called."""
        law = PartLaw(
            self.target,
            self.options.scope,
            self.agents,
            self.options.read or self.options.settings_there,
            insists=self.options.insists_on,
            takes_rules=self.options.rules_along,
        )
        is_shut = [one.kind == "servers" and one.part.id in self.shut for one in parts]
        stays = [*compress(parts, is_shut)]
        parts = self._called_apart([one for one, stay in zip(parts, is_shut, strict=True) if not stay])
        verdicts = self._restrained(parts, list(self._judged(list(self._united(parts)), law)))
        if any(one.rules for one in verdicts):
            verdicts = self._with_rules(verdicts, law)
        self._claimed = frozenset(one.path.casefold() for one in verdicts)
        order = sorted(range(len(verdicts)), key=lambda index: _claim(verdicts[index]))
        placed = {index: self._placed(verdicts[index], law) for index in order}
        self.verdicts = [placed[index] for index in range(len(verdicts))]
        self.open_servers = OpenServers(self.target, self.options, self._going())
        self.verdicts = [*self.verdicts, *(PartVerdict(one, losses=(self.shut[one.part.id],)) for one in stays)]

    def _going(self) -> dict[str, LoadedPart]:
        """Return the servers that are written, by what tools of theirs are called by in the target.

        Where its client documents a choice of servers and holds no agent to it, that is told as `not-enforced`.
        """
        if vocabulary.unenforced(self.target).servers:
            return {}
        servers = ((one.loaded, one.part) for one in self.verdicts if one.module is not None and one.loaded.kind == "servers")
        named = ((loaded, self.names.called("servers", part.name or "")[0]) for loaded, part in servers if part is not None)
        return {effects.server_key(name): loaded for loaded, name in named}

    def _called_apart(self, parts: Sequence[LoadedPart]) -> list[LoadedPart]:
        """Return parts, the servers among them under the names that they have in the set."""
        self.servers = server_names.of(parts, self._leaving)
        return list(map(self.servers.named, parts)) if self.options.on_duplicate == "suffix" else list(parts)

    def _with_rules(self, verdicts: list[PartVerdict], law: PartLaw) -> list[PartVerdict]:
        """Write rules of the set for parts whose files cannot say what is closed of them; what these cannot hold is judged without."""
        from agentconv.conversion.rules_along import RulesAlong

        along, law.takes_rules = RulesAlong(self.target, self.options, verdicts), False
        verdicts = [_without_rules(one) if one.rules and self._stays_out(one) else one for one in verdicts]
        verdicts = [one if not one.rules or along.takes(one) else self._moved(one.loaded, law) for one in verdicts]
        self.restraints = replace(self.restraints, rules=(*self.restraints.rules, *along.rules))
        return along.among(verdicts)

    def _stays_out(self, verdict: PartVerdict) -> bool:
        """Whether something else of a part's name is in its file, and is kept: that is the user's own, of which no rule of ours speaks."""
        return self.options.replaces is False and _not_added(verdict, self.options) is not None

    def _judged(self, parts: Sequence[LoadedPart], law: PartLaw) -> Iterator[PartVerdict]:
        """Yield the verdict on each part, the main texts of instructions being one."""
        texts = self._main_texts(parts)
        gathered = texts.gather(parts) if texts else parts
        for number, one in enumerate(gathered):
            loss = texts.elsewhere(number, one) if texts else None
            if loss is not None:
                yield PartVerdict(one, None if loss.severity is LossSeverity.REFUSAL else one.part, losses=(loss,))
            else:
                there = None if texts and number in texts.moved else self._in_place(one)
                yield self._moved(one, law) if there is None else _watched(there, law)

    def _main_texts(self, parts: Sequence[LoadedPart]) -> MainTexts | None:
        """Return what makes one main text of instructions, where there are any."""
        if not any(one.kind == "instructions" for one in parts):
            return None
        from agentconv.conversion.main_texts import MainTexts

        return MainTexts(self.target, self.options, lambda one: self._in_place(one) is not None)

    def _united(self, parts: Sequence[LoadedPart]) -> Iterator[LoadedPart]:
        """Yield parts, of which the rules of another client's several files are one: what it says in one file is in one here, too."""
        several: dict[str, list[LoadedPart]] = {}
        for one in parts:
            if one.kind == "permissions" and one.client != self.target:
                several.setdefault(one.client, []).append(one)
            else:
                yield one
        for sets in several.values():
            from agentconv.parts.permissions.uniting import united

            yield replace(sets[0], part=united([one.part for one in sets]))  # type: ignore[misc]

    def _restrained(self, parts: Sequence[LoadedPart], verdicts: list[PartVerdict]) -> list[PartVerdict]:
        """Refuse what could do in the target what is forbidden to the whole set, and not held there."""
        verdicts = [one if (why := self._idle(one)) is None else _left_open(one, why) for one in verdicts]
        by_file = {(one.loaded.kind, one.loaded.client, one.loaded.path, one.loaded.part.name): one for one in verdicts}
        whole = {one.loaded.client: one for one in verdicts if one.loaded.kind == "permissions"}
        found = [(one, by_file.get((one.kind, one.client, one.path, one.part.name)) or whole.get(one.client)) for one in parts]
        left = tuple(open_one for one, verdict in found for open_one in set_restraints.unheld(one, verdict))
        sets = [one.part for one in verdicts if isinstance(one.part, PermissionSet)]
        rules = tuple(rule for one in sets for rule in one.rules if rule.effect != "allow")
        held = set_restraints.held_guards(found)
        self.restraints = SetRestraints(self.target, left, self.options.unrestrained, rules, held)
        refusals = map(self.restraints.refusal, verdicts)
        return [
            one if loss is None else PartVerdict(one.loaded, losses=(*one.losses, loss))
            for one, loss in zip(verdicts, refusals, strict=True)
        ]

    def _idle(self, verdict: PartVerdict) -> str | None:
        """Return why the target runs nothing of the file that a guard comes into, or stands in; None where it does, or nobody knows."""
        loaded, read = verdict.loaded, self.options.read
        if read is None or verdict.part is None or not set_restraints.of(loaded):
            return None
        path = verdict.path or loaded.path
        if loaded.kind != "hooks":
            fault = hooks_off.void(self.target, path, read)
            return _not_added(verdict, self.options) if fault is None else f"it takes nothing of {path}: {fault}"
        own = verdict.part.definition if isinstance(verdict.part, SetHook) else None
        why = hooks_off.of_one(self.target, path, read, own) if own is not None else None
        return why or hooks_off.why(self.target, path, read, self.options.scope) or _not_added(verdict, self.options)

    def _in_place(self, loaded: LoadedPart) -> PartVerdict | None:
        """Return the verdict on a part whose file the target reads where it is; None for any other."""
        return read_in_place(loaded, self.target, self.options)

    def _moved(self, loaded: LoadedPart, law: PartLaw) -> PartVerdict:
        """Hold a part to the law as it is outside of its plugin, and under the names that servers have in the set."""
        told: list[Loss] = []
        based = self._leaving(loaded)
        if based is not loaded.part:
            folder = quoted(self.options.below_root(loaded.root))
            told.append(losses.loss("part-rebased", based.id, "body", self.target, folder, part=loaded.kind))
        part = server_names.speaking(based, self.names.spoken(loaded))
        if part is None:
            return self._unfollowed(loaded)
        if part is not based:
            called = listed(sorted(server_names.servers_of(part) - server_names.servers_of(based)))
            told.append(losses.loss("part-renamed", part.id, "name", self.target, called, part=loaded.kind))
        if loaded.kind == "servers" and part.id in self.servers.numbered:
            becoming = becomes(*self.servers.numbered[part.id])
            told.append(losses.loss("part-name-duplicate", part.id, "name", self.target, becoming, part=loaded.kind))
        verdict = law.judge(loaded if part is loaded.part else replace(loaded, part=part))
        return replace(verdict, loaded=loaded, losses=(*verdict.losses, *told)) if told else verdict

    def _unfollowed(self, loaded: LoadedPart) -> PartVerdict:
        """Return the verdict on a part that speaks of servers in a way that cannot follow their names: what it holds back is not held."""
        loss = losses.loss("part-server-unclear", loaded.part.id, "name", self.target, quoted(loaded.part.name), part=loaded.kind)
        why = {one.text: "nobody can say which servers its matcher is about in the target" for one in set_restraints.of(loaded)}
        return PartVerdict(loaded, losses=() if why else (loss,), left_open=why)

    def _leaving(self, loaded: LoadedPart) -> Part:
        """Return a part that, where it leaves a plugin within the project, names that one's folder from the project's root."""
        if formats.FORMATS[self.target].index or self.options.scope != "project":
            return loaded.part
        folder = self.options.below_root(loaded.root)
        return loaded.part if folder is None else rebased(loaded.part, folder)

    def _placed(self, verdict: PartVerdict, law: PartLaw) -> PartVerdict:
        """Return a verdict with a place of its own for its file, or among others in a shared one."""
        if verdict.part is None or verdict.module is None:
            return verdict
        if verdict.is_shared:
            others = self._files.setdefault((verdict.path, kind_of(verdict.part)), [])
            verdict = replace(verdict, part=_apart(verdict.part, others))
            name = verdict.part.name if verdict.part else None
            first = next((one for one in others if one.part and one.part.name == name), None)
            if first is None:
                others.append(verdict)
                return verdict
            spot = f"{verdict.path.casefold()}#{name}"
        else:
            first = self._taken.setdefault(verdict.path.casefold(), verdict)
            if first is verdict:
                return verdict
            spot = verdict.path.casefold()
        alike = self._alike.setdefault((spot, verdict.loaded.kind), [(first, first)])
        same = next((placed for one, placed in alike if _are_same(verdict, one)), None)
        if same is not None:
            return self._beside(verdict, "part-same", part=same.part)
        numbered = self._numbered(verdict, law, len(alike) + 1) if first.loaded.kind == verdict.loaded.kind else None
        if numbered is not None:
            alike.append((verdict, numbered))
        return numbered or self._beside(verdict, "part-name-taken")

    def _beside(self, verdict: PartVerdict, code: str, part: Part | None = None) -> PartVerdict:
        """Return the verdict on a part that gets no file, since another one has it."""
        named = verdict.part or verdict.loaded.part
        loss = losses.loss(code, named.id, "name", self.target, quoted(named.name), part=verdict.loaded.kind)
        return PartVerdict(verdict.loaded, part, losses=(*verdict.losses, loss))

    def _numbered(self, verdict: PartVerdict, law: PartLaw, first: int) -> PartVerdict | None:
        """Return the verdict on a skill or command under its name with a number, as agents of one name get it; None where that is no way.

        What is there for one mode alone stands for what all have, and stays out.
        """
        loaded, part = verdict.loaded, verdict.part
        if part is None or loaded.kind not in _NUMBERED or loaded.only_in:
            return None
        for number in range(first, first + _NUMBERS if self.options.on_duplicate == "suffix" else 0):
            end = f"-{number}"
            name = f"{(part.name or '')[: _NAME - len(end)]}{end}"
            renamed: Part = replace(loaded.part, name=name)  # type: ignore[arg-type]
            again = self._moved(replace(loaded, part=renamed), law)
            if again.part is None or again.is_shared:
                return None
            if again.path.casefold() not in self._taken.keys() | self._claimed:
                loss = losses.loss(
                    "part-name-duplicate", part.id, "name", self.target, becomes(part.name, again.part.name), part=loaded.kind
                )
                again = replace(again, loaded=loaded, losses=(*again.losses, loss))
                self._taken[again.path.casefold()] = again
                return again
        return None

    @property
    def names(self) -> PartNames:
        """What agents of the target call the parts by."""
        known = self._names
        if known is None or known.verdicts is not self.verdicts or known.servers is not self.servers:
            known = self._names = PartNames(self.target, self.verdicts, self.servers, self.container)
        return known

    def kept(self) -> list[LoadedPart]:
        """Return the parts that stay in their own client's format, with the values that they have."""
        return [one.loaded for one in self.verdicts if one.part is not None and one.loaded.client == self.target]

    @property
    def any_written(self) -> bool:
        """Whether the target has any part then."""
        return any(one.part is not None for one in self.verdicts)

    @property
    def in_place(self) -> tuple[str, ...]:
        """The names of the servers that the target has by the source's own files."""
        there = (one.part for one in self.verdicts if one.part is not None and one.module is None and one.loaded.kind == "servers")
        names = dict.fromkeys(part.name for part in there if part.name)
        return tuple(name for name in names if effects.server_key(name) not in self.open_servers.going)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The names of the servers that stay since not all agents there may use them."""
        stay = (one.loaded for one in self.verdicts if one.loaded.kind == "servers" and one.loaded.part.id in self.shut)
        return tuple(name for loaded in stay for name in loaded.names)

    def written(self, kind: Kind) -> frozenset[str]:
        """Return the names, in the source, of the parts of a kind that the target has then."""
        found = (one.loaded for one in self.verdicts if one.part is not None and one.loaded.kind == kind)
        return frozenset(name for loaded in found for name in loaded.names)

    @property
    def shared(self) -> frozenset[str]:
        """Paths of files in which there are entries of others, too."""
        return frozenset(path for path, _ in self._files)

    def leave(self, parts: Collection[LoadedPart]) -> None:
        """Leave parts where they are after all."""
        left = {(one.kind, one.part.id) for one in parts}
        goes = [one for one in self.verdicts if (one.loaded.kind, one.loaded.part.id) not in left]
        self.verdicts = goes
        going = {id(one) for one in goes}
        files = {key: [one for one in verdicts if id(one) in going] for key, verdicts in self._files.items()}
        self._files = {key: verdicts for key, verdicts in files.items() if verdicts}

    def convert(self, beside: Mapping[str, Converted]) -> Iterator[Converted]:
        """Write the parts; `beside` has the files of agents that parts go into as well."""
        if told := tuple(self.restraints.told()):
            yield Converted(self.target, (), losses=told)
        yield from PartFiles(self.target, self.options, self.verdicts, self._files).convert(beside)


def _not_added(verdict: PartVerdict, options: Options) -> str | None:
    """Return why a part, or what it runs, cannot be put where it goes, for what others have there; None where it can be."""
    if options.read is None or verdict.part is None:
        return None
    if options.replaces is False and not options.into_root(verdict.loaded.root):
        for one in verdict.files[1:]:
            if options.read(one.path) not in (None, one.data):
                return f"another file is at {one.path}"
    present = options.read(verdict.path) if verdict.is_shared else None
    if present is None or verdict.module is None or verdict.place is None:
        return None
    from agentconv.conversion.shared_parts import SharedParts

    merged = SharedParts(verdict.module, verdict.path, verdict.place, (verdict.part,)).merge(present, force=bool(options.replaces))
    if merged.kept and options.replaces is False and not merged.problem:
        return f"other content of {verdict.path} is kept"
    return f"nothing can be added to {verdict.path}: {merged.problem}" if merged.problem else None


def _without_rules(verdict: PartVerdict) -> PartVerdict:
    """Return the verdict on a part that does not come, nor do the rules of the whole set that were to come with it."""
    return replace(verdict, rules=(), losses=tuple(one for one in verdict.losses if one.code not in _ALONG))


def _left_open(verdict: PartVerdict, why: str) -> PartVerdict:
    """Return the verdict on a guard that comes, and holds nothing there."""
    return replace(verdict, left_open={one.text: why for one in set_restraints.of(verdict.loaded)})


def _watched(there: PartVerdict, law: PartLaw) -> PartVerdict:
    """Return the verdict on a part that is read where it is: a hook there is told what one is told that is written for the target."""
    loaded = there.loaded
    if loaded.kind != "hooks" or loaded.client == law.target or not set_restraints.of(loaded):
        return there
    return replace(there, left_open={one.restraint.text: one.reason for one in set_restraints.unheld(loaded, law.judge(loaded))})


def _apart(part: Part, others: Sequence[PartVerdict]) -> Part:
    """Return a part under a name that none of those has that go into its file before it, of a kind whose names say no more."""
    if not isinstance(part, SetHook):
        return part
    names = {one.part.name for one in others if one.part is not None}
    name, number = part.name, 1
    while name in names:
        number += 1
        name = f"{part.name}~{number}"
    return replace(part, name=name)


def _are_same(one: PartVerdict, other: PartVerdict) -> bool:
    """Whether two parts of one name are one and the same in the target."""
    if one.part is None or other.part is None or one.loaded.kind != other.loaded.kind:
        return False
    return one.files == other.files if one.files and other.files else not difference(one.part, other.part)


def _claim(verdict: PartVerdict) -> tuple[bool, bool]:
    """Return what sorts parts by their claim to a name: what is called so comes before what was renamed or turned into its kind."""
    loaded, part = verdict.loaded, verdict.part
    if part is None or loaded.kind in ADDING_UP:
        return False, False
    return part.name != loaded.part.name or bool(loaded.only_in), kind_of(part) != loaded.kind
