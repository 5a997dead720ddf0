"""Files of settings in which parts of several kinds stand side by side, and which their client takes as a whole, or not at all.

Two things void such a file: a value anywhere in it that its client does not take (`schemas/settings`), and a part in it that costs all of
its own kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import schema_files, toml_places
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.source import BOM
from agentconv.families import toml_values
from agentconv.families.record_file import as_written
from agentconv.json import jsonc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentconv.core.diagnostics import Complaint, Effect
    from agentconv.core.source import SourceText
    from agentconv.json.jsonc import Syntax

    Missing = Callable[[str], bool]
    """Says whether a file is missing, by its path from the folder of the settings."""


def _nothing_else(_source: SourceText, _missing: Missing) -> tuple[Complaint, int] | None:
    return None


@dataclass(frozen=True, slots=True)
class SettingsFormat:
    """One client's files of settings. A module `settings` of its package has them by format ids, in `BY_FORMAT`."""

    format: str
    files: tuple[str, ...]
    """By their paths from the project's root, and from the user's home."""
    effect: Effect
    """What it costs that one part costs all of its kind in the file; where that is nothing, the others hold."""
    syntax: Syntax = jsonc.JSON
    """Of what is no TOML."""
    further: Callable[[SourceText, Missing], tuple[Complaint, int] | None] = _nothing_else
    """Says what else voids a file, and where that stands."""

    def fault(self, source: SourceText, missing: Missing) -> tuple[Complaint, int] | None:
        """Return what voids a file that parses, whatever parts are in it, and where; None where nothing does."""
        in_values = self._toml(source) if source.path.endswith(".toml") else self._json(source)
        return next(in_values, None) or self.further(source, missing)

    def _json(self, source: SourceText) -> Iterator[tuple[Complaint, int]]:
        text = as_written(source)
        document = jsonc.parse(text.text, self.syntax)
        if document.error or not isinstance(document.root, jsonc.Object):
            return  # whoever reads parts in it says so
        for key, node in document.root.entries().items():
            found = self._wrong(key, jsonc.value(node))
            if found is not None:
                yield found, text.place(jsonc.inside(node, found.within)[0])

    def _toml(self, source: SourceText) -> Iterator[tuple[Complaint, int]]:
        values = toml_values.parsed(source.text.removeprefix(BOM))
        for key, value in () if isinstance(values, toml_values.Broken) else values.items():
            found = self._wrong(key, value)
            if found is not None:
                yield found, toml_places.innermost(source.text, (key, *found.within))

    def _wrong(self, key: str, value: object) -> Complaint | None:
        found = schema_files.complaint(f"settings/{self.format}", key, value)
        return found and replace(found, client=self.format)
