"""Commands of Continue are rules with `invokable: true`, and are neither read nor written: what is one elsewhere has no place.

https://docs.continue.dev/customize/deep-dives/prompts
"""

from __future__ import annotations

from agentconv.formats.continuedev.continuedev import ID
from agentconv.parts.commands.no_commands import NoCommands

BY_FORMAT = {ID: NoCommands(ID)}
