"""Instructions of Claude Code 2.1.329 (asked): `CLAUDE.md`, `.claude/CLAUDE.md`, `CLAUDE.local.md`, and `.claude/rules/**/*.md`.

https://code.claude.com/docs/en/memory

`AGENTS.md` is read where there is none of the first three. A rule with `paths` is read at such files, any other always; a header that
does not parse says nothing, and
none means anything in the other files. A `CLAUDE.md` in a folder below the root is read with the files there.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.formats.claude import loader
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.instructions import keys
from agentconv.parts.instructions.client import Client, Files

_HEADER = Markdown(loader.find, loader.requoted, broken="empty")
_KEYS = {"paths": keys.files("paths", everything=frozenset({"**"}), as_list=True, deep=True)}
_INSTEAD_OF_AGENTS = ("CLAUDE.md", ".claude/CLAUDE.md", "CLAUDE.local.md")


def _main(path: str, name: str, *, unless: tuple[str, ...] = (), personal: bool = False, native: bool = True) -> Files:
    """Return a file whose header is passed over, whatever is in it."""
    return Files(Place(path, name, native=native, unless=unless), _HEADER, main=True, personal=personal, imports="sections")


def _rules(path: str) -> Files:
    return Files(Place(path, "**/*.md"), _HEADER, _KEYS, imports="sections")


_MAIN = _main("", "CLAUDE.md")
BY_FORMAT = {
    "claude-code": Client(
        "claude-code",
        "Claude Code",
        (
            _MAIN,
            _main(".claude", "CLAUDE.md"),
            _rules(".claude/rules"),
            _main("", "CLAUDE.local.md", personal=True),
            _MAIN.nested(),
            _main("", "AGENTS.md", native=False, unless=_INSTEAD_OF_AGENTS),
            _main(".claude", "AGENTS.md", unless=tuple(f"../{name}" for name in _INSTEAD_OF_AGENTS)),
        ),
        (_main(".claude", "CLAUDE.md"), _rules(".claude/rules")),
        language="gitignore",
        dead=("./", "../"),
        everything=frozenset({"**"}),
        whens=frozenset({"always", "scoped"}),
    ),
    "claude-plugin": Client("claude-plugin", "Claude Code", ()),
}
"""A plugin has no place for instructions: what is not always read can be a skill there."""
