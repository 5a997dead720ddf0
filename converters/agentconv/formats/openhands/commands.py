"""OpenHands (SDK 1.58.2) has no files of commands outside of plugins: a command is a skill there, which its name after `/` starts.

https://docs.openhands.dev/overview/skills
"""

from __future__ import annotations

from agentconv.formats.openhands.openhands import ID
from agentconv.parts.commands.no_commands import NoCommands
from agentconv.parts.placeholders.languages import OPENHANDS

BY_FORMAT = {ID: NoCommands(ID, language=OPENHANDS)}
