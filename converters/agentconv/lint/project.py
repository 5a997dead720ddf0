"""What a project defines for all its agents: MCP servers and skills, where clients look for them below its root.

Only names are read; what cannot be read defines nothing.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv.core import script_imports
from agentconv.core.source import SourceText
from agentconv.disk import reading
from agentconv.disk.files import Disk
from agentconv.formats import registry
from agentconv.json import jsonc
from agentconv.lint import inspection
from agentconv.parts import places
from agentconv.sources import locations
from agentconv.sources.places_on_disk import MAX_FILE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.conversion.servers_there import Standing
    from agentconv.core.ir import Agent, Hook
    from agentconv.core.kinds import Kind
    from agentconv.core.script_imports import Lack
    from agentconv.sources.inputs import Found

_KEYS = {"codex": "mcp_servers", "vibe": "mcp_servers", "opencode": "mcp", "kilo": "mcp"}
"""What holds the servers of a client's configuration, where that is not `mcpServers`."""
_KEYS_OF_FILES = {".vscode/mcp.json": "servers"}
"""The same, of single files."""
_SERVERS_ALONE = "mcp.json"
"""The name of a file that holds servers and nothing else, in the words that most clients have for them."""
_MORE_SERVERS = (".claude/settings.json", ".claude/settings.local.json")
"""Files in which people write servers though the client does not look for them there."""
_MAX_BYTES = 1024 * 1024


def names(location: str) -> frozenset[str]:
    """Return the MCP servers and skills that the project of an agent's file defines."""
    root = _root(location)
    return _servers_of(root) | _skills_of(root)


def servers(location: str) -> frozenset[str]:
    """Return the MCP servers that the project of an agent's file defines."""
    return _servers_of(_root(location))


def servers_there(location: str, client: str) -> tuple[Standing, ...]:
    """Return the servers that a client has in the project of an agent's file, where it is known which one that is."""
    root = _known(location)
    return _servers_there(root, client) if root else ()


def agents_of(paths: Iterable[str], client: str) -> list[Agent]:
    """Return the agents of files as a client has them."""
    files = ((path, data) for path in paths if (data := _data(path)) is not None)
    read = [
        registry.load(client).read(SourceText(inspection.place(path.replace(os.sep, "/"), client, client), data)) for path, data in files
    ]
    rows = (row for one in read for row in zip(one.set.agents, one.states, strict=True))
    return [agent for agent, state in rows if not state.dropped]


def skills(location: str) -> frozenset[str]:
    """Return the skills that the project of an agent's file has."""
    return _skills_of(_root(location))


def without(location: str, paths: Iterable[str]) -> list[str]:
    """Return those of some paths at which the project of an agent's file has no file; none, where nobody knows which project that is."""
    root = _known(location)
    return [path for path in paths if root and not os.path.isfile(os.path.join(root, path))]


def lacking(location: str, paths: Iterable[str]) -> tuple[Lack, ...]:
    """Return what scripts take in of other files, and the project of an agent's file has not, where it is known which one that is."""
    root = _known(location)
    return script_imports.follow(paths, lambda path: _data(os.path.join(root, path))).lacks if root else ()


def near(files: Iterable[Found]) -> str:
    """Return the folder of the bundles among files, or the one that is open, for standard input; empty where there are none, or several."""
    texts = [one.location for one in files if one.location is None or registry.FORMATS[one.format].bundle]
    folders = {os.path.dirname(os.path.abspath(one)) if one else os.getcwd() for one in texts}
    return folders.pop() if len(folders) == 1 else ""


def taken_in(location: str, paths: Iterable[str]) -> tuple[str, ...]:
    """Return what scripts take in of other files that the project of an agent's file has, where it is known which one that is."""
    root = _known(location)
    return script_imports.follow(paths, lambda path: _data(os.path.join(root, path))).files if root else ()


def letting_pass(location: str, guards: Iterable[Hook]) -> list[str]:
    """Return what guards run that lets everything pass, where it is known which project their agent's file is in."""
    from agentconv.parts.hooks import letting_pass as scripts

    root = _known(location)
    return scripts.of(guards, lambda path: _data(os.path.join(root, path))) if root else []


def hooks_off(location: str, client: str, *, user: bool = True) -> str:
    """Say by which settings, of the project or the user's own, a client runs no hook where an agent's file is; nothing where it does."""
    root = _known(location)
    return hooks_off_in(root, client, user=user) if root else ""


