"""Skills of Codex 0.169.0: a SKILL.md anywhere below its folders, and what `agents/openai.yaml` beside it says.

https://developers.openai.com/codex/skills

Both fences are lines of their own, without a byte order mark. Name and description are single lines of text; what is not known is
passed over.
`policy.allow_implicit_invocation: false` in agents/openai.yaml keeps a skill from the model, which is then told nothing of it; a file
there that is wrong says nothing at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.losses import quoted
from agentconv.core.part_format import Place
from agentconv.core.parts import FolderFile
from agentconv.core.source import SourceText, encode
from agentconv.families import frontmatter
from agentconv.families.frontmatter import Header, Rewritten
from agentconv.families.keys import Refused
from agentconv.formats.codex.codex import BLANKS
from agentconv.parts.skills import keys
from agentconv.parts.skills.client import Client
from agentconv.yaml import emitter, nodes
from agentconv.yaml.grammar import SERDE_YAML
from agentconv.yaml.scalars import js_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartProjection
    from agentconv.core.parts import Skill

LONGEST_NAME = 64
POLICY = "agents/openai.yaml"
_FENCE = expression(rf"[{BLANKS}]*---[{BLANKS}]*")


def _find(source: SourceText) -> Header | Complaint:
    lines = source.text.split("\n")
    if not _FENCE.fullmatch(lines[0]):
        return Complaint("the file does not start with a line `---`")
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


def _policy_header(data: bytes) -> Header:
    """Parse the file that says who starts a skill."""
    source = SourceText(POLICY, data)
    return frontmatter.parse(Header(source, 0, len(source.text), len(source.text)), None, SERDE_YAML)


def _read_policy(data: bytes) -> Mapping[str, object]:
    policy = _policy_header(data).values.get("policy")
    return {"invoked_by": "user"} if isinstance(policy, dict) and policy.get("allow_implicit_invocation") is False else {}


def _said_beside(file: FolderFile) -> list[str]:
    """Name the keys of the file that say something else than who starts the skill."""
    values = _policy_header(file.data).values
    policy = values.get("policy")
    ours = isinstance(policy, dict) and not policy.keys() - {"allow_implicit_invocation"}
    return [name for name in values if name != "policy" or not ours]


def _settle(projection: PartProjection[Skill]) -> None:
    """Have agents/openai.yaml say who starts the skill."""
    skill = projection.part
    there = next((file for file in skill.files if file.path == POLICY), None)
    said = _read_policy(there.data).get("invoked_by") if there else None
    if skill.invoked_by == "user" and said != "user":
        data = _with_policy(there.data if there else b"", closed=True)
        files = (*(file for file in skill.files if file is not there), replace(there, data=data) if there else FolderFile(POLICY, data))
        projection.change("files", tuple(sorted(files, key=lambda file: file.path)), "skill-policy-file", quoted(POLICY))
    elif said == "user" and skill.invoked_by is None:
        _take_policy(projection, there)


def _take_policy(projection: PartProjection[Skill], there: FolderFile | None) -> None:
    """Hold a skill from elsewhere to what the file beside it says; in one of its own, the fields win."""
    if not projection.at_home:
        projection.change("invoked_by", "user", "skill-restraint-taken", quoted(POLICY))
    elif there:
        files = tuple(
            replace(file, data=_with_policy(file.data, closed=False)) if file is there else file for file in projection.part.files
        )
        projection.change("files", files, "skill-policy-file", quoted(POLICY))


def _with_policy(data: bytes, *, closed: bool) -> bytes:
    """Return a policy file that says whether the model may start the skill."""
    header = _policy_header(data)
    old = header.values.get("policy")
    policy: dict[str, Any] = dict(old) if isinstance(old, dict) else {}
    policy.pop("allow_implicit_invocation", None)
    if closed:
        policy["allow_implicit_invocation"] = False
    edits = frontmatter.patch(header, {"policy": policy or None})
    wanted = {**header.values, "policy": policy}
    return encode(emitter.mapping(wanted) if edits is None else frontmatter.apply(header.source.text, edits))


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
        beside={POLICY: _read_policy},
        said_beside=_said_beside,
        settle=_settle,
    )
}
"""The user's own folder is `$CODEX_HOME/skills`, where that is set."""
