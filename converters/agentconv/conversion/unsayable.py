"""The error for an override that a target has no words for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Agent


def unsayable(agent: Agent, client: str, overridden: Sequence[Loss]) -> InputError:
    """Make the error for what the configuration wants of an agent and its target's client cannot say."""
    words = ", ".join(f"`{loss.field}` ({loss.detail})" for loss in overridden)
    message = f"{client} cannot say what the configuration wants of `{agent.name}`: {words}"
    return InputError(Diagnostic(Code.USAGE, Severity.ERROR, message, hint="change it, or take it out"))
