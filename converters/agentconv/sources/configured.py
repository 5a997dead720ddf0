"""What a client's own configuration says of agents: the files that it names, and what of it the client does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.format import Declared
    from agentconv.core.source import SourceText


def declared(client: str, text: SourceText) -> Sequence[Declared]:
    """Return the agents' files that a configuration names."""
    found: Sequence[Declared] = _module(client).DECLARED(text)
    return found


def remarks(client: str, text: SourceText) -> Sequence[Diagnostic]:
    """Say what the client does not take of them."""
    found: Sequence[Diagnostic] = _module(client).OF_SETTINGS(text)
    return found


def missing(client: str, text: SourceText, one: Declared) -> Diagnostic:
    """Say that the client leaves out an agent whose file is not there."""
    found: Diagnostic = _module(client).MISSING(text, one)
    return found


def _module(client: str) -> Any:
    return registry.load(client)
