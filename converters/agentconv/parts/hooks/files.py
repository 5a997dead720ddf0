"""Files with hooks in them: each handler is an entry of its own, found, changed, added and taken out, with every other byte as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import dataclass
from agentconv.core.ir import escape_key, unescape_key
from agentconv.core.source import BOM
from agentconv.families.frontmatter import apply
from agentconv.families.record_file import as_written
from agentconv.json import edits as json_edits
from agentconv.json import jsonc
from agentconv.json.edits import REMOVED
from agentconv.json.jsonc import Array, Object

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.json.edits import Edit
    from agentconv.json.jsonc import Node, Syntax

_LAYOUT = json_edits.Layout("\n", "  ", "", "")


@dataclass(frozen=True, slots=True)
class Entry:
    """One handler as it stands in a file, or what stands where one should."""

    event: str
    group: int = 0
    """Which of the event's entries it is in, or is."""
    handler: int | None = None
    """Which of its group's it is; None where it stands alone, or is none."""
    value: Json = None
    matcher: Json = None
    options: Mapping[str, Json] | None = None
    """What else its group says."""
    problem: str | None = None
    """Why it is no handler at all."""
    at: int = 0
    """Where it stands."""

    def pointer(self, top: Sequence[str]) -> str:
        """Return its JSON Pointer."""
        steps = [*top, self.event, str(self.group), *([] if self.handler is None else ["hooks", str(self.handler)])]
        return "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in steps)


