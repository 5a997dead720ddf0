"""Whether JavaScript takes a regular expression; each verdict is that of `new RegExp` in Node."""

from __future__ import annotations

import pytest

from agentconv.formats.roo.javascript_pattern import complaint

TAKEN = (
    r"\.md$",
    r"^(src|test)/.*\.(ts|js)x?$",
    "{",
    "a{,2}",
    "a{1}{",
    "]",
    "[]",
    "[^]",
    r"[\d-z]",
    r"[\u0041-\x5a]",
    r"(?<n>a)\k<n>",
    r"\k<n>",
    "(?<=a)b",
    "(?=a)*",
    "(?:)",
    "a|",
    r"\8",
    r"\p",
)
REFUSED = {
    "*.md": "nothing to repeat",
    "a**": "nothing to repeat",
    "(?<=a)*": "nothing to repeat",
    "{1}": "nothing to repeat",
    "a{2,1}": "numbers in the wrong order",
    "(a": "a group that is never closed",
    "a)": "a bracket that closes nothing",
    "[a-": "a set that is never closed",
    "[z-a]": "a range in the wrong order",
    "(?x:a)": "a group of an unknown kind",
    "(?<1>a)": "an odd name of a group",
    r"(?<n>a)\k<m>": "a reference to a group that there is not",
    "a\\": "a backslash at its end",
}


@pytest.mark.parametrize("pattern", TAKEN)
def test_taken(pattern: str) -> None:
    """What JavaScript takes without flags is no complaint, odd as it may look."""
    assert complaint(pattern) is None


@pytest.mark.parametrize(("pattern", "reason"), REFUSED.items())
def test_refused(pattern: str, reason: str) -> None:
    """What JavaScript refuses is told with its reason."""
    assert reason == complaint(pattern)
