"""The law: project, write, read back, compare. No agent gets into a file of another client but through here.

A format module can be wrong: its `project` may drop a field and say nothing, its `write` may forget a line, its `read` may
overlook a key. So none of them is believed. For each agent, each time:

1. **Name.** It gets its name in the target; what it says of other agents gets theirs.
2. **Project.** The target's `project` turns it into the most of it that the target can hold, and declares a loss for each
   field that it changes. Nothing may be lost but here. A target may also refuse an agent, with the reason: then it is not written.
3. **Check what was declared.** The agent before and after differ in the declared fields, and in all of them.
4. **Write.** The target's `write` spells the projected agent, over the bytes that are there already, if any are.
5. **Read back.** The target's own reader must load what was written, and give the projected agent again, exactly.
6. **Judge.** What the agent that was read back may do is within what its author allowed. Where it is wider, it is refused,
   unless the user insists.

What breaks 3 or 5, and whatever else goes wrong on the way, is a bug of ours: that agent is not written, the others are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import compare, defined_servers, idle_hooks, insisting, own_words, rules_there, servers_there
from agentconv.conversion.unsayable import unsayable
from agentconv.core import access, denials, effects, losses, modes, paths, plain_words, restrictions, vocabulary
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Detail, InputError, InternalError
from agentconv.core.format import Projection, Whole, WriteResult
from agentconv.core.ir import AgentSet
from agentconv.core.losses import listed, quoted
from agentconv.core.source import SourceText
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from agentconv.conversion.naming import Name
    from agentconv.conversion.options import Options
    from agentconv.conversion.renaming import Names
    from agentconv.core.diagnostics import Loss
    from agentconv.core.effects import Guard
    from agentconv.core.ir import Agent
    from agentconv.core.shapes import Shapes
    from agentconv.core.widening import Widening
    from agentconv.sources.loaded import Loaded


_CLOSING = frozenset({"tools-narrowed", "tools-approximated"})
"""Losses by which an agent may do less."""


@dataclass(frozen=True, slots=True)
class Case:
    """An agent that is to be written, and where."""

    agent: Agent
    piece: Loaded
    """What it was read from."""
    name: Name
    path: str
    original: SourceText | None = None
    """The file that it goes into, as it is there, where that is of the target's own format already."""
    exact: bool = False
    """Whether reading the original, under any path, gives the agent."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the law makes of an agent."""

    agent: Agent | None = None
    """The agent as projected; None where it is not written."""
    written: WriteResult | None = None
    """A file of it alone."""
    losses: tuple[Loss, ...] = ()
    bug: Exception | None = None
    """What broke the law."""


