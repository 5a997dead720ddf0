"""What each assistant gets of a pack that holds what restrains the whole set: all of it, or what cannot break what is not held there.

The pack is converted for every assistant as an installation converts it, so that it is known to whoever builds it, and to whoever reads its
README, before anybody installs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import set_restraints
from agentconv.conversion.along import EVERYTHING
from agentconv.conversion.carried_parts import CarriedParts
from agentconv.conversion.converting import Options, convert
from agentconv.core import vocabulary
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import LossKind
from agentconv.core.restraints import RESTRAINED
from agentconv.formats import registry
from agentconv.sources.parts import Parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.conversion.converting import Converted
    from agentconv.pack.sources import Sources

_OPTIONS = Options(deploy=True, along=EVERYTHING)
_RESTRAINT = "set-restraint"


@dataclass(frozen=True, slots=True)
class Reach:
    """What one assistant gets."""

    client: str
    without: Mapping[str, str]
    """What does not come to it, by name (of a part with its kind: `skills/deploy`), and why."""
    of: int
    """How many agents and parts there are that could come."""
    agents: int = 0
    """How many of those are agents."""

    @property
    def agents_away(self) -> int:
        """How many agents do not come to it."""
        return sum(name.partition("/")[0] not in RESTRAINED for name in self.without)

    @property
    def gets_nothing(self) -> bool:
        """Whether no agent, skill, command or server comes to it."""
        return len(self.without) == self.of


def clients() -> list[str]:
    """Return the clients that a pack is deployed to."""
    return [client for client in registry.CLIENTS if vocabulary.installation(client)]


def of(sources: Sources) -> tuple[Reach, ...]:
    """Return what each assistant gets of a pack; nothing where it holds no rule or hook that restrains the others."""
    if not any(set_restraints.of(one) for one in sources.parts):
        return ()
    agents = sum(1 for _ in sources.agents)
    number = agents + sum(one.kind in RESTRAINED for one in sources.parts)
    return tuple(Reach(client, dict(_without(sources, client)), number, agents) for client in clients())


def _without(sources: Sources, client: str) -> Iterator[tuple[str, str]]:
    names = {agent.id: agent.name or agent.id for _, agent in sources.agents} | {one.part.id: one.part.name or "" for one in sources.parts}
    carried = CarriedParts(client, _OPTIONS, {})
    carried.judge([one for one in sources.parts if set_restraints.of(one)])
    reasons = {word: one.reason for one in carried.restraints.open for word in (one.restraint.shown, one.restraint.text)}
    for done in convert(sources.pieces, client, _OPTIONS, Parts()):
        if done.file is None and done.path is None and (done.part is None or done.part in RESTRAINED):
            why = _why(done, reasons)
            yield from ((f"{done.part}/{names[id_]}" if done.part else names[id_], why) for id_ in done.agents)


def _why(done: Converted, reasons: Mapping[str, str]) -> str:
    """Say what is not held; of what does not come for another reason, the code, which `agentconv rule` explains."""
    if not done.refused:
        return "a bug of agentconv" if done.failed else "it has no such parts"
    refusals = [loss for loss in done.losses if loss.kind is LossKind.REFUSED]
    broken = next((loss.data.values[0] for loss in refusals if loss.code == _RESTRAINT and loss.data is not None), None)
    if broken is None:
        return refusals[0].code
    return f"it does not hold {', '.join(f'{one}: {reasons[one]}' if one in reasons else one for one in broken)}"
