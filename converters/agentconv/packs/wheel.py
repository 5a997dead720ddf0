"""A wheel as a pack, without pip: nothing of it is put on the disk, and nothing is read beyond what was promised."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import struct
import zipfile
import zlib
from importlib.metadata import Distribution
from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import replace
from agentconv.formats import registry
from agentconv.packs import paths, record
from agentconv.packs.contents import MAX_BYTES, MAX_FILES, Checked, Contents, check, check_limits, check_recorded, shown, wrong

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from agentconv.packs.contents import Recorded

_LARGEST = MAX_BYTES + 16 * 1024 * 1024
_ENTRY_BYTES = 300
"""How much of a wheel's directory one file takes at most, on average; it is read whole before its entries can be counted."""
_END = b"PK\x05\x06"
_END_BYTES = 22
_END_64 = b"PK\x06\x07"
_END_64_BYTES = 20
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError, OverflowError, RuntimeError, OSError)
"""What zipfile raises for archives that are damaged, or that it does not understand."""
_DAMAGED = "it is incomplete, or was changed; nothing of it was used; get it again"


def open_wheel(path: Path) -> Checked:
    """Check a wheel as a pack.

    Raises:
        InputError: It is none, is not what it says, or holds what a pack may not.
    """
    place = shown(path)
    named = _named(path.name, place)
    data = _bytes(path, place)
    archive = _archive(data, place)
    members = _members(archive, place)
    distribution = _InWheel(archive, members, place)
    package, info = record.check_layout(members, place)
    distribution.info = info
    _check_wheel(distribution.read_text("WHEEL") or "", place)
    value = record.package_named(record.entry_points(distribution, place), place)
    if value != package:
        raise wrong(f"its entry point names `{value}`, and its package is `{package}`", place)
    recorded = _recorded(distribution, archive, members)
    within = f"{package}/"
    sizes = {name.removeprefix(within): member.file_size for name, member in members.items() if name.startswith(within)}
    contents = Contents(place, sizes, lambda name, limit: _read(archive, members[within + name], limit, place))
    checked = check(contents, {name.removeprefix(within): one for name, one in recorded.items() if name.startswith(within)})
    found = record.names(distribution, place)
    record.check_names(found, info, checked.manifest, place)
    if not record.same(found, named):
        raise wrong(f"its METADATA says {' '.join(found)}, and its name is of {' '.join(named)}", place)
    return replace(checked, wheel_sha256=hashlib.sha256(data).hexdigest())


def _named(name: str, place: str) -> tuple[str, str]:
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    try:
        found = parse_wheel_filename(name)
    except InvalidWheelFilename:
        raise wrong(
            "its name is not NAME-VERSION-py3-none-any.whl, as wheels are called", place, "give it the name that it was made with"
        ) from None
    return found[0], str(found[1])


def _bytes(path: Path, place: str) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(path, flags), "rb") as stream:
            info = os.fstat(stream.fileno())
            if not stat.S_ISREG(info.st_mode):
                raise wrong("it is no regular file", place)
            data = stream.read(min(info.st_size, _LARGEST) + 1)
    except FileNotFoundError:
        raise registry.usage(f"there is no file `{place}`", "a pack is a name, a .whl file or a folder") from None
    except OSError as error:
        raise wrong(f"it cannot be read: {(error.strerror or str(error)).lower()}", place) from None
    if len(data) > _LARGEST:
        raise wrong(f"it has more than {_LARGEST:,} bytes", place)
    return data


