"""What a file of a target says, and its source cannot: it stays, and the configuration says so.

Values become overrides, and what the agent may do is what stands there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.core import fields
from agentconv.core.dataclass import dataclass
from agentconv.sync import digests
from agentconv.sync.carrying import CARRIED, OVERRIDDEN, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Agent, Json
    from agentconv.sync.views import View


@dataclass(frozen=True, slots=True)
class Kept:
    """What of an agent holds in one target alone."""

    agent: str
    path: str
    pointer: str
    target: str
    says: Mapping[str, Json]
    """What the configuration says of it: values by key, in `keep` the fields of which the file's word counts, and in `keep-wider` what it
    may do there beyond what its source says."""


def of(view: View, there: Agent) -> Kept:
    """Return what the configuration has to say so that an agent stays as it is there.

    A text is none of that: it would be another one for good. The source's, which is the same but for blanks, takes its place.
    """
    new, old = digests.grouped(digests.of(view.agent)), digests.grouped(digests.of(there))
    said: dict[str, Json] = {}
    keep: list[str] = []
    for path in sorted({*new, *old} - {"name", digests.GROUP, *digests.TEXTS}):
        if new.get(path) == old.get(path) or (path.startswith("extras.") and path not in new):
            continue
        value = fields.get(there, path) if path in OVERRIDDEN else None
        if value is not None:
            said[CARRIED[path]] = plain(value)
        else:
            keep.append(f"extras.{path.split('.', 2)[2]}" if path.startswith("extras.") else path)
    may = rights(view, there).says
    kept: dict[str, Json] = {"keep": [*(digests.SECURITY if may else ()), *keep]} if keep else {}
    return Kept(view.source.name or "", view.path, view.pointer, view.target, {**said, **may, **kept})


def rights(view: View, there: Agent) -> Kept:
    """Return what the configuration has to say so that an agent may do there what it does now, no more, and no less."""
    new, old = (digests.grouped(digests.of(agent)).get(digests.GROUP) for agent in (view.agent, there))
    said: dict[str, Json] = {"keep": True} if new != old else {}
    wider = dict.fromkeys(one.name for one in compare.widenings(view.source, there, view.target)) if said else {}
    return Kept(view.source.name or "", view.path, view.pointer, view.target, said | ({"keep-wider": [*wider]} if wider else {}))
