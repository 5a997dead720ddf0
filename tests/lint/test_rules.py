"""Each rule's own examples are its tests: the bad one fires, the good one does not, and a safe fix turns bad into good."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import pytest

import agentconv
import hostile_prompts
from agent_files import dealt
from agentconv import testing
from agentconv.conversion import compare
from agentconv.core.dataclass import replace
from agentconv.core.source import SourceText, encode
from agentconv.formats import registry
from agentconv.lint import catalogue, checking
from agentconv.lint.subject import Subject
from agentconv.testing import rules
from together import together
from work import LINEAR, growth

RULES = catalogue.rules().values()
PROJECTS = TemporaryDirectory()
"""Where examples of rules about parts lie, each in a project of its own."""
found = rules.found


def subject(text, rule=None, *, format_id="claude-code", asked=()):
    """Return a text as a file that the rules look at."""
    if rule:
        return rules.subject(rule, text, Path(mkdtemp(dir=PROJECTS.name)), asked)
    row = registry.FORMATS[format_id]
    path = f"{row.folders[0]}/reviewer{row.suffixes[0]}" if row.folders else row.files[0]
    return Subject(SourceText(path, encode(text)), format_id, tuple(dict.fromkeys((format_id, *asked))))


@together([(case.name[:5], case) for case in testing.rule_cases("AC")])
def test_a_rule_is_what_its_examples_say(of, case):
    """The bad example of a rule is found, its good one is not, its fix makes the one of the other, and it is documented."""
    case()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_of_ours_says_why(rule):
    """A rule of ours says at some length why what it flags matters, under a code of ours."""
    assert re.fullmatch(r"AC\d{3}", rule.code)
    assert len(rule.why) > 80


FREER = {
    "AC307": "an agent that is left without any tool is given one",
    "AC506": "its own client never held it to the limit that goes",
    "AC508": "a guard of another name is another one, and the bad one holds nothing back",
}
"""Rules whose good example may do more than the bad one, and why."""


@pytest.mark.parametrize("rule", [rule for rule in RULES if not rule.kind], ids=lambda rule: rule.code)
def test_what_a_rule_has_people_use_instead_frees_no_agent_in_its_own_client(rule):
    """What mends a file for one client opens nothing in the file's own."""
    bad, good = (subject(text, rule).result.as_meant.set.agents for text in (rule.bad, rule.good))
    wider = [str(one) for was, now in zip(bad, good, strict=False) for one in compare.widenings(was, now, rule.example)]

    assert bool(wider) == (rule.code in FREER), wider


BROKEN_RULES = {
    "good": ({"examples": ("---\ndescription: Reads.\n---\nx",) * 2}, "finds in its good example"),
    "bad": ({"examples": ("x", "x")}, "finds nothing in its bad example"),
    "fix": ({"fix": "safe", "examples": ("x", "x")}, "says that it has a safe fix"),
    "name": ({"name": "Shouting"}, "its name is words in lower case"),
    "told": ({"told": "No sentence"}, "its first line says what it flags"),
    "check": ({"check": lambda _subject: 1 / 0}, "division by zero"),
}


@pytest.mark.parametrize(("changes", "why"), BROKEN_RULES.values(), ids=BROKEN_RULES)
def test_a_case_says_what_does_not_hold_of_a_rule(changes, why, monkeypatch):
    """A rule that is not what its examples say fails its cases, in words that say where."""
    rule = replace(catalogue.rules()["AC201"], **changes)
    monkeypatch.setitem(catalogue.rules(), rule.code, rule)
    monkeypatch.setattr(catalogue, "select", lambda _words: [rule])
    told = []
    for case in testing.rule_cases("AC201"):
        try:
            case()
        except AssertionError as error:
            told.append(str(error))

    assert why in "\n".join(told)


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


def test_a_guard_of_an_agent_is_told_where_its_project_is_known(tmp_path, monkeypatch):
    """A script is missing in a project; nobody knows where an agent of the user's, or a text without a file, is run."""
    rule = catalogue.rules()["AC508"]
    here = str(tmp_path / ".claude/agents/reviewer.md")
    looked_at = [replace(subject(rule.bad), location=location) for location in (here, "")]
    found = [len(rules.found(rule, one)) for one in looked_at]
    monkeypatch.setenv("HOME", str(tmp_path))

    assert (found, rules.found(rule, replace(looked_at[0]))) == ([1, 0], [])


def test_of_several_clients_a_finding_speaks_in_the_plural():
    """What one client does, several do."""
    agents = agentconv.reads("---\nname: a\n---\nhello\n", "cursor", path="a.md")
    messages = [agentconv.lint(agents, for_=clients, select=["AC901"])[0].message for clients in ("copilot", "copilot,kimi-code")]

    assert messages == [f"the agent has no description: {words} it" for words in ("GitHub Copilot drops", "GitHub Copilot, Kimi Code drop")]
