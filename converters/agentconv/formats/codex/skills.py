"""Skills of Codex 0.169.0: a SKILL.md anywhere below its folders, and what `agents/openai.yaml` beside it says.

https://developers.openai.com/codex/skills

Both fences are lines of their own, without a byte order mark. Name and description are single lines of text; what is not known is
passed over.
`policy.allow_implicit_invocation: false` in agents/openai.yaml keeps a skill from the model, which is then told nothing of it; a file
there that is wrong says nothing at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.losses import quoted
from agentconv.core.part_format import Place
from agentconv.core.parts import FolderFile
from agentconv.families import reading
from agentconv.families.frontmatter import Header, Rewritten
from agentconv.families.keys import Refused
from agentconv.formats.codex.codex import BLANKS
from agentconv.parts.skills import keys, openai_policy
from agentconv.parts.skills.client import Client
from agentconv.parts.skills.openai_policy import POLICY
from agentconv.yaml import emitter, nodes
from agentconv.yaml.grammar import SERDE_YAML
from agentconv.yaml.scalars import js_text

if TYPE_CHECKING:
    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartProjection
    from agentconv.core.parts import Skill
    from agentconv.core.source import SourceText

LONGEST_NAME = 64
_FENCE = expression(rf"[{BLANKS}]*---[{BLANKS}]*")


def _find(source: SourceText) -> Header | Complaint:
    lines = source.text.split("\n")
    if not _FENCE.fullmatch(lines[0]):
        return reading.UNOPENED
    begin = end = len(lines[0]) + 1
    for line in lines[1:]:
        if _FENCE.fullmatch(line):
            body = min(end + len(line) + 1, len(source.text))
            return Header(source, begin, end, body)
        end += len(line) + 1
    return Complaint("the header is never closed by a line `---`")


_KEY_VALUE = expression(r"([ \t]*(?:-[ \t]+)?[A-Za-z_][\w-]*:[ \t]+)(.*?)[ \t]*\r?")


def _repaired(text: str) -> Rewritten:
    """Rewrite a header that does not parse: values that read as something else than plain text become quoted text, line by line."""
    lines, places = [], []
    for line in text.split("\n"):
        match = _KEY_VALUE.fullmatch(line)
        if match is None or not _is_misread(match[2]):
            lines.append(line)
            places.append((0, 0))
            continue
        lines.append(f"{match[1]}{emitter.quoted(match[2])}")
        places.append((len(match[1]), match.start(2)))
    return Rewritten("\n".join(lines), tuple(places))


def _is_misread(value: str) -> bool:
    """Whether a value, as it stands, is no plain text to YAML although it is no quoted text, and no list or map that parses."""
    if not value or value[0] in "\"'":
        return False
    if value[0] in "[{":
        try:
            nodes.parse(value, SERDE_YAML)
        except nodes.YamlError:
            return True
        return False
    return value[0] in "`@" or ": " in value


def _line(name: str, value: Json) -> str:
    if isinstance(value, (list, dict)):
        raise Refused(f"`{name}` must be text", key=name)
    return " ".join(js_text(value).split()) if value is not None else ""


def _name(value: Json) -> str:
    return _line("name", value)


def _description(value: Json) -> str:
    found = _line("description", value)
    if not found:
        raise Refused("`description` must be text that is not blank", key="description")
    return js_text(value).strip(BLANKS)


def _bad_name(name: str) -> str | None:
    return f"`name` is longer than {LONGEST_NAME} characters" if len(name) > LONGEST_NAME else None


def _settle(projection: PartProjection[Skill]) -> None:
    """Have agents/openai.yaml say who starts the skill."""
    skill = projection.part
    there = next((file for file in skill.files if file.path == POLICY), None)
    said = openai_policy.read(there.data).get("invoked_by") if there else None
    if skill.invoked_by == "user" and said != "user":
        data = openai_policy.written(there.data if there else b"", closed=True)
        files = (*(file for file in skill.files if file is not there), replace(there, data=data) if there else FolderFile(POLICY, data))
        projection.change("files", tuple(sorted(files, key=lambda file: file.path)), "skill-policy-file", quoted(POLICY))
    elif said == "user" and skill.invoked_by is None:
        openai_policy.take(projection, there)


BY_FORMAT = {
    "codex": Client(
        "codex",
        "Codex",
        (Place(".codex/skills", "**/SKILL.md"), Place(".agents/skills", "**/SKILL.md", native=False)),
        (Place(".codex/skills", "**/SKILL.md"), Place(".agents/skills", "**/SKILL.md", native=False)),
        _find,
        {"description": keys.key("description", _description)},
        fallback=_repaired,
        grammar=SERDE_YAML,
        name_from="either",
        read_name=_name,
        bad_name=_bad_name,
        legal_name=lambda name: " ".join(name[:LONGEST_NAME].split()),
        beside={POLICY: openai_policy.read},
        said_beside=openai_policy.said_beside,
        settle=_settle,
    )
}
"""The user's own folder is `$CODEX_HOME/skills`, where that is set."""
