"""Drive Claude Code with the project as a plugin: its agents are called by the plugin's name and their own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from drivers import claude_code
from installed import CLIENTS

if TYPE_CHECKING:
    from pathlib import Path

    from driving import Place, Session

INDEX = ".claude-plugin/plugin.json"


def plugin_name(project: Path) -> str:
    """Return the name that the client gives the plugin: the one that its file says, or that of its folder."""
    index = project / INDEX
    return str(json.loads(index.read_text("utf-8"))["name"]) if index.is_file() else project.name


def drive(place: Place, *, permissive: bool = False) -> Session:
    """Start the client once on the plugin, and have it call each agent of it; a description that it makes up is none."""
    session = claude_code.drive(place, "--plugin-dir", place.project, permissive=permissive)
    name = plugin_name(place.project)
    agents = {}
    for called, seen in session.agents.items():
        own = called.removeprefix(f"{name}:")
        made_up = seen.description == f"Agent from {name} plugin"
        agents[own] = replace(seen, name=own, description=None if made_up else seen.description)
    return replace(session, agents=agents)


def validate(place: Place) -> tuple[bool, list[str]]:
    """Ask the client's own validator about the project: whether it is a sound plugin, and its errors and warnings."""
    done = place.run([CLIENTS["claude-plugin"].path, "plugin", "validate", "--json", place.project])
    found = json.loads(done.stdout)
    parts = [found["manifest"], *found["contents"]]
    said = [f"{one['path']}: {one['message']}" for part in parts if part for kind in ("errors", "warnings") for one in part[kind]]
    return bool(found["success"]) and done.returncode == 0, said
