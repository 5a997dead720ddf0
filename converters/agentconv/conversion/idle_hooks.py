"""Hooks that an agent has, and that hold nothing where it goes: settings switch them off, their script is another there, or cannot come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import losses, plain_words
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.losses import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.conversion.options import Options
    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent
    from agentconv.core.widening import Widening


@dataclass(frozen=True, slots=True)
class Idle:
    """Why no hook of an agent holds it where it goes."""

    why: str
    unless: str
    """Where, or with what, they would."""


def off(agent: Agent, target: str, options: Options) -> Idle | None:
    """Return what is there by which the hooks of an agent hold nothing; None where it has none, or nobody knows what is there."""
    read = options.read if agent.hooks else None
    if read is None:
        return None
    from agentconv.conversion import agent_scripts
    from agentconv.sources import hooks_off

    settings = hooks_off.of(target, read, options.scope)
    if settings is not None:
        return Idle(f"{settings} switches all hooks off", f"where {settings} does not")
    if (barred := agent_scripts.barred(agent, options)) is not None:
        return Idle(f"{barred[0]} cannot be written, {barred[1]}", f"where {barred[0]} can be written")
    path = agent_scripts.another(agent, options)
    return None if path is None else Idle(f"another file is at {path}", f"with its own {path} there, or with --force, which replaces it")


def told(
    code: str, agent: Agent, target: str, wider: Sequence[Widening], idle: Idle | None, *, hints: tuple[str, str] | None = None
) -> Loss:
    """Say what an agent may do beyond its author's words, by its file or since its hooks hold nothing.

    Args:
        code: The loss.
        agent: The agent.
        target: The client's format id.
        wider: What it may do.
        idle: Why its hooks hold nothing.
        hints: What there is to do, for people and for who calls the library, where that is something else than about the hooks.
    """
    why = f" ({idle.why})" if idle is not None else ""
    shown = listed(f"{one}{why if one.effect == plain_words.HOOKS else ''}" for one in wider)
    hint, option = hints or (_hints(wider, idle) if code == "widening" else None) or (None, None)
    beyond = tuple(dict.fromkeys(one.name for one in wider))
    return replace(losses.loss(code, agent.id, "tools", target, shown, hint=hint), option=option, beyond=beyond)


def _hints(wider: Sequence[Widening], idle: Idle | None) -> tuple[str, str] | None:
    """Say what to do about an agent's hooks that hold nothing; the second text is for who calls the library."""
    if idle is None or all(one.effect != plain_words.HOOKS for one in wider):
        return None
    widening, does = losses.rule("widening"), f"{idle.unless}, the agent is held"
    return f"{does}; {widening.hint}", f"{does}; {widening.option}"
