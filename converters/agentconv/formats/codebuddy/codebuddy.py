"""CodeBuddy Code and CodeBuddy IDE: markdown files in `.codebuddy/agents`, nested ones too, one agent a file.

https://www.codebuddy.ai/docs/cli/sub-agents, https://www.codebuddy.ai/docs/ide/Features/Subagents

By its program (2.163.0, asked, and its code): no file is refused for its header. Where YAML fails, or there is none, what is left is the
file's name, the prompt, and every tool. A name and a description that are no text are the file's; `tools` are a list, or names with
commas, none of which is no limit, and a value of another type limits nothing, either; one in a list that is no text costs the file, and so
does a model that is none. A word with a pattern is the name of no tool. The terminal's tools have Claude Code's names, and those of the
editor others; a file may have both. A message to its caller can always be sent.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import names
from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec, ReadResult
from agentconv.families import javascript, keys, markdown, model_words, name_lists
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Ignored, Key, Refused, simple
from agentconv.projecting import mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.diagnostics import Span
    from agentconv.core.format import Projection
    from agentconv.core.source import SourceText

ID = "codebuddy"
HINT = "define it in .mcp.json, for all agents"

EFFORTS = ("minimal", "low", "medium", "high", "xhigh", "max")
_OPEN = expression(r"\ufeff?---[ \t]*\r?\n")
_CLOSE = expression(r"(?m)^---[ \t]*(?:\r?\n|$)")
_DIGITS = expression(rf"[{SPACE}]*[0-9]+[{SPACE}]*")
_stem = partial(names.stem_of, suffixes=(".md",))


def find(source: SourceText) -> Header | Complaint:
    """Find the header."""
    opened = _OPEN.match(source.text)
    closed = _CLOSE.search(source.text, opened.end()) if opened else None
    if opened is None or closed is None:
        return Complaint("the file does not start with a header between two lines `---`")
    return Header(source, opened.end(), closed.start(), closed.end())


def _unread(source: SourceText, problem: Complaint, span: Span) -> ReadResult | None:
    """Return what is left of a file whose header the client cannot read: its name, a prompt, and every tool."""
    from agentconv.families import headerless

    return headerless.read(SPEC, source, find(source), problem, span, name=_stem(source.path), mode="replace")


def _text(name: str, value: Any) -> str | None:
    """Return text; where it is none, or empty, the file's name stands for it."""
    if value is not None and not isinstance(value, str):
        raise Ignored(f"`{name}` is text")
    return value if value and value.strip(SPACE) else None


def _words(name: str, value: Any) -> list[str]:
    """Return the words of a list, or of names with commas.

    Raises:
        Ignored: It is neither, or names nothing, and says nothing then.
        Refused: One in a list is no text, which costs the file.
    """
    if isinstance(value, list) and not all(isinstance(one, str) for one in value):
        raise Refused(f"`{name}` is a list of names, or names with commas")
    found = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    words = [word for one in found if (word := one.strip(SPACE))]
    if not words and value is not None:
        raise Ignored(f"`{name}` names nothing, and limits nothing")
    return words


_TOOLS, _DENIED = name_lists.allowed(ID, empty=False, write=name_lists.with_commas), name_lists.denied(ID, commas=True)


def _allowed(value: Any) -> Mapping[str, object]:
    words = _words("tools", value)
    return _TOOLS.read(words) if words else {"tools.mode": "inherit"}


def _denied(value: Any) -> Mapping[str, object]:
    return _DENIED.read(_words("disallowedTools", value))


def _turns(value: Any) -> int | None:
    count = int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise Ignored("`maxTurns` is a whole number")
    return count


def _effort(value: Any) -> str:
    if value not in EFFORTS:
        raise Ignored(f"`effort` is one of {', '.join(EFFORTS)}")
    return str(value)


KEYS: dict[str, Key] = {
    "name": simple("name", partial(_text, "name")),
    "description": simple("description", partial(_text, "description")),
    "model": simple("model", lambda value: model_words.read(ID, keys.text("model")(value)), model_words.write),
    "tools": Key(_TOOLS.fields, _allowed, _TOOLS.write),
    "disallowedTools": Key(_DENIED.fields, _denied, _DENIED.write),
    "effort": simple("effort", _effort),
    "maxTurns": simple("limits.max_turns", _turns),
    "background": simple("background", javascript.boolean),
    "skills": simple("skills", lambda value: tuple(_words("skills", value)), ", ".join),
}
SPEC = FormatSpec(
    id=ID,
    client="CodeBuddy",
    holds=frozenset({"prompt.text", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=names.slug,
    duplicates="the one in the project",
)
DIALECT = markdown.Dialect(
    SPEC,
    KEYS,
    find,
    required=(),
    name_of=_stem,
    says_name=True,
    grammar=YAML_2,
    unparsed=_unread,
)
read = partial(markdown.read, DIALECT)
write = partial(markdown.write, DIALECT)


def project(projection: Projection) -> None:
    """Turn an agent into what a CodeBuddy file can hold."""
    texts.require(projection, "name")
    texts.require(projection, "prompt.text", blanks=SPACE)
    texts.body(projection)
    texts.prompt(projection, "replace")
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    tool_lists.tool_list(projection, name_lists.spell_whole_server, partial(name_lists.reads_back, ID))
    tool_lists.refuse_none(projection, surely=True)
    permissions.mode(projection)
    permissions.rules(projection)
    models.model(projection)
    models.effort(projection, EFFORTS)
    mcp.drop(projection, HINT)
