"""What a run of `agentconv lint` takes for known: findings that a baseline holds, of the clients and rules that the run asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.cli import baseline
from agentconv.cli.linting import settings as lint_settings
from agentconv.core.dataclass import replace
from agentconv.lint import catalogue

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from agentconv.cli.baseline import Asked, Baseline, Entry
    from agentconv.cli.linting.files import LintFile
    from agentconv.cli.linting.folders import LintFolders
    from agentconv.core.diagnostics import Diagnostic
    from agentconv.lint.checking import Checked
    from agentconv.lint.rule import Rule


def said(options: argparse.Namespace) -> Baseline | None:
    """Return the findings that are known: those of the file that the command line names, or else the configuration.

    Raises:
        InputError: It cannot be read, or a flag is there that wants another one.
    """
    place = options.lint.place.path if options.baseline is None and options.lint is not None and options.lint.baseline else ""
    if place:
        options.baseline = options.lint.baseline
    return baseline.given(options, _also(options), said_in=place)


def _also(options: argparse.Namespace) -> frozenset[str]:
    """Return the codes of rules that protect, and whose findings may be known all the same.

    The command line says which, or a configuration that it names; a project's own lets none of these findings go.
    """
    words = tuple(lint_settings.listed(options.baseline_also))
    lint_settings.check_rules(words)
    words += options.lint.also if options.lint is not None and options.lint.named else ()
    return frozenset(rule.code for rule in catalogue.select(words)) if words else frozenset()


def new(
    files: Sequence[LintFile], checked: Iterable[Checked], known: Baseline, chosen: LintFolders, rules: Sequence[Rule]
) -> tuple[list[Checked], Asked]:
    """Return what was found in files but for what is known, and what tells whether this run has looked for an entry."""
    clients = _clients(files, chosen)
    left = [_new(file, one, known, clients) for file, one in zip(files, checked, strict=True)]
    return left, _asked(known, clients, rules)


def finished(
    files: Sequence[LintFile], checked: Iterable[Checked], known: Baseline | None, chosen: LintFolders, rules: Sequence[Rule]
) -> tuple[list[Checked], list[Diagnostic]]:
    """Return what was found in files but for what is known, and what is to be said of that; what is asked for is written.

    Raises:
        InputError: The disk refuses.
    """
    if known is None:
        return [*checked], []
    left, asked = new(files, checked, known, chosen, rules)
    return left, [*known.finish(asked)]


def _place(file: LintFile) -> str:
    return file.location or file.subject.path


def _new(file: LintFile, one: Checked, known: Baseline, clients: Mapping[str, Collection[str]]) -> Checked:
    """Return what was found in a file but for what is known."""
    place = _place(file)
    others = {*clients[place]} - {file.subject.format}  # which is asked in every run
    text = one.subject.text
    by_name = sorted(
        one.findings, key=lambda found: not known.is_met(found, place, others, text)
    )  # each its own, before one that was renamed
    taken = {id(found) for found in by_name if known.takes_finding(found, place, others, text)}
    return replace(one, findings=tuple(found for found in one.findings if id(found) not in taken))


def _clients(files: Sequence[LintFile], chosen: LintFolders) -> dict[str, set[str]]:
    """Return the clients that a run asks about each file, by place: those as well that turned out to have another file for its agents."""
    asked: dict[str, set[str]] = {}
    for file in files:
        asked.setdefault(_place(file), set()).update((file.subject.format, *file.subject.asked, *chosen.clients(file.location)))
    return asked


def _asked(known: Baseline, clients: Mapping[str, Collection[str]], rules: Sequence[Rule]) -> Asked:
    """Return what tells whether this run has looked for an entry."""
    places = {known.below(place): {*several} for place, several in clients.items()}
    codes = {rule.code for rule in rules}

    def asked(entry: Entry) -> bool:
        return (
            entry.kind == baseline.FINDINGS
            and entry.code in codes
            and entry.where in places
            and places[entry.where].issuperset(entry.clients)
        )

    return asked
