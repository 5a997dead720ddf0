"""What is in a target now: each agent of each of its files, as the target's client reads it, with LF for line ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion.shared_files import pointer
from agentconv.core import bugs
from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import BroughtError
from agentconv.core.source import SourceText
from agentconv.disk.files import Blocked
from agentconv.formats import registry
from agentconv.sync import texts

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Agent
    from agentconv.disk.reader import Reader


@dataclass(slots=True)
class File:
    """A file of a target, as it stands."""

    path: str
    target: str
    like: str = ""
    """The path that it would have in a project, by which its client's reader goes."""
    data: bytes | None = None
    """None where there is none."""
    agents: dict[str, Agent] = field(default_factory=dict)
    """By pointer; empty for the one agent of a whole file. Of several of one name the first."""
    found: tuple[Agent, ...] = ()
    """All of them, in order."""
    problem: str | None = None
    """Why nothing can be told of what is in it."""
    where: Span | None = None
    """Where in it, as far as that is known."""
    blocked: str | None = None
    """Why it can be neither read nor written."""

    @property
    def text(self) -> SourceText:
        """Its text with LF for line ends."""
        return SourceText(self.like or self.path, texts.to_lf(self.data or b""))

    @property
    def sha256(self) -> str:
        """The checksum of its text; empty without one."""
        return "" if self.data is None else texts.sha256(self.data)


def read(reader: Reader, path: str, target: str, like: str = "") -> File:
    """Read a file of a target; `like` is the path that it would have in a project, where it is in none."""
    there = reader.read(path)
    if isinstance(there, Blocked):
        return File(path, target, like, blocked=there.reason, problem=there.reason)
    return File(path, target, like) if there is None else _with_declared(parsed(path, target, there, like), reader)


def _with_declared(file: File, reader: Reader) -> File:
    """Take in by which names the client's own configuration declares a file, and what it says in place of it."""
    name = registry.FORMATS[file.target].settings
    configuration = reader.read(name) if name and file.data and not texts.is_marked(file.data) else None
    if not isinstance(configuration, bytes) or b"agents" not in configuration:
        return file
    from agentconv.sources import configured, declarations

    given = [one.given for one in configured.declared(file.target, SourceText(name, configuration)) if one.path == file.path]
    if given:
        result = declarations.of_file(file.target, file.text, given)
        file.found = result.set.agents
        file.agents = {f"/agents/{agent.name}" if number else "": agent for number, agent in enumerate(file.found)}
        file.problem = next((one.message for one in result.diagnostics), None) if all(state.dropped for state in result.states) else None
    return file


def parsed(path: str, target: str, data: bytes, like: str = "") -> File:
    """Read the bytes of a file of a target."""
    file = File(path, target, like, data)
    if texts.is_marked(data):
        file.problem = "it holds the marks of a merge that is not done"
        return file
    try:
        result = registry.load(target).read(file.text)
    except BroughtError as error:
        bugs.seen(error)
        file.problem = str(error)
        return file
    shared = registry.FORMATS[target].holds_several(path)
    file.found = result.set.agents
    for agent, state in zip(result.set.agents, result.states, strict=True):
        if state.dropped and not shared:
            file.problem = result.diagnostics[0].message if result.diagnostics else "it does not load"
        file.agents.setdefault(pointer(agent) if shared else "", agent)
    if not file.found and data.strip():
        problem = next(iter(result.diagnostics), result.absence)
        file.where = problem.span if problem else None
        file.problem = problem.message if problem and not shared else file.problem
        file.problem = file.problem or (problem.message if problem and problem.severity == "error" else None)
    return file
