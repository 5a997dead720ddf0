"""Instructions of Claude Code 2.1.329 (asked): `CLAUDE.md`, `.claude/CLAUDE.md`, `CLAUDE.local.md`, and `.claude/rules/**/*.md`.

https://code.claude.com/docs/en/memory

`AGENTS.md` is read where there is neither of the first two. A rule with `paths` is read at such files, any other always; a header that
does not parse says nothing. A `CLAUDE.md` in a folder below the root is read with the files there.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.formats.claude import loader
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.instructions import keys
from agentconv.parts.instructions.client import Client, Files

_HEADER = Markdown(loader.find, loader.requoted, broken="empty")
_KEYS = {"paths": keys.files("paths", everything=frozenset({"**"}), as_list=True)}
_MAIN = Files(Place("", "CLAUDE.md"), _HEADER, _KEYS, main=True, imports="words")


def _rules(path: str) -> Files:
    return Files(Place(path, "**/*.md"), _HEADER, _KEYS, imports="words")


BY_FORMAT = {
    "claude-code": Client(
        "claude-code",
        "Claude Code",
        (
            _MAIN,
            Files(Place(".claude", "CLAUDE.md"), _HEADER, _KEYS, main=True, imports="words"),
            _rules(".claude/rules"),
            Files(Place("", "CLAUDE.local.md"), _HEADER, _KEYS, main=True, personal=True, imports="words"),
            _MAIN.nested(),
            Files(
                Place("", "AGENTS.md", native=False, unless=("CLAUDE.md", ".claude/CLAUDE.md")),
                _HEADER,
                _KEYS,
                main=True,
                imports="words",
            ),
        ),
        (Files(Place(".claude", "CLAUDE.md"), _HEADER, _KEYS, main=True, imports="words"), _rules(".claude/rules")),
        language="gitignore",
        whens=frozenset({"always", "scoped"}),
    ),
    "claude-plugin": Client("claude-plugin", "Claude Code", ()),
}
"""A plugin has no place for instructions: what is not always read can be a skill there."""
