"""A command as a skill: for a client that has no commands, and lets users call a skill by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.parts import Skill

if TYPE_CHECKING:
    from agentconv.core.parts import Command


def skill_of(command: Command) -> Skill:
    """Return the skill that says what a command sends; what is the user's alone to start is so in a skill, too."""
    return Skill(
        id=command.id,
        name=(command.name or "").replace("/", "-") or None,
        description=command.description,
        body=command.body,
        invoked_by=command.invoked_by,
        argument_hint=command.argument_hint,
        arguments=command.arguments,
        model=command.model,
        approved_tools=command.approved_tools,
        denied_tools=command.denied_tools,
        extras=command.extras,
        origin=command.origin,
    )
