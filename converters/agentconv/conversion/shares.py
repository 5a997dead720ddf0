"""Conversion by several processes: each reads a share of the files, keeps it, and converts it with the names that it is told.

Names, and whatever else depends on the whole set, are found here, in the order of the paths: so each file, loss and remark is what one
process alone comes to. What such a share cannot tell by itself is converted here, as ever.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Self

from agentconv.conversion import line_ends
from agentconv.conversion.converting import Each
from agentconv.conversion.index_file import Listing
from agentconv.core import workers
from agentconv.core.ir import Agent, Permissions, Tools
from agentconv.formats import registry
from agentconv.sources import loading
from agentconv.sources.loaded import Loaded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import TypeAlias

    from agentconv.conversion.converted import Converted
    from agentconv.conversion.options import Options
    from agentconv.conversion.renaming import Names
    from agentconv.core.format import State
    from agentconv.core.workers import Hear, Work
    from agentconv.sources.agentless import Agentless
    from agentconv.sources.inputs import Found

    Named: TypeAlias = tuple[str, str | None, Mapping[str, Any]]
    """Of an agent: the id that it has already, its name, and by field what else it names."""
    File: TypeAlias = tuple[str, str, Sequence[Named], tuple[State, ...]]
    """Of a file without its texts: path, format, agents and their states."""
    Brief: TypeAlias = tuple[File, File | None, str | None, Sequence[Agentless]]
    """What of a file the others have to know: the file, the same of it as it is read with LF where that is another thing, its line ends
    where these are told, and what is told of it where it gave no agent. Plain tuples: values that are made twice take most of the time."""


def can_be_shared(files: Iterable[Found]) -> bool:
    """Whether each file can be read without the others: none comes on standard input, holds a whole set, or decides about other files."""
    rows = [registry.FORMATS[one] for one in {file.format for file in files}]
    return not any(row.bundle or row.index for row in rows) and all(file.location is not None for file in files)


class Shares:
    """The files of a conversion, read and converted by several processes."""

    def __init__(self, files: Sequence[Found], jobs: int, options: Options, watch: Callable[[Iterable[Any]], Iterable[Any]]) -> None:
        """Let the processes read the files.

        Args:
            files: The files.
            jobs: How many processes.
            options: What the user chose.
            watch: Shows how far it is.
        """
        self._formats = {file.format for file in files}
        self._options = options
        self._watch = watch
        for format_id in self._formats:
            registry.load(format_id)  # once, and not in each process
        self._workers = workers.Workers(_share(files, options), len(files), jobs)
        self._found: list[tuple[Loaded, Loaded, str | None]] = []
        """The files without their texts: as they were found, as they are read with LF, and their line ends where these are told."""
        self.agentless: list[Agentless] = []
        """What is to be told of files that gave no agent."""

    def __enter__(self) -> Self:
        """Take in what was read."""
        try:
            self._take_in()
        except BaseException:
            self._workers.__exit__()
            raise
        return self

    def _take_in(self) -> None:
        """Take in what was read, and settle the agents' ids."""
        ids = loading.Ids()
        for found, as_lf, ends, agentless in (one for block in self._workers.blocks() for one in block):
            file = _loaded(found, [ids.named(id_ or name, found[0]) for id_, name, _ in found[2]])
            self._found.append((file, _called(as_lf, file) if as_lf else file, ends))
            self.agentless += agentless
        self._workers.tell([[agent.id for agent in file.agents] for file, _, _ in self._found])

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the processes."""
        self._workers.__exit__(kind, error, trace)

    def __iter__(self) -> Iterator[Loaded]:
        """Yield the files as they were found, without their texts."""
        return (found for found, _, _ in self._found)

    def take(self, target: str) -> bool:
        """Whether files for a target can be written each by itself: no file of its own is among them, and it has no one file for all."""
        row = registry.FORMATS[target]
        return bool(row.folders) and self._options.into is None and target not in self._formats

    def survey(self, read: line_ends.Pieces) -> Iterator[Loaded]:
        """Yield the files as they are converted, without their texts; their line ends are taken in."""
        for found, as_lf, ends in self._found:
            if ends is not None:
                read.meet(ends, found.path)
            yield as_lf

    def converted(self, target: str, names: Names) -> Iterator[Converted]:
        """Yield what becomes of the files, in order."""
        self._workers.tell((target, names))
        for found in self._watch(one for block in self._workers.blocks() for one in block):
            yield from found


def _called(as_lf: File, found: Loaded) -> Loaded:
    """Return a file as it is read with LF, with the ids of its agents: what is found only so has its own."""
    own = [id_ for id_, _, _ in as_lf[2]]
    return _loaded(as_lf, own if any(own) else [agent.id for agent in found.agents])


def _loaded(file: File, ids: Iterable[str]) -> Loaded:
    """Return a file without its texts, whose agents have these ids."""
    path, format_id, named, states = file
    agents = tuple([Agent(id_, name, **others) for id_, (_, name, others) in zip(ids, named, strict=False)])
    return Loaded(path, format_id, None, agents, states)


def _share(files: Sequence[Found], options: Options) -> Work:
    """Return what a process does with its share: it reads it, then converts it as often as it is told to."""

    def work(numbers: Sequence[int], hear: Hear) -> Iterator[Any]:
        loader = loading.Loader([files[number] for number in numbers], ids=False, among=files)
        briefs = _briefs(loader)
        while block := [*islice(briefs, workers.BLOCK)]:
            yield block
        ids = hear()
        loader.settle(ids[number] for number in numbers)
        while True:
            target, names = hear()
            each = Each(target, options, names, Listing(target))
            found = (tuple(each.over(piece)) for piece in line_ends.Pieces(loader, target))
            while several := [*islice(found, workers.BLOCK)]:
                yield several

    return work


def _briefs(loader: loading.Loader) -> Iterator[Brief]:
    """Read files, and yield what others have to know of them; to any other format they are the same."""
    known, read = 0, line_ends.Pieces((), "")
    for piece in loader:
        normal = read.read(piece)
        told, known = tuple(loader.agentless[known:]), len(loader.agentless)
        yield _brief(piece), None if normal is piece else _brief(normal), read.met(piece.path), told


def _brief(piece: Loaded) -> File:
    """Return a file without its texts."""
    return piece.path, piece.format, tuple(map(_named, piece.agents)), piece.states


def _named(agent: Agent) -> Named:
    """Return what of an agent says how it is called, and what else it names."""
    others: dict[str, Any] = {}
    if agent.skills is not None:
        others["skills"] = agent.skills
    if agent.mcp_servers is not None:
        others["mcp_servers"] = agent.mcp_servers
    if allowed := tuple([grant for grant in agent.tools.allow if grant.server]):
        others["tools"] = Tools(allow=allowed)
    if rules := tuple([rule for rule in agent.permissions.rules if rule.server]):
        others["permissions"] = Permissions(rules=rules)
    return agent.id, agent.name, others
