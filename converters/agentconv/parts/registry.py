"""Which client has which part. Modules are imported when a part of a client is asked for, and only then."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from agentconv.core import extensions, vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.container import Container
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartFormat
    from agentconv.parts.settings_files import SettingsFormat


@cache
def part_format(format_id: str, kind: Kind) -> PartFormat[Any] | None:
    """Return a client's format of a kind of part; None for a format that knows nothing of such parts.

    It is in the module of its client's package that is called as the kind is, in `BY_FORMAT`, which that module has by format ids.
    """
    found: Mapping[str, PartFormat[Any]] = _of_package(format_id, kind)
    return found.get(format_id)


@cache
def container(format_id: str) -> Container | None:
    """Return what a client's containers are, from the module `containers` of its package; None where there are none."""
    found: Mapping[str, Container] = _of_package(format_id, "containers")
    return found.get(format_id)


@cache
def settings(format_id: str) -> SettingsFormat | None:
    """Return which files of settings a client takes as a whole, from the module `settings` of its package; None where there are none."""
    found: Mapping[str, SettingsFormat] = _of_package(format_id, "settings")
    return found.get(format_id)


def _of_package(format_id: str, module: str) -> Mapping[str, Any]:
    """Return what a module of the package of a format's client has by format ids."""
    words = vocabulary.places().get(format_id) if format_id not in extensions.files(".toml") else None
    name = f"agentconv.formats.{words.parent.name}.{module}" if words else ""
    if not name or find_spec(name) is None:
        return {}
    found: Mapping[str, Any] = import_module(name).BY_FORMAT
    return found
