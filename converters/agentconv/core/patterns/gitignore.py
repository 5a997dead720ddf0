"""Paths as a gitignore file has them, which is how Claude Code 2.1.329 matches them in a rule (`Edit(docs/**)`, `Read(//etc/**)`).

It hands the pattern to npm's `ignore`, once `//` (the root of the disk), `~/` (the home) and `/` (where the rule stands) are taken for
what they are, and `./` is taken away. https://git-scm.com/docs/gitignore says the rest: with a slash before its end a pattern
starts at the root, else at any folder; and what matches a folder matches all that is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.patterns.form import ANY, NAME, combined, distinct, joined

if TYPE_CHECKING:
    from agentconv.core.patterns.form import Branch, Form

_NOT_READ = frozenset("[]\\?")
_ANYWHERE: list[Branch] = [(), (ANY, "/")]


def read(text: str) -> Form | None:
    """Read a pattern for paths of the project."""
    text = text.removeprefix("./")
    if not text.strip("/") or text.startswith(("//", "~", "!", "#")) or set(text) & _NOT_READ or text != text.strip():
        return None
    inside = text.endswith("/")
    names = text.strip("/").split("/")
    if "/" not in text.rstrip("/"):
        names = ["**", *names]
    if any("**" in name and name != "**" for name in names) or (inside and names[-1] == "**"):
        return None
    steps: list[list[Branch]] = []
    for number, name in enumerate(names):
        last = number == len(names) - 1
        if name != "**":
            steps.append([joined(NAME if char == "*" else char for char in name)])
            steps += [] if last else [[("/",)]]
        elif last:
            steps.append([(ANY,)])
        else:
            steps.append(_ANYWHERE)
    if names[-1] != "**":
        steps.append([("/", ANY)] if inside else [(), ("/", ANY)])
    found = combined(*steps)
    return None if found is None else _merged(found)


def _merged(branches: list[Branch]) -> Form:
    """Return branches without those that another one holds: a name in any folder is any text, and so is one with all below it."""
    found = list(branches)
    for branch in branches:
        for place, item in enumerate(branch):
            if item is NAME and (place == 0 or str(branch[place - 1]).endswith("/")):
                _merge(found, branch, (*branch[:place], ANY, "/", *branch[place:]), (*branch[:place], ANY, *branch[place:]))
    for branch in tuple(found):
        if branch[-1:] in ((NAME,), (ANY,)):
            _merge(found, branch, (*branch, "/", ANY), (*branch, ANY))
    return distinct(found)


def _merge(found: list[Branch], one: Branch, other: Branch, both: Branch) -> None:
    """Put what holds two branches into the place of both, where both are there."""
    if one in found and joined(other) in found:
        found.remove(joined(other))
        found[found.index(one)] = joined(both)
