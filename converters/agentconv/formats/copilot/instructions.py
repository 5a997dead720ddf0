"""Instructions of Copilot CLI 1.0.102 (asked): `.github/copilot-instructions.md`, `.github/instructions/**`, and the files of others.

https://docs.github.com/en/copilot/how-tos/configure-custom-instructions/add-repository-instructions

`AGENTS.md`, `CLAUDE.md` and `GEMINI.md` at the root are read all at once, and `.claude/rules` with their `paths`. One of its own without
`applyTo` is always read. What an `@` names is put in, but in `GEMINI.md` and in rules. Files
of the same text are shown once.
"""

from __future__ import annotations

from agentconv.core.expressions import expression
from agentconv.core.part_format import Place
from agentconv.families.frontmatter import Rewritten
from agentconv.formats.copilot import copilot
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.instructions import keys
from agentconv.parts.instructions.client import Client, Files
from agentconv.yaml import emitter
from agentconv.yaml.grammar import YAML_2

_BARE = expression(r"(?P<key>[A-Za-z][\w-]*:[ \t]+)(?P<value>[*&!|>%@`\[{].*?)[ \t\r]*")


def _quoted(text: str) -> Rewritten:
    """Return a header with quotes around what YAML takes for something else than text, as the client reads `applyTo: *.ts`."""
    lines, places = [], []
    for line in text.split("\n"):
        match = _BARE.fullmatch(line)
        lines.append(f"{match['key']}{emitter.quoted(match['value'])}" if match else line)
        places.append((match.start("value"), match.start("value")) if match else (0, 0))
    return Rewritten("\n".join(lines), tuple(places))


_HEADER = Markdown(copilot.find, _quoted, YAML_2, broken="whole")
_KEYS = {"description": keys.DESCRIPTION, "applyTo": keys.files("applyTo", says_always=True)}


def _scoped(path: str) -> Files:
    return Files(Place(path, "**/*.instructions.md"), _HEADER, _KEYS)


BY_FORMAT = {
    "copilot": Client(
        "copilot",
        "GitHub Copilot",
        (
            Files(Place("", "AGENTS.md", native=False), main=True, imports="paths"),
            Files(Place(".github", "copilot-instructions.md"), main=True, imports="paths"),
            _scoped(".github/instructions"),
            Files(Place("", "CLAUDE.md", native=False), main=True, imports="paths"),
            Files(Place("", "GEMINI.md", native=False), main=True),
            Files(
                Place(".claude/rules", "**/*.md", native=False),
                _HEADER,
                {"paths": keys.files("paths", as_list=True)},
            ),
        ),
        (Files(Place(".copilot", "copilot-instructions.md"), main=True, imports="paths"), _scoped(".copilot/instructions")),
        whens=frozenset({"always", "scoped"}),
        everything=keys.EVERYTHING,
        same_text_once=True,
        imports_again=True,
    )
}
