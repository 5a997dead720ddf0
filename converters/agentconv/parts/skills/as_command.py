"""A skill as a command: for a client that cannot keep a skill from the model, and has commands, which only users send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.parts import Command

if TYPE_CHECKING:
    from agentconv.core.parts import Skill


def command_of(skill: Skill) -> Command:
    """Return the command that sends what a skill says; the files beside it have no place in one."""
    return Command(
        id=skill.id,
        name=skill.name,
        description=skill.description,
        body=skill.body,
        invoked_by=skill.invoked_by,
        argument_hint=skill.argument_hint,
        arguments=skill.arguments,
        model=skill.model,
        approved_tools=skill.approved_tools,
        denied_tools=skill.denied_tools,
        extras=skill.extras,
        origin=skill.origin,
    )
