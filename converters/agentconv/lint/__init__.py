"""Find what breaks an agent, in which client, and mend it without losing a byte.

A rule is one documented unit (`lint/rules/`); it looks at a `Subject`: one file as each client reads it. Rules know no
client's syntax: what a client makes of a file is asked of its reader.

The package is the function `agentconv.lint(...)` as well: see `lint/library.py`.
"""

import sys
from types import ModuleType
from typing import Any


class _Package(ModuleType):
    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Lint a set, or what a path names."""
        from agentconv.lint.library import lint

        return lint(*arguments, **options)


sys.modules[__name__].__class__ = _Package
