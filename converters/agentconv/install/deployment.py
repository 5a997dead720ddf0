"""What a pack would put where: converted once for each target, all of it, so that names do not depend on what is chosen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.conversion import rules_there
from agentconv.conversion.along import EVERYTHING, With
from agentconv.conversion.converting import Options, convert
from agentconv.conversion.left_behind import is_there
from agentconv.conversion.shared_files import Shared
from agentconv.conversion.shared_parts import SharedParts, Together
from agentconv.core import losses
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.ir import Agent
from agentconv.core.kinds import KINDS
from agentconv.core.source import SourceText
from agentconv.disk.reader import files_of
from agentconv.formats import registry
from agentconv.install import agent_scripts, filled_in, joined, part_places, places, read_elsewhere, yielding
from agentconv.install.steps import Wanted
from agentconv.install.units import Units, checksum, key
from agentconv.sources.parts import Parts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from agentconv.conversion.converting import Converted
    from agentconv.core.diagnostics import Diagnostic, Loss
    from agentconv.core.ir import Rule
    from agentconv.core.parts import Part
    from agentconv.disk.output import OutputFile
    from agentconv.disk.reader import Reader
    from agentconv.install.lock import Entry
    from agentconv.install.places import Scope
    from agentconv.install.read_elsewhere import ReadElsewhere
    from agentconv.packs.manifest import Manifest
    from agentconv.sources.loaded import Loaded

_OPTIONS = Options(deploy=True, along=EVERYTHING)
_RULES = "permissions"
_HAS_TOO = frozenset({"server-elsewhere", "instruction-conflict", "instruction-refused-personal"})
"""Losses whose hints name an option (`--scope`, `--force`) that installing has as well."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What one target would get of a pack."""

    target: str
    wanted: tuple[Wanted, ...] = ()
    refused: tuple[str, ...] = ()
    """Ids of the agents that the target cannot hold; the losses say why."""
    standing: Mapping[str, str] = field(default_factory=dict)
    """By id the file by which it has such an agent all the same, whoever's that is."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Ids of the agents that the target reads from another target's folder, and that target."""
    elsewhere: Mapping[tuple[str, str], Agent] = field(default_factory=dict)
    """By assistant and id, these agents as it reads them there, and those that others read here which get nothing themselves."""
    losses: tuple[Loss, ...] = ()
    unwatched: tuple[str, ...] = ()
    """Ids of what the target, or another one that is used here, reads in another one's file, where a hook or rule of the pack that holds it
    back is not held."""
    diagnostics: tuple[Diagnostic, ...] = ()
    yielding: tuple[str, ...] = ()
    """What the pack asks about, and the user's own rules there allow in words for less."""


def agent_ids(manifest: Manifest, words: Collection[str], parts: Collection[str] = ()) -> tuple[str, ...]:
    """Return the ids of the agents that `--agent` names, or of these parts, whose ids are their names.

    Raises:
        InputError: The pack has no such agent.
    """
    known = {agent.name: agent.id for agent in manifest.agents} | {agent.id: agent.id for agent in manifest.agents}
    known |= {id_: id_ for id_ in parts}
    wrong = next((word for word in words if word not in known), None)
    if wrong is not None:
        listed = ", ".join(agent.id for agent in manifest.agents[:10])
        message = f"there is no agent `{wrong}` in {manifest.name} {manifest.version}"
        raise registry.usage(message, registry.did_you_mean(wrong, known, f"its agents: {listed}"))
    return tuple(sorted({known[word] for word in words}))


def source_hashes(manifest: Manifest) -> dict[str, str]:
    """Return for each agent's id the checksum of the file that it is in."""
    hashes = {file.path: file.sha256 for file in manifest.files}
    files = {source.path: source.file for source in manifest.sources}
    return {agent.id: hashes[files[agent.source]] for agent in manifest.agents}


