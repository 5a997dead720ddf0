"""Mistral Vibe 3.0.3 has no commands (documented): a command is a skill there, which the user calls by its name.

https://docs.mistral.ai/mistral-vibe/agents-skills

Nothing is filled in in a skill, and what the user types comes with it.
"""

from __future__ import annotations

from agentconv.parts.commands.no_commands import NoCommands

BY_FORMAT = {"vibe": NoCommands("vibe")}
