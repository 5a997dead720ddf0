"""Losses by code, counted as they come, so that the report on many agents needs no more memory than that on few."""

from __future__ import annotations

from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from agentconv.core import losses
from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import LossSeverity
from agentconv.core.kinds import NOUNS
from agentconv.core.losses import WHOLE_SET
from agentconv.render import text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from agentconv.core.diagnostics import Detail, Loss
    from agentconv.render.text import Style

_OF_ANY_FIELD = frozenset({"field-dropped", "looks-dropped", "text-approximated", "text-trimmed"})
"""Codes whose detail says little without the field."""
_OF_A_KEY = frozenset(
    {"ignored-key-dropped", "key-moved", "key-reduced", "key-merged", "restriction-moved", "extra-overridden", "skill-key-dropped"}
)
"""Notes that say nothing without the key that they are about."""
_MOST_TOLD = 20
"""How much is told of one agent in one entry."""
_ORDER = {LossSeverity.REFUSAL: 0, LossSeverity.WARNING: 1, LossSeverity.NOTE: 2}


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told of one loss of one agent."""

    field: str
    """Empty where the detail says enough without it."""
    data: Detail | str

    @property
    def words(self) -> str:
        """Put it into words."""
        return f"{self.field} {self.data}" if self.field else str(self.data)


@dataclass(slots=True)
class _Group:
    first: Loss
    agents: int = 0
    last: str | None = None
    details: dict[str, dict[_Told, None]] = field(default_factory=dict)
    """What is particular to the first few agents."""
    unlike: int = 0
    """How many of the agents after these have something else than the first one."""
    others: dict[str, dict[_Told, None]] = field(default_factory=dict)
    """What is particular to the first few of those."""
    told: list[_Told] = field(default_factory=list)
    """What is particular to the first agent, which nearly all others share."""
    matched: int = 0
    """How much of that was told of the last agent, in the same order, where it is not one of the first few."""
    after: dict[_Told, None] = field(default_factory=dict)
    """What was told of the last agent, from where it was something else; empty until then."""
    more: str = ""
    """What is said behind a number of agents that are not shown: how they are."""

    def add(self, loss: Loss) -> None:
        whose = loss.whose
        if whose != self.last:
            self.settle()
            self.agents += 1
            self.last = whose
        of, data = loss.field if loss.code in _OF_ANY_FIELD else "", loss.data or loss.detail
        if whose in self.details or len(self.details) < text.NAMED:
            self.details.setdefault(whose, {})[_Told(of, data)] = None
        elif not self.after and self._is_next(of, data):
            self.matched += 1
        else:
            self.after = self._of_last()
            self.after[_Told(of, data)] = None

    def _is_next(self, of: str, data: Detail | str) -> bool:
        """Whether this follows for the first agent, too: mostly it is the same object, and nothing is made to compare it."""
        first = next(iter(self.details.values()))
        if len(self.told) != len(first):
            self.told = list(first)
        if self.matched == len(self.told):
            return False
        then = self.told[self.matched]
        return then.field == of and (then.data is data or then.data == data)

    def _of_last(self) -> dict[_Told, None]:
        """Return what was told of the last agent, where it is not one of the first few."""
        return self.after or dict.fromkeys(self.told[: self.matched])

    def settle(self) -> None:
        """Compare the last agent, of which all is told, with the first one."""
        if self.after or self.matched:
            self.unlike += self._differs()
            if self._differs() and len(self.others) < text.NAMED:
                self.others[self.last or ""] = self._of_last()
        self.after, self.matched = {}, 0

    def _differs(self) -> bool:
        """Whether something else was told of the last agent than of the first one."""
        return list(self.after) != self.told if self.after else self.matched < len(self.told)


class Tally:
    """Counts losses and words them, one entry per code, or what is told apart of it: how many agents, what happened, the first three."""

    def __init__(self, *, several_targets: bool = False, more: str = "") -> None:
        self.several_targets = several_targets
        self.more = more
        """What is said behind a number of names that are not shown: how they are."""
        self.groups: dict[tuple[str, str, LossSeverity, str | None, Detail | str | None], _Group] = {}
        self.severities: set[LossSeverity] = set()

    def add(self, loss: Loss) -> None:
        """Count one loss."""
        self.severities.add(loss.severity)
        way_out = loss.hint if loss.severity is LossSeverity.REFUSAL else None  # what one agent's is does not help another one
        apart = (loss.data or loss.detail) if losses.rule(loss.code).apart else way_out
        key = (loss.target, loss.code, loss.severity, loss.part, apart)
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = _Group(loss, more=self.more)
        group.add(loss)

    @property
    def is_cut(self) -> bool:
        """Whether there are agents that are only counted, or of which something is."""
        return any(
            group.agents > len(group.details) or any(len(told) > _MOST_TOLD for told in group.details.values())
            for group in self.groups.values()
        )

    def lines(self, look: Style, *, of_pairs: bool = False) -> list[str]:
        """Return the entries, the worst first; what is particular to each agent is left out of notes, but for the keys that they are about.

        Args:
            look: How they are shown.
            of_pairs: Only those that are the same for all agents of two clients.
        """
        for group in self.groups.values():
            group.settle()
        chosen = [group for group in self.groups.values() if losses.rule(group.first.code).of_pair or not of_pairs]
        groups = sorted(chosen, key=lambda group: (group.first.target, _ORDER[group.first.severity], group.first.code))
        entries: dict[object, list[_Group]] = {}
        for group in groups:
            loss = group.first
            several = losses.rule(loss.code).apart and loss.severity is not LossSeverity.NOTE
            entries.setdefault((loss.target, loss.code, loss.severity, loss.part, loss.hint) if several else id(group), []).append(group)
        found = list(entries.values())
        following = [entry[0].first for entry in found[1:]]
        return [line for entry, then in zip_longest(found, following) for line in self._entry(entry, then, look, detailed=of_pairs)]

    def _entry(self, groups: list[_Group], then: Loss | None, look: Style, *, detailed: bool) -> list[str]:
        """Return the lines of one entry; a hint that the entry of the same code after it gives too is left to that."""
        group = groups[0]
        loss = group.first
        head = f"{look.paint(loss.severity.value, loss.severity)}[{loss.code}]"
        to = f" to {text.client(loss.target)}," if self.several_targets else ""
        summary = text.for_target(losses.rule(loss.code).summary, loss.target)
        if loss.severity is LossSeverity.NOTE:
            told = detailed or losses.rule(loss.code).apart or loss.code in _OF_A_KEY
            more = f": {_details(group, alone=True)}" if told else ""
            return [f"{head}{to} {_whose(group, named=True)}: {summary}{more}"]
        if losses.rule(loss.code).apart:
            apart = _apart(groups)
            whose, details = apart[0]
            several = [f"{head}{to.rstrip(',')}{':' if to else ''} {summary}", *(f"  {one}: {what}" for one, what in apart)]
            lines = several if len(apart) > 1 else [f"{head}{to} {whose}: {summary}: {details}"]
        else:
            lines = [f"{head}{to} {_whose(group)}: {summary}", f"  {_details(group, alone=loss.agent == WHOLE_SET)}"]
        said_next = then is not None and (then.target, then.code, then.hint) == (loss.target, loss.code, loss.hint)
        return [*lines, f"  hint: {text.safe(text.for_target(loss.hint, loss.target))}"] if loss.hint and not said_next else lines


def _apart(groups: list[_Group]) -> list[tuple[str, str]]:
    """Return what is told apart, with the agents that it is of; that of the same agents together."""
    by_agents: dict[str, list[str]] = {}
    for group in groups:
        by_agents.setdefault(_whose(group, named=True), []).append(text.shorten(group.first.detail, text.REASON))
    return [(whose, ", ".join(details)) for whose, details in by_agents.items()]


def _whose(group: _Group, *, named: bool = False) -> str:
    """Say how many agents or parts a loss is of, and which; or that it is of the set."""
    if group.first.agent == WHOLE_SET:
        return WHOLE_SET
    counted = text.count(group.agents, _noun(group.first))
    return f"{counted} ({_names(group)})" if named else counted


def _noun(loss: Loss) -> str:
    """Return what the things that a loss is of are called."""
    return NOUNS[loss.part] if loss.part else "agent"


def _names(group: _Group, unlike: int = 0) -> str:
    """Name the first agents and count the others, but for so many that have something else."""
    more = group.agents - len(group.details) - unlike
    shown = ", ".join(text.shorten(name, text.WITH_PLACE) for name in group.details)
    return f"{shown} and {more:,} more{group.more}" if more else shown


def _details(group: _Group, *, alone: bool = False) -> str:
    """Return the first agents with what is particular to them, said once where it is the same; then it may stand alone.

    What is said once is said of no agent that has something else.
    """
    first, *others = group.details.values()
    if any(list(details) != list(first) for details in others):
        more = group.agents - len(group.details)
        return _each(group.details) + (f"; and {more:,} more{group.more}" if more else "")
    said = _worded(first)
    if group.unlike:
        more = group.unlike - len(group.others)
        unnamed = f"; and {more:,} more{group.more} with something else" if more else ""
        return f"{_names(group, group.unlike)}: {said}; {_each(group.others)}{unnamed}"
    return said if alone else f"{_names(group)}: {said}"


def _each(found: Mapping[str, Collection[_Told]]) -> str:
    """Return agents, each with what is particular to it."""
    return "; ".join(f"{text.shorten(name, text.WITH_PLACE)}: {_worded(details)}" for name, details in found.items())


def _worded(details: Collection[_Told]) -> str:
    """Return what is particular to an agent; of very much, the first of it and how much there is more."""
    shown = [text.shorten(told.words, text.REASON) for told in islice(details, _MOST_TOLD)]
    more = len(details) - len(shown)
    return ", ".join([*shown, *([f"{more:,} more"] if more else [])])
