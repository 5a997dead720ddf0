"""What a conversion could not tell a server, and a user wrote into its entry by hand: theirs, which stays and is no edit of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import replace
from agentconv.core.ir import Agent
from agentconv.core.parts import Server
from agentconv.install.part_entries import PartFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    from agentconv.core.parts import Part
    from agentconv.disk.reader import Reader
    from agentconv.install.lock import Entry
    from agentconv.install.steps import Wanted

    Places: TypeAlias = tuple[tuple[str, str], ...]

BY_HAND = "server-reference-dropped"
"""What is lost of a server that a user may write by hand."""
_FIELDS = ("env", "headers")


def unsaid(source: Part | None, target: Agent | Part) -> Places:
    """Return which variables and headers of a server are not in what a target gets of it."""
    if not isinstance(source, Server) or not isinstance(target, Server):
        return ()
    held = {field: getattr(target.definition, field) or {} for field in _FIELDS}
    return tuple((field, key) for field in _FIELDS for key in getattr(source.definition, field) or {} if key not in held[field])


def kept(item: Any, present: Any, places: Places) -> Any:
    """Return what is wanted, with what a user has there in those places."""
    if not isinstance(item, Server) or not isinstance(present, Server):
        return item
    said = {
        field: {key: there[key] for place, key in places if place == field and key in there}
        for field in _FIELDS
        if (there := getattr(present.definition, field) or {})
    }
    return _with(item, {field: {**(getattr(item.definition, field) or {}), **more} for field, more in said.items() if more})


def without(item: Any, places: Places) -> Any:
    """Return a server without what is in those places."""
    if not isinstance(item, Server):
        return item
    held = {field: getattr(item.definition, field) or {} for field in _FIELDS}
    left = {field: {key: value for key, value in values.items() if (field, key) not in places} for field, values in held.items()}
    return _with(item, {field: values or None for field, values in left.items() if len(values) < len(held[field])})


def _with(item: Server, values: dict[str, Any]) -> Server:
    return replace(item, definition=replace(item.definition, **values)) if values else item


def is_given_up(old: Entry, wanted: Wanted, present: Any, item: Any) -> bool:
    """Whether a value that a user may have filled in would go, since the source says now what its target can be told."""
    if BY_HAND not in old.losses or not isinstance(item, Server) or not isinstance(present, Server):
        return False
    held = ((getattr(present.definition, field) or {}, getattr(item.definition, field) or {}) for field in _FIELDS)
    return BY_HAND not in wanted.losses and any(key in there and there[key] != coming[key] for there, coming in held for key in coming)


def settled(reader: Reader, wanted: Iterable[Wanted]) -> Iterator[tuple[str, str]]:
    """Yield by server the fields all of which a user has filled in: nothing of them is lost."""
    files: dict[tuple[str, str, str], PartFile] = {}
    for one in wanted:
        if not one.unsaid or one.shared is None or isinstance(one.shared, Agent):
            continue
        where = one.path, one.target, one.part
        if where not in files:
            there = reader.read(one.path)
            files[where] = PartFile.read(*where, there if isinstance(there, bytes) else None)
        present = files[where].items.get(one.shared.name or "")
        held = {field: getattr(present.definition, field) or {} if isinstance(present, Server) else {} for field in _FIELDS}
        open_ = {field for field, key in one.unsaid if key not in held[field]}
        yield from ((one.agent, field) for field in dict(one.unsaid) if field not in open_)
