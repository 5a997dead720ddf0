"""Regular expressions that are compiled at their first use: of those that its modules hold, a command needs few."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, AnyStr, cast

if TYPE_CHECKING:
    from typing import Any


class _Expression:
    """What has everything that a compiled expression has, and gets it from one as soon as it is asked for."""

    def __init__(self, text: Any, flags: int) -> None:
        self._given = (text, flags)

    def __getattr__(self, name: str) -> Any:
        """Compile it, or find it compiled, and keep what was asked for."""
        found = getattr(re.compile(*self._given), name)
        setattr(self, name, found)
        return found


def expression(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a regular expression that is compiled at its first use.

    It is no `re.Pattern`: the functions of `re` do not take it in the place of one, its own methods do what they do.
    """
    return cast("re.Pattern[AnyStr]", _Expression(text, int(flags)))