class Law:
    """The law of one target, held to all the agents of a conversion."""

    def __init__(self, target: str, options: Options, names: Names, shapes: Shapes | None = None) -> None:
        self.target = target
        self.module = registry.load(target)
        self.options = options
        self.names = names
        self.shapes: Shapes = {} if shapes is None else shapes

    def judge(self, case: Case) -> Verdict:
        """Take one agent through the law."""
        projection: Projection | None = None
        try:
            projection = self._begun(case)
            opened: list[Widening] = []
            written = self._through(case, projection, opened)
            self._say_opened(case, projection, opened, written=written is not None)
            if written is None:
                self._say_standing_instead(case, projection)
            shut = self.names.carried.left_out if self.names.carried is not None else ()
            told = defined_servers.settled(projection.losses, self._servers_there, shut)
            return Verdict(projection.result() if written else None, written, tuple(told))
        except InputError:
            raise  # what is overridden cannot be: that is the user's to mend
        except Exception as error:  # noqa: BLE001 - a bug must surface as one, and must not lose the other agents
            overridden = [loss for loss in projection.losses if loss.code == "overridden"] if projection else []
            if overridden and isinstance(error, InternalError):
                raise unsayable(case.agent, self.module.SPEC.client, overridden) from None
            return Verdict(bug=error)

    def kept_away(self, agent: Agent) -> Iterator[Loss]:
        """Yield why an agent whose file keeps its bytes does not go where the hooks do not run that hold it back."""
        off = idle_hooks.off(agent, self.target, self.options)
        wider = compare.widenings(agent, replace(agent, hooks=None), self.target) if off is not None else []
        if wider and not self._insists(agent, wider):
            yield idle_hooks.told("widening", agent, self.target, wider, off)
        if self.names.carried is not None and (broken := self.names.carried.restraints.broken(agent)):
            yield losses.loss("set-restraint", agent.id, "tools", self.target, broken)

    def _servers_there(self) -> frozenset[str]:
        """Return the names of the servers that the target has already, or gets along with the agents."""
        along = self.names.carried.written("servers") if self.names.carried is not None else frozenset[str]()
        return along.union(self.options.servers_of(self.target) if self.options.servers_of is not None else ())

    def _say_opened(self, case: Case, projection: Projection, opened: Sequence[Widening], *, written: bool) -> None:
        """Say what the servers that go along would open to an agent: as it is written, or as the target has it."""
        servers = self.names.carried.open_servers if self.names.carried is not None else None
        if servers is None or not servers.going:
            return
        author, taken = self._author(projection), self.options.taken
        if written and (taken is None or author.id in taken):
            servers.meet(author, opened)
        if self.options.there is not None:
            servers.meet_there(author, self.options.there(case.piece, case.agent, written))
        elif servers.are_at_home and not (written and self.module.SPEC.own_first):
            servers.meet_there(author, self._read_instead(case))

    def _say_standing(self, projection: Projection, again: Agent, known: Sequence[Widening]) -> None:
        """Say what the servers open to an agent that stand in the target: what goes there now is judged with what goes along."""
        there = self.options.there_already(self.target) if self.options.there_already is not None else ()
        if not there:
            return
        carried = self.names.carried
        judged = {*carried.open_servers.going, *map(effects.server_key, carried.in_place)} if carried is not None else frozenset[str]()
        left = [one for one in there if one.key not in judged]
        projection.losses += servers_there.told(self._author(projection), again, self.target, left, known, trusted=projection.trusted)

    def _say_standing_instead(self, case: Case, projection: Projection) -> None:
        """Say it of who is refused."""
        servers_there.forget(projection.losses)
        one = self._read_instead(case) if servers_there.is_read(case.piece, self.options.read) else None
        if one is not None:
            self._say_standing(projection, one, ())

    def _begun(self, case: Case) -> Projection:
        """Return the projection of an agent, whose fields say first what its mode and the source's other keys restrict."""
        agent = restrictions.in_fields(case.agent, self.target) if case.agent.extras else case.agent
        agent, moot = denials.without_moot(agent, self.target)
        mode = modes.idle(agent, self.target)
        agent = modes.without_mode(agent) if mode else agent
        agent = modes.in_tools(agent, self.target, holds="permissions.mode" in self.module.SPEC.holds)
        named = agent if self.names.carried is None else self.names.carried.names.out_of_plugin(agent)
        trusted = own_words.granted(case.agent, case.piece)
        foreign = any(paths.astray(agent, self.target)) and not own_words.written(case.agent, case.piece)
        words, known = {"trusted": trusted, "foreign": foreign}, self.options.known
        begun = Projection(named, self.module.SPEC, self.options.models, case.path, self.shapes, **words, servers=known)
        if named is not agent:
            begun.remark("part-renamed", "mcp_servers", listed(sorted(_servers(named) - _servers(agent))))
        if moot:
            begun.remark("denial-moot", "tools.deny", listed(moot))
        if mode:
            begun.remark(
                "mode-grants-nothing", "permissions.mode", quoted(vocabulary.mode_word(agent.origin.format if agent.origin else None, mode))
            )
        return begun

    def _through(self, case: Case, projection: Projection, opened: list[Widening]) -> WriteResult | None:
        """Take the six steps; None where one of them refuses the agent. `opened` gets what servers open that go along."""
        self.names.rename(projection, case.name)
        self.module.project(projection)
        if self.names.carried is not None:
            self.names.carried.restraints.hold(projection)
        if self.options.their_rules is not None:
            rules_there.hold(projection, self.options.their_rules)
        if self.options.overriding and not projection.is_refused():
            self.options.overriding(case.agent, projection)
        if projection.is_refused():
            return None
        projected = projection.result()
        compare.check_declared(projection.source, projected, projection.declared, projection.shape)
        known = (
            case.original
            if case.exact and projected is case.agent and idle_hooks.off(projected, self.target, self.options) is None
            else None
        )
        written = WriteResult(known.data) if known else self._spelled(case, projected)
        self._judge_size(projection, len(written.data))
        if not known and not projection.is_refused():  # what is known was read from these very bytes
            again = self._read_back(case, written)
            compare.check_read_back(projected, again)
            opened += self._judge_effects(case, projection, again)
        return None if projection.is_refused() else written

    def _spelled(self, case: Case, projected: Agent) -> WriteResult:
        """Write over what is there; from nothing, where that says all of it already, unseen by the client."""
        agents, nothing = AgentSet((projected,)), SourceText(case.path, b"")
        written = self.module.write(agents, case.original or nothing)
        same = case.original and written.data == case.original.data and not written.beside
        unseen = case.original and same and any(one.dropped for one in self.module.read(case.original).states)
        return replace(self.module.write(agents, nothing), whole=Whole.FILE) if unseen else written

    def _judge_size(self, projection: Projection, size: int) -> None:
        limit = self.module.SPEC.max_bytes
        if limit is not None and size > limit:
            projection.refuse("refused-size", "prompt.text", Detail("{:,} bytes, {:,} are read", (size, limit)))

    def _read_back(self, case: Case, written: WriteResult) -> Agent:
        again = self.module.read(written.over(case.original or SourceText(case.path, b"")))
        if len(again.set.agents) != 1 or again.states[0].dropped:
            reason = again.diagnostics[0].message if again.diagnostics else "no agent in it"
            raise InternalError(f"the output would not load: {reason}")
        return again.set.agents[0]

    def _judge_effects(self, case: Case, projection: Projection, again: Agent) -> list[Widening]:
        """Judge what an agent may do, and return what servers open to it that go along: these stay, rather than the agent."""
        off = idle_hooks.off(again, self.target, self.options)
        again = again if off is None else replace(again, hooks=None)  # none runs
        self._judge_places(projection, again)
        if self._is_emptied(projection, again):
            closed = [loss.detail for loss in projection.losses if loss.code in ("tools-narrowed", "tool-unknown")]
            projection.refuse("refused-tools", "tools", listed(closed, nothing="none of its tools"))
        self._say_closed(projection, again)
        wider = self._wider(projection, again)
        opened = self._opened(projection, again, wider)
        wider += [] if self.names.carried is None else self.names.carried.open_servers.wanted(self._author(projection), opened)
        if wider and self.names.carried is not None and self.names.carried.restraints.guards:
            wider = self._without_held(projection, again, wider, self.names.carried.restraints.guards)
        if vocabulary.unenforced(self.target).servers:  # no file of the target limits them: `not-enforced`
            wider = [one for one in wider if not one.server]
        if wider:
            self._judge_widenings(case, projection, again, wider, off)
        self._say_standing(projection, again, wider)
        if self.names.carried is not None:
            self.names.carried.restraints.take_over(projection, again)
            self.names.carried.restraints.refuse(projection, again)
        return opened

    def _say_closed(self, projection: Projection, again: Agent) -> None:
        """Mark the loss by which an agent has nothing left of what its own list is for: who writes can then only read."""
        at = next((number for number, loss in enumerate(projection.losses) if loss.code in _CLOSING), None)
        source = projection.source
        if at is None or source.tools.mode != "list":
            return
        shape = projection.shape
        closed = _closed(source, again) if shape is None or shape.closed is None else shape.closed
        if shape is not None:
            shape.closed = closed
        if closed:
            projection.losses[at] = replace(projection.losses[at], closes=closed)

    def _judge_widenings(
        self, case: Case, projection: Projection, again: Agent, wider: Sequence[Widening], off: idle_hooks.Idle | None
    ) -> None:
        """Refuse an agent that may do more than its author allowed, unless that is asked for, or is less than without its file.

        `off` is the file of settings by which none of its hooks runs.
        """
        code, hints, keepable = "widened", None, False
        if not self._insists(projection.source, wider):
            there = self._all_instead(case, again)
            more = [[*compare.widenings(again, one, self.target)] for one in there]
            is_less = bool(more) and all(more) and all(self._is_narrower(again, one) for one in there)
            keepable = self.options.keeps_wider is not None and is_less
            is_kept = keepable and self._is_kept(projection.source, [one.name for one in wider])
            hints = None if is_kept else self._with_more(case, next(filter(None, more), [])) or self._with_servers(wider)
            code = "widened-less" if is_kept else "widening"
            hints = hints or (insisting.not_of_agents(self.options) if code == "widening" and off is None else None)
        told = idle_hooks.told(code, projection.source, self.target, wider, off, hints=hints)
        shuts = compare.closed_servers(self._author(projection), again, self.target) if keepable else ()
        projection.losses.append(replace(told, keepable=keepable, shuts=tuple(shuts)))

    def _insists(self, agent: Agent, wider: Sequence[Widening]) -> bool:
        """Whether the user insists on an agent, or on all the servers by which it may do more."""
        servers = self.names.carried.open_servers if self.names.carried is not None else None
        wanted = servers is not None and all(map(servers.insists, wider))
        return wanted or self.options.insists_on(agent.name, agent.id)

    def _is_kept(self, author: Agent, beyond: Sequence[str]) -> bool:
        """Whether a configuration names what an agent may do beyond its author's words."""
        named = self.options.keeps_wider(author) if self.options.keeps_wider is not None else ()
        return all(one in named for one in beyond)

    def _is_narrower(self, again: Agent, there: Agent) -> bool:
        """Whether an agent may do nothing that it may not do by the source's own file, in the place of which it comes.

        It does where its name is the same to the client: `name: "one"` has quotes in it to Cursor.
        """
        return again.name == there.name and not compare.widenings(there, again, self.target)

    def _read_instead(self, case: Case) -> Agent | None:
        """Return an agent as the target's client has it by the source's own file, where it reads that, too; None where it does not."""
        piece = case.piece
        if piece.source is None or piece.format not in registry.also_reads(self.target):
            return None
        there = self.module.read(piece.source)
        return None if len(there.set.agents) != 1 or there.states[0].dropped else there.set.agents[0]

    def _all_instead(self, case: Case, again: Agent) -> list[Agent]:
        """Return an agent as the target's client has it without a file of its own: by the source's own, or by those of others."""
        there = self._read_instead(case)
        if there is not None or self.options.beside is None:
            return [there] if there is not None else []
        return [*self.options.beside(again.name or "")]

    def _with_more(self, case: Case, more: Sequence[Widening]) -> tuple[str, str] | None:
        """Say that the client reads another file where it has none of its own, if an agent may do more there than in what is refused.

        The second text is for who calls the library.
        """
        if not more:
            return None
        words = ", ".join(map(str, more))
        client = self.module.SPEC.client
        file = "the source's own file" if case.piece.format in registry.also_reads(self.target) else "another assistant's file"
        today = f"today {client} reads {file}, which leaves still more open: {words}"
        widening, narrower = losses.rule("widening"), "and that is the narrower of the two"
        return f"{today}. {widening.hint}, {narrower}", f"{today}. {widening.option}, {narrower}"

    def _with_servers(self, wider: Sequence[Widening]) -> tuple[str, str] | None:
        """Say that the client has servers by the source's own files, where it is these alone that an agent may not use."""
        there = {effects.server_key(name) for name in self._in_place()}
        if not wider or not all(one.server in there for one in wider):
            return None
        widening, client = losses.rule("widening"), self.module.SPEC.client
        does = f"{client} reads {'the servers' if len(wider) > 1 else 'the server'} where the source has them, open to every agent"
        return f"{does}; {widening.hint}", f"{does}; {widening.option}"

    def _judge_places(self, projection: Projection, again: Agent) -> None:
        """Say which places an agent was denied that it is not any more."""
        places = denials.lost_places(projection.source, again)
        if places and effects.effects(projection.source).levels["run"] > access.Level.ASK:
            projection.warn("pattern-dropped", "permissions.rules", listed(places))
        elif places:
            projection.remark("rules-dropped", "permissions.rules", listed(places))

    def _is_emptied(self, projection: Projection, again: Agent) -> bool:
        """Whether an agent had tools and has none: once for those of one shape."""
        shape = projection.shape
        if shape is not None and shape.emptied is not None:
            return shape.emptied
        before = effects.effects(self._author(projection), trusted=projection.trusted)
        found = effects.effects(again, format_id=self.target).is_empty(before)
        if shape is not None:
            shape.emptied = found
        return found

    def _wider(self, projection: Projection, again: Agent) -> list[Widening]:
        """Say what an agent that came back as it was projected may do beyond its author's words: once for those of one shape.

        The servers that go along count as closed here: they stay where that is not so.
        """
        shape, there = projection.shape, self._in_place()
        if shape is None or there or projection.trusted:
            return compare.widenings(self._author(projection), again, self.target, there, trusted=projection.trusted)
        if shape.wider is None:
            shape.wider = compare.widenings(self._author(projection), again, self.target, trusted=False)
        return [*shape.wider]

    def _in_place(self) -> tuple[str, ...]:
        """Return the servers that the target has by the source's own files, whatever is written."""
        return () if self.names.carried is None else self.names.carried.in_place

    def _opened(self, projection: Projection, again: Agent, wider: Sequence[Widening]) -> list[Widening]:
        """Return what an agent may do beyond its author's words by the servers that go along, and not without them."""
        if self.names.carried is None:
            return []
        return self.names.carried.open_servers.opened(self._author(projection), again, wider, trusted=projection.trusted)

    def _without_held(self, projection: Projection, again: Agent, wider: Sequence[Widening], guards: Collection[Guard]) -> list[Widening]:
        """Leave out what the agent's own guards hold back, where the set's do the very same in the target, for everybody."""
        from agentconv.conversion import set_restraints

        may = effects.effects(again, format_id=self.target)
        return set_restraints.without_held(wider, self._author(projection), may, guards)

    def _author(self, projection: Projection) -> Agent:
        """Return what an agent's author wrote, with the names that servers have in the target."""
        return projection.source if self.names.carried is None else self.names.carried.names.author_of(projection.source)


def _closed(source: Agent, again: Agent) -> tuple[str, ...]:
    """Return the effects that an agent's own list of tools is for, and that it has nothing of any more."""
    its_own = {access.EFFECT_OF.get(capability) for grant in source.tools.allow for capability in access.granted(grant)}
    before, after = effects.whole_levels(source), effects.whole_levels(again)
    found = [one for one in access.EFFECTS if one in its_own and before[one] and not after[one]]
    had, has = effects.effects(source), effects.effects(again)
    named = any(grant.server for grant in source.tools.allow) and any(had.servers.values())
    return (*found, *([plain_words.SERVERS] if named and not has.every_server and not any(has.servers.values()) else []))


def _servers(agent: Agent) -> set[str]:
    """Return the MCP servers that an agent speaks of."""
    granted = {one.server for one in (*agent.tools.allow, *agent.tools.deny)} | {rule.server for rule in agent.permissions.rules}
    return {name for name in granted if name} | {server.name for server in agent.mcp_servers or ()}
