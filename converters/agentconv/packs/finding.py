"""Packs that are there to be deployed: found and verified without running anything of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import InputError
from agentconv.core.expressions import expression
from agentconv.core.parts import FolderFile
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.packs import folder as pack_folder
from agentconv.packs import installed as pack_installed
from agentconv.packs import record, wheel
from agentconv.packs.contents import wrong
from agentconv.sources import loading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.packs.contents import Checked
    from agentconv.packs.environment import Environment
    from agentconv.packs.manifest import Manifest
    from agentconv.sources.loaded import Loaded

PIP, WHEEL, FOLDER = "pip", "wheel", "folder"
_NAME, _VERSION = expression(r"[A-Za-z0-9._-]+"), expression(r" ?[=<>~!]=?")


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
        named = {agent.id for agent in self.manifest.agents}
        for piece in loading.with_ids(self._loaded()):
            unnamed = next((agent.id for agent in piece.agents if agent.id not in named), None)
            if unnamed is not None:
                raise wrong(f"the agent `{unnamed}` is in `{piece.path}`, and its manifest does not name it", self.place)
            yield piece

    def _loaded(self) -> Iterator[Loaded]:
        for source in self.manifest.sources:
            if source.format in registry.FORMATS:
                scripts = tuple(FolderFile(one.path, self.read(one.file), one.executable) for one in source.scripts)
                for piece in loading.load_source(source.format, SourceText(source.path, self.read(source.file))):
                    yield replace(piece, scripts=scripts) if scripts else piece


def find(word: str, environment: Environment) -> Pack:
    """Find one pack and verify it.

    Args:
        word: Name of an installed distribution, a `.whl` file, or a folder: an import package, or one that holds exactly one.
        environment: Where installed packs are (`pack_environment.choose`).

    Raises:
        InputError: There is none, or it is not what it says.
    """
    path = Path(word)
    if word.lower().endswith(".whl"):
        return open_file(word)
    if os.path.basename(word) == word and word not in ("", ".", ".."):
        known = pack_installed.find(environment.folders)
        found = known.get(record.normal(word))
        if found is not None:
            return _opened(found)
    else:
        known = {}
    if path.is_dir():
        return open_folder(word)
    if path.exists():
        raise registry.usage(f"`{word}` is no pack", "a pack is the name of an installed one, a .whl file or a folder")
    raise _missing(word, known, environment)


def open_file(word: str) -> Pack:
    """Verify a pack that is a `.whl` file.

    Raises:
        InputError: There is none, or it is not what it says.
    """
    path = Path(word)
    if not os.path.lexists(path):
        raise registry.usage(f"there is no file `{word}`", "`agentconv pack` makes such files, below `dist` where -o names no other folder")
    return _pack(wheel.open_wheel(path), WHEEL)


def open_folder(word: str) -> Pack:
    """Read a pack that is a folder.

    Raises:
        InputError: There is none, or it is not what it says.
    """
    return _pack(pack_folder.open_folder(Path(word)), FOLDER)


def installed(environment: Environment) -> list[Pack | Diagnostic]:
    """Return every installed pack by name, and for each that may not be used, what is wrong with it."""
    packs: list[Pack | Diagnostic] = []
    for found in pack_installed.find(environment.folders).values():
        try:
            packs.append(_opened(found))
        except InputError as error:
            packs.append(error.diagnostic)
    return packs


def _opened(found: pack_installed.Found | InputError) -> Pack:
    if isinstance(found, InputError):
        raise found
    return _pack(pack_installed.open_installed(found), PIP)


def _pack(checked: Checked, origin: str) -> Pack:
    return Pack(checked.manifest, origin, checked.place, checked.manifest_sha256, checked.read, checked.wheel_sha256, checked.verified)


def _missing(word: str, known: Iterable[str], environment: Environment) -> InputError:
    if os.path.basename(word) != word or not word:
        return registry.usage(f"there is no pack `{word}`", "a pack is the name of an installed one, a .whl file or a folder")
    name = _NAME.match(word)
    if name and _VERSION.match(word, name.end()):
        raise registry.usage(
            f"a pack is named without its version: `{word}`", f"name {name[0]}; which version is deployed is the one that is installed"
        )
    message = f"no pack `{word}` is installed in {environment.looked}"
    return registry.usage(message, registry.did_you_mean(record.normal(word), known, environment.hint))
