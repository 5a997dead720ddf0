"""The README of a pack, rendered from what is in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

from agentconv.core import credentials, effects
from agentconv.core.expressions import expression
from agentconv.core.kinds import KINDS, NOUNS
from agentconv.core.parts import PermissionSet, Server, SetHook, Skill, kind_of
from agentconv.formats import registry
from agentconv.pack import reach

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from agentconv.core.ir import Hook, Json
    from agentconv.core.parts import Part
    from agentconv.pack.contents import Contents
    from agentconv.pack.reach import Reach
    from agentconv.packs.manifest import Needs, PackedAgent

_LONGEST = 300
"""Characters of a description that are shown."""
_SPECIAL = expression(r"([\\`*_{}\[\]<>#|!~&$])")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def render(contents: Contents) -> str:
    """Write a pack's README."""
    about, manifest = contents.about, contents.manifest
    number = len(manifest.agents)
    held = f"{number:,} {'agent' if number == 1 else 'agents'}" if number else _listed(_parts(contents))
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
        *_along(_parts(contents)),
        "## Install",
        *_install(about.name, contents.reach),
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
    brought = {effects.server_key(part.name or "") for part in _parts(contents) if isinstance(part, Server)}
    rows = list(_needed(agent.needs, brought))
    rows += [f"Hook of its own: {_runs(hook)}" for hook in contents.hooks.get(agent.id, ())]
    if agent.id in contents.refused:
        rows.append(f"Claude Code: not available ({plain(contents.refused[agent.id], _LONGEST)})")
    body = [f"### {plain(agent.name)}", plain(agent.description, _LONGEST) or "No description."]
    return "\n\n".join([*body, "\n".join(f"- {row}" for row in rows)])


def _parts(contents: Contents) -> list[Part]:
    return [one.part for one in contents.parts]


def _listed(parts: Sequence[Part]) -> str:
    """Return what a pack without agents holds, in a few words."""
    words = [f"{NOUNS[kind]}s" for kind in KINDS if any(kind_of(part) == kind for part in parts)]
    text = " and ".join(filter(None, (", ".join(words[:-1]), words[-1] if words else "data")))
    return f"{text[0].upper()}{text[1:]}"


def _along(parts: Sequence[Part]) -> Iterator[str]:
    """Yield what comes along with the agents, kind by kind, and what each of it runs, reaches, forbids or opens."""
    if not parts:
        return
    yield "## What comes along"
    for kind in KINDS:
        mine = [part for part in parts if kind_of(part) == kind]
        if mine:
            noun = f"{NOUNS[kind][0].upper()}{NOUNS[kind][1:]}{'s' if len(mine) > 1 else ''}"
            yield f"{noun}:\n\n" + "\n".join(f"- {_code(part.name or part.id)}{_about(part)}" for part in mine)


def _about(part: Part) -> str:
    """Return what is to be known of a part before it is installed."""
    if isinstance(part, Server):
        defined = part.definition
        line = " ".join((str(defined.command), *map(str, defined.args or ()))) if defined.command else ""
        return f": starts {_code(line)}" if line else f": is at {_code(str(defined.url))}" if defined.url else ""
    if isinstance(part, SetHook):
        return f": {_runs(part.definition)}"
    if isinstance(part, PermissionSet):
        return f": {_codes(rule.shown for rule in part.rules)}" if part.rules else ""
    text = plain(part.description or "", _LONGEST)
    programs = [file.path for file in part.files if file.executable] if isinstance(part, Skill) else []
    words = [text.rstrip(".")] if text else []
    words += [f"programs in it: {_codes(programs)}"] if programs else []
    return f": {'; '.join(words)}" if words else ""


def _runs(hook: Hook) -> str:
    """Say what a hook does, and when."""
    done = ", ".join(_done(one) for one in hook.handlers if isinstance(one, Mapping))
    return f"{done or 'nothing'} on {_code(hook.native_event)}"


def _done(handler: Mapping[str, Json]) -> str:
    """Say what a hook does."""
    if handler.get("command"):
        return f"runs {_code(str(handler['command']))}"
    return f"calls {_code(str(handler['url']))}" if handler.get("url") else "asks a model"


def _needed(needs: Needs, brought: Collection[str]) -> Iterator[str]:
    tools = "all that the assistant has" if needs.every_tool else _codes(needs.tools) or "none"
    yield f"Tools: {tools}"
    own = [name for name in needs.mcp_servers if effects.server_key(name) in brought]
    if own:
        yield f"MCP servers, which come along: {_codes(own)}"
    if left := [name for name in needs.mcp_servers if name not in own]:
        yield f"MCP servers, which you configure in the assistant: {_codes(left)}"
    if needs.skills:
        yield f"Skills: {_codes(needs.skills)}"


def _codes(words: Iterable[str]) -> str:
    return ", ".join(_code(word) for word in words)


def _code(word: str) -> str:
    """Return a word as code, fenced by more backticks than are in it."""
    shown = "".join(char for char in " ".join(credentials.masked(word).split()) if unicodedata.category(char) not in _INVISIBLE)
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    return f"{fence} {shown} {fence}" if "`" in shown else f"`{shown}`"


def _install(name: str, several: Sequence[Reach]) -> Iterator[str]:
    yield (
        "In a project's root. What it may do beyond reading is asked before anything is written (`--dry-run` shows it); `agentconv` keeps "
        "what you edit, and `agentconv uninstall` removes the rest again."
    )
    yield f"```sh\npip install agentconv-toolkit {name}\nagentconv install {name} --to auto   # every assistant that the project has\n```"
    yield "Or for one assistant:"
    gets = {one.client: _gets(one) for one in several}
    none = {one.client for one in several if one.gets_nothing}
    head = ["| Assistant | Command | Gets |", "|---|---|---|"] if gets else ["| Assistant | Command |", "|---|---|"]
    rows = [
        f"| {registry.FORMATS[client].title} | {'–' if client in none else f'`agentconv install {name} --to {client}`'} |"
        + (f" {gets[client]} |" if gets else "")
        for client in reach.clients()
    ]
    yield "\n".join([*head, *rows])
    if gets:
        yield "What an assistant does not get could do what a rule or a hook forbids that it does not hold."


def _gets(one: Reach) -> str:
    """Say what an assistant gets, and why not the rest."""
    if not one.without:
        return "all of it"
    by_reason: dict[str, list[str]] = {}
    for name, why in one.without.items():
        by_reason.setdefault(why, []).append(name)
    words = "; ".join(f"{_codes(names)} ({plain(why, _LONGEST)})" for why, names in by_reason.items())
    if one.gets_nothing:
        return f"nothing: {', '.join(plain(why, _LONGEST) for why in by_reason)}"
    return f"{'no agents; ' if one.agents and one.agents == one.agents_away else ''}all but {words}"


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
