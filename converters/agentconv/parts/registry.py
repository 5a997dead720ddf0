"""Which client has which part. Modules are imported when a part of a client is asked for, and only then."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from agentconv.core import extensions, vocabulary
from agentconv.core.diagnostics import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.container import Container
    from agentconv.core.extensions import Extension
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartFormat
    from agentconv.parts.settings_files import SettingsFormat


@cache
def part_format(format_id: str, kind: Kind) -> PartFormat[Any] | None:
    """Return a client's format of a kind of part; None for a format that knows nothing of such parts.

    It is in the module of its client's package that is called as the kind is, in `BY_FORMAT`, which that module has by format ids.
    Of a format of another distribution, an entry point names that module.
    """
    brought = extensions.parts().get((format_id, kind))
    if brought is not None:
        try:
            return _brought(brought, kind)
        except InputError as error:  # its agents are read all the same
            extensions.BROKEN_PARTS[format_id, kind] = error.diagnostic
            return None
    found: Mapping[str, PartFormat[Any]] = _of_package(format_id, kind)
    return found.get(format_id)


def _brought(extension: Extension, kind: Kind) -> PartFormat[Any]:
    """Return a part's format that another distribution brings.

    Raises:
        InputError: It is none.
    """
    from agentconv.core.part_format import Place

    if fault := extensions.fault_of_part(extension, kind):
        raise extension.broken(fault)
    found: Any = extension.load(kind)
    of_formats = getattr(found, "BY_FORMAT", found)
    part: Any = of_formats.get(extension.name) if isinstance(of_formats, dict) else None
    if part is None:
        raise extension.broken(f"has no {kind}: the entry point names no module whose BY_FORMAT has `{extension.name}`")
    missing = [name for name in ("project", "user", "read", "to_project", "path", "write") if not hasattr(part, name)]
    if missing or (getattr(part, "format", None), getattr(part, "kind", None)) != (extension.name, kind):
        why = f"it has no {', '.join(missing)}" if missing else f"its `format` and `kind` are to be `{extension.name}` and `{kind}`"
        raise extension.broken(f"has no {kind}: what BY_FORMAT has for `{extension.name}` is no format of them: {why}")
    if not all(isinstance(place, Place) for place in (*part.project, *part.user)):
        raise extension.broken(f"has no {kind}: `project` and `user` are tuples of Place")
    return part  # type: ignore[no-any-return]


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
