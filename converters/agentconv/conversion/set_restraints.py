"""What restrains the whole set, and is not held in a target: no part of it that could do what is forbidden is written there.

A rule that denies or asks, or a hook that can block, restrains all agents, commands, skills and servers of a set. Where the target
holds it, exactly or wider, all is well. Where it does not, whatever could do what it forbids is refused, with the rule and its line;
it is never answered by closing a tool of every agent. `--allow-widening=hooks,permissions` writes all of it, with a warning for each
rule. A conversion that was not asked for these parts says once what stays.

How a kind of part (`core.restraints.RESTRAINING`) says what it restrains: `parts/<kind>/restraints.py` has `of(part, source)`. What of
it a target does not hold is said in that format's `to_project`, by `PartProjection.leave_open`; of a part that is not written, nothing
is held.
"""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv.conversion.part_law import PartLaw
from agentconv.core import access, effects, enforcement, losses, plain_words, widening
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Detail, Span
from agentconv.core.kinds import KINDS
from agentconv.core.losses import listed
from agentconv.core.part_format import difference
from agentconv.core.parts import SetHook
from agentconv.core.restraints import RESTRAINED, RESTRAINING, SERVERS
from agentconv.disk.files import Disk
from agentconv.disk.reader import files_of
from agentconv.formats import registry as formats
from agentconv.parts import registry
from agentconv.sources import hooks_off
from agentconv.sources import parts as found_parts
from agentconv.sources.places_on_disk import matches

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from agentconv.conversion.options import Options
    from agentconv.conversion.part_law import PartVerdict
    from agentconv.core.diagnostics import Loss
    from agentconv.core.effects import Effects, Guard
    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, Hook, Rule
    from agentconv.core.restraints import Restraint
    from agentconv.core.widening import Widening
    from agentconv.sources.parts_on_disk import LoadedPart


@dataclass(frozen=True, slots=True)
class Unheld:
    """A restraint that a target does not hold, and why."""

    restraint: Restraint
    reason: str
    part: str
    """The id of the part that says it."""


def of(loaded: LoadedPart) -> tuple[Restraint, ...]:
    """Return what a part holds the whole set back from; nothing, for a kind that only says what there is."""
    if loaded.kind not in RESTRAINING:
        return ()
    found: Iterable[Restraint] = import_module(f"agentconv.parts.{loaded.kind}.restraints").of(loaded.part, loaded.source)
    return tuple(_placed(one, loaded) for one in found)


def _placed(restraint: Restraint, loaded: LoadedPart) -> Restraint:
    """Return a restraint that stands in the file of its part, where nothing closer is known."""
    if restraint.span is not None or loaded.source is None:
        return restraint
    return replace(restraint, span=Span(loaded.source.text.path))


def unheld(loaded: LoadedPart, verdict: PartVerdict | None) -> Iterator[Unheld]:
    """Yield what of a part's restraints a target does not hold, as the law found.

    Args:
        loaded: The part, as it stands in its file.
        verdict: What became of it; None where it has no place in the target.
    """
    gone = verdict is None or (verdict.part is None and not verdict.omitted)
    left = {} if verdict is None else verdict.left_open
    for one in of(loaded):
        if gone or one.text in left:
            yield Unheld(one, left.get(one.text, "the target has no such rules"), loaded.part.id)


