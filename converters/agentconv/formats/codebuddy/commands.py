"""Commands of CodeBuddy Code 2.163.0 (asked): `.codebuddy/commands/<folders>/<name>.md`, sent as `/folders:name`.

https://www.codebuddy.ai/docs/cli/slash-commands

`$1` is the first word; the words behind the highest of these come after the text, whatever stands for all of them in it. The model may
start a command, too, unless it is told not to.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.formats.codebuddy import lines, skills
from agentconv.formats.codebuddy.codebuddy import ID
from agentconv.parts.commands.client import Client
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.placeholders.languages import CODEBUDDY
from agentconv.parts.skills import keys
from agentconv.yaml.grammar import YAML_2

_PLACES = (Place(".codebuddy/commands", "**/*.md"),)
BY_FORMAT = {
    ID: Client(
        ID,
        "CodeBuddy",
        _PLACES,
        _PLACES,
        {".md": Markdown(lines.find, lines.rewritten, YAML_2, repairs_all=True, broken="empty")},
        CODEBUDDY,
        {
            "description": keys.key("description", skills.text),
            "argument-hint": keys.key("argument_hint", skills.text),
            "allowed-tools": keys.key("approved_tools", skills.grants, keys.tokens_in_text),
        },
        starters=keys.Starters(model_only=None, closes=bool),
        keeps_unknown=True,
    )
}
