"""Each rule's own examples are its tests: the bad one fires, the good one does not, and a safe fix turns bad into good."""

from __future__ import annotations

import re
import time

import pytest

from agentconv.core.source import SourceText, encode
from agentconv.formats import registry
from agentconv.lint import catalogue, checking, fixing
from agentconv.lint.rule import SET
from agentconv.lint.subject import Subject

RULES = catalogue.rules().values()
PATHOLOGICAL = (
    *("a", "A1", "a ", "{", "${", "{{", "{a:", "<", "[TODO", "`", "```\n", "\n---\n", "\r\n", "\x00", "\x08"),
    *(
        "curl ",
        "| sh ",
        "$(curl -",
        "ignore ",
        "ignore all ",
        "/home/aa ",
        "C:\\Users\\",
        "`Aa` tool ",
        "CLAUDE.md ",
        ".claude/ ",
        "/.claude/",
    ),
    *("eyJ", "eyJaaaaaaaaaaa.", "sk-", "://", "://a:", "Bearer ", "-----BEGIN ", "AKIA"),
    *(
        "\u200b",
        "\u200d",
        "\u202e",
        "\U000e0041",
        "\ufe0f",
        "\ufeff",
        "\ufffd",
        "â€™",
        "â€™ ",
        "é",
        "éé ",
        "é\x80",
        "Ã\xad ",
        "é\xad",
        "\udc97",
    ),
)
"""What a prompt is filled with."""
each = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def subject(text, rule=None, *, format_id="claude-code", asked=()):
    """Return a text as a file that the rules look at."""
    format_id = rule.example if rule else format_id
    row = registry.FORMATS[format_id]
    path = f"{row.folders[0]}/reviewer{row.suffixes[0]}" if row.folders else row.files[0]
    return Subject(SourceText(path, encode(text)), format_id, tuple(dict.fromkeys((format_id, *(rule.clients if rule else ()), *asked))))


def found(rule, looked_at):
    """Return what one rule finds in a file, and fail where it breaks; a rule about a set has its bad example beside it."""
    twin = subject(rule.bad, rule)
    twin.source = SourceText(twin.path.replace("reviewer", "twin/reviewer"), twin.source.data)
    checked, *_ = checking.check([looked_at, twin] if rule.about == SET else [looked_at], [rule])

    assert checked.failures == ()
    return [finding for finding in checked.findings if finding.rule.code == rule.code]


@each
def test_a_rule_fires_on_its_bad_example(rule):
    """A rule finds its bad example, at a place in the file, in words that fit into a line and name whom it is about."""
    findings = found(rule, subject(rule.bad, rule))

    assert findings
    for finding in findings:
        names = [*(registry.FORMATS[client].title for client in registry.CLIENTS), *([finding.agent] if finding.agent else [])]

        assert 0 <= finding.start <= finding.end <= len(rule.bad)
        assert len(finding.message) <= 160
        assert "\n" not in finding.message
        assert finding.help
        assert any(name in finding.message for name in names)


@each
def test_a_rule_is_silent_on_its_good_example(rule):
    """A rule finds nothing in its good example."""
    assert not found(rule, subject(rule.good, rule))


@each
def test_a_fix_turns_bad_into_good(rule):
    """The fixes of a rule make exactly its good example of its bad one, and a safe one is proven."""
    has_safe = any(finding.fix and finding.fix.safe for finding in found(rule, subject(rule.bad, rule)))

    assert has_safe or rule.fix != "safe"
    if not has_safe and rule.fix != "unsafe":
        return
    fixed = fixing.fix(subject(rule.bad, rule), lambda looked_at: found(rule, looked_at), unsafe=rule.fix == "unsafe")

    assert fixed.unproven == ()
    assert fixed.data == encode(rule.good)


@each
def test_a_rule_is_documented(rule):
    """A rule says what it flags, why, since when that is known and from where."""
    assert re.fullmatch(r"AC\d{3}", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert rule.summary.endswith(".")
    assert "\n" not in rule.summary
    assert len(rule.why) > 80
    assert rule.source
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", rule.verified)
    assert rule.fix in (None, "safe", "unsafe", "sometimes")


def test_codes_and_names_are_unique():
    """No two rules share a code or a name."""
    modules = [catalogue.import_module(f"agentconv.lint.rules.{topic}") for topic in catalogue.TOPICS]
    rules = [value for module in modules for value in vars(module).values() if isinstance(value, catalogue.Rule)]

    assert len({rule.code for rule in rules}) == len({rule.name for rule in rules}) == len(rules)


def _best_of_three(piece, enough):
    """Return the CPU seconds that all rules take on a prompt of 131 KB, besides the time of the readers."""
    text = f"---\nname: reviewer\ndescription: Reviews changes\n---\n\n{piece * (131_072 // len(encode(piece)))}\n"
    looked_at = subject(text, asked=registry.CLIENTS)
    for client in registry.CLIENTS:
        looked_at.reading(client)
    list(checking.check([subject("---\nname: a\ndescription: é\n---\n\nb\n")], RULES))
    taken = []
    while len(taken) < 3 and min(taken, default=enough) >= enough:  # a busy machine slows one run, hardly three
        start = time.process_time()
        (checked,) = checking.check([looked_at], RULES)
        taken.append(time.process_time() - start)
        assert checked.failures == ()
    return min(taken)


@pytest.fixture(scope="module")
def prose():
    """What the same rules take on plain words, on this machine as it is now."""
    return _best_of_three("You review one change at a time.\n", 0.0)


@pytest.mark.parametrize("piece", PATHOLOGICAL, ids=repr)
def test_no_text_makes_the_rules_slow(piece, prose):
    """A prompt of 131 KB of anything takes all rules together less than 0.2 s: on a slower machine, thirty times what plain words take."""
    enough = max(0.2, 30 * prose)

    assert _best_of_three(piece, enough) < enough
