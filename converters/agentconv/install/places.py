"""Where agents are deployed to: the targets as data of the vocabulary, a project's root, and the user's own scope."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core import vocabulary
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import InputError
from agentconv.formats import registry
from agentconv.install import lock as lock_file
from agentconv.install.lock import Lock
from agentconv.sources import locations, user_places

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PROJECT, USER = "project", "user"
AUTO = "auto"
_NOTHING = Lock()
_WORDS = ("user", "also_reads", "marks", "then", "then_user")


@dataclass(frozen=True, slots=True)
class Target:
    """An assistant that agents can be deployed to."""

    id: str
    user: tuple[str, ...] = ()
    """Folders of the user's own agents; the first whose environment variable is set."""
    no_user: str | None = None
    """Why there is no such folder."""
    also_reads: tuple[str, ...] = ()
    """Targets whose folders in a project it reads too."""
    marks: tuple[str, ...] = ()
    """What tells in a project that it is used there."""
    then: tuple[str, ...] = ()
    """What a person does next in the client."""
    then_user: tuple[str, ...] = ()
    """The same for the user's own scope, where that is another thing."""


@dataclass(frozen=True, slots=True)
class Ours:
    """What of a project's files is ours, as the lock says."""

    root: Path
    files: frozenset[str]
    folders: frozenset[str]
    """Those that such files are in."""

    @classmethod
    def of(cls, root: Path, lock: Lock) -> Ours:
        """Return what a lock says, but for files that were there before us."""
        files = frozenset(path for one in lock.entries if one.created for path in (one.path, one.beside) if path)
        return cls(root, files, frozenset(os.fspath(above) for path in files for above in PurePosixPath(path).parents))

    def leaves(self, place: str) -> bool:
        """Whether there is something in a place that is not ours."""
        if place in self.files:
            return False
        if place not in self.folders:
            return os.path.exists(self.root / place)
        try:
            return any(self.leaves(f"{place}/{name}") for name in os.listdir(self.root / place))
        except OSError:
            return os.path.exists(self.root / place)


def targets() -> dict[str, Target]:
    """Return everything that agents can be deployed to."""
    found = {client: vocabulary.installation(client) for client in registry.CLIENTS}
    return {client: _target(client, row) for client, row in found.items() if row}


def _target(client: str, row: Mapping[str, object]) -> Target:
    words = {key: tuple(value) for key, value in row.items() if isinstance(value, list) and key in _WORDS}
    no_user = row.get("no_user")
    return Target(client, no_user=str(no_user) if no_user else None, **words)


def entry_name(pointer: str) -> str:
    """Return the agent's name that a JSON Pointer ends in."""
    return pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


