"""Commands of Gemini CLI 0.61.0 (TOML) and Qwen Code 0.24.4 (markdown, and TOML as before): `/git:fix` is `git/fix` below their folders.

https://geminicli.com/docs/cli/custom-commands, https://qwenlm.github.io/qwen-code-docs/en/users/features/commands

`{{args}}` is all that the user types, quoted for the shell inside of `!{...}`; without it, the whole line that was typed comes after the
text. Files are set in first, then command lines run, after asking. All of it happens in code fences, too; nothing can be escaped, and a
brace that is never closed fails each call. Qwen's model starts commands as well, unless it is told not to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.part_format import Place
from agentconv.families.frontmatter import Header
from agentconv.families.keys import Refused
from agentconv.formats.gemini import qwen_lines
from agentconv.parts.commands.client import Client
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.commands.toml import Toml
from agentconv.parts.placeholders.languages import GEMINI
from agentconv.parts.skills import keys
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText

_END = r"(?:\r\n|\r|\n)"
_FRONTMATTER = expression(rf"\ufeff?---{_END}(?:([\s\S]*?)({_END}))?---(?:{_END}|\Z)")
_STARTERS = keys.Starters(model_only=None)


def find(source: SourceText) -> Header | Complaint:
    """Find the header of a command as Qwen does."""
    found = _FRONTMATTER.match(source.text)
    if found is None:
        return Complaint("the file does not start with a header between two lines `---`")
    if found[1] is None:
        return Header(source, found.end(), found.end(), found.end())
    return Header(source, found.start(1), found.end(2), found.end(), tail=len(found[2]), lone_cr=True)


def _switch(header: dict[str, Json]) -> Mapping[str, object]:
    """Refuse a word on who starts the command that is neither true nor false."""
    if not isinstance(header.get("disable-model-invocation", True), bool):
        raise Refused("`disable-model-invocation` must be true or false", key="disable-model-invocation")
    return {}


def _spelled(path: str) -> str:
    return path.replace(":", "_")


def _legal(name: str) -> str:
    return "/".join(filter(None, name.replace(":", "_").split("/")))


_DESCRIPTION = {"description": keys.key("description", keys.required_text("description"))}
_GEMINI = Place(".gemini/commands", "**/*.toml", trusted=True)
_QWEN = (Place(".qwen/commands", "**/*.md"), Place(".qwen/commands", "**/*.toml"))
_CLIENT = Client(
    "gemini-cli",
    "Gemini CLI",
    (_GEMINI,),
    (Place(".gemini/commands", "**/*.toml"),),
    {".toml": Toml()},
    GEMINI,
    _DESCRIPTION,
    spelled=_spelled,
    legal_name=_legal,
)
BY_FORMAT = {
    "gemini-cli": _CLIENT,
    "gemini-extension": replace(_CLIENT, format="gemini-extension", project=(Place("commands", "**/*.toml"),), user=()),
    "qwen-code": Client(
        "qwen-code",
        "Qwen Code",
        _QWEN,
        _QWEN,
        {".md": Markdown(find, qwen_lines.rewritten, YAML_2), ".toml": Toml()},
        GEMINI,
        {**_DESCRIPTION, "argument-hint": keys.key("argument_hint", keys.required_text("argument-hint"))},
        starters=_STARTERS,
        lift=_switch,
        spelled=_spelled,
        legal_name=_legal,
        keeps_unknown=True,
    ),
}
