"""How much is tried: a default run meets every kind of case in a few minutes, a thorough one all of them, and whatever is drawn besides.

`AGENTCONV_HYPOTHESIS=thorough`, or `long`, is a thorough run.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

_One = TypeVar("_One")
_Other = TypeVar("_Other")
THOROUGH = os.environ.get("AGENTCONV_HYPOTHESIS", "default") != "default"


def in_turns(of: Sequence[_One], share: int, first: int = 0) -> Sequence[_One]:
    """Return one of `share` of them, begun at `first`; in a thorough run all of them."""
    return of if THOROUGH else of[first % share :: share]


def crossed(ones: Sequence[_One], others: Sequence[_Other], share: int) -> list[tuple[_One, _Other]]:
    """Return each of the ones with one of `share` of the others, in turns, so that all of both are met; in a thorough run every pair."""
    return [(one, other) for number, one in enumerate(ones) for other in in_turns(others, share, number)]
