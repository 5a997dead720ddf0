"""A format that another distribution brings, as it is called: whatever it raises is told to be its own, and loses one file alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.diagnostics import BroughtError
from agentconv.core.format import ReadResult, WriteResult

if TYPE_CHECKING:
    from collections.abc import Callable


class Guarded:
    """A module of somebody else's, with all that it has."""

    def __init__(self, module: Any, name: str, distribution: str) -> None:
        self._module = module
        self._names = f"`{name}`", distribution
        self.read = self._held(module.read, ReadResult)
        self.project = self._held(module.project)
        self.write = self._held(module.write, WriteResult)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    def _held(self, called: Callable[..., Any], returns: type | None = None) -> Callable[..., Any]:
        def held(*given: Any, **named: Any) -> Any:
            try:
                found = called(*given, **named)
            except (Exception, SystemExit) as error:
                if type(error).__module__.partition(".")[0] == "agentconv":
                    raise
                raise BroughtError(*self._names, f"{type(error).__name__}: {error}") from error
            if returns is not None and not isinstance(found, returns):
                raise BroughtError(*self._names, f"`{called.__name__}` returned no {returns.__name__}")
            return found

        return held
