"""What a project defines for all its agents: MCP servers and skills, where clients look for them below its root.

Only names are read; what cannot be read defines nothing.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv.disk.files import Disk
from agentconv.json import jsonc
from agentconv.sources import discovery

if TYPE_CHECKING:
    from collections.abc import Iterator

_SERVERS = {
    ".mcp.json": "mcpServers",
    ".claude/settings.json": "mcpServers",
    ".claude/settings.local.json": "mcpServers",
    ".codex/config.toml": "mcp_servers",
    ".cursor/mcp.json": "mcpServers",
    ".gemini/settings.json": "mcpServers",
    ".qwen/settings.json": "mcpServers",
    ".roo/mcp.json": "mcpServers",
    ".vscode/mcp.json": "servers",
    ".github/mcp.json": "mcpServers",
    "opencode.json": "mcp",
    "opencode.jsonc": "mcp",
    ".opencode/opencode.json": "mcp",
    "kilo.json": "mcp",
    "kilo.jsonc": "mcp",
    ".kilocode/mcp.json": "mcpServers",
}
"""Files of clients that define MCP servers, and the key that holds them."""
_SKILLS = (
    ".claude/skills",
    ".agents/skills",
    ".github/skills",
    ".codex/skills",
    ".gemini/skills",
    ".qwen/skills",
    ".opencode/skills",
    ".opencode/skill",
    ".kilo/skills",
    ".kilocode/skills",
    ".roo/skills",
    ".cursor/skills",
    ".cline/skills",
)
_MAX_BYTES = 1024 * 1024


def names(location: str) -> frozenset[str]:
    """Return the MCP servers and skills that the project of an agent's file defines."""
    return servers(location) | skills(location)


def servers(location: str) -> frozenset[str]:
    """Return the MCP servers that the project of an agent's file defines."""
    return _servers_of(_root(location))


def skills(location: str) -> frozenset[str]:
    """Return the skills that the project of an agent's file has."""
    return _skills_of(_root(location))


def forget() -> None:
    """Look again when anybody asks next: files change while an editor is open."""
    _servers_of.cache_clear()
    _skills_of.cache_clear()


def _root(location: str) -> str:
    path = Path(location)
    return str(discovery.project_root(path) or path.parent)


@cache
def _servers_of(root: str) -> frozenset[str]:
    return frozenset(_servers(Path(root)))


@cache
def _skills_of(root: str) -> frozenset[str]:
    return frozenset(_skills(Path(root)))


def _servers(root: Path) -> Iterator[str]:
    disk = Disk(root, limit=_MAX_BYTES)
    for place, key in _SERVERS.items():
        found = _table(disk, place).get(key)
        yield from found if isinstance(found, dict) else ()


def _table(disk: Disk, place: str) -> dict[str, Any]:
    data = disk.read(place)
    try:
        found = _parsed(data.decode("utf-8-sig"), place) if isinstance(data, bytes) else None
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _parsed(text: str, place: str) -> Any:
    if place.endswith(".toml"):
        import tomllib

        return tomllib.loads(text)
    root = jsonc.parse(text, jsonc.JSONC).root
    return jsonc.value(root) if root else None


def _skills(root: Path) -> Iterator[str]:
    for place in _SKILLS:
        folder = root / place
        try:
            yield from (entry.name for entry in folder.iterdir() if (entry / "SKILL.md").is_file())
        except OSError:
            continue