@dataclass(frozen=True, slots=True)
class SetRestraints:
    """The restraints of a set that one target does not hold."""

    target: str
    open: tuple[Unheld, ...] = ()
    insisted: Collection[str] = field(default=())
    """The kinds of parts whose restraints are given up, as the user insists."""
    rules: tuple[Rule, ...] = ()
    """The rules of the set as they are written, but for those that allow."""
    guards: frozenset[Guard] = frozenset()
    """The guards of the set that the target holds, for all its agents."""

    @property
    def _binding(self) -> list[Restraint]:
        return [one.restraint for one in self.open if one.restraint.kind not in self.insisted]

    def hold(self, projection: Projection) -> None:
        """Put the rules of the set into an agent's own, where the client takes these before those."""
        origin = projection.source.origin
        before: Any = registry.part_format(origin.format, "permissions") if origin and self.rules else None
        if before is not None and before.among is not None:
            return  # there, too, what an agent's file allows goes before the set's rules
        own: tuple[Rule, ...] = projection.get("permissions.rules") or ()
        module: Any = registry.part_format(self.target, "permissions") if own and self.rules else None
        if module is None or module.among is None or projection.is_refused():
            return
        held = module.among(own, self.rules)
        if held is None:
            projection.refuse("set-restraint", "permissions.rules", listed(dict.fromkeys(rule.shown for rule in self.rules)))
        elif held != own:
            projection.translate("permissions.rules", held)
            added = [rule.shown for rule in held if rule in self.rules and rule not in own]
            projection.declare("set-rules-in-agent", "permissions.rules", listed(added))

    def take_over(self, projection: Projection, result: Agent) -> None:
        """Say of guards of an agent's own that are lost which of them the set's hooks are, too: those hold every agent."""
        at = next((number for number, loss in enumerate(projection.losses) if loss.code == "hooks-dropped"), None)
        if at is None or not self.guards:
            return
        kept = [effects.guard_of(hook) for hook in result.hooks or ()]
        lost = [hook for hook in projection.source.hooks or () if not widening.is_guarded(effects.guard_of(hook), kept)]
        held = [hook for hook in lost if is_held(hook, self.guards)]
        told = []
        for code, hooks in (("hooks-dropped", [hook for hook in lost if hook not in held]), ("hooks-in-set", held)):
            events = listed(dict.fromkeys(hook.native_event for hook in hooks))
            told += [losses.loss(code, projection.source.id, "hooks", self.target, events)] if hooks else []
        projection.losses[at : at + 1] = told if held else projection.losses[at : at + 1]

    def refuse(self, projection: Projection, result: Agent) -> None:
        """Refuse an agent that could do in the target what a restraint forbids, as it is written there."""
        if broken := self.broken(result):
            projection.refuse("set-restraint", "tools", broken)

    def broken(self, agent: Agent) -> Detail | None:
        """Return the restraints that an agent could break in the target, as it is written there; None where it could break none."""
        found = breaking(agent, self._binding, self.target)
        return _rules(found) if found else None

    def refusal(self, verdict: PartVerdict) -> Loss | None:
        """Return why a skill, a command or a server cannot be written; None where it can.

        What the model does with a skill or a command, nobody can tell: each is held back by every restraint. Instructions start nothing.
        """
        loaded = verdict.loaded
        broken = held_back(loaded, self._binding) if verdict.part is not None else []
        if not broken:
            return None
        return losses.loss("set-restraint", loaded.part.id, "name", self.target, _rules(broken), part=loaded.kind)

    def told(self) -> Iterator[Loss]:
        """Say of each restraint that it is not held."""
        for one in self.open:
            code = "set-restraint-widened" if one.restraint.kind in self.insisted else "set-restraint-unheld"
            detail = Detail("`{}`: {}", (one.restraint.shown, one.reason))
            yield losses.loss(code, one.part, "rules", self.target, detail, span=one.restraint.span, part=one.restraint.kind)


def held_guards(found: Iterable[tuple[LoadedPart, PartVerdict | None]]) -> frozenset[Guard]:
    """Return the guards of a set that a target holds, of its parts with what became of each."""
    hooks = (one.part for one, verdict in found if isinstance(one.part, SetHook) and of(one) and not any(unheld(one, verdict)))
    return frozenset(effects.guard_of(part.definition) for part in hooks)