def deploy(
    manifest: Manifest,
    pieces: Sequence[Loaded],
    selection: Mapping[str, tuple[str, ...] | None],
    scope: Scope,
    reader: Reader,
    *,
    present: Collection[str] = (),
    ours: Iterable[Entry] = (),
) -> list[Deployment]:
    """Convert a pack for its targets.

    Args:
        manifest: What the pack says of itself.
        pieces: What was read of it.
        selection: By target the ids of the agents that it gets; None for all.
        scope: Where to.
        reader: Reads what is there.
        present: The assistants that are used there.
        ours: What the lock has of the pack there.

    Raises:
        InputError: A target takes no agents in this scope.
    """
    known = places.targets()
    units = Units(pieces)
    sources = {**source_hashes(manifest), **{id_: checksum(part) for id_, part in units.parts.items()}}
    options = replace(_OPTIONS, scope="user", rules_along=False) if scope.is_user else _in_project(reader, ours)
    done: dict[str, Deployment] = {}
    for target in (target for target in known.values() if target.id in selection):
        ids = units.chosen(selection[target.id])
        scope.folder(target)  # refuses a target that has no place here
        others = [] if scope.is_user else list(done.values())
        elsewhere = read_elsewhere.of(units, target, others, ids, reader, gets=True)
        wanted = ids - elsewhere.left_out.keys()
        settings = _settings(target, scope, reader)
        comes = replace(_without_rules(options, wanted), taken=wanted, there=elsewhere.agent, settings_there=settings)
        results = list(convert(pieces, target.id, comes, Parts())) if wanted else []
        taken = _taken(target, results, wanted, sources=sources, scope=scope, parts=units.parts)
        if units.scripts and not scope.is_user:
            taken = replace(taken, wanted=(*taken.wanted, *agent_scripts.wanted(taken.wanted, units)))
        told = (*taken.losses, *map(fitting, elsewhere.losses))
        found = {id_: is_there(one, _below(target, scope, reader)) for one in results if not one.part for id_ in one.agents}
        standing = {id_: scope.path(target, path) for id_, path in found.items() if path is not None}
        done[target.id] = replace(
            taken,
            standing=standing,
            left_out=elsewhere.left_out,
            elsewhere=_read(elsewhere, target.id),
            losses=told,
            unwatched=elsewhere.unwatched,
            yielding=yielding.of(options.their_rules(target.id), taken.wanted) if options.their_rules is not None else (),
        )
    return list(done.values()) if scope.is_user else list(_with_readers(done, units, present, reader))


def _in_project(reader: Reader, ours: Iterable[Entry]) -> Options:
    """Return the options of a conversion for a project, whose own rules are there."""
    theirs = rules_there.reader(files_of(reader), partial(joined.without_ours, tuple(ours)))
    return replace(_OPTIONS, their_rules=theirs)


def _below(target: places.Target, scope: Scope, reader: Reader) -> Callable[[str], bytes | None]:
    """Return what gives the bytes of a file by the path that it would have in a project."""
    read = files_of(reader)
    return lambda path: read(scope.path(target, path))


def _settings(target: places.Target, scope: Scope, reader: Reader) -> Callable[[str], bytes | None]:
    """Return what gives the bytes of a file of settings by its path: for a user, the one below the home folder where nobody moved it."""
    read = files_of(reader)
    return lambda path: read(scope.part_path(target, path))


def _with_readers(done: Mapping[str, Deployment], units: Units, present: Collection[str], reader: Reader) -> Iterator[Deployment]:
    """Yield deployments, with what is told of assistants that are used here, get nothing themselves, and read these files, too."""
    readers = [target for target in places.targets().values() if target.id in present and target.id not in done]
    for one in done.values():
        ids = {want.agent for want in one.wanted}
        seen = {target.id: read_elsewhere.of(units, target, [one], ids, reader, gets=False) for target in readers}
        told = (*one.losses, *(fitting(loss) for each in seen.values() for loss in each.losses))
        known = {at: agent for target, each in seen.items() for at, agent in _read(each, target).items()}
        yield replace(
            one,
            elsewhere={**one.elsewhere, **known},
            losses=told,
            unwatched=(*one.unwatched, *(id_ for each in seen.values() for id_ in each.unwatched)),
        )


def _read(elsewhere: ReadElsewhere, target: str) -> dict[tuple[str, str], Agent]:
    return {(target, id_): agent for id_, agent in elsewhere.agents.items()}


