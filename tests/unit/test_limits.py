"""Keys that read like a limit, and suggestions that never say the opposite."""

from __future__ import annotations

import pytest

from agentconv.core import limits, schema_files, vocabulary
from agentconv.core.suggestions import folded, nearest, opposed


def test_limits_of_every_client_are_known() -> None:
    """Each key of a client that limits its agents' tools or permissions is in the table: other clients pass over it."""
    rows = [row for client in schema_files.client_names() for row in schema_files.load(client)["properties"].items()]
    limiting = {folded(key) for key, row in rows if row["x-field"].startswith(("tools.", "permissions."))}

    assert limiting <= vocabulary.limits().keys()


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("allowedTools", ["disallowedTools"], None),
        ("allowedTools", ["disallowedTools", "allowed_tools"], "allowed_tools"),
        ("disallowed_tool", ["allowed_tools"], None),
        ("enable", ["disable"], None),
        ("enabledd", ["disabled", "enabled"], "enabled"),
        ("read-write", ["read-only"], None),
        ("read_onli", ["read-only"], "read-only"),
        ("permisions", ["permission"], "permission"),
    ],
)
def test_suggestion_never_says_the_opposite(word: str, known: list[str], found: str | None) -> None:
    """What takes away is no slip of what gives, however near it is spelled."""
    assert nearest(word, known) == found


def test_opposites_go_both_ways() -> None:
    """Two words are opposed whichever was written."""
    assert opposed("deny", "allow")
    assert opposed("allow", "deny")


@pytest.mark.parametrize(("client", "key", "passed"), [("claude-code", "allowedTools", True), ("claude-code", "tools", False),
    ("cursor", "tools", True), ("codex", "allowedTools", False), ("opencode", "permissions", True)])  # fmt: skip
def test_client_passes_over_a_limit(client: str, key: str, passed: bool) -> None:
    """A limit counts for nothing where the client has no such key and does not mind, or has one that holds nothing."""
    assert limits.is_passed_over(client, key) is passed


@pytest.mark.parametrize("client", ["claude-code", "opencode", "droid", "copilot"])
@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("disalowedTools", "tools.deny"),
        ("dissallowedTools", "tools.deny"),
        ("dsiallowedTools", "tools.deny"),
        ("disallowedTool", "tools.deny"),
        ("disallowedtools", "tools.deny"),
        ("alowedTools", "tools.allow"),
        ("exludeTools", "tools.deny"),
        ("permisionMode", "permissions.mode"),
    ],
)
def test_slips_of_limits_are_limits(client: str, key: str, field: str) -> None:
    """A limit with a letter missing, doubled or out of place is meant as one, whichever client's word it is."""
    assert limits.field_of(client, key) == field


@pytest.mark.parametrize("key", ["audience", "group", "author", "tooling", "modes", "permissionNotes", "priority"])
def test_other_words_are_no_limits(key: str) -> None:
    """A key that merely looks a little like one is about something else."""
    assert limits.field_of("claude-code", key) is None


@pytest.mark.parametrize("word", ["disalowedTools", "dissallowedTools", "disalllowedTools", "exlcudeTools", "dissableTools", "forbiden"])
def test_what_takes_away_does_so_with_a_slip(word: str) -> None:
    """A slip does not turn a word that takes away into one that gives."""
    assert opposed(word, "allowedTools")
    assert not opposed(word, "disallowedTools")
