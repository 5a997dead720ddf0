"""Suggestions for words that nobody knows."""

from __future__ import annotations

import pytest

from agentconv.formats import registry


@pytest.mark.parametrize(
    ("word", "suggested"),
    [("AC1O1", "AC101"), ("ACl01", "AC101"), ("ac1oi", "AC101"), ("AC1O2", "AC102"), ("codx", "codex"), ("zzzz", None)],
)
def test_letters_that_look_like_digits_count_as_these(word: str, suggested: str | None) -> None:
    """A word that looks like a known one is that one; else the nearest is suggested."""
    hint = registry.did_you_mean(word, ["AC111", "AC102", "AC101", "codex"], "none")

    assert hint == (f"did you mean `{suggested}`?" if suggested else "none")
