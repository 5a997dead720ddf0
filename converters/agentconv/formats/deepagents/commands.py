"""deepagents-code 0.1.88 has no commands of its user's, and no skill that the model may not start: what only a user may send has no place.

https://docs.langchain.com/oss/python/deepagents/skills
"""

from __future__ import annotations

from agentconv.formats.deepagents.deepagents import ID
from agentconv.parts.commands.no_commands import NoCommands

BY_FORMAT = {ID: NoCommands(ID)}
