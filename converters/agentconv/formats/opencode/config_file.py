"""The agents in a JSON configuration of OpenCode and its relatives: the maps `agent` and, deprecated, `mode`.

OpenCode itself has a third one, `agents` (`opencode_native`), which Kilo 7.7.9 does not read.

`{env:NAME}` and `{file:path}` in it are filled in (`file_references`). A text from elsewhere that holds one cannot be written
there; a prompt with a variable, or with a file that is not read, has the client's own syntax. A prompt that is changed goes back
into its file where no other text is in there, and else into the configuration itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import fields, references
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Complaint, Detail
from agentconv.core.expressions import expression
from agentconv.core.format import ReadResult, State, WriteResult
from agentconv.core.ir import AgentSet
from agentconv.core.meant import Reference, Text
from agentconv.core.source import SourceText, encode
from agentconv.families import included_prompts, json_records, reading, records
from agentconv.families.keys import ABSENT, Key, Refused
from agentconv.families.record_file import Roster
from agentconv.formats.opencode import agent_keys, file_references, native_agents
from agentconv.json import jsonc
from agentconv.projecting import texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection
    from agentconv.core.includes import Include, Included
    from agentconv.core.ir import Agent, Json
    from agentconv.families.keys import Absent
    from agentconv.formats.opencode.dialect import Client

ROSTERS = (Roster("/agent", by_name=True), Roster("/mode", by_name=True))
SUFFIXES = (".json", ".jsonc")
_FILLED_IN = expression(r"\{(env|file):(?!\})")


@dataclass(frozen=True, slots=True)
class Configuration:
    """One client's configuration."""

    client: Client
    dropped: State
    """What becomes of the agents when one value is wrong: the client takes all of the file, or nothing."""
    trusted: bool
    """Whether `{env:NAME}` may stand in a project's configuration."""
    native: bool = False
    """Whether the client reads the map `agents` too."""
    values_alone: bool = False
    """Whether the client looks for files that are named in values, and nowhere else."""

    @property
    def keys(self) -> dict[str, Key]:
        """The keys of an agent: the name stands before them, and the prompt is among them."""
        prompt = Key(("prompt.text", "prompt.syntax"), self._read_prompt, _write_prompt)
        table = {name: key for name, key in self.client.keys.items() if name != "name"}
        return {**table, "prompt": prompt}

    def dialect(self, roster: Roster) -> records.Dialect:
        """Return the dialect of one of the maps."""
        mode = roster.pointer == "/mode"
        return records.Dialect(
            self.client.spec,
            self.keys,
            lambda source: file_references.parse(source, roster, self.includes(source)),
            lift=lambda record: self._lift(record, mode=mode),
            bad_name=lambda name: Complaint("JavaScript needs this word itself") if name == "__proto__" else None,
            is_agent=lambda name, record: (
                not (name in self.client.spec.reserved and record.get("disable") is True and "prompt" not in record)
            ),
            all_or_nothing=True,
            dropped=self.dropped,
        )

    def includes(self, source: SourceText) -> list[Include]:
        """Return where a configuration names files whose text the client fills in."""
        return file_references.in_values(source) if self.values_alone else file_references.found(source)

    def _lift(self, record: dict[str, Json], *, mode: bool) -> Mapping[str, object]:
        if "permissions" in record:
            raise Refused("`permissions` is of another version of the client: write `permission`", key="permissions")
        return self.client.lift_mode(record) if mode else self.client.lift(record)

    def _read_prompt(self, value: Json) -> Mapping[str, object]:
        if value is None and self.client.permissions.nullable:
            return {}
        if not isinstance(value, str):
            raise Refused("`prompt` must be text")
        text = value if isinstance(value, Text) else references.read(file_references.LANGUAGE, value)
        if not self.trusted and any(isinstance(part, Reference) for part in text.parts):
            raise Refused("`prompt`: a project's configuration must not have `{env:NAME}`", {"prompt.text": str(value)})
        live = references.literal(text.parts) is None
        return {"prompt.text": text if live else value, "prompt.syntax": self.client.spec.id if live else "literal"}

    def read(self, source: SourceText) -> ReadResult:
        """Read the agents of all maps; an empty file says nothing, and is taken (asked)."""
        if not source.text.removeprefix("\ufeff").strip():
            return ReadResult(AgentSet())
        results = [records.read(self.dialect(roster), source) for roster in ROSTERS]
        if self.native and json_records.parse(source, native_agents.ROSTER, jsonc.JSONC).container is not None:
            results.append(self._read_native(source))
        states = [state for result in results for state in result.states]
        if State.STOPS in states or (self.native and native_agents.stops(source)):
            states = [state if state.dropped else State.NOT_LOADED for state in states]
        found = AgentSet(tuple(agent for result in results for agent in result.set.agents))
        unread = file_references.unread(source, found.agents, self.includes(source))
        told = tuple(dict.fromkeys((*(one for result in results for one in result.diagnostics), *unread)))
        numbered = [(result, number) for result in results for number in range(len(result.set.agents))]

        def place(number: int, key: str, *within: str | int) -> tuple[int, int] | None:
            result, own = numbered[number]
            return result.place(own, key, *within) if result.place else None

        return ReadResult(found, tuple(states), told, place)

    def _native_dialect(self, source: SourceText) -> records.Dialect:
        stops = native_agents.stops(source)
        problems: dict[str, Complaint] = {}

        def parse(text: SourceText) -> json_records.JsonFile:
            file, found = native_agents.parse(text)
            file_references.fill(file, text, self.includes(text))
            problems.clear()
            problems.update(found)
            return file

        dialect = self.dialect(ROSTERS[0])
        dropped = State.STOPS if stops else State.NOT_LOADED
        return replace(
            dialect,
            parse=parse,
            bad_name=lambda name: problems.get(name) or dialect.bad_name(name),
            all_or_nothing=stops,
            dropped=dropped,
        )

    def _read_native(self, source: SourceText) -> ReadResult:
        """Read the agents of `agents`, but for those that `agent` has as well."""
        result = records.read(self._native_dialect(source), source)
        spec, hidden = self.client.spec, native_agents.shadowed(source)
        remarks = list(native_agents.without_effect(spec, source))
        touched = {name for name, _ in remarks}
        rows = [
            (agent, State.DEGRADED if state is State.LOADS and agent.name in touched else state)
            for agent, state in zip(result.set.agents, result.states, strict=True)
            if agent.name not in hidden
        ]
        kept = [number for number, agent in enumerate(result.set.agents) if agent.name not in hidden]
        twice = [reading.shadowed(spec, name, source.span(*place)) for name, place in hidden.items()]
        found = [
            *(one for one in result.diagnostics if one.agent not in hidden),
            *(one for name, one in remarks if name not in hidden),
            *twice,
        ]

        def place(number: int, key: str, *within: str | int) -> tuple[int, int] | None:
            return result.place(kept[number], key, *within) if result.place else None

        return ReadResult(AgentSet(tuple(agent for agent, _ in rows)), tuple(state for _, state in rows), tuple(found), place)

    def write(self, agents: AgentSet, original: SourceText) -> WriteResult:
        """Write the agents of all maps; one that comes from none, or that `agents` no longer holds, is put into `agent`."""
        changed = self._put_back(agents, original)
        text = SourceText(original.path, original.data, {**(original.included or {}), **changed}) if changed else original
        native, stay = self._write_native(agents, text)
        steps = [native]
        for roster in ROSTERS:
            rest = (agent for agent in agents.agents if agent not in stay)
            ours = tuple(agent for agent in rest if _is_at(agent, "/mode") == (roster.pointer == "/mode"))
            steps.append(records.write(self.dialect(roster), AgentSet(ours), text.put(steps[-1].data)))
        respelled = tuple(name for step in steps for name in step.respelled)
        left = {one.path for one in self.includes(text.put(steps[-1].data))}
        taken_in = tuple(dict.fromkeys(one.path for one in self.includes(original) if one.path not in left))
        whole = next((step.whole for step in steps if step.whole), None)
        return WriteResult(steps[-1].data, respelled, whole, tuple(changed.values()), taken_in)

    def _put_back(self, agents: AgentSet, original: SourceText) -> dict[str, Included]:
        """Return the files that hold a prompt which is another one now, and nothing but that, with its text in them."""
        includes = self.includes(original)
        if not includes:
            return {}
        before = {agent.origin.pointer: agent for agent in self.read(original).set.agents if agent.origin}
        places = [included_prompts.known(original, one.path).path for one in includes]
        found: dict[str, Included] = {}
        for pointer, agent in ((agent.origin.pointer, agent) for agent in agents.agents if agent.origin):
            path = file_references.alone(original, pointer)
            old, text = before.get(pointer), fields.get(agent, "prompt.text")
            if path is None or old is None or fields.get(old, "prompt.text") == text:
                continue
            one = included_prompts.known(original, path)
            put = file_references.with_text(one, text) if places.count(one.path) == 1 else None
            found.update({path: put} if put else {})
        return found

    def _write_native(self, agents: AgentSet, original: SourceText) -> tuple[WriteResult, list[Agent]]:
        """Take out of `agents` what is no longer as it was; return what stays there."""
        if not self.native or json_records.parse(original, native_agents.ROSTER, jsonc.JSONC).container is None:
            return WriteResult(original.data), []
        dialect = self._native_dialect(original)
        there = {agent.origin.pointer: agent for agent in records.read(dialect, original).set.agents if agent.origin}
        stay = [
            agent
            for agent in agents.agents
            if agent.origin and agent.origin.pointer in there and fields.same(there[agent.origin.pointer], agent)
        ]
        names = {agent.name for agent in agents.agents if agent not in stay}
        hidden = native_agents.shadowed(original)
        dead = [agent for agent in there.values() if agent.name in hidden and agent.name in names]
        kept = [agent for agent in there.values() if agent in stay or agent in dead]
        return records.write(dialect, AgentSet(tuple(kept)), original), stay

    def project(self, projection: Projection) -> None:
        """Turn an agent into what the configuration can hold; what the client would fill in in a text from elsewhere is refused."""
        target = projection.target
        template = projection.get("prompt.syntax") == target.id
        for path in ("name", "description", "prompt.text"):
            value = projection.get(path) or ""
            found = _FILLED_IN.search(value)
            meant = isinstance(value, Text) and references.read(file_references.LANGUAGE, str(value)).parts == value.parts
            if found and not (template and meant and path == "prompt.text") and not (projection.at_home and path != "prompt.text"):
                projection.refuse("refused-text", path, Detail("{} would fill in `{}`", (target.client, found[0])))
        if projection.get("prompt.text") == "":
            projection.translate("prompt.text", None)
        syntax = target.id if template and _FILLED_IN.search(projection.get("prompt.text") or "") else "literal"
        texts.prompt(projection, "replace", syntax)
        agent_keys.project(projection, self.client.permissions, self.dialect(ROSTERS[0]))

    def essence(self, source: SourceText) -> SourceText:
        """Return the file with nothing but its agents: what else a configuration holds is the user's."""
        parts = []
        for roster in (*ROSTERS, *([native_agents.ROSTER] if self.native else [])):
            container = json_records.parse(source, roster, jsonc.JSONC).container
            if container is not None:
                bare = source.text.removeprefix("\ufeff")
                parts.append(f'  "{roster.pointer[1:]}": {bare[container.start : container.end]}')
        return source.put(encode("{\n" + ",\n".join(parts) + "\n}\n"))


def _is_at(agent: Agent, pointer: str) -> bool:
    return agent.origin is not None and agent.origin.pointer.startswith(f"{pointer}/")


def is_configuration(path: str) -> bool:
    """Whether a path is that of a configuration, rather than of a markdown file."""
    return path.endswith(SUFFIXES)


def _write_prompt(agent: Agent) -> Json | Absent:
    return fields.get(agent, "prompt.text") or ABSENT
