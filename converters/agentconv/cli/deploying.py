"""What install, uninstall and status share: the place that they are about, and what is ours there."""

from __future__ import annotations

import os
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.cli import options as shared
from agentconv.cli import project
from agentconv.cli import scope as scoping
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import InputError
from agentconv.disk.exclusive import exclusive
from agentconv.disk.saving import other_names
from agentconv.formats import registry
from agentconv.install import lock as lock_file
from agentconv.install import places
from agentconv.install.lock import Lock
from agentconv.sources import inputs

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.disk.reader import Reader
    from agentconv.install.lock import LockedPack
    from agentconv.install.places import Scope
    from agentconv.install.steps import Plan
    from agentconv.packs.environment import Environment
    from agentconv.packs.finding import Pack


def add_place(parser: argparse.ArgumentParser, *, python: bool) -> None:
    """Add which place is meant, and where packs are looked for."""
    group = parser.add_argument_group("place")
    scoping.add_scope(group, "this project (default), or your own agents, for all projects", default=places.PROJECT)
    project.add_project(group, python=python)


def add_report(parser: argparse.ArgumentParser, formats: Sequence[str] = ("text", "json")) -> argparse._ArgumentGroup:
    """Add how results are told, and return the group for what a command adds to it."""
    group = parser.add_argument_group("report")
    group.add_argument(
        "--output-format", choices=formats, metavar="|".join(formats), default="text", help=f"{', '.join(formats[1:])}: for other programs"
    )
    group.add_argument("-v", "--verbose", action="store_true", help="name each agent's file, and each loss")
    group.add_argument("-q", "--quiet", action="store_true", help="only what needs a look")
    shared.add_common(group)
    return group


def scope(options: argparse.Namespace) -> Scope:
    """Return the place that a command is about.

    Raises:
        InputError: There is none such.
    """
    if options.scope == places.USER:
        if options.project is not None:
            raise registry.usage("--project and --scope user exclude each other", "your own agents are in no project")
        return places.user()
    return places.project(project.root(options))


def alone(place: Scope, *, dry_run: bool) -> AbstractContextManager[None]:
    """Hold a place for this run, unless it only looks.

    Raises:
        InputError: Another run holds it.
    """
    if dry_run:
        return nullcontext()
    try:
        place.lock.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        hint = "name a folder that you may write to with XDG_STATE_HOME" if place.is_user else None
        raise inputs.problem(f"the folder of the lock cannot be made: {reason}", hint, place.lock.parent.as_posix()) from None
    return exclusive(place.root)


def apply(place: Scope, plan: Plan) -> list[Diagnostic]:
    """Do what a plan says; return what is to be told of it.

    Raises:
        InputError: The disk refuses; everything is as it was.
    """
    from agentconv.install import applying

    return [other_names(place.shown(path), number) for path, number in applying.apply(place.root, place.lock, plan).items()]


def locked(place: Scope) -> Lock:
    """Return what the lock of a place says; one that is wrong is named as it is seen from here.

    Raises:
        InputError: It is none.
    """
    try:
        return lock_file.read(place.lock, anywhere=place.is_user) or Lock()
    except InputError as error:
        span = error.diagnostic.span
        if place.is_user or span is None:
            raise
        raise InputError(replace(error.diagnostic, span=replace(span, path=Path(os.path.relpath(place.lock)).as_posix()))) from None


def ours(place: Scope, reader: Reader, *, dry_run: bool) -> Lock:
    """Return what is ours in a place, with what an interrupted run left taken up.

    Raises:
        InputError: The lock is none, or the disk refuses.
    """
    from agentconv.install import applying

    lock = locked(place)
    return applying.settled(reader, lock) if dry_run else applying.recover(place.root, lock, place.lock)


def at_hand(locked: LockedPack, place: Scope, environment: Environment) -> Pack | None:
    """Return a pack that the lock names, where it is: in the environment, or, where it was a file or folder, in the root or here.

    Raises:
        InputError: It is there, and may not be used.
    """
    from agentconv.packs import finding, installed, record

    if record.normal(locked.name) in installed.find(environment.folders):
        return finding.find(locked.name, environment)
    near = place.near(locked.file)
    found = finding.find(os.path.join(os.curdir, near), environment) if near is not None else None
    return found if found is not None and found.manifest.name == locked.name else None


def still_here(locked: LockedPack | None, place: Scope, environment: Environment) -> Pack | None:
    """Return a pack that the lock names, where it is here and as it should be: its files then tell what is its own."""
    with suppress(InputError):
        return at_hand(locked, place, environment) if locked else None
    return None
