"""`agents/openai.yaml` beside a SKILL.md: whether the model may start the skill, for the clients that look there.

https://developers.openai.com/codex/skills
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import replace
from agentconv.core.losses import quoted
from agentconv.core.source import SourceText, encode
from agentconv.families import frontmatter
from agentconv.families.frontmatter import Header
from agentconv.yaml import emitter
from agentconv.yaml.grammar import SERDE_YAML

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.part_format import PartProjection
    from agentconv.core.parts import FolderFile, Skill

POLICY = "agents/openai.yaml"


def header(data: bytes) -> Header:
    """Parse the file."""
    source = SourceText(POLICY, data)
    return frontmatter.parse(Header(source, 0, len(source.text), len(source.text)), None, SERDE_YAML)


def read(data: bytes) -> Mapping[str, object]:
    """Return what the file says of who starts the skill, as a field of it."""
    policy = header(data).values.get("policy")
    return {"invoked_by": "user"} if isinstance(policy, dict) and policy.get("allow_implicit_invocation") is False else {}


def said_beside(file: FolderFile) -> list[str]:
    """Name the keys of the file that say something else than who starts the skill."""
    values = header(file.data).values
    policy = values.get("policy")
    ours = isinstance(policy, dict) and not policy.keys() - {"allow_implicit_invocation"}
    return [name for name in values if name != "policy" or not ours]


def take(projection: PartProjection[Skill], there: FolderFile | None) -> None:
    """Hold a skill from elsewhere to what the file beside it says; in one of its own, the fields win."""
    if not projection.at_home:
        projection.change("invoked_by", "user", "skill-restraint-taken", quoted(POLICY))
    elif there:
        files = tuple(replace(file, data=written(file.data, closed=False)) if file is there else file for file in projection.part.files)
        projection.change("files", files, "skill-policy-file", quoted(POLICY))


def written(data: bytes, *, closed: bool) -> bytes:
    """Return a policy file that says whether the model may start the skill."""
    found = header(data)
    old = found.values.get("policy")
    policy: dict[str, Any] = dict(old) if isinstance(old, dict) else {}
    policy.pop("allow_implicit_invocation", None)
    if closed:
        policy["allow_implicit_invocation"] = False
    edits = frontmatter.patch(found, {"policy": policy or None})
    wanted = {**found.values, "policy": policy}
    return encode(emitter.mapping(wanted) if edits is None else frontmatter.apply(found.source.text, edits))
