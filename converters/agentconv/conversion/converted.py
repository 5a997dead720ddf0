"""What becomes of an agent or of a file, and what a conversion itself has to say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import servers_there
from agentconv.core import bugs, schema_files
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Diagnostic, LossKind, Severity, Span
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.diagnostics import Loss
    from agentconv.core.format import State, WriteResult
    from agentconv.core.ir import Agent, Rule
    from agentconv.core.kinds import Kind
    from agentconv.core.source import SourceText
    from agentconv.disk.output import OutputFile
    from agentconv.sources.loaded import Loaded


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of one agent, or of one file that holds none or several."""

    target: str
    agents: tuple[str, ...]
    """Ids of the agents."""
    file: OutputFile | None = None
    """None when it was not written, or in a file with others (`path`)."""
    path: str | None = None
    """The file that holds it among others, and that comes last."""
    losses: tuple[Loss, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    not_loaded: bool = False
    """Whether the source client does not load it."""
    part: Kind | None = None
    """The kind of part whose ids `agents` are, and whose file it is, where that is none of an agent."""
    instead_of: tuple[str, str] | None = None
    """Of an agent that is refused: the file that it would be in, and its name there. What lies there from before stays."""
    rules: tuple[Rule, ...] = ()
    """Rules of the whole set that are written for a part, and hold what its own file cannot say."""

    @property
    def refused(self) -> bool:
        """Whether the target cannot hold it."""
        return any(loss.kind is LossKind.REFUSED for loss in self.losses)

    @property
    def told(self) -> tuple[Loss, ...]:
        """The losses of what is written, and of what is refused why: what is not written loses nothing else.

        The servers that its client has there are open to it all the same, by the source's own file.
        """
        refused = {loss.agent for loss in self.losses if loss.kind is LossKind.REFUSED}
        return tuple(
            loss for loss in self.losses if loss.kind is LossKind.REFUSED or loss.agent not in refused or loss.code == servers_there.CODE
        )

    @property
    def failed(self) -> bool:
        """Whether a law did not hold: a bug of ours, or of who brings the format."""
        return any(diagnostic.is_bug for diagnostic in self.diagnostics)


def with_cause(done: Converted, piece: Loaded, state: State) -> Converted:
    """Return what became of an agent, with what is the matter with its file where that may be why it is refused.

    What its author allows was guessed then, or is less than what stands there: to mend the file comes before to insist.
    """
    cause = _cause(piece, state) if any(loss.beyond for loss in done.losses) else None
    if cause is None or cause.span is None:
        return done
    said = cause.reason or cause.message
    way = f"; {cause.hint}" if cause.code is Code.FALLBACK and cause.hint else ""  # which nothing else tells
    first = f"what it may do is read from a file to be mended first: {cause.span}: {said}{way}"

    def told(loss: Loss) -> Loss:
        option = f"{first}; {loss.option}" if loss.option else loss.option
        return replace(loss, hint=f"{first}; {loss.hint}" if loss.hint else first, option=option) if loss.beyond else loss

    return replace(done, losses=tuple(map(told, done.losses)))


def _cause(piece: Loaded, state: State) -> Diagnostic | None:
    """Return why the client does not load an agent of a file, why it takes nothing of what limits it there, or what it had to repair."""
    if state.dropped:
        return next((one for one in piece.diagnostics if one.code is Code.NOT_LOADED), None)
    row = registry.FORMATS.get(piece.format)  # in a bundle of somebody's an agent may be from anywhere
    if row is None or row.bundle:  # whose limits are the canonical ones, which its own schema judges
        return None
    rows = schema_files.load(piece.format)["properties"]
    limits = (one for one in piece.diagnostics if one.key and str(rows.get(one.key, {}).get("x-field", "")).startswith(_LIMITS))
    repaired = (one for one in piece.diagnostics if one.code is Code.FALLBACK)
    return next((one for one in limits if one.severity is not Severity.NOTE), None) or next(repaired, None)


_LIMITS = ("tools", "permissions")


def bug(agent: Agent, target: str, error: BaseException) -> Diagnostic:
    """Say that an agent is not written because of a bug."""
    span, brought = Span(agent.origin.source) if agent.origin else None, (target, registry.FORMATS[target].distribution)
    lost, what = "the agent was not written", "the file of the agent"
    return bugs.told(error, f"on the way to {target}", span, lost=lost, what=what, brought=brought, agent=agent.id)


def bug_in_file(path: str, target: str, error: BaseException) -> Diagnostic:
    """Say that a file, with all that would be in it, is not written because of a bug."""
    lost, what, brought = "the file was not written", "what was converted", (target, registry.FORMATS[target].distribution)
    return bugs.told(error, f"on the way to {target}", Span(path), lost=lost, what=what, brought=brought)


def respelled(agent: Agent, path: str, written: WriteResult, quote: str = "") -> Iterator[Diagnostic]:
    """Say what was spelled anew beside the values that were changed."""
    words = [f"{quote}{word}{quote}" for word in written.respelled]
    words += [f"the whole {written.whole}"] if written.whole else []
    if words:
        message = f"{', '.join(words)}: spelled anew, because the change would have let the client read it another way"
        yield Diagnostic(Code.RESPELLED, Severity.WARNING, message, Span(path), "look at it with --diff", agent.id, option="")


def taken_in(original: SourceText, written: WriteResult) -> Iterator[Diagnostic]:
    """Say which files are no longer included, since the changed text stands in the file itself."""
    for named in written.taken_in:
        message = f"the changed text of `{named}` stands in the file itself now, which no longer includes that one"
        hint = "the file that was included is left as it is"
        yield Diagnostic(Code.INCLUDE, Severity.WARNING, message, Span(original.path), hint)
