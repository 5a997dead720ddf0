"""Which plugins a client takes nothing of, since a hook in them that may be a guard is not as it should be."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.core import rule_facts
from agentconv.core.diagnostics import Cause
from agentconv.core.source import SourceText
from agentconv.disk.files import Disk

if TYPE_CHECKING:
    from pathlib import Path

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.sources.contents import Contained


def of_folder(folder: Path, client: str) -> Diagnostic | None:
    """Return what is wrong with a hook of the plugin that a folder is, where its client takes nothing of it for that."""
    if not any(os.path.lexists(folder / name) for name in rule_facts.restraining_files(client)):
        return None  # without so much as loading the client's containers
    from agentconv.sources import contents

    found = contents.of_folder(folder, client)
    return of_contained(folder, found) if found else None


def of_contained(folder: Path, contained: Contained) -> Diagnostic | None:
    """Return the same of a plugin whose own file was read; its path is from the plugin's folder."""
    from agentconv.core.part_format import PartSource
    from agentconv.parts import registry

    container, module = registry.container(contained.client), registry.part_format(contained.client, "hooks")
    if container is None or module is None or not container.guarded:
        return None
    for place in contained.contents.places.get("hooks", ()):
        data = None if place.pattern or contained.contents.problem else Disk(folder).read(place.path)
        if isinstance(data, bytes):
            read = module.read(PartSource(SourceText(place.path, data), place))
            fault = next((one for one in read.diagnostics if one.cause is Cause.GUARD and one.effect and one.effect.is_whole), None)
            if fault is not None:
                return fault
    return None
