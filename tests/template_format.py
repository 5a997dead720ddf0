"""The template of a format, registered as a client like the others: for the suites that hold every format to the same.

Since its words, keys and files are among those of all clients there, these suites also hold that a new client changes nothing of
the others'.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentconv.core import schema_files, vocabulary
from agentconv.formats import _template, registry

if TYPE_CHECKING:
    from collections.abc import Iterator

ID = "template"
FOLDER = Path(_template.__file__).parent
CLIENTS = (*registry.CLIENTS, ID)
ROW = registry.Row("_template.template", "Template", (".template/agents",), (".md",))


@contextmanager
def registered() -> Iterator[None]:
    """Let the template be one of the clients."""
    schemas = {**schema_files.places(), ID: FOLDER / f"{ID}.schema.json"}
    of_parts = {**schema_files.part_places(), f"parts/commands/{ID}": FOLDER / f"{ID}.commands.schema.json"}
    words = {**vocabulary.places(), ID: FOLDER / f"{ID}.toml"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(registry.FORMATS, ID, ROW)
        patch.setitem(registry._KNOWN, ID, ID)
        patch.setattr(registry, "CLIENTS", CLIENTS)
        patch.setattr(schema_files, "places", lambda: schemas)
        patch.setattr(schema_files, "part_places", lambda: of_parts)
        patch.setattr(vocabulary, "places", lambda: words)
        _forget()
        yield
    _forget()


def _forget() -> None:
    """Forget what was found out about all clients."""
    for name in [name for name in sys.modules if name.startswith("agentconv")]:
        for value in list(vars(sys.modules[name]).values()):
            if hasattr(value, "cache_clear"):
                value.cache_clear()
