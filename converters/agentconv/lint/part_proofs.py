"""The proof of a fix in a file with parts: every client that reads it where it lies has all else as before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import replace
from agentconv.core.part_format import difference
from agentconv.formats import registry
from agentconv.parts.registry import part_format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.part_format import PartSource, PartsRead
    from agentconv.lint.rule import Fix
    from agentconv.lint.subject import PartFile, Subject


def disproof(subject: Subject, part: PartFile, change: Fix, data: bytes) -> str | None:
    """Say which client that has a file with parts in it would read what otherwise after a fix, besides what the fix is about."""
    for client, source in _readings(subject, part):
        module: Any = part_format(client, part.kind)
        before, after = module.read(source), module.read(replace(source, text=source.text.put(data)))
        meant = change.fields if client == subject.format else change.fields | change.respelled
        found = _differing(before, after, meant, grows=change.heals)
        if found:
            return f"{registry.FORMATS[client].title} would read {found} otherwise"
    return None


def _readings(subject: Subject, part: PartFile) -> Iterator[tuple[str, PartSource]]:
    """Yield the clients that read the file, each with the file as it finds it."""
    yield subject.format, part.source
    for client in subject.asked:
        found = next((one.source for one in subject.loaded(client) if one.source), None)
        if found and client != subject.format:
            yield client, found


def _differing(before: PartsRead[Any], after: PartsRead[Any], meant: frozenset[str], *, grows: bool) -> str | None:
    """Return what of the parts that a client has it would read otherwise; it may come to have more where that is meant."""
    old, new = ({one.origin.pointer: one for one in _taken(found)} for found in (before, after))
    if len(after.diagnostics) > len(before.diagnostics) or (new.keys() - old.keys() and not grows):
        return "other parts"
    for pointer, one in old.items():
        differing = set(difference(one, new[pointer])) - meant if pointer in new else {"no part"}
        if differing:
            return min(differing)
    return None


def _taken(found: PartsRead[Any]) -> list[Any]:
    return [one for one, state in zip(found.parts, found.states, strict=True) if one.origin and not state.dropped]
