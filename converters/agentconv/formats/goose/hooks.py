"""The hooks of goose's plugins (1.52.0, asked with a model of ours): each `.agents/plugins/<name>/hooks/hooks.json`, no manifest needed.

https://goose-docs.ai/docs/guides/context-engineering/hooks

Exit code 2 keeps a tool from being called, and the model from stopping. An expression of Rust is looked for in a tool's name; a group with
one that is none is passed over, and so are events and kinds that it does not know. One value of a wrong type costs all of its file. What
an agent calls that a session hands work to is before no hook, so that nothing of another client's is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import vocabulary
from agentconv.core.dataclass import dataclass
from agentconv.core.part_format import Place
from agentconv.formats.goose import extensions
from agentconv.formats.goose.goose import ID
from agentconv.json import jsonc
from agentconv.json.jsonc import Array, Object
from agentconv.parts.hooks.files import JsonHooks
from agentconv.parts.hooks.format import HookFormat
from agentconv.parts.hooks.reading import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import SetHook
    from agentconv.core.source import SourceText
    from agentconv.json.jsonc import Node

_EVENTS = frozenset(vocabulary.events(ID))
_GUARD = "PreToolUse"
_SECONDS = "`timeout` is a whole number"


class _HookFile(JsonHooks):
    """A hooks.json as it was read."""

    def __init__(self, source: SourceText) -> None:
        super().__init__(source, ("hooks",), jsonc.JSON)
        events = self._events.entries() if self._events else {}
        wrong = (found for event, node in events.items() if event in _EVENTS for found in self._wrong(event, node))
        self.problem = self.problem or next(wrong, None)

    def _wrong(self, event: str, node: Node) -> Iterator[tuple[str, int]]:
        """Yield the values that cost all of the file, and where they stand."""
        if not isinstance(node, Array):
            yield "an event has a list", self._text.place(node.start)
            return
        for group in node.items:
            at = self._text.place(group.start)
            if not isinstance(group, Object):
                yield "it is no map", at
                continue
            keys = group.entries()
            if "matcher" in keys and not isinstance(jsonc.value(keys["matcher"]), (str, type(None))):
                yield "`matcher` is a text", at
            handlers = keys.get("hooks")
            if handlers is not None and not isinstance(handlers, Array):
                yield "`hooks` is a list", at
            for one in handlers.items if isinstance(handlers, Array) else ():
                reason = _wrong_handler(event, jsonc.value(one))
                if reason:
                    yield reason, self._text.place(one.start)


def _wrong_handler(event: str, value: Json) -> str | None:
    """Say which value of a handler costs all of its file."""
    if not isinstance(value, dict):
        return "it is no map"
    kind, command, seconds = value.get("type"), value.get("command"), value.get("timeout")
    if not isinstance(kind, (str, type(None))):
        return "`type` is a text"
    if kind not in (None, "command"):
        return None
    if not isinstance(command, (str, type(None))):
        return "`command` is a text"
    if command is None:
        return None
    if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, int) or seconds < 0):
        return _SECONDS
    if event == _GUARD and "on_failure" in value and value["on_failure"] not in ("allow", "block"):
        return "`on_failure` is `allow` or `block`"
    return None


@dataclass(frozen=True, slots=True)
class _Hooks(HookFormat):
    """Its format of hooks."""

    def _file(self, source: SourceText, place: Place | None) -> JsonHooks:  # noqa: ARG002
        return _HookFile(source)


_NOBODY = "the agents that are called there are before no hook"
_OTHERS = frozenset(("prompt", "agent", "http", "mcp_tool"))
_PLACES = (Place(".agents/plugins", "*/hooks/hooks.json"),)


def _hooks(client: str) -> _Hooks:
    return _Hooks(Client(client, "goose", typed=False, expressions=True, blank=True, skips=_OTHERS, holds_none=_NOBODY), _PLACES, _PLACES)


BY_FORMAT: dict[str, PartFormat[SetHook]] = {client: _hooks(client) for client in (ID, extensions.ID)}
