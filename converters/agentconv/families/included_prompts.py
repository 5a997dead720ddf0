"""A prompt that is the text of another file, where a key of the file that names it is a reference and nothing else (`file://./p.md`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Detail, Diagnostic, Severity
from agentconv.core.format import State
from agentconv.core.includes import MOST_BYTES, UNSEEN, Include
from agentconv.core.meant import Foreign, Text
from agentconv.core.source import SourceText, client_text, decode
from agentconv.families import records

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from agentconv.core.diagnostics import Span
    from agentconv.core.format import Projection, ReadResult, WriteResult
    from agentconv.core.includes import Included
    from agentconv.core.ir import AgentSet
    from agentconv.families.json_records import JsonFile

LANGUAGE = "file"
"""What a reference is in, as a piece of a text that nobody else has words for."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a client's files name such a file."""

    key: str
    """The key of the prompt."""
    reference: re.Pattern[str]
    """Matches the whole of a value that names a file; its first group is the path."""
    parse: Callable[[SourceText], JsonFile]
    """Reads a file, with the reference as it stands."""

    def named(self, value: object) -> str | None:
        """Return the path that a value names; None where it is a text itself."""
        match = self.reference.fullmatch(value) if isinstance(value, str) else None
        return match[1] if match else None


def found(scheme: Scheme, source: SourceText) -> list[Include]:
    """Return where a file names the file of its prompt."""
    return [
        Include(path, *record.keys[scheme.key])
        for record in scheme.parse(source).records
        if isinstance(record.value, dict) and (path := scheme.named(record.value.get(scheme.key))) is not None
    ]


def known(source: SourceText, path: str) -> Included:
    """Return what is known of a file that another one names."""
    return (source.included or {}).get(path, UNSEEN)


def filled(scheme: Scheme, source: SourceText) -> JsonFile:
    """Read a file with the text of the file that its prompt names; what is not known is told from text."""
    file = scheme.parse(source)
    for record in file.records:
        value = record.value if isinstance(record.value, dict) else {}
        path = scheme.named(value.get(scheme.key))
        if path is not None:
            spelled = str(value[scheme.key])
            data = known(source, path).data
            text = Text(spelled, (Foreign(spelled, LANGUAGE),)) if data is None else client_text(decode(data))
            record.value = {**value, scheme.key: text}
    return file


def unread(one: Included, path: str, span: Span, name: str | None) -> Diagnostic:
    """Say that nothing is known of a file that a prompt names, and why."""
    message = f"the prompt is in `{path}`, which is not read: {one.problem}"
    hint = "read the file where it lies: name it, or its folder" if one == UNSEEN else "put the text into the prompt itself"
    return Diagnostic(Code.INCLUDE, Severity.WARNING, message, span, hint, name)


def read(scheme: Scheme, dialect: records.Dialect, source: SourceText) -> ReadResult:
    """Read a file, and say so where the text of its prompt is not known: the client has none of it either, where it is not there."""
    result = records.read(dialect, source)
    lost = [(one, place) for place in found(scheme, source) if (one := known(source, place.path)).data is None]
    if not lost or not result.set.agents:
        return result
    told = [unread(one, place.path, source.span(place.start, place.end), result.set.agents[0].name) for one, place in lost]
    absent = any(one.missing for one, _ in lost)
    states = tuple(State.DEGRADED if absent and state is State.LOADS else state for state in result.states)
    return replace(result, states=states, diagnostics=(*result.diagnostics, *told))


def write(scheme: Scheme, dialect: records.Dialect, agents: AgentSet, original: SourceText) -> WriteResult:
    """Write a file; a prompt that is another one now goes back into the file that it is in."""
    includes = found(scheme, original)
    if not includes or not agents.agents:
        return records.write(dialect, agents, original)
    path, text = includes[0].path, fields.get(agents.agents[0], "prompt.text")
    one = known(original, path)
    put = _with_text(one, text)
    text_of = SourceText(original.path, original.data, {**(original.included or {}), path: put}) if put else original
    done = records.write(dialect, agents, text_of)
    left = found(scheme, original.put(done.data))
    return replace(done, beside=(put,) if put and put != one and left else (), taken_in=() if left else (path,))


def _with_text(one: Included, text: object) -> Included | None:
    """Return a file with another text in it; None where it cannot be read again as it is meant."""
    if one.data is None or not isinstance(text, str) or isinstance(text, Text):
        return None
    if client_text(decode(one.data)) == text:
        return one
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        return None
    return replace(one, data=data) if text and len(data) <= MOST_BYTES else None


def refuse_named(scheme: Scheme, projection: Projection) -> None:
    """Refuse a prompt that the target would take for the name of a file."""
    text = projection.get("prompt.text")
    meant = isinstance(text, Text) and any(isinstance(part, Foreign) for part in text.parts)
    if scheme.named(text) is not None and not meant:
        projection.refuse("refused-text", "prompt.text", Detail("{} would read the file that it names", (projection.target.client,)))
