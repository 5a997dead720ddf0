"""What a user insists on, whatever an author closed: everything, what restrains the whole set, or single agents and parts by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion.choices import EVERYTHING
from agentconv.core import losses
from agentconv.core.dataclass import replace
from agentconv.core.restraints import RESTRAINING

if TYPE_CHECKING:
    from collections.abc import Collection

    from agentconv.conversion.options import Options


def insisting(options: Options, words: Collection[str]) -> Options:
    """Return options with what a user insists on.

    Args:
        options: What else was chosen.
        words: `all`, kinds of parts that restrain the whole set, names of agents, and parts as KIND/NAME.
    """
    kinds = RESTRAINING if EVERYTHING in words else tuple(kind for kind in RESTRAINING if kind in words)
    return replace(options, allow_widening=EVERYTHING in words, widening=frozenset(named(words)), unrestrained=kinds)


def not_of_agents(options: Options) -> tuple[str, str] | None:
    """Say of an agent that is refused that kinds which a user insists on are those of the whole set, and no agent's own: its hooks, say.

    The second text is for who calls the library.
    """
    if not options.unrestrained or options.allow_widening:
        return None
    rule, kinds = losses.rule("widening"), ",".join(options.unrestrained)
    does = "is about what is said for the whole project, and not about what an agent says itself"
    return f"--allow-widening={kinds} {does}; {rule.hint}", f"`unrestrained` {does}; {rule.option}"


def named(words: Collection[str]) -> tuple[str, ...]:
    """Return the agents and parts among what a user insists on."""
    return tuple(word for word in words if word not in (EVERYTHING, *RESTRAINING))


def insists(words: Collection[str], name: str) -> bool:
    """Whether an agent may do more than its author allowed."""
    return EVERYTHING in words or name in named(words)