def _archive(data: bytes, place: str) -> zipfile.ZipFile:
    """Open an archive that starts and ends where the file does, so that every program sees the same one."""
    if not data.startswith(b"PK\x03\x04"):
        message = "it has other data before its archive" if zipfile.is_zipfile(io.BytesIO(data)) else "it is no wheel: no zip archive"
        raise wrong(message, place, _DAMAGED)
    end = data[-_END_BYTES:]
    if not end.startswith(_END) or data[-_END_BYTES - _END_64_BYTES :].startswith(_END_64):
        message = "its archive has other data after it, or a form that no wheel needs"
        raise wrong(message if zipfile.is_zipfile(io.BytesIO(data)) else "its archive is cut off", place, _DAMAGED)
    if int.from_bytes(end[12:16], "little") > MAX_FILES * _ENTRY_BYTES:
        raise wrong(f"it has more than {MAX_FILES:,} files", place)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN:
        raise wrong("its archive is damaged", place, _DAMAGED) from None
    if min((member.header_offset for member in archive.infolist()), default=0) != 0:
        raise wrong("it has other data before its archive", place, _DAMAGED)
    return archive


def _members(archive: zipfile.ZipFile, place: str) -> dict[str, zipfile.ZipInfo]:
    """Return the files of an archive by name, each one that may be in a wheel on every system."""
    members: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        name = member.orig_filename  # as it is written: zipfile cuts names at NUL
        problem = paths.problem(name.removesuffix("/"))
        if problem:
            raise wrong(f"`{name}` is {problem}", place)
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFDIR if name.endswith("/") else stat.S_IFREG):
            raise wrong(f"`{name}` is {'a symbolic link' if kind == stat.S_IFLNK else 'no regular file'}", place)
        if member.flag_bits & 1:
            raise wrong(f"`{name}` is encrypted", place)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise wrong(f"`{name}` is compressed in a way that wheels are not", place)
        if name in members:
            raise wrong(f"it has `{name}` twice", place)
        if name.endswith("/"):
            if member.file_size:
                raise wrong(f"`{name}` is a folder with content", place)
            continue
        members[name] = member
    pair = paths.clash(members)
    if pair:
        raise wrong(f"`{pair[0]}` and `{pair[1]}` are one file on some systems", place)
    check_limits({name: member.file_size for name, member in members.items()}, place)
    return members


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int, place: str) -> bytes:
    try:
        with archive.open(member) as stream:
            return stream.read(limit)
    except _BROKEN:
        raise wrong(f"`{member.filename}` is damaged", place, _DAMAGED) from None


class _InWheel(Distribution):
    """The metadata in a wheel, read as importlib.metadata reads those of installed distributions."""

    def __init__(self, archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], place: str) -> None:
        self.archive = archive
        self.members = members
        self.place = place
        self.info = ""

    def read_text(self, filename: str) -> str | None:
        member = self.members.get(f"{self.info}/{filename}")
        try:
            return _read(self.archive, member, member.file_size + 1, self.place).decode("utf-8") if member else None
        except UnicodeDecodeError:
            raise wrong(f"its {filename} is no text", self.place) from None

    def locate_file(self, path: Any) -> Any:
        raise NotImplementedError(path)


def _check_wheel(text: str, place: str) -> None:
    """Check a wheel's own description: that it is of a version that we know, and that its files go where data goes."""
    from email.parser import HeaderParser

    found = HeaderParser().parsestr(text)
    version, pure = found.get("Wheel-Version", ""), found.get("Root-Is-Purelib", "")
    if version.split(".")[0] != "1":
        raise wrong(f"its WHEEL says version {version or 'nothing'}; this agentconv reads version 1", place)
    if pure.strip().lower() != "true":
        raise wrong("its WHEEL says that it is for one kind of machine; a pack holds data only", place)


def _recorded(distribution: _InWheel, archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]) -> dict[str, Recorded]:
    """Return what RECORD says, once it is known to name every file, and to be right about the metadata."""
    place, own = distribution.place, f"{distribution.info}/RECORD"
    if own not in members:
        raise wrong("it has no RECORD", place)
    recorded = record.parse(distribution.read_text("RECORD") or "", place)
    for name, member in members.items():
        if name not in recorded:
            raise wrong(f"`{name}` is there, and its RECORD does not name it", place)
        if name.startswith(f"{distribution.info}/") and name != own:
            check_recorded(name, _read(archive, member, member.file_size + 1, place), recorded[name], place)
    for name in recorded:
        if name not in members:
            raise wrong(f"`{name}` is missing, which its RECORD names", place)
    return recorded
