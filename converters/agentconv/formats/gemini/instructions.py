"""Instructions of Gemini CLI 0.61.0 and Qwen Code 0.24.4 (asked).

https://geminicli.com/docs/cli/gemini-md/ and https://qwenlm.github.io/qwen-code-docs/en/users/configuration/memory

Gemini reads `GEMINI.md`, and what `context.fileName` of its settings names besides, such as `AGENTS.md`. Qwen reads `QWEN.md` and
`AGENTS.md`, both where both are there, and rules, which with `paths` are read at such files. Both put in what an `@` names.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.formats.gemini import qwen_lines
from agentconv.formats.gemini.commands import find
from agentconv.json import jsonc
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.instructions import keys
from agentconv.parts.instructions.client import Client, Files
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from agentconv.core.source import SourceText

_GEMINI = Files(Place("", "GEMINI.md"), main=True, imports="words")
_QWEN = Files(Place("", "QWEN.md"), main=True, imports="words")
_AGENTS = Files(Place("", "AGENTS.md", native=False), main=True, imports="words")
_RULES = Files(
    Place(".qwen/rules", "**/*.md", trusted=True),
    Markdown(find, qwen_lines.rewritten, YAML_2),
    {"description": keys.DESCRIPTION, "paths": keys.files("paths", everything=frozenset(), as_list=True)},
)


def _listed(source: SourceText) -> tuple[Place, ...]:
    """Return the files that settings name besides, in each folder."""
    root = jsonc.parse(source.text, jsonc.JSONC).root
    table = jsonc.value(root) if root else None
    context = table.get("context") if isinstance(table, dict) else None
    named = context.get("fileName") if isinstance(context, dict) else None
    names = [one.strip() for one in (named if isinstance(named, list) else [named]) if isinstance(one, str)]
    inside = [one for one in names if one not in ("", "GEMINI.md") and ".." not in one.split("/") and not one.startswith("/")]
    return tuple(Place("", f"{where}{one}") for one in inside for where in ("", "*/**/"))


BY_FORMAT = {
    "gemini-cli": Client(
        "gemini-cli",
        "Gemini CLI",
        (_GEMINI, _GEMINI.nested()),
        (Files(Place(".gemini", "GEMINI.md"), main=True, imports="words"),),
        lists=(".gemini/settings.json",),
        listed=_listed,
        listed_as=partial(Files, main=True, imports="words"),
    ),
    "gemini-extension": Client("gemini-extension", "Gemini CLI", (_GEMINI,), listed_as=partial(Files, main=True, imports="words")),
    "qwen-code": Client(
        "qwen-code",
        "Qwen Code",
        (_AGENTS, _QWEN, _RULES),
        (
            Files(Place(".qwen", "QWEN.md"), main=True, imports="words"),
            Files(Place(".qwen", "AGENTS.md"), main=True, imports="words"),
            _RULES,
        ),
        dead=("/", "../"),
        whens=frozenset({"always", "scoped"}),
    ),
}
