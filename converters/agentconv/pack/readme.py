"""The README of a pack, rendered from what is in it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from agentconv.core import credentials, vocabulary
from agentconv.core.expressions import expression
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.pack.contents import Contents
    from agentconv.packs.manifest import Needs, PackedAgent

_LONGEST = 300
"""Characters of a description that are shown."""
_SPECIAL = expression(r"([\\`*_{}\[\]<>#|!~&$])")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def render(contents: Contents) -> str:
    """Write a pack's README."""
    about, manifest = contents.about, contents.manifest
    number = len(manifest.agents)
    held = f"{number:,} {'agent' if number == 1 else 'agents'}" if number else "Skills, commands and MCP servers"
    kind = (
        f"{held} for coding assistants, as data: nothing of this package is run. "
        "[agentconv](https://pypi.org/project/agentconv-toolkit/) converts them for the assistant that you use."
    )
    parts = [
        f"# {about.name}",
        plain(about.description),
        kind,
        *(["## Agents"] if number else []),
        *(_agent(agent, contents) for agent in manifest.agents),
        "## Install",
        *_install(about.name),
        *_as_plugin(contents),
    ]
    if about.license:
        parts += ["## Licence", f"`{about.license}`"]
    return "\n\n".join(parts) + "\n"


def plain(text: str, longest: int | None = None) -> str:
    """Return text as one line of Markdown that means itself: no markup, nothing invisible, nothing that looks like a credential."""
    line = " ".join(credentials.masked(text).split())
    line = "".join(char for char in line if unicodedata.category(char) not in _INVISIBLE)
    if longest and len(line) > longest:
        line = f"{line[:longest].rsplit(' ', 1)[0].rstrip('.,;: ')} …"
    return re.sub(r"^([-+=]|\d+[.)])", r"\\\1", _SPECIAL.sub(r"\\\1", line))


def _agent(agent: PackedAgent, contents: Contents) -> str:
    rows = list(_needed(agent.needs))
    if agent.id in contents.refused:
        rows.append(f"Claude Code: not available ({plain(contents.refused[agent.id], _LONGEST)})")
    body = [f"### {plain(agent.name)}", plain(agent.description, _LONGEST) or "No description."]
    return "\n\n".join([*body, "\n".join(f"- {row}" for row in rows)])


def _needed(needs: Needs) -> Iterator[str]:
    tools = "all that the assistant has" if needs.every_tool else _codes(needs.tools) or "none"
    yield f"Tools: {tools}"
    if needs.mcp_servers:
        yield f"MCP servers, which you configure in the assistant: {_codes(needs.mcp_servers)}"
    if needs.skills:
        yield f"Skills: {_codes(needs.skills)}"


def _codes(words: Iterable[str]) -> str:
    return ", ".join(_code(word) for word in words)


def _code(word: str) -> str:
    """Return a word as code, fenced by more backticks than are in it."""
    shown = "".join(char for char in " ".join(credentials.masked(word).split()) if unicodedata.category(char) not in _INVISIBLE)
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    return f"{fence} {shown} {fence}" if "`" in shown else f"`{shown}`"


def _install(name: str) -> Iterator[str]:
    yield "In a project's root; `agentconv` keeps what you edit, and `agentconv uninstall` removes the rest again."
    yield f"```sh\npip install agentconv-toolkit {name}\nagentconv install {name} --to auto   # every assistant that the project has\n```"
    yield "Or for one assistant:"
    rows = [
        f"| {registry.FORMATS[client].title} | `agentconv install {name} --to {client}` |"
        for client in registry.CLIENTS
        if vocabulary.installation(client)
    ]
    yield "\n".join(["| Assistant | Command |", "|---|---|", *rows])


def _as_plugin(contents: Contents) -> Iterator[str]:
    offered = [agent for agent in contents.manifest.agents if agent.plugin]
    if not offered:
        return
    module = contents.about.module
    yield "The installed package is a plugin of Claude Code, too:"
    find = f"import importlib.util as u; print(u.find_spec('{module}').submodule_search_locations[0])"
    yield f'```sh\nclaude --plugin-dir "$(python -c "{find}")"\n```'
    left = [agent for agent in contents.manifest.agents if agent.id in contents.unlisted]
    if left:
        rows = [f"- {plain(agent.name)}: {plain(contents.unlisted[agent.id], _LONGEST)}" for agent in left]
        yield "Not in the plugin, whose loader ignores what would restrict them:\n\n" + "\n".join(rows)
