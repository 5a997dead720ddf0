"""Skills of Junie (documented): `.junie/skills/<name>/SKILL.md`.

https://junie.jetbrains.com/docs/agent-skills.html

Nothing is known by which a skill is kept from the model.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.parts.skills import specified

_PLACES = (Place(".junie/skills", "*/SKILL.md"),)
BY_FORMAT = {"junie": specified.documented("junie", "Junie", _PLACES, _PLACES)}
