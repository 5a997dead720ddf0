"""One client's rules of a set: read from its files, projected, and put into them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Protocol

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Diagnostic, Effect, Severity
from agentconv.core.format import State
from agentconv.core.ir import Origin
from agentconv.core.part_format import PartsRead, WrittenFile, difference
from agentconv.core.source import SourceText, encode
from agentconv.parts.permissions import joining, opening, projecting

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from agentconv.core.diagnostics import Complaint
    from agentconv.core.ir import Rule
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartProjection, PartSource, Place
    from agentconv.core.parts import PermissionSet
    from agentconv.parts.permissions.client import Client

NAME = "permissions"


class RuleFile(Protocol):
    """A file as it was read. Reading raises nothing: complaints say what the client does not take, and what it does about that."""

    @property
    def part(self) -> PermissionSet | None:
        """The rules; None where the file says nothing of the kind."""

    @property
    def complaints(self) -> list[tuple[Complaint, int]]:
        """What is wrong, each with its place."""

    def rewritten(self, part: PermissionSet | None) -> str:
        """Return the file with other rules in it, or without them, and nothing else changed."""


@dataclass(frozen=True, slots=True)
class PermissionFormat:
    """One client's format of rules."""

    client: Client
    parse: Callable[[SourceText], RuleFile]
    """Reads a file."""
    project: tuple[Place, ...] = ()
    user: tuple[Place, ...] = ()
    elsewhere: tuple[tuple[str, Callable[[SourceText], RuleFile]], ...] = ()
    """What reads files in which rules are spelled otherwise, by what their paths end in."""
    among: Callable[[Sequence[Rule], Sequence[Rule]], tuple[Rule, ...] | None] | None = None
    """Returns an agent's own rules with those of the set in them, where the client takes an agent's before those; None where it cannot."""
    among_users: Callable[[Sequence[Rule], Sequence[Rule]], tuple[Rule, ...] | None] | None = None
    """Returns a user's own rules with those of a set among them, where their order decides; None where both cannot stand in one file."""
    within: Callable[[Sequence[Rule], Sequence[Rule]], tuple[Rule, ...]] | None = None
    """Returns an agent's own rules so that they open nothing of what its project denies, where the client takes them before its."""
    together: str = ""
    """What the paths of files end in of which the client takes none where one is broken."""
    kind: Kind = "permissions"

    @property
    def format(self) -> str:
        """The client's format id."""
        return self.client.format

    def _parsed(self, source: SourceText) -> RuleFile:
        return next((read for end, read in self.elsewhere if source.path.endswith(end)), self.parse)(source)

    def read(self, source: PartSource) -> PartsRead[PermissionSet]:
        """Read the rules of a file as the client does."""
        file = self._parsed(source.text)
        told = tuple(self._told(complaint, offset, source.text) for complaint, offset in file.complaints)
        if file.part is None:
            return PartsRead(diagnostics=told)
        part = replace(file.part, id=NAME, name=NAME, origin=Origin(self.format, source.text.path))
        return PartsRead((part,), (self._state(file),), told)

    @staticmethod
    def _state(file: RuleFile) -> State:
        found = {complaint.effect for complaint, _ in file.complaints}
        if Effect.STOPS in found:
            return State.STOPS
        if Effect.DROPS_ALL in found:
            return State.NOT_LOADED
        return State.DEGRADED if found else State.LOADS

    def _told(self, complaint: Complaint, offset: int, source: SourceText) -> Diagnostic:
        title = self.client.title
        does = {
            Effect.STOPS: f"{title} does not start with this file",
            Effect.DROPS_ALL: f"{title} takes none of the rules of this file",
        }.get(complaint.effect, f"{title} does not take this as it is written")
        code = Code.NOT_LOADED if complaint.effect.drops or complaint.effect is Effect.STOPS else Code.INVALID_VALUE
        hint = complaint.remedy or "mend the file so that the client takes it"
        found = Diagnostic(code, Severity.WARNING, f"{does}: {complaint.reason}", source.span(offset), hint, None, self.format)
        return replace(found, key=complaint.key, effect=complaint.effect, cause=complaint.cause, reason=complaint.reason)

    def to_project(self, projection: PartProjection[PermissionSet]) -> None:
        """Turn a set of rules into the most of it that the client can hold."""
        projecting.project(self.client, projection)

    def beside(self, there: PermissionSet, part: PermissionSet) -> PermissionSet | None:
        """Return the rules of a file with those of a set beside them that deny or ask; None where both cannot stand in it."""
        if _stands_in(part.rules, there.rules):
            return there
        restraining = [rule for rule in part.rules if rule.effect != "allow"]
        if self.among_users is not None:
            rules = self.among_users(there.rules, restraining)
        else:
            more = [rule for rule in restraining if rule not in there.rules and not _is_asked_about(rule, there.rules)]
            rules = joining.joined(there.rules, more, there.resolution or part.resolution)
        return None if rules is None else replace(there, rules=rules, resolution=there.resolution or part.resolution)

    def opened(self, there: PermissionSet, part: PermissionSet) -> PermissionSet:
        """Return the rules of a file with what a set allows beside them, once that is accepted."""
        return opening.opened(there, part, maps=self.among_users is not None)

    def path(self, part: PermissionSet, place: Place) -> str:  # noqa: ARG002
        """Return the file that holds the rules of a place."""
        return f"{place.path}/{NAME}.{place.pattern.rpartition('.')[2]}" if place.pattern else place.path

    def write(
        self, parts: Iterable[PermissionSet], path: str, original: PartSource | None, without: Collection[str] = ()
    ) -> tuple[WrittenFile, ...]:
        """Put rules into a file: every other byte stays."""
        text = original.text if original else SourceText(path, b"")
        file = self._parsed(text)
        part = next(iter(parts), None)
        if part is not None and (file.part is None or difference(replace(file.part, id=part.id, name=part.name), part)):
            return (WrittenFile(path, encode(file.rewritten(part))),)
        gone = part is None and NAME in without and file.part is not None
        return (WrittenFile(path, encode(file.rewritten(None)) if gone else text.data),)


