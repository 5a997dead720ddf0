"""Run rules over files, and leave out what the user does not want to hear: rules, files, lines."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

from agentconv.core import bugs
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import BroughtError, Code, Diagnostic, Severity, Span
from agentconv.core.expressions import expression
from agentconv.core.format import ENTRY
from agentconv.core.given import kind_of
from agentconv.formats import registry
from agentconv.lint import catalogue
from agentconv.lint.rule import FILE, LEFT, PART, SECRETS, SET, Finding, Fix
from agentconv.lint.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from agentconv.lint.rule import Rule

COMMENT = expression(r"#[ \t]*agentconv:[ \t]*ignore(?:(?:[ \t]*[\[(:=]|[ \t]+(?=[A-Za-z]{2,8}[0-9]{2,5}\b))([^\])#\r\n]*)|(?![\w-]))")
"""`# agentconv: ignore[AC101, name]` in a header is about the whole file; where it names none, it is about every rule. What is written
otherwise than in brackets is about the rules that it names, too: a slip is not to leave out all of them."""
_WORD = expression(r"[^\s,;]+")

OF_TEXTS = frozenset(
    {f"AC{number}" for number in (603, 604, 605, 606, 607, 609, 610, 703, 706, 707, 801, 802, 803, 804, 805, 810, 811, 812, 813)}
)
"""Rules about texts, whatever stands around them: those for a file that another one includes."""
OF_PARTS = frozenset({"AC609", "AC610"})
"""Those of them besides those that protect that are about each file of a part, too: both sides of a merge count there, and comments."""


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


def told_once(checked: Iterable[Checked]) -> list[Checked]:
    """Leave out what another kind of thing in the same file was told for at the same place: what costs all of them is one finding.

    Of a file without an agent, that is what its parts are told for.
    """
    several = list(checked)
    of_parts = {(_file(one.subject), found.start) for one in several if one.subject.part for found in one.findings}
    told: set[tuple[str, int, str]] = set()
    kept = []
    for one in several:
        file = _file(one.subject)
        new = [finding for finding in one.findings if (file, finding.start, finding.message) not in told]
        left = [finding for finding in new if finding.rule.protects is None and (file, finding.start) in of_parts]
        if left and one.subject.part is None and not one.subject.result.set.agents:  # asked last: what it was read to is forgotten by now
            new = [finding for finding in new if finding not in left]
        told.update((file, finding.start, finding.message) for finding in new)
        kept.append(replace(one, findings=tuple(new)))
    return kept


def mended_first(one: Checked) -> Checked:
    """Leave out what other clients would make of a file that its own client does not load, where an error says so.

    Whoever mends that has another file; where somebody has the error left out, what others make of the file is told.
    """
    own = one.subject.format
    left = tuple(found for found in one.findings if not found.clients or own in found.clients)
    broken = any(found.severity is Severity.ERROR and own in found.clients for found in left)
    if not broken or len(left) == len(one.findings) or one.subject.part is not None:
        return one
    return replace(one, findings=left) if all(state.dropped for state in one.subject.states(own)) else one


def _file(subject: Subject) -> str:
    return os.path.abspath(subject.location or subject.path)


class Checks:
    """What is looked for in the files of a set, one by one; what is true of the whole set only is known once this is made."""

    def __init__(self, subjects: Sequence[Subject], rules: Iterable[Rule], siblings: Sequence[Subject] = ()) -> None:
        self._subjects = subjects
        self._rules = list(rules)
        self._by_path: dict[str, list[Finding]] = {}
        self._failures: list[Diagnostic] = []
        whole = [subject for subject in (*subjects, *siblings) if not subject.included and not subject.part]
        for rule in self._rules:
            for finding in _run(rule, self._failures, whole) if rule.about == SET else ():
                self._by_path.setdefault(finding.path or whole[0].path, []).append(finding)

    def at(self, number: int) -> Checked:
        """Check the file of that number."""
        subject = self._subjects[number]
        if subject.part is not None:
            own = [] if subject.part.beside else [rule for rule in self._rules if rule.about == PART and rule.kind == subject.part.kind]
            own += [rule for rule in self._rules if self._protects_readers(rule, number)]
            asked = _Asked(own)
        else:
            asked = self._of_texts if subject.included else self._of_agents
        failures = self._failures if number == 0 else []  # what broke on all of them is told once
        return _check_file(subject, asked, self._by_path.get(subject.path, []), failures)

    @cached_property
    def _of_agents(self) -> _Asked:
        """What is asked of each file of agents: found out once, for there may be thousands of them."""
        return _Asked([rule for rule in self._rules if rule.about not in (SET, PART)])

    @cached_property
    def _of_texts(self) -> _Asked:
        """What is asked of each file that another one includes."""
        return _Asked([rule for rule in self._of_agents.rules if rule.code in OF_TEXTS])

    @cached_property
    def _in_place(self) -> dict[str, list[Subject]]:
        """The subjects that are the same file: in several kinds of parts, or an agent's, too."""
        found: dict[str, list[Subject]] = {}
        for subject in self._subjects:
            found.setdefault(_file(subject), []).append(subject)
        return found

    def _protects_readers(self, rule: Rule, number: int) -> bool:
        """Whether a rule about texts looks at a file of a part: one that protects whoever reads it, once, whatever kinds are in it.

        What servers are given has rules of its own, which know what is handed on.
        """
        subject = self._subjects[number]
        if (rule.protects is None and rule.code not in OF_PARTS) or rule.code not in OF_TEXTS or subject.part is None or subject.included:
            return False
        same = self._in_place[_file(subject)]
        of_agents = any(one.part is None and one.result.set.agents for one in same)
        is_first = next(one for one in same if one.part is not None) is subject
        return is_first and not of_agents and not (rule.protects == SECRETS and subject.part.kind == "servers")


