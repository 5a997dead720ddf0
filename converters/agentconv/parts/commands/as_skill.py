"""A command as a skill: for a client that has no commands, and lets users call a skill by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.parts import Skill
from agentconv.parts.skills.keys import INFORMING

if TYPE_CHECKING:
    from typing import Any

    from agentconv.core.ir import Json
    from agentconv.core.parts import Command


def skill_of(command: Command) -> Skill:
    """Return the skill that says what a command sends; what is the user's alone to start is so in a skill, too."""
    informing, extras = _informing(command)
    return Skill(
        id=command.id,
        name=command.name,
        description=command.description,
        body=command.body,
        invoked_by=command.invoked_by,
        argument_hint=command.argument_hint,
        arguments=command.arguments,
        model=command.model,
        approved_tools=command.approved_tools,
        denied_tools=command.denied_tools,
        extras=extras,
        origin=command.origin,
        **informing,
    )


def _informing(command: Command) -> tuple[dict[str, Any], dict[str, dict[str, Json]]]:
    """Return the fields of keys that inform people, which hold nothing in a command and are known in a skill, and the other keys."""
    found: dict[str, Any] = {}
    others: dict[str, dict[str, Json]] = {}
    for format_id, extras in command.extras.items():
        for name, value in extras.items():
            fields = INFORMING[name].read(value) if name in INFORMING else {}
            found.update(fields)
            if not fields:
                others.setdefault(format_id, {})[name] = value
    return found, others