def is_held(hook: Hook, guards: Collection[Guard]) -> bool:
    """Whether a guard of an agent's own is held by some of the set's: they watch no less, and run the very same."""
    return hook.event in effects.GUARD_EVENTS and widening.is_guarded(effects.guard_of(hook), guards)


def without_held(wider: Iterable[Widening], author: Agent, may: Effects, guards: Collection[Guard]) -> list[Widening]:
    """Return what an agent may do beyond its author's words, but for what its own guards hold back, where the set's do the very same.

    Args:
        wider: What it may do beyond them.
        author: The agent as its author wrote it.
        may: What it may do in the target.
        guards: The set's, that are held there.
    """
    both = {*may.guards, *guards}
    held = bool(guards) and all(widening.is_guarded(one, both) for one in effects.effects(author).guards)
    return [one for one in wider if not (held and one.effect == plain_words.HOOKS)]


def breaking(agent: Agent, restraints: Sequence[Restraint], target: str) -> list[Restraint]:
    """Return the restraints that forbid something that an agent, as it is written in a target, could do there."""
    if not restraints:
        return []
    may = enforcement.held(agent, target)
    return [one for one in restraints if _may(may, one)]


def held_back(loaded: LoadedPart, restraints: Sequence[Restraint]) -> list[Restraint]:
    """Return the restraints that hold back a skill, a command or a server."""
    if loaded.kind not in RESTRAINED:
        return []
    return [one for one in restraints if loaded.kind != SERVERS or _is_about(one, loaded.part.name or "")]


def _rules(broken: Iterable[Restraint]) -> Detail:
    return listed(dict.fromkeys(one.shown for one in broken))  # two guards of one tool are shown alike


def _may(may: Effects, restraint: Restraint) -> bool:
    """Whether what may be done has something in it that a restraint forbids."""
    if any(may.may(effect) for effect in access.EFFECTS if effect in restraint.effects):
        return True
    if SERVERS not in restraint.effects:
        return False
    if may.every_server:
        return True
    return any(tools and _is_about(restraint, server) for server, tools in may.servers.items())


def _is_about(restraint: Restraint, server: str) -> bool:
    """Whether a restraint holds back the tools of a server."""
    named = restraint.server
    return SERVERS in restraint.effects and (named is None or effects.server_key(named) == effects.server_key(server))


_DOES = {"denies": "denies {}", "asks": "asks before {}", "guards": "runs {} that can stop a call"}
_WHAT = {"denies": "pattern", "asks": "pattern", "guards": "hook"}


def staying(parts: found_parts.Parts, target: str, options: Options) -> Iterator[Loss]:
    """Say once what restrains the whole set and stays, where a conversion was not asked to take it along.

    Looked at is only what the source's client says of itself in its own files, and those only where they are there.

    Args:
        parts: What there is beside the agents.
        target: The format that gets none of it.
        options: What the user chose.
    """
    named = {kind for kind, _ in options.along.named}
    left = [kind for kind in KINDS if kind in RESTRAINING and kind not in options.along.kinds and kind not in named]
    found = [
        one for kind in left if parts.may_restrain() for one in parts.of(kind) if one.meant and not _is_held_in_place(one, target, options)
    ]
    found = [one for one in found if not _is_held_anyway(one, target, options)]
    theirs = _there(target, options) if found else []
    yield from _staying([one for one in found if not _is_held_there(one, theirs, target, options)], target, options)


def _there(target: str, options: Options) -> list[LoadedPart]:
    """Return what restrains in the target's own files, where it is known where those are."""
    if options.root is None or options.scope != "project" or target not in formats.CLIENTS:
        return []
    there = found_parts.Parts([Path(options.root)], [target])
    read = options.read or files_of(Disk(Path(options.root)))
    off = {"hooks"} if hooks_off.of(target, read) is not None else set()
    found = (one for kind in KINDS if kind in RESTRAINING and kind not in off and there.may_restrain() for one in there.of(kind))
    return [one for one in found if one.taken and one.is_own]


