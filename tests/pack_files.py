"""Packs for tests, made by hand: the files of an import package, a distribution of them, a wheel, an environment with it.

Each step takes and returns a plain map of paths to bytes, so that a test changes one file, or one line of `RECORD`, between two steps.
"""

from __future__ import annotations

import base64
import hashlib
import os
import zipfile
from contextlib import chdir
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import TYPE_CHECKING
from unittest import mock

from flit_core import buildapi

from agentconv.core.source import SourceText
from agentconv.pack import building
from agentconv.packs import manifest as pack_manifest
from agentconv.packs.manifest import Manifest, PackedAgent, PackedFile, PackedSource
from agentconv.sources import loading

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME, VERSION, PACKAGE = "backend-agents", "1.2.0", "backend_agents"
REVIEWER = b"---\nname: reviewer\ndescription: Reviews changes\ntools: Read, Grep\n---\n\nReview what changed.\n"
WRITER = b"---\nname: writer\ndescription: Writes tests\n---\n\nWrite tests.\n"
SOURCES = {"reviewer.md": REVIEWER, "writer.md": WRITER}
_FORMATS = {".toml": "codex", ".md": "claude-code", "": "roo", ".json": "opencode"}
_TIME = (2016, 1, 1, 0, 0, 0)
_BUILDING = Lock()


def packed(sources: Mapping[str, bytes] | None = None, name: str = NAME, version: str = VERSION) -> dict[str, bytes]:
    """Return the files of an import package, its manifest included; a source's suffix says its format."""
    pieces: list[PackedSource] = []
    files = {"__init__.py": b""}
    for path, data in sorted((SOURCES if sources is None else sources).items()):
        format_id = _FORMATS[PurePosixPath(path).suffix]
        file = f"agents/{path}" if format_id == "claude-code" else f"sources/{format_id}/{path}"
        files[file] = data
        pieces.append(PackedSource(path, format_id, file))
    return {**files, pack_manifest.FILE: pack_manifest.dump(manifest(files, pieces, name, version))}


def manifest(files: Mapping[str, bytes], sources: list[PackedSource], name: str = NAME, version: str = VERSION) -> Manifest:
    """Return what a manifest says of these files and sources."""
    loaded = loading.with_ids(piece for one in sources for piece in loading.load_source(one.format, SourceText(one.path, files[one.file])))
    claude = {one.path: one.file for one in sources if one.format == "claude-code"}
    agents = [
        PackedAgent(agent.id, agent.id, agent.description or "", piece.path, claude.get(piece.path), piece.path in claude)
        for piece in loaded
        for agent in piece.agents
    ]
    held = [PackedFile(path, hashlib.sha256(data).hexdigest(), len(data)) for path, data in sorted(files.items())]
    return Manifest(name, version, "Agents for a backend.", agents=tuple(agents), sources=tuple(sources), files=tuple(held))


def distribution(
    files: Mapping[str, bytes] | None = None, name: str = NAME, version: str = VERSION, package: str = PACKAGE
) -> dict[str, bytes]:
    """Return what a wheel of an import package holds, but for `RECORD`."""
    files = packed(name=name, version=version) if files is None else files
    info = info_folder(name, version)
    return {
        **{f"{package}/{path}": data for path, data in files.items()},
        f"{info}/METADATA": f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[agentconv.packs]\n{name} = {package}\n".encode(),
    }


def info_folder(name: str = NAME, version: str = VERSION) -> str:
    return f"{name.replace('-', '_')}-{version}.dist-info"


def record(files: Mapping[str, bytes], path: str) -> bytes:
    """Return the `RECORD` of these files; itself it lists without a checksum."""
    lines = [f"{name},sha256={digest(data)},{len(data)}\n" for name, data in files.items()]
    return "".join([*lines, f"{path},,\n"]).encode()


def digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def with_record(files: Mapping[str, bytes], name: str = NAME, version: str = VERSION) -> dict[str, bytes]:
    path = f"{info_folder(name, version)}/RECORD"
    return {**files, path: record(files, path)}


def wheel(folder: Path, files: Mapping[str, bytes] | None = None, name: str = NAME, version: str = VERSION) -> Path:
    """Write a wheel; files without a `RECORD` get a true one."""
    files = distribution(name=name, version=version) if files is None else files
    held = files if any(path.endswith("/RECORD") for path in files) else with_record(files, name, version)
    path = folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    path.write_bytes(zipped(held))
    return path


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files as a zip archive."""
    import io

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(member(path), data)
    return stream.getvalue()


def member(path: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, _TIME)
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files below a folder."""
    for path, data in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return folder


def venv(folder: Path) -> Path:
    """Make what tells a virtual environment, and return its folder of installed distributions."""
    site = folder / "lib" / "python3.11" / "site-packages"
    site.mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.7\n")
    return site


def install(site: Path, files: Mapping[str, bytes] | None = None, name: str = NAME, version: str = VERSION, package: str = PACKAGE) -> Path:
    """Write a distribution as pip does: with who installed it, and the compiled `__init__.py`, which has no checksum."""
    files = distribution(name=name, version=version, package=package) if files is None else files
    if not any(path.endswith("/RECORD") for path in files):
        held = with_record({**files, f"{info_folder(name, version)}/INSTALLER": b"pip\n"}, name, version)
        compiled = f"{package}/__pycache__/__init__.cpython-311.pyc"
        path = f"{info_folder(name, version)}/RECORD"
        files = {**held, compiled: b"compiled", path: held[path] + f"{compiled},,\n".encode()}
    return write(site, files)


def built_here(tree: Path, kind: str, folder: str) -> building.Built:
    """Build as `building` does, in this process: that it is one of its own, which nothing of the user's can change, has its own tests."""
    os.makedirs(os.path.join(folder, kind), exist_ok=True)
    with _BUILDING, chdir(tree), mock.patch.dict(os.environ, {"SOURCE_DATE_EPOCH": building.TIME}):
        name = getattr(buildapi, f"build_{kind}")(os.path.join(folder, kind))
    return building.Built(name, Path(folder, kind, name).read_bytes())
