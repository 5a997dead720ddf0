"""Each rule's own examples are its tests: the bad one fires, the good one does not, and a safe fix turns bad into good."""

from __future__ import annotations

import re

import pytest

import hostile_prompts
from agent_files import dealt
from agentconv.core.part_format import PartSource
from agentconv.core.source import SourceText, encode
from agentconv.formats import registry
from agentconv.lint import catalogue, checking, fixing
from agentconv.lint.rule import SET
from agentconv.lint.subject import PartFile, Subject
from agentconv.parts.registry import part_format
from work import LINEAR, growth

RULES = catalogue.rules().values()
each = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def subject(text, rule=None, *, format_id="claude-code", asked=()):
    """Return a text as a file that the rules look at."""
    format_id = rule.example if rule else format_id
    row = registry.FORMATS[format_id]
    if rule and rule.kind:
        return part_subject(text, rule)
    path = f"{row.folders[0]}/reviewer{row.suffixes[0]}" if row.folders else row.files[0]
    return Subject(SourceText(path, encode(text)), format_id, tuple(dict.fromkeys((format_id, *(rule.clients if rule else ()), *asked))))


def part_subject(text, rule):
    """Return a text as a file of a client that has parts of a kind in it."""
    place = part_format(rule.example, rule.kind).project[0]
    source = PartSource(SourceText(place.path, encode(text)), place)
    return Subject(source.text, rule.example, (rule.example,), part=PartFile(rule.kind, source))


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
    looked_at = subject(rule.bad, rule)
    findings = tuple(found(rule, looked_at))
    has_safe = any(finding.fix and finding.fix.safe for finding in findings)

    assert has_safe or rule.fix != "safe"
    if not has_safe and rule.fix != "unsafe":
        return
    fixed = fixing.fix(looked_at, lambda again: found(rule, again), unsafe=rule.fix == "unsafe")

    assert fixed.unproven == ()
    assert fixing.promised(looked_at, findings, lambda again: found(rule, again)) == findings
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


def _check(piece, size):
    """Run all rules, for several clients, on a prompt that is one piece over and over."""
    looked_at = subject(hostile_prompts.prompt(piece, size), asked=dealt(piece))
    (checked,) = checking.check([looked_at], RULES)

    assert checked.failures == ()


@pytest.mark.parametrize("piece", hostile_prompts.PIECES, ids=repr)
def test_no_text_makes_the_rules_slow(piece):
    """A prompt of 131 KB of anything breaks no rule, and four times as much is four times the work."""
    _check(piece, 131_072)

    assert growth(lambda size: _check(piece, size), 4_096) < LINEAR
