"""Kimi Code 2.1.0 has no files of commands outside of plugins: a command is a skill there, which the user calls by its name.

https://moonshotai.github.io/kimi-code/en/customization/skills.html

What is filled in in a skill is filled in in this one, too: `$0` is the first word.
"""

from __future__ import annotations

from agentconv.parts.commands.no_commands import NoCommands
from agentconv.parts.placeholders.languages import KIMI

BY_FORMAT = {"kimi": NoCommands("kimi", language=KIMI)}
