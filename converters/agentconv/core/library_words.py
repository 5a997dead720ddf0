"""What is told to who calls the library, or asks out of an editor: there are options, and no flags."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Diagnostic, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")


def public(function: Callable[_Given, _Found]) -> Callable[_Given, _Found]:
    """Let what a function of the library raises say what its caller can do."""

    @wraps(function)
    def called(*given: _Given.args, **named: _Given.kwargs) -> _Found:
        try:
            return function(*given, **named)
        except InputError as error:
            if error.diagnostic.option is None:
                raise
            raise InputError(in_library(error.diagnostic)) from None

    return called


def told(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return diagnostics with the hints for who calls the library, each once."""
    return tuple(map(in_library, dict.fromkeys(diagnostics)))


def in_library(one: Diagnostic) -> Diagnostic:
    """Return a diagnostic with the hint for who calls the library."""
    return one if one.option is None else replace(one, hint=one.option or None, option=None)
