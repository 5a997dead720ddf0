"""The law for parts: what holds for agents (`law`) holds for skills, commands and servers. None gets into a file but through here.

A client's format of a part can be wrong: its `to_project` may drop a field and say nothing, its `write` may forget a line, its
`read` may overlook a key. So for each part, each time: project, check what was declared, write, read back, compare, judge what
it may do. What breaks that is a bug of ours: that part is not written, the others are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.conversion import shared_places
from agentconv.core import effects, fields, hook_facts, hook_matchers, losses
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import InternalError
from agentconv.core.losses import becomes, quoted
from agentconv.core.part_format import PartProjection, PartSource, WrittenFile, difference, without
from agentconv.core.parts import Command, FolderFile, Instruction, PermissionSet, Server, SetHook, Skill, kind_of
from agentconv.core.source import SourceText
from agentconv.parts import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import McpServer, Rule
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartFormat, PartsRead, Place, Scope
    from agentconv.core.parts import Part
    from agentconv.sources.parts_on_disk import LoadedPart

_LIMITS = frozenset({"definition.enabled_tools", "definition.disabled_tools"})


@dataclass(frozen=True, slots=True)
class PartVerdict:
    """What the law makes of a part."""

    loaded: LoadedPart
    part: Part | None = None
    """The part as projected; None where it is not written."""
    module: PartFormat[Any] | None = None
    """The format that it is written in: of another kind where it was turned into one."""
    place: Place | None = None
    path: str = ""
    files: tuple[WrittenFile, ...] = ()
    """Its files, were it alone."""
    losses: tuple[Loss, ...] = ()
    bug: BaseException | None = None
    """How the law was broken."""
    left_open: Mapping[str, str] = field(default_factory=dict)
    """The restraints of the whole set that the target does not hold, by their texts, and why."""
    omitted: bool = False
    """Whether it needs no file in the target."""
    rules: tuple[Rule, ...] = ()
    """Rules of the whole set that hold what its own file cannot say."""

    @property
    def is_shared(self) -> bool:
        """Whether its file may hold others, too."""
        return self.place is not None and not self.place.pattern


class PartLaw:
    """The law of one target, held to all the parts of a conversion."""

    def __init__(
        self,
        target: str,
        scope: Scope,
        agents: Mapping[str, str],
        read: Callable[[str], bytes | None] | None = None,
        *,
        insists: Callable[[str], bool] = lambda _: False,
        takes_rules: bool = False,
    ) -> None:
        self.target = target
        self.scope: Scope = scope
        self.agents = agents
        """Old name to new name, of agents that were renamed."""
        self.read = read
        """Returns the bytes of a file that is there, where it is known what is."""
        self._there: shared_places.Names = {}
        self.insists = insists
        """Whether a part, as KIND/NAME, is written that the target does not hold to what its author closed."""
        self.takes_rules = takes_rules
        """Whether rules of the whole set can be written along with a part."""

    def judge(self, loaded: LoadedPart) -> PartVerdict:
        """Take one part through the law."""
        told: list[Loss] = []
        try:
            return self._unchanged(loaded) or self._judged(loaded, loaded.part, told, set())
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a bug must surface as one, and must not lose the other parts
            return PartVerdict(loaded, bug=error)

    def _unchanged(self, loaded: LoadedPart) -> PartVerdict | None:
        """Return the verdict on a part that stays in its own format as its file says it: that keeps its bytes. None for any other."""
        source, module = loaded.source, registry.part_format(self.target, loaded.kind)
        if source is None or module is None or not self._is_home(loaded) or source.place.mixed:
            return None
        found = next((part for part in module.read(source).parts if part.name == loaded.part.name), None)
        if found is None or difference(loaded.part, found):
            return None
        path = source.text.path
        folder = f"{path.rpartition('/')[0]}/" if loaded.kind == "skills" else ""
        beside = (WrittenFile(f"{folder}{one.path}", one.data, one.executable) for one in source.files)
        files = (WrittenFile(path, source.text.data, source.executable), *beside)
        return PartVerdict(loaded, loaded.part, module, source.place, path, files)

    def _judged(self, loaded: LoadedPart, part: Part, told: list[Loss], widened: set[str]) -> PartVerdict:
        """Take a part through the law, or what is written in its place.

        Args:
            loaded: The part as it was read.
            part: What is to be written.
            told: What was said of it before.
            widened: The fields that the target was known before not to hold it to.
        """
        module = registry.part_format(self.target, kind_of(part))
        if module is None:
            loss = losses.loss("part-unknown", loaded.part.id, "name", self.target, quoted(part.name), part=loaded.kind)
            return PartVerdict(loaded, losses=(*told, loss))
        stays = self._stays(loaded, part, module)
        insists = self.insists(f"{loaded.kind}/{loaded.part.name}")
        projection: PartProjection[Any] = PartProjection(
            part, self.target, self.scope, stays=stays, insists=insists, takes_rules=self.takes_rules
        )
        projection.widened |= widened
        projection.text = loaded.source.text if loaded.source else None
        projection.at_home = projection.at_home and not (loaded.source and loaded.source.place.contained)
        self._rename_agents(projection)
        module.to_project(projection)
        told += projection.losses
        if projection.is_refused():
            return PartVerdict(loaded, losses=tuple(told))
        if projection.omitted:
            return PartVerdict(loaded, losses=tuple(told), left_open=projection.left_open, omitted=True)
        if projection.instead is not None:
            if kind_of(projection.instead) == kind_of(part):
                raise InternalError("it was turned into a part of its own kind")
            return self._judged(loaded, projection.instead, told, projection.widened)
        _check_declared(projection)
        return self._written(loaded, projection, module, tuple(told))

    def _stays(self, loaded: LoadedPart, part: Part, module: PartFormat[Any]) -> bool:
        """Whether a part's file stays where it is, and calls it what it is called."""
        if loaded.source is None or not self._is_home(loaded) or kind_of(part) != loaded.kind:
            return False
        return not loaded.source.place.pattern or _is_called(part, loaded.source, module)

    def _is_home(self, loaded: LoadedPart) -> bool:
        """Whether a part's file can stay where it is: out of a plugin, it goes where the client has a project's."""
        within = loaded.source is not None and loaded.source.place.contained
        return loaded.client == self.target and self.scope == "project" and not within

    def _rename_agents(self, projection: PartProjection[Any]) -> None:
        """Let a command follow the agent that it is sent to, where that has another name now."""
        new = self.agents.get(projection.part.agent or "") if isinstance(projection.part, Command) else None
        if new:
            projection.change("agent", new, "command-agent-renamed", becomes(projection.part.agent, new))

    def _written(self, loaded: LoadedPart, projection: PartProjection[Any], module: PartFormat[Any], told: tuple[Loss, ...]) -> PartVerdict:
        """Write a part alone, read it back, and judge it."""
        places = module.project if self.scope == "project" else module.user
        if not places:
            loss = losses.loss("part-no-place", loaded.part.id, "name", self.target, quoted(projection.part.name), part=loaded.kind)
            return PartVerdict(loaded, losses=(*told, loss))
        part, place = projection.part, shared_places.destination(module, projection.part, places, self.read, self._there)
        original = loaded.source if kind_of(part) == loaded.kind else None
        if original is not None and self._is_home(loaded):
            place = original.place
        if loaded.only_in and not place.partial:
            loss = losses.loss("part-mode-dropped", loaded.part.id, "name", self.target, quoted(loaded.only_in), part=loaded.kind)
            told = (*told, loss)
        path = _kept_path(part, original, module) if original is not None and place is original.place else module.path(part, place)
        patched = place.pattern and (loaded.kind == "skills" or loaded.client == self.target)
        files = module.write((part,), path, original if patched else None)
        again = module.read(as_source(files, replace(place, at=""), kind_of(part), original if patched else None))
        _check_read_back(part, again)
        held = _LIMITS if any(rule.effect == "deny" for rule in projection.rules) else frozenset()
        _check_narrow(without(loaded.part, (projection.widened - {"extras"}) | held), again.parts[0])
        return PartVerdict(loaded, part, module, place, path, files, told, left_open=projection.left_open, rules=projection.rules)


