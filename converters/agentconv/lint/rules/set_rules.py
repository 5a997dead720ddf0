"""Rules of a whole project that hold nothing back, or not what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import rule_facts, vocabulary
from agentconv.core.diagnostics import Code, Severity
from agentconv.core.suggestions import nearest
from agentconv.lint.passages import title
from agentconv.lint.rule import WIDENING, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Rule as PermissionRule
    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject

_DOES = {"deny": "denies", "ask": "asks about", "allow": "allows"}


def _place(subject: Subject, one: PermissionRule) -> tuple[int, int]:
    """Return where a rule stands."""
    from agentconv.parts.permissions import deciding, restraints

    if subject.part is None:
        return 0, 0
    span = restraints.place(deciding.text_of(one), subject.part.source)
    start = subject.source.offset(span.line, span.column)
    return start, min(len(subject.text), start + 1)


def _said(one: PermissionRule) -> str:
    from agentconv.parts.permissions import deciding

    shown = deciding.text_of(one)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."


_SHOWN = 50
"""Characters of a rule that are shown."""


@rule(
    "AC520",
    "rule-matches-nothing",
    bad='{"permissions": {"deny": ["Write(secrets/**)"]}}',
    good='{"permissions": {"deny": ["Edit(secrets/**)"]}}',
    source="each rule given to the client, and every tool called on what it names; the clients' own parsers of rules",
    verified="2026-11-29",
    severity=Severity.ERROR,
    protects=WIDENING,
    kind="permissions",
)
def rule_matches_nothing(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A rule of a project that is about nothing which the client does.

    Claude Code 2.1.329 writes a file below `secrets` although `Write(secrets/**)` is denied: paths are held against `Read` and `Edit`
    alone. Gemini CLI 0.61.0 takes `run_shell_command(rm)` in `tools.exclude` for the name of a tool, which it has not; and a word of
    another client, or one with a typing error, is the name of no tool either. A denial that matches nothing fails open.
    """
    from agentconv.parts.permissions import faults

    for one in (one for found in subject.parts.parts for one in found.rules):
        if not faults.matches_nothing(one, subject.format):
            continue
        words = (*vocabulary.tool_words(subject.format), *sorted(rule_facts.rules(subject.format).words))
        close = nearest(one.native, words) if faults.is_unknown(one, subject.format) else None
        hint = f"did you mean `{close}`?" if close else "say it with a tool, and a pattern, that the client has"
        yield self.find(
            f"{title(subject)} {_DOES[one.effect]} nothing by `{_said(one)}`: it matches no call of a tool",
            _place(subject, one),
            hint,
            severity=Severity.WARNING if one.effect == "allow" else Severity.ERROR,
            clients=(subject.format,),
        )


@rule(
    "AC521",
    "hidden-prohibition",
    bad='{"permission": {"bash": {"rm *": "deny", "*": "allow"}}}',
    good='{"permission": {"bash": {"*": "allow", "rm *": "deny"}}}',
    source="`rules.findLast` of the client: the last rule that matches decides (run, OpenCode 1.18.33, Kilo 7.7.9)",
    verified="2026-11-29",
    severity=Severity.ERROR,
    example="opencode",
    protects=WIDENING,
    kind="permissions",
)
def hidden_prohibition(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A rule of a project that denies or asks, and never counts, since a freer one matches all of it and decides.

    OpenCode 1.18.33 runs `rm -rf x` where `"*": allow` stands behind `"rm *": deny`: the last rule that matches decides. What was meant
    as an exception has to stand behind what it is an exception from.
    """
    yield from _hidden(self, subject, "put it behind the rule that it is an exception from", freed=True)


def _hidden(self: Rule, subject: Subject, help_text: str, *, freed: bool) -> Iterator[Finding]:
    """Find the rules that never decide, because a freer one does, or else one that is as strict."""
    from agentconv.parts.permissions import faults

    for found in subject.parts.parts:
        for one in faults.hidden(found.rules):
            if one.freed is freed:
                yield self.find(
                    f"{title(subject)} never comes to `{_said(one.rule)}`: `{_said(one.by)}` matches all of it, and decides",
                    _place(subject, one.rule),
                    help_text,
                    clients=(subject.format,),
                )


@rule(
    "AC522",
    "shadowed-rule",
    bad='{"permissions": {"allow": ["Bash(git push:*)"], "deny": ["Bash(git:*)"]}}',
    good='{"permissions": {"allow": ["Bash(git status:*)"], "deny": ["Bash(git push:*)"]}}',
    source="the order in which the client decides: what is denied before what asks, and that before what is allowed",
    verified="2026-11-29",
    severity=Severity.WARNING,
    kind="permissions",
)
def shadowed_rule(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A rule of a project that another one makes pointless, since it is as strict, or stricter, and matches all of it.

    Claude Code 2.1.329 refuses `git push` although `Bash(git push:*)` is allowed, where `Bash(git:*)` is denied: what is denied goes
    before what is allowed, however narrow that is. Nothing is opened by it, so this closes what somebody meant to be open.
    """
    yield from _hidden(self, subject, "delete it, or say the other one more narrowly", freed=False)


@rule(
    "AC523",
    "wrong-rule-value",
    bad='{"permissions": {"deny": "Bash(rm:*)"}}',
    good='{"permissions": {"deny": ["Bash(rm:*)"]}}',
    source="the client's own schema of its settings",
    verified="2026-11-29",
    severity=Severity.ERROR,
    protects=WIDENING,
    kind="permissions",
)
def wrong_rule_value(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A value beside the rules of a project that the client does not take, so that none, or not all, of them hold.

    Claude Code 2.1.329 takes lists of texts for `allow`, `ask` and `deny`; OpenCode 1.18.33 does not start where an action is another word
    than `allow`, `ask` or `deny`, and Kilo 7.7.9 passes over the whole file, with all that it denies.
    """
    for told in subject.parts.diagnostics:
        start = subject.source.offset(told.span.line, told.span.column) if told.span else 0
        severity = Severity.ERROR if told.code is Code.NOT_LOADED or _fails_open(told.key) else Severity.WARNING
        yield self.find(told.message[:_LONGEST], (start, start), told.hint or "mend it", severity=severity, clients=(subject.format,))


_LONGEST = 160


def _fails_open(key: str | None) -> bool:
    return key in ("deny", "ask", "permission", "exclude", "excludeTools", "disabled", "confirmationRequired", "core")


@rule(
    "AC524",
    "unknown-rule-key",
    bad='{"permissions": {"denied": ["Bash(rm:*)"]}}',
    good='{"permissions": {"deny": ["Bash(rm:*)"]}}',
    source="the client's own schema of its settings",
    verified="2026-11-29",
    severity=Severity.ERROR,
    protects=WIDENING,
    kind="permissions",
)
def unknown_rule_key(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A key in a project's table of rules that the client does not read: what it denies is not denied.

    Claude Code 2.1.329 passes over a key `denied`, or `block`, and runs what stands there. There is no second list that would count in
    its place.
    """
    known = rule_facts.rules(vocabulary.words_of(subject.format)).keys
    for found in subject.parts.parts if known else ():
        for key in found.extras.get(subject.format, {}):
            if key in known:
                continue
            at = max(subject.text.find(f'"{key}"'), 0)
            close = nearest(key, known)
            yield self.find(
                f"{title(subject)} reads no `{key}` beside its rules: nothing of it holds",
                (at, at + len(key) + 2),
                f"did you mean `{close}`?" if close else f"its keys are {', '.join(known)}",
                clients=(subject.format,),
            )
