"""Skills of goose 1.52.0 (asked): a SKILL.md anywhere below its folders, called by the name in its header.

https://goose-docs.ai/docs/guides/context-engineering/using-skills/

Name and description are text, and another type costs the skill; the name need not be that of its folder. Every other key is passed over,
so that nothing keeps a skill from the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.part_format import Place
from agentconv.families import plain_fences
from agentconv.families.frontmatter import Header
from agentconv.formats.goose.goose import ID
from agentconv.parts.skills import specified
from agentconv.yaml.grammar import SERDE_YAML

if TYPE_CHECKING:
    from agentconv.core.source import SourceText


def _find(source: SourceText) -> Header | Complaint:
    """Find the header, with the line end before its second fence, which the client leaves to YAML."""
    found = plain_fences.find(source)
    return found if isinstance(found, Complaint) else Header(source, found.start, found.end, found.body)


_ANY = "**/SKILL.md"
_SHARED = Place(".agents/skills", _ANY, native=False)
_PROJECT = (Place(".goose/skills", _ANY), _SHARED, Place(".claude/skills", _ANY, native=False))
_USER = (Place(".config/goose/skills", _ANY), _SHARED)
BY_FORMAT = {ID: specified.documented(ID, "goose", _PROJECT, _USER, find=_find, grammar=SERDE_YAML)}