def _without_rules(options: Options, ids: Iterable[str]) -> Options:
    """Return the options of a conversion into whose rules for servers none of the pack's own come that are not chosen."""
    if any(id_.startswith(f"{_RULES}/") for id_ in ids):
        return options
    return replace(options, along=With(kinds=frozenset(KINDS) - {_RULES}))


def deploy_parts(pieces: Sequence[Loaded], target: str, options: Options, beside: Parts, scope: Scope) -> Deployment:
    """Convert the parts that go along with agents, which are somebody else's business.

    Args:
        pieces: The agents.
        target: Format id.
        options: Which parts go along, and where to.
        beside: The parts that there are.
        scope: Where to.
    """
    results = [one for one in convert(pieces, target, options, beside) if one.part or not one.agents]
    parts = {key(kind, one.part.id): one.part for kind in KINDS for one in beside.of(kind)}
    sources = {id_: checksum(part) for id_, part in parts.items()}
    found = tuple(_said(loss) for one in results for loss in _losses(one) if loss.part)
    codes: dict[str, set[str]] = {}
    for loss in found:
        codes.setdefault(owner(loss), set()).add(loss.code)
    wanted = tuple(_parts(places.targets()[target], results, codes, sources=sources, scope=scope, parts=parts))
    refused = tuple(id_ for one in results if one.refused and one.part for id_ in _owners(one))
    told = tuple(remark for one in results if one.part or not one.losses for remark in one.diagnostics if remark.agent is None)
    return Deployment(target, wanted, refused, losses=found, diagnostics=told)


def _taken(
    target: places.Target,
    results: list[Converted],
    ids: Collection[str],
    *,
    sources: Mapping[str, str],
    scope: Scope,
    parts: Mapping[str, Part],
) -> Deployment:
    """Take of a conversion what is for the chosen agents."""
    found = tuple(fitting(loss) for one in results for loss in _losses(one) if owner(loss) in ids)
    codes: dict[str, set[str]] = {}
    for loss in found:
        codes.setdefault(owner(loss), set()).add(loss.code)
    wanted: list[Wanted] = []
    files = [one.file.shared for one in results if one.file and isinstance(one.file.shared, Shared)]
    together: dict[str, Agent] = {agent.id: agent for file in files for agent in file.agents}
    for one in results:
        for agent in () if one.part else one.agents:
            path = one.file.path if one.file else one.path
            if agent not in ids or path is None or (one.file is None and agent not in together):
                continue
            said = tuple(sorted(codes.get(agent, ())))
            place, data = scope.path(target, path), one.file.data if one.file else b""
            wanted.append(Wanted(place, target.id, agent, sources[agent], data, said, together.get(agent)))
    known = {id_: checksum for id_, checksum in sources.items() if id_ in ids}
    wanted += _parts(target, results, codes, sources=known, scope=scope, parts=parts)
    refused = tuple(id_ for one in results if one.refused for id_ in _owners(one) if id_ in ids)
    diagnostics = tuple(_told(remark) for one in results for remark in one.diagnostics if remark.agent is None or remark.agent in ids)
    return Deployment(target.id, tuple(wanted), refused, losses=found, diagnostics=diagnostics)


def agents_there(one: Deployment, scope: Scope) -> dict[tuple[str, str], Agent]:
    """Return by assistant and id the agents that assistants have then, as their clients read them."""
    target = places.targets()[one.target]
    found = dict(one.elsewhere)
    for want in (want for want in one.wanted if not want.part):
        source = SourceText(scope.path_in_project(target, want.path), want.data)
        agents = (want.shared,) if want.shared is not None else registry.load(one.target).read(source).set.agents
        if agents and isinstance(agents[0], Agent):
            found[one.target, want.agent] = agents[0]
    return found


def owner(loss: Loss) -> str:
    """Return what a loss is about: an agent, or a part."""
    return key(loss.part, loss.agent) if loss.part else loss.agent


def _losses(one: Converted) -> Iterator[Loss]:
    """Yield the losses of a result: what was turned into a part of another kind is still the one that it was."""
    return (replace(loss, part=one.part) if one.part else loss for loss in one.losses)


