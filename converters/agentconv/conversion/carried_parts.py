"""The skills, commands and servers that go along with agents: where each file goes, no two to one place, and what is told of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.conversion import set_restraints
from agentconv.conversion.converted import Converted, bug_in_file
from agentconv.conversion.part_law import PartLaw, PartVerdict, as_source
from agentconv.conversion.part_names import PartNames
from agentconv.conversion.set_restraints import SetRestraints
from agentconv.conversion.shared_parts import SharedParts, Together, called_beside
from agentconv.core import losses
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Code, Detail, Diagnostic, InternalError, Severity, Span
from agentconv.core.kinds import ADDING_UP
from agentconv.core.losses import becomes, listed, quoted
from agentconv.core.part_format import PartSource, difference
from agentconv.core.parts import PermissionSet, SetHook, kind_of
from agentconv.core.source import SourceText
from agentconv.disk.output import OutputFile
from agentconv.formats import registry as formats
from agentconv.parts import registry
from agentconv.parts.rebasing import rebased
from agentconv.sources.places_on_disk import matches

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from agentconv.conversion.index_file import Listing
    from agentconv.conversion.main_texts import MainTexts
    from agentconv.conversion.options import Options
    from agentconv.core.diagnostics import Loss
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import Place, WrittenFile
    from agentconv.core.parts import Part
    from agentconv.sources.parts_on_disk import LoadedPart

_NUMBERED = ("skills", "commands")
"""What people and agents call by name, each from a file of its own: of several of one name, all but the first get a number."""
_NUMBERS, _NAME = 100, 64
"""How many numbers are tried, and how long such a name may be."""
_RESTRAINTS = ("invoked_by", "denied_tools", "hooks")
"""Fields by which an author holds the model, or a skill, back."""


@dataclass(slots=True)
class CarriedParts:
    """The parts of one conversion, on their way to one target: each is held to the law at once, and written later."""

    target: str
    options: Options
    agents: Mapping[str, str]
    """Old name to new name, of agents that were renamed."""
    container: Listing | None = None
    """The file that makes a container of what is written, where the target has one."""
    verdicts: list[PartVerdict] = field(default_factory=list)
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
    _scripts_taken: set[str] = field(default_factory=set)
    """Paths of scripts that are written."""

    def __post_init__(self) -> None:
        """Begin with nothing that restrains."""
        self.restraints = SetRestraints(self.target)

    def judge(self, parts: Sequence[LoadedPart]) -> None:
        """Hold parts to the law; after this it is known which of them are written, and what they are called."""
        law = PartLaw(
            self.target,
            self.options.scope,
            self.agents,
            self.options.read,
            insists=self.options.allow_widening,
            takes_rules=self.options.rules_along,
        )
        verdicts = self._restrained(parts, list(self._judged(list(self._united(parts)), law)))
        if any(one.rules for one in verdicts):
            verdicts = self._with_rules(verdicts, law)
        self._claimed = frozenset(one.path.casefold() for one in verdicts)
        order = sorted(range(len(verdicts)), key=lambda index: _claim(verdicts[index]))
        placed = {index: self._placed(verdicts[index], law) for index in order}
        self.verdicts = [placed[index] for index in range(len(verdicts))]

    def _with_rules(self, verdicts: list[PartVerdict], law: PartLaw) -> list[PartVerdict]:
        """Write rules of the set for parts whose files cannot say what is closed of them; what these cannot hold is judged without."""
        from agentconv.conversion.rules_along import RulesAlong

        along, law.takes_rules = RulesAlong(self.target, self.options, verdicts), False
        verdicts = [one if not one.rules or along.takes(one) else self._moved(one.loaded, law) for one in verdicts]
        self.restraints = replace(self.restraints, rules=(*self.restraints.rules, *along.rules))
        return along.among(verdicts)

    def _judged(self, parts: Sequence[LoadedPart], law: PartLaw) -> Iterator[PartVerdict]:
        """Yield the verdict on each part, the main texts of instructions being one."""
        texts = self._main_texts(parts)
        gathered = texts.gather(parts) if texts else parts
        moved, joined = (texts.moved, texts.joined) if texts else (set(), {})
        for number, one in enumerate(gathered):
            if texts and number in joined:
                yield PartVerdict(one, one.part, losses=(texts.loss(one, joined[number]),))
            else:
                yield (None if number in moved else self._in_place(one)) or self._moved(one, law)

    def _main_texts(self, parts: Sequence[LoadedPart]) -> MainTexts | None:
        """Return what makes one main text of instructions, where there are any."""
        if not any(one.kind == "instructions" for one in parts):
            return None
        from agentconv.conversion.main_texts import MainTexts

        return MainTexts(self.target, self.options.scope, lambda one: self._in_place(one) is not None)

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
        by_file = {(one.loaded.kind, one.loaded.client, one.loaded.path, one.loaded.part.name): one for one in verdicts}
        whole = {one.loaded.client: one for one in verdicts if one.loaded.kind == "permissions"}
        found = [(one, by_file.get((one.kind, one.client, one.path, one.part.name)) or whole.get(one.client)) for one in parts]
        left = tuple(open_one for one, verdict in found for open_one in set_restraints.unheld(one, verdict))
        sets = [one.part for one in verdicts if isinstance(one.part, PermissionSet)]
        rules = tuple(rule for one in sets for rule in one.rules if rule.effect != "allow")
        self.restraints = SetRestraints(self.target, left, self.options.unrestrained, rules)
        refusals = map(self.restraints.refusal, verdicts)
        return [
            one if loss is None else PartVerdict(one.loaded, losses=(*one.losses, loss))
            for one, loss in zip(verdicts, refusals, strict=True)
        ]

    def _in_place(self, loaded: LoadedPart) -> PartVerdict | None:
        """Return the verdict on a part whose file the target reads where it is; None for any other."""
        source, module = loaded.source, registry.part_format(self.target, loaded.kind)
        if source is None or module is None or not self.options.into_root(loaded.root):
            return None
        places = module.project if self.options.scope == "project" else module.user
        place = next((one for one in places if matches(one, source.text.path)), None)
        if place is None or (place.unless and self._gives_way(place, source.text.path)):
            return None
        if loaded.client == self.target:
            return PartVerdict(loaded, loaded.part)
        result = module.read(replace(source, place=place))
        both = zip(result.parts, result.states, strict=True)
        found, state = next(((part, state) for part, state in both if part.name == loaded.part.name), (None, None))
        if loaded.kind in ADDING_UP and (state is None or state.dropped):
            return None  # the target takes none of it where it is
        told = None if found is None else loose_in_place(loaded, found, source.text.path, self.target)
        told = told or losses.loss("part-in-place", loaded.part.id, "name", self.target, quoted(source.text.path), part=loaded.kind)
        return PartVerdict(loaded, loaded.part, losses=(told,))

    def _gives_way(self, place: Place, path: str) -> bool:
        """Whether the target passes over a file for another one that is there."""
        from agentconv.conversion.main_texts import hidden

        return self.options.present is not None and hidden(place, path, self.options.present)

    def _moved(self, loaded: LoadedPart, law: PartLaw) -> PartVerdict:
        """Hold a part to the law; one that leaves a plugin within the project names that one's folder from the project's root."""
        if formats.FORMATS[self.target].index or self.options.scope != "project":
            return law.judge(loaded)
        folder = self.options.below_root(loaded.root)
        part = loaded.part if folder is None else rebased(loaded.part, folder)
        if part is loaded.part:
            return law.judge(loaded)
        verdict = law.judge(replace(loaded, part=part))
        told = losses.loss("part-rebased", part.id, "body", self.target, quoted(folder), part=loaded.kind)
        return replace(verdict, loaded=loaded, losses=(*verdict.losses, told))

    def _placed(self, verdict: PartVerdict, law: PartLaw) -> PartVerdict:
        """Return a verdict with a place of its own for its file, or among others in a shared one."""
        if verdict.part is None or verdict.module is None:
            return verdict
        if verdict.is_shared:
            others = self._files.setdefault((verdict.path, kind_of(verdict.part)), [])
            verdict = replace(verdict, part=_apart(verdict.part, others))
            first = next((one for one in others if one.part and verdict.part and one.part.name == verdict.part.name), None)
            if first is None:
                others.append(verdict)
                return verdict
        else:
            first = self._taken.setdefault(verdict.path.casefold(), verdict)
            if first is verdict:
                return verdict
        alike = self._alike.setdefault((verdict.path.casefold(), verdict.loaded.kind), [(first, first)])
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
        return PartNames(self.target, self.verdicts, self.container.name if self.container else None)

    def kept(self) -> list[LoadedPart]:
        """Return the parts that stay in their own client's format, with the values that they have."""
        return [one.loaded for one in self.verdicts if one.part is not None and one.loaded.client == self.target]

    @property
    def any_written(self) -> bool:
        """Whether the target has any part then."""
        return any(one.part is not None for one in self.verdicts)

    def written(self, kind: Kind) -> frozenset[str]:
        """Return the names, in the source, of the parts of a kind that the target has then."""
        found = (one.loaded for one in self.verdicts if one.part is not None and one.loaded.kind == kind)
        return frozenset(name for loaded in found for name in loaded.names)

    @property
    def shared(self) -> frozenset[str]:
        """Paths of files in which there are entries of others, too."""
        return frozenset(path for path, _ in self._files)

    def convert(self, beside: Mapping[str, Converted]) -> Iterator[Converted]:
        """Write the parts; `beside` has the files of agents that parts go into as well."""
        if told := tuple(self.restraints.told()):
            yield Converted(self.target, (), losses=told)
        for verdict in self.verdicts:
            yield from self._one(verdict)
        files = dict(beside)
        for (path, _), verdicts in self._files.items():
            try:
                files[path] = self._together(path, verdicts, files.get(path))
            except Exception as error:  # noqa: BLE001 - a bug must surface as one, and must not lose the other files
                ids, kind = tuple(one.loaded.part.id for one in verdicts), verdicts[0].loaded.kind
                yield Converted(self.target, ids, diagnostics=(bug_in_file(path, self.target, error),), part=kind)
        yield from files.values()

    def _one(self, verdict: PartVerdict) -> Iterator[Converted]:
        """Write a part into files of its own, or say why it goes nowhere, or where it goes."""
        ids, kind = (verdict.loaded.part.id,), verdict.loaded.kind
        bugs = () if verdict.bug is None else (_bug(verdict, self.target),)
        first, *others = verdict.files or (None,)
        told = (*verdict.losses, *self._loose_copy(verdict))
        if first is None or verdict.part is None or verdict.is_shared:
            path = verdict.path if verdict.part is not None and verdict.is_shared else None
            yield Converted(self.target, ids, path=path, losses=told, diagnostics=bugs, part=kind, rules=verdict.rules)
            yield from () if self.options.into_root(verdict.loaded.root) else self._scripts(ids, others)
            return
        spelled = verdict.loaded.source is None
        file = OutputFile(first.path, first.data, executable=first.executable, spelled=spelled)
        yield Converted(self.target, ids, file, losses=(*told, *self._twice(verdict)), part=kind)
        for one in others:
            yield Converted(self.target, (), OutputFile(one.path, one.data, beside=True, executable=one.executable), part=kind)

    def _scripts(self, ids: tuple[str, ...], files: Iterable[WrittenFile]) -> Iterator[Converted]:
        """Write what an entry of a shared file runs, each once: in the project that it comes from, it is where it belongs."""
        for one in files:
            if one.path not in self._scripts_taken:
                self._scripts_taken.add(one.path)
                yield Converted(self.target, ids, OutputFile(one.path, one.data, beside=True, executable=one.executable), part="hooks")

    def _twice(self, verdict: PartVerdict) -> Iterator[Loss]:
        """Say where else the client finds a part of that name in the folder that is written to."""
        module, part = verdict.module, verdict.part
        if module is None or part is None or self.options.present is None or self.options.scope != "project":
            return
        if verdict.loaded.kind == "instructions":
            yield from self._read_twice(verdict, part)
            return
        for place in module.project:
            path = module.path(part, place) if place.pattern else verdict.path
            if path != verdict.path and self.options.present(path):
                yield losses.loss("part-twice", part.id, "name", self.target, quoted(path), part=verdict.loaded.kind)
                return

    def _read_twice(self, verdict: PartVerdict, part: Part) -> Iterator[Loss]:
        """Say who reads the text of a new file in the source's file, too, and that another text is there already."""
        from agentconv.conversion.main_texts import readers
        from agentconv.formats.registry import FORMATS

        source, options = verdict.loaded.source, self.options
        present = options.present
        if source is None or present is None or verdict.path == source.text.path or not options.into_root(verdict.loaded.root):
            return
        there = options.read(verdict.path) if options.read else None
        if there is not None and there != verdict.files[0].data:
            both = Detail("`{}` and `{}`", (source.text.path, verdict.path))
            yield losses.loss("instruction-conflict", part.id, "body", self.target, both, part="instructions")
        same = source.text.text.strip() == verdict.files[0].data.decode(errors="replace").strip()
        twice = [FORMATS[one].title for one in readers(source.text.path, verdict.path, present, options.read, same=same)]
        if twice:
            detail = listed(twice, f"`{source.text.path}` and `{verdict.path}`: {{}}")
            yield losses.loss("instruction-twice", part.id, "body", self.target, detail, part="instructions")

    def _loose_copy(self, verdict: PartVerdict) -> Iterator[Loss]:
        """Say where the client finds a copy of a skill that is none there, for what its author closed, and is not held to that."""
        skill, read, module = verdict.loaded.part, self.options.read, registry.part_format(self.target, "skills")
        as_skill = verdict.part is not None and kind_of(verdict.part) == "skills"
        if verdict.loaded.kind != "skills" or as_skill or verdict.loaded.client == self.target or read is None or module is None:
            return
        own = verdict.loaded.path if self.options.into_root(verdict.loaded.root) else None
        for place in module.project if self.options.scope == "project" else module.user:
            path = module.path(skill, place)
            data = read(path) if path != own else None
            found = module.read(PartSource(SourceText(path, data), place)).parts if data is not None else ()
            lost = [name for name in _RESTRAINTS if found and _is_lost(name, skill, found[0])]
            if lost:
                yield losses.loss("part-loose-copy", skill.id, "name", self.target, listed(lost, f"`{path}`: {{}}"), part="skills")

    def _together(self, path: str, verdicts: Sequence[PartVerdict], beside: Converted | None) -> Converted:
        """Write all parts of a kind into a shared file, after what others have in it, and check that all are in it."""
        first = verdicts[0]
        if first.module is None or first.place is None:
            raise InternalError("it has no place")
        shared = SharedParts(first.module, path, first.place, tuple(one.part for one in verdicts if one.part is not None))
        if beside is None or beside.file is None:
            return Converted(self.target, (), OutputFile(path, self._fresh(shared, verdicts), shared, spelled=True), part=first.loaded.kind)
        merged = shared.merge(beside.file.data, force=True)
        if merged.problem:
            raise InternalError(merged.problem)
        sides = (*([beside.file.shared] if beside.file.shared else []), shared)
        return replace(beside, file=replace(beside.file, data=merged.data, shared=Together(sides)))

    def _fresh(self, shared: SharedParts, verdicts: Sequence[PartVerdict]) -> bytes:
        """Return a file of these parts alone."""
        files = shared.module.write(shared.parts, shared.path, *self._own(shared, verdicts))
        again = shared.module.read(as_source(files, replace(shared.place, at=""), shared.module.kind))
        found = {part.name: part for part in again.parts}
        parts = called_beside(shared.module, shared.parts, again.parts)
        if len(found) != len(parts) or any(part.name not in found or difference(part, found[part.name]) for part in parts):
            raise InternalError("the parts of one file do not come back from it")
        return files[0].data

    def _own(self, shared: SharedParts, verdicts: Sequence[PartVerdict]) -> tuple[PartSource | None, Collection[str]]:
        """Return the file of the target's own format that parts of it stay in, and what of it does not go along."""
        loaded = [one.loaded for one in verdicts]
        source = loaded[0].source if all(one.client == self.target for one in loaded) else None
        if source is None or source.place.mixed or any(one.source is None or one.source.text.path != shared.path for one in loaded):
            return None, ()
        ours = {part.name for part in shared.parts}
        return source, [one.name for one in shared.module.read(source).parts if one.name not in ours]


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


def loose_in_place(loaded: LoadedPart, found: Part, path: str, target: str) -> Loss | None:
    """Say what a target that reads another client's file does not hold a part to, as it finds it there; None where it does."""
    lost = [name for name in _RESTRAINTS if _is_lost(name, loaded.part, found)]
    detail = listed(lost, f"`{path}`: {{}}")
    return losses.loss("part-loose-in-place", loaded.part.id, "name", target, detail, part=loaded.kind) if lost else None


def _is_lost(name: str, before: Part, after: Part) -> bool:
    """Whether a client does not hold a part to what it says itself."""
    said = getattr(before, name, None)
    return bool(said) and said != "both" and getattr(after, name, None) != said


def _bug(verdict: PartVerdict, target: str) -> Diagnostic:
    source = verdict.loaded.source
    span = Span(os.path.normpath(os.path.join(verdict.loaded.root, source.text.path))) if source else None
    noun = verdict.loaded.kind.removesuffix("s")
    message = f"internal error on the way of the {noun} to {target}: {verdict.bug}"
    hint = f"the {noun} was not written; please report this with its file"
    return Diagnostic(Code.INTERNAL, Severity.ERROR, message, span, hint, verdict.loaded.part.id)