class JsonHooks:
    """A JSON file with a map from event to entries: groups with a matcher, or handlers that stand alone."""

    def __init__(
        self, source: SourceText, top: tuple[str, ...], syntax: Syntax, only: Collection[str] = (), beside: Collection[str] = ()
    ) -> None:
        self.source = source
        self.top = top
        self._beside = beside
        """Keys among the events that are none."""
        self._only = only
        """The events that count among other keys; all, where there are none."""
        self._text = as_written(source)
        self.document = jsonc.parse(self._text.text, syntax)
        self.entries: list[Entry] = []
        self.problem: tuple[str, int] | None = None
        """What keeps the client from taking any of it, and where."""
        error = self.document.error
        if error:
            self.problem = f"not JSON: {error.problem}", self._text.place(error.offset)
        self._events = self._find()
        if self._events is not None:
            self.entries += self._read(self._events)

    def _find(self) -> Object | None:
        """Return the map of events."""
        node: Node | None = self.document.root
        for step in self.top:
            if isinstance(node, Array) and step.isdecimal():
                node = node.items[int(step)] if int(step) < len(node.items) else None
            elif isinstance(node, Object):
                node = node.entries().get(step)
            else:
                break
            if node is None:
                return None
        if isinstance(node, Object):
            return node
        if node is not None and self.problem is None:
            self.problem = "it is no map", self._text.place(node.start)
        return None

    def _read(self, events: Object) -> Iterator[Entry]:
        for event, node in events.entries().items():
            if (not self.top and not isinstance(node, Array)) or (self._only and event not in self._only) or event in self._beside:
                continue
            if not isinstance(node, Array):
                yield Entry(event, value=jsonc.value(node), problem="an event has a list", at=self._text.place(node.start))
                continue
            for index, item in enumerate(node.items):
                yield from self._group(event, index, item)

    def _group(self, event: str, index: int, item: Node) -> Iterator[Entry]:
        at = self._text.place(item.start)
        keys = item.entries() if isinstance(item, Object) else {}
        found = {escape_key(key): jsonc.value(one) for key, one in keys.items()}
        if not isinstance(item, Object):
            yield Entry(event, index, problem="it is no map", at=at)
        elif "hooks" not in keys:
            yield Entry(event, index, None, {key: one for key, one in found.items() if key != "matcher"}, found.get("matcher"), at=at)
        elif not isinstance(keys["hooks"], Array):
            yield Entry(event, index, matcher=found.get("matcher"), problem="`hooks` is a list", at=at)
        else:
            options = {key: one for key, one in found.items() if key not in ("matcher", "hooks")} or None
            for number, one in enumerate(keys["hooks"].items):
                place = self._text.place(one.start)
                yield Entry(event, index, number, jsonc.value(one), found.get("matcher"), options, at=place)

    def void(self, guards: Collection[str], *, alone: bool) -> tuple[str, int] | None:
        """Say why nobody knows whether a file has a guard, though it parses, and where that stands.

        Args:
            guards: The events that may be one.
            alone: Whether the file holds nothing but hooks.
        """
        root = self.document.root
        if not isinstance(root, Object) or self.document.error:
            return None
        keys = root.entries()
        wrong = [(key, f"`{key}` stands outside of `hooks`") for key in keys if key in guards]
        for key, kind, what in (("hooks", (dict, type(None)), "map"), ("description", str, "text")) if alone else ():
            if key in keys and not isinstance(jsonc.value(keys[key]), kind):
                wrong.append((key, f"`{key}` is no {what}"))
        return (wrong[0][1], self._text.place(keys[wrong[0][0]].start)) if wrong else None

    def span(self, entry: Entry) -> Span:
        """Return where an entry stands."""
        return self.source.span(entry.at)

    def rewritten(
        self, changed: Mapping[int, Json], added: Sequence[tuple[str, Json]], removed: Collection[int], head: Mapping[str, Json]
    ) -> str:
        """Return the file with other handlers in place of some, with entries more and less, and nothing else changed.

        Args:
            changed: The new handler of an entry, by its index.
            added: Entries to come last, each with its event.
            removed: The indices of entries that go; a group without any handler goes with them, and an event without any group.
            head: What else a new file says.
        """
        if not self.source.text.strip():
            return self._fresh(added, head)
        if self.problem or not isinstance(self.document.root, Object):
            return self.source.text
        edits = [edit for index, value in changed.items() for edit in self._changed(self.entries[index], value)]
        gone = self._without(removed)
        return apply(self.source.text, [self._text.edit(edit) for edit in (*edits, *self._arranged(gone, added))])

    def _changed(self, entry: Entry, value: Json) -> list[Edit]:
        node = self._node(entry)
        before: Any = entry.value
        if not isinstance(node, Object) or not isinstance(value, dict) or not isinstance(before, dict):
            return []
        wanted: dict[str, Any] = {key: REMOVED for key in before if key not in value}
        wanted |= {key: one for key, one in value.items() if key not in before or before[key] != one}
        return json_edits.patch(self.document, node, wanted) if wanted else []

    def _node(self, entry: Entry) -> Node:
        group = self._groups(entry.event).items[entry.group]
        return group if entry.handler is None else _handlers(group).items[entry.handler]

    def _groups(self, event: str) -> Array:
        node = self._events.entries()[event] if self._events else None
        return node if isinstance(node, Array) else Array(0, 0)

    def _without(self, removed: Collection[int]) -> dict[str, dict[int, list[int] | None]]:
        """Return, by event and group, the handlers that go; None where the group goes as a whole."""
        found: dict[str, dict[int, list[int] | None]] = {}
        for index in sorted(removed):
            entry = self.entries[index]
            if entry.problem:
                continue  # it stands in no list
            groups = found.setdefault(entry.event, {})
            several = groups.setdefault(entry.group, [])
            if entry.handler is None or several is None:
                groups[entry.group] = None
                continue
            several.append(entry.handler)
            if len(several) == len(_handlers(self._groups(entry.event).items[entry.group]).items):
                groups[entry.group] = None
        return found

    def _arranged(self, gone: Mapping[str, Mapping[int, list[int] | None]], added: Sequence[tuple[str, Json]]) -> Iterator[Edit]:
        new: dict[str, list[Json]] = {}
        for event, entry in added:
            new.setdefault(event, []).append(entry)
        there = self._events.entries() if self._events else {}
        whole = [event for event in gone if event not in new and _is_emptied(gone[event], self._groups(event))]
        missing: dict[str, Any] = {event: entries for event, entries in new.items() if not isinstance(there.get(event), Array)}
        root = self.document.root
        if len(self.top) == 1 and isinstance(root, Object) and not new and whole and len(whole) == len(there):
            yield from json_edits.patch(self.document, root, {self.top[0]: REMOVED})
        elif missing and self._events is None:
            yield from self._first(missing)
        elif self._events is not None and (whole or missing):
            wanted: dict[str, Any] = {
                **dict.fromkeys(map(escape_key, whole), REMOVED),
                **{escape_key(one): item for one, item in missing.items()},
            }
            yield from json_edits.patch(self.document, self._events, wanted)
        for event in dict.fromkeys((*gone, *new)):
            if event not in whole and event not in missing:
                yield from self._in_event(event, gone.get(event, {}), new.get(event, []))

    def _first(self, events: Mapping[str, Json]) -> list[Edit]:
        root = self.document.root
        if not isinstance(root, Object):
            return []
        made: Any = {escape_key(event): entries for event, entries in events.items()}
        return json_edits.patch(self.document, root, {self.top[0]: made} if self.top else made)

    def _in_event(self, event: str, gone: Mapping[int, list[int] | None], new: Sequence[Json]) -> Iterator[Edit]:
        groups = self._groups(event)
        for group, handlers in gone.items():
            if handlers is not None:
                yield from json_edits.arrange(self.document, _handlers(groups.items[group]), handlers, {})
        removed = [group for group, handlers in gone.items() if handlers is None]
        if not removed and not new:
            return
        how = json_edits.layout(self.document, groups)
        spelled = {len(groups.items) - 1: [json_edits.spell(one, how) for one in new]} if new else {}
        yield from json_edits.arrange(self.document, groups, removed, spelled)

    def _fresh(self, added: Sequence[tuple[str, Json]], head: Mapping[str, Json]) -> str:
        events: dict[str, Any] = {}
        for event, entry in added:
            events.setdefault(escape_key(event), []).append(entry)
        found: Any = {**head, self.top[0]: events} if self.top else {**head, **events}
        return json_edits.spell(found, _LAYOUT) + "\n"


