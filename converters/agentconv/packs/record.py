"""What the distribution around a pack says: its `RECORD`, names, entry points, and that it holds one import package of data.

https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from __future__ import annotations

import base64
import binascii
import csv
import re
from typing import TYPE_CHECKING

from agentconv.packs.contents import MAX_FILES, START, Recorded, check_data_only, wrong

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import Distribution, EntryPoint

    from agentconv.packs.manifest import Manifest

GROUP = "agentconv.packs"
_INFO = ".dist-info"
_ALGORITHMS = frozenset({"sha256", "sha384", "sha512"})


def parse(text: str, place: str) -> dict[str, Recorded]:
    """Read a `RECORD`.

    Raises:
        InputError: It is none, names a file twice, or has a checksum that proves nothing.
    """
    found: dict[str, Recorded] = {}
    try:
        for row in csv.reader(text.splitlines(), strict=True):
            path, checksum, size = row
            if path in found or len(found) > MAX_FILES:
                raise wrong(
                    f"its RECORD names `{path}` twice" if path in found else f"its RECORD names more than {MAX_FILES:,} files", place
                )
            found[path] = Recorded(*_checksum(checksum), int(size) if size else None)
    except (csv.Error, ValueError, binascii.Error):
        raise wrong("its RECORD cannot be read", place) from None
    return found


def _checksum(word: str) -> tuple[str, str]:
    algorithm, _, value = word.partition("=")
    if algorithm and algorithm not in _ALGORITHMS:
        raise ValueError(word)
    return algorithm, base64.b64decode(value + "=" * (-len(value) % 4), b"-_", validate=True).hex()


def check_layout(paths: Iterable[str], place: str) -> tuple[str, str]:
    """Return the one import package and the one `.dist-info` folder that a distribution has.

    Raises:
        InputError: It has another number of them, files elsewhere, or code.
    """
    packages: set[str] = set()
    infos: set[str] = set()
    paths = list(paths)
    for path in paths:
        top, mark, _ = path.partition("/")
        if path.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", path) or re.match("[A-Za-z]:", path):
            raise wrong(f"it has a file outside of its package, such as a script: `{path}`", place)
        if top.endswith(".data"):
            raise wrong(f"a pack has no scripts and no data outside of its package, and it has `{path}`", place)
        if not mark:
            check_data_only([path], place, "")
            raise wrong(f"`{path}` is beside its package", place)
        (infos if top.endswith(_INFO) else packages).add(top)
    if len(packages) != 1:
        raise wrong(f"a pack has one import package, and it has {', '.join(f'`{one}`' for one in sorted(packages)) or 'none'}", place)
    if len(infos) != 1:
        raise wrong(f"a distribution has one {_INFO} folder, and it has {', '.join(sorted(infos)) or 'none'}", place)
    package = packages.pop()
    check_data_only(paths, place, f"{package}/{START}")
    return package, infos.pop()


def entry_points(distribution: Distribution, place: str) -> list[EntryPoint]:
    """Return a distribution's entry points.

    Raises:
        InputError: Its file of them cannot be read.
    """
    try:
        return list(distribution.entry_points)
    except (TypeError, ValueError, OSError):  # what importlib.metadata makes of a line without `=`, or of bytes that are no text
        raise wrong("its entry_points.txt cannot be read", place) from None


def package_named(entries: Iterable[EntryPoint], place: str) -> str:
    """Return the import package that the one entry point of a pack names.

    Raises:
        InputError: There are others too, or it is more than the name of a top-level package.
    """
    entries = list(entries)
    other = next((entry for entry in entries if entry.group != GROUP), None)
    if other is not None:
        raise wrong(f"a pack holds data only, and it has an entry point of `{other.group}`: `{other.name}`", place)
    if len(entries) != 1:
        raise wrong(f"a pack has one entry point of `{GROUP}`, and it has {len(entries)}", place)
    value = entries[0].value
    if not (value.isascii() and value.isidentifier()):
        raise wrong(f"its entry point is not the name of a top-level package: `{value}`", place)
    return value


def names(distribution: Distribution, place: str) -> tuple[str, str]:
    """Return a distribution's name and version.

    Raises:
        InputError: It has none, or two.
    """
    try:
        metadata = distribution.metadata
        name, version = (metadata.get_all(key) or [] for key in ("Name", "Version"))
    except (ValueError, OSError, LookupError):
        raise wrong("its METADATA cannot be read", place) from None
    if len(name) != 1 or len(version) != 1:
        raise wrong("its METADATA does not give one name and one version", place)
    return str(name[0]), str(version[0])


def same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two names with versions are the same, as installers compare them."""
    return normal(one[0]) == normal(other[0]) and _version(one[1]) == _version(other[1])


def normal(name: str) -> str:
    """Return a distribution's name as installers compare it."""
    from packaging.utils import canonicalize_name

    return canonicalize_name(name)


def _version(version: str) -> object:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(version)
    except InvalidVersion:
        return version


def check_names(found: tuple[str, str], info: str, manifest: Manifest, place: str) -> None:
    """Compare what the distribution, its `.dist-info` folder and the manifest are called.

    Raises:
        InputError: They differ.
    """
    folder, _, version = info.removesuffix(_INFO).partition("-")
    if not same(found, (folder, version)):
        raise wrong(f"its METADATA says {' '.join(found)}, and its folder is `{info}`", place)
    check_manifest_names(found, manifest, place)


def check_manifest_names(found: tuple[str, str], manifest: Manifest, place: str) -> None:
    """Compare what the distribution and the manifest are called.

    Raises:
        InputError: They differ.
    """
    if not same(found, (manifest.name, manifest.version)):
        raise wrong(f"its METADATA says {' '.join(found)}, and its manifest {manifest.name} {manifest.version}", place)
