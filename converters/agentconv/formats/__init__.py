"""The registry of formats, and one package per client: all that it owns lies under its name. Packages never import each other.

The package is the function `agentconv.formats()` as well: see `FormatInfo` in formats/registry.py`.
"""

import sys
from types import ModuleType
from typing import Any


class _Package(ModuleType):
    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Say which formats there are."""
        from agentconv.formats.registry import formats

        return formats(*arguments, **options)


sys.modules[__name__].__class__ = _Package
