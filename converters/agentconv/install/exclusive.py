"""One run at a time below one root, with nothing left behind in it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def exclusive(root: Path, *, seconds: float = 10.0) -> Iterator[None]:
    """Hold a root for this process.

    Args:
        root: The project's folder, or the user's.
        seconds: How long to wait for another one.

    Raises:
        InputError: Another run holds it for longer than that.
    """
    raise NotImplementedError
    yield
