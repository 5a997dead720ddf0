"""Letta Code has no commands but its skills: what is one elsewhere is a skill there.

https://docs.letta.com/letta-code/skills
"""

from __future__ import annotations

from agentconv.formats.letta.letta import ID
from agentconv.parts.commands.no_commands import NoCommands

BY_FORMAT = {ID: NoCommands(ID)}
