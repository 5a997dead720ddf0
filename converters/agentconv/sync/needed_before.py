"""Parts that agents needed before the source was switched to an assistant whose files of agents cannot name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion.open_servers import chooses
from agentconv.core import vocabulary
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.conversion.along import With
    from agentconv.core.kinds import Kind
    from agentconv.install.lock import Entry, Lock
    from agentconv.sources.parts import Parts
    from agentconv.sync.settings import Settings

_SERVERS: Kind = "servers"
_SKILLS: Kind = "skills"


@dataclass(frozen=True, slots=True)
class NeededBefore:
    """What stays in step in a target although no agent names it: none of the source's files can, and the target has it of us.

    It goes when the source has it no more, or when no agent is in step there any more, as what is needed does.
    """

    client: str
    """The source's."""
    by_target: dict[str, tuple[tuple[Kind, str], ...]]

    def along(self, wanted: With, target: str) -> With:
        """Return what goes along into a target."""
        return replace(wanted, named=tuple(dict.fromkeys((*wanted.named, *self.by_target.get(target, ())))))

    def told(self) -> Iterator[Diagnostic]:
        """Say what stays, and how it goes."""
        title = registry.FORMATS[self.client].title
        for target, parts in self.by_target.items():
            names = ", ".join("/".join(one) for one in parts)
            message = (
                f"{names}: stays in {registry.FORMATS[target].title} as an agent needed it there; no file of {title}'s agents can say so"
            )
            hint = f"what {title} has no more goes there, too; or leave `needed` out of `with`"
            yield Diagnostic(Code.PARTS, Severity.NOTE, message, hint=hint)


def of(settings: Settings, wanted: With, mine: Iterable[Entry], locked: Lock, beside: Parts) -> NeededBefore:
    """Return what stays in targets.

    Args:
        settings: What the project says.
        wanted: What goes along.
        mine: What is ours of parts.
        locked: What is settled of agents.
        beside: The source's parts.
    """
    kinds = [kind for kind in _unnamed(settings.source_format) if kind not in wanted.kinds] if wanted.needed else []
    names = {f"{kind}/{one.part.id}": (kind, one.part.name or "") for kind in kinds for one in beside.of(kind) if one.meant}
    there = {one.target for one in locked.synced} - {settings.source_format}
    found: dict[str, dict[tuple[Kind, str], None]] = {}
    for entry in mine:
        if entry.agent in names and entry.target in there and names[entry.agent] not in wanted.named:
            found.setdefault(entry.target, {})[names[entry.agent]] = None
    return NeededBefore(settings.source_format, {target: tuple(parts) for target, parts in found.items()})


def _unnamed(client: str) -> Iterator[Kind]:
    """Yield the kinds of parts that an agent of a client cannot name: its files do not hold that, or it does not keep to them."""
    if not chooses(client) or vocabulary.unenforced(client).servers:
        yield _SERVERS
    if _SKILLS not in registry.load(client).SPEC.holds:
        yield _SKILLS
