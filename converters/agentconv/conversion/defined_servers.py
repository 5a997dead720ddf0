"""Servers that agents name and do not define: those that the target has already, or gets along with its agents, are not missing there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import effects, losses, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import LossSeverity
from agentconv.core.losses import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from agentconv.core.diagnostics import Loss

UNDEFINED = "mcp-undefined"
_STAYS = "it stays here, since every agent there would have it: `server-open-to-all` says who may not"


def names_of(loss: Loss) -> tuple[str, ...]:
    """Return the servers that a loss says are named and not defined."""
    values = loss.data.values if loss.code == UNDEFINED and loss.data else ()
    return values[0] if values and isinstance(values[0], tuple) else ()


def settled(told: Iterable[Loss], there: Callable[[], Collection[str]], shut: Collection[str] = ()) -> Iterator[Loss]:
    """Yield what is said of an agent, but that a server is not defined which the target has.

    Args:
        told: What is said.
        there: Returns the names of the servers that the target has, or gets; asked where some are missing.
        shut: The names of those that it does not get since not every agent there may use them.
    """
    for loss in told:
        names = names_of(loss)
        if not names:
            yield loss
            continue
        keys = {effects.server_key(name) for name in there()}
        found = tuple(name for name in names if effects.server_key(name) in keys)
        stay = tuple(name for name in names if name not in found and effects.server_key(name) in map(effects.server_key, shut))
        left = tuple(name for name in names if name not in (*found, *stay))
        if not (found or stay):
            yield loss
            continue
        if found:
            yield _named(loss, found)
        for several, hint in ((stay, _STAYS), (left, loss.hint)):
            if several:
                yield losses.loss(UNDEFINED, loss.agent, loss.field, loss.target, listed(several), hint=hint)


def _named(loss: Loss, found: tuple[str, ...]) -> Loss:
    """Say that servers are in the target's configuration: a warning where its client holds no agent to a choice of them."""
    if vocabulary.unenforced(loss.target).servers is None:
        return losses.loss("part-named-along", loss.agent, loss.field, loss.target, listed(found))
    why = "the target holds no agent to a choice of servers: every agent there, and the session itself, can use it"
    hint, option = f"{why}; --with none leaves it out", f'{why}; `with_="none"` leaves it out'
    told = losses.loss("part-named-along", loss.agent, loss.field, loss.target, listed(found), hint=hint, severity=LossSeverity.WARNING)
    return replace(told, option=option)
