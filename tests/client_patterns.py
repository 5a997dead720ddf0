r"""What clients decide by a pattern, written from their own source: independent of how we read one.

A command line is made of pieces here rather than parsed, so that nothing has to be believed about a parser: `Command` knows what each
client holds its patterns against.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentconv.core.ir import Permissions


def glob(pattern: str, text: str) -> bool:
    r"""OpenCode 1.18.33 and Kilo 7.7.9, `Wildcard.match` (https://github.com/sst/opencode, packages/opencode/src/util/wildcard.ts).

    `let escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*").replace(/\?/g, ".")`, then
    `if (escaped.endsWith(" .*")) escaped = escaped.slice(0, -3) + "( .*)?"`, then `new RegExp("^" + escaped + "$", "s").test(str)`.
    """
    escaped = re.sub(r"[.+^${}()|\[\]\\]", r"\\\g<0>", pattern.replace("\\", "/")).replace("*", ".*").replace("?", ".")
    if escaped.endswith(" .*"):
        escaped = escaped[:-3] + "( .*)?"
    return re.fullmatch(escaped, text.replace("\\", "/"), re.DOTALL) is not None


def regex(pattern: str, text: str) -> bool:
    """Roo Code, `doesFileMatchRegex`: `new RegExp(pattern).test(filePath)`; what is tried here means the same to Python."""
    return re.search(pattern.replace("$", r"\Z"), text) is not None


def prefix(pattern: str, text: str) -> bool:
    r"""Claude Code 2.1.329, a rule for Bash.

    `rule.match(/^(.+):\*$/)` is a prefix, with `/[ \t]+/g` one blank in both: the command itself, or what begins with it and a blank, or
    `xargs` with either. An unescaped `*` makes a wildcard: `.*`, where a single one behind a blank at the end becomes `( .*)?`.
    """
    found = re.fullmatch(r"(.+):\*", pattern)
    if found:
        folded, command = (re.sub(r"[ \t]+", " ", one) for one in (text, found[1]))
        return any(folded == one or folded.startswith(f"{one} ") for one in (command, f"xargs {command}"))
    if "*" not in pattern:
        return pattern == text
    escaped = re.sub(r"[.+?^${}()|\[\]\\'\"]", r"\\\g<0>", re.sub(r"[ \t]+", " ", pattern.strip())).replace("*", ".*")
    if escaped.endswith(" .*") and pattern.count("*") == 1:
        escaped = escaped[:-3] + "( .*)?"
    return re.fullmatch(escaped, re.sub(r"[ \t]+", " ", text), re.DOTALL) is not None


def gitignore(pattern: str, text: str) -> bool:
    """Claude Code 2.1.329, a rule that allows paths: npm's `ignore`, once `./` is gone, and `docs/**` has become `/docs`.

    `if (e.endsWith("/**")) { let o = e.slice(0, -3); return /[^/]/.test(o) ? o.includes("/") || !r ? o : "/" + o : "/**" }`, where `r` is
    said of what is allowed.
    """
    pattern = pattern.removeprefix("./")
    if pattern.endswith("/**") and pattern.strip("/*"):
        base = pattern.removesuffix("/**")
        pattern = base if "/" in base else f"/{base}"
    names = pattern.strip("/").split("/")
    names = names if "/" in pattern.rstrip("/") else ["**", *names]
    parts = text.split("/")
    folders = [parts[:end] for end in range(1, len(parts) + 1 - pattern.endswith("/"))]
    return any(_in_names(names, folder) for folder in folders)


def _in_names(names: Sequence[str], parts: Sequence[str]) -> bool:
    if not names or not parts:
        return not names and not parts
    if names[0] == "**":
        return len(names) == 1 or any(_in_names(names[1:], parts[start:]) for start in range(len(parts)))
    return fnmatchcase(parts[0], names[0]) and _in_names(names[1:], parts[1:])


MATCHERS = {
    "glob": glob,
    "regex": regex,
    "prefix": prefix,
    "gitignore": gitignore,
    "fnmatch": lambda pattern, text: fnmatchcase(text, pattern),
}

_BLANKED = re.compile(r"[<>|&;$`\n]")


@dataclass(frozen=True)
class Command:
    """One command of a line: its words, and a redirection; each word says whether a shell takes it for text."""

    words: tuple[str, ...]
    redirection: str = ""

    @property
    def text(self) -> str:
        """As it stands in the line."""
        return " ".join([*self.words, *([self.redirection] if self.redirection else [])])

    def piece(self, client: str) -> str | None:
        """What a client holds its patterns against; None where it asks nobody.

        OpenCode, packages/opencode/src/tool/shell.ts: `if (command.length && (!name || !CWD.has(name))) patterns.add(source(node))`, with
        `(node.parent?.type === "redirected_statement" ? node.parent : node).text.trim()`. Kilo replaces `/[<>|&;$`\\n]/g` by `_` in
        literals, and in a redirection to /dev/null or between descriptors.
        """
        if self.words[0] in ("cd", "pushd", "popd", "chdir"):
            return None
        if client != "kilo":
            return self.text
        harmless = self.redirection.endswith("/dev/null") or re.fullmatch(r"[0-9]>&[0-9]", self.redirection)
        words = [_BLANKED.sub("_", word) for word in self.words]
        return " ".join([*words, *([_BLANKED.sub("_", self.redirection) if harmless else self.redirection] if self.redirection else [])])


_LEVELS = ("deny", "ask", "allow")


def decided(permissions: Permissions, key: str, client: str, subjects: Iterable[str]) -> int:
    """What OpenCode and Kilo decide: 0 denied, 1 asked for, 2 allowed; the last rule that matches decides, the narrowest piece wins.

    `rules.findLast((rule) => match(permission, rule.permission) && match(pattern, rule.pattern)) ?? {action: "ask"}`, where the clients'
    own defaults allow everything first.
    """
    levels = [2]
    for subject in subjects:
        found = [rule.effect for rule in permissions.rules if glob(rule.native, key) and glob(rule.pattern or "*", subject)]
        levels.append(_LEVELS.index(found[-1]) if found else 2)
    return min(levels)
