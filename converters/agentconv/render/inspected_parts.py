"""What each client makes of skills, commands and MCP servers, for people and for programs."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from agentconv.core.diagnostics import Severity
from agentconv.core.format import State
from agentconv.core.kinds import NOUNS
from agentconv.lint import part_inspection
from agentconv.render import text
from agentconv.render.table import width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.lint.part_inspection import InspectedPart, PartReading
    from agentconv.render.text import Style

_HIDDEN = "hidden"
_SEVERITIES = {State.DEGRADED: Severity.WARNING, State.NOT_LOADED: Severity.ERROR, State.STOPS: Severity.ERROR}


def report(parts: Sequence[InspectedPart], look: Style) -> list[str]:
    """Return the report: a heading for each part, then a line for the clients that make the same of it."""
    states = [_state(reading) for part in parts for reading in part.readings]
    column = max(map(len, states), default=0)
    found: list[str] = []
    for part in parts:
        found += ["", f"{text.safe(part.path)} ({NOUNS[part.kind]} {text.shorten(part.name, 60)})"]
        groups: dict[tuple[Any, ...], list[PartReading]] = {}
        for reading in part.readings:
            groups.setdefault((_state(reading), reading.remarks, _instead(reading)), []).append(reading)
        for (state, remarks, instead), readings in groups.items():
            severity = _SEVERITIES.get(readings[0].state)
            shown = look.paint(state, severity) if severity else state
            clients = ", ".join(f"{text.client(one.client)}{_where(one)}" for one in readings)
            first, *rest = wrap(clients, width() - column - 4, break_on_hyphens=False)
            found += [f"  {shown}{' ' * (column - len(state))}  {first}", *(f"  {' ' * column}  {line}" for line in rest)]
            words = [instead, *remarks] if instead else list(remarks)
            indent = " " * (column + 6)
            found += [
                line
                for word in words
                for line in wrap(f"- {text.shorten(word, 300)}", width(), initial_indent=indent, subsequent_indent=indent)
            ]
    return found


def _where(reading: PartReading) -> str:
    """Say what it takes for a client to look there."""
    if reading.optional:
        return " (where its settings take what is other assistants')"
    return " (where you trust the folder)" if reading.trusted else ""


def _instead(reading: PartReading) -> str | None:
    return part_inspection.instead(reading.hidden_by, races=reading.races) if reading.hidden_by else None


def _state(reading: PartReading) -> str:
    return _HIDDEN if reading.hidden_by and not reading.races else reading.state.value


def plain(part: InspectedPart) -> dict[str, Any]:
    """Return a part as a map for programs."""
    readings = [
        {
            "client": one.client,
            "state": one.state.value,
            **({"hidden_by": one.hidden_by} if one.hidden_by else {}),
            **({"races": True} if one.races else {}),
            **({"trusted": True} if one.trusted else {}),
            **({"optional": True} if one.optional else {}),
            **({"remarks": list(one.remarks)} if one.remarks else {}),
        }
        for one in part.readings
    ]
    return {"path": part.path, "kind": part.kind, "name": part.name, "readings": readings}