def _owners(one: Converted) -> tuple[str, ...]:
    return tuple(key(one.part, id_) for id_ in one.agents) if one.part else one.agents


def _parts(
    target: places.Target,
    results: Iterable[Converted],
    codes: Mapping[str, Collection[str]],
    *,
    sources: Mapping[str, str],
    scope: Scope,
    parts: Mapping[str, Part],
) -> Iterator[Wanted]:
    """Yield the files and entries of the parts of which there is a checksum: what lies beside a file is its part's, too."""
    part, kind = "", ""
    named: dict[tuple[str, str], list[str]] = {}
    limits: dict[str, tuple[Rule, ...]] = {}
    for one in results:
        owners = _owners(one) if one.part else ()
        if one.path is not None:
            named.setdefault((one.path, one.part or ""), []).extend(owners)
        limits |= {id_: one.rules for id_ in owners if one.rules and id_ in sources}
        if one.file is None or (one.part is None and not isinstance(one.file.shared, Together)):
            continue
        if one.file.shared is not None:
            entries = _Entries(target, one.file, named, limits, codes, sources, scope, parts)
            yield from entries.wanted()
            continue
        if owners and one.part:
            part, kind = owners[0], one.part if one.file.beside else part_places.kind_at(target.id, one.file.path, one.part)
        if part in sources:
            said = tuple(sorted(codes.get(part, ())))
            place, file = scope.part_path(target, one.file.path), one.file
            program, beside = file.executable, file.beside
            yield Wanted(place, target.id, part, sources[part], file.data, said, part=kind, executable=program, beside=beside)


@dataclass(frozen=True, slots=True)
class _Entries:
    """The entries of parts in a file that is mainly the user's."""

    target: places.Target
    file: OutputFile
    named: Mapping[tuple[str, str], Sequence[str]]
    """By path and kind of part, whose entries they are, in order."""
    limits: Mapping[str, tuple[Rule, ...]]
    """By server the rules that close what its entry cannot."""
    codes: Mapping[str, Collection[str]]
    sources: Mapping[str, str]
    scope: Scope
    parts: Mapping[str, Part]
    """What they are in the source."""

    def wanted(self) -> Iterator[Wanted]:
        """Yield them."""
        sides = self.file.shared.sides if isinstance(self.file.shared, Together) else (self.file.shared,)
        for side in (side for side in sides if isinstance(side, SharedParts)):
            owners = self.named.get((self.file.path, side.module.kind), ())
            for id_, part in zip(owners, side.parts, strict=True):
                if id_ in self.sources:
                    yield self._entry(id_, part, side.module.kind)
                elif side.module.kind == _RULES and self.limits:  # what no part says of itself: it is made for servers
                    yield replace(self._entry(next(iter(self.limits)), part, _RULES), beside=True, rules=())

    def _entry(self, id_: str, part: Part, kind: str) -> Wanted:
        said = tuple(sorted(self.codes.get(id_, ())))
        place = self.scope.part_path(self.target, self.file.path)
        rules, unsaid = self.limits.get(id_, ()), filled_in.unsaid(self.parts.get(id_), part)
        return Wanted(place, self.target.id, id_, self.sources[id_], b"", said, part, part=kind, rules=rules, unsaid=unsaid)


def _said(loss: Loss) -> Loss:
    """Return a loss without a hint at a flag: those are about conversions, and deploying has no choices of that kind."""
    rule = losses.rule(loss.code)
    return replace(loss, hint=None) if rule.by_flag and loss.hint == rule.hint else loss


def fitting(loss: Loss) -> Loss:
    """Return a pack's loss without a hint at an option or a command of a conversion, which installing has not, whatever else it says."""
    of_conversion = losses.rule(loss.code).option is not None and loss.code not in _HAS_TOO
    return replace(loss, hint=None) if of_conversion or loss.option is not None else loss


def _told(remark: Diagnostic) -> Diagnostic:
    """Return the same of what converting a pack tells."""
    return replace(remark, hint=None) if remark.option is not None else remark


def shown_place(target: str, scope: Scope) -> str:
    """Return where a target's agents go, for people."""
    return scope.shown(scope.folder(places.targets()[target]) or registry.FORMATS[target].files[0])
