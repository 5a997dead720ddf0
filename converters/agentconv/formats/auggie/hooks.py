"""The hooks of a project or user of Auggie 0.36.0 (its code, asked), in `.augment/settings.json` and in files of its plugins.

https://docs.augmentcode.com/cli/hooks

One entry that is not as it should be costs those of its event in its file. An expression is looked for in the names of the client's own
tools; on those of MCP servers, only a group without a matcher runs. A project's run unasked, for what sub-agents call, too.

Events may be of Cursor's kind as well, each with handlers that stand alone, if all of a file are: with one of its own beside them, it takes
none of the file. What they are made of fits no tool of its own (`Bash` for `beforeShellExecution`), so that all but `stop` never run; what
such a one was to hold back, its author meant all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import vocabulary
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Diagnostic, Effect, Severity
from agentconv.core.part_format import Place
from agentconv.formats.auggie.auggie import ID
from agentconv.json.jsonc import JSONC, Array
from agentconv.parts.hooks import reading
from agentconv.parts.hooks.files import JsonHooks
from agentconv.parts.hooks.format import HookFormat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartFormat, PartSource, PartsRead
    from agentconv.core.parts import SetHook
    from agentconv.core.source import SourceText
    from agentconv.parts.hooks.files import Entry

_CURSORS = {
    "beforeShellExecution": "Bash",
    "beforeMCPExecution": "MCP:.*",
    "beforeReadFile": "Read",
    "afterFileEdit": "Edit|Write",
    "afterShellExecution": "Bash",
    "afterMCPExecution": "MCP:.*",
    "stop": "",
}
"""The events of Cursor's kind, and the matcher that becomes of each."""
_CLIENT = reading.Client(ID, "Auggie", by_event=True, alone=frozenset(_CURSORS), expressions=True)


class _HookFile(JsonHooks):
    """A file as it was read."""

    def __init__(self, source: SourceText) -> None:
        super().__init__(source, ("hooks",), JSONC)
        self.entries = [_of_cursors(entry) if entry.event in _CURSORS else entry for entry in self.entries]
        self.problem = self.problem or self._mixed()

    def _mixed(self) -> tuple[str, int] | None:
        """Say that there are events of both kinds, and where; what is wrong with an event in itself costs that one before."""
        wrong = {entry.event for entry in self.entries if reading.problem_of(_CLIENT, entry)[0]}
        events = self._events.entries() if self._events else {}
        known = {event: node for event, node in events.items() if vocabulary.knows_event(ID, event) and event not in wrong}
        left = {event: node.start for event, node in known.items() if isinstance(node, Array)}
        cursors = next((event for event in left if event in _CURSORS), None)
        own = next((event for event in left if event not in _CURSORS), None)
        if cursors is None or own is None:
            return None
        return f"`{own}` cannot stand beside `{cursors}`, which is an event of Cursor's kind", self._text.place(left[own])


def _of_cursors(entry: Entry) -> Entry:
    """Return an entry of an event of Cursor's kind, which is a handler that stands alone; what else it says of itself is passed over."""
    if entry.handler is not None:
        return replace(entry, problem="it has no `command`")
    return replace(entry, matcher=None, value={**entry.value, "type": "command"}) if isinstance(entry.value, dict) else entry


@dataclass(frozen=True, slots=True)
class _Hooks(HookFormat):
    """Its format of hooks."""

    def read(self, source: PartSource) -> PartsRead[SetHook]:
        """Read all hooks of a file, and say which of them fit no tool."""
        found = HookFormat.read(self, source)
        file = _HookFile(source.text)
        return found if file.problem else replace(found, diagnostics=(*found.diagnostics, *_idle(file)))

    def _file(self, source: SourceText, place: Place | None) -> JsonHooks:  # noqa: ARG002
        return _HookFile(source)

    def entry(self, part: SetHook) -> Json:
        """Return an entry that says a hook: a handler alone for an event of Cursor's kind."""
        handler = part.definition.handlers[0]
        if part.definition.native_event in _CURSORS and isinstance(handler, dict):
            return {key: value for key, value in handler.items() if key != "type"}
        return HookFormat.entry(self, part)


def _idle(file: _HookFile) -> Iterator[Diagnostic]:
    """Say which hooks never run, since nothing is called as their event would have it."""
    for entry in file.entries:
        tool = _CURSORS.get(entry.event)
        if tool and not reading.problem_of(_CLIENT, entry)[0]:
            message = f"Auggie never runs the hook of `{entry.event}`: it looks for a tool that `{tool}` fits, and has none"
            hint = f"say it of its own tools, in a group of `{'PreToolUse' if entry.event.startswith('before') else 'PostToolUse'}`"
            made = Diagnostic(Code.NOT_LOADED, Severity.WARNING, message, file.span(entry), hint, None, ID)
            yield replace(made, names=(entry.event,), effect=Effect.IGNORES)


BY_FORMAT: dict[str, PartFormat[SetHook]] = {
    ID: _Hooks(
        _CLIENT,
        (Place(".augment/settings.json", mixed=True), Place(".augment/settings.local.json", mixed=True)),
        (Place(".augment/settings.json", mixed=True),),
        JSONC,
    )
}
