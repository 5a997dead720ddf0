"""Packs that are installed in a Python environment: found by their entry point, and compared with what was installed.

Nothing of a distribution is imported: its metadata are text, and its package is a folder that Python's own path finder names.
"""

from __future__ import annotations

import importlib
import json
import os
from importlib.machinery import PathFinder
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import InputError
from agentconv.packs import folder as pack_folder
from agentconv.packs import record
from agentconv.packs.contents import MAX_FILE_BYTES, START, Checked, check, check_recorded, shown, wrong

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_RECORD_ITSELF = "RECORD"


@dataclass(frozen=True, slots=True)
class Found:
    """A distribution that says it is a pack."""

    name: str
    version: str
    distribution: Distribution
    site: Path
    twice: bool = False
    """Whether its folder has another distribution of this name."""


def find(folders: Iterable[Path]) -> dict[str, Found | InputError]:
    """Return the packs of an environment by normalised name; of those of one name, the one that Python finds first."""
    importlib.invalidate_caches()
    found: dict[str, Found | InputError] = {}
    for site in folders:
        for distribution in _claiming(site):
            try:
                name, version = record.names(distribution, shown(site))
            except InputError as error:
                found.setdefault(f"~{len(found)}", error)  # it has no name; it comes after the others
                continue
            earlier = found.get(record.normal(name))
            if isinstance(earlier, Found) and earlier.site == site:
                found[record.normal(name)] = replace(earlier, twice=True)
            elif earlier is None:
                found[record.normal(name)] = Found(name, version, distribution, site)
    return dict(sorted(found.items()))


def names(folders: Iterable[Path]) -> list[str]:
    """Return the names of the packs of an environment, of which nothing is checked."""
    return [found.name for found in find(folders).values() if isinstance(found, Found)]


def _claiming(site: Path) -> Iterator[Distribution]:
    """Yield the distributions that have an entry point of our group; others' broken metadata are none of our business."""
    for distribution in distributions(path=[str(site)]):
        try:
            text = distribution.read_text("entry_points.txt") or ""
        except (OSError, ValueError):
            continue
        lines = (line.strip() for line in text.splitlines())
        if any(line.startswith("[") and line.strip("[] ") == record.GROUP for line in lines):
            yield distribution


def open_installed(found: Found) -> Checked:
    """Check an installed pack.

    Raises:
        InputError: It is not what was installed, not what its manifest says, or holds what a pack may not.
    """
    place = f"{shown(found.site)}/{found.name}"
    if found.twice:
        raise wrong("its environment has two distributions of that name", place, "remove both, and install it again")
    package = record.package_named(record.entry_points(found.distribution, place), place)
    place = shown(found.site / package)
    direct = _direct_url(found.distribution)
    editable = bool(_map(direct.get("dir_info")).get("editable"))
    folder = None if editable else _located(package, [found.site])
    if folder is None:
        folder = _located(package, [found.site, *_plain_paths(found.site)])
        editable = True
    if folder is None and (found.site / package).is_dir():
        raise wrong(f"it has no `{START}`, without which Python does not find it", place)
    if folder is None:
        hint = "an editable install that needs code of its own to be found cannot be used; install it without -e, or name its folder"
        raise wrong(f"its package `{package}` is in none of its environment's folders", place, hint)
    if editable:
        checked = check(pack_folder.contents(Path(os.path.realpath(folder))))
        record.check_manifest_names((found.name, found.version), checked.manifest, checked.place)
        return checked
    return replace(_verified(found, folder, package), wheel_sha256=_wheel_sha256(direct))


def _located(package: str, paths: Iterable[Path]) -> Path | None:
    """Return the folder of a top-level package; None where there is none with a module of its own."""
    spec = PathFinder.find_spec(package, [str(path) for path in paths])
    if spec is None or spec.origin is None or os.path.basename(spec.origin) != START:
        return None
    return Path(spec.origin).parent


def _plain_paths(site: Path) -> Iterator[Path]:
    """Yield the folders that the `.pth` files of an environment add, without running the lines of theirs that are code."""
    for file in sorted(site.glob("*.pth")):
        try:
            lines = pack_folder.read(site, shown(site), file.name, MAX_FILE_BYTES).decode("utf-8", "replace").splitlines()
        except InputError:
            continue
        for line in lines:
            words = line.strip()
            if words and not words.startswith(("#", "import ", "import\t")) and "\0" not in words and (site / words).is_dir():
                yield site / words


def _verified(found: Found, folder: Path, package: str) -> Checked:
    place = shown(folder)
    try:
        text = found.distribution.read_text(_RECORD_ITSELF)
    except (OSError, ValueError):
        raise wrong("its RECORD cannot be read", place) from None
    if text is None:
        raise wrong("it has no RECORD, so that nothing says what was installed", place)
    recorded = {path: one for path, one in record.parse(text, place).items() if not pack_folder.is_compiled(path)}
    own, info = record.check_layout(recorded, place)
    if own != package:
        raise wrong(f"its entry point names `{package}`, and its package is `{own}`", place)
    within = f"{package}/"
    for path, one in recorded.items():
        if not path.startswith(within) and (one.algorithm or path in (f"{info}/METADATA", f"{info}/entry_points.txt")):
            check_recorded(path, pack_folder.read(found.site, place, path, MAX_FILE_BYTES), one, place)
    contents = pack_folder.contents(folder)
    checked = check(contents, {path.removeprefix(within): one for path, one in recorded.items() if path.startswith(within)})
    record.check_names((found.name, found.version), info, checked.manifest, place)
    return checked


def _direct_url(distribution: Distribution) -> dict[str, Any]:
    """Return where a distribution was installed from: https://packaging.python.org/en/latest/specifications/direct-url/ ."""
    try:
        return _map(json.loads(distribution.read_text("direct_url.json") or "{}"))
    except (OSError, ValueError, RecursionError):
        return {}


def _map(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _wheel_sha256(direct: dict[str, Any]) -> str | None:
    archive = _map(direct.get("archive_info"))
    legacy = str(archive.get("hash", "")).partition("=")
    found = _map(archive.get("hashes")).get("sha256") or (legacy[2] if legacy[0] == "sha256" else None)
    is_digest = isinstance(found, str) and len(found) == 64 and all(char in "0123456789abcdef" for char in found)
    return found if is_digest else None
