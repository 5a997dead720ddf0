"""Rules of which the last that matches wins: one that never decides is told, as an error where it was to close something."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_keys import file

from agent_files import convert_file
from agentconv.core import hidden_rules
from agentconv.core.ir import Permissions
from agentconv.formats import registry
from agentconv.lint import catalogue, checking
from agentconv.lint.subject import Subject
from client_patterns import glob
from work import LINEAR, growth

ORDERED = [client for client in registry.CLIENTS if "permissions.resolution" in registry.load(client).SPEC.holds]


def permissions(written: dict[str, Any]) -> Permissions:
    """Return what OpenCode reads of a map of permissions."""
    found = registry.load("opencode").KEYS["permission"].read(written)

    return Permissions(rules=found["permissions.rules"], resolution=found["permissions.resolution"])


@pytest.mark.parametrize(
    ("written", "hidden"),
    [
        ({"edit": "deny", "*": "allow"}, {"edit": True}),
        ({"*": "allow", "edit": "deny"}, {}),
        ({"bash": {"git *": "allow", "*": "deny"}}, {"git *": False}),
        ({"bash": {"*": "deny", "git *": "allow"}}, {}),
        ({"bash": {"rm -rf *": "deny", "rm *": "ask"}}, {"rm -rf *": True}),
        ({"bash": {"rm *": "deny", "rm": "allow"}}, {}),
        ({"bash": {"rm": "deny", "rm *": "allow"}}, {"rm": True}),
        ({"read": {"*.env": "deny", "**": "allow"}}, {"*.env": True}),
        ({"read": {"*.env": "deny"}, "read*": "allow"}, {"*.env": True}),
        ({"bash": {"rm *": "deny", "*": "allow"}, "*": "deny"}, {"*": False}),
        ({"edit": "deny", "*": "allow", "edi?": "deny"}, {}),
        ({"webfetch": "ask", "web*": "deny"}, {"webfetch": False}),
        ({"github_create": "deny", "github_*": "allow"}, {"github_create": True}),
        ({"edit": "ask", "e*": "ask"}, {}),
    ],
)
def test_hidden_rules(written: dict[str, Any], hidden: dict[str, bool]) -> None:
    """A rule is hidden by a later one that matches all of it and says otherwise; whether that opens or closes is known."""
    found = {str(one.rule.pattern or one.rule.native): one.opens for one in hidden_rules.find(permissions(written))}

    assert found == hidden


PATTERNS = st.text(alphabet="a* ?", min_size=1, max_size=4)
MAPS = st.dictionaries(PATTERNS, st.sampled_from(["allow", "ask", "deny"]), min_size=1, max_size=5)


@given(MAPS, st.lists(st.text(alphabet="ab ", min_size=1, max_size=5), min_size=1, max_size=20))
def test_a_hidden_rule_never_decides(rules: dict[str, str], commands: list[str]) -> None:
    """Whatever is run, as the client matches it (its own code), a rule that is said to be hidden is not the last one that matches."""
    found = {str(one.rule.pattern) for one in hidden_rules.find(permissions({"bash": rules}))}
    deciding = {next((pattern for pattern in reversed(rules) if glob(pattern, command)), None) for command in commands}

    assert not found & deciding


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("client", ORDERED)
def test_every_client_with_an_order_is_told(client: str, several: bool) -> None:
    """In each file of a format whose rules have an order, the finding is an error, and stands at the line of the rule."""
    source = file(client, {"description": "Reviews.", "permission": {"edit": "deny", "*": "allow"}}, several=several)
    (checked,) = checking.check([Subject(source, client, (client,))], [catalogue.rules()["AC507"]])

    assert [(one.severity.value, source.text[one.start : one.end]) for one in checked.findings] == [("error", '"edit": "deny"')]


@pytest.mark.parametrize("target", [one for one in registry.CLIENTS if one not in ORDERED])
def test_a_hidden_restriction_is_told_when_it_is_converted(target: str) -> None:
    """What is written for another client is what the source's client lets through, with a warning that names the rule."""
    source = file("opencode", {"description": "Reviews.", "permission": {"edit": "deny", "*": "allow"}}, several=False)
    losses = [loss for done in convert_file(source, "opencode", target) for loss in done.losses]

    assert "edit: deny (hidden by *: allow)" in [one.detail for one in losses if one.code == "restriction-ignored"]


def test_many_rules_cost_what_few_do() -> None:
    """The time for a list of rules grows with its length, and no faster."""

    def work(size: int) -> None:
        list(hidden_rules.find(permissions({"bash": {f"{'a' * 40}{number} *": "deny" for number in range(size)}})))

    assert growth(work, 300) < LINEAR
