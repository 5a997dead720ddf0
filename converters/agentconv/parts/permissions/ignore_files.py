"""Files in gitignore's language that keep a client from files: each line holds back what it matches; `!` takes some of that back.

A line of a file below the root is about the folder that it lies in. https://git-scm.com/docs/gitignore
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from agentconv.core.expressions import expression
from agentconv.core.ir import Rule
from agentconv.core.meant import Pattern
from agentconv.core.parts import PermissionSet

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from agentconv.core.diagnostics import Complaint
    from agentconv.core.source import SourceText
    from agentconv.parts.permissions.format import RuleFile

_SPECIAL = expression(r"[\\*?\[]")


def rule(format_id: str, effect: str, word: str, pattern: str | None) -> tuple[Rule, ...]:
    """Return the rule that a line stands for; its word is the file's name."""
    held = None if pattern is None else Pattern(pattern, "gitignore")
    return (Rule(cast("Any", effect), word, format_id, "fs.read", held),)


def reader(format_id: str, effect: str = "deny", *, nested: bool = False) -> Callable[[SourceText], RuleFile]:
    """Return what reads such a file of a client.

    Args:
        format_id: The client's format id.
        effect: What becomes of the files that it names.
        nested: Whether a file is about the folder that it lies in.
    """

    def read(source: SourceText) -> RuleFile:
        return _IgnoreFile(format_id, effect, source, source.path.rpartition("/")[0] if nested else "")

    return read


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


class _IgnoreFile:
    """A file as it was read."""

    def __init__(self, format_id: str, effect: str, source: SourceText, folder: str) -> None:
        self.folder = f"/{_SPECIAL.sub(_escaped, folder)}/" if folder else ""
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
        return rule(self.format, effect, self.word, self._from_root(text.removeprefix("!")))

    def _from_root(self, pattern: str) -> str:
        """Return a line's pattern as one of the root."""
        if not self.folder:
            return pattern
        return self.folder + (pattern.removeprefix("/") if "/" in pattern.rstrip("/") else f"**/{pattern}")

    def rewritten(self, part: PermissionSet | None) -> str:
        """Return the file with lines for other rules: those that stay keep their places, and what is no rule stays."""
        wanted = list(part.rules if part else ())
        kept = [line for line in self.lines if all(found in wanted for found in self._rules(line))]
        there = {found for line in kept for found in self._rules(line)}
        text = "\n".join(kept)
        more = "".join(f"{'!' if one.effect == 'allow' else ''}{one.pattern}\n" for one in wanted if one not in there)
        return f"{text}\n{more}" if more and text and not text.endswith("\n") else text + more
