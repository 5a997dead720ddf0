"""True and false as pydantic reads them, which takes words and numbers for them, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.families.keys import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentconv.core.ir import Json

_TRUE, _FALSE = frozenset({"true", "yes", "on", "1", "t", "y", "1.0"}), frozenset({"false", "no", "off", "0", "f", "n", "0.0"})


def is_true(value: Json) -> bool:
    """Whether it is true."""
    return str(value).lower() in _TRUE


def is_false(value: Json) -> bool:
    """Whether it is false."""
    return str(value).lower() in _FALSE


def check(header: Mapping[str, Json], names: Iterable[str], *, nothing: bool) -> None:
    """Refuse what is neither in a switch.

    Args:
        header: The keys of a skill.
        names: The switches.
        nothing: Whether null says nothing.
    """
    for name in names:
        value = header.get(name, True)
        if not is_true(value) and not is_false(value) and not (nothing and value is None):
            raise Refused(f"`{name}` must be true or false", key=name)
