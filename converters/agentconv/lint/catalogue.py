"""All rules, by code. A module of `lint/rules/` is named here, and nowhere else."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from agentconv.lint.rule import Rule

TOPICS = (
    "syntax",
    "absent",
    "names",
    "tools",
    "keys",
    "permissions",
    "set_rules",
    "hooks",
    "servers",
    "text",
    "prompts",
    "security",
    "descriptions",
)
SECRETS = frozenset({"AC810"})
"""Rules about what nobody may hand on, although every assistant works with it."""
HIDDEN = frozenset({"AC801", "AC802", "AC805"})
"""Rules about characters that hide something from a person and not from a model."""


@cache
def rules() -> dict[str, Rule]:
    """Return every rule, in the order of the codes."""
    found = [
        value for topic in TOPICS for value in vars(import_module(f"agentconv.lint.rules.{topic}")).values() if isinstance(value, Rule)
    ]
    return {rule.code: rule for rule in sorted(found, key=lambda rule: rule.code)}


@cache
def security_rules() -> tuple[Rule, ...]:
    """Return the rules about secrets and hidden characters, without loading any other."""
    module = import_module("agentconv.lint.rules.security")
    return tuple(value for value in vars(module).values() if isinstance(value, Rule) and value.code in SECRETS | HIDDEN)


def find(word: str) -> Rule | None:
    """Return the rule of a code or a name, in any case."""
    folded = word.casefold()
    return next((rule for rule in rules().values() if folded in (rule.code.casefold(), rule.name)), None)


def select(words: tuple[str, ...] | None, ignore: tuple[str, ...] = ()) -> list[Rule]:
    """Return the rules whose code begins with one of the words, or whose name is one, but for those ignored in the same way."""

    def named(rule: Rule, chosen: tuple[str, ...]) -> bool:
        return any(rule.code.startswith(word.upper()) or rule.name == word for word in chosen)

    return [rule for rule in rules().values() if (words is None or named(rule, words)) and not named(rule, ignore)]
