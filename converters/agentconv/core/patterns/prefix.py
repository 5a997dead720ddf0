r"""Commands as Claude Code 2.1.329 matches them in a rule (`Bash(git:*)`); it does not split one at commas.

From its binary, with names in place of letters:

    parse = (rule) => { const prefix = rule.match(/^(.+):\*$/)?.[1]; if (prefix) return {type: "prefix", prefix}
                        if (hasUnescapedStar(rule)) return {type: "wildcard", pattern: rule}; return {type: "exact", command: rule} }
    prefix:   fold(command) === fold(prefix) || fold(command).startsWith(fold(prefix) + " ")    // fold: /[ \t]+/g to one blank
    wildcard: every `*` is `.*`, anchored; a " *" at the end of a pattern with no other `*` becomes "( .*)?"
    exact:    command === rule
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.core.patterns.form import ANY, REST, joined

if TYPE_CHECKING:
    from agentconv.core.patterns.form import Form

_PREFIX = expression(r"(.+):\*")
_FOLDED = expression(r"[ \t]{2,}|\t")


def matches_nothing(text: str) -> bool:
    """Whether no command is like this: none is empty, and blanks around one are gone before it is looked at (asked)."""
    found = _PREFIX.fullmatch(text)
    command = _FOLDED.sub(" ", found[1]) if found else text
    return not command or command != command.strip()


def read(text: str) -> Form | None:
    """Read a pattern for commands."""
    if matches_nothing(text):
        return None
    found = _PREFIX.fullmatch(text)
    command = _FOLDED.sub(" ", found[1]) if found else text
    if found:
        return ((command, REST),)
    if _FOLDED.search(text) or "\\" in text or "**" in text:
        return None
    if text.endswith(" *") and text.count("*") == 1:
        return ((text.removesuffix(" *"), REST),)
    return (joined(ANY if char == "*" else char for char in text),)
