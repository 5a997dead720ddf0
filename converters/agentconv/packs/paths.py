"""Paths inside a pack: the same file on every system, and never one outside of the folder that the pack is put into."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterable

_RESERVED = expression(r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])[ .]*(?:\..*)?", re.IGNORECASE)
_FORBIDDEN = expression(r'[\x00-\x1f\x7f<>:"|?*\\]')
_LONGEST_PART = 200
"""Bytes of one part: file systems take 255, and a backup's or a temporary name has to be longer than the file's."""
_LONGEST_PATH = 800


def problem(path: str) -> str | None:
    """Say why a path is not one that a pack may hold; None when it is.

    Args:
        path: POSIX, relative to the pack's folder.
    """
    if path.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", path):
        return "an absolute path"
    parts = path.split("/")
    if ".." in parts:
        return "a path that leads out of the pack"
    if "" in parts or "." in parts:
        return "a path with an empty part"
    if unicodedata.normalize("NFC", path) != path:
        return "a path that is not in Unicode's composed form, and another one on some systems"
    if len(path.encode("utf-8", "surrogatepass")) > _LONGEST_PATH:
        return "a path that is too long for some systems"
    return next((reason for part in parts if (reason := _part_problem(part))), None)


def _part_problem(part: str) -> str | None:
    if _FORBIDDEN.search(part):
        return "a name with a character that some systems do not take"
    if any("\ud800" <= char <= "\udfff" for char in part):
        return "a name that is no Unicode"
    if part.endswith((".", " ")):
        return "a name that ends in a dot or blank, which some systems cut off"
    if _RESERVED.fullmatch(part):
        return "a name that Windows reserves"
    return "a name that is too long for some systems" if len(part.encode("utf-8")) > _LONGEST_PART else None


def clash(paths: Iterable[str]) -> tuple[str, str] | None:
    """Return two paths that are one file where case does not count, or of which one would have to be a file and a folder."""
    seen: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in paths:
        key = _key(path)
        parents = [parent.as_posix() for parent in PurePosixPath(key).parents if parent.as_posix() != "."]
        other = seen.get(key) or folders.get(key) or next((seen[parent] for parent in parents if parent in seen), None)
        if other is not None:
            return other, path
        seen[key] = path
        folders.update(dict.fromkeys(parents, path))
    return None


def _key(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


class Portable:
    """Gives each path its nearest portable form, each another one."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def give(self, path: str) -> str:
        """Return a portable path that no other one got."""
        parts = [self._part(part) for part in path.split("/") if part not in ("", ".", "..")] or ["file"]
        found, number = "/".join(parts), 2
        pure = PurePosixPath(found)
        while _key(found) in self._taken:
            found, number = str(pure.with_name(f"{pure.stem}-{number}{pure.suffix}")), number + 1
        self._taken.add(_key(found))
        return found

    @staticmethod
    def _part(part: str) -> str:
        text = _FORBIDDEN.sub("-", unicodedata.normalize("NFC", part.encode("utf-8", "replace").decode("utf-8"))).rstrip(". ")
        stem, dot, suffix = text.rpartition(".")
        stem, end = (stem, f"{dot}{suffix}") if dot and stem else (text, "")
        while len(f"{stem}{end}".encode()) > _LONGEST_PART - 10 and stem:
            stem = stem[:-1]
        text = f"{stem.rstrip()}{end}" or "file"
        return f"_{text}" if _RESERVED.fullmatch(text) else text
