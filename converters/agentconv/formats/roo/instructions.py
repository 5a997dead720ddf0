"""Instructions of Roo Code 3.54 (its code read): `AGENTS.md`, `AGENTS.local.md`, and `.roo/rules`, as they stand.

https://docs.roocode.com/features/custom-instructions

`.roorules` is read where there are no rules. `.roo/rules-<mode>` is for one mode. Nothing is imported, and no header is read.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.parts.instructions.client import Client, Files

_RULES = (
    Files(Place(".roo/rules", "**/*.md")),
    Files(Place(".roo/rules", "**/*.txt")),
    Files(Place(".roo", "rules-*/**/*.md", partial=True)),
)
BY_FORMAT = {
    "roo": Client(
        "roo",
        "Roo Code",
        (
            Files(Place("", "AGENTS.md", native=False), main=True),
            Files(Place("", "AGENTS.local.md"), main=True, personal=True),
            *_RULES,
            Files(Place("", ".roorules", unless=(".roo/rules",))),
        ),
        _RULES,
        whens=frozenset({"always"}),
    )
}
