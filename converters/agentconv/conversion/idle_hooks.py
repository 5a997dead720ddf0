"""Hooks that an agent has, and that settings keep from running where it goes: whoever relies on them to hold it back relies on nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import losses, plain_words
from agentconv.core.dataclass import replace
from agentconv.core.losses import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.conversion.options import Options
    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent
    from agentconv.core.widening import Widening


def off(agent: Agent, target: str, options: Options) -> str | None:
    """Return the settings that are there by which no hook of an agent runs; None where it has none, or nobody knows what is there."""
    read = options.read if agent.hooks else None
    if read is None:
        return None
    from agentconv.sources import hooks_off

    return hooks_off.of(target, read, options.scope)


def told(code: str, agent: Agent, target: str, wider: Sequence[Widening], off: str | None, *, hints: tuple[str, str] | None = None) -> Loss:
    """Say what an agent may do beyond its author's words, by its file or since settings switch its hooks off.

    Args:
        code: The loss.
        agent: The agent.
        target: The client's format id.
        wider: What it may do.
        off: The settings.
        hints: What there is to do, for people and for who calls the library, where that is something else than about the settings.
    """
    why = f" ({off} switches all hooks off)" if off is not None else ""
    shown = listed(f"{one}{why if one.effect == plain_words.HOOKS else ''}" for one in wider)
    hint, option = hints or (_hints(wider, off) if code == "widening" else None) or (None, None)
    beyond = tuple(dict.fromkeys(one.name for one in wider))
    return replace(losses.loss(code, agent.id, "tools", target, shown, hint=hint), option=option, beyond=beyond)


def _hints(wider: Sequence[Widening], off: str | None) -> tuple[str, str] | None:
    """Say what to do about settings that switch an agent's hooks off; the second text is for who calls the library."""
    if off is None or all(one.effect != plain_words.HOOKS for one in wider):
        return None
    widening, does = losses.rule("widening"), f"where {off} does not, the agent is held"
    return f"{does}; {widening.hint}", f"{does}; {widening.option}"
