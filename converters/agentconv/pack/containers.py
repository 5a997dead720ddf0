"""A pack as a plugin and an extension: its skills, commands and servers where the clients look that read the folder it is installed in.

The folder of the package is a plugin of Claude Code, an Agent Plugin and an extension of Gemini CLI at once, as far as each goes. Several
clients read each of these, and not all hold a part to what restrains it: then the pack has no such file at all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agentconv.conversion import compare, set_restraints
from agentconv.conversion.along import With
from agentconv.conversion.converting import Options, convert
from agentconv.core import effects
from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import LossSeverity
from agentconv.core.expressions import expression
from agentconv.core.kinds import KINDS, NOUNS
from agentconv.core.part_format import PartSource
from agentconv.core.parts import Skill
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.packs.paths import problem
from agentconv.parts import registry as part_registry
from agentconv.sources.loaded import Loaded
from agentconv.sources.parts import Parts
from agentconv.sources.places_on_disk import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agentconv.conversion.converting import Converted
    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent, AgentSet
    from agentconv.core.kinds import Kind
    from agentconv.core.parts import Part
    from agentconv.disk.output import OutputFile
    from agentconv.sources.parts_on_disk import LoadedPart

CLAUDE = "claude-plugin"
FORMATS = (CLAUDE, "agent-plugin", "gemini-extension")
_KINDS: dict[str, frozenset[Kind]] = {
    CLAUDE: frozenset(KINDS),
    "agent-plugin": frozenset({"skills", "servers"}),  # a command that is a skill there would be one in all of them
    "gemini-extension": frozenset(KINDS),
}
_HELD_BY_ALL: dict[str, frozenset[str]] = {format_id: frozenset() for format_id in FORMATS}
"""The restraints that all readers of a file keep. None so far: Codex 0.169.0 reads the first two, and takes a skill of theirs that only
the user may start for one that the model may start, too, unless a file of its own says so (asked); in Gemini CLI
0.61.0 the model may start every skill (its code). Hooks are no part of an Agent Plugin, and Vibe passes over those of the other."""
_READER = {CLAUDE: "Codex", "agent-plugin": "Codex", "gemini-extension": "Gemini CLI"}
"""Who it is that does not."""
_UNGUARDED = {CLAUDE: "Vibe", "agent-plugin": "Vibe", "gemini-extension": "Gemini CLI"}
"""Who it is that takes the rest without the hooks."""
_RESTRAINTS = {"invoked_by": "is the user's alone to start", "denied_tools": "closes tools", "hooks": "has hooks of its own"}
_RULES = "permissions"
"""The kind that restrains all the others, and that no container holds."""
_GUARD = "guard"
_CODE = expression(r"\.(?:py[a-z]?|pth|so|dll|dylib)\Z", re.IGNORECASE)
"""Endings that Python or a system would run, which no pack has as they are."""


@dataclass(slots=True)
class Laid:
    """The files of parts in a pack, and which containers it is with them."""

    files: dict[str, bytes] = field(default_factory=dict)
    """By path below the import package, but for that which lists the agents of Claude Code's plugin."""
    programs: set[str] = field(default_factory=set)
    """Those of these paths that are programs."""
    made: list[str] = field(default_factory=list)
    """The formats of the containers that the pack is."""
    without: dict[str, str] = field(default_factory=dict)
    """Why it is none of a format."""
    guarded: set[str] = field(default_factory=set)
    """The formats among these of which it is none for a rule or hook of the whole set."""
    accepted: bool = False
    """Whether the pack's settings say of all such rules and hooks that this is known."""
    left_out: list[tuple[str, str, str]] = field(default_factory=list)
    """Parts that a container does not have: its format, the part, and why."""
    refused: dict[str, list[tuple[Kind, str, str]]] = field(default_factory=dict)
    """Of these, by format, what it was refused: the kind of the part, its name, and why."""
    unreached: list[tuple[str, str, str]] = field(default_factory=list)
    """Agents that name a server of the pack, with the server, and how agents of a plugin would have to name it."""
    lost: list[Loss] = field(default_factory=list)
    """What a container's files say less than their authors, as a conversion tells it."""
    failures: list[Converted] = field(default_factory=list)
    """Bugs of ours."""

    @property
    def unaccepted(self) -> set[str]:
        """The formats of which it is none, and nobody said that this is known."""
        return self.without.keys() - (self.guarded if self.accepted else set())

    @property
    def has_warnings(self) -> bool:
        """Whether it is not all that a pack could be, or an agent has less of it there."""
        return bool(self.unaccepted or self.unreached or any(one.severity is not LossSeverity.NOTE for one in self.lost))


def lay_out(parts: Sequence[LoadedPart], about: AgentSet, agents: Mapping[str, Agent], claude: Mapping[str, OutputFile]) -> Laid:
    """Put parts where clients look for them.

    Args:
        parts: What goes along with the agents; without any, nothing is added to what a pack of agents is.
        about: What the pack says of itself.
        agents: The pack's agents, by id.
        claude: The file of each of them that Claude Code reads, by id, which lies where other clients look for agents, too.
    """
    laid = Laid()
    restrained = next(_restrained(parts), None)
    for format_id in FORMATS if parts else ():
        if restrained is not None and restrained[1] not in _HELD_BY_ALL[format_id]:
            laid.without[format_id] = _said(*restrained, format_id)
            lost = {name for _, name in _restrained(parts)} - {*_HELD_BY_ALL[format_id]}
            laid.guarded |= {format_id} if lost <= {_GUARD, _RULES} else set()
        elif format_id == "gemini-extension" and (wider := _wider(format_id, agents, claude)):
            laid.without[format_id] = f"it would take the file of {wider}, and hold it to less"
        else:
            _add(laid, format_id, parts, about)
            if format_id != CLAUDE and claude and not any(_taken(format_id, file) for file in claude.values()):
                laid.left_out.append((format_id, "the agents", "none of their files is an agent there"))
    _take_back(laid)
    if CLAUDE in laid.made:
        laid.unreached += _unreached(parts, about.name or "", agents.values())
    return laid


