"""Packs and their agents, for people and for programs."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from agentconv.core import plain_words
from agentconv.install import consent
from agentconv.install.units import Units
from agentconv.packs.contents import shown
from agentconv.render import machine, text
from agentconv.render.table import table, width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.ir import Agent
    from agentconv.core.parts import Part
    from agentconv.packs.environment import Environment
    from agentconv.packs.finding import Pack
    from agentconv.packs.manifest import Needs, PackedAgent
    from agentconv.sources.parts_on_disk import LoadedPart

_DESCRIPTION_WIDTH = 90


def report(packs: Sequence[Pack], *, verbose: bool) -> list[str]:
    """Return the packs, each with a line per agent."""
    lines: list[str] = []
    for pack in packs:
        lines += [*([""] if lines else []), _heading(pack)]
        units = Units(pack.pieces())
        about = [pack.manifest.description, *([f"in {pack.place}"] if verbose else [])]
        lines += [
            line for words in about if words for line in wrap(text.safe(words), width() - 2, initial_indent="  ", subsequent_indent="  ")
        ]
        lines += table(
            [
                ("  AGENT", "NEEDS, AND WHAT IT IS FOR"),
                *(row for one in pack.manifest.agents for row in _rows(one, units.agents.get(one.id), verbose=verbose)),
            ]
        )
        if parts := units.parts:
            lines += table(
                [
                    ("  ALONG", "ASKS FOR, AND WHAT IT IS FOR"),
                    *(row for item in parts.items() for row in _part_rows(*item, verbose=verbose)),
                ]
            )
    return lines


def _heading(pack: Pack) -> str:
    remark = "" if pack.verified else " (unverified: an editable install has no record of what its files were)"
    agents = text.count(len(pack.manifest.agents), "agent")
    return f"{text.safe(pack.manifest.name)} {text.safe(pack.manifest.version)}: {agents}{remark}"


def _rows(agent: PackedAgent, read: Agent | None, *, verbose: bool) -> Iterator[tuple[str, str]]:
    """Yield what an agent asks for, whole, and below it what its hooks run, and what it is for."""
    about = " ".join(agent.description.split()) if verbose else next(iter(agent.description.strip().splitlines()), "")
    shown = text.safe(about) if verbose else text.shorten(about, _DESCRIPTION_WIDTH)
    yield f"  {text.shorten(agent.name, 60)}", text.safe(needs(agent.needs))
    yield from (("", text.safe(one.what)) for one in (consent.grants(read) if read else ()) if one.word == plain_words.HOOKS)
    yield "", shown


def _part_rows(name: str, part: Part, *, verbose: bool) -> Iterator[tuple[str, str]]:
    """Yield what a part asks for beyond reading, and below it what it is for."""
    yield f"  {text.shorten(name, 60)}", text.safe(" ".join(consent.words([consent.grants(part)])) or plain_words.NO_TOOL)
    about = " ".join((getattr(part, "description", None) or "").split())
    if about:
        yield "", text.safe(about) if verbose else text.shorten(about, _DESCRIPTION_WIDTH)


def needs(asked: Needs) -> str:
    """Return what an agent asks for, in words."""
    tools = [plain_words.EVERY_TOOL] if asked.every_tool else plain_words.tools(asked.tools)
    servers, skills = map(plain_words.server, asked.mcp_servers), map(plain_words.skill, asked.skills)
    return " ".join([*(tools or [plain_words.NO_TOOL]), *servers, *skills])


def looked(environment: Environment, *, nothing: bool) -> list[str]:
    """Return where was looked, and where nothing was found, what to do."""
    head = f"{'no packs' if nothing else 'looked'} in {text.safe(environment.looked)}"
    return [head, *([f"  hint: {environment.hint}"] if nothing else [])]


def plain(packs: Sequence[Pack], problems: Sequence[Diagnostic], environment: Environment, code: int) -> dict[str, Any]:
    """Return everything for other programs."""
    report: dict[str, Any] = {
        "exit_code": code,
        "environment": {"chosen": environment.chosen, "folders": [shown(folder) for folder in environment.places]},
        "results": [_pack(pack) for pack in packs],
        "diagnostics": [machine.plain(problem) for problem in problems],
    }
    return report


def _pack(pack: Pack) -> dict[str, Any]:
    return {
        "name": pack.manifest.name,
        "version": pack.manifest.version,
        "description": pack.manifest.description,
        **({"license": pack.manifest.license} if pack.manifest.license else {}),
        "origin": pack.origin,
        "place": pack.place,
        "verified": pack.verified,
        "manifest_sha256": pack.manifest_sha256,
        **({"wheel_sha256": pack.wheel_sha256} if pack.wheel_sha256 else {}),
        "agents": [_agent(agent) for agent in pack.manifest.agents],
        "parts": [_part(one) for one in Units(pack.pieces()).loaded.values()],
    }


def _part(one: LoadedPart) -> dict[str, Any]:
    part = one.part
    asks = list(consent.words([consent.grants(part)]))
    return {"kind": one.kind, "id": part.id, "name": part.name, "description": getattr(part, "description", None) or "", "asks": asks}


def _agent(agent: PackedAgent) -> dict[str, Any]:
    asked = agent.needs
    return {
        "id": agent.id,
        "name": agent.name,
        "description": agent.description,
        "plugin": agent.plugin,
        "needs": {
            "every_tool": asked.every_tool,
            "tools": list(asked.tools),
            "mcp_servers": list(asked.mcp_servers),
            "skills": list(asked.skills),
        },
    }
