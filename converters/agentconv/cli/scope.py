"""`--scope`: whether a command is about a project, or about the user's own agents, for all projects."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.conversion.along import NOTHING, chosen
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.formats import registry
from agentconv.parts.places import recorded
from agentconv.sources import discovery, inputs, locations, user_places

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from agentconv.sources.inputs import Discovery
    from agentconv.sources.user_places import Home

PROJECT, USER = "project", "user"


def add_scope(group: argparse._ActionsContainer, what: str, *, default: str | None = None) -> None:
    """Add which of the two is meant."""
    group.add_argument("--scope", choices=(PROJECT, USER), metavar=f"{PROJECT}|{USER}", default=default, help=what)


def home(options: argparse.Namespace) -> Home | None:
    """Return the user's home, where the user's own agents are meant.

    Raises:
        InputError: It is not known where it is.
    """
    return user_places.home() if options.scope == USER else None


def sources(options: argparse.Namespace) -> list[str]:
    """Return the SRC arguments: the current folder where none is given, but in user scope, where all of the user's own agents are meant."""
    return options.sources or ([] if options.scope == USER else [os.curdir])


def discover(options: argparse.Namespace, format_id: str | None, *, exclude: Sequence[str] = ()) -> Discovery:
    """Find the files that the SRC arguments name, which in user scope are looked for in the user's own places, too, or all of those.

    Raises:
        InputError: An argument names nothing.
    """
    own, named = home(options), sources(options)
    if own is None:
        return discovery.discover(named, format_id, exclude=exclude, stdin_name=options.stdin_filename)
    if not named:
        return discovery.discover_user(own, format_id, exclude=exclude)
    clients = [client for client in own.folders() if client not in exclude and format_id in (None, client)]
    places = [place for client in clients for place, _ in own.locations(client)]
    looked = {word: _looked_for(places, word) for word in named}
    words = [one for word in named for one in looked[word] or [word]]
    found = discovery.discover(words, format_id, exclude=exclude, stdin_name=options.stdin_filename)
    among = {one for several in looked.values() for one in several}
    found.files = [replace(file, named=file.named and file.location not in among) for file in found.files]
    found.home = own
    return found


def _looked_for(places: Sequence[Path], word: str) -> list[str]:
    """Return what is called so in the user's own places, once whatever links lead to it; nothing where the word names what is here."""
    if word == inputs.STDIN or os.path.isabs(word) or os.path.lexists(word):
        return []
    found: dict[str, str] = {}
    for place in places:
        if (place / word).exists():
            found.setdefault(os.path.realpath(place / word), os.fspath(place / word))
    return list(found.values())


def present(options: argparse.Namespace, found: Discovery) -> Iterator[str]:
    """Yield the clients that are used where the sources are: by the user, or in the projects that they are, or are in."""
    if found.home is not None:
        yield from (client for client, folder in found.home.folders().items() if folder.is_dir())
        return
    for project in _projects(options):
        used = (one for one in registry.CLIENTS if locations.of(project, one) or locations.is_plugin_of(project, one))
        yield from (client for client in used if registry.is_loadable(client))


def _projects(options: argparse.Namespace) -> Iterator[Path]:
    """Yield the folders of the projects that the sources are, or are in."""
    for source in discovery.places(sources(options), options.stdin_filename):
        path = Path(source)
        yield locations.project_root(path) or (path if path.is_dir() and not _is_of_client(path) else path.parent)


def _is_of_client(folder: Path) -> bool:
    """Whether a folder is a client's own in a project, with its agents below it, such as `.claude`."""
    return any(place.startswith(f"{folder.name}/") for row in registry.FORMATS.values() for place in row.folders if folder.name)


def in_play(options: argparse.Namespace, found: Discovery) -> Iterator[str]:
    """Yield the clients that are used where the sources are, and those that have no agents there but read those of one that has.

    Such a client is used where something else of it is there (`.cursor/mcp.json`), or where the project's configuration names it.
    """
    here = dict.fromkeys(present(options, found))
    yield from here
    if found.home is not None:
        return
    readers = [
        one for one in registry.CLIENTS if one not in here and registry.is_loadable(one) and here.keys() & {*registry.also_reads(one)}
    ]
    for project in _projects(options) if readers else ():
        named = _targets(project)
        for one in readers:
            if one in named or any((project / mark).exists() for mark in registry.marks(one)):
                yield one


def _targets(project: Path) -> frozenset[str]:
    """Return the assistants that a project keeps in step; none where nobody says, or it cannot be meant."""
    from agentconv.sources import settings_file

    try:
        said = [file.values.get("targets") for file in settings_file.of_folder(project)]
    except InputError:
        return frozenset()
    words = [word for found in said if isinstance(found, list) for word in found]
    return frozenset(registry.resolve(word) for word in words if isinstance(word, str) and registry.is_known(word))


def source_of_project() -> str | None:
    """Return the format of the agents that the project here has as its source; None where nobody says, or it cannot be meant."""
    from agentconv.sync import settings

    try:
        said = settings.read(Path())
    except InputError:
        return None
    return said.source_format if said else None


def is_user(options: argparse.Namespace) -> bool:
    """Whether what is written is for the user's own scope: as `--scope` says, or else an -o that is the home folder."""
    asked = getattr(options, "scope", PROJECT)
    return asked == USER or (asked is None and bool(options.output) and _is_home(options.output))


def destination(options: argparse.Namespace, targets: Sequence[str]) -> Home | None:
    """Return the user's home, where files go to each target's own folder there: with `--scope user`, or an -o that is the home folder.

    Raises:
        InputError: The options contradict each other, or a target has no such folder, and nothing else that is asked for either.
    """
    output = options.output
    if not is_user(options) or output == inputs.STDIN:
        return None
    if output is not None and not _is_home(output):
        hint = "leave -o out, or leave --scope out and name your own agents: agentconv convert ~/.claude/agents -t FORMAT -o DIR"
        raise registry.usage(f"--scope user and -o {output} exclude each other", hint)
    own = user_places.home()
    for target in targets:
        if own.folder(target) is None and not _takes_parts(target, getattr(options, "along", None)):
            raise user_places.refusal(target, f"write into a project, or leave {target} out of -t")
    return own


def _takes_parts(target: str, words: Sequence[str] | None) -> bool:
    """Whether a client without agents of its user has a place for something that is asked for by its kind or name."""
    wanted = chosen(words) if words is not None else NOTHING
    return any("user" in recorded().get(target, {}).get(kind, {}) for kind in (*wanted.kinds, *(kind for kind, _ in wanted.named)))


def _is_home(output: str) -> bool:
    try:
        return os.path.samefile(output, os.path.expanduser("~"))
    except (OSError, ValueError):
        return False


def taken(options: argparse.Namespace) -> Diagnostic | None:
    """Say that an -o was taken for the user's scope."""
    if options.scope == USER:
        return None
    message = "-o is your home folder: files go where each assistant looks for your own agents (--scope user; --scope project: below it)"
    return Diagnostic(Code.USER_SCOPE, Severity.NOTE, message)
