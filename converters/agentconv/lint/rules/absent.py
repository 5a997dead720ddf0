"""Files in a client's own folder of which no agent came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Severity
from agentconv.formats import registry
from agentconv.lint import headers, remarks
from agentconv.lint.passages import shown, title
from agentconv.lint.rule import SET, rule
from agentconv.sources import agentless, sniffing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject


@rule(
    "AC110",
    "no-agent",
    bad="""
        # Reviewer

        Reviews changes before a merge.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        ---

        You review changes.
        """,
    source="each client's own reader, run on the same file",
    verified="2026-11-28",
    severity=Severity.WARNING,
    about=SET,
)
def no_agent(self: Rule, subjects: list[Subject]) -> Iterator[Finding]:
    """A file in the folder where its client looks for agents, of which no agent comes: it has no header, or none that says who it is.

    Claude Code 2.1.329 and most others pass over such a file without a word. One below the folder, without a header, is a
    note: that is where documents of an agent are kept. More than three files of one folder are one finding. A README, a
    change log, a licence, instructions for the project and what begins with `_` are not meant.
    """
    found = {subject.path: subject for subject in subjects if _is_absent(subject)}
    for paths in agentless.by_folder(found):
        meant = [path for path in paths if _is_meant(found[path])]
        subject = found[(meant or paths)[0]]
        severity = Severity.WARNING if meant else Severity.NOTE
        todo = "start with a header between two lines `---`" if subject.header is None else "let the header say what every agent has"
        todo += ", or keep it elsewhere if it is no agent"
        finding = self.find(_message(subject, len(paths)), _place(subject), todo, severity=severity, clients=(subject.format,))
        yield replace(finding, path=subject.path)


def _is_absent(subject: Subject) -> bool:
    """Whether a client looks for an agent where a file is, and finds none, and nothing else says so."""
    if not subject.at_home or subject.result.absence is None or not sniffing.may_be_agent(subject.path, subject.format):
        return False
    return not remarks.of(subject) and not headers.lacks(subject)


def _is_meant(subject: Subject) -> bool:
    """Whether a file looks as if an agent was meant: it lies directly in its client's folder, or has a header, or a set was read for it."""
    if subject.expected:
        return True
    folder = f"/{subject.location or subject.path}".replace("\\", "/").rpartition("/")[0]
    return subject.header is not None or folder.endswith(tuple(f"/{place}" for place in registry.FORMATS[subject.format].folders))


def _message(subject: Subject, count: int) -> str:
    cause = subject.result.absence.reason if subject.result.absence else None
    if count == 1:
        return shown(f"{title(subject)} sees no agent here: {cause}", 160)
    return shown(f"{title(subject)} sees no agent in {count:,} files of this folder; of this one, because {cause}", 160)


def _place(subject: Subject) -> tuple[int, int]:
    if subject.header is not None:
        return subject.header.start, subject.header.start
    return 0, len(subject.text.partition("\n")[0])
