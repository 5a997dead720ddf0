"""What a look at an open file gives, and who looks: the command line knows how, since it knows the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from agentconv.conversion import converting, options
from agentconv.core.dataclass import dataclass, field
from agentconv.lint import fixing
from agentconv.sources import loading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agentconv.conversion.converted import Converted
    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.source import SourceText
    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject

MOST_BYTES = 1024 * 1024
"""Of a larger text nothing is said while it is edited: each key that is pressed would read all of it."""


@dataclass(frozen=True, slots=True)
class Included:
    """A file that an open one includes, and what was found in it."""

    location: str
    source: SourceText
    findings: tuple[Finding, ...]


@dataclass
class Looked:
    """What there is to say about an open file."""

    subject: Subject | None = None
    """The file as rules see it; None where the linter does not know it."""
    parts: tuple[Subject, ...] = ()
    """The file as one that holds parts, once for each kind of them."""
    findings: tuple[Finding, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    """What is no finding: what could not be read, rules that broke, and what is wrong with the configuration, at its place."""
    included: tuple[Included, ...] = ()
    targets: tuple[str, ...] = ()
    """The other assistants that the project is for."""
    options: options.Options = options.DEFAULTS
    """How the project converts its agents."""
    find: Callable[[Subject], tuple[Finding, ...]] = field(default=lambda _subject: ())
    """Checks the file again, after a fix."""
    follows: bool = False
    """Whether `sync` writes the file from its source: what is to change in it is changed there."""
    _converted: dict[str, tuple[Converted, ...]] = field(default_factory=dict)

    @property
    def has_agents(self) -> bool:
        """Whether it is an agent's file, rather than one with parts, or settings."""
        return self.subject is not None and self.subject.part is None

    def converted(self, target: str) -> tuple[Converted, ...]:
        """Return what becomes of the file's agents in another assistant."""
        if self.subject is None or not self.has_agents:
            return ()
        if target not in self._converted:
            pieces = list(loading.with_ids(loading.load_source(self.subject.format, self.subject.source)))
            self._converted[target] = tuple(converting.convert(pieces, target, self.options))
        return self._converted[target]

    def subject_of(self, rule: Rule) -> Subject | None:
        """Return the file as a rule sees it: as one of agents, or of parts of a kind."""
        if not rule.kind:
            return self.subject
        return next((one for one in self.parts if one.part is not None and one.part.kind == rule.kind), None)

    def mended(self) -> str | None:
        """Return the text with all safe fixes made; None where that changes nothing."""
        if self.subject is None or not any(finding.fix and finding.fix.safe for finding in self.findings):
            return None
        data = self.subject.source.data
        for subject in (self.subject, *(one for one in self.parts if one is not self.subject)):
            data = fixing.fix(subject.put(data) if data != subject.source.data else subject, self.find).data
            subject.forget()
        return self.subject.source.put(data).text if data != self.subject.source.data else None


class Looker(Protocol):
    """Who looks at open files."""

    def look(self, location: str, text: str, others: Mapping[str, str], folders: Sequence[str]) -> Looked:
        """Look at a file as it stands in an editor.

        Args:
            location: Where it is, as an absolute path.
            text: What is in it.
            others: By location the texts of the other files that are open.
            folders: The folders that the editor works in.
        """

    def forget(self) -> None:
        """Look again at everything that is on the disk."""
