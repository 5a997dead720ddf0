"""What earlier versions made, kept as bytes in `fixtures/<version>`; the README there says what each folder holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parent.parent / "fixtures"
VERSIONS = sorted(path for path in FIXTURES.iterdir() if path.name[0].isdecimal())


def kept(pattern: str) -> list[Any]:
    """Return a parameter for each path that matches a pattern below the folder of a version."""
    return [pytest.param(path, id=path.relative_to(FIXTURES).as_posix()) for version in VERSIONS for path in sorted(version.glob(pattern))]


def tree(folder: Path) -> dict[str, bytes | None]:
    """Return everything below a folder with its bytes, None for a folder; but for an environment that packs are installed in."""
    found = sorted(path for path in folder.rglob("*") if ".venv" not in path.relative_to(folder).parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in found}


def version_of(path: Path) -> Path:
    """Return the folder of the version that a path is kept for."""
    return next(version for version in VERSIONS if path.is_relative_to(version))
