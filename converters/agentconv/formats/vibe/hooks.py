"""The hooks of a project or user of Mistral Vibe 3.0.3 (its code read): the tables `[[hooks]]` of hooks.toml.

https://docs.mistral.ai/mistral-vibe/hooks

What is run before a tool denies it by an answer of its own in JSON, or, where it is `strict`, by any failure: no other client's hook
is one, and none of these is another client's. A table that is not as it should be costs itself alone, as does a name that was there before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import schema_files, vocabulary
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code, Diagnostic, Effect, Severity
from agentconv.core.format import State
from agentconv.core.ir import Hook, Origin
from agentconv.core.part_format import PartsRead, Place, WrittenFile
from agentconv.core.parts import SetHook
from agentconv.core.source import encode
from agentconv.families.table_list import TableList
from agentconv.formats.vibe.vibe import ID
from agentconv.parts.hooks import projecting, reading

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartFormat, PartProjection, PartSource
    from agentconv.core.source import SourceText
    from agentconv.families.record_file import Record

_CLIENT = reading.Client(ID, "Mistral Vibe")
_NEEDED = ("name", "type", "command")


class _Tables(TableList):
    """A hooks.toml as it was read."""

    key = "hooks"


def _hook(record: Record) -> Hook:
    """Return what a table is about: one of the client's own tools, by its name, or any of them."""
    value: dict[str, Any] = record.value if isinstance(record.value, dict) else {}
    event, match = value.get("type"), value.get("match")
    named = event if isinstance(event, str) else ""
    word = match.strip().lower() if isinstance(match, str) else ""
    matcher = word if named != "post_agent" and word in vocabulary.tool_words(ID) else None
    return Hook(named, ID, vocabulary.portable_event(ID, named), matcher, (value,))


def _problem(record: Record, names: Collection[str | None]) -> str | None:
    """Say why the client does not run what a table says."""
    if not isinstance(record.value, dict):
        return "it is no table"
    value: dict[str, Any] = record.value
    lacking = next((key for key in _NEEDED if key not in value), None)
    if lacking:
        return f"it has no `{lacking}`"
    wrong = (schema_files.complaint(f"parts/hooks/{ID}", key, one) for key, one in value.items())
    reason = next((one.reason for one in wrong if one is not None), None)
    if reason is None and value.get("strict") and value["type"] == "post_agent":
        return "`strict` is for hooks on tools"
    return reason or (f"another one is called `{record.name}`" if record.name in names else None)


@dataclass(frozen=True, slots=True)
class TableFormat:
    """The hooks of a file that stand in a list of tables."""

    project: tuple[Place, ...]
    user: tuple[Place, ...]
    format: str = ID
    kind: Kind = "hooks"

    def read(self, source: PartSource) -> PartsRead[SetHook]:
        """Read all hooks of a file as the client does."""
        file = _Tables(source.text)
        names: dict[str, int] = {}
        seen: set[str | None] = set()
        parts, states, told = [], [], list(self._of_file(file, source.text))
        for number, record in enumerate(file.records):
            problem = _problem(record, seen)
            hook = _hook(record)
            name = reading.numbered(reading.name_of(hook), names)
            parts.append(SetHook(name, name, hook, origin=Origin(ID, source.text.path, f"/{file.key}/{number}")))
            states.append(State.NOT_LOADED if problem else State.LOADS)
            if problem:
                told.append(_told(f"does not run a hook: {problem}", source.text, record.place[0], Effect.DROPS, problem))
            else:
                seen.add(record.name)
        return PartsRead(tuple(parts), tuple(states), tuple(told))

    @staticmethod
    def _of_file(file: _Tables, source: SourceText) -> Iterator[Diagnostic]:
        if file.problem:
            complaint, at = file.problem
            yield _told(f"runs none of the hooks of this file: {complaint.reason}", source, at, Effect.DROPS_ALL, complaint.reason)

    def named(self, source: PartSource) -> list[str]:  # noqa: ARG002
        """Return no paths: nothing of these hooks goes along."""
        return []

    def to_project(self, projection: PartProjection[SetHook]) -> None:
        """Say that another client's hook is not held."""
        projecting.project(_CLIENT, projection)

    def path(self, part: SetHook, place: Place) -> str:  # noqa: ARG002
        """Return the file that holds all hooks of a place."""
        return place.path

    def write(
        self, parts: Iterable[SetHook], path: str, original: PartSource | None, without: Collection[str] = ()
    ) -> tuple[WrittenFile, ...]:
        """Put hooks into a file: new tables come last, and every other byte stays."""
        from agentconv.core.source import SourceText

        file = _Tables(original.text if original else SourceText(path, b""))
        there = self.read(original).parts if original else ()
        known = {one.name for one in there}
        added = [("", one.definition.handlers[0]) for one in parts if one.name not in known]
        removed = [number for number, one in enumerate(there) if one.name in without]
        tables = [(name, value) for name, value in added if isinstance(value, dict)]
        return (WrittenFile(path, encode(file.rewritten({}, tables, removed))),)


def _told(message: str, source: SourceText, at: int, effect: Effect, reason: str) -> Diagnostic:
    hint = "mend it so that the client takes it"
    code = Code.NOT_LOADED
    return Diagnostic(code, Severity.WARNING, f"{_CLIENT.title} {message}", source.span(at), hint, None, ID, effect=effect, reason=reason)


BY_FORMAT: dict[str, PartFormat[SetHook]] = {ID: TableFormat((Place(".vibe/hooks.toml", trusted=True),), (Place(".vibe/hooks.toml"),))}
