"""The recipes of docs/library.md, as they stand there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import agentconv
from agent_files import FOLDERS, ROOT, suffix
from agentconv.core import losses
from agentconv.core.diagnostics import Code

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GUIDE = ROOT / "docs" / "library.md"
EVERY = {*losses.codes(), *Code}
"""What recipes are told to accept: what an agent loses is what these tests compare."""
TARGET = "claude-agents-json"
"""The form that recipes go by."""


def text(name: str) -> str:
    """Return a recipe as it stands there."""
    (code,) = re.findall(rf"(?s)<!-- {name} -->\n```python\n(.*?)```", GUIDE.read_text("utf-8"))
    return str(code)


def recipe(name: str) -> dict[str, Any]:
    """Run a recipe, and return what it defines."""
    names: dict[str, Any] = {}
    exec(text(name), names)  # noqa: S102 - the recipe is ours
    return names


def fixtures(client: str) -> Iterator[tuple[Path, agentconv.AgentSet, agentconv.AgentSet]]:
    """Yield the fixtures of a client all of whose agents Claude Code's objects can hold: the file, its agents, and what is written."""
    for path in sorted((FOLDERS[client] / "valid").glob(f"*{suffix(client)}")):
        agents = agentconv.read(path, format=client)
        result = agentconv.write(agents, TARGET)
        for file in () if result.refused else result.files:
            yield path, agents, agentconv.reads(file.data, TARGET)
