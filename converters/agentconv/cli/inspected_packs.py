"""A pack that `agentconv inspect` is asked about: as a project would have it that has what its author had, and nothing else."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.disk.files import Disk

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from agentconv.packs.finding import Pack
    from agentconv.sources.loaded import Loaded

_MANIFEST = "agentpack.json"


@contextlib.contextmanager
def opened(options: argparse.Namespace) -> Iterator[None]:
    """Let the files of a pack that is named be those that are inspected, for as long as this lasts.

    Raises:
        InputError: It is a pack, and not what it says.
    """
    word = options.sources[0] if len(options.sources) == 1 else ""
    if not word or not _is_pack(word):
        yield
        return
    import tempfile

    from agentconv.packs import finding

    pack = finding.open_file(word) if word.lower().endswith(".whl") else finding.open_folder(word)
    with tempfile.TemporaryDirectory() as folder:
        disk = Disk(Path(folder))
        for path, (data, executable) in _files(pack).items():
            if disk.read(path) is not None:  # version control's own, or what another one is the folder of
                continue
            place = Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
            place.chmod(0o755 if executable else 0o644)
        with contextlib.chdir(folder):
            options.sources = ["."]
            yield


def _is_pack(word: str) -> bool:
    """Whether a word is a wheel, or the folder of a pack."""
    if word.lower().endswith(".whl"):
        return os.path.isfile(word)
    return os.path.isfile(os.path.join(word, _MANIFEST))


def _files(pack: Pack) -> dict[str, tuple[bytes, bool]]:
    """Return what is in a pack, by path, and whether it is a program: parts as their author's assistant has them, and agents."""
    from agentconv.formats import registry
    from agentconv.packs import paths

    pieces = list(pack.pieces())
    found = {one.path: (pack.read(one.file), False) for one in pack.manifest.sources if not registry.FORMATS[one.format].bundle}
    for path, one in (*((one.path, (one.data, one.executable)) for piece in pieces for one in piece.scripts), *_parts(pieces)):
        found.setdefault(path, one)
    return {path: one for path, one in found.items() if not paths.problem(path)}


def _parts(pieces: Sequence[Loaded]) -> Iterator[tuple[str, tuple[bytes, bool]]]:
    """Yield the files of skills, commands, servers, hooks and rules."""
    from agentconv.conversion.along import EVERYTHING
    from agentconv.conversion.converting import Options, convert
    from agentconv.sources.parts import Parts

    clients = dict.fromkeys(one.client for piece in pieces for one in piece.parts)
    for client in list(clients)[:1]:
        for done in convert(pieces, client, Options(deploy=True, along=EVERYTHING), Parts()):
            if done.file is not None and (done.part or not done.agents):
                yield done.file.path, (done.file.data, done.file.executable)
