"""Patterns of the files at which an instruction is read, in another client's language.

`gitignore` (Claude Code: npm's `ignore`) and `minimatch` (the others: `*` stays within a name, `**` takes folders, braces) differ in what
has no slash, which the first finds in any folder and the second at the root alone, and in folders, which the first takes with all
that is in them.
"""

from __future__ import annotations

from agentconv.core.meant import Pattern

_ANY_FOLDER = "**/"


def translate(pattern: Pattern, language: str) -> Pattern:
    """Return the pattern of a language that names the same files."""
    text = str(pattern)
    if pattern.language == language:
        return pattern
    if language == "minimatch":
        return Pattern(_unanchored(text), language)
    bare = "/" not in text and text != "**"
    return Pattern(f"/{text}" if bare and pattern.language == "minimatch" else text, language)


def is_wider(pattern: Pattern, language: str) -> bool:
    """Whether a pattern stands for more files in another language: there, what names a folder takes all in it, and `/` is the root.

    What begins with `./` stands for none in the first: no path there does.
    """
    if pattern.language == "gitignore" != language:
        return str(pattern).startswith("./")
    last = str(pattern).rstrip("/").rpartition("/")[2]
    said = str(pattern).startswith("/") or (last != "**" and "." not in last)
    return pattern.language == "minimatch" != language and said


def _unanchored(text: str) -> str:
    """Write a pattern of a gitignore file as a path from the root."""
    found = text.removeprefix("./")
    negated, found = (found[:1] == "!", found.removeprefix("!"))
    anchored = "/" in found.rstrip("/")
    found = found.removeprefix("/")
    if found.endswith("/"):
        found += "**"
    if not anchored and not found.startswith("**"):
        found = _ANY_FOLDER + found
    return f"!{found}" if negated else found


def of_folder(folder: str, language: str) -> Pattern:
    """Return the pattern of all files of a folder."""
    return Pattern(f"{folder}/**", language)


def split(text: str) -> list[str]:
    """Split a text at the commas that are not in braces."""
    found, depth, start = [], 0, 0
    for at, char in enumerate(text):
        if char == "{":
            depth += 1
        elif char == "}" and depth:
            depth -= 1
        elif char == "," and not depth:
            found.append(text[start:at])
            start = at + 1
    return [one.strip() for one in (*found, text[start:]) if one.strip()]
