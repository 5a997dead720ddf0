"""What became of a set of agents in one client: converted, saved, and looked at through the client itself. Once a run."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import hostile
from driving import SERVER, SERVER_TOOLS, Place, drive
from installed import CLIENTS

import agentconv
from agent_files import FIXTURES
from agentconv.conversion import line_ends
from agentconv.core import effects, vocabulary, widening
from agentconv.core.access import EFFECT_OF, HARMLESS, Level
from agentconv.core.diagnostics import Code
from agentconv.core.format import State
from agentconv.core.ir import Agent, AgentSet, ToolGrant, Tools
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.sources import loading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from driving import Seen, Session

    from agentconv.core.diagnostics import Diagnostic, Loss
    from agentconv.core.widening import Widening

HERE = Path(__file__).parent
_SERVER_TOOL = re.compile(rf"(?:mcp_+)?{SERVER}(?:_+|\.|-)(\w+)")

Three = tuple[str | None, str | None, str | None]
"""A text in the source, in what was written, and in the client."""


@dataclass(frozen=True)
class Case:
    """One agent: as it was read, what was reported, how it was written, and as the client has it."""

    source: Agent
    losses: tuple[Loss, ...]
    written: Agent | None
    """As our own reader reads what was written; None when it was refused."""
    seen: Seen | None
    at_home: bool
    """Whether it is in the client's own words, which come back as they were."""
    loads: bool
    """Whether the client loads what was written as it stands."""

    def reported(self, *fields: str) -> bool:
        """Whether a loss says that one of these fields, or a part of it, is not what it was."""
        return any(f"{loss.field}.".startswith(f"{field}.") for loss in self.losses for field in fields)

    @property
    def author(self) -> Agent:
        """The agent that says what is allowed: the source.

        But at home nothing is converted: a file that its own client takes for something else, such as a broken header for text, stays
        as it is, byte for byte, and what the client reads is all that anybody has said.
        """
        return self.written if self.at_home and self.written and not self.loads else self.source

    @property
    def name(self) -> str | None:
        return self.written.name if self.written else None

    @property
    def descriptions(self) -> Three:
        source, written, seen = (one.description if one else None for one in (self.source, self.written, self.seen))
        return source or None, written or None, seen or None  # some clients call an absent one empty

    @property
    def prompts(self) -> Three:
        source, written = (agent.prompt.text if agent and agent.prompt else None for agent in (self.source, self.written))
        return source, written, self.seen.prompt if self.seen else None

    @property
    def is_plain(self) -> bool:
        """Whether there is a prompt, and nothing in it is to be replaced by the client, which may have its own for who has none."""
        prompt = self.written.prompt if self.written else None
        return prompt is not None and prompt.syntax == "literal" and (prompt.text != "" or prompt.mode == "replace")

    @property
    def kind(self) -> tuple[str, str | None]:
        """What a client's tools depend on besides the agent's list: whether there is one, and the model."""
        return self.written.tools.mode if self.written else "", self.seen.model if self.seen else None


@dataclass(frozen=True)
class Conversion:
    """A set of agents in one client."""

    session: Session
    cases: tuple[Case, ...]

    @property
    def present(self) -> list[Case]:
        """Those that the client has to have: of its own files with one name it takes the first."""
        names: set[tuple[str | None, bool]] = set()
        found = []
        for case in self.cases:
            if case.written and not (case.at_home and (case.name, True) in names):
                found.append(case)
            names.add((case.name, case.at_home))
        return found


SETS = ("real", "hostile", "own", "others")
"""What is tried on each client: agents like real ones, hostile ones, the fixtures of its own format, and those of all others."""


@cache
def read_set(client: str, name: str) -> AgentSet:
    """Return one of the sets for a client."""
    if name in ("real", "guarded"):
        return agentconv.read(HERE / name, format="claude-code")
    if name == "hostile":
        with TemporaryDirectory() as scratch:
            for stem, text in hostile.files().items():
                (Path(scratch) / f"{stem}.md").write_bytes(text.encode("utf-8"))
            return agentconv.read(scratch, format="claude-code")
    if name == "own":
        folder = FIXTURES / client / "valid"
        return _told_apart(agentconv.read(folder, format=client)) if folder.is_dir() else AgentSet()
    others = [read_set(other, "own") for other in registry.CLIENTS if other != client]
    return loading.gather(loading.with_ids(piece for agents in others for piece in loading.take_apart(agents)))


def _told_apart(agents: AgentSet) -> AgentSet:
    """Give agents of one name a name each, or the client would show the first of them only."""
    names = Counter[str | None]()
    found = []
    for agent in agents.agents:
        names[agent.name] += 1
        number = names[agent.name]
        found.append(agent if number == 1 else replace(agent, name=f"{agent.name}-again-{number}"))
    return replace(agents, agents=tuple(found))


@cache
def convert(client: str, name: str, *, permissive: bool = False) -> Conversion:
    """Convert a set to a client's format, save it in a scratch project, and start the client there, in a permissive session or not.

    Such a session runs the hooks of the guarded set alone, whose commands are ours.
    """
    agents = read_set(client, name)
    result = agentconv.write(agents, client)
    reader = registry.load(client).read  # as the client reads it: a broken header of its own file is no header
    readings = [reader(SourceText(file.path, file.data)) for file in result.files]
    written = [
        (agent, state is State.LOADS) for reading in readings for agent, state in zip(reading.set.agents, reading.states, strict=True)
    ]
    sources = _as_converted(agents, client, result.diagnostics)
    kept = [agent for agent in sources if agent.id not in result.refused]
    assert len(kept) == len(written), result.diagnostics
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Place.make(Path(folder))
        result.save(place.project)
        session = drive(client, place, permissive=permissive, hooks=name == "guarded")
    again = {agent.id: one for agent, one in zip(kept, written, strict=True)}
    cases = []
    for agent in sources:
        losses = tuple(loss for loss in result.losses if loss.agent == agent.id)
        one, loads = again.get(agent.id, (None, False))
        seen = session.agents.get(one.name or "") if one else None
        cases.append(Case(agent, losses, one, seen, _at_home(agent, client), loads))
    return Conversion(session, tuple(cases))


