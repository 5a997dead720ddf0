"""Whose agents those of several assistants were to begin with: what `convert` wrote of them is no source of its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.conversion.along import With
from agentconv.conversion.converting import Options, convert
from agentconv.core.model_choices import NO_CHOICES, ModelChoices
from agentconv.sources import discovery
from agentconv.sources.loading import Loader
from agentconv.sources.parts import Parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from agentconv.sources.loaded import Loaded

_MODELS = (NO_CHOICES, ModelChoices(by_tier=True))
"""What a conversion may have been asked to make of models."""


def of(root: Path, clients: Sequence[str]) -> str | None:
    """Return the assistant of whose agents all the others' are what `convert` makes of them; None where there is not just one."""
    read = {client: _pieces(root, client) for client in clients}
    found = [one for one in clients if all(_is_made(root, read[one], one, other, len(read[other])) for other in clients if other != one)]
    return found[0] if len(found) == 1 else None


def first(root: Path | None, having: Mapping[str, int]) -> str:
    """Return the client whose agents the others' may be made from: of those with the most, the one that `convert` wrote the others of."""
    leading = [client for client, number in having.items() if number == max(having.values())]
    if root is None or len(leading) == 1:
        return leading[0]
    return of(root, leading) or leading[0]


def _pieces(root: Path, client: str) -> list[Loaded]:
    return [piece for piece in Loader(discovery.discover([os.fspath(root)], client).files) if piece.agents]


def _is_made(root: Path, pieces: Sequence[Loaded], source: str, target: str, number: int) -> bool:
    """Whether the files of a target, as many as there are, are to the byte what a conversion writes there."""
    place, parts = os.path.realpath(root), Parts([root], [source])
    for models in _MODELS:
        options = Options(deploy=True, models=models, along=With(needed=True), root=place)
        files = [one.file for one in convert(pieces, target, options, parts) if one.part is None and one.file is not None]
        if len(files) == number and all(_is_there(root / file.path, file.data) for file in files):
            return True
    return False


def _is_there(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data
