"""Which files of instructions there are once a run is done: an assistant passes over one for another, be it written in this very run.

So what one assistant gets may depend on what another one does: it is converted again until nothing more comes of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion.main_texts import others
from agentconv.core.dataclass import dataclass, field
from agentconv.install import part_places, places
from agentconv.install.draft import parents
from agentconv.sources.places_on_disk import matches

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from agentconv.core.kinds import Kind
    from agentconv.disk.reader import Reader
    from agentconv.install.deployment import Deployment
    from agentconv.install.places import Scope
    from agentconv.sync.settings import Settings

KIND: Kind = "instructions"


@dataclass(slots=True)
class FilesAfter:
    """What is there, and what is written."""

    reader: Reader
    scope: Scope
    ours: Collection[str]
    """Files that go where nobody wants them any more."""
    _written: set[str] = field(default_factory=set)
    _gone: set[str] = field(default_factory=set)
    _said: dict[str, bool] = field(default_factory=dict)
    """What was answered of files that were looked for."""

    def of(self, target: str) -> Callable[[str], bool]:
        """Return what says of a path, as conversions to a target have it, whether a file is there."""
        where = places.targets()[target]
        return lambda path: self._answered(self.scope.part_path(where, path))

    def _answered(self, path: str) -> bool:
        return self._said.setdefault(path, self._is_there(path))

    def _is_there(self, path: str) -> bool:
        return path in self._written or (path not in self._gone and self.reader.read(path) is not None)

    def settle(self, convert: Callable[[], Iterable[Deployment]]) -> tuple[Deployment, ...]:
        """Return what targets get once all of it is there. What is ours counts as long as it is wanted, so that it stays as it was."""
        while True:
            self._said.clear()
            done = tuple(convert())
            wanted = {want.path for one in done for want in one.wanted}
            self._written |= {one for path in wanted for one in (path, *parents(path))}
            self._gone |= {*self.ours} - wanted
            if all(self._is_there(path) == was for path, was in self._said.items()):
                return done


def hiding(settings: Settings, paths: Iterable[str], present: Callable[[str], bool]) -> Iterator[tuple[str, str, bool]]:
    """Yield for files of the source which others would keep a target from them, and whether those are there.

    Args:
        settings: What the project says.
        paths: The source's files of instructions.
        present: Says whether a file is there.
    """
    files = tuple(paths)
    for target in settings.targets:
        module = part_places.module_of(target, KIND)
        for place in module.project if module is not None else ():
            for path in (path for path in files if place.unless and matches(place, path)):
                for other in others(place, path):
                    yield path, other, present(other)
