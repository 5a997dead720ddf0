"""Suggestions for words that nobody knows."""

from __future__ import annotations

import pytest

from agentconv.cli import parser
from agentconv.core import limits
from agentconv.formats import registry


@pytest.mark.parametrize(
    ("word", "suggested"),
    [("AC1O1", "AC101"), ("ACl01", "AC101"), ("ac1oi", "AC101"), ("AC1O2", "AC102"), ("codx", "codex"), ("zzzz", None)],
)
def test_letters_that_look_like_digits_count_as_these(word: str, suggested: str | None) -> None:
    """A word that looks like a known one is that one; else the nearest is suggested."""
    hint = registry.did_you_mean(word, ["AC111", "AC102", "AC101", "codex"], "none")

    assert hint == (f"did you mean `{suggested}`?" if suggested else "none")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sync --strict --accept not-enforced:codex", "sync --strict=warnings --accept=not-enforced:codex"),
        ("sync --accept all reviewer", "sync --accept=all reviewer"),
        ("install --accept write,run pack", "install --accept=write,run pack"),
        ("install --accept pack", "install --accept=all pack"),
        ("sync --allow-widening hooks", "sync --allow-widening=hooks"),
        ("convert --strict off agents", "convert --strict=off agents"),
        ("sync -- --accept all", "sync -- --accept all"),
    ],
)
def test_a_flag_that_may_stand_alone_takes_a_word_of_its_own(written: str, meant: str) -> None:
    """What follows such a flag is its value where it is one of those that it takes, and else what the command is about."""
    assert parser.spelled(written.split()) == meant.split()


@pytest.mark.parametrize(
    ("client", "mode", "limits_it", "instead"),
    [
        ("cursor", "acceptEdits", False, None),
        ("cursor", "bypassPermissions", False, None),
        ("cursor", "plan", True, "readonly"),
        ("cursor", "dontAsk", True, None),
    ],
)
def test_a_mode_is_a_limit_by_what_it_says(client: str, mode: str, limits_it: bool, instead: str | None) -> None:
    """A mode by which an agent is asked less limits nothing, and a key is suggested only where it can say the same."""
    found = dict(limits.ignored(client, {"permissionmode": mode}))

    assert bool(found) == limits_it
    assert limits.instead(client, "permissions.mode", mode) == instead
