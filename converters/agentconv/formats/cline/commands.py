"""Commands of Cline 3.0.65 (its code read): workflows, `.clinerules/workflows/<name>.md`, sent as they stand.

https://docs.cline.bot/features/slash-commands/workflows
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.parts.commands import flat
from agentconv.parts.commands.client import Client
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.placeholders.languages import PLAIN

BY_FORMAT = {
    "cline": Client(
        "cline",
        "Cline",
        (Place(".clinerules/workflows", "*.md"), Place(".cline/workflows", "*.md")),
        (Place(".cline/workflows", "*.md"), Place("Documents/Cline/Workflows", "*.md")),
        {".md": Markdown()},
        PLAIN,
        {},
        legal_name=flat.name,
        needs_body=True,
    )
}
