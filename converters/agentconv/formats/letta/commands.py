"""What is a command elsewhere is a skill in Letta Code; those of its own (`.commands/**/*.md`, its code) are neither read nor written.

https://docs.letta.com/letta-code/skills
"""

from __future__ import annotations

from agentconv.formats.letta.letta import ID
from agentconv.parts.commands.no_commands import NoCommands

BY_FORMAT = {ID: NoCommands(ID)}
