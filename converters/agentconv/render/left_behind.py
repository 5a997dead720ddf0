"""How it is said that a refused agent is there all the same, from before."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Diagnostic, Severity, Span
from agentconv.formats import registry
from agentconv.render import text

if TYPE_CHECKING:
    from collections.abc import Sequence


def told(target: str, place: str, agents: Sequence[str]) -> Diagnostic:
    """Say that a client goes on having refused agents by a file, and what takes them away.

    Args:
        target: The client.
        place: The file, as it is shown.
        agents: The agents in it.
    """
    several, client = registry.FORMATS[target].holds_several(place), text.client(target)
    who = f"{text.names(agents) if several else f'`{agents[0]}`'} {'are' if len(agents) > 1 else 'is'} refused"
    message = f"{who}, and {client} goes on using what stands here from before, which may do more than the source says"
    way = f"take {text.names(agents)} out of it" if several else f"rm {shlex.quote(os.path.normpath(place))}"
    return Diagnostic(Code.BLOCKED, Severity.WARNING, message, Span(place), f"where it is not meant to stay: {way}")
