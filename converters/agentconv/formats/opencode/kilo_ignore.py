"""`.kilocodeignore`, which Kilo 7.7.9 turns into rules for `read` and `edit` that stand before those of its configurations (asked).

https://kilo.ai/docs/customize/context/kilocodeignore

Its lines are not gitignore's there: each is a wildcard for a whole path from the project's root, and what a line with `!` takes back is
taken back wherever it stands. That Kilo also allows all the rest of them, a `.env` for which it would ask, is nothing that a line says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.parts import PermissionSet
from agentconv.families.javascript import in_order
from agentconv.formats.opencode.permission_maps import rules_of

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Complaint
    from agentconv.core.ir import Rule
    from agentconv.core.source import SourceText

NAME = ".kilocodeignore"
_WORDS = ("read", "edit")


class IgnoreFile:
    """A file as it was read."""

    def __init__(self, source: SourceText) -> None:
        self.lines = source.text.split("\n")
        self.complaints: list[tuple[Complaint, int]] = []
        said = [entry for entry in map(_entry, self.lines) if entry]
        denied = {pattern: action for action, pattern in said if action == "deny"}
        entries = in_order({**denied, **{pattern: action for action, pattern in said if action == "allow"}})
        rules = tuple(
            rule for word in _WORDS for pattern, action in entries.items() for rule in rules_of("kilo", word, str(action), pattern)
        )
        self.part = PermissionSet(rules=rules, resolution="last") if rules else None

    def rewritten(self, part: PermissionSet | None) -> str:
        """Return the file with lines for other rules: those that stay keep their places, and what is no rule stays."""
        wanted = part.rules if part else ()
        kept = [line for line in self.lines if all(rule in wanted for rule in _rules(line))]
        there = {rule for line in kept for rule in _rules(line)}
        text = "\n".join(kept)
        lines = dict.fromkeys(f"{'!' if rule.effect == 'allow' else ''}{rule.pattern}\n" for rule in wanted if rule not in there)
        more = "".join(lines)
        return f"{text}\n{more}" if more and text and not text.endswith("\n") else text + more


def _entry(line: str) -> tuple[str, str] | None:
    text = line.strip().removeprefix("\ufeff")
    if not text or text.startswith("#"):
        return None
    return ("allow", _wildcard(text[1:])) if text.startswith("!") else ("deny", _wildcard(text))


def _wildcard(text: str) -> str:
    """Return what Kilo makes of a line (`convertToGlob` of its ignore-migrator), step by step as it does."""
    found = f"{text[:-1]}/*" if text.endswith("/") else text
    found = found.removeprefix("/")
    found = f"*{found[3:]}" if found.startswith("**/") else found
    found = found.replace("**/", "*")
    return f"{found[:-3]}/*" if found.endswith("/**") else found


def _rules(line: str) -> tuple[Rule, ...]:
    entry = _entry(line)
    return tuple(rule for word in _WORDS for rule in rules_of("kilo", word, *entry)) if entry else ()
