"""The hooks of a project or user of Kiro IDE 1 and Kiro CLI 3 (documented): each file in `.kiro/hooks`, with a list of them.

https://kiro.dev/docs/cli/v3/hooks/

They hold all agents. A command that ends with exit code 2 blocks what it is run before; what an agent is told instead blocks nothing, and
what is not `enabled` is not there. Nobody could be asked whether it blocks so, so that no other client's hook is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.format import State
from agentconv.core.part_format import Place
from agentconv.families.frontmatter import apply
from agentconv.families.record_file import as_written
from agentconv.formats.kiro.kiro_ide import ID
from agentconv.json import edits, jsonc
from agentconv.json.edits import REMOVED
from agentconv.json.jsonc import Array, Object
from agentconv.parts.hooks.files import Entry
from agentconv.parts.hooks.format import HookFormat
from agentconv.parts.hooks.reading import Client

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartFormat, PartSource, PartsRead
    from agentconv.core.parts import SetHook
    from agentconv.core.source import SourceText
    from agentconv.json.jsonc import Node

_LIST, _TRIGGER, _MATCHER, _ACTION = "hooks", "trigger", "matcher", "action"
_OF_ACTION = ("type", "command", "prompt")
_HEAD: dict[str, Json] = {"version": "v1"}
_UNASKED = "its documentation says that they block, and nobody could ask it"


class _Entry(Entry):
    """A hook of the list."""

    def pointer(self, top: Sequence[str]) -> str:
        return f"/{top[0]}/{self.group}"


def _entry(number: int, node: Node, at: int) -> _Entry:
    """Return a hook as one map, in which its action's keys stand beside its own."""
    value: Any = jsonc.value(node)
    found: dict[str, Any] = value if isinstance(value, dict) else {}
    trigger, action = found.get(_TRIGGER), found.get(_ACTION)
    problem = None if isinstance(trigger, str) else f"it has no `{_TRIGGER}`"
    if problem is None and not isinstance(action, dict):
        problem = f"it has no `{_ACTION}`"
    own = {key: one for key, one in found.items() if key not in (_TRIGGER, _MATCHER, _ACTION)}
    handler = {**(action if isinstance(action, dict) else {}), **own}
    return _Entry(trigger if isinstance(trigger, str) else "", number, None, handler, found.get(_MATCHER), problem=problem, at=at)


def _spelled(event: str, entry: Mapping[str, Json]) -> dict[str, Json]:
    """Return a hook as it stands in a file."""
    action = {key: entry[key] for key in _OF_ACTION if key in entry}
    rest = {key: one for key, one in entry.items() if key not in (*_OF_ACTION, _MATCHER)}
    matcher = {_MATCHER: entry[_MATCHER]} if _MATCHER in entry else {}
    return {"name": event, **rest, _TRIGGER: event, **matcher, _ACTION: {"type": "command", **action}}


class _HookList:
    """A file as it was read."""

    top = (_LIST,)

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self._text = as_written(source)
        self._document = jsonc.parse(self._text.text, jsonc.JSON)
        error, root = self._document.error, self._document.root
        found = root.entries().get(_LIST) if isinstance(root, Object) else None
        self._list = found if isinstance(found, Array) else None
        self.problem: tuple[str, int] | None = None
        if error:
            self.problem = f"not JSON: {error.problem}", self._text.place(error.offset)
        elif self._list is None:
            self.problem = f"it has no list `{_LIST}`", 0
        items = self._list.items if self._list else ()
        self.entries: list[Entry] = [_entry(number, node, self._text.place(node.start)) for number, node in enumerate(items)]

    def span(self, entry: Entry) -> Span:
        """Return where an entry stands."""
        return self.source.span(entry.at)

    def rewritten(
        self, changed: Mapping[int, Json], added: Sequence[tuple[str, Json]], removed: Collection[int], head: Mapping[str, Json]
    ) -> str:
        """Return the file with other hooks in place of some, with hooks more and less, and nothing else changed."""
        new = [_spelled(event, entry) for event, entry in added if isinstance(entry, dict)]
        if not self.source.text.strip():
            return edits.spell({**head, _LIST: [*new]}, edits.Layout("\n", "  ", "", "")) + "\n"
        if self.problem or self._list is None:
            return self.source.text
        made = [edit for index, value in changed.items() for edit in self._changed(index, value)]
        how = edits.layout(self._document, self._list)
        behind = {len(self._list.items) - 1: [edits.spell(one, how) for one in new]} if new else {}
        made += edits.arrange(self._document, self._list, removed, behind)
        return apply(self.source.text, [self._text.edit(edit) for edit in made])

    def _changed(self, index: int, value: Json) -> list[edits.Edit]:
        node = self._list.items[index] if self._list else None
        before, after = self.entries[index].value, value
        if not isinstance(node, Object) or not isinstance(before, dict) or not isinstance(after, dict):
            return []
        action = node.entries().get(_ACTION)
        wanted: dict[str, Any] = {key: after.get(key, REMOVED) for key in {**before, **after} if before.get(key) != after.get(key)}
        inner = {key: one for key, one in wanted.items() if key in _OF_ACTION}
        outer = {key: one for key, one in wanted.items() if key not in _OF_ACTION}
        made = edits.patch(self._document, action, inner) if inner and isinstance(action, Object) else []
        return [*made, *(edits.patch(self._document, node, outer) if outer else ())]


@dataclass(frozen=True, slots=True)
class _Hooks(HookFormat):
    """Its format of hooks."""

    def read(self, source: PartSource) -> PartsRead[SetHook]:
        """Read all hooks of a file: those that are off are not there, and what an agent is told is no hook that blocks."""
        found = HookFormat.read(self, source)
        parts = tuple(_as_it_is(part) for part in found.parts)
        off = [_handler(part).get("enabled") is False for part in parts]
        states = tuple(State.NOT_LOADED if out else state for out, state in zip(off, found.states, strict=True))
        return replace(found, parts=parts, states=states)

    def _file(self, source: SourceText, place: Place | None) -> Any:  # noqa: ARG002
        return _HookList(source)


def _handler(part: SetHook) -> dict[str, Any]:
    handler: Any = part.definition.handlers[0]
    return dict(handler)


def _as_it_is(part: SetHook) -> SetHook:
    """Return a hook with an event that others have, too, where it runs something."""
    return part if _handler(part).get("type") != "agent" else replace(part, definition=replace(part.definition, event=None))


_PLACES = (Place(".kiro/hooks/hooks.json"), Place(".kiro/hooks", "*.json"))
BY_FORMAT: dict[str, PartFormat[SetHook]] = {ID: _Hooks(Client(ID, "Kiro", flat=True, head=_HEAD, holds_none=_UNASKED), _PLACES, _PLACES)}
