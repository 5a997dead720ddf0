"""What readers made of the files of parts, kept from one look at a project to the next: an editor looks after each pause in typing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from agentconv.core.part_format import PartSource, PartsRead


class ReadBefore:
    """What was read, by all that a reader goes by; what one look has not asked for is let go of at the next but one."""

    def __init__(self) -> None:
        self._before: dict[Hashable, PartsRead[Any]] = {}
        self._now: dict[Hashable, PartsRead[Any]] = {}

    def look_again(self) -> None:
        """Begin another look."""
        self._before, self._now = self._now, {}

    def of(self, client: str, kind: str, source: PartSource, read: Callable[[PartSource], PartsRead[Any]]) -> PartsRead[Any]:
        """Return what a client's reader makes of a file, which is read where nobody has read these very bytes."""
        text = source.text
        key = (client, kind, text.path, text.text, tuple(text.included or ()), source.place, source.files, source.executable)
        found = self._now.get(key) or self._before.get(key)
        if found is None:
            found = read(source)
        self._now[key] = found
        return found
