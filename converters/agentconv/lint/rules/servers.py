"""MCP servers and skills that an agent names, and that are not there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from agentconv.core import effects, vocabulary
from agentconv.core.diagnostics import Code, Severity
from agentconv.core.restraints import SERVERS
from agentconv.lint import remarks
from agentconv.lint.passages import shown, title
from agentconv.lint.rule import Fix, rule
from agentconv.parts import places
from agentconv.parts.registry import part_format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.lint.remark import Remark
    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject

_HEADER = "---\nname: reviewer\ndescription: Reviews changes before a merge\n"
_BODY = "---\n\nYou review changes.\n"
_SERVER = "mcpServers:\n  - tracker:\n      {}: npx\n"


@rule(
    "AC551",
    "broken-server",
    bad=_HEADER + _SERVER.format("comand") + _BODY,
    good=_HEADER + _SERVER.format("command") + _BODY,
    source="the client's own reader, run on the same file",
    verified="2026-11-24",
    severity=Severity.ERROR,
)
def broken_server(self: Rule, subject: Subject) -> Iterator[Finding]:
    """An MCP server in a shape that the client does not take.

    Claude Code 2.1.329 passes over such a server, and the agent starts without its tools. Copilot and Gemini CLI drop the agent.
    """
    for remark in remarks.of(subject):
        if remark.field != "mcp_servers" or remark.diagnostic.code not in (Code.INVALID_VALUE, Code.NOT_LOADED):
            continue
        effect = remarks.fate(remark, f"does not take all of `{remark.key}`")
        fix = _in_list(subject, remark)
        yield self.find(
            shown(f"{title(subject)} {effect}: {remark.reason}", 160),
            (remark.start, remark.end),
            f"{fix.title}, as a list" if fix else "give each server a `command` with `args`, or a `url`",
            severity=remark.severity,
            agent=remark.diagnostic.agent,
            clients=(subject.format,),
            fix=fix,
        )


def _in_list(subject: Subject, remark: Remark) -> Fix | None:
    """Return how names of servers of the project are written, where the client takes just these so."""
    written = subject.text[remark.start : remark.end]
    names = [name.strip() for name in written.split(",")]
    if not all(names) or not {*names} <= {*subject.settings.names, *vocabulary.servers(subject.format)}:
        return None
    meant = f"[{', '.join(names)}]"
    text = f"{subject.text[: remark.start]}{meant}{subject.text[remark.end :]}"
    found = [server.name for agent in subject.reread(text.encode()).set.agents for server in agent.mcp_servers or ()]
    return (
        Fix(f"write `{meant}`", ((remark.start, remark.end, meant),), frozenset({"mcp_servers", f"extras.{remark.key}"}))
        if found == names
        else None
    )


@rule(
    "AC552",
    "undefined-server",
    bad=f"{_HEADER}tools: Read, mcp__tracker__search\n{_BODY}",
    good=f"{_HEADER}tools: Read, mcp__tracker__search\n{_SERVER.format('command')}{_BODY}",
    source="where the client looks for servers below a project's root",
    verified="2026-11-24",
    severity=Severity.NOTE,
)
def undefined_server(self: Rule, subject: Subject) -> Iterator[Finding]:
    """An MCP server that is named, but defined neither by the agent nor in the project.

    Claude Code 2.1.329 and others start the agent without it and say nothing. It may be one that each user has configured: then
    a note in the project's own `.mcp.json` saves whoever comes next the search.
    """
    defined = {effects.server_key(name) for name in (*subject.settings.names, *vocabulary.servers(subject.format))}
    for number, agent, state in subject.agents():
        if state.dropped:
            continue
        own = {effects.server_key(server.name) for server in agent.mcp_servers or () if server.transport}
        named = {server.name: "mcp_servers" for server in agent.mcp_servers or () if not server.transport}
        named.update({grant.server: "tools.allow" for grant in agent.tools.allow if grant.server})
        for name, path in named.items():
            if name == effects.EVERY_SERVER or effects.server_key(name) in own | defined:
                continue
            message = shown(f"{title(subject)} finds no MCP server `{shown(name, 60)}` in the agent or the project", 160)
            place = subject.word(number, subject.key_of(path), name)
            yield self.find(message, place, _defining(subject, name), agent=agent.name, clients=(subject.format,))


def _defining(subject: Subject, name: str) -> str:
    """Say where the client of a file looks for the servers of a project; where that is a file of these alone, what to write there."""
    module = part_format(subject.format, SERVERS)
    path = module.project[0].path if module is not None and module.project else ""
    if not path:
        return f"define it among the MCP servers of {title(subject)}"
    snippet = json.dumps({"mcpServers": {name: {"command": "..."}}}, ensure_ascii=False)
    return f"define it in {path}{f': {snippet}' if path.endswith('mcp.json') else ''}"


@rule(
    "AC553",
    "missing-skill",
    bad=f"{_HEADER}skills: [style-guide]\n{_BODY}",
    good=f"{_HEADER}{_BODY}",
    source="where clients look for skills below a project's root",
    verified="2026-11-24",
    severity=Severity.NOTE,
)
def missing_skill(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A skill that is named, and is in none of the project's folders for skills.

    Claude Code 2.1.329 starts the agent without it and says nothing. It may be a skill of the user or of a plugin, which the
    project does not hold.
    """
    for number, agent, state in subject.agents():
        for name in dict.fromkeys(agent.skills or ()):
            if state.dropped or name == "*" or ":" in name or name in subject.settings.names:
                continue
            message = shown(f"{title(subject)} finds no skill `{shown(name, 60)}` in the project", 160)
            place = subject.word(number, subject.key_of("skills"), name)
            help_text = shown(f"put it into {places.folder_of_skills(subject.format)}/{name}/SKILL.md, or take it out", 160)
            yield self.find(message, place, help_text, agent=agent.name, clients=(subject.format,))


@rule(
    "AC554",
    "ignored-skills",
    bad=f"{_HEADER}skills: 5\n{_BODY}",
    good=f"{_HEADER}skills: [style-guide]\n{_BODY}",
    source="the client's own reader, run on the same file",
    verified="2026-11-24",
    severity=Severity.ERROR,
)
def ignored_skills(self: Rule, subject: Subject) -> Iterator[Finding]:
    """Skills, or agents to call, in a shape that the client does not take.

    Claude Code 2.1.329 ignores a list of skills that it cannot read, and the agent starts without them.
    """
    for remark in remarks.of(subject):
        if remark.field not in ("skills", "delegates") or remark.diagnostic.code not in (Code.INVALID_VALUE, Code.NOT_LOADED):
            continue
        effect = remarks.fate(remark, f"ignores `{remark.key}`")
        yield self.find(
            shown(f"{title(subject)} {effect}: {remark.reason}", 160),
            (remark.start, remark.end),
            "write a list of names",
            severity=remark.severity,
            agent=remark.diagnostic.agent,
            clients=(subject.format,),
        )
