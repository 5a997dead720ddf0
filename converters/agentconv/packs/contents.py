"""What is in a pack against what its manifest says, and against what was recorded: names, sizes and checksums of every file.

Nothing here knows how the files are kept; nothing is read beyond the size that was promised for it.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.core.expressions import expression
from agentconv.packs import manifest as pack_manifest
from agentconv.packs import paths as pack_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from agentconv.packs.manifest import Manifest, PackedFile

MAX_FILE_BYTES = 16 * 1024 * 1024
MAX_BYTES = 256 * 1024 * 1024
MAX_FILES = 20_000
START = "__init__.py"
_CODE = expression(r".*\.(?:py|pyc|pyo|pyw|pyx|pth|egg-link|pyd|dll|dylib|exe|so(?:\.\d+)*)[ .]*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an installer, or a wheel's `RECORD`, says of one file."""

    algorithm: str
    """Empty where there is no checksum."""
    digest: str
    """Lower-case hexadecimal."""
    bytes: int | None


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of an import package, wherever they are."""

    place: str
    """Where, for people."""
    sizes: Mapping[str, int]
    """By path below the package."""
    load: Callable[[str, int], bytes]
    """Returns a file's bytes, at most as many as are asked for. Raises InputError."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A pack whose files are what its manifest says."""

    manifest: Manifest
    manifest_sha256: str
    place: str
    read: Callable[[str], bytes]
    """Returns a file of the manifest, checked again. Raises InputError."""
    wheel_sha256: str | None = None
    verified: bool = False
    """Whether they are what was recorded, too."""


def wrong(message: str, place: str, hint: str = "nothing of it was used; install it again, or ask whoever made it") -> InputError:
    """Make the error for a pack that may not be used."""
    return InputError(Diagnostic(Code.PACK, Severity.ERROR, f"this pack may not be used: {message}", Span(place), hint))


def shown(path: Path) -> str:
    """Return a path as people need it: relative where it is below the current folder."""
    absolute, here = os.path.abspath(path), os.path.join(os.getcwd(), "")
    return absolute.removeprefix(here).replace(os.sep, "/")


def check_data_only(paths: Iterable[str], place: str, empty: str = START) -> None:
    """Refuse paths that Python, or the system, would run.

    Args:
        paths: Of everything in the pack.
        place: Where the pack is.
        empty: The one module that it may have.

    Raises:
        InputError: There is one.
    """
    found = next((path for path in paths if path != empty and _CODE.fullmatch(path)), None)
    if found is not None:
        raise wrong(f"a pack holds data only, and `{found}` is code", place)


def check_limits(sizes: Mapping[str, int], place: str) -> None:
    """Refuse more than a pack may hold.

    Raises:
        InputError: There are too many files, or too large ones.
    """
    if len(sizes) > MAX_FILES:
        raise wrong(f"it has more than {MAX_FILES:,} files", place)
    large = next((path for path, size in sizes.items() if size > MAX_FILE_BYTES), None)
    if large is not None:
        raise wrong(f"`{large}` has {sizes[large]:,} bytes; a file of a pack may have {MAX_FILE_BYTES:,}", place)
    if sum(sizes.values()) > MAX_BYTES:
        raise wrong(f"its files have {sum(sizes.values()):,} bytes together; a pack may have {MAX_BYTES:,}", place)


def check(contents: Contents, recorded: Mapping[str, Recorded] | None = None) -> Checked:
    """Read a pack's manifest and compare every file with it.

    Args:
        contents: The files that are there.
        recorded: What they were when they were put there; None where nothing says so.

    Raises:
        InputError: Something is not what it was said to be.
    """
    place = contents.place
    check_data_only(contents.sizes, place)
    check_limits(contents.sizes, place)
    if pack_manifest.FILE not in contents.sizes:
        raise wrong(f"it has no `{pack_manifest.FILE}`", place)
    if START not in contents.sizes:
        raise wrong(f"it has no `{START}`, without which Python does not find it", place)
    if contents.sizes[START]:
        raise wrong(f"a pack holds data only, and its `{START}` is not empty", place)
    if recorded is not None:
        _check_names(contents.sizes, recorded, place)
    data = contents.load(pack_manifest.FILE, contents.sizes[pack_manifest.FILE] + 1)
    if recorded is not None:
        check_recorded(pack_manifest.FILE, data, recorded[pack_manifest.FILE], place)
    manifest = pack_manifest.load(data, f"{place}/{pack_manifest.FILE}")
    held = {file.path: file for file in manifest.files}
    _check_manifest(contents.sizes, held, place)
    for file in manifest.files:
        content = _read(contents, held, file.path)
        if recorded is not None:
            check_recorded(file.path, content, recorded[file.path], place, file.sha256)
    return Checked(manifest, hashlib.sha256(data).hexdigest(), place, partial(_read, contents, held), verified=recorded is not None)


def _check_names(sizes: Mapping[str, int], recorded: Mapping[str, Recorded], place: str) -> None:
    for path in sizes:
        if path not in recorded:
            raise wrong(f"`{path}` is there, and its RECORD does not name it", place)
    for path in recorded:
        if path not in sizes:
            raise wrong(f"`{path}` is missing, which its RECORD names", place)


def _check_manifest(sizes: Mapping[str, int], held: Mapping[str, PackedFile], place: str) -> None:
    for path in sizes:
        if path not in held and path != pack_manifest.FILE:
            problem = pack_paths.problem(path)
            raise wrong(f"`{path}` is {problem}" if problem else f"`{path}` is there, and its manifest does not name it", place)
    for path, file in held.items():
        if path not in sizes:
            raise wrong(f"`{path}` is missing, which its manifest names", place)
        if sizes[path] != file.bytes:
            raise wrong(f"`{path}` has {sizes[path]:,} bytes, and its manifest says {file.bytes:,}", place)


def _read(contents: Contents, held: Mapping[str, PackedFile], path: str) -> bytes:
    if path not in held:
        raise wrong(f"its manifest does not name `{path}`", contents.place)
    file = held[path]
    data = contents.load(path, file.bytes + 1)
    if len(data) != file.bytes or hashlib.sha256(data).hexdigest() != file.sha256:
        raise wrong(f"`{path}` is not the file that its manifest describes", contents.place)
    return data


def check_recorded(path: str, data: bytes, recorded: Recorded, place: str, sha256: str | None = None) -> None:
    """Compare a file with what was recorded of it.

    Args:
        path: Its name, for the message.
        data: Its bytes.
        recorded: What they should be.
        place: Where the pack is.
        sha256: Of the bytes, where that is known.

    Raises:
        InputError: They differ.
    """
    if not recorded.algorithm:
        raise wrong(f"its RECORD has no checksum of `{path}`", place)
    if recorded.algorithm == "sha256":
        actual = sha256 or hashlib.sha256(data).hexdigest()
    else:
        actual = hashlib.new(recorded.algorithm, data).hexdigest()
    if actual != recorded.digest or recorded.bytes not in (None, len(data)):
        raise wrong(f"`{path}` is not the file that its RECORD describes", place, _CHANGED)


_CHANGED = "it was changed after it was made; nothing of it was used; install it again"