def _as_converted(agents: AgentSet, client: str, told: Iterable[Diagnostic]) -> tuple[Agent, ...]:
    """Return the agents as the conversion says that it read them: those of CRLF files are their twins' with LF, where that was told."""
    if not any(one.code is Code.LINE_ENDS for one in told):
        return agents.agents
    found = {agent.id: agent for piece in line_ends.Pieces(loading.take_apart(agents), client) for agent in piece.agents}
    return tuple(found[agent.id] for agent in agents.agents)


def _at_home(agent: Agent, client: str) -> bool:
    """Whether an agent is in the words of the client itself, of which Claude Code has several forms."""
    return vocabulary.words_of(_format(agent) or "") == vocabulary.words_of(client)


def _format(agent: Agent) -> str | None:
    return agent.origin.format if agent.origin else None


def grants(client: str, words: frozenset[str]) -> tuple[ToolGrant, ...]:
    """Return what a client's own tool names mean; those that nobody knows mean nothing."""
    found = []
    for word in sorted(words):
        if server_tool := _SERVER_TOOL.fullmatch(word):
            found.append(ToolGrant(word, client, "mcp", server=SERVER, tool=server_tool[1]))
        elif known := vocabulary.tool_word(client, word):
            found += [ToolGrant(word, client, capability) for capability in known.capabilities]
    return tuple(found)


def unknown(client: str, words: frozenset[str]) -> set[str]:
    """Return those of a client's tool names that our vocabulary has not."""
    ours = [word for word in words if not _SERVER_TOOL.fullmatch(word) and word not in CLIENTS[client].without_effect]
    return {word for word in ours if vocabulary.tool_word(client, word) is None}


def as_seen(client: str, case: Case) -> effects.Effects:
    """Return what an agent may do with the tools that its client really offers it."""
    assert case.written
    assert case.seen
    words = (case.seen.tools or frozenset()) - set(CLIENTS[client].session_decides)
    offered = Tools("list", grants(client, words))
    return effects.effects(replace(case.written, tools=offered), format_id=client)


def beyond(client: str, case: Case, tool: str) -> list[Widening]:
    """Return what an agent does that calls one of a client's tools, and that is more than its author lets it do unasked."""
    done = effects.effects(Agent(tools=Tools("list", grants(client, frozenset({tool})))), format_id=client)
    return widening.widenings(_outside_of_patterns(client, case), replace(done, asks=False))


def is_declared(client: str, case: Case, what: Widening) -> bool:
    """Whether `not-enforced` names a limit that the client does not hold the agent to, and that would close just this."""
    unheld = CLIENTS[client].unheld
    said = [loss for loss in case.losses if loss.code == "not-enforced"]
    if what.server:
        return any(loss.field == "mcp_servers" for loss in said)
    return any(what.effect in unheld.get(str(key), ()) for loss in said if loss.data for key in loss.data.values)


def _outside_of_patterns(client: str, case: Case) -> effects.Effects:
    """Return what the author of an agent lets it do with files and commands that no pattern and no hook is about."""
    may = may_do(client, case)
    only = {capability for capability, _, effect in may.parts if effect == "only"}
    closed = {EFFECT_OF.get(capability) for capability in only} - {EFFECT_OF.get(capability) for capability in may.tools - only}
    levels = {effect: Level.NO if effect in closed else level for effect, level in may.levels.items()}
    return replace(may, levels=levels, parts=frozenset(), guards=frozenset())


def may_do(client: str, case: Case) -> effects.Effects:
    """Return what the author of an agent lets it do."""
    author = _in_this_session(client, case.author) if case.at_home else case.author
    return effects.effects(author, held=case.at_home)


def _in_this_session(client: str, agent: Agent) -> Agent:
    """Return an agent with what its client takes tools for of servers that are not in its session."""
    if not CLIENTS[client].last_part_counts:
        return agent
    own = [grants(client, frozenset({grant.tool})) for grant in agent.tools.allow if grant.tool and grant.server != SERVER]
    return replace(agent, tools=replace(agent.tools, allow=(*agent.tools.allow, *(grant for several in own for grant in several))))


def capabilities(client: str, case: Case) -> set[str]:
    """Return what the tools that an agent is offered can do, and the server's tools among them."""
    words = case.seen.tools if case.seen and case.seen.tools else frozenset()
    return {_server_tool(grant) if grant.server else grant.capability or "" for grant in grants(client, words)}


def wanted(client: str, case: Case) -> set[str]:
    """Return the same of what an agent's author wrote, without what another tool of the agent does as well."""
    listed = {*effects.usable(case.source, _format(case.source) or client)} - {"mcp"} - HARMLESS
    if "shell" in capabilities(client, case):  # Claude Code, for one, then takes the tools to list and to search away
        listed -= {"fs.list", "fs.search"}
    here = [grant for grant in case.source.tools.allow if grant.server == SERVER and grant.tool in (None, *SERVER_TOOLS)]
    return listed | {_server_tool(grant) for grant in here}


def _server_tool(grant: ToolGrant) -> str:
    return f"{grant.server} {grant.tool or '*'}"
