"""A file that is open in an editor, as it stands there."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.editors.positions import UTF16, Positions

if TYPE_CHECKING:
    from lsprotocol import types

    from agentconv.editors.looked import Looked


@dataclass
class Document:
    """One version of it."""

    uri: str
    location: str
    text: str
    version: int | None = None
    encoding: str = UTF16
    looked: Looked | None = None
    """What a look at this version gave; None until there was one."""

    @cached_property
    def positions(self) -> Positions:
        """Where each character is."""
        return Positions(self.text, self.encoding)

    def offsets(self, place: types.Range) -> tuple[int, int]:
        """Return the numbers of the characters between which a range is."""
        return self.positions.offset(place.start), self.positions.offset(place.end)
