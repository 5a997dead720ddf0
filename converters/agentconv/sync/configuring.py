"""Changes of the configuration, made in its own text: nothing else of it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.sync.carrying import Edit
    from agentconv.sync.settings import Settings


def with_overrides(settings: Settings, text: str, edits: Sequence[Edit]) -> str:
    """Return the text of a configuration with what was edited in targets and has no place in the source."""
    import tomlkit

    document = tomlkit.parse(text)
    table: Any = document
    if settings.file.name == "pyproject.toml":
        table = table["tool"]["agentconv"]
    for edit in edits:
        one = _table(_table(_table(_table(table, "sync"), "agents"), edit.candidate.name), edit.candidate.target)
        one[edit.word] = edit.override
    return tomlkit.dumps(document)


def _table(table: Any, name: str) -> Any:
    import tomlkit

    if name not in table:
        table[name] = tomlkit.table(is_super_table=True) if name in ("sync", "agents") else tomlkit.table()
    return table[name]
