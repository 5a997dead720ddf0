"""Skills of Mistral Vibe 3.0.3 (its loader asked): `.vibe/skills/<folder>/SKILL.md`, called by the name in its header.

https://docs.mistral.ai/mistral-vibe/agents-skills

The header stands between the first two lines of three dashes or more; PyYAML reads it. A value of a wrong type costs the skill.
`agents/openai.yaml` beside it keeps a skill from the model, as in Codex, and so does one that is wrong. In a project, the client only
looks into folders that the user trusts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.part_format import Place
from agentconv.families.frontmatter import Header
from agentconv.families.keys import Refused
from agentconv.parts.skills import keys, openai_policy, pydantic_switches, specified
from agentconv.parts.skills.client import Client
from agentconv.parts.skills.openai_policy import POLICY
from agentconv.yaml.grammar import PYYAML

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartProjection
    from agentconv.core.parts import Skill
    from agentconv.core.source import SourceText

ID = "vibe"
_FENCE = expression(r"^-{3,}\s*$", re.MULTILINE)
_STARTERS = keys.Starters(closes=pydantic_switches.is_true, hides=pydantic_switches.is_false)


def _find(source: SourceText) -> Header | Complaint:
    start = len(source.text) - len(source.text.lstrip("\ufeff"))
    opened = _FENCE.search(source.text, start)
    closed = _FENCE.search(source.text, opened.end()) if opened else None
    if opened is None or closed is None or source.text[start : opened.start()].strip():
        return Complaint("the file does not start with a header between two lines `---`")
    return Header(source, opened.end(), closed.start(), closed.end())


def _description(value: Json) -> str:
    if not isinstance(value, str) or not value:
        raise Refused("`description` must be text that is not empty", key="description")
    return value


def _lift(header: dict[str, Json]) -> Mapping[str, object]:
    """Refuse what does not say who may start it, and tools that are no list."""
    pydantic_switches.check(header, _STARTERS.names, nothing=False)
    tools = header.get("allowed-tools")
    if not isinstance(tools, (str, list, type(None))) or any(not isinstance(one, str) for one in tools or ()):
        raise Refused("`allowed-tools` must be text or a list of texts", key="allowed-tools")
    return {}


def _beside(data: bytes) -> Mapping[str, object]:
    """Return what the file beside a skill says of who starts it: one with a policy that the client does not know keeps the model away."""
    found = openai_policy.header(data)
    policy = found.values.get("policy", {})
    strange = found.error or not isinstance(policy, (dict, type(None))) or (policy or {}).keys() - {"allow_implicit_invocation", "products"}
    return {"invoked_by": "user"} if strange else openai_policy.read(data)


def _settle(projection: PartProjection[Skill]) -> None:
    """Hold a skill to what the file beside it says."""
    there = next((file for file in projection.part.files if file.path == POLICY), None)
    if there and _beside(there.data) and projection.part.invoked_by != "user":
        openai_policy.take(projection, there)


_SHARED = ".agents/skills"
BY_FORMAT = {
    ID: Client(
        ID,
        "Mistral Vibe",
        (Place(".vibe/skills", "*/SKILL.md", trusted=True), Place(_SHARED, "*/SKILL.md", trusted=True, native=False)),
        (Place(".vibe/skills", "*/SKILL.md"), Place(_SHARED, "*/SKILL.md", native=False)),
        _find,
        {"description": keys.key("description", _description)},
        grammar=PYYAML,
        starters=_STARTERS,
        lift=_lift,
        bad_name=specified.bad_name,
        legal_name=specified.legal_name,
        longest_description=specified.LONGEST_DESCRIPTION,
        beside={POLICY: _beside},
        said_beside=openai_policy.said_beside,
        settle=_settle,
    )
}
