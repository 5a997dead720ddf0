"""The hooks of a project of Antigravity, `.agents/hooks.json`: events by the name of each hook, as skillsaw 0.20 tells of `agy` 1.1.25.

https://github.com/stbenjam/skillsaw/blob/main/docs/rules/antigravity-hooks-valid.md

Those on tools are groups, all others handlers that stand alone. One value of a wrong type costs the whole file. How one blocks is unknown:
each before a tool is taken for a guard that is held nowhere else, and no other client's is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import vocabulary
from agentconv.core.dataclass import dataclass
from agentconv.core.part_format import Place
from agentconv.core.source import SourceText, encode
from agentconv.formats.agents_dir.antigravity import ID
from agentconv.json import jsonc
from agentconv.json.jsonc import Array, Object
from agentconv.parts.hooks import reading
from agentconv.parts.hooks.files import Entry, JsonHooks
from agentconv.parts.hooks.format import HookFormat

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import SetHook

_ON_TOOLS = frozenset({"PreToolUse", "PostToolUse"})
_ENABLED = "enabled"
_ADDED = "added"
"""What a hook is called that has no name of its own."""
_CLIENT = reading.Client(
    ID,
    "Antigravity",
    alone=frozenset(vocabulary.events(ID)) - _ON_TOOLS,
    blank=True,
    needed={},
    holds_none="how one blocks there is not known",
)
_EVENTS = {event.casefold(): event for event in vocabulary.events(ID)}
"""Its events, which it knows in any case."""


@dataclass(frozen=True, slots=True)
class _Entry(Entry):
    """An entry with the name of the hook that it is of, and its event as it stands there."""

    named: str = ""
    said: str = ""

    def pointer(self, top: Sequence[str]) -> str:
        return Entry(self.said, self.group, self.handler).pointer((*top, self.named))


class _Named:
    """A hooks.json as it was read."""

    top = ()

    def __init__(self, source: SourceText) -> None:
        self.source = source
        document = jsonc.parse(source.text, jsonc.JSON)
        root = document.root
        self._hooks = {} if document.error or not isinstance(root, Object) else root.entries()
        every = [(entry, _is_off(node)) for name, node in self._hooks.items() for entry in self._of(name)]
        self.entries: list[Entry] = [entry for entry, is_off in every if not is_off]
        self.problem = next(self._wrong(document), None) or next(_costing(entry for entry, _ in every), None)

    def _wrong(self, document: jsonc.Document) -> Iterator[tuple[str, int]]:
        if document.error:
            yield f"not JSON: {document.error.problem}", document.error.offset
        elif not isinstance(document.root, Object):
            yield "it is no map of hooks", 0
        for name, node in self._hooks.items():
            if not isinstance(node, Object):
                yield f"the hook `{name}` is no map", node.start
                continue
            for key, value in node.entries().items():
                if key == _ENABLED and not isinstance(jsonc.value(value), bool):
                    yield f"`{_ENABLED}` is true or false", value.start
                elif key.casefold() in _EVENTS and not isinstance(value, Array):
                    yield "an event has a list", value.start

    def _file(self, name: str, text: str) -> JsonHooks:
        return JsonHooks(SourceText(self.source.path, encode(text)), (name,), jsonc.JSON)

    def _of(self, name: str) -> Iterator[_Entry]:
        for one in self._file(name, self.source.text).entries:
            event = _EVENTS.get(one.event.casefold(), one.event)
            given = (one.group, one.handler, _typed(one.value), one.matcher, one.options, one.problem, one.at)
            if one.event != _ENABLED:
                yield _Entry(event, *given, named=name, said=one.event)

    def span(self, entry: Entry) -> Span:
        """Return where an entry stands."""
        return self.source.span(entry.at)

    def rewritten(
        self,
        changed: Mapping[int, Json],
        added: Sequence[tuple[str, Json]],
        removed: Collection[int],
        head: Mapping[str, Json],
    ) -> str:
        """Return the file with other handlers in place of some, with entries more and less, and nothing else changed."""
        text = self.source.text
        for name in dict.fromkeys((*self._hooks, _ADDED)):
            file = self._file(name, text)
            at = {(one.event, one.group, one.handler): index for index, one in enumerate(file.entries)}
            own = {
                number: at[one.said, one.group, one.handler]
                for number, one in enumerate(self.entries)
                if isinstance(one, _Entry) and one.named == name
            }
            new = added if name == _ADDED else ()
            gone = [own[number] for number in removed if number in own]
            other = {own[number]: value for number, value in changed.items() if number in own}
            text = file.rewritten(other, new, gone, head) if new or gone or other else text
        return text


def _costing(entries: Iterable[_Entry]) -> Iterator[tuple[str, int]]:
    """Yield what costs all of a file, and where: not an event that it has not got, nor a group without handlers."""
    for entry in entries:
        problem = reading.problem_of(_CLIENT, entry)[0]
        empty = entry.handler is None and entry.event in _ON_TOOLS and not entry.problem
        if problem and not empty and vocabulary.knows_event(ID, entry.event):
            yield problem, entry.at


def _is_off(node: object) -> bool:
    value = jsonc.value(node) if isinstance(node, Object) else None
    return isinstance(value, dict) and value.get(_ENABLED) is False


def _typed(value: Json) -> Json:
    """Return a handler that says of what kind it is, which is a command where it does not."""
    return {"type": "command", **value} if isinstance(value, dict) and "type" not in value else value


@dataclass(frozen=True, slots=True)
class _Hooks(HookFormat):
    """Its format of hooks."""

    def _file(self, source: SourceText, place: Place | None) -> Any:  # noqa: ARG002
        return _Named(source)

    def entry(self, part: SetHook) -> Json:
        """Return an entry that says a hook: a handler alone where it is not about tools."""
        if part.definition.native_event in _ON_TOOLS:
            return HookFormat.entry(self, part)
        return part.definition.handlers[0]


BY_FORMAT: dict[str, PartFormat[SetHook]] = {
    ID: _Hooks(
        _CLIENT,
        (Place(".agents/hooks.json"),),
    )
}