def _kept_path(part: Part, original: PartSource, module: PartFormat[Any]) -> str:
    """Return the path of a file that stays in its own format: its own, as long as the part in it is called what it was."""
    stays = not original.place.pattern or _is_called(part, original, module)
    return original.text.path if stays else module.path(part, original.place)


def _is_called(part: Part, original: PartSource, module: PartFormat[Any]) -> bool:
    """Whether a file has a part of that name."""
    return any(one.name == part.name for one in module.read(original).parts)


def as_source(files: tuple[WrittenFile, ...], place: Place, kind: Kind, original: PartSource | None = None) -> PartSource:
    """Return what was written as it is read; what is beside a skill goes by its path in the folder, a script by that in the project.

    What is there that the text names is known of the file that was patched.
    """
    first, *others = files
    folder = f"{first.path.rpartition('/')[0]}/" if kind == "skills" else ""
    beside = tuple(FolderFile(one.path.removeprefix(folder), one.data, one.executable) for one in others)
    text = SourceText(first.path, first.data, original.text.included if original else None)
    return PartSource(text, place, beside, executable=first.executable)


def _check_declared(projection: PartProjection[Any]) -> None:
    """Hold a projection to what it declared.

    Raises:
        InternalError: A field changed without a declared loss, or a declared loss did not happen.
    """
    differing = set(difference(projection.source, projection.part))
    covered = {name for name in differing if name in projection.declared or name.partition(".")[0] in projection.declared}
    if differing - covered:
        raise InternalError(f"{', '.join(sorted(differing - covered))} changed without a declared loss")
    heads = {name.partition(".")[0] for name in differing}
    unhappened = [name for name in projection.declared if name not in differing and name.partition(".")[0] not in heads]
    if unhappened:
        raise InternalError(f"a loss was declared for {', '.join(sorted(unhappened))}, which did not change")


