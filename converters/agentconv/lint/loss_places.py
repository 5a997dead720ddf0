"""Where in its source that stands which a loss is of: the key of the field, where a line says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import schema_files
from agentconv.core.dataclass import dataclass, field
from agentconv.families import markdown
from agentconv.formats import registry
from agentconv.lint.subject import Subject
from agentconv.sources import pointed

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Loss, Span
    from agentconv.core.kinds import Kind
    from agentconv.core.source import SourceText
    from agentconv.families.frontmatter import Header

_PROMPT, _BODY, _EXTRAS, _DEFINITION = "prompt.text", "body", "extras", "definition"


@dataclass(slots=True)
class Places:
    """Where the fields of one file of an agent or a part stand; it is looked at when somebody asks."""

    source: SourceText
    client: str
    """The format id of its own client."""
    kind: Kind | None = None
    """None for an agent."""
    pointer: str = ""
    """Where the part stands in a file of several, as a JSON Pointer."""
    _subject: Subject | None = field(default=None, init=False)

    def of(self, loss: Loss) -> Span | None:
        """Return the place of what a loss is of: where the loss says it, else where its field is said; None where no line says it."""
        if loss.span is not None:
            return loss.span if loss.span.path.endswith(self.source.path) else None
        if self.kind is None:
            return self._of_agent(loss)
        return self._below_pointer(loss.field) if self.pointer else self._in_header(loss.field)

    def _of_agent(self, loss: Loss) -> Span | None:
        if self.client not in registry.CLIENTS:
            return None
        subject = self._subject = self._subject or Subject(self.source, self.client, (self.client,))
        number = next((number for number, agent, _ in subject.agents() if agent.name == loss.agent), 0)
        key = _key(subject, loss.field)
        return None if key is None or not subject.has(number, key) else self.source.span(*subject.place(number, key))

    def _below_pointer(self, path: str) -> Span | None:
        """Return where a field of a part stands in a file of several, or else the part itself."""
        return pointed.span(self.source, self.pointer, tuple(path.split(".")[1:]) if path.startswith(_DEFINITION) else ())

    def _in_header(self, path: str) -> Span | None:
        """Return where a field stands in the header of a file, or its text below."""
        dialect = getattr(registry.load(self.client), "DIALECT", None)
        header: Header | None = markdown.header_of(dialect, self.source) if isinstance(dialect, markdown.Dialect) else None
        if header is None or self.kind is None:
            return None
        if path == _BODY:
            text = self.source.text
            return self.source.span(header.body + len(text[header.body :]) - len(text[header.body :].lstrip()))
        rows = schema_files.part_rows(self.kind, self.client)
        extents = (header.extent(key) for key, row in rows.items() if row.get("x-field") == path and path != _EXTRAS)
        return next((self.source.span(*extent) for extent in extents if extent), None)


def _key(subject: Subject, path: str) -> str | None:
    """Return the key of a file that holds a field, empty for the prompt; None where no key does."""
    if path == _PROMPT:
        return ""
    first, _, rest = path.partition(".")
    if first == _EXTRAS:
        owner, _, key = rest.partition(".")
        return key.partition(".")[0] or None if owner == subject.format else None
    return subject.key_of(path) or None
