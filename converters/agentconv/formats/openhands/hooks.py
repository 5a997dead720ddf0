"""The hooks of a project or user of OpenHands: `.openhands/hooks.json`, as HookConfig of its SDK 1.58.2 loads it (asked).

https://docs.openhands.dev/sdk/guides/hooks

One value that is not as it should be costs the whole file, and so does an event that it has not got. A project's file takes the place of
the user's, and what it says holds the conversation alone that it is loaded for: an agent that is called has the hooks of its own file, and
no others. So nothing of another client's is written.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from agentconv.core import vocabulary
from agentconv.core.dataclass import dataclass
from agentconv.core.part_format import Place
from agentconv.core.source import BOM
from agentconv.formats.openhands.openhands import ID
from agentconv.json import jsonc
from agentconv.json.jsonc import Array, Object
from agentconv.parts.hooks.files import JsonHooks
from agentconv.parts.hooks.format import HookFormat
from agentconv.parts.hooks.reading import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import SetHook
    from agentconv.core.source import SourceText
    from agentconv.json.jsonc import Node

_WRAPPER = "hooks"
_EVENTS = frozenset(vocabulary.events(ID))
_NOBODY = "the agents that are called there have the hooks of their own files alone"

_NEEDED = {"command": ("command",), "prompt": ("prompt",)}


def _refused(_event: str, kind: str) -> str | None:
    return None if kind in ("command", "prompt", "agent") else f"it runs no hook of the type `{kind}`"


class _HookFile(JsonHooks):
    """A hooks.json as it was read: the events stand below `hooks`, or alone."""

    def __init__(self, source: SourceText) -> None:
        root = jsonc.parse(source.text.removeprefix(BOM), jsonc.JSON).root
        wrapped = isinstance(root, Object) and _WRAPPER in root.entries()
        super().__init__(source, (_WRAPPER,) if wrapped else (), jsonc.JSON)
        self.problem = self.problem or next(chain(self._wrong(self._events), self._wrong_entries()), None)

    def _wrong(self, events: Node | None) -> Iterator[tuple[str, int]]:
        """Yield what the client takes no file for, and where."""
        if self.source.text.startswith(BOM):
            yield "it begins with a byte order mark", 0
        if not isinstance(events, Object):
            yield "it is no map", 0
            return
        seen: set[str | None] = set()
        for event, node in events.entries().items():
            meaning, at = vocabulary.portable_event(ID, event), self._text.place(node.start)
            if event not in _EVENTS and isinstance(node, Array) and not node.items:
                yield f"it has no event `{event}`", at
            elif meaning in seen:
                yield f"`{event}` is there in another spelling, too", at
            elif not isinstance(node, Array):
                yield "an event has a list", at
            seen.add(meaning)
            for group in node.items if isinstance(node, Array) else ():
                matcher = group.entries().get("matcher") if isinstance(group, Object) else None
                if matcher is not None and jsonc.value(matcher) is None:
                    yield "`matcher` is a text", self._text.place(matcher.start)

    def _wrong_entries(self) -> Iterator[tuple[str, int]]:
        for entry in (one for one in self.entries if one.handler is not None):
            value = entry.value if isinstance(entry.value, dict) else {}
            kind = value.get("type", "command")
            bound = next((key for key in ("command", "async") if kind in ("prompt", "agent") and value.get(key)), None)
            if bound:
                yield f"`{bound}` is for commands alone", entry.at


@dataclass(frozen=True, slots=True)
class _Hooks(HookFormat):
    """Its format of hooks."""

    def _file(self, source: SourceText, place: Place | None) -> JsonHooks:  # noqa: ARG002
        return _HookFile(source)


BY_FORMAT: dict[str, PartFormat[SetHook]] = {
    ID: _Hooks(
        Client(ID, "OpenHands", typed=False, strict=True, hollow=True, refuses=_refused, needed=_NEEDED, holds_none=_NOBODY),
        (Place(".openhands/hooks.json"),),
        (Place(".openhands/hooks.json"),),
    )
}
