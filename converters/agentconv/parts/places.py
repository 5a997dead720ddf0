"""Where each client looks for skills, commands and other parts, and which files make a folder one of its plugins or extensions.

It is written down, because to ask the modules that know is to load all of them.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from agentconv.core import extensions
from agentconv.core.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentconv.core.kinds import Kind

Places: TypeAlias = "dict[str, list[list[str]]]"
"""By scope (`project`, `user`, and `perhaps` where its user's settings say so), the path of each place and the pattern of the files below
it, first where the client's files are written."""

FILE = Path(__file__).with_suffix(".json")
_CONTAINERS = "containers"
"""The key of the file that is no format's."""


@cache
def _written() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return found


@cache
def recorded() -> dict[str, dict[Kind, Places]]:
    """Return the places of all formats by format and kind; of what a client does not have, nothing.

    What other distributions bring is written down nowhere, and is asked.
    """
    own = {format_id: kinds for format_id, kinds in _written().items() if format_id != _CONTAINERS}
    return own | found(dict.fromkeys(format_id for format_id, _ in extensions.parts()))


def folder_of_skills(client: str) -> str:
    """Return the folder in which a client's own skills are; Claude Code's, which most read, where it has none."""
    found = recorded().get(client, {}).get("skills", {}).get("project", [])
    return found[0][0] if found else ".claude/skills"


def server_files(client: str, scope: str) -> frozenset[str]:
    """Return the files in which a client has its MCP servers, in a project or of the user's own."""
    return frozenset(path for path, pattern in recorded().get(client, {}).get("servers", {}).get(scope, ()) if not pattern)


def container_files(format_id: str) -> tuple[str, ...]:
    """Return the files that may make a folder a container of a client, relative to it; none for a client without containers."""
    return tuple(_written()[_CONTAINERS].get(format_id, ()))


def found(formats: Iterable[str]) -> dict[str, dict[Kind, Places]]:
    """Return the same as the modules of the clients say it."""
    return {format_id: kinds for format_id in formats if (kinds := {kind: places for kind in KINDS if (places := _found(format_id, kind))})}


def _found(format_id: str, kind: Kind) -> Places | None:
    from agentconv.core.part_format import Place
    from agentconv.parts import registry

    module = registry.part_format(format_id, kind)
    if module is None:
        return None
    naming = tuple(map(Place, getattr(module, "lists", ())))  # what they name may be anywhere
    scopes = {"project": (*module.project, *naming), "user": module.user, "perhaps": getattr(module, "perhaps", ())}
    return {scope: [[one.path, one.pattern] for one in places] for scope, places in scopes.items() if places}


def found_containers(formats: Iterable[str]) -> dict[str, list[str]]:
    """Return the files that make containers as the modules of the clients say it."""
    from agentconv.parts import registry

    containers = {format_id: registry.container(format_id) for format_id in formats}
    return {format_id: [*one.files, *one.also] for format_id, one in containers.items() if one}


def dumps(places: Mapping[str, Mapping[Kind, Places]], containers: Mapping[str, list[str]]) -> str:
    """Return the text of the file, a line for each kind of part of a format, below what makes containers."""
    rows = {
        format_id: ",\n".join(f"  {json.dumps(kind)}: {json.dumps(scopes)}" for kind, scopes in kinds.items())
        for format_id, kinds in places.items()
    }
    files = ",\n".join(f"  {json.dumps(format_id)}: {json.dumps(names)}" for format_id, names in containers.items())
    rows = {_CONTAINERS: files, **rows}
    return "{\n" + ",\n".join(f"{json.dumps(format_id)}: {{\n{lines}\n}}" for format_id, lines in rows.items()) + "\n}\n"