def hooks_off_in(root: str | os.PathLike[str], client: str, *, user: bool = True) -> str:
    """Say the same of a project's root."""
    from agentconv.sources import hooks_off as settings

    def read(path: str) -> bytes | None:
        return _data(os.path.join(root, path))

    return settings.why(client, "", read) or (settings.of_user(client, read) if user else None) or ""


def _data(place: str) -> bytes | None:
    try:
        return reading.read(place, limit=MAX_FILE_BYTES)[0] if os.path.isfile(place) else None
    except OSError:
        return None


def not_programs(location: str, scripts: Mapping[str, bool]) -> list[str]:
    """Return those of some scripts that are there, are started as programs, and are none, where it is known which project that is."""
    root = _known(location)
    there = (path for path, program in scripts.items() if program and root and os.path.isfile(os.path.join(root, path)))
    return [path for path in there if not reading.is_program(os.stat(os.path.join(root, path)))]


def _known(location: str) -> str:
    """Return the project of an agent's file; empty where nobody knows it: agents of a user are for every project."""
    root = _root(location) if location else ""
    return "" if root and Path(root) == Path.home() else root


def forget() -> None:
    """Look again when anybody asks next: files change while an editor is open."""
    _root_of.cache_clear()
    _servers_of.cache_clear()
    _servers_there.cache_clear()
    _skills_of.cache_clear()


def root(location: str) -> Path | None:
    """Return the project that a file is in one of the places of (`locations.project_root`), found once for those of a folder."""
    folder, name = os.path.split(os.path.abspath(location))
    return _root_of(folder, name if name in _telling() else "_")


def _root(location: str) -> str:
    """Return the project of an agent's file, or the folder that it is in."""
    return str(root(location) or os.path.dirname(os.path.abspath(location)))


@cache
def _telling() -> frozenset[str]:
    """Return the names of files whose project is the folder that they are in."""
    return frozenset(name.rpartition("/")[2] for row in registry.FORMATS.values() for name in row.files)


@cache
def _root_of(folder: str, name: str) -> Path | None:
    return locations.project_root(Path(folder, name))


@cache
def _servers_there(root: str, client: str) -> tuple[Standing, ...]:
    from agentconv.conversion import servers_there

    return servers_there.of(Path(root), client)


@cache
def _servers_of(root: str) -> frozenset[str]:
    return frozenset(_servers(Path(root)))


@cache
def _skills_of(root: str) -> frozenset[str]:
    return frozenset(_skills(Path(root)))


@cache
def _places(kind: Kind) -> tuple[str, ...]:
    """Return where clients look for a kind of parts in a project: folders, or files of several."""
    found = (place for kinds in places.recorded().values() for place, _ in kinds.get(kind, {}).get("project", ()))
    return tuple(dict.fromkeys(found))


def _servers(root: Path) -> Iterator[str]:
    disk = Disk(root, limit=_MAX_BYTES)
    for place, key in dict.fromkeys((*_keys(), *((one, "mcpServers") for one in _MORE_SERVERS))):
        found = _table(disk, place).get(key)
        if isinstance(found, list):  # a server an entry, which says its own name
            yield from (str(one["name"]) for one in found if isinstance(one, dict) and "name" in one)
        yield from found if isinstance(found, dict) else ()


@cache
def _keys() -> tuple[tuple[str, str], ...]:
    """Return the files of a project that clients look for servers in, each with the key that holds them."""
    rows = ((client, place) for client, kinds in places.recorded().items() for place, _ in kinds.get("servers", {}).get("project", ()))
    return tuple((place, _KEYS_OF_FILES.get(place) or _key(client, place)) for client, place in rows)


def _key(client: str, place: str) -> str:
    return "mcpServers" if place.endswith(_SERVERS_ALONE) else _KEYS.get(client, "mcpServers")


def _table(disk: Disk, place: str) -> dict[str, Any]:
    data = disk.read(place)
    try:
        found = _parsed(data.decode("utf-8-sig"), place) if isinstance(data, bytes) else None
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _parsed(text: str, place: str) -> Any:
    if place.endswith(".toml"):
        import tomllib

        return tomllib.loads(text)
    root = jsonc.parse(text, jsonc.JSONC).root
    return jsonc.value(root) if root else None


def _skills(root: Path) -> Iterator[str]:
    for place in _places("skills"):
        folder = root / place
        try:
            yield from (entry.name for entry in folder.iterdir() if (entry / "SKILL.md").is_file())
        except OSError:
            continue
