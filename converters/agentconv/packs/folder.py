"""The files of a pack that lie in a folder, and a folder as a pack: read without following a link, and not further than promised."""

from __future__ import annotations

import os
import re
import stat
from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.formats import registry
from agentconv.packs import manifest
from agentconv.packs.contents import MAX_FILES, Checked, Contents, check, shown, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CACHE = "__pycache__"
_COMPILED = expression(r"__init__\.[\w-]+(?:\.opt-\w+)?\.pyc", re.ASCII)
_LINK = "a pack holds no links; copy the files, or install it without --link-mode=symlink"


def is_compiled(path: str) -> bool:
    """Whether a path is the compiled form of a package's own `__init__.py`, which Python writes and nobody checks."""
    parts = path.split("/")
    return len(parts) == 3 and parts[1] == _CACHE and _COMPILED.fullmatch(parts[2]) is not None


def contents(folder: Path) -> Contents:
    """Return what lies in an import package's folder.

    Raises:
        InputError: It cannot be listed, or holds what is no regular file.
    """
    place = shown(folder)
    if folder.is_symlink():
        raise wrong("its folder is a symbolic link", place, _LINK)
    sizes: dict[str, int] = {}
    try:
        for path, size in _walk(str(folder), "", place):
            sizes[path] = size
            if len(sizes) > MAX_FILES:
                break  # which is too many, whatever else there is
    except OSError as error:
        raise wrong(f"it cannot be read: {(error.strerror or str(error)).lower()}", place) from None
    return Contents(place, sizes, partial(read, folder, place))


def _walk(folder: str, prefix: str, place: str) -> Iterator[tuple[str, int]]:
    pending = [(folder, prefix)]
    while pending:
        current, below = pending.pop()
        with os.scandir(current) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                path = f"{below}{entry.name}"
                if entry.is_symlink():
                    raise wrong(f"`{path}` is a symbolic link", place, _LINK)
                if entry.is_dir(follow_symlinks=False):
                    pending.append((entry.path, f"{path}/"))
                elif not entry.is_file(follow_symlinks=False):
                    raise wrong(f"`{path}` is no regular file", place)
                elif not is_compiled(f"package/{path}"):
                    yield path, entry.stat(follow_symlinks=False).st_size


def read(folder: Path, place: str, path: str, limit: int) -> bytes:
    """Return a file's first bytes, as many as are asked for.

    Raises:
        InputError: It cannot be read, or is no regular file.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(folder / path, flags), "rb") as stream:
            info = os.fstat(stream.fileno())
            if not stat.S_ISREG(info.st_mode):
                raise wrong(f"`{path}` is no regular file", place)
            return stream.read(min(limit, info.st_size + 1))  # a buffer of the limit would be made however short the file is
    except FileNotFoundError:
        raise wrong(f"`{path}` is missing", place) from None
    except OSError as error:
        raise wrong(f"`{path}` cannot be read: {(error.strerror or str(error)).lower()}", place) from None


def find(folder: Path) -> Path:
    """Return the import package that a folder is, or the one that lies in it.

    Raises:
        InputError: There is none, or more than one.
    """
    if (folder / manifest.FILE).is_file():
        return folder
    try:
        inside = sorted(path.parent for path in folder.glob(f"*/{manifest.FILE}") if path.is_file())
    except OSError as error:
        raise registry.usage(f"`{folder}` cannot be read: {(error.strerror or str(error)).lower()}") from None
    if not inside:
        wheels = sorted(folder.glob("*.whl"))
        hint = f"name the folder that holds `{manifest.FILE}`; `agentconv pack` makes one of agents"
        hint = f"name the wheel in it: {shown(wheels[-1])}" if wheels else hint
        raise registry.usage(f"there is no pack in `{shown(folder)}`", hint)
    if len(inside) > 1:
        raise registry.usage(f"there are several packs in `{shown(folder)}`", f"name one: {', '.join(shown(one) for one in inside)}")
    return inside[0]


def open_folder(folder: Path) -> Checked:
    """Check a folder as a pack; nothing tells whether it is what its maker wrote.

    Raises:
        InputError: It is none, or is not what its manifest says.
    """
    return check(contents(find(folder)))
