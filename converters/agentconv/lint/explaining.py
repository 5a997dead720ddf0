"""What a code means, as data: the rules of linting, and the losses of conversions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import links, losses
from agentconv.core.dataclass import dataclass
from agentconv.core.given import kind_of
from agentconv.core.library_words import public
from agentconv.formats import registry
from agentconv.lint import catalogue

if TYPE_CHECKING:
    from agentconv.lint.rule import Rule

LISTED = "agentconv.rules() has them all"
"""What to say in place of all rules, which are too many for a line."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What a rule flags, or what a loss is."""

    code: str
    severity: str
    """`note`, `warning`, and for what is worse `error` or `refusal`: the worst that a rule can be, and what a loss mostly is."""
    summary: str
    name: str | None = None
    """What else a rule is called."""
    why: str | None = None
    """Why what a rule flags matters, and in which client and version."""
    hint: str | None = None
    """What to do about a loss, where that is the same for every agent."""
    fix: str | None = None
    """Whether a rule has a fix: `safe`, `unsafe`, or `sometimes`, where some findings have a safe one."""
    protects: str | None = None
    """What a rule protects the reader of a file from."""
    page: str | None = None
    """Where the documentation has it; None for a rule that another distribution brings."""


@public
def rules() -> tuple[Explained, ...]:
    """Return every rule of `lint`, our own first, by code."""
    return tuple(map(_rule, catalogue.rules().values()))


@public
def explain(code: str) -> Explained:
    """Return what a code means.

    Args:
        code: The code or the name of a rule, or the code of a loss, in any case.

    Raises:
        InputError: There is no such rule, and no such loss.
    """
    if not isinstance(code, str):
        raise registry.usage(f"a rule or a loss is named by a word, not {kind_of(code)}", LISTED)
    rule, folded = catalogue.find(code), code.casefold()
    if rule is not None:
        return _rule(rule)
    if folded not in losses.codes():
        names = [name for one in catalogue.rules().values() for name in (one.code, one.name)] + list(losses.codes())
        close = registry.did_you_mean(code.upper(), names, registry.did_you_mean(folded, names, LISTED))
        raise catalogue.none_called(code, close, what="rule and no loss")
    row = losses.rule(folded)
    hint = row.hint if row.option is None else row.option or None
    return Explained(folded, row.severity, row.summary, hint=hint, page=links.loss(folded))


def _rule(rule: Rule) -> Explained:
    page = links.rule(rule.code) if rule.code not in catalogue.BROUGHT else None
    return Explained(rule.code, rule.severity, rule.summary, rule.name, rule.why, fix=rule.fix, protects=rule.protects, page=page)
