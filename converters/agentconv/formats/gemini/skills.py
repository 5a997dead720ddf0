r"""Skills of Gemini CLI 0.61.0 and Qwen Code 0.24.4: `.gemini/skills/<folder>/SKILL.md`, called by the name in its header.

https://geminicli.com/docs/cli/skills, https://qwenlm.github.io/qwen-code-docs/en/users/features/skills

Gemini CLI knows a name and a description; where YAML does not give both as text, a line reader of its own looks for them. Qwen Code
reads a header as it reads an agent's, and knows more; a value of a wrong type drops the skill where it matters. Gemini CLI looks into
folders that the user trusts only.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core import names
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.part_format import Place
from agentconv.families import model_words
from agentconv.families.frontmatter import Header, Rewritten
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Refused
from agentconv.families.value_checks import is_text
from agentconv.formats.gemini import qwen_lines, qwen_spelling
from agentconv.parts.placeholders import LANGUAGES
from agentconv.parts.skills import keys
from agentconv.parts.skills.client import Client
from agentconv.projecting import hooks
from agentconv.yaml import emitter
from agentconv.yaml.grammar import JS_YAML_4, YAML_2
from agentconv.yaml.nodes import js_text

if TYPE_CHECKING:
    from agentconv.core.ir import Json, Model, ToolGrant
    from agentconv.core.source import SourceText

_FRONTMATTER = expression(r"---\r?\n([\s\S]*?)(\r?\n)---(?:\r?\n|)")
_NO_NAME = expression(r"[:\\/<>*?\"|]")
_LINE = expression(rf"[{SPACE}]*(name|description):[{SPACE}]*(.*?)[{SPACE}]*")
_MORE = expression(r"[ \t]+[^ \t].*")


def _find(source: SourceText) -> Header | Complaint:
    found = _FRONTMATTER.match(source.text)
    if found is None:
        return Complaint("the file does not start with a header between two lines `---`")
    return Header(source, found.start(1), found.end(2), found.end(), tail=len(found[2]))


def _repaired(text: str) -> Rewritten:
    """Rewrite a header as the client's line reader takes it: a name, and a description with the indented lines below it."""
    found: dict[str, tuple[str, tuple[int, int], int]] = {}
    lines = text.split("\n")
    row = 0
    while row < len(lines):
        match = _LINE.fullmatch(lines[row])
        first = row
        row += 1
        if match is None:
            continue
        words = [match[2]]
        while match[1] == "description" and row < len(lines) and _MORE.fullmatch(lines[row].rstrip("\r")):
            words.append(lines[row].strip())
            row += 1
        spelled = f"{match[1]}: {emitter.quoted(' '.join(filter(None, words)))}"
        found[match[1]] = (spelled, (len(match[1]) + 2, match.start(2)), first)
    out = sorted(found.values(), key=lambda one: one[2])
    return Rewritten("\n".join(line for line, _, _ in out), tuple(place for _, place, _ in out), tuple(number for _, _, number in out))


def _written(value: Json) -> str:
    """Read text: what YAML takes for something else, the line reader finds as it is written."""
    return js_text(value) if value is not None else ""


def _gemini_name(value: Json) -> str:
    return _NO_NAME.sub("-", _written(value))


_END = r"(?:\r\n|\r|\n)"
_QWEN_FRONTMATTER = expression(rf"\ufeff?---{_END}([\s\S]*?)({_END})---(?:{_END}|\Z)")


def _find_qwen(source: SourceText) -> Header | Complaint:
    found = _QWEN_FRONTMATTER.match(source.text)
    if found is None:
        return Complaint("the file does not start with a header between two lines `---`")
    return Header(source, found.start(1), found.end(2), found.end(), tail=len(found[2]), lone_cr=True)


_QWEN = qwen_spelling.ID
_ABSOLUTE = expression(r"/|[A-Za-z]:")


def _as_text(name: str, value: Json) -> str:
    if value is None or not js_text(value).strip(SPACE):
        raise Refused(f"`{name}` must not be empty", key=name)
    return js_text(value)


def _bad_qwen_name(name: str) -> str | None:
    legal = bool(name) and all(char.isalnum() or char in "_:.-" for char in name)
    return None if legal else "`name` must be letters, digits, `_`, `:`, `.` and `-`"


def _grants(value: Json) -> tuple[ToolGrant, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise Refused("`allowedTools` must be a list", key="allowedTools")
    return keys.grants(_QWEN, [js_text(one) for one in value])


def _model(value: Json) -> Model | None:
    word = keys.required_text("model")(value).strip(SPACE)
    return qwen_spelling.model(word) if word not in ("", "inherit") else None


def _paths(value: Json) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise Refused("`paths` must be a list of globs", key="paths")
    found = tuple(filter(None, (js_text(one).strip(SPACE) for one in value)))
    if any(_ABSOLUTE.match(one.replace("\\", "/")) or ".." in one.replace("\\", "/").split("/") for one in found):
        raise Refused("`paths` must stay within the project", key="paths")
    return found or None


_SHARED = ".agents/skills"
_GEMINI_PLACES = (
    Place(".gemini/skills", "*/SKILL.md", trusted=True),
    Place(_SHARED, "*/SKILL.md", trusted=True, native=False, wins=True),
)
_QWEN_PLACES = (Place(".qwen/skills", "*/SKILL.md"), Place(_SHARED, "*/SKILL.md", native=False))
_GEMINI = Client(
    "gemini-cli",
    "Gemini CLI",
    _GEMINI_PLACES,
    (Place(".gemini/skills", "*/SKILL.md"), Place(_SHARED, "*/SKILL.md", native=False, wins=True)),
    _find,
    {"description": keys.key("description", _written)},
    fallback=_repaired,
    repairs_all=True,
    grammar=JS_YAML_4,
    read_name=_gemini_name,
    legal_name=lambda name: _NO_NAME.sub("-", name),
)
BY_FORMAT = {
    "gemini-cli": _GEMINI,
    "gemini-extension": replace(
        _GEMINI, format="gemini-extension", project=(Place("skills", "*/SKILL.md"),), user=(), language=LANGUAGES["extension"]
    ),
    _QWEN: Client(
        _QWEN,
        "Qwen Code",
        _QWEN_PLACES,
        _QWEN_PLACES,
        _find_qwen,
        {
            "description": keys.key("description", partial(_as_text, "description")),
            "when_to_use": keys.checked("when_to_use", "when_to_use", is_text, "text"),
            "argument-hint": keys.hint(),
            "allowedTools": keys.key("approved_tools", _grants, keys.tokens),
            "model": keys.key("model", _model, model_words.write),
            "paths": keys.key("paths", _paths, list),
            "hooks": keys.key("hooks", partial(hooks.read_loose, _QWEN), hooks.write),
        },
        fallback=qwen_lines.rewritten,
        repairs_all=True,
        grammar=YAML_2,
        starters=keys.Starters(closes=lambda value: value in (True, "true"), hides=lambda value: value in (False, "false")),
        read_name=partial(_as_text, "name"),
        bad_name=_bad_qwen_name,
        legal_name=lambda name: name if _bad_qwen_name(name) is None else names.slug(name),
        read_hooks=partial(hooks.read_loose, _QWEN),
    ),
}
