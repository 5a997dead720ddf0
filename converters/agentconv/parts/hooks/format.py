"""One client's hooks: read from its files, projected, and merged into them entry by entry."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from agentconv.core import hook_handlers
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.format import State
from agentconv.core.ir import Origin
from agentconv.core.part_format import WrittenFile, difference
from agentconv.core.source import BOM, SourceText, encode
from agentconv.families import toml_values
from agentconv.json import jsonc
from agentconv.json.jsonc import Object
from agentconv.parts.hooks import projecting, reading, scripts
from agentconv.parts.hooks.files import JsonHooks, TomlHooks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from agentconv.core.ir import Hook, Json
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartProjection, PartSource, PartsRead, Place
    from agentconv.core.parts import SetHook
    from agentconv.json.jsonc import Syntax
    from agentconv.parts.hooks.reading import Client

_DIGITS = 8


@dataclass(frozen=True, slots=True)
class HookFormat:
    """One client's format of hooks."""

    client: Client
    project: tuple[Place, ...] = ()
    user: tuple[Place, ...] = ()
    syntax: Syntax = jsonc.JSON
    at_top: tuple[str, ...] = ()
    """The files, by what their paths end in, in which events are keys of the document itself."""
    others: tuple[tuple[str, HookFormat], ...] = ()
    """The formats of files in which hooks are spelled as another client does, by their paths."""
    off: tuple[tuple[tuple[str, ...], bool], ...] = ()
    """What its settings say, and with which value, where none of the hooks of any file runs; the last file that says it wins (asked)."""
    off_in: tuple[str, ...] = ()
    """The files of a project that say it, where these are not those that hooks are in."""
    off_alone: tuple[str, ...] = ()
    """Where a file that holds nothing but hooks says that none of its own runs."""
    off_each: tuple[str, ...] = ()
    """Where a file lists hooks that do not run, by their names, or else by what they run."""
    kind: Kind = "hooks"

    @property
    def format(self) -> str:
        """The client's format id."""
        return self.client.format

    def read(self, source: PartSource) -> PartsRead[SetHook]:
        """Read all hooks of a file as the client does."""
        found = reading.read(self._of(source.text.path).client, self._file(source.text, source.place), source)
        off = [self.says_off_of(source.text, part.definition) for part in found.parts]
        if not any(off):
            return found
        told = (reading.switched_off(self.client, part, source, why) for part, why in zip(found.parts, off, strict=True) if why)
        states = (State.NOT_LOADED if why else state for why, state in zip(off, found.states, strict=True))
        return replace(found, states=tuple(states), diagnostics=(*found.diagnostics, *told))

    def says_off(self, source: SourceText) -> bool | None:
        """Whether a file of settings keeps the client from running any hook; None where it says nothing of that."""
        if not self.off or self._of(source.path) is not self or (self.off_in and source.path not in self.off_in):
            return None
        values = self._values(source)
        top = bool(self.at_top) and source.path.endswith(self.at_top)  # where the document itself is the map of hooks
        found = ((_at(values, path[1:] if top and path[:1] == ("hooks",) else path), wanted) for path, wanted in self.off)
        said = [(value not in ("", 0, False)) is wanted for value, wanted in found if value is not None]  # as JavaScript takes it
        return any(said) if said else None

    def says_off_of(self, source: SourceText, hook: Hook) -> str | None:
        """Return the key by which a file keeps a hook of its own from running, be it that one or all of them; None where it runs."""
        if not (self.off_each or (self.off_alone and self._is_alone(source.path))):
            return None
        values = self._values(source)
        if self.off_alone and self._is_alone(source.path) and _at(values, self.off_alone):
            return ".".join(self.off_alone)
        listed = _at(values, self.off_each) if self.off_each else None
        handler = hook.handlers[0] if hook.handlers else None
        called = (handler.get("name") or handler.get("command")) if isinstance(handler, dict) else None
        return ".".join(self.off_each) if isinstance(listed, list) and called in listed else None

    def _is_alone(self, path: str) -> bool:
        return path not in self.off_in and self._of(path) is self

    def _values(self, source: SourceText) -> object:
        """Return what a file says; of one that is broken, nothing, or what of it can be read."""
        text = source.text.removeprefix(BOM)
        if source.path.endswith(".toml"):
            return toml_values.parsed(text)
        root = jsonc.parse(text, self.syntax).root
        return jsonc.value(root) if root is not None else None

    def named(self, source: PartSource) -> list[str]:
        """Return the paths of the project's files that the hooks of a file may run."""
        found = (hook_handlers.read(self.client.words, entry.value) for entry in self._file(source.text, source.place).entries)
        return list(dict.fromkeys(path for handler in found for path in scripts.named(handler)))

    def _of(self, path: str) -> HookFormat:
        return next((one for end, one in self.others if path == end), self)

    def _file(self, source: SourceText, place: Place | None) -> JsonHooks | TomlHooks:
        if source.path.endswith(".toml"):
            return TomlHooks(source)
        if place is not None and place.at:
            return JsonHooks(source, tuple(place.at.removeprefix("/").split("/")), self.syntax)
        if self._is_astray(source):
            return JsonHooks(source, (), self.syntax, self.client.whole)
        beside = {path[-1] for path, _ in self.off if path[:1] == ("hooks",)}
        top = () if source.path.endswith(self.at_top) and self.at_top else ("hooks",)
        return JsonHooks(source, top, self.syntax, beside=beside)

    def _is_astray(self, source: SourceText) -> bool:
        """Whether guards stand where `hooks` should: the client takes nothing of them, and they were meant all the same."""
        if not self.client.astray or not any(event in source.text for event in self.client.whole):
            return False
        root = jsonc.parse(source.text, self.syntax).root
        keys = root.entries() if isinstance(root, Object) else {}
        return "hooks" not in keys and bool(self.client.whole & keys.keys())

    def to_project(self, projection: PartProjection[SetHook]) -> None:
        """Turn a hook into one that the client runs for the same, and that blocks where it did."""
        projecting.project(self.client, projection)

    def path(self, part: SetHook, place: Place) -> str:  # noqa: ARG002
        """Return the file that holds all hooks of a place."""
        return place.path

    def keyed(self, parts: Iterable[SetHook]) -> tuple[SetHook, ...]:
        """Return the hooks of a file under names that stay when others come before them: each says what it runs, and on what."""
        names: dict[str, int] = {}
        return tuple(_keyed(part, names, f"/{self.kind}") for part in parts)

    def called_beside(self, parts: Sequence[SetHook], there: Iterable[SetHook]) -> tuple[SetHook, ...]:
        """Return hooks under the names that they have in a file where others are: the same ones as these, new ones behind them."""
        present: dict[tuple[str, str], list[SetHook]] = {}
        names: dict[str, int] = {}
        for one in there:
            present.setdefault(_what(one), []).append(one)
            reading.numbered(reading.name_of(one.definition), names)
        return tuple(_named(part, present, names) for part in parts)

    def write(
        self, parts: Iterable[SetHook], path: str, original: PartSource | None, without: Collection[str] = ()
    ) -> tuple[WrittenFile, ...]:
        """Put hooks into a file: keys that differ are patched, new hooks come last, and every other byte stays; their scripts follow."""
        given = tuple(parts)
        text = original.text if original else SourceText(path, b"")
        file = self._file(text, original.place if original else None)
        known = {one.name: one for one in (self.read(replace(original, text=text)).parts if original else ())}
        index = {pointer: number for number, pointer in enumerate(entry.pointer(file.top) for entry in file.entries)}
        at = {name: index[one.origin.pointer] for name, one in known.items() if one.origin and one.origin.pointer in index}
        changed: dict[int, Json] = {}
        added: list[tuple[str, Json]] = []
        for part in given:
            if part.name not in at:
                added.append((part.definition.native_event, self.entry(part)))
            elif difference(known[part.name], part):
                changed[at[part.name]] = part.definition.handlers[0]
        removed = [number for name, number in at.items() if name in without]
        written = file.rewritten(changed, added, removed, self.client.head) if changed or added or removed else text.text
        return (WrittenFile(path, encode(written)), *_beside(given))

    def entry(self, part: SetHook) -> Json:
        """Return an entry that says a hook, to be added to a file."""
        hook = part.definition
        matcher: dict[str, Json] = {} if hook.matcher is None else {"matcher": hook.matcher}
        handler = hook.handlers[0]
        if self.client.flat and isinstance(handler, dict):
            return {**matcher, **{key: value for key, value in handler.items() if (key, value) != ("type", "command")}}
        return {**matcher, "hooks": [handler], **(hook.options or {})}


