"""Skills of Letta Code 0.32.18 (its code read): a SKILL.md anywhere below `.agents/skills` and the user's `.letta/skills`.

https://docs.letta.com/letta-code/skills

Without a name the folder is it, and without a description what the body starts with. It keeps a skill to its user or its model; but other
clients look into the folder of a project, too, so that what restrains a skill is not written there.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.formats.letta.letta import ID
from agentconv.parts.skills import specified

_ANY = "**/SKILL.md"
BY_FORMAT = {
    ID: specified.documented(
        ID,
        "Letta Code",
        (Place(".agents/skills", _ANY, native=False),),
        (Place(".letta/skills", _ANY),),
        name_from="either",
        described=lambda body: body.split("\n\n")[0].strip() or None,
        needs_description=False,
    )
}
