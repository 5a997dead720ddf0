"""Skills of Kiro, both its command line and its editor (documented): `.kiro/skills/<name>/SKILL.md`.

https://kiro.dev/docs/skills/

Nothing is known by which a skill is kept from the model.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.parts.skills import specified

_PLACES = (Place(".kiro/skills", "*/SKILL.md"),)
BY_FORMAT = {
    "kiro": specified.documented("kiro", "Kiro CLI", _PLACES, _PLACES),
    "kiro-ide": specified.documented("kiro-ide", "Kiro IDE", _PLACES, _PLACES),
}
