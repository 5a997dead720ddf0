"""Keys that read like a limit: what a person who wrote one meant, whichever client's word it is."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from agentconv.core import schema_files
from agentconv.core.suggestions import folded


@cache
def _table() -> dict[str, str]:
    import tomli

    return dict(tomli.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["keys"])


def meant(key: str) -> str | None:
    """Return the field that a key means to limit, such as `tools.allow` or `permissions.rules`; None where it is no limit."""
    return _table().get(folded(key)) or None


def is_passed_over(format_id: str, key: str) -> bool:
    """Whether a client passes over a key in a file of its own: it has no such key, and does not mind, or has one that holds nothing."""
    schema = schema_files.load(format_id)
    row = schema["properties"].get(key)
    return schema["x-unknown"] != "rejected" and key not in schema.get("x-known-keys", ()) if row is None else "x-unheld" in row