def _said(one: LoadedPart, name: str, format_id: str) -> str:
    """Say what a part restrains, and who does not keep that."""
    said = _RESTRAINTS.get(name, "restrains all that go along")
    reader = (_UNGUARDED if name == _GUARD else _READER)[format_id]
    return f"{NOUNS[one.kind]} `{one.part.name}` {said}, which {reader} does not keep where it reads the rest"


def _take_back(laid: Laid) -> None:
    """Take the manifests back whose readers would find what was refused them, since it lies there for the readers of another one."""
    for format_id, refused in laid.refused.items():
        if format_id in laid.made and (found := next((one for one in refused if _finds(laid, format_id, *one[:2])), None)):
            kind, name, why = found
            laid.made.remove(format_id)
            laid.files.pop(registry.FORMATS[format_id].index, None)
            laid.without[format_id] = f"it would find {NOUNS[kind]} `{name}`, which it cannot have: {why}"
            laid.left_out = [one for one in laid.left_out if one[0] != format_id]
            laid.lost = [one for one in laid.lost if one.target != format_id]


def _finds(laid: Laid, format_id: str, kind: Kind, name: str) -> bool:
    """Whether the readers of a container find a part of that name among all the files."""
    module: Any = part_registry.part_format(format_id, kind)
    both = ((place, path) for place in module.project for path in laid.files if matches(place, path)) if module else ()
    results = (module.read(PartSource(SourceText(path, laid.files[path]), place)) for place, path in both)
    return any(part.name == name for result in results for part in result.parts)


def _unreached(parts: Sequence[LoadedPart], plugin: str, agents: Iterable[Agent]) -> Iterator[tuple[str, str, str]]:
    """Yield the agents that do not reach a server in the plugin, where it has another name to them: their files are one for both."""
    container = part_registry.container(CLAUDE)
    servers = {effects.server_key(one.part.name or ""): one.part.name or "" for one in parts if one.kind == "servers"}
    for agent in agents:
        for key in dict.fromkeys(effects.server_key(grant.server) for grant in agent.tools.allow if grant.server):
            if key in servers and container is not None:
                yield agent.name or agent.id, servers[key], container.called(plugin, "servers", servers[key])[0]


def _restrained(parts: Sequence[LoadedPart]) -> Iterator[tuple[LoadedPart, str]]:
    """Yield the parts that hold the model, or themselves, back, each with the field."""
    for one in parts:
        if one.kind == _RULES:
            yield one, _RULES
        elif set_restraints.of(one):
            yield one, _GUARD
        yield from ((one, name) for name in _RESTRAINTS if _holds_back(one.part, name))


def _holds_back(part: Part, name: str) -> bool:
    value = getattr(part, name, None)
    return value == "user" and isinstance(part, Skill) if name == "invoked_by" else bool(value)


def _wider(format_id: str, agents: Mapping[str, Agent], claude: Mapping[str, OutputFile]) -> str | None:
    """Return an agent that another client would take from Claude Code's file, and let it do more."""
    for id_, file in claude.items():
        if any(compare.widenings(agents[id_], one, format_id) for one in _taken(format_id, file)):
            return f"agent `{agents[id_].name}`"
    return None


def _taken(format_id: str, file: OutputFile) -> list[Agent]:
    """Return the agents that a container has of Claude Code's file."""
    if not registry.FORMATS[format_id].has_agents:
        return []
    result = registry.load(format_id).read(SourceText(file.path, file.data))
    return [one for one, state in zip(result.set.agents, result.states, strict=True) if not state.dropped]


def _add(laid: Laid, format_id: str, parts: Sequence[LoadedPart], about: AgentSet) -> None:
    """Convert the parts to a format, and take in what is not there already."""
    beside = Parts()
    beside.take(parts)
    piece = Loaded("", "json", None, about=about)
    done = list(convert([piece], format_id, Options(along=With(kinds=_KINDS[format_id]), deploy=True), beside))
    laid.failures += [one for one in done if one.failed]
    for one in done:
        _tell(laid, format_id, one)
    files = {one.file.path: one.file.data for one in done if one.file is not None}
    for folder, path in _unfit(files):
        why = f"Python could load `{path}` from an installed package; `agentconv install` brings all of it"
        laid.left_out.append((format_id, folder, why))
        files = {name: data for name, data in files.items() if not name.startswith(f"{folder}/")}
    laid.programs |= {one.file.path for one in done if one.file is not None and one.file.executable and one.file.path in files}
    index = registry.FORMATS[format_id].index
    laid.files |= {path: data for path, data in files.items() if path not in laid.files and (format_id, path) != (CLAUDE, index)}
    laid.made.append(format_id)


def _tell(laid: Laid, format_id: str, done: Converted) -> None:
    """Take in what a conversion refused, and what it lost."""
    for loss in done.losses:
        if loss.kind == "refused":
            laid.left_out.append((format_id, loss.agent, loss.detail))
            if done.part is not None:
                laid.refused.setdefault(format_id, []).append((done.part, loss.agent, loss.detail))
        elif loss.severity == "warning" and loss.part is not None:
            laid.lost.append(loss)


def _unfit(files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Return the folders of skills of which a pack cannot have all, each with the file that it cannot have."""
    wrong = [path for path in files if _CODE.search(path) or "__pycache__" in path.split("/") or problem(path)]
    return list({"/".join(path.split("/")[:2]): path for path in wrong}.items())