def _at(value: object, path: Sequence[str]) -> object:
    """Return what a document says at some keys; None where it says nothing."""
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _beside(parts: Iterable[SetHook]) -> Iterator[WrittenFile]:
    files = {file.path: file for part in parts for file in part.files}
    return (WrittenFile(path, file.data, file.executable) for path, file in files.items())


def _keyed(part: SetHook, names: dict[str, int], place: str) -> SetHook:
    digest = hashlib.sha256(repr(_runs(part)).encode("utf-8", "surrogatepass")).hexdigest()
    name = reading.numbered(f"{reading.name_of(part.definition)}#{digest[:_DIGITS]}", names)
    return replace(part, name=name, origin=Origin(part.definition.format, "", f"{place}/{digest}"))


def _named(part: SetHook, present: dict[tuple[str, str], list[SetHook]], names: dict[str, int]) -> SetHook:
    """Return a hook under the name of one that is there and runs the same on the same, or under a free one."""
    same = present.get(_what(part))
    if same:
        return replace(part, name=same.pop(0).name)
    return replace(part, name=reading.numbered(reading.name_of(part.definition), names))


def _what(part: SetHook) -> tuple[str, str]:
    """Return what a hook is about and what it runs, which tells it from others."""
    return reading.name_of(part.definition), repr(_runs(part))


def _runs(part: SetHook) -> object:
    hook = part.definition
    return [(one.kind, one.command, one.prompt, one.url) for one in hook_handlers.meanings(hook.format, hook.handlers)]