class _Asked:
    """The rules that are asked about files of one kind."""

    def __init__(self, rules: list[Rule]) -> None:
        self.rules = rules
        self.first = [rule for rule in rules if rule.about in (FILE, PART)]
        self.left = [rule for rule in rules if rule.about == LEFT]
        """Those about what none of the others has told."""

    @cached_property
    def unasked(self) -> list[Rule]:
        """Those that the user does not want to hear: what they would find is not left for a rule about the rest."""
        asked = {rule.code for rule in self.rules}
        return [rule for rule in catalogue.rules().values() if rule.about == FILE and rule.code not in asked]


def _check_file(subject: Subject, asked: _Asked, found: list[Finding], failures: Sequence[Diagnostic]) -> Checked:
    failures = [*failures, *_unreading(subject)]
    for rule in asked.first:
        found.extend(_run(rule, failures, subject))
    for rule in asked.left:
        if subject.part is None and subject.troubled:
            unasked = [finding for other in asked.unasked for finding in _run(other, [], subject)]
            found.extend(_run(rule, failures, subject, [*found, *unasked]))
    ignored, words = subject.settings.ignored, _words(subject)
    heard = (finding for finding in found if not _is_named(finding.rule, ignored) and not _is_passing(finding, subject))
    kept = [_told(finding, subject, words) for finding in heard if not _is_excused(finding.rule, words)]
    kept.sort(key=lambda finding: (finding.start, finding.end, finding.rule.code))
    return Checked(subject, tuple(dict.fromkeys(kept)), tuple(failures))


def _is_passing(finding: Finding, subject: Subject) -> bool:
    """Whether a finding is only about clients that get another file for the agent, or are not to have it: widening is told."""
    return bool(finding.clients) and finding.rule.protects is None and {*finding.clients} <= subject.to_come | subject.unwanted


def _told(finding: Finding, subject: Subject, words: set[str] | None) -> Finding:
    """Return a finding with its agent, and where a comment leaves its rule out in vain, with what does."""
    finding = _of_agent(finding, subject)
    if finding.rule.protects is None or (words is not None and not _is_named(finding.rule, words)):
        return finding
    code = finding.rule.code
    ways = (f"--ignore {code}", f'`ignore=["{code}"]` of agentconv.lint, and `ignore` in a configuration that a person names,')
    return finding.with_more(*(f"no comment leaves out a rule that protects: {way} does" for way in ways))


def _of_agent(finding: Finding, subject: Subject) -> Finding:
    """Return a finding with the agent that it is about, where its rule looks at a text alone: the one in whose entry it lies."""
    if finding.agent is not None or subject.part is not None or subject.included:
        return finding
    several = len(subject.agents()) > 1
    for number, agent, _ in subject.agents():
        start, end = subject.place(number, ENTRY) if several else (0, len(subject.text))
        if start <= finding.start <= end and finding.end <= end:
            return replace(finding, agent=agent.name)
    return finding


def _unreading(subject: Subject) -> Iterator[Diagnostic]:
    """Yield why clients cannot be asked about a file whose formats others have brought, and ask them no more."""
    for client in [client for client in subject.asked if registry.FORMATS[client].distribution] if subject.part is None else ():
        try:
            subject.reading(client)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a bug of somebody else's must not lose what our own rules find
            subject.asked = tuple(other for other in subject.asked if other != client)
            brought = client, registry.FORMATS[client].distribution
            yield bugs.told(error, f"as {client} reads it", Span(subject.path), brought=brought, client=client)


