"""Which format holds which field, as it was found out by converting (`matrix`) and written down: conversions take their time."""

from __future__ import annotations

import json
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = Path(__file__).with_suffix(".json")


class Holds(StrEnum):
    """How well a format holds a field."""

    NATIVE = "native"
    """As it is."""
    APPROXIMATED = "approximated"
    """In another way, or some of its values only."""
    NONE = "none"
    """Not at all: it is dropped, or the agent is refused."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One field in one format."""

    read: Holds
    write: Holds
    losses: tuple[str, ...] = ()
    """Codes of the losses that writing declares."""


@cache
def recorded() -> dict[str, dict[str, Cell]]:
    """Return the cells of all formats by format and field."""
    found = json.loads(FILE.read_text("utf-8"))
    return {
        format_id: {path: Cell(Holds(read), Holds(write), tuple(losses)) for path, (read, write, losses) in cells.items()}
        for format_id, cells in found.items()
    }


def dumps(cells: Mapping[str, Mapping[str, Cell]]) -> str:
    """Return the text of the file, a line for each field of a format."""
    rows = {
        format_id: ",\n".join(f"  {json.dumps(path)}: {json.dumps([cell.read, cell.write, cell.losses])}" for path, cell in fields.items())
        for format_id, fields in cells.items()
    }
    return "{\n" + ",\n".join(f"{json.dumps(format_id)}: {{\n{lines}\n}}" for format_id, lines in rows.items()) + "\n}\n"
