"""Skills in `.agents/skills`, which most assistants read (asked), and where Antigravity has its own (documented).

https://agentskills.io/specification

What is written there goes to all of them, and each knows other keys: so that nothing that restrains a skill is held here, and a skill
that only the user may start, or that closes tools, is refused. Names and descriptions are held to the specification, which the strictest
of them ask for.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.parts.skills import specified

_PLACES = (Place(".agents/skills", "*/SKILL.md"),)
BY_FORMAT = {
    "agents-dir": specified.documented(
        "agents-dir", "a reader of .agents", _PLACES, _PLACES, longest_description=specified.LONGEST_DESCRIPTION
    ),
    "antigravity": specified.documented("antigravity", "Antigravity", _PLACES, (Place(".gemini/antigravity-cli/skills", "*/SKILL.md"),)),
}
