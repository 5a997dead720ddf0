"""Commands of Cursor (documented): `.cursor/commands/<name>.md`, all of the file with what the user types after it.

https://cursor.com/docs/agent/chat/commands

No header is read: what looks like one is sent with the text.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.parts.commands import flat
from agentconv.parts.commands.client import Client
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.placeholders.languages import PLAIN

_PLACE = Place(".cursor/commands", "*.md")
BY_FORMAT = {"cursor": Client("cursor", "Cursor", (_PLACE,), (_PLACE,), {".md": Markdown()}, PLAIN, {}, legal_name=flat.name)}