def _run(rule: Rule, failures: list[Diagnostic], about: Subject | Sequence[Subject], *more: list[Finding]) -> list[Finding]:
    looked_at = (about,) if isinstance(about, Subject) else about
    try:
        found = list(_yielded(rule.check(about, *more)))
        if rule.code in catalogue.BROUGHT:
            for finding in found:
                _hold(finding, looked_at)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a bug must surface as one, and must not lose the other findings
        failures.append(_failure(rule, error, looked_at[0].path if looked_at else ""))
        return []
    return found


def _yielded(found: Iterable[Finding] | Finding) -> Iterable[Finding]:
    """Return what a rule has yielded; a single finding was returned.

    Raises:
        TypeError: It yielded nothing.
    """
    if isinstance(found, Finding):
        raise TypeError("it returned a finding: a rule yields what `self.find(message, place, help)` returns")
    return found


def _hold(finding: object, looked_at: Sequence[Subject]) -> None:
    """Hold what a rule of another distribution has found to what a finding is, before anything relies on it.

    Raises:
        TypeError: It is no finding.
        ValueError: It lies in no file that was looked at, or not within that.
    """
    if not isinstance(finding, Finding) or not all(isinstance(text, str) for text in (finding.message, finding.help, finding.path)):
        raise TypeError(f"it yielded {kind_of(finding)}: a rule yields what `self.find(message, place, help)` returns")
    _hold_fields(finding)
    subject = next((one for one in looked_at if one.path == finding.path), looked_at[0]) if looked_at else None
    if subject is None or not 0 <= finding.start <= finding.end <= len(subject.text):
        raise ValueError(f"its finding is at {finding.start} to {finding.end}, which is no place in the file's text")


def _hold_fields(finding: Any) -> None:
    """Hold to their types what else a finding says.

    Raises:
        TypeError: One is of another.
    """
    if not isinstance(finding.severity, Severity):
        raise TypeError(f"its finding's severity is a Severity, not {kind_of(finding.severity)}")
    if not (isinstance(finding.clients, tuple) and all(client in registry.FORMATS for client in finding.clients)):
        raise TypeError("its finding's clients are a tuple of ids of formats")
    if not (isinstance(finding.agent, str | None) and isinstance(finding.fix, Fix | None) and isinstance(finding.option, str | None)):
        raise TypeError("its finding's agent is a name, its fix a Fix, and its option a text, or None")


def _failure(rule: Rule, error: BaseException, path: str) -> Diagnostic:
    """Say that a rule broke on a file, and whose it is."""
    why, brought = f"{type(error).__name__}: {error}", catalogue.BROUGHT.get(rule.code)
    if not brought:
        return bugs.told(error, f"in {rule.code} {rule.name}", Span(path))
    bugs.seen(error)
    report = f"report it to {brought.partition(' ')[0]}, or leave it out:"
    hint, option = f"{report} --ignore {rule.code}; --debug shows its traceback", f'{report} ignore=["{rule.code}"]'
    message = f"{BroughtError(f'{rule.code} {rule.name}', brought, why)}"
    return Diagnostic(Code.EXTENSION, Severity.ERROR, message, Span(path), hint, option=option)


def before_prompt(subject: Subject) -> int:
    """Return where the text of a file ends in which a comment leaves out rules: where its prompt begins."""
    start = subject.place(0, "")[0] if subject.part is None and subject.result.set.agents else 0
    return start or len(subject.text)


def left_out(subject: Subject) -> Iterator[tuple[str, int]]:
    """Yield each rule that comments of a file leave out, as it is written there, and where."""
    for match in COMMENT.finditer(subject.text, 0, before_prompt(subject)):
        for word in _WORD.finditer(subject.text, *match.span(1)) if match[1] is not None else ():
            yield word[0], word.start()


def _words(subject: Subject) -> set[str] | None:
    """Return the rules that the file itself asks to leave out; None for all of them."""
    if any(match[1] is None for match in COMMENT.finditer(subject.text, 0, before_prompt(subject))):
        return None
    return {word.casefold() for word, _ in left_out(subject)}


def _is_excused(rule: Rule, words: set[str] | None) -> bool:
    """Whether a file may leave out a rule for itself: none that protects whoever reads it."""
    return rule.protects is None and (words is None or _is_named(rule, words))


def _is_named(rule: Rule, words: Collection[str]) -> bool:
    return rule.code.casefold() in words or rule.name in words
