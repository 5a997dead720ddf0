"""Settings of a project by which a client runs no hook in it, whichever file the hook stands in: no guard holds anybody there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.source import SourceText
from agentconv.parts import registry
from agentconv.sources import void_files

if TYPE_CHECKING:
    from collections.abc import Callable


def of(client: str, read: Callable[[str], bytes | None]) -> str | None:
    """Return the file of a project that switches all of a client's hooks off; None where none does.

    Args:
        client: Its format id.
        read: Returns a file of the project, or None where there is none.
    """
    module = registry.part_format(client, "hooks")
    switches_off: Callable[[SourceText], bool] | None = getattr(module, "switches_off", None)
    if module is None or switches_off is None or getattr(module, "off", None) is None:
        return None
    for place in module.project:
        data = None if place.pattern else read(place.path)
        text = SourceText(place.path, data) if data is not None else None
        if text is not None and switches_off(text) and not void_files.of_file(client, text, lambda _: False):
            return place.path
    return None
