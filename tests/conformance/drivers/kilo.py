"""Drive Kilo, which was made of OpenCode: its server speaks as OpenCode's does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers import opencode

if TYPE_CHECKING:
    from driving import Place, Session

HEAD = "the project's coding standards and best practices.\n"
KILO = opencode.Make("kilo", "KILO", "code", HEAD)


def drive(place: Place, *, permissive: bool = False) -> Session:
    """Start the client's server once, and have it call each of its agents."""
    return opencode.drive(place, KILO, permissive=permissive)
