"""The file that lists the files of a format's agents: gathered as those are written, and put into one that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion.converted import Converted, bug_in_file
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import InternalError
from agentconv.core.format import Listed
from agentconv.core.ir import AgentSet
from agentconv.core.source import SourceText
from agentconv.disk.output import Merged, OutputFile
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.format import Index
    from agentconv.sources.loaded import Loaded

_WORDS = ("name", "version", "description", "license", "authors")
_NOTHING = AgentSet()


@dataclass(frozen=True, slots=True)
class IndexFile:
    """A file that lists the files of a format's agents, ready to be put into one that is there."""

    index: Index
    path: str
    listed: Listed
    """What it is to say; the paths sorted."""

    def write(self, original: SourceText | None) -> bytes:
        """Write the file: from nothing, or by changing one that belongs to these very agents."""
        if original is None:
            return self.index.write(self.listed, SourceText(self.path, b""))
        before = self.index.read(original)
        same = before.paths is None or set(before.paths) == set(self.listed.paths or ())
        if before.problem or (same and self.index.held(before.about) == self.listed.about):
            return original.data
        return self.index.write(replace(self.listed, paths=None) if before.paths is None else self.listed, original)

    def mistake(self, data: bytes) -> str | None:
        """Say what a written file does not say as it was meant; None where it does."""
        again = self.index.read(SourceText(self.path, data))
        if again.problem:
            return f"`{self.path}` would not load: {again.problem}"
        if again.paths is not None and set(again.paths) != set(self.listed.paths or ()):
            return f"`{self.path}` does not list the agents that were written"
        words = (name for name in _WORDS if getattr(self.listed.about, name) not in (None, getattr(again.about, name)))
        wrong = next(words, None)
        return f"`{self.path}` gives another {wrong}" if wrong else None

    def merge(self, present: bytes, *, force: bool = False) -> Merged:
        """Put the list into a file: paths that are not in it are added, words that it has stay unless forced.

        Where the file lists no agent, the client takes all of its folder, and ours with it: that stays so.
        """
        original = SourceText(self.path, present)
        before = self.index.read(original)
        if before.problem:
            return Merged(present, ("the list of agents",), problem=before.problem)
        ours = {name: getattr(self.listed.about, name) for name in _WORDS if getattr(self.listed.about, name)}
        differing = [name for name in ours if getattr(before.about, name) not in (None, "", (), ours[name])]
        words = {name: word for name, word in ours.items() if force or name not in differing}
        paths = None if before.paths is None else (*before.paths, *sorted(set(self.listed.paths or ()) - set(before.paths)))
        wanted = replace(before, paths=paths, about=replace(before.about, **words))
        data = self.index.write(wanted, original)
        again = self.index.read(SourceText(self.path, data))
        if again.problem or again.about != wanted.about or set(again.paths or ()) != set(paths or ()):
            return Merged(present, ("the list of agents",), problem="it cannot be changed without changing what else is in it")
        return Merged(data, () if force else tuple(differing), replaced=force and bool(differing))


class Listing:
    """What the file that lists the agents' files is to say, while they are written; nothing, of a format that has no such file."""

    def __init__(self, target: str, *, parts: bool = False, offered: bool = False, words: AgentSet | None = None) -> None:
        self.target = target
        self._words = words
        """What the user calls the set, whatever its source says."""
        self._offered = offered
        self._parts = parts
        """Whether skills, commands or servers go along, which are none without the file."""
        self.path = registry.FORMATS[target].index
        self.index = registry.index_of(target)
        self._about = _NOTHING
        self._paths: list[str] = []
        self._own: SourceText | None = None
        """The file itself, where it is among what is converted."""

    def hold(self, about: AgentSet) -> AgentSet:
        """Take what the file can hold of a set's words, if they are the first, and return that."""
        if self.index is None or self._about != _NOTHING:
            return _NOTHING
        self._about = self.index.held(about)
        return self._about

    @property
    def about(self) -> AgentSet:
        """What the file is to say of the set: of one that is there, and changed, what it says."""
        if self.index is None or self._words is None or self._own is not None:
            return self._about
        said = self.index.held(self._words)
        return replace(self._about, **{word: value for word in _WORDS if (value := getattr(said, word))})

    @property
    def name(self) -> str:
        """What the set is called in the target."""
        return self.about.name or (self.index.name if self.index else "")

    def takes(self, piece: Loaded) -> bool:
        """Take a file of the target's own format that lists agents for the one to write, rather than as it is."""
        if self.index is None or piece.format != self.target or not registry.FORMATS[self.target].is_index(piece.path):
            return False
        if piece.path == self.path:
            self._own = piece.source
        return True

    def add(self, path: str) -> None:
        """List a file that is written."""
        self._paths.append(path)

    def written(self) -> Iterator[Converted]:
        """Write the file, and check that it says what was meant."""
        if self.index is None or not (self._paths or self._own or self._parts):
            return
        paths = tuple(sorted(self._paths)) if self._paths or not self._parts else None
        file = IndexFile(self.index, self.path, Listed(paths, self.about))
        try:
            data = self._checked(file)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a bug must surface as one, and must not lose the agents' files
            yield Converted(self.target, (), diagnostics=(bug_in_file(self.path, self.target, error),))
            return
        yield Converted(self.target, (), OutputFile(self.path, data, file, beside=True))
        offer = registry.catalog_writer(self.target) if self._offered else None
        if offer is not None:
            yield Converted(
                self.target,
                (),
                OutputFile(registry.FORMATS[self.target].catalog, offer(self.index.read(SourceText(self.path, data)).about), beside=True),
            )

    def _checked(self, file: IndexFile) -> bytes:
        data = file.write(self._own)
        mistake = None if self._own and data == self._own.data else file.mistake(data)
        if mistake:
            raise InternalError(mistake)
        return data
