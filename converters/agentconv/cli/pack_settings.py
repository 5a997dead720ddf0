"""What a pack is called and says of itself: flags, then the table `[tool.agentconv.pack]`, then what a bundle says."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv.cli.table_error import TableError
from agentconv.core import paths
from agentconv.core.diagnostics import InputError
from agentconv.disk.files import Disk
from agentconv.formats import registry
from agentconv.pack import metadata
from agentconv.pack.metadata import About
from agentconv.sources import inputs, locations

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

    from agentconv.pack.sources import Sources

ONE: dict[str, Callable[[str], Any]] = {
    "name": metadata.name,
    "version": metadata.version,
    "description": lambda text: metadata.line(text, "a description"),
    "license": metadata.license_expression,
    "license-file": str,
}
"""Settings of one value, and what checks it."""
SEVERAL: dict[str, Callable[[str], Any]] = {
    "author": metadata.author,
    "requires": metadata.requirement,
    "url": metadata.url,
    "keyword": metadata.keyword_word,
    "classifier": metadata.classifier,
}
"""Settings of several values, and what checks each."""
ACCEPT = "accept"
"""The setting that names rules and hooks of which it is known that few assistants hold them."""
_LICENSES = ("LICENSE", "LICENCE", "COPYING")
"""What the names of files begin with that hold a licence."""
_LARGEST_LICENSE = 1024 * 1024


def read(table: object, folder: str = ".", shown: str = "[pack]") -> dict[str, Any]:
    """Read the table: values as the command line has them, each checked.

    Args:
        table: What it holds.
        folder: Where its file is; the licence's file is meant below it.
        shown: What the table is called there.

    Raises:
        TableError: It cannot be meant.
    """
    if not isinstance(table, dict):
        raise TableError(registry.usage(f"{shown} is a table"))
    found: dict[str, Any] = {}
    for key, value in table.items():
        if key not in ONE and key not in SEVERAL and key != ACCEPT:
            known = (*ONE, *SEVERAL, ACCEPT)
            hint = registry.did_you_mean(key, known, f"settings: {', '.join(known)}")
            raise TableError(registry.usage(f"there is no setting `{key}` in {shown}", hint), key)
        try:
            found[key] = _one(key, value) if key in ONE else _several(key, value)
        except InputError as error:
            raise TableError(error, key) from None
    if "license-file" in found:
        if not paths.stays_below(found["license-file"]):
            message = f"`license-file` is a path below the folder of this file, and `{found['license-file']}` is none"
            raise TableError(registry.usage(message, "copy the licence into the project, or name it with --license-file"), "license-file")
        found["license-file"] = os.path.join(folder, found["license-file"])
    return found


def _one(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise registry.usage(f"`{key}` is text")
    ONE[key](value)
    return value


def _several(key: str, value: Any) -> list[str]:
    if key == "url" and isinstance(value, dict):
        value = [f"{label}={address}" for label, address in value.items()]
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise registry.usage(f"`{key}` is a list of texts" + (", or a table of labels and addresses" if key == "url" else ""))
    for word in words:
        SEVERAL.get(key, str)(word)
    return words


def about(options: argparse.Namespace, sources: Sources) -> About:
    """Return what the pack says of itself.

    Raises:
        InputError: It has no name or no version, or something cannot be meant.
    """
    table: Mapping[str, Any] = options.pack or {}
    one: dict[str, Any] = {}
    for key, check in ONE.items():
        given = getattr(options, key.replace("-", "_"))
        text = table.get(key) if given is None else given
        one[key] = _of_bundle(sources, key, check) if text is None else check(text)
    missing = [key for key in ("name", "version") if one[key] is None]
    if missing:
        raise _missing(missing)
    several = {key: _unique(map(check, getattr(options, key) or table.get(key, ()))) for key, check in SEVERAL.items()}
    licence = _license_file(options, one["license-file"])
    names = [agent.name or agent.id for _, agent in sources.agents]
    return About(
        one["name"],
        one["version"],
        one["description"] or metadata.summary(names, [one.part.name or one.kind for one in sources.parts]),
        one["license"],
        licence,
        several["author"] or _of_authors(sources),
        several["requires"],
        several["url"],
        several["keyword"],
        several["classifier"],
    )


def _unique(values: Any) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))


def _of_bundle(sources: Sources, key: str, check: Callable[[str], Any]) -> Any:
    """Return what a bundle says, where a pack can say it."""
    said = getattr(sources.about, key.replace("-", "_"), None)
    if said is not None:
        with suppress(InputError):
            return check(said)
    return None


def _of_authors(sources: Sources) -> tuple[str, ...]:
    with suppress(InputError):
        return tuple(map(metadata.author, sources.about.authors or ()))
    return ()


def _missing(keys: list[str]) -> InputError:
    examples = {"name": ("--name backend-agents", 'name = "backend-agents"'), "version": ("--version 1.0.0", 'version = "1.0.0"')}
    flags = " ".join(examples[key][0] for key in keys)
    lines = " and ".join(examples[key][1] for key in keys)
    hint = f"add {flags}, or {lines} under [tool.agentconv.pack] in pyproject.toml"
    return registry.usage(f"the pack needs a {' and a '.join(keys)}", hint)


def root(options: argparse.Namespace) -> Path:
    """Return the folder of the project that the first SRC is, or is in."""
    first = Path(options.sources[0])
    return Path(locations.project_root(first) or (first if first.is_dir() else first.parent))


def _license_file(options: argparse.Namespace, given: str | None) -> tuple[str, bytes] | None:
    """Read the licence's text: the file that is named, or the one of the project.

    Raises:
        InputError: It cannot be read.
    """
    folder = root(options)
    if given is not None:
        path = Path(given)
        inside = path.resolve().is_relative_to(folder.resolve())
        return metadata.license_name(given.replace(os.sep, "/")), _text(path, folder if inside else path.parent)
    try:
        names = sorted(name for name in os.listdir(folder) if name.upper().startswith(_LICENSES) and os.path.isfile(folder / name))
    except OSError:
        return None
    return (metadata.license_name(names[0]), _text(Path(os.path.relpath(folder / names[0])), folder)) if names else None


def _text(path: Path, within: Path) -> bytes:
    """Return the text of a licence, out of whose folder no link may lead: what is in a project's folder need not be the project's.

    Raises:
        InputError: It cannot be read.
    """
    found = Disk(path.parent, within=within, limit=_LARGEST_LICENSE).read(path.name)
    if isinstance(found, bytes):
        return found
    reason = found.reason if found else "no such file or directory"
    hint = "--license-file names another one, or the file itself"
    raise inputs.problem(f"the licence cannot be read: {reason}", hint, path.as_posix())
