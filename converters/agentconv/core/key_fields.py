"""Which field each key of each client's agents becomes, as the schemas of the clients say it.

It is written down together: many a key is looked up in all clients, and to read all of their schemas for it takes longer than all else.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core import schema_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILE = Path(__file__).with_suffix(".json")


@cache
def _written() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(FILE.read_text("utf-8"))
    return found


def of(format_id: str) -> Mapping[str, str]:
    """Return the field that each key of a client becomes, in the order of its schema; `extras` for those that only it makes use of.

    Raises:
        KeyError: There is no such client.
    """
    return _written().get(format_id) or _said(format_id)


@cache
def _said(format_id: str) -> dict[str, str]:
    return {key: row["x-field"] for key, row in schema_files.load(format_id)["properties"].items()}


def dumps(formats: Iterable[str]) -> str:
    """Return the text of what is written down, a line for each client."""
    rows = (f"{json.dumps(format_id)}: {json.dumps(_said(format_id))}" for format_id in formats)
    return "{\n" + ",\n".join(rows) + "\n}\n"
