"""A check that goes by another configuration than the project's own: what that one settles already counts once it is merged."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.render import synced

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.render.synced_lines import Line
    from agentconv.sync.planning import Outcome


def waits(outcome: Outcome) -> bool:
    """Whether there is nothing at all to do by the project's own configuration, where a check goes by another one."""
    own = outcome.by_its_own
    return own is not None and not own.is_drift() and not own.broken() and not any(line.look for line in synced.told(own))


def why(outcome: Outcome) -> str:
    """Say why nothing that is done here makes a check pass that goes by another configuration than the project's own."""
    own, file = outcome.settings.own_file, outcome.settings.file.name
    return (
        f"what this change says in {own} counts once it is merged, and settles that: a maintainer looks at it and merges it; until then"
        f" this check goes by {file}"
    )


def lines(found: Sequence[Line], outcome: Outcome) -> list[Line]:
    """Return the lines of a check; of what is told by the other configuration alone, the way out is that somebody merges the own one."""
    own = outcome.by_its_own
    if own is None:
        return [*found]
    left = {_key(line) for line in synced.told(own)}
    return [line if _key(line) in left else replace(line, hint=why(outcome), for_all="") for line in found]


def diagnostics(told: Iterable[Diagnostic], outcome: Outcome) -> list[Diagnostic]:
    """Return what is told of a run; of what stands in the other configuration and not in the own one, the same."""
    own, name = outcome.by_its_own, outcome.settings.file.name
    if own is None:
        return [*told]
    left = {one.message for one in own.diagnostics}
    return [
        replace(one, hint=why(outcome))
        if one.span is not None and os.path.basename(one.span.path) == name and one.message not in left
        else one
        for one in told
    ]


def _key(line: Line) -> Hashable:
    return line.word, line.agent, line.target, line.path, line.pointer, line.fields
