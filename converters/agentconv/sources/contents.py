"""Where the parts of a plugin or an extension lie: what the file that makes a folder one says, held against what is there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code, Diagnostic, Severity, Span
from agentconv.core.source import SourceText
from agentconv.disk import reading
from agentconv.formats import registry
from agentconv.parts import places
from agentconv.parts import registry as parts
from agentconv.sources import inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from agentconv.core.container import Catalog, Container, Contents, Fault
    from agentconv.core.kinds import Kind

_FAULT = "mend the path, or take it out"


@dataclass(frozen=True, slots=True)
class Contained:
    """A container of a client, as its own file has it."""

    client: str
    source: SourceText
    """Its own file, or the catalog that offers it."""
    contents: Contents
    catalog: Catalog | None = None

    @property
    def is_own(self) -> bool:
        """Whether the file is one of its client's own, rather than another one's that it reads too."""
        container = parts.container(self.client)
        return container is not None and self.source.path in container.files

    def called(self, kind: Kind, name: str) -> tuple[str, ...]:
        """Return what agents of the container call a part of it by."""
        container = parts.container(self.client)
        return container.called(self.contents.name, kind, name) if container and self.contents.name else (name,)

    def told(self, shown: Callable[[str], str]) -> Iterator[Diagnostic]:
        """Say what the client passes over, and why it takes nothing, where nobody reads the file for its agents."""
        row = registry.FORMATS[self.client]
        if self.contents.problem and not row.index:
            yield self._remark(self.contents.problem, self.source, shown(self.source.path))
        for fault in self.contents.faults:
            yield self._remark(fault, self.source, shown(self.source.path))
        for fault in self.contents.offered if self.catalog else ():
            yield self._remark(fault, self.catalog.source, self.catalog.source.path)  # type: ignore[union-attr]

    def _remark(self, fault: Fault, source: SourceText, path: str) -> Diagnostic:
        span = source.span(fault.start, fault.end)
        complaint, title = fault.complaint, registry.FORMATS[self.client].title
        message = f"{title}: {complaint.reason}"
        place = Span(path, span.line, span.column)
        hint = complaint.remedy or _FAULT
        return Diagnostic(
            Code.NOT_LOADED,
            Severity.WARNING,
            message,
            place,
            hint,
            None,
            self.client,
            complaint.key,
            effect=complaint.effect,
            reason=complaint.reason,
        )


def of_folder(folder: Path, client: str, catalog: Catalog | None = None) -> Contained | None:
    """Return the container of a client that a folder is, by a file of its own or as a catalog offers it; None where it is none."""
    if catalog is None and not any(os.path.lexists(folder / name) for name in places.container_files(client)):
        return None  # without so much as loading the client's containers
    container = parts.container(client)
    if container is None:
        return None

    def there(path: str) -> Literal["file", "folder"] | None:
        return _kind(folder / path)

    source = _own_file(folder, container)
    own = container.also.get(source.path, container.contents)(source, there) if source else None
    if catalog is not None:
        own = container.offered(catalog, there, own)
    return Contained(client, source or catalog.source, own, catalog) if own and (source or catalog) else None  # type: ignore[union-attr]


def _own_file(folder: Path, container: Container) -> SourceText | None:
    """Return the file that makes a folder a container."""
    for name in (*container.files, *container.also):
        place = folder / name
        if place.is_file():
            try:
                source = SourceText(name, reading.read(os.fspath(place), limit=inputs.MAX_AGENT_BYTES)[0])
            except OSError:
                continue  # whoever reads it for its agents says why
            if container.is_one(source):
                return source
    return None


def of_sources(sources: Iterable[SourceText], client: str) -> Contained | None:
    """Return the container of a client whose file is among those of a bundle."""
    container = parts.container(client)
    stored = {source.path: source for source in sources}
    for name in container.files if container else ():
        if container is not None and name in stored and container.is_one(stored[name]):
            return Contained(client, stored[name], container.contents(stored[name], lambda path: _stored(stored, path)))
    return None


def _kind(place: Path) -> Literal["file", "folder"] | None:
    return "file" if place.is_file() else "folder" if place.is_dir() else None


def _stored(paths: Iterable[str], path: str) -> Literal["file", "folder"] | None:
    if path in paths:
        return "file"
    return "folder" if not path or any(one.startswith(f"{path}/") for one in paths) else None
