"""Skills of Continue's command line 1.5.47 (its code read): `.continue/skills/<folder>/SKILL.md`, called by the name in its header.

https://docs.continue.dev/

A name and a description are text that is not empty; every other key is passed over. A user sends one as `/skill-<name>`.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.formats.continuedev.continuedev import ID, find
from agentconv.parts.skills import specified
from agentconv.yaml.grammar import YAML_2

_OWN = Place(".continue/skills", "*/SKILL.md")
_PROJECT = (_OWN, Place(".claude/skills", "*/SKILL.md", native=False))
BY_FORMAT = {ID: specified.documented(ID, "Continue", _PROJECT, (_OWN,), find=find, grammar=YAML_2)}
