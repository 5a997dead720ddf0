"""The project that a command about packs is for, and the Python environment that belongs to it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.formats import registry
from agentconv.sources import locations

if TYPE_CHECKING:
    import argparse

    from agentconv.packs.environment import Environment

LOCK = "agentconv.lock"
_MARKS = (LOCK, ".git", "pyproject.toml")


def add_project(group: argparse._ActionsContainer, *, python: bool = True) -> None:
    """Add where the project is, and which Python its packs are installed in."""
    group.add_argument(
        "--project", metavar="DIR", help=f"the project's root (default: the nearest folder with {LOCK}, .git, pyproject.toml or agents)"
    )
    if python:
        group.add_argument(
            "--python",
            metavar="PATH",
            help="the environment that packs are installed in: a virtual environment or an interpreter "
            "(default: VIRTUAL_ENV, else the project's .venv, else the Python that runs agentconv)",
        )


def root(options: argparse.Namespace) -> Path:
    """Return the project's root.

    Raises:
        InputError: `--project` names no folder.
    """
    if options.project is not None:
        if not os.path.isdir(options.project):
            raise registry.usage(f"--project: there is no folder `{options.project}`", "name the project's root")
        return Path(options.project)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if folder == _home():  # what clients have there is for all projects
            break
        if _is_root(folder):
            return folder
    return here


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:
        return None


def _is_root(folder: Path) -> bool:
    return any((folder / mark).exists() for mark in _MARKS) or any(locations.of(folder, client) for client in registry.CLIENTS)


def environment(options: argparse.Namespace) -> Environment:
    """Return the environment whose packs are meant.

    Raises:
        InputError: What is named is none.
    """
    from agentconv.packs import environment as pack_environment

    return pack_environment.choose(options.python, root(options))