def _is_held_anyway(one: LoadedPart, target: str, options: Options) -> bool:
    """Whether a target asks by itself for all that rules ask about, so that none of them needs to go there."""
    if one.kind != "permissions" or any(restraint.does != "asks" for restraint in of(one)):
        return False
    verdict = PartLaw(target, options.scope, {}, options.read).judge(one)
    return verdict.omitted and not verdict.left_open


def _is_held_there(one: LoadedPart, theirs: Sequence[LoadedPart], target: str, options: Options) -> bool:
    """Whether the target's own file says the very same, be it an earlier conversion's or a person's word, and all of it is held by that."""
    alike = [other for other in theirs if other.kind == one.kind]
    verdict = PartLaw(target, options.scope, {}, options.read).judge(one) if alike else None
    if verdict is None or verdict.part is None or any(unheld(one, verdict)):
        return False
    return any(not difference(verdict.part, other.part) for other in alike)


def _is_held_in_place(one: LoadedPart, target: str, options: Options) -> bool:
    """Whether the target reads the very file that says it, and holds it no less: a hook there has to run, and to block."""
    if isinstance(one.part, SetHook):
        from agentconv.conversion.carried_parts import CarriedParts
        from agentconv.parts.hooks import faults

        there = CarriedParts(target, replace(options, unrestrained=()), {})
        there.judge([one])
        in_place = all(verdict.module is None and verdict.part is not None for verdict in there.verdicts)
        in_vain = any(fault.kind in faults.IN_VAIN for fault in faults.of(one.part))  # which holds nobody where it stands, either
        return in_place and (in_vain or not there.restraints.open)
    module = registry.part_format(target, one.kind)
    places = () if module is None else module.project if options.scope == "project" else module.user
    return options.into_root(one.root) and any(matches(place, one.path) for place in places)


def _staying(found: Sequence[LoadedPart], target: str, options: Options) -> Iterator[Loss]:
    words, kinds = said_of(found)
    if not words:
        return
    wanted = options.along.besides(kinds)
    in_step = ", ".join(f'"{word}"' for word in wanted)
    does = "takes what the target can hold, and refuses what it cannot hold back"
    if not _holds_any(found, target, options):
        does = "refuses what they hold back; the target can hold none of them: close it in each agent, or keep them out of it"
    hint = f"--with {','.join(wanted)} (in sync, for all: `with = [{in_step}]`) {does}"
    told = losses.loss("set-restrictions-stay", losses.WHOLE_SET, "set", target, Detail("{}", (words,)), hint=hint)
    yield replace(told, option=f'`with_="{",".join(wanted)}"` {does}')


def _holds_any(found: Sequence[LoadedPart], target: str, options: Options) -> bool:
    """Whether a target would hold anything of what restrains the whole set; a bundle has a place for all of it."""
    if formats.FORMATS[target].bundle:
        return True
    law = PartLaw(target, options.scope, {}, options.read)
    return any(len(of(one)) > len(list(unheld(one, law.judge(one)))) for one in found)


def said_of(found: Iterable[LoadedPart]) -> tuple[str, tuple[str, ...]]:
    """Say by file what restrains the whole set, and of which kinds that is: nothing where nothing does."""
    by_file: dict[str, Counter[str]] = {}
    kinds: dict[str, None] = {}
    for loaded in found:
        for one in of(loaded):
            by_file.setdefault(loaded.path or loaded.part.id, Counter())[one.does] += 1
            kinds[one.kind] = None
    return "; ".join(f"{path} {_summed(counts)}" for path, counts in by_file.items()), tuple(kinds)


def _summed(counts: Counter[str]) -> str:
    """Say how many rules and guards there are."""
    said = [_DOES[does].format(f"{number} {_WHAT[does]}{'s' * (number > 1)}") for does, number in counts.items()]
    return " and ".join(filter(None, (", ".join(said[:-1]), said[-1])))
