"""goose 1.52.0 has no files of commands: a recipe is one where the user's configuration names it, and no skill is kept from the model.

https://goose-docs.ai/docs/guides/recipes/
"""

from __future__ import annotations

from agentconv.formats.goose.goose import ID
from agentconv.parts.commands.no_commands import NoCommands

BY_FORMAT = {ID: NoCommands(ID)}
