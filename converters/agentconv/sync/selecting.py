"""Which fields of which agents are meant: `AGENT`, `FIELD` or `AGENT:FIELD`, and all of them where nothing is said.

A word alone that is a field's is the field of all agents; an agent of that name is `AGENT:`, and so is one that is called as a part is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = "name"
FIELDS = {
    "prompt.text": "prompt",
    "description": "description",
    **{path: path.rpartition(".")[2] for path in ("model", "effort", "temperature", "top_p", "color", "limits.max_turns")},
}
"""Fields that are carried back, each with the word for it."""
_PATHS = {word: path for path, word in FIELDS.items()}


@dataclass(frozen=True, slots=True)
class Selection:
    """What is meant."""

    pairs: tuple[tuple[str, str], ...] = ()
    """An agent's name and the path of a field; either is empty for all of them. Without any, all is meant."""

    def holds(self, agent: str, path: str) -> bool:
        """Whether a field of an agent is meant."""
        return not self.pairs or any(one in ("", agent) and field in ("", path, path.partition(".")[0]) for one, field in self.pairs)

    def agents(self) -> tuple[str, ...]:
        """Return the agents that are named."""
        return tuple(dict.fromkeys(agent for agent, _ in self.pairs if agent))


def read(words: Iterable[str]) -> Selection:
    """Read what was typed; several words may stand in one, with commas between them."""
    return Selection(tuple(_pair(word) for word in split(words)))


def parts(words: Iterable[str]) -> tuple[str, ...]:
    """Return which of the words that were typed are no agents: skills, servers and the like, by kind and name."""
    return tuple(word for word in split(words) if ":" not in word and word.partition("/")[0] in KINDS and "/" in word)


def split(words: Iterable[str]) -> list[str]:
    """Return the words of which several may stand in one, with commas between them."""
    return [word.strip() for one in words for word in one.split(",") if word.strip()]


def _pair(word: str) -> tuple[str, str]:
    agent, colon, field = word.partition(":")
    if not colon and (agent in _PATHS or agent == NAME):
        agent, field = "", agent
    return agent, _PATHS.get(field, field)
