"""Files in gitignore's language that keep a client from files: each line holds back what it matches; `!` takes some of that back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from agentconv.core.ir import Rule
from agentconv.core.meant import Pattern
from agentconv.core.parts import PermissionSet

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconv.core.diagnostics import Complaint
    from agentconv.core.source import SourceText
    from agentconv.parts.permissions.format import RuleFile


def rule(format_id: str, effect: str, word: str, pattern: str | None) -> tuple[Rule, ...]:
    """Return the rule that a line stands for; its word is the file's name."""
    held = None if pattern is None else Pattern(pattern, "gitignore")
    return (Rule(cast("Any", effect), word, format_id, "fs.read", held),)


def reader(format_id: str, effect: str = "deny") -> Callable[[SourceText], RuleFile]:
    """Return what reads such a file of a client; `effect` is what becomes of the files that it names."""

    def read(source: SourceText) -> RuleFile:
        return _IgnoreFile(format_id, effect, source)

    return read


class _IgnoreFile:
    """A file as it was read."""

    def __init__(self, format_id: str, effect: str, source: SourceText) -> None:
        self.word = source.path.rpartition("/")[2]
        self.lines = source.text.split("\n")
        self.format = format_id
        self.effect = effect
        self.complaints: list[tuple[Complaint, int]] = []
        rules = tuple(found for line in self.lines for found in self._rules(line))
        self.part = PermissionSet(rules=rules, resolution="last") if rules else None

    def _rules(self, line: str) -> tuple[Rule, ...]:
        text = line.rstrip("\r ").removeprefix("\ufeff")
        if not text or text.startswith("#"):
            return ()
        effect = "allow" if text.startswith("!") else self.effect
        return rule(self.format, effect, self.word, text.removeprefix("!"))

    def rewritten(self, part: PermissionSet | None) -> str:
        """Return the file with lines for other rules: those that stay keep their places, and what is no rule stays."""
        wanted = list(part.rules if part else ())
        kept = [line for line in self.lines if all(found in wanted for found in self._rules(line))]
        there = {found for line in kept for found in self._rules(line)}
        text = "\n".join(kept)
        more = "".join(f"{'!' if one.effect == 'allow' else ''}{one.pattern}\n" for one in wanted if one not in there)
        return f"{text}\n{more}" if more and text and not text.endswith("\n") else text + more
