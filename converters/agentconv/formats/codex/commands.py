"""Codex 0.169.0 has no commands (its loader of prompts is gone): a command is a skill there, which a user calls as `$name`.

https://developers.openai.com/codex/skills

Nothing is filled in in a skill, and what the user types stands in the line with its name.
"""

from __future__ import annotations

from agentconv.formats.codex.codex import BLANKS
from agentconv.formats.codex.skills import LONGEST_NAME
from agentconv.parts.commands.no_commands import NoCommands

BY_FORMAT = {"codex": NoCommands("codex", LONGEST_NAME, BLANKS)}
