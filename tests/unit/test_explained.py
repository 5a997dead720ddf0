"""Rules and losses in a terminal: pages that are read there, not Markdown, each with the place of its page on the web."""

import json
from pathlib import Path

import pytest
import yaml

from agentconv.cli import main
from agentconv.core import links, losses
from agentconv.lint import catalogue
from agentconv.render import explained, findings_machine
from agentconv.render.text import Style

RULES = catalogue.rules()
PAGES = {**{code: explained.rule(rule) for code, rule in RULES.items()}, **{code: explained.loss(code) for code in losses.codes()}}


def test_a_page_is_laid_out_for_a_terminal(monkeypatch):
    """At 80 columns every page fits but for its examples, has no mark of Markdown but for code, and keeps its words in order."""
    monkeypatch.setenv("COLUMNS", "80")
    for code, page in PAGES.items():
        shown = explained.laid_out(page, Style(), "page").split("\n")
        told = [line for line in shown if not line.startswith("    ")]

        assert [line for line in told if len(line) > 80 and " " in line.strip()] == [], code
        assert [line for line in told if line.startswith(("#", "```"))] == [], code
        assert " ".join(page.replace("#", "").replace(explained._FENCE, "").split()) == " ".join(
            " ".join(shown[:-1]).replace("#", "").split()
        )


@pytest.mark.parametrize("word", ["not-enforced", "NOT-ENFORCED", "ac101", "unquoted-colon"])
def test_rules_and_losses_are_found_by_any_of_their_names(word, capsys):
    """A code in any case, or the name of a rule, finds its page; the last line is where it is on the web."""
    assert main(["rule", word]) == 0
    shown = capsys.readouterr().out
    main(["rule", word, "--output-format", "json"])
    (found,) = next(iter(json.loads(capsys.readouterr().out).values()))

    assert shown.rstrip().endswith(found["page"])


@pytest.mark.parametrize(("word", "kind"), [("fallback", "diagnostics"), ("FALLBACK", "diagnostics"), ("kept", "sync")])
def test_what_is_neither_is_a_line(word, kind, capsys):
    """The code of a diagnostic and a word of sync say what they mean, to people and as data."""
    assert main(["rule", word]) == 0
    shown = capsys.readouterr().out
    main(["rule", word, "--output-format", "json"])
    ((found,),) = [rows for name, rows in json.loads(capsys.readouterr().out).items() if name == kind]

    assert found["code"] == word.casefold()
    assert " ".join(shown.split()).startswith(f"{word.casefold()}, of ")
    assert " ".join(shown.split()).endswith(found["summary"])


def test_every_loss_has_a_page():
    """It says what is lost, what that means for the target, and how grave it is; `-v` and a report lead to it."""
    for code in losses.codes():
        row, (head, summary, gravity, *_) = losses.rule(code), PAGES[code].strip().split("\n\n")

        assert (head, summary) == (f"## {code}", f"{row.summary[0].upper()}{row.summary[1:]}."), code
        assert gravity.startswith(f"{explained._KINDS[row.kind]} Mostly a {row.severity}. {explained._SEVERITIES[row.severity]}"), code
        assert row.hint is None or "### What to do" in PAGES[code], code


@pytest.mark.parametrize("code", ["part-another", "server-open-there", "set-restrictions-stay", "widened-elsewhere"])
def test_what_nobody_can_mend_in_the_agent_has_more_than_a_hint(code):
    """What stands in files of somebody else is explained: what the agent gets by it, and who decides."""
    assert len(explained._MORE[code]) > 200


def test_words_of_advice_are_about_losses_that_there_are():
    """What there is to do beside a hint has a loss that it is read with."""
    assert {*explained._MORE} <= {*losses.codes()}


def test_no_loss_is_called_as_a_rule_is():
    """A word names one page."""
    assert not {*losses.codes()} & {word.casefold() for rule in RULES.values() for word in (rule.code, rule.name)}


def test_sarif_leads_to_the_page_of_each_rule():
    """Each rule of a SARIF report has its page, below the one address that the site is built for."""
    site = yaml.safe_load((Path(__file__).parents[2] / "mkdocs.yml").read_text("utf-8").replace("!!python/name:", ""))
    described = [findings_machine._descriptor(rule) for rule in RULES.values()]

    assert [row["helpUri"] for row in described] == [f"{links.SITE}/rules/{code}/" for code in RULES]
    assert site["site_url"] == f"{links.SITE}/"
