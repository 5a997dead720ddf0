"""Which texts the languages of clients take for regular expressions; each verdict is that of the language itself."""

from __future__ import annotations

import pytest

from agentconv.core import regexes

LANGUAGES = ("javascript", "python", "rust", "go")
TAKEN = {
    "Bash|Edit": LANGUAGES,
    "^(?:Bash|Edit)$": LANGUAGES,
    "mcp__.*": LANGUAGES,
    "a+?b??": LANGUAGES,
    "[]a]": LANGUAGES,
    "(?i)bash": ("python", "rust", "go"),
    "(?!x)shell": ("javascript", "python"),
    "(?<=a)b": ("javascript", "python"),
    r"(a)\1": ("javascript", "python"),
    r"\p{L}+": ("javascript", "rust", "go"),
    r"[[:alpha:]]": LANGUAGES,
    "(?P<n>a)": ("python", "rust", "go"),
    "(?<n>a)": ("javascript", "rust", "go"),
    "(?i:a)": LANGUAGES,
    "a**": ("rust",),
    "*": (),
    "(": (),
    "[": (),
    "a)": (),
    "a\\": (),
    "(?": (),
}


@pytest.mark.parametrize(("text", "languages"), TAKEN.items())
def test_taken(text: str, languages: tuple[str, ...]) -> None:
    """An expression of one language may be none of another's."""
    assert tuple(one for one in LANGUAGES if regexes.is_one(one, text)) == languages


@pytest.mark.parametrize(
    ("language", "text", "word", "found"),
    [
        ("javascript", "(?<n>sh)ell", "shell", True),
        ("javascript", "(?i)SHELL", "shell", False),
        ("python", "(?i)SHELL", "shell", True),
        ("go", "(?i)SHELL", "shell", True),
        ("go", "(?!x)shell", "shell", False),
    ],
)
def test_found(language: str, text: str, word: str, found: bool) -> None:
    """What is no expression of a language is found nowhere."""
    assert regexes.finds(language, text, word) is found


@pytest.mark.parametrize(
    "text", [r"((\w+)+)+!", r"(\w+)+!", r"(a|a)*!", r"\w*\w*\w*\w*!", r"(?:[a-z]{1,20}){1,20}!", r"(a?){30}!", "[" * 100_000]
)
def test_heavy(text: str) -> None:
    """What would take for ever to try may fit anything, and is not tried."""
    assert regexes.finds("javascript", text, "a" * 40)


@pytest.mark.parametrize("text", ["^(Edit|Write)$", "mcp__.*__.*", "(mcp__)?Bash", "^(?:Bash)+$"])
def test_not_heavy(text: str) -> None:
    """What people write is tried."""
    assert not regexes.finds("javascript", text, "Read")
