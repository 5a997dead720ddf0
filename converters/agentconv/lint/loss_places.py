"""Where in its source that stands which a loss is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.formats import registry
from agentconv.lint.subject import Subject

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Loss, Span
    from agentconv.core.source import SourceText

_PROMPT, _EXTRAS = "prompt.text", "extras"


class Places:
    """Files that were looked at, each read once."""

    def __init__(self) -> None:
        self._subjects: dict[tuple[str, bytes], Subject] = {}

    def of(self, source: SourceText | None, client: str, loss: Loss) -> Span | None:
        """Return the place of what a loss is of: where the loss says it, else the key of the field; None where no line says it.

        Args:
            source: The file of the agent, or of the part.
            client: The format id of the file.
            loss: One of its losses.
        """
        if source is None:
            return None
        if loss.span is not None:
            return loss.span if loss.span.path.endswith(source.path) else None
        if loss.part is not None or client not in registry.CLIENTS:
            return None
        subject = self._subject(source, client)
        number = next((number for number, agent, _ in subject.agents() if agent.name == loss.agent), 0)
        key = _key(subject, loss.field)
        if key is None or not subject.has(number, key):
            return None
        return source.span(*subject.place(number, key))

    def _subject(self, source: SourceText, client: str) -> Subject:
        key = source.path, source.data
        if key not in self._subjects:
            self._subjects[key] = Subject(source, client, (client,))
        return self._subjects[key]


def _key(subject: Subject, field: str) -> str | None:
    """Return the key of a file that holds a field, empty for the prompt; None where no key does."""
    if field == _PROMPT:
        return ""
    first, _, rest = field.partition(".")
    if first == _EXTRAS:
        owner, _, key = rest.partition(".")
        return key.partition(".")[0] or None if owner == subject.format else None
    return subject.key_of(field) or None
