r"""Commands of Continue's editor extension (its code read, d0a3c0b): prompts (`.continue/prompts/<name>.md`), and rules that say so.

https://docs.continue.dev/customize/deep-dives/prompts

A file is cut at its lines `---` but the first of the file: before the first such line is the header, and what comes after the next one is
never sent. Without a name a command is called as its file is, `.md` and all. `{{{ input }}}` is what the user types, and with it Handlebars
fills in whatever else stands in double braces; elsewhere it comes after the text. `<system>` takes a part of the text out. A prompt that
is not `invokable` is read as a rule, too. For the command line of Continue, these are no commands; a user's own are `*.prompt` alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Complaint, Detail
from agentconv.core.expressions import expression
from agentconv.core.part_format import Place
from agentconv.core.source import client_text
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Key
from agentconv.formats.continuedev.continuedev import ID
from agentconv.parts.commands import flat, writing
from agentconv.parts.commands.client import Client
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.commands.shapes import Opened, Said
from agentconv.parts.placeholders.languages import CONTINUE
from agentconv.parts.skills import keys
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartProjection
    from agentconv.core.parts import Command
    from agentconv.core.source import SourceText

_CUT, _FENCE = "\n---\n", "---\n"
_LINE = expression(r"(?m)^---$")
_BRACES = expression(r"(?<!\{)(?!\{\{\{ input \}\}\})\{{2,3}[^{}]+\}\}")
_RULES = ".continue/rules/"


def find(source: SourceText) -> Header | Complaint:
    """Find the header of a prompt as the client does."""
    at = source.text.find(_CUT)
    if at < 0:
        return Complaint("there is no line `---` below a header")
    start = len(_FENCE) if source.text.startswith(_FENCE) else 0
    return Header(source, min(start, at + 1), at + 1, at + len(_CUT))


@dataclass(frozen=True, slots=True)
class _Prompts(Markdown):
    """Its files."""

    def open(self, source: SourceText, client: str) -> Opened:
        """Return what a file holds: a rule is a command where it says so, and a text ends where another line `---` is."""
        opened = Markdown.open(self, source, client)
        if source.path.startswith(_RULES) and (opened.problem or opened.entries[0].values.get("invokable") is not True):
            return Opened()
        header = self.find(source)
        cut = -1 if isinstance(header, Complaint) else source.text.find(_CUT, header.body)
        if cut < 0 or isinstance(header, Complaint) or not opened.entries:
            return opened
        words = f"{client} never sends what stands below this line"
        said = Said(Code.INVALID_VALUE, words, source.span(cut + 1), "write the line with four dashes")
        entry = replace(opened.entries[0], body=client_text(source.text[header.body : cut]).strip(SPACE))
        return replace(opened, entries=(entry,), told=(*opened.told, said))


@dataclass(frozen=True, slots=True)
class _Commands(Client):
    """Its format of commands."""

    def to_project(self, projection: PartProjection[Command]) -> None:
        """Turn a command into the most of it that the client can hold, whole, and with nothing else filled in."""
        body = projection.part.body
        parts = tuple(_LINE.sub("----", one) if isinstance(one, str) else one for one in body.parts) if body else ()
        if body and parts != body.parts:
            projection.change("body", replace(body, parts=parts), "text-approximated", "a line `---` is one of four dashes")
        Client.to_project(self, projection)
        text = writing.body_text(self, projection.part)
        for found in _BRACES.finditer(text) if CONTINUE.everything in text and not projection.at_home else ():
            line = text.count("\n", 0, found.start()) + 1
            projection.remark("placeholder-literal", "body", Detail("{} in line {} of the text", (found[0], line)))


def _text(value: Json) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


_KEYS = {
    "description": keys.key("description", _text),
    "invokable": Key((), lambda _value: {}, lambda _part: True, says_more=lambda value: value is not True),
}
_FILE = _Prompts(find, grammar=YAML_2)
_PROMPTS = tuple(Place(".continue/prompts", f"**/*{end}") for end in (".md", ".prompt"))
BY_FORMAT = {
    ID: _Commands(
        ID,
        "Continue",
        (*_PROMPTS, Place(_RULES.rstrip("/"), "**/*.md")),
        (_PROMPTS[1], Place(_RULES.rstrip("/"), "**/*.prompt")),
        {".prompt": _FILE, "": _FILE},
        CONTINUE,
        _KEYS,
        name_key="name",
        says_name=True,
        spelled=lambda path: path.rpartition("/")[2],
        legal_name=lambda name: re.sub(rf"[{SPACE}]+", "-", flat.name(name)),
        needs_body=True,
        keeps_unknown=True,
    )
}