@dataclass(frozen=True, slots=True)
class Scope:
    """The place that agents are deployed in: one project, or all projects of the user."""

    name: str
    root: Path
    """What paths are relative to: the project's root, or the user's home."""
    lock: Path
    variables: Mapping[str, str]

    @property
    def is_user(self) -> bool:
        """Whether it is the user's own."""
        return self.name == USER

    def shown(self, path: str, pointer: str = "") -> str:
        """Return where something is, for people: a path, and the name of an entry of a file that holds several."""
        place = f"~/{path}" if self.is_user and not path.startswith("/") else path
        name = entry_name(pointer)
        return f"{place} ({name})" if name else place

    def near(self, file: str | None) -> Path | None:
        """Return where a wheel or folder is of which the lock has the name alone: here, or in the root; None where it is in neither."""
        if file is None or os.path.basename(file) != file or file in ("", os.curdir, os.pardir):
            return None
        return next((folder / file for folder in (Path(), self.root) if os.path.lexists(folder / file)), None)

    def folder(self, target: Target) -> str:
        """Return where the files of a target go: below the root, or absolute where the user's folder is elsewhere.

        Raises:
            InputError: The target has no such folder in this scope.
        """
        row = registry.FORMATS[target.id]
        if not self.is_user:
            return row.folders[0] if row.folders else ""
        place = user_places.Home(self.root, self.variables).folder(target.id)
        if place is None:
            raise user_places.refusal(target.id, f"install into a project, or leave {target.id} out of --to")
        return (place.relative_to(self.root) if place.is_relative_to(self.root) else place).as_posix()

    def path(self, target: Target, path: str) -> str:
        """Return where a file that is converted for a project goes in this scope."""
        if not self.is_user:
            return path
        folder, place = self.folder(target), registry.FORMATS[target.id].folders[0]
        return f"{folder}/{path.removeprefix(f'{place}/')}"

    def part_path(self, target: Target, path: str) -> str:
        """Return where the file of a part goes that is converted for this scope."""
        if not self.is_user:
            return path
        folder, below = user_places.Home(self.root, self.variables).below(target.id, path)
        place = folder / below
        return (place.relative_to(self.root) if place.is_relative_to(self.root) else place).as_posix()

    def path_in_project(self, target: Target, path: str) -> str:
        """Return the path that a file of this scope would have in a project: what `path` makes of that is this path again."""
        if not self.is_user:
            return path
        folder = self.folder(target)
        inside = path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else path.rpartition("/")[2]  # the folder was another one
        return f"{registry.FORMATS[target.id].folders[0]}/{inside}"

    def present(self, lock: Lock = _NOTHING) -> list[str]:
        """Return the targets that are used here: those that the lock has something for, and those that somebody else left a mark of.

        What is ours marks nothing: a guard's script lies at the path of the assistant that its author wrote it for, whoever runs it here.
        """
        known = {target for pack in lock.packs for target in pack.targets} | {one.target for one in lock.synced}
        ours = Ours.of(self.root, lock)
        return [target.id for target in targets().values() if target.id in known or self._uses(target, ours)]

    def _uses(self, target: Target, ours: Ours) -> bool:
        if self.is_user:
            return not target.no_user and (self.root / self.folder(target)).parent.is_dir()
        places = (*target.marks, *(os.path.relpath(place, self.root) for place in locations.of(self.root, target.id)))
        return any(ours.leaves(place.replace(os.sep, "/")) for place in places)


def chosen(words: Iterable[str]) -> list[str] | None:
    """Return the targets that `--to` names, each once; None for `auto`.

    Raises:
        InputError: There is no such target.
    """
    names = [word.strip() for word in ",".join(words).split(",") if word.strip()]
    known = targets()
    hint = f"name an assistant, or {AUTO}; {registry.LISTED}"
    if not names:
        raise registry.usage("--to has an empty value", hint)
    if "all" in names:
        raise registry.usage(
            "--to all is nobody's: agents are for assistants that are used here", f"--to {AUTO} takes those; {registry.LISTED}"
        )
    if AUTO in names:
        if len(names) > 1:
            raise registry.usage(f"--to {AUTO} and other assistants exclude each other", hint)
        return None
    found = list(dict.fromkeys(_resolved(name, known) for name in names))
    return [target for target in known if target in found]


def _resolved(name: str, known: Mapping[str, Target]) -> str:
    try:
        target = registry.resolve(name)
    except InputError:
        other = registry.not_yet(name)
        if other:
            raise registry.usage(
                f"agents are not deployed to {other} yet", "name an assistant with a folder of its own for agents"
            ) from None
        raise registry.usage(f"there is no assistant `{name}`", registry.did_you_mean(name, known, registry.LISTED)) from None
    if target not in known:
        raise registry.usage(
            f"agents are not deployed to {registry.FORMATS[target].title}", "name an assistant with a folder of its own for agents"
        )
    return target


def project(root: Path) -> Scope:
    """Return a project's scope."""
    root = Path(os.path.abspath(root))
    return Scope(PROJECT, root, root / lock_file.FILE, os.environ)


def user(variables: Mapping[str, str] = os.environ) -> Scope:
    """Return the user's own scope.

    Raises:
        InputError: It is not known where the user's home is.
    """
    home = user_places.home(variables).root
    given = variables.get("XDG_STATE_HOME", "")
    state = Path(given) if os.path.isabs(given) else home / ".local" / "state"
    return Scope(USER, home, state / "agentconv" / lock_file.FILE, variables)
