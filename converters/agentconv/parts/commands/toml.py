"""Commands in TOML: a table with the text in one of its keys."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core import toml_places
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Complaint
from agentconv.core.source import BOM
from agentconv.families import toml_text, toml_values
from agentconv.parts.commands.shapes import Entry, Opened

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.parts.commands.shapes import Change, New


@dataclass(frozen=True, slots=True)
class Toml:
    """One client's files."""

    body: str = "prompt"

    def open(self, source: SourceText, client: str) -> Opened:  # noqa: ARG002
        """Return what a file holds."""
        text = source.text.removeprefix(BOM)
        skipped = len(source.text) - len(text)
        if source.undecodable is not None:
            return Opened(problem=(Complaint("the file is not UTF-8"), source.span(source.undecodable)))
        values = toml_values.parsed(text)
        if isinstance(values, toml_values.Broken):
            return Opened(problem=(values.complaint, source.span(values.at + skipped)))
        body = values.pop(self.body, None)
        span = partial(_span, source)
        if not isinstance(body, str):
            reason = f"`{self.body}` must be text" if body is not None else f"there is no `{self.body}`"
            return Opened((Entry(values, None, span, problem=Complaint(reason, self.body)),))
        return Opened((Entry(values, body, span),))

    def patched(self, source: SourceText, changes: Mapping[int, Change], added: Sequence[New], removed: Collection[int]) -> str | None:
        """Return the file with keys, or the text, changed; comments, order and spelling of the rest stay."""
        if added or removed or 0 not in changes:
            return None if added or removed else source.text
        import tomlkit
        from tomlkit.exceptions import TOMLKitError

        change = changes[0]
        try:
            document = tomlkit.parse(source.text)
            for key, value in (*change.keys.items(), *([(self.body, change.body)] if change.body is not None else [])):
                if value is None:
                    document.pop(key, None)
                else:
                    document[key] = tomlkit.parse(toml_text.document({key: value}))[key]
            return tomlkit.dumps(document)
        except (TOMLKitError, ValueError, RecursionError):
            return None

    def rendered(self, new: Sequence[New]) -> str:
        """Return a file from nothing."""
        (one,) = new
        values: dict[str, Json] = {**one.values, self.body: one.body}
        return toml_text.document(values)


def _span(source: SourceText, key: str = "", *_within: str | int) -> Span:
    if not key:
        return source.span()
    at = toml_places.places(source.text).get((key,))
    return source.span(at) if at is not None else source.span()
