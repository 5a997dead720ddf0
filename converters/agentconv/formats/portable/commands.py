"""An Agent Plugin has no commands: a command is a skill there, where both the user and the model may start it."""

from __future__ import annotations

from agentconv.formats.portable.skills import ID
from agentconv.parts.commands.no_commands import NoCommands
from agentconv.parts.skills.specified import LONGEST_NAME

BY_FORMAT = {ID: NoCommands(ID, LONGEST_NAME)}
