"""A skill as a command: for a client that cannot keep a skill from the model, and has commands, which only users send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.parts import Command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json
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
        extras=_extras(skill),
        origin=skill.origin,
    )


def _extras(skill: Skill) -> Mapping[str, Mapping[str, Json]]:
    """Return a skill's further keys, and those that hold fields which a command does not have."""
    found = {name: getattr(skill, name) for name in ("license", "compatibility", "metadata", "when_to_use", "paths")}
    keys = {name: list(value) if isinstance(value, tuple) else value for name, value in found.items() if value is not None}
    if not keys or skill.origin is None:
        return skill.extras
    home = skill.origin.format
    return {**skill.extras, home: {**skill.extras.get(home, {}), **keys}}