def _handlers(group: Node) -> Array:
    found = group.entries().get("hooks") if isinstance(group, Object) else None
    return found if isinstance(found, Array) else Array(0, 0)


def _is_emptied(gone: Mapping[int, list[int] | None], groups: Array) -> bool:
    return len(gone) == len(groups.items) and all(handlers is None for handlers in gone.values())


class TomlHooks:
    """The tables `[[hooks.EVENT]]` of a TOML file, which is read, and written by its user alone."""

    def __init__(self, source: SourceText) -> None:
        from agentconv.core import toml_places
        from agentconv.families import toml_values

        self.source = source
        self.top = ("hooks",)
        self.entries: list[Entry] = []
        self.problem: tuple[str, int] | None = None
        text = source.text.removeprefix(BOM)
        values = toml_values.parsed(text)
        if isinstance(values, toml_values.Broken):
            self.problem = values.complaint.reason, values.at
            return
        events = values.get("hooks")
        if "hooks" not in values:
            return
        places = toml_places.places(text)
        if not isinstance(events, dict):
            self.problem = "it is no map", places.get(("hooks",), 0)
            return
        for event, groups in events.items():
            at = places.get(("hooks", unescape_key(event)), places.get(("hooks",), 0))
            if isinstance(groups, list):
                self.entries += [one for index, group in enumerate(groups) for one in _toml_group(unescape_key(event), index, group, at)]

    def span(self, entry: Entry) -> Span:
        """Return where an entry stands."""
        return self.source.span(entry.at)

    def rewritten(self, *_: object) -> str:
        """Return the file as it is."""
        return self.source.text


def _toml_group(event: str, index: int, group: Json, at: int) -> Iterator[Entry]:
    handlers = group.get("hooks") if isinstance(group, dict) else None
    if isinstance(group, dict) and "hooks" not in group:
        yield Entry(event, index, None, {key: one for key, one in group.items() if key != "matcher"}, group.get("matcher"), at=at)
        return
    if not isinstance(group, dict) or not isinstance(handlers, list):
        yield Entry(event, index, problem="`hooks` is a list", at=at)
        return
    options = {key: one for key, one in group.items() if key not in ("matcher", "hooks")} or None
    for number, one in enumerate(handlers):
        yield Entry(event, index, number, one, group.get("matcher"), options, at=at)
