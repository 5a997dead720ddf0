"""What a pack would put where: converted once for each target, all of it, so that names do not depend on what is chosen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.conversion.converting import Options, convert
from agentconv.conversion.shared_files import Shared
from agentconv.core import losses
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.install import places
from agentconv.install.steps import Wanted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from agentconv.conversion.converting import Converted
    from agentconv.core.diagnostics import Diagnostic, Loss
    from agentconv.core.ir import Agent
    from agentconv.install.places import Scope
    from agentconv.packs.manifest import Manifest
    from agentconv.sources.loaded import Loaded

_OPTIONS = Options(deploy=True)


@dataclass(frozen=True, slots=True)
class Deployment:
    """What one target would get of a pack."""

    target: str
    wanted: tuple[Wanted, ...] = ()
    refused: tuple[str, ...] = ()
    """Ids of the agents that the target cannot hold; the losses say why."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Ids of the agents that the target reads from another target's folder, and that target."""
    losses: tuple[Loss, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def agent_ids(manifest: Manifest, words: Collection[str]) -> tuple[str, ...]:
    """Return the ids of the agents that `--agent` names.

    Raises:
        InputError: The pack has no such agent.
    """
    known = {agent.name: agent.id for agent in manifest.agents} | {agent.id: agent.id for agent in manifest.agents}
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


def deploy(manifest: Manifest, pieces: Sequence[Loaded], selection: Mapping[str, tuple[str, ...] | None], scope: Scope) -> list[Deployment]:
    """Convert a pack for its targets.

    Args:
        manifest: What the pack says of itself.
        pieces: What was read of it.
        selection: By target the ids of the agents that it gets; None for all.
        scope: Where to.

    Raises:
        InputError: A target takes no agents in this scope.
    """
    known = places.targets()
    sources = source_hashes(manifest)
    agents = {agent.id: agent for piece in pieces for agent in piece.agents}
    done: dict[str, Deployment] = {}
    for target in (target for target in known.values() if target.id in selection):
        names = selection[target.id]
        ids = [agent.id for agent in manifest.agents if names is None or agent.id in names]
        scope.folder(target)  # refuses a target that has no place here
        others = [done[other] for other in target.also_reads if other in done] if not scope.is_user else []
        read = {id_: (other.target, agent) for other in others for id_, agent in _read_too(target.id, other) if id_ in ids}
        wanted = [agent for agent in ids if agent not in read]
        results = list(convert(pieces, target.id, _OPTIONS)) if wanted else []
        taken = _taken(target, results, set(wanted), sources=sources, scope=scope)
        wider = tuple(_wider(agents, target.id, {id_: agent for id_, (_, agent) in read.items()}))
        done[target.id] = replace(taken, left_out={id_: other for id_, (other, _) in read.items()}, losses=(*taken.losses, *wider))
    return list(done.values())


def _read_too(target: str, other: Deployment) -> Iterator[tuple[str, Agent]]:
    """Yield the agents that a target loads from the files of another one, as that has them, and as it reads them."""
    module = registry.load(target)
    for one in other.wanted:
        result = module.read(SourceText(one.path, one.data))
        if len(result.states) == 1 and not result.states[0].dropped:
            yield one.agent, result.set.agents[0]


def _wider(agents: Mapping[str, Agent], target: str, read: Mapping[str, Agent]) -> Iterator[Loss]:
    """Yield what a target that reads another one's files lets agents do beyond what their author allowed."""
    for id_, agent in read.items():
        wider = compare.widenings(agents[id_], agent, target)
        if wider:
            yield losses.loss("widened-elsewhere", id_, "tools", target, losses.listed(map(str, wider)))


def _taken(
    target: places.Target,
    results: list[Converted],
    ids: set[str],
    *,
    sources: Mapping[str, str],
    scope: Scope,
) -> Deployment:
    """Take of a conversion what is for the chosen agents."""
    found = tuple(_said(loss) for one in results for loss in one.losses if loss.agent in ids)
    codes: dict[str, set[str]] = {}
    for loss in found:
        codes.setdefault(loss.agent, set()).add(loss.code)
    wanted: list[Wanted] = []
    files = [one.file.shared for one in results if one.file and isinstance(one.file.shared, Shared)]
    together: dict[str, Agent] = {agent.id: agent for file in files for agent in file.agents}
    for one in results:
        for agent in one.agents:
            path = one.file.path if one.file else one.path
            if agent not in ids or path is None or (one.file is None and agent not in together):
                continue
            said = tuple(sorted(codes.get(agent, ())))
            place, data = scope.path(target, path), one.file.data if one.file else b""
            wanted.append(Wanted(place, target.id, agent, sources[agent], data, said, together.get(agent)))
    refused = tuple(agent for one in results if one.refused for agent in one.agents if agent in ids)
    diagnostics = tuple(remark for one in results for remark in one.diagnostics if remark.agent is None or remark.agent in ids)
    return Deployment(target.id, tuple(wanted), refused, losses=found, diagnostics=diagnostics)


def _said(loss: Loss) -> Loss:
    """Return a loss without a hint at a flag: those are about conversions, and deploying has no choices of that kind."""
    return replace(loss, hint=None) if losses.CATALOGUE[loss.code].by_flag else loss


def shown_place(target: str, scope: Scope) -> str:
    """Return where a target's agents go, for people."""
    return scope.shown(scope.folder(places.targets()[target]) or registry.FORMATS[target].files[0])
