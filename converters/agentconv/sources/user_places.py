"""The user's own agents, for all projects: each client's folder of them, below the home folder or where a variable puts it."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core import vocabulary
from agentconv.core.dataclass import dataclass
from agentconv.core.expressions import expression
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.core.diagnostics import InputError

_VARIABLE = expression(r"\$([A-Z0-9_]+)")


@dataclass(frozen=True, slots=True)
class Home:
    """A user's home folder, with the variables that say where clients have theirs."""

    root: Path
    variables: Mapping[str, str]

    def folder(self, client: str) -> Path | None:
        """Return the folder of a client's agents of the user, where we write; None where it has none."""
        return next(self._folders(client), None)

    def _folders(self, client: str) -> Iterator[Path]:
        """Yield the folders of which the client reads the first, or all."""
        return (found for template in templates(client) if (found := self._filled(template)) is not None)

    def _filled(self, template: str) -> Path | None:
        """Return a folder with its variable filled in; None where that is not set."""
        name = _VARIABLE.match(template)
        if not name:
            return self.root / template.removeprefix("~/")
        value = self.variables.get(name[1], "").strip()
        if not value:
            return None
        value = str(self.root) + value[1:] if value == "~" or value.startswith("~/") else value
        return Path(os.path.abspath(value + template[name.end() :]))

    def below(self, client: str, path: str) -> tuple[Path, str]:
        """Return the folder that a client's path is in, which the user may have put out of the home, and the path from there."""
        folder, usual = self.folder(client), templates(client)
        own = f"{PurePosixPath(usual[-1].removeprefix('~/')).parent}/" if usual else ""
        return (folder.parent, path.removeprefix(own)) if folder and own and path.startswith(own) else (self.root, path)

    def folders(self) -> dict[str, Path]:
        """Return the folder of each client that has one."""
        return {client: folder for client in registry.CLIENTS if (folder := self.folder(client))}

    def locations(self, client: str) -> Iterator[tuple[Path, str]]:
        """Yield where a client looks for the user's own agents, each with the place in a project that it is like."""
        table, row = vocabulary.installation(client) or {}, registry.FORMATS[client]
        if not row.folders:
            return  # its agents are in a file of a project, and nothing of the user's own is like that
        adds = self._filled(table["user_adds"]) if "user_adds" in table else None
        found = [*self._folders(client)]
        read = found[: 2 if adds and adds == found[0] else 1] + [
            self.root / place.removeprefix("~/") for place in table.get("user_also", ())
        ]
        for folder in read:
            yield folder, row.folders[0]
            for name in table.get("user_beside", ()):
                yield folder.parent / name, name if "." in name else f"{PurePosixPath(row.folders[0]).parent}/{name}"

    def shown(self, place: str | os.PathLike[str]) -> str:
        """Return a path for people: `~/...` where it is below the home folder."""
        path = Path(os.path.abspath(place))
        return f"~/{path.relative_to(self.root).as_posix()}" if path.is_relative_to(self.root) else path.as_posix()


def templates(client: str) -> tuple[str, ...]:
    """Return the folders of the user's own agents of a client, as its words say them; none of one that has no folders in projects."""
    return tuple((vocabulary.installation(client) or {}).get("user", ())) if registry.FORMATS[client].folders else ()


def home(variables: Mapping[str, str] = os.environ) -> Home:
    """Return the user's home.

    Raises:
        InputError: It is not known where it is.
    """
    try:
        root = Path(variables["HOME"]) if variables.get("HOME") else Path.home()
    except RuntimeError:
        raise registry.usage("it is not known where your home folder is", "set HOME") from None
    if not root.is_absolute() or not root.is_dir():
        raise registry.usage(f"your home folder `{root}` is not there", "set HOME to a folder")
    return Home(Path(os.path.abspath(root)), variables)


def refusal(client: str, hint: str) -> InputError:
    """Make the error for a client without agents of the user's own."""
    reason = (vocabulary.installation(client) or {}).get("no_user", "it has no such folder")
    return registry.usage(f"{registry.FORMATS[client].title} takes no agents in user scope: {reason}", hint)


def at(path: str) -> tuple[str, str] | None:
    """Return in whose folder of the user's own agents an absolute path is, and the place in a project that it is like."""
    if _leaves().isdisjoint(path.split("/")):
        return None
    place = Path(path)
    found = [
        (client, (PurePosixPath(like) / place.relative_to(folder).as_posix()).as_posix())
        for client, folder, like in _known(_variables())
        if place.is_relative_to(folder)
    ]
    return next((one for one in found if path.endswith(registry.FORMATS[one[0]].suffixes)), found[0] if found else None)


def looking(path: str, beginnings: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the clients that look for the user's own agents where an absolute path is, by what `beginnings` gives."""
    below = f"{path}{os.sep}"
    return frozenset([client for client, folder in beginnings if below.startswith(folder)])


def beginnings() -> tuple[tuple[str, str], ...]:
    """Return how paths of the user's own agents begin, each with its client, as the variables are now."""
    return _beginnings(_variables())


def _variables() -> tuple[tuple[str, str], ...]:
    return tuple((name, os.environ.get(name, "")) for name in ("HOME", *variable_names()))


@lru_cache(1)
def _leaves() -> frozenset[str]:
    """Return what folders of agents are called."""
    return frozenset(PurePosixPath(place).name for row in registry.FORMATS.values() for place in row.folders)


@lru_cache
def variable_names() -> tuple[str, ...]:
    """Return the variables that decide about folders."""
    known = [template for client in registry.CLIENTS for template in templates(client)]
    return tuple(sorted({found[1] for template in known if (found := _VARIABLE.match(template))}))


@lru_cache(1)
def _beginnings(variables: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((client, os.path.join(folder, "")) for client, folder, _ in _known(variables))


@lru_cache(1)
def _known(variables: tuple[tuple[str, str], ...]) -> tuple[tuple[str, Path, str], ...]:
    values = dict(variables)
    here = Home(Path(values["HOME"] or os.path.expanduser("~")), values)
    return tuple((client, place, like) for client in registry.CLIENTS for place, like in here.locations(client))
