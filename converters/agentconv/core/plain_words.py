"""What an agent may do, in the words that people read: the same in every report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

TOOLS = {
    "read": ("fs.read",),
    "search": ("fs.list", "fs.search"),
    "write": ("fs.write", "fs.edit", "notebook.edit"),
    "shell": ("shell",),
    "web": ("web.fetch", "web.search"),
    "agents": ("delegate",),
    "todo": ("todo",),
    "skills": ("skill",),
    "ask": ("ask",),
    "mcp": ("mcp",),
}
"""The words for what tools do, and the capabilities that each stands for."""
_APART = {
    "fs.list": "listing files",
    "fs.search": "searching in files",
    "fs.write": "writing new files",
    "fs.edit": "editing files",
    "notebook.edit": "editing notebooks",
    "web.fetch": "fetching pages",
    "web.search": "searching the web",
}
"""The words for capabilities that share one, where not all of them are meant."""
EVERY_TOOL, NO_TOOL = "all", "none"
EFFECTS = {"read": "reading files", "write": "writing files", "network": "using the network", "run": "running commands"}
"""The words for what comes of it."""
UNATTENDED, HOOKS, SERVERS = "unattended", "hooks", "mcp"
"""The words for what comes besides: not being asked before, commands that the client runs by itself, and tools of MCP servers."""
AGENTS, SKILLS = "agents", "skills"
"""The words for what is called: other agents that are started, and skills that are loaded."""
_TOOL_OF = {capability: word for word, capabilities in TOOLS.items() for capability in capabilities}


def tools(capabilities: Iterable[str]) -> list[str]:
    """Return the words for capabilities, in their order; what only a client knows by its own word comes after them, as it is."""
    found = list(capabilities)
    own = [word for word in found if word not in _TOOL_OF]
    return [*(word for word, stands_for in TOOLS.items() if set(found).intersection(stands_for)), *own]


def tool(capability: str) -> str:
    """Return the word for one capability."""
    return _TOOL_OF.get(capability, capability)


def lost(gone: Collection[str], kept: Collection[str]) -> list[str]:
    """Return the words for capabilities that are gone, apart where others of the same word are kept."""
    partly = {_TOOL_OF.get(capability) for capability in kept}
    found = (_APART.get(one, tool(one)) if _TOOL_OF.get(one) in partly else tool(one) for one in sorted(gone))
    return list(dict.fromkeys(found))


def server(name: str) -> str:
    """Return the word for the tools of an MCP server."""
    return f"mcp:{name}"


def skill(name: str) -> str:
    """Return the word for a skill."""
    return f"skill:{name}"
