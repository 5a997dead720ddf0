"""A table of a project's settings, of which each value is read as what it has to be, or refused at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import dataclass
from agentconv.formats import registry
from agentconv.sources import settings_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentconv.core.diagnostics import InputError, Span
    from agentconv.sources.settings_file import SettingsFile


@dataclass(frozen=True, slots=True)
class Table:
    """One table, and where it is."""

    file: SettingsFile
    names: tuple[str, ...]
    """The keys that lead to it."""
    values: Mapping[str, Any]

    @property
    def shown(self) -> str:
        """What it is called."""
        return self.file.shown(*self.names)

    @property
    def above(self) -> str:
        """Where a setting stands that is none of a table's."""
        return f"directly below {self.file.shown()}" if self.file.prefix else f"at the top of {self.file.shown()}, above every [table]"

    def place(self, *names: str | int) -> Span:
        """Return where something in it stands."""
        return self.file.place(*self.names, *names)

    def wrong(self, message: str, hint: str | None = None, *names: str | int) -> InputError:
        """Make the error for something in it."""
        return self.file.wrong(message, hint, *self.names, *names)

    def at(self, error: InputError, *names: str | int) -> InputError:
        """Return an error with the place of something in it."""
        return self.wrong(error.diagnostic.message, error.diagnostic.hint, *names)

    def only(self, known: Iterable[str]) -> None:
        """Complain about a key that it does not take.

        Raises:
            InputError: There is one.
        """
        words = list(known)
        for key in self.values:
            if key not in words:
                place = settings_file.belonging(self.file, key)
                hint = place or registry.did_you_mean(key, words, f"settings: {', '.join(words)}")
                if key in settings_file.KEYS:
                    hint = f"`{key}` belongs {self.above}"
                raise self.wrong(f"there is no setting `{key}` in {self.shown}", hint, key)

    def table(self, key: str) -> Table:
        """Return a table in it; an empty one where there is none."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(
                f"{self.file.shown(*self.names, key)} is a table",
                f"write {self.file.shown(*self.names, key)} on a line of its own, and what it says below",
                key,
            )
        return Table(self.file, (*self.names, key), value)

    def switch(self, key: str, *, default: bool) -> bool:
        """Return a boolean."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(f"`{key}` wants true or false", f"write it without quotation marks: {key} = true", key)
        return value

    def text(self, key: str) -> str:
        """Return a text, which is not empty."""
        value = self.values[key]
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"`{key}` is text", f'for example: {key} = "..."', key)
        return value

    def texts(self, key: str, what: str) -> tuple[str, ...]:
        """Return a list of texts, none of which is empty; an empty list where there is none."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            raise self.wrong(f"`{key}` is a list of {what}", f'for example: {key} = ["..."]', key)
        for number, word in enumerate(value):
            if not isinstance(word, str) or not word.strip():
                raise self.wrong(f"`{key}` is a list of {what}", None, key, number)
        return tuple(value)
