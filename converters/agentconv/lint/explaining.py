"""What a code means, as data: the rules of linting, and the losses of conversions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import links, losses
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code
from agentconv.core.given import kind_of
from agentconv.core.library_words import public
from agentconv.formats import registry
from agentconv.lint import catalogue

if TYPE_CHECKING:
    from agentconv.core.diagnostics import InputError, LossSeverity, Severity
    from agentconv.lint.rule import Rule

LISTED = "agentconv.rules() has them all"
"""What to say in place of all rules, which are too many for a line."""

DIAGNOSTICS = {code.value: code.summary for code in Code}
"""What the codes of diagnostics mean."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What a rule flags, what a loss is, or what a diagnostic says."""

    code: str
    severity: Severity | LossSeverity | None
    """`note`, `warning`, and for what is worse `error` or `refusal`: the worst that a rule can be, and what a loss mostly is.

    None for the code of a diagnostic: each one says how bad it is.
    """
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
        code: The code or the name of a rule, or the code of a loss or a diagnostic, in any case.

    Raises:
        InputError: There is no such rule, loss or diagnostic.
    """
    if not isinstance(code, str):
        raise registry.usage(f"a rule, a loss or a diagnostic is named by a word, not {kind_of(code)}", LISTED)
    rule, folded = catalogue.find(code), code.casefold()
    if rule is not None:
        return _rule(rule)
    if folded not in losses.codes():
        if folded in DIAGNOSTICS:
            return Explained(folded, None, DIAGNOSTICS[folded])
        raise none_called(code, LISTED)
    row = losses.rule(folded)
    hint = row.hint if row.option is None else row.option or None
    return Explained(folded, row.severity, row.summary, hint=hint, page=links.loss(folded))


def none_called(code: str, listed: str) -> InputError:
    """Make the error for a code that nothing has.

    Args:
        code: What was asked for.
        listed: Where all of them are, for where there is none that is like it.
    """
    names = [name for one in catalogue.rules().values() for name in (one.code, one.name)] + [*losses.codes(), *DIAGNOSTICS]
    close = registry.did_you_mean(code.upper(), names, registry.did_you_mean(code.casefold(), names, listed))
    return catalogue.none_called(code, close, what="rule, loss or diagnostic")


def _rule(rule: Rule) -> Explained:
    page = links.rule(rule.code) if rule.code not in catalogue.BROUGHT else None
    return Explained(rule.code, rule.severity, rule.summary, rule.name, rule.why, fix=rule.fix, protects=rule.protects, page=page)
