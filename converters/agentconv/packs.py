"""Packs that are there to be deployed: found and verified without running anything of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconv import loading, registry
from agentconv.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentconv.diagnostics import Diagnostic
    from agentconv.loading import Loaded
    from agentconv.pack_environment import Environment
    from agentconv.pack_manifest import Manifest

PIP, WHEEL, FOLDER = "pip", "wheel", "folder"


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack whose manifest was read and whose files are what it says."""

    manifest: Manifest
    origin: str
    """How it is there: `PIP` (installed in a Python environment), `WHEEL` (a file) or `FOLDER`."""
    place: str
    """Where it is, for people."""
    manifest_sha256: str
    """Pins everything in it, since the manifest has the checksum of each file."""
    read: Callable[[str], bytes]
    """Returns a file of the manifest, checked against it. Raises InputError."""
    wheel_sha256: str | None = None
    """Of the wheel, where that is known."""
    verified: bool = True
    """Whether the files are what was installed; editable installs and folders have nothing that could tell."""

    def pieces(self) -> Iterator[Loaded]:
        """Yield its agents file by file, with the ids of the manifest.

        Raises:
            InputError: A file of it is not what the manifest says.
        """
        return loading.with_ids(self._loaded())

    def _loaded(self) -> Iterator[Loaded]:
        for source in self.manifest.sources:
            if source.format in registry.FORMATS:
                yield from loading.load_source(source.format, SourceText(source.path, self.read(source.file)))


def find(word: str, environment: Environment) -> Pack:
    """Find one pack and verify it.

    Args:
        word: Name of an installed distribution, a `.whl` file, or a folder: an import package, or one that holds exactly one.
        environment: Where installed packs are (`pack_environment.choose`).

    Raises:
        InputError: There is none, or it is not what it says.
    """
    raise NotImplementedError


def installed(environment: Environment) -> list[Pack | Diagnostic]:
    """Return every installed pack by name, and for each that may not be used, what is wrong with it."""
    raise NotImplementedError
