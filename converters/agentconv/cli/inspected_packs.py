"""A pack that `agentconv inspect` is asked about: as a project would have it that has what its author had, and nothing else."""

from __future__ import annotations

import argparse
import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import InputError
from agentconv.core.expressions import expression
from agentconv.disk.files import Disk
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.packs.finding import Pack
    from agentconv.sources.loaded import Loaded

_MANIFEST = "agentpack.json"
_NAME = expression(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
"""What a distribution may be called."""


def named(options: argparse.Namespace) -> tuple[Pack, list[str]] | None:
    """Return the pack that SRC begins with, a wheel, a folder or the name of an installed one, and the words behind it, which name agents.

    Raises:
        InputError: It is a pack, and not what it says.
    """
    word, *words = options.sources or [""]
    pack = _pack(word)
    if pack is None:
        return None
    if other := next((one for one in words if _is_file(one)), None):
        raise registry.usage(f"packs are inspected one at a time, and `{other}` is another one", "name each by itself")
    return pack, words


@contextlib.contextmanager
def opened(options: argparse.Namespace, pack: Pack, words: Sequence[str]) -> Iterator[None]:
    """Let the files of a pack be those that are inspected, for as long as this lasts.

    Args:
        options: The command line.
        pack: The pack.
        words: Names of its agents; none for all.

    Raises:
        InputError: It has no such agent.
    """
    import tempfile

    from agentconv.install import deployment

    deployment.agent_ids(pack.manifest, words)
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
            options.sources = [os.curdir, *words]
            yield


def _pack(word: str) -> Pack | None:
    """Return the pack that a word names, if it does."""
    if _is_file(word):
        from agentconv.packs import finding

        return finding.open_file(word) if word.lower().endswith(".whl") else finding.open_folder(word)
    if not _NAME.fullmatch(word) or os.path.lexists(word):
        return None
    return _installed(word)


def _installed(name: str) -> Pack | None:
    """Return the pack of a name, where a distribution that is installed is one."""
    from agentconv.cli import project
    from agentconv.packs import environment as environments
    from agentconv.packs import finding, installed, record

    try:
        environment = environments.choose(None, project.root(argparse.Namespace(project=None)))
    except InputError:  # the word may be an agent's name, and has no need of any
        return None
    return finding.find(name, environment) if record.normal(name) in installed.find(environment.folders) else None


def _is_file(word: str) -> bool:
    """Whether a word is a wheel, or the folder of a pack."""
    return word.lower().endswith(".whl") or os.path.isfile(os.path.join(word, _MANIFEST))


def _files(pack: Pack) -> dict[str, tuple[bytes, bool]]:
    """Return what is in a pack, by path, and whether it is a program: parts as their author's assistant has them, and agents."""
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
