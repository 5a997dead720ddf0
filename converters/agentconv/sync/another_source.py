"""A `source` that somebody changed in the configuration by hand: from then on agents follow other files, also in what they may do.

`--switch-source` keeps that as it stands. By hand it is another right by another assistant's words, which nobody may get unasked.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.sources import sniffing
from agentconv.sync.decisions import PUTS, Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.core.widening import Widening
    from agentconv.sync.candidates import Candidate
    from agentconv.sync.situation import Situation

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Rights:
    """What becomes of an agent's rights in an assistant."""

    agent: str
    target: str
    more: tuple[Widening, ...]
    less: tuple[Widening, ...]

    def __str__(self) -> str:
        """Put it into words."""
        more, less = (", ".join(map(str, some)) for some in (self.more, self.less))
        parts = [*([f"now also {more}"] if more else []), *([f"no more {less}"] if less else [])]
        return f"{self.agent} in {self.target} ({'; '.join(parts)})"


def told(found: Sequence[Candidate], situation: Situation) -> Diagnostic | None:
    """Return what is to be told where the source was another assistant's files in the last run; an error where agents may do more now."""
    was, now = _before(situation), situation.settings.source_format
    if not was:
        return None
    rights = sorted(
        (*_rights(found), *_new(found, situation), *_instead(found, situation)), key=lambda one: (not one.more, one.agent, one.target)
    )
    is_wider = any(one.more for one in rights)
    listed = "; ".join(map(str, rights[:_SHOWN])) + (f"; and {len(rights) - _SHOWN:,} more" if len(rights) > _SHOWN else "")
    message = f"the source is {now} now, and was {was}" + (f": what agents may do changes with it: {listed}" if rights else "")
    hint = f'put `source = "{was}"` back, with "{now}" among `targets`, and run agentconv sync --switch-source {now},'
    hint = f"{hint} which keeps what agents may do as it stands{'; --yes goes on without that' if is_wider else ''}"
    return Diagnostic(Code.BLOCKED, Severity.ERROR if is_wider else Severity.WARNING, message, hint=hint)


def _before(situation: Situation) -> str:
    """Return the assistant whose files were the source of all that is settled; nothing where it is still the one, or nobody can tell."""
    found = {sniffing.by_place(PurePosixPath(path)) for path in {one.source for one in situation.lock.synced}}
    before = next(iter(found)) if len(found) == 1 else None
    return before or "" if before != situation.settings.source_format else ""


def _rights(found: Sequence[Candidate]) -> Iterator[_Rights]:
    """Yield the agents that may do something else in a file that stands there, once it follows the source of now."""
    for one in found:
        if one.settled is not None and one.there is not None and one.settled.agent is not one.there:
            more, less = (
                tuple(compare.more(*sides, one.target)) for sides in ((one.there, one.settled.agent), (one.settled.agent, one.there))
            )
            if more or less:
                yield _Rights(one.name, one.target, more, less)


def _new(found: Sequence[Candidate], situation: Situation) -> Iterator[_Rights]:
    """Yield the agents that may do something else in a file that is to be than by another assistant's, which is read there till then."""
    new = [one for one in found if one.entry in PUTS and one.there is None]
    for target in dict.fromkeys(one.target for one in new):
        seen = situation.instead(target)
        for one in new:
            stood = seen.get(one.key)
            agent = one.after
            if one.target == target and agent is not None and stood is not None:
                more, less = (tuple(compare.more(*sides, target)) for sides in ((stood, agent), (agent, stood)))
                if more or less:
                    yield _Rights(one.name, target, more, less)


def _instead(found: Sequence[Candidate], situation: Situation) -> Iterator[_Rights]:
    """Yield the agents whose file goes from an assistant that reads another's file of them then, by which they may do more."""
    names = {key: agent.name for key, agent in situation.sources.agents()}
    going = [one for one in found if one.entry is Entry.DELETE and one.there is not None]
    for target in dict.fromkeys(one.target for one in going):
        seen = {names[key]: agent for key, agent in situation.instead(target).items()}
        for one in going:
            if one.target == target and one.there is not None and (agent := seen.get(one.name)) is not None:
                more = tuple(compare.more(one.there, agent, target))
                if more:
                    yield _Rights(one.name, target, more, ())
