"""`agentconv rule`: what a rule of the linter flags, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.cli import options as shared
from agentconv.cli.exit_codes import Exit
from agentconv.formats import registry
from agentconv.lint import catalogue
from agentconv.render import machine, text
from agentconv.render.table import table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from agentconv.lint.rule import Rule

USAGE = "[CODE|NAME] [--all] [options]"
EXAMPLES = """\
examples:
  agentconv rule                list the rules
  agentconv rule AC101          what one flags, why, and what to do
  agentconv rule --all          all of them
"""
_FORMATS = ("text", "json", "markdown")
_FIXES = {
    "safe": "Safe: `--fix` makes it, after proving that every client that is asked about reads everything else as before.",
    "unsafe": "Unsafe: only `--fix --unsafe-fixes` makes it.",
    "sometimes": "Safe where it can be proven; the finding says so.",
    None: "None: a person decides.",
}


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
for = ["codex", "opencode"]      # clients to ask besides the files' own; "all" for every one
max-description = 500            # characters that one description may have

[tool.agentconv.lint.per-file-ignores]
".claude/agents/legacy" = ["AC7"]   # a path, a folder or the name of a file; * stands for anything
```

Rules that protect whoever reads a file, from hidden characters, secrets, injection and widening, say so below. No comment in a file
leaves them out, nor does a project's own configuration, which one line then says: `--ignore` does, or a file that `--config` names.

`agentconv lint --baseline agentconv-baseline.json --update-baseline` writes down what there is to find; from then on
`--baseline agentconv-baseline.json` alone lets only what is new count. An entry is matched by rule, agent and text, wherever its
line has moved to. Findings of rules that protect are never in it.

This document is what `agentconv rule --all --output-format markdown` prints.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("rule", nargs="?", metavar="CODE|NAME", help="the rule to describe")
    parser.add_argument("--all", action="store_true", help="describe every rule")
    parser.add_argument("--output-format", choices=_FORMATS, metavar="|".join(_FORMATS), default="text", help="how it is written")
    shared.add_common(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    rules = list(catalogue.rules().values())
    chosen = rules
    if options.rule is not None:
        found = catalogue.find(options.rule)
        if found is None:
            words = [word for rule in rules for word in (rule.code, rule.name)]
            hint = registry.did_you_mean(
                options.rule.upper(), words, registry.did_you_mean(options.rule, words, "`agentconv rule` lists them")
            )
            raise registry.usage(f"there is no rule `{options.rule}`", hint)
        chosen = [found]
    if options.output_format == "json":
        print(machine.dumps({"rules": [plain(rule) for rule in chosen]}))
    elif options.output_format == "markdown":
        print(document(chosen), end="")
    elif options.rule is None and not options.all:
        print("\n".join(table([("CODE", "NAME", "FLAGS"), *((rule.code, rule.name, rule.summary) for rule in rules)])))
    else:
        print("\n".join(describe(rule) for rule in chosen))
    return Exit.OK


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
    }


def document(rules: Sequence[Rule]) -> str:
    """Write rules as one document: a table of them, and each of them."""
    rows = [
        f"| [{rule.code}](#{rule.code.lower()}-{rule.name}) | {rule.name} | {rule.severity.value} | {rule.fix or ''} |" for rule in rules
    ]
    table = "\n".join(["| code | name | severity, at worst | fix |", "|---|---|---|---|", *rows])
    return f"{_TITLE}\n{table}\n\n" + "\n".join(describe(rule) for rule in rules)


def describe(rule: Rule) -> str:
    """Write a rule as markdown."""
    fence = "````"
    return f"""\
## {rule.code} {rule.name}

{rule.summary}

### Why this matters

{rule.why}

Severity: {rule.severity.value}, at worst.{f" It protects from {rule.protects}." if rule.protects else ""}

### Example

{fence}
{text.block(rule.bad)}{fence}

Use instead:

{fence}
{text.block(rule.good)}{fence}

### Fix

{_FIXES[rule.fix]}

Source: {rule.source} (verified {rule.verified})
"""
