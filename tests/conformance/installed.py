"""Which clients are installed, and where: what `clients.toml` says, looked for in AGENTCONV_CLIENTS."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).parent


def folder() -> Path:
    """Return the folder that holds the clients."""
    return Path(os.environ.get("AGENTCONV_CLIENTS") or Path.home() / ".cache" / "agentconv-clients")


@dataclass(frozen=True)
class Client:
    """One row of `clients.toml`."""

    folder: str
    packages: tuple[str, ...]
    program: str
    needs: str | None = None
    without_effect: tuple[str, ...] = ()
    """Tools that it offers and that no agent's file can name."""
    session_decides: tuple[str, ...] = ()
    """Tools that an agent has or has not as the session has them, whatever its file says."""
    last_part_counts: bool = False
    """Whether `server/tool` is the client's own tool of that name, where the session has no such tool of a server."""
    unheld: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By key that it does not hold a spawned agent to, as `not-enforced` names it: the effects that the key would close."""

    @property
    def path(self) -> Path:
        """What is run."""
        return folder() / self.folder / "node_modules" / self.program

    @property
    def missing(self) -> str | None:
        """Say why the client cannot be driven; None when it can."""
        for package in self.packages:
            name, _, pinned = package.rpartition("@")
            about = folder() / self.folder / "node_modules" / name / "package.json"
            if not about.is_file():
                return f"{package} is not installed: python tests/conformance/install.py"
            version = json.loads(about.read_text("utf-8"))["version"]
            if version != pinned and not version.startswith(f"{pinned}."):
                return f"{name} {version} is installed, and {pinned} is meant: python tests/conformance/install.py"
        return CLIENTS[self.needs].missing if self.needs else None


def _frozen(value: Any) -> Any:
    """Return a value of a row with tuples for lists."""
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    return tuple(value) if isinstance(value, list) else value


_ROWS = tomllib.loads((HERE / "clients.toml").read_text("utf-8"))
UNDRIVEN: dict[str, str] = _ROWS.pop("undriven")
"""Clients that no test starts, and why."""
CLIENTS = {name: Client(**{key: _frozen(value) for key, value in row.items()}) for name, row in _ROWS.items()}
