"""Folders that a link makes another assistant's: what is written there for the one, the other reads as its own.

Where a file goes is said by its path; who reads it there, by where that really is. So it is judged by the real folder, whichever of the
two names is the link.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import InputError
from agentconv.core.format import State
from agentconv.core.source import SourceText
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    Folder = Callable[[str], str]
    """Returns the real folder that a file is in, by its path."""

_COMMANDS = "commands"
AWAY = "take the link away, and it gets a folder of its own; or leave it to the other one, and write nothing for this one"
"""What can be done where a file would lie in another assistant's folder."""


def in_the_way(target: str, path: str, data: bytes, folder: Folder, part: str = "") -> str | None:
    """Say why a file is not to be written, since it would lie in another assistant's folder; None where it may.

    Args:
        target: The assistant that it is for.
        path: Where it goes.
        data: Its bytes.
        folder: Returns where the folder of a path really is.
        part: The kind of part that it is; empty for an agent. Parts that assistants share, such as skills, go where they go.
    """
    if part not in ("", _COMMANDS):
        return None
    own = _is_own(folder(path), path.rpartition("/")[0])
    for other, home in _sharing(target, path, folder, part):
        if target in registry.also_reads(other):  # it reads the like anyway
            continue
        title = registry.FORMATS[other].title
        if not own:
            return f"its folder is that of {title}, `{home}`, because of a symbolic link"
        if not part and _stops(other, path, data):
            return f"`{home}`, a symbolic link to its folder, has {title} read it, which does not start then"
    return None


def reads(target: str, other: str, path: str, folder: Folder) -> bool:
    """Whether a target finds an agent's file of another assistant in a folder of its own, because of a link."""
    return any(one == target for one, _ in _sharing(other, path, folder, "", {target}))


def alias(path: str, home: str, folder: Folder) -> str | None:
    """Return the path that a file has below another folder, where a link makes that one with a folder that the file is in."""
    if f"{path}/".startswith(f"{home}/"):
        return None
    top, real = folder(f"{home}/_"), folder(path)
    if real != top and not real.startswith(os.path.join(top, "")):
        return None
    below = real[len(top) :].replace(os.sep, "/").strip("/")
    return "/".join(one for one in (home, below, path.rpartition("/")[2]) if one)


def _is_own(real: str, named: str) -> bool:
    """Whether a folder really is where its name says, rather than elsewhere through a link."""
    return f"/{real.replace(os.sep, '/').strip('/')}".endswith(f"/{named.strip('/')}")


def _sharing(target: str, path: str, folder: Folder, part: str, others: Collection[str] = registry.CLIENTS) -> Iterator[tuple[str, str]]:
    """Yield other assistants that read the file of a path because of a link, each with the folder by which."""
    real, same = folder(path), registry.sharing(target)
    for other in others:
        row = registry.FORMATS[other]
        if other == target or other in same or row.portable or not (part or row.has(path)):
            continue
        home = next((home for home in _homes(other, part) if not path.startswith(f"{home}/") and folder(f"{home}/_") == real), None)
        if home is not None:
            yield other, home


def _homes(client: str, part: str) -> Iterator[str]:
    """Yield the folders of a client, in a project and of the user."""
    if part:
        from agentconv.parts import registry as part_registry

        module = part_registry.part_format(client, _COMMANDS)
        yield from (place.path for place in ((*module.project, *module.user) if module else ()) if place.pattern)
        return
    from agentconv.sources import user_places

    yield from registry.FORMATS[client].folders
    try:
        home = user_places.home().folder(client)
    except InputError:
        return
    if home is not None:
        yield home.as_posix()


def _stops(client: str, path: str, data: bytes) -> bool:
    return State.STOPS in registry.load(client).read(SourceText(path, data)).states
