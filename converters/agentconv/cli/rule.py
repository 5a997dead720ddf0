"""`agentconv rule`: what a rule of the linter flags, or a loss of a conversion is, and why."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from agentconv.cli import options as shared
from agentconv.cli.exit_codes import Exit
from agentconv.core import links, losses
from agentconv.lint import catalogue, explaining
from agentconv.render import explained, machine, text
from agentconv.render.synced_words import WORDS
from agentconv.render.table import table, wrapped

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from agentconv.lint.rule import Rule

USAGE = "[CODE|NAME] [--losses] [--all] [options]"
EXAMPLES = """\
examples:
  agentconv rule                list the rules
  agentconv rule AC101          what one flags, why, and what to do
  agentconv rule not-enforced   the same of a loss of a conversion
  agentconv rule foreign        what a word means with which sync tells of a file
  agentconv rule --losses       list the losses
  agentconv rule --all          all rules, one after the other
"""
_FORMATS = ("text", "json", "markdown")
_TITLE = """\
# Rules of `agentconv lint`

The severity of a finding is its effect in the client: `error` when that drops the agent, does not start, or grants more than is
written; `warning` when it reads the agent otherwise than written; `note` for the rest. A safe fix is made by `--fix`, after a
proof that every client that is asked about reads everything else as before; an unsafe one only with `--unsafe-fixes`.

To leave out rules for one file, write a comment into its header: `# agentconv: ignore[AC101, long-description]`, or without
brackets for every rule. `[tool.agentconv.lint]` in pyproject.toml, or `[lint]` in agentconv.toml, does so for the files below its
folder; where there are several, that of the nearest folder counts, alone:

```toml
[tool.agentconv.lint]
select = ["AC1", "AC7"]          # only these: codes, beginnings of codes, or names
ignore = ["personal-path"]
for = ["codex", "opencode"]      # clients to ask besides the files' own; "all" for every one, "own" for no others
max-description = 500            # characters that one description may have
baseline = "agentconv-baseline.json"   # findings that are known already, of the project that is linted
baseline-also = ["AC305"]        # rules that protect, and that it may hold, where --config names this file

[tool.agentconv.lint.per-file-ignores]
".claude/agents/legacy" = ["AC7"]   # a path, a folder or the name of a file; * stands for anything
```

Rules that protect whoever reads a file, from hidden characters, secrets, injection and widening, say so below. No comment in a file
leaves them out, nor does a project's own configuration, which one line then says: `--ignore` does, or a file that `--config` names.
Those about texts (AC801 to AC812) look at every file that a client reads: agents, skills and what lies beside them, commands,
instructions, hooks and their scripts. A check is red on their errors and warnings: on hidden characters and secrets always, and on
a command that fetches a program, or words that set instructions aside, where these are run as a hook or stand in a comment; where a
text shows them, that is a note, which `--strict=notes` counts.

`agentconv lint --baseline agentconv-baseline.json --update-baseline` writes down what there is to find; from then on
`--baseline agentconv-baseline.json` alone lets only what is new count. An entry is matched by rule, agent and text, wherever its
line has moved to. Findings of rules that protect are in it where `--baseline-also CODE` names the rule, or `baseline-also` in a
file that `--config` names. A run leaves in the file what it has not looked for.

This document is what `agentconv rule --all --output-format markdown` prints.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("rule", nargs="?", metavar="CODE|NAME", help="the rule, the loss, or the word of sync to describe")
    parser.add_argument("--losses", action="store_true", help="the losses of conversions, instead of the rules")
    parser.add_argument("--all", action="store_true", help="describe every one")
    parser.add_argument("--output-format", choices=_FORMATS, metavar="|".join(_FORMATS), default="text", help="how it is written")
    shared.add_common(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    rules = [] if options.losses else list(catalogue.rules().values())
    codes = sorted(losses.codes()) if options.losses else []
    whole = options.rule is None
    if not whole and (meant := _other(options.rule)):
        kind, summary = meant
        found = {kind: [{"code": options.rule.casefold(), "summary": summary}]}
        line = wrapped(f"{options.rule.casefold()}, of {_KINDS[kind]}: {summary}")
        print(machine.dumps(found) if options.output_format == "json" else line)
        return Exit.OK
    if not whole:
        rules, codes = _named(options.rule)
    if options.output_format == "json":
        found = {"rules": [plain(rule) for rule in rules], "losses": [explained.plain_loss(code) for code in codes]}
        print(machine.dumps({name: rows for name, rows in found.items() if rows}))
    elif options.output_format == "markdown":
        documents = [
            document(rules) if rules else "",
            explained.losses_document() if whole and codes else "".join(map(explained.loss, codes)),
        ]
        print("".join(documents), end="")
    elif whole and not options.all:
        print("\n".join(_listed(rules, codes)))
    else:
        look = text.style(sys.stdout, options.color)
        told = [explained.laid_out(explained.rule(rule), look, links.rule(rule.code) if _is_ours(rule) else "") for rule in rules]
        told += [explained.laid_out(explained.loss(code), look, links.loss(code)) for code in codes]
        print("\n\n\n".join(one.rstrip() for one in told))
    return Exit.OK


def _is_ours(rule: Rule) -> bool:
    return rule.code not in catalogue.BROUGHT


_KINDS = {"sync": "`agentconv sync`", "diagnostics": "a diagnostic"}


def _other(word: str) -> tuple[str, str] | None:
    """Return what a word means by which sync says what became of a file, or that is the code of a diagnostic.

    None where it is a rule or a loss, which are more than a word, or nothing.
    """
    folded = word.casefold()
    if catalogue.find(word) is not None or folded in losses.codes():
        return None
    kinds = {"sync": WORDS, "diagnostics": explaining.DIAGNOSTICS}
    return next(((kind, words[folded]) for kind, words in kinds.items() if folded in words), None)


def _named(word: str) -> tuple[list[Rule], list[str]]:
    """Return the rule or the loss of a code or a name.

    Raises:
        InputError: There is none.
    """
    rule, code = catalogue.find(word), word.casefold()
    if rule is not None or code in losses.codes():
        return [rule] if rule else [], [] if rule else [code]
    raise explaining.none_called(word, "`agentconv rule` lists the rules, `agentconv rule --losses` the losses")


def _listed(rules: Sequence[Rule], codes: Sequence[str]) -> list[str]:
    if codes:
        return table([("CODE", "MOSTLY", "WHAT"), *((code, str(losses.rule(code).severity), losses.rule(code).summary) for code in codes)])
    return table([("CODE", "NAME", "FLAGS"), *((rule.code, rule.name, rule.summary) for rule in rules)])


def plain(rule: Rule) -> dict[str, Any]:
    """Return what there is to say about a rule as a map."""
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": rule.summary,
        "why": rule.why,
        "severity": rule.severity.value,
        "fix": rule.fix,
        "protects": rule.protects,
        "bad_example": text.block(rule.bad),
        "good_example": text.block(rule.good),
        "format": rule.example,
        "source": rule.source,
        "verified": rule.verified,
        **({"page": links.rule(rule.code)} if _is_ours(rule) else {}),
    }


def document(rules: Sequence[Rule]) -> str:
    """Write rules as one document: a table of them, and each of them."""
    rows = [
        f"| [{rule.code}](#{rule.code.lower()}-{rule.name}) | {rule.name} | {rule.severity.value} | {rule.fix or ''} |" for rule in rules
    ]
    table = "\n".join(["| code | name | severity, at worst | fix |", "|---|---|---|---|", *rows])
    return f"{_TITLE}\n{table}\n\n" + "\n".join(explained.rule(rule) for rule in rules)
