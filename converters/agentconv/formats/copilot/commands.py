"""Commands of GitHub Copilot: `.github/prompts/<name>.prompt.md` of VS Code (documented); the CLI 1.0.102 reads `.claude/commands` (asked).

https://code.visualstudio.com/docs/copilot/customization/prompt-files

`${input:name:hint}` asks the user, `#file:path` sets in a file. `tools` closes all others for the prompt. The CLI takes what lies in
`.claude/commands` itself, not in folders below, for skills.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.ir import Model
from agentconv.core.part_format import Place
from agentconv.families import gray_matter, model_words
from agentconv.parts.commands import flat
from agentconv.parts.commands.client import Client
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.placeholders.languages import COPILOT
from agentconv.parts.skills import keys
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from agentconv.core.ir import Json


def _model(value: Json) -> Model | None:
    return Model("id", value) if isinstance(value, str) and value else None


BY_FORMAT = {
    "copilot": Client(
        "copilot",
        "GitHub Copilot",
        (Place(".github/prompts", "*.prompt.md"), Place(".claude/commands", "*.md", native=False)),
        (),
        {
            ".md": Markdown(gray_matter.find, grammar=YAML_2, broken="empty"),
            ".prompt.md": Markdown(gray_matter.find, grammar=YAML_2, broken="empty"),
        },
        COPILOT,
        {
            "description": keys.key("description", keys.text_if),
            "argument-hint": keys.key("argument_hint", keys.text_if),
            "agent": keys.key("agent", keys.text_if),
            "model": keys.key("model", _model, model_words.write),
        },
        name_key="name",
        legal_name=flat.name,
        keeps_unknown=True,
    )
}
