"""Run rules over files, and leave out what the user does not want to hear: rules, files, lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code, Diagnostic, Severity, Span, in_words
from agentconv.core.expressions import expression
from agentconv.formats import registry
from agentconv.lint import catalogue
from agentconv.lint.rule import FILE, LEFT, PART, SET

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject

COMMENT = expression(r"#[ \t]*agentconv:[ \t]*ignore(?:\[([A-Za-z0-9_, -]*)\])?")
"""`# agentconv: ignore[AC101, name]` in a header is about the whole file; without brackets it is about every rule."""

OF_TEXTS = frozenset({f"AC{number}" for number in (603, 604, 605, 606, 607, 703, 706, 707, 801, 802, 803, 804, 805, 810, 811, 812, 813)})
"""Rules about texts, whatever stands around them: those for a file that another one includes."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One file and what was found in it, in the order of the text."""

    subject: Subject
    findings: tuple[Finding, ...]
    failures: tuple[Diagnostic, ...] = ()
    """Bugs of ours: rules that broke on this file."""


def check(subjects: Sequence[Subject], rules: Iterable[Rule], siblings: Sequence[Subject] = ()) -> Iterator[Checked]:
    """Check files; one that a rule breaks on loses neither the others nor its other rules.

    Args:
        subjects: The files.
        rules: What to look for.
        siblings: Files that are seen beside them, where a rule is about a whole set; nothing is said of these.
    """
    checks = Checks(subjects, rules, siblings)
    yield from map(checks.at, range(len(subjects)))


class Checks:
    """What is looked for in the files of a set, one by one; what is true of the whole set only is known once this is made."""

    def __init__(self, subjects: Sequence[Subject], rules: Iterable[Rule], siblings: Sequence[Subject] = ()) -> None:
        self._subjects = subjects
        self._rules = list(rules)
        self._by_path: dict[str, list[Finding]] = {}
        for rule in self._rules:
            if rule.about == SET:
                for finding in rule.check([subject for subject in (*subjects, *siblings) if not subject.included and not subject.part]):
                    self._by_path.setdefault(finding.path, []).append(finding)

    def at(self, number: int) -> Checked:
        """Check the file of that number."""
        subject = self._subjects[number]
        if subject.part is not None:
            own = [rule for rule in self._rules if rule.about == PART and rule.kind == subject.part.kind]
        else:
            own = [rule for rule in self._rules if rule.about not in (SET, PART) and (rule.code in OF_TEXTS or not subject.included)]
        return _check_file(subject, own, self._by_path.get(subject.path, []))


def _check_file(subject: Subject, rules: list[Rule], found: list[Finding]) -> Checked:
    failures = list(_unreading(subject))
    for rule in rules:
        if rule.about in (FILE, PART):
            found.extend(_run(rule, failures, subject))
    for rule in rules:
        if rule.about == LEFT and subject.part is None and subject.troubled:
            found.extend(_run(rule, failures, subject, [*found, *_unasked(subject, rules)]))
    ignored, words = subject.settings.ignored, _words(subject)
    kept = [finding for finding in found if not (_is_named(finding.rule, ignored) or _is_excused(finding.rule, words))]
    kept.sort(key=lambda finding: (finding.start, finding.end, finding.rule.code))
    return Checked(subject, tuple(dict.fromkeys(kept)), tuple(failures))


def _unreading(subject: Subject) -> Iterator[Diagnostic]:
    """Yield why clients cannot be asked about a file whose formats others have brought, and ask them no more."""
    for client in [client for client in subject.asked if registry.FORMATS[client].distribution] if subject.part is None else ():
        try:
            subject.reading(client)
        except Exception as error:  # noqa: BLE001 - a bug of somebody else's must not lose what our own rules find
            subject.asked = tuple(other for other in subject.asked if other != client)
            whose = registry.FORMATS[client].distribution.partition(" ")[0]
            yield Diagnostic(Code.EXTENSION, Severity.ERROR, in_words(error), Span(subject.path), f"report it to {whose}, or uninstall it")


def _run(rule: Rule, failures: list[Diagnostic], subject: Subject, *more: list[Finding]) -> list[Finding]:
    try:
        return list(rule.check(subject, *more))
    except Exception as error:  # noqa: BLE001 - a bug must surface as one, and must not lose the other findings
        failures.append(_failure(rule, error, subject.path))
        return []


def _failure(rule: Rule, error: Exception, path: str) -> Diagnostic:
    """Say that a rule broke on a file, and whose it is."""
    why = f"{type(error).__name__}: {error}"
    brought = catalogue.BROUGHT.get(rule.code)
    if brought:
        hint = f"report it to {brought.partition(' ')[0]}, or leave it out: --ignore {rule.code}"
        return Diagnostic(Code.EXTENSION, Severity.ERROR, f"{rule.code} {rule.name} of {brought} failed: {why}", Span(path), hint)
    message = f"internal error in {rule.code} {rule.name}: {why}"
    return Diagnostic(Code.INTERNAL, Severity.ERROR, message, Span(path), "please report this with the file")


def _unasked(subject: Subject, rules: Iterable[Rule]) -> list[Finding]:
    """Return what the rules would find that the user does not want to hear: it is not left for a rule about the rest."""
    asked = {rule.code for rule in rules}
    unasked = [rule for rule in catalogue.rules().values() if rule.about == FILE and rule.code not in asked]
    return [finding for rule in unasked for finding in _run(rule, [], subject)]


def before_prompt(subject: Subject) -> int:
    """Return where the text of a file ends in which a comment leaves out rules: where its prompt begins."""
    start = subject.place(0, "")[0] if subject.part is None and subject.result.set.agents else 0
    return start or len(subject.text)


def _words(subject: Subject) -> set[str] | None:
    """Return the rules that the file itself asks to leave out; None for all of them."""
    words: set[str] = set()
    for match in COMMENT.finditer(subject.text, 0, before_prompt(subject)):
        if match[1] is None:
            return None
        words.update(word.strip().casefold() for word in match[1].split(",") if word.strip())
    return words


def _is_excused(rule: Rule, words: set[str] | None) -> bool:
    """Whether a file may leave out a rule for itself: none that protects whoever reads it."""
    return rule.protects is None and (words is None or _is_named(rule, words))


def _is_named(rule: Rule, words: Collection[str]) -> bool:
    return rule.code.casefold() in words or rule.name in words
