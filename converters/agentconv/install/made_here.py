"""Whether a project is the one that a pack is made in: its agents are its author's there, and no pack takes them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.formats import registry
from agentconv.packs import finding, record
from agentconv.sources import settings_file

if TYPE_CHECKING:
    from agentconv.disk.reader import Reader
    from agentconv.install.places import Scope
    from agentconv.packs.finding import Pack

_BUILT = "dist"
"""Where `agentconv pack` puts what it makes, unless it is told otherwise."""
_WHEEL, _SDIST = "-py3-none-any.whl", ".tar.gz"


def is_made_here(pack: Pack, scope: Scope, reader: Reader) -> bool:
    """Whether all that a pack was made of lies here as it was, and the project is known to make it: who only has the pack does not.

    It is by what was built of it, or by the name of the pack in the project's settings.
    """
    if scope.is_user or not (_is_built_here(pack, scope, reader) or _is_named_here(pack, scope)):
        return False
    sources = [one for one in pack.manifest.sources if not registry.FORMATS[one.format].bundle]
    return bool(sources) and all(reader.read(one.path) == pack.read(one.file) for one in sources)


def _is_built_here(pack: Pack, scope: Scope, reader: Reader) -> bool:
    manifest = pack.manifest
    stem = f"{record.normal(manifest.name).replace('-', '_')}-{manifest.version}"
    if any(isinstance(reader.read(f"{_BUILT}/{stem}{end}"), bytes) for end in (_SDIST, _WHEEL)):
        return True
    if pack.origin != finding.WHEEL or not pack.place.endswith(_WHEEL):
        return False
    beside = Path(pack.place.removesuffix(_WHEEL) + _SDIST)
    return beside.is_file() and Path(os.path.realpath(beside)).is_relative_to(os.path.realpath(scope.root))


def _is_named_here(pack: Pack, scope: Scope) -> bool:
    """Whether the project's settings call what it packs by the pack's name."""
    try:
        tables = [file.values.get("pack") for file in settings_file.of_folder(scope.root)]
    except InputError:
        return False
    said = [table.get("name") for table in tables if isinstance(table, dict)]
    return record.normal(pack.manifest.name) in [record.normal(name) for name in said if isinstance(name, str)]


def told(pack: Pack) -> Diagnostic:
    """Say that a project keeps what a pack was made of."""
    message = f"{pack.manifest.name} is made of this project's own files: they stay its own, and the lock says nothing of them"
    return Diagnostic(Code.EXISTS, Severity.NOTE, message, hint="agentconv sync keeps other assistants in step with them")