def _stands_in(rules: Sequence[Rule], there: Sequence[Rule]) -> bool:
    """Whether all rules of a set are in a file as the set has them, and none of the others there is about the same words, or opens them."""
    words = {rule.native for rule in rules}
    others = [rule for rule in there if rule.native not in words]
    if [rule for rule in there if rule.native in words] != list(rules) or any(set(rule.native) & set("*?") for rule in others):
        return False
    closed = [(place, rule) for place, rule in enumerate(there) if rule.effect == "deny" and rule.native in words and rule.pattern is None]
    return not any(
        one in others and one.effect != "deny" and fnmatchcase(one.native, rule.native) for place, rule in closed for one in there[place:]
    )


def _is_asked_about(rule: Rule, there: Sequence[Rule]) -> bool:
    """Whether a rule for more tools of servers asks as well about those that another one asks about."""
    wider = (one for one in there if one.effect == rule.effect == "ask" and one.server and one.pattern is None)
    return rule.server is not None and any(fnmatchcase(rule.native, one.native) for one in wider)


class _Nothing:
    """A file without rules, of a client that has none in files."""

    part = None

    def __init__(self, source: SourceText) -> None:
        self._text = source.text
        self.complaints: list[tuple[Complaint, int]] = []

    def rewritten(self, part: PermissionSet | None) -> str:  # noqa: ARG002
        """Return the file as it is."""
        return self._text


def nothing(source: SourceText) -> RuleFile:
    """Read a file of a client that has no rules in files."""
    return _Nothing(source)


def no_rules(effect: str, word: str, pattern: str | None) -> tuple[Rule, ...]:  # noqa: ARG001
    """Return no rule, for a client that has none in files."""
    return ()
