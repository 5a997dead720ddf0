"""Docker Agent has no files of commands: those of an agent stand in its entry, and stay there.

https://docs.docker.com/ai/docker-agent/configuration/agents
"""

from __future__ import annotations

from agentconv.formats.docker.docker_agent import ID
from agentconv.parts.commands.no_commands import NoCommands

BY_FORMAT = {ID: NoCommands(ID)}
