"""Workflows of Antigravity (documented): `.agents/workflows/<name>.md`, sent as they stand; the folder `.agents` has no commands for all.

https://antigravity.google/docs/workflows

Of its header no more is known than that there is one, with a description.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.families import plain_fences
from agentconv.parts.commands import flat
from agentconv.parts.commands.client import Client
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.commands.no_commands import NoCommands
from agentconv.parts.placeholders.languages import PLAIN
from agentconv.parts.skills import keys
from agentconv.yaml.grammar import JS_YAML_4

BY_FORMAT = {
    "agents-dir": NoCommands("agents-dir"),
    "antigravity": Client(
        "antigravity",
        "Antigravity",
        (Place(".agents/workflows", "*.md"),),
        (Place(".gemini/antigravity-cli/global_workflows", "*.md"),),
        {".md": Markdown(plain_fences.find, grammar=JS_YAML_4, broken="whole")},
        PLAIN,
        {"description": keys.key("description", keys.text_if)},
        legal_name=flat.name,
        keeps_unknown=True,
    ),
}