def _check_read_back(part: Part, again: PartsRead[Any]) -> None:
    """Hold a written file to the part that it was written from.

    Raises:
        InternalError: The target's reader gives another part, or does not take it.
    """
    if len(again.parts) != 1 or again.states[0].dropped:
        raise InternalError(f"the output would not load: {again.diagnostics[0].message if again.diagnostics else 'nothing in it'}")
    if names := difference(part, again.parts[0]):
        raise InternalError(f"reading the output back gives another {', '.join(names)}")


def _check_narrow(source: Part, result: Part) -> None:
    """Hold a part that was read back to what its author allowed, but for what the user insists on, whatever was declared.

    Raises:
        InternalError: It may do more.
    """
    if isinstance(source, Instruction):
        return  # it opens nothing, and closes nothing
    if isinstance(source, PermissionSet):
        wider = _granted(source, result)
    elif isinstance(source, SetHook):
        wider = _unguarded(source, result)
    else:
        wider = _opened(source, result) if isinstance(source, Server) else _loosened(source, result)
    if wider:
        raise InternalError(f"it would be wider than its author wrote it: {wider}")


def _granted(source: PermissionSet, result: Part) -> str | None:
    """Say what a set of rules grants that its author did not."""
    if not isinstance(result, PermissionSet):
        return "it is no set of rules"
    if result.mode not in (None, source.mode) or set(result.folders or ()) - set(source.folders or ()):
        return "it would begin in a freer mode, or open more folders"
    from agentconv.parts.permissions import deciding

    ours = {capability for rule in source.rules if rule.effect == "allow" for capability in deciding.about(rule)}
    theirs = {capability for rule in result.rules if rule.effect == "allow" for capability in deciding.about(rule)}
    return f"it would allow {', '.join(sorted(theirs - ours))}" if theirs - ours else None


def _opened(source: Server, result: Part) -> str | None:
    """Say what a server grants that its author did not."""
    if not isinstance(result, Server):
        return "it is no server"
    if result.trusted and not source.trusted:
        return "its tools would not ask"
    if set(result.unasked_tools or ()) - set(source.unasked_tools or ()) and not source.trusted:
        return "some of its tools would not ask"
    if source.definition.enabled is False and result.definition.enabled is not False:
        return "it would be switched on"
    return "tools of it would be open that were closed" if _opens_tools(source.definition, result.definition) else None


def _opens_tools(before: McpServer, after: McpServer) -> bool:
    """Whether a definition has tools open that another one closes."""
    listed = None if after.enabled_tools is None else set(after.enabled_tools)
    if before.enabled_tools is not None and (listed is None or listed - set(before.enabled_tools) - set(after.disabled_tools or ())):
        return True
    closed = set(before.disabled_tools or ()) - set(after.disabled_tools or ())
    return bool(closed if listed is None else closed & listed)


def _unguarded(source: SetHook, result: Part) -> str | None:
    """Say what a guard does not watch over any more."""
    if not isinstance(result, SetHook):
        return "it is no hook"
    before, after = source.definition, result.definition
    if before.event not in effects.GUARD_EVENTS:
        return None if before.event == after.event else "it would run on another event"
    about, left = hook_matchers.meaning(before), hook_matchers.meaning(after)
    there = {one for several in hook_facts.hook_tools(after.format).values() for one in several}
    lost = left is not None and (
        about is None or any(not hook_matchers.is_among(one, left) for one in about if one in there or one.startswith("mcp__"))
    )
    return "its guard would watch over less" if lost or before.event != after.event else None


def _loosened(source: Skill | Command, result: Part) -> str | None:
    """Say what restraint of a skill or command is gone, or which grant came."""
    if not isinstance(result, (Skill, Command)):
        return "it is no skill or command"
    if source.invoked_by == "user" and isinstance(result, Skill) and result.invoked_by != "user":
        return "the model could call it"
    if _meanings(source.denied_tools) - _meanings(result.denied_tools):
        return "its denied tools would be open"
    if _meanings(result.approved_tools) - _meanings(source.approved_tools):
        return "tools would run unasked"
    if _guards(source) - _guards(result):
        return "hooks that can block its tools would not run"
    return None


def _guards(part: Part) -> frozenset[str]:
    """Return the events of the hooks with which a skill can keep a tool from being used."""
    hooks = part.hooks or () if isinstance(part, Skill) else ()
    return frozenset(hook.event for hook in hooks if hook.event in effects.GUARD_EVENTS)


def _meanings(tools: Any) -> frozenset[Any]:
    found = fields.portable(tools or ())
    return found if isinstance(found, frozenset) else frozenset()
