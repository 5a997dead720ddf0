"""Prompts of Kiro (documented) and Amazon Q (15cc8f3, its code): `.kiro/prompts/<name>.md` and `.amazonq/prompts`, sent as they stand.

https://kiro.dev/docs/cli/chat/manage-prompts/

A user calls one as `@name`; no header is read and nothing filled in. A name is up to 50 letters, digits, `-` and `_`.
"""

from __future__ import annotations

import re

from agentconv.core.expressions import expression
from agentconv.core.part_format import Place
from agentconv.parts.commands import flat
from agentconv.parts.commands.client import Client
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.placeholders.languages import PLAIN

LONGEST_NAME = 50
_NAME, _ILLEGAL = expression(r"[a-zA-Z0-9_-]+"), expression(r"[^a-zA-Z0-9_-]+")


def _bad_name(name: str) -> str | None:
    legal = len(name) <= LONGEST_NAME and _NAME.fullmatch(name)
    return None if legal else f"a prompt's name is up to {LONGEST_NAME} letters, digits, `-` and `_`"


def _legal(name: str) -> str:
    return re.sub("--+", "-", _ILLEGAL.sub("-", flat.name(name)))[:LONGEST_NAME].strip("-")


def _client(format_id: str, title: str, project: str, user: str) -> Client:
    places = (Place(project, "*.md"),), (Place(user, "*.md"),)
    return Client(format_id, title, *places, {".md": Markdown()}, PLAIN, {}, bad_name=_bad_name, legal_name=_legal)


BY_FORMAT = {
    "kiro": _client("kiro", "Kiro CLI", ".kiro/prompts", ".kiro/prompts"),
    "kiro-ide": _client("kiro-ide", "Kiro IDE", ".kiro/prompts", ".kiro/prompts"),
    "amazon-q": _client("amazon-q", "Amazon Q", ".amazonq/prompts", ".aws/amazonq/prompts"),
}
