"""The registry of formats, and one package per client: all that it owns lies under its name. Packages never import each other.

The package is a function as well, `formats` of `formats/registry.py`:

    agentconv.formats() -> tuple[agentconv.FormatInfo, ...]

It says of each format its id, the client's name, where a project has its agents, and when that was seen to be so.
"""

from __future__ import annotations

import sys
from types import ModuleType

TYPE_CHECKING = False  # importing typing would be much of what starting costs
if TYPE_CHECKING:
    from agentconv.formats.registry import FormatInfo


class _Package(ModuleType):
    def __call__(self) -> tuple[FormatInfo, ...]:
        """Return every format, our own first."""
        from agentconv.formats.registry import formats

        return formats()


sys.modules[__name__].__class__ = _Package
