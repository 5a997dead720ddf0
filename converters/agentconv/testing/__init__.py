"""What every format and every rule is held to: ours, and those that other distributions bring.

```python
import pytest
from agentconv import testing


@pytest.mark.parametrize("case", testing.cases("my-format", fixtures="tests/fixtures"), ids=str)
def test_my_format(case):
    case()


@pytest.mark.parametrize("case", testing.rule_cases("TEAM"), ids=str)
def test_my_rules(case):
    case()
```

`python -m agentconv.testing.example my-format` writes a distribution to begin with, which has both.

Provisional until version 1.0: a case may come to ask for more.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import InputError, Severity
from agentconv.core.given import kind_of
from agentconv.core.library_words import public
from agentconv.formats import registry
from agentconv.lint import catalogue
from agentconv.sources import given_paths
from agentconv.testing import contract, laws, parts, roundtrip, rules

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

    from agentconv.core.diagnostics import Diagnostic

__all__ = ["Case", "cases", "rule_cases"]


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that must hold. Called, it raises an `AssertionError` that says what does not."""

    suite: str
    """`contract`: what the schema says is what the module does; `roundtrip`: its files keep their bytes; `laws`: nothing is lost in
    silence, nothing widens, whoever wrote the agent; `rules`: a rule's examples are what it says; `commands` and the other kinds of
    parts: the same of parts that the format's distribution brings."""
    name: str
    check: Callable[[], Iterator[str]]
    """Yields what does not hold."""

    def __str__(self) -> str:
        """Name it."""
        return f"{self.suite}: {self.name}"

    def __call__(self) -> None:
        """Check it.

        Raises:
            AssertionError: It does not hold.
        """
        complaints = list(self.check())
        if complaints:
            shown = "\n".join(complaints[:20])
            raise AssertionError(f"{self}: {len(complaints)} of them\n{shown}")


@public
def cases(format_id: str, *, fixtures: str | os.PathLike[str] | None = None) -> list[Case]:
    """Return everything that a format is held to, as tests to be called.

    Args:
        format_id: The format; it need not be loaded yet.
        fixtures: A folder with files of the format, `valid/*`, that are to come back as they are, too; those of each kind of other
            parts are in a folder that is called as the kind is: `commands/*`, `skills/*/SKILL.md`.

    Raises:
        InputError: There is no such format.
    """
    if not isinstance(format_id, str):
        raise registry.usage(f"a format is named by a word, not {kind_of(format_id)}", f"name one by its id; {registry.LISTED_IN_LIBRARY}")
    found = format_id if format_id in registry.FORMATS else registry.resolve(format_id)
    folder = Path(given_paths.named_folder(fixtures)) if fixtures is not None else None
    return [
        *(Case("contract", name, partial(check, found)) for name, check in contract.CHECKS.items()),
        *(Case("roundtrip", name, partial(check, found, folder)) for name, check in roundtrip.CHECKS.items()),
        *(Case("laws", name, partial(laws.everywhere, law, found)) for name, law in laws.LAWS.items()),
        *(Case(kind, name, partial(check, found, kind, folder)) for kind in parts.kinds(found) for name, check in parts.CHECKS.items()),
    ]


@public
def rule_cases(*words: str) -> list[Case]:
    """Return everything that rules are held to, as tests to be called: of each its bad example is found, its good one is not, and so on.

    Args:
        words: Which rules: codes, beginnings of codes, or names; all that other distributions bring, where there are none.

    Raises:
        InputError: There is no such rule, or those that a distribution brings cannot be loaded.
    """
    _hold(words)
    known = catalogue.rules()
    chosen = catalogue.select(words) if words else [known[code] for code in catalogue.BROUGHT]
    missing = _missing(words, {catalogue.BROUGHT[rule.code] for rule in chosen if rule.code in catalogue.BROUGHT})
    for word in words or ("",):
        if not any(rule.code.startswith(word.upper()) or rule.name == word for rule in chosen):
            broken = next((one.diagnostic for one in missing or catalogue.BROKEN), None)
            if broken is not None:
                raise InputError(replace(broken, severity=Severity.ERROR))
            what = f"rule `{word}`" if word else "rule of another distribution"
            raise registry.usage(
                f"there is no {what}", "its entry point is in the group `agentconv.rules` of a distribution that is installed"
            )
    checks = rules.CHECKS.items()
    return [
        *(Case("rules", f"{one.code or one.extension.name}: it is there", partial(_told, one.diagnostic)) for one in missing),
        *(Case("rules", f"{rule.code}: {name}", partial(rules.in_a_folder, check, rule)) for rule in chosen for name, check in checks),
    ]


def _hold(words: tuple[object, ...]) -> None:
    """Hold words that name rules to what they are.

    Raises:
        InputError: One is none, or empty, which every code begins with.
    """
    for word in words:
        if not isinstance(word, str) or not word:
            what = "an empty one" if word == "" else kind_of(word)
            raise registry.usage(f"a rule is named by a word, not {what}", "call it without any for all that distributions bring")


def _missing(words: tuple[str, ...], distributions: set[str]) -> list[catalogue.Broken]:
    """Return what is not there of the rules that are asked for, or of what else their distributions bring."""
    return [
        one
        for one in catalogue.BROKEN
        if not words or one.extension.distribution in distributions or any(one.code.startswith(word.upper()) for word in words if one.code)
    ]


def _told(diagnostic: Diagnostic) -> Iterator[str]:
    yield diagnostic.message
