"""The hooks of a user of Kimi Code 2.1.0 (run) and kimi-cli 1.52.0 (its engine run): `[[hooks]]` in config.toml, and none of a project.

https://moonshotai.github.io/kimi-code/en/customization/hooks.html

One table that is not as it should be costs Kimi Code all of them and keeps kimi-cli from starting, as a file that does not parse keeps
both. An expression is looked for in the name of a tool; nothing runs for one that is none, such as `*`. They hold what agents do that are
called, too.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import hook_handlers
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.losses import becomes
from agentconv.core.part_format import Place
from agentconv.families.table_list import TableList
from agentconv.formats.kimi import kimi, kimi_cli
from agentconv.parts.hooks.files import Entry
from agentconv.parts.hooks.format import HookFormat
from agentconv.parts.hooks.reading import Client

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartFormat, PartProjection
    from agentconv.core.parts import SetHook
    from agentconv.core.source import SourceText
    from agentconv.families.record_file import Record

_EVENT, _MATCHER, _TIMEOUT = "event", "matcher", "timeout"
_LONGEST = 600


class _Tables(TableList):
    """A config.toml as it was read."""

    key = "hooks"


class _Entry(Entry):
    """A table of the list."""

    def pointer(self, top: Sequence[str]) -> str:
        return f"/{top[0]}/{self.group}"


def _entry(number: int, record: Record) -> _Entry:
    value: dict[str, Any] = record.value if isinstance(record.value, dict) else {}
    event = value.get(_EVENT)
    named = event if isinstance(event, str) else ""
    problem = None if named else f"it has no `{_EVENT}`" if isinstance(record.value, dict) else "it is no table"
    handler = {key: one for key, one in value.items() if key not in (_EVENT, _MATCHER)}
    return _Entry(named, number, None, handler, value.get(_MATCHER), problem=problem, at=record.place[0])


class _HookTables:
    """The hooks of a config.toml, each in a table of its own."""

    top = (_Tables.key,)

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self._tables = _Tables(source)
        self.problem: tuple[str, int] | None = None
        if self._tables.problem:
            complaint, at = self._tables.problem
            self.problem = complaint.reason, at
        self.entries: list[Entry] = [_entry(number, record) for number, record in enumerate(self._tables.records)]

    def span(self, entry: Entry) -> Span:
        """Return where an entry stands."""
        return self.source.span(entry.at)

    def rewritten(
        self,
        changed: Mapping[int, Json],
        added: Sequence[tuple[str, Json]],
        removed: Collection[int],
        head: Mapping[str, Json],  # noqa: ARG002
    ) -> str:
        """Return the file with keys of some tables changed, with tables more and less, and nothing else changed."""
        keys: dict[int, dict[str, Json | None]] = {}
        for index, value in changed.items():
            before: Any = self.entries[index].value
            after: Any = value
            keys[index] = {key: after.get(key) for key in {**before, **after} if before.get(key) != after.get(key)}
        tables = [("", {_EVENT: event, **entry}) for event, entry in added if isinstance(entry, dict)]
        return self._tables.rewritten(keys, tables, removed)


@dataclass(frozen=True, slots=True)
class _Hooks(HookFormat):
    """Its format of hooks."""

    def _file(self, source: SourceText, place: Place | None) -> Any:  # noqa: ARG002
        return _HookTables(source)

    def to_project(self, projection: PartProjection[SetHook]) -> None:
        """Turn a hook into one that the client runs for the same; a time is one that it takes."""
        HookFormat.to_project(self, projection)
        if projection.omitted or projection.at_home:
            return
        hook = projection.part.definition
        fitted = _fitted(self.format, hook.handlers[0])
        given, taken = (hook_handlers.read(self.format, one).timeout_seconds for one in (hook.handlers[0], fitted))
        if given is not None and taken != given:
            projection.translate(definition=replace(hook, handlers=(fitted,)))
            projection.declared.add("definition.handlers")
            projection.warn("hook-key-dropped", "definition", becomes(f"{_TIMEOUT} {given:g}", f"{_TIMEOUT} {taken}"))


def _fitted(client: str, handler: Json) -> Json:
    """Return a handler with a time that a client takes, in whole seconds."""
    found = hook_handlers.read(client, handler)
    if found.timeout_seconds is None:
        return handler
    return hook_handlers.spelled(client, replace(found, timeout_seconds=min(max(math.ceil(found.timeout_seconds), 1), _LONGEST)))


def _hooks(client: str, title: str, path: str, *, stops: bool) -> _Hooks:
    fitted = partial(_fitted, client)
    spelled = Client(client, title, typed=False, flat=True, strict=True, expressions=True, stops=stops, fitted=fitted)
    return _Hooks(spelled, user=(Place(path, mixed=True),))


BY_FORMAT: dict[str, PartFormat[SetHook]] = {
    kimi.ID: _hooks(kimi.ID, "Kimi Code", ".kimi-code/config.toml", stops=False),
    kimi_cli.ID: _hooks(kimi_cli.ID, "kimi-cli", ".kimi/config.toml", stops=True),
}
