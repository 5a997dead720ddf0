"""The agents in a JSON configuration of OpenCode and its relatives: the maps `agent` and, deprecated, `mode`.

Before the configuration is parsed, `{env:NAME}` and `{file:path}` in its text are filled in, wherever they stand. A text from
elsewhere that holds one cannot be written there; one that is read has the client's own syntax.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconv import fields, jsonc
from agentconv.families import json_records, opencode_keys, projecting, records
from agentconv.families.keys import ABSENT, Key, Refused
from agentconv.families.record_file import Place
from agentconv.format_base import ReadResult
from agentconv.ir import AgentSet
from agentconv.source import SourceText, encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.families.keys import Absent
    from agentconv.families.opencode_like import Client
    from agentconv.format_base import Projection, State
    from agentconv.ir import Agent, Json

PLACES = (Place("/agent", by_name=True), Place("/mode", by_name=True))
SUFFIXES = (".json", ".jsonc")
_FILLED_IN = re.compile(r"\{(env|file):(?!\})")


@dataclass(frozen=True, slots=True)
class Configuration:
    """One client's configuration."""

    client: Client
    dropped: State
    """What becomes of the agents when one value is wrong: the client takes all of the file, or nothing."""
    trusted: bool
    """Whether `{env:NAME}` may stand in a project's configuration."""

    @property
    def keys(self) -> dict[str, Key]:
        """The keys of an agent: the name stands before them, and the prompt is among them."""
        prompt = Key(("prompt.text", "prompt.syntax"), self._read_prompt, _write_prompt)
        table = {name: key for name, key in self.client.keys.items() if name != "name"}
        return {**table, "prompt": prompt}

    def dialect(self, place: Place) -> records.Dialect:
        """Return the dialect of one of the maps."""
        mode = place.pointer == "/mode"
        return records.Dialect(
            self.client.spec,
            self.keys,
            lambda source: json_records.parse(source, place, jsonc.JSONC),
            lift=lambda record: self._lift(record, mode=mode),
            bad_name=lambda name: "JavaScript needs this word itself" if name == "__proto__" else None,
            all_or_nothing=True,
            dropped=self.dropped,
        )

    def _lift(self, record: dict[str, Json], *, mode: bool) -> Mapping[str, object]:
        if "permissions" in record:
            raise Refused("`permissions` is of another version of the client: write `permission`")
        return self.client.lift_mode(record) if mode else self.client.lift(record)

    def _read_prompt(self, value: Json) -> Mapping[str, object]:
        if value is None and self.client.permissions.nullable:
            return {}
        if not isinstance(value, str):
            raise Refused("`prompt` must be text")
        found = _FILLED_IN.search(value)
        if found and found[1] == "env" and not self.trusted:
            raise Refused("`prompt`: a project's configuration must not have `{env:NAME}`", {"prompt.text": value})
        return {"prompt.text": value, "prompt.syntax": self.client.spec.id if found else "literal"}

    def read(self, source: SourceText) -> ReadResult:
        """Read the agents of both maps."""
        agents, modes = (records.read(self.dialect(place), source) for place in PLACES)
        found = AgentSet((*agents.set.agents, *modes.set.agents))
        return ReadResult(found, (*agents.states, *modes.states), tuple(dict.fromkeys((*agents.diagnostics, *modes.diagnostics))))

    def write(self, agents: AgentSet, original: SourceText, respelled: list[str] | None = None) -> bytes:
        """Write the agents of both maps; one that comes from neither is put into `agent`."""
        data = original.data
        for place in PLACES:
            ours = tuple(agent for agent in agents.agents if _is_at(agent, "/mode") == (place.pointer == "/mode"))
            data = records.write(self.dialect(place), AgentSet(ours), SourceText(original.path, data), respelled)
        return data

    def project(self, projection: Projection) -> None:
        """Turn an agent into what the configuration can hold; what the client would fill in in a text from elsewhere is refused."""
        target = projection.target
        template = projection.get("prompt.syntax") == target.id
        for path in ("name", "description", "prompt.text"):
            found = _FILLED_IN.search(projection.get(path) or "")
            if found and not (template and path == "prompt.text") and not (projection.at_home and path != "prompt.text"):
                projection.refuse("refused-text", path, f"{target.client} would fill in `{found[0]}`")
        if projection.get("prompt.text") == "":
            projection.translate("prompt.text", None)
        syntax = target.id if template and _FILLED_IN.search(projection.get("prompt.text") or "") else "literal"
        projecting.prompt_shape(projection, "replace", syntax)
        dialect = self.dialect(PLACES[0])
        opencode_keys.project(
            projection,
            self.client.permissions,
            dialect.keys,
            lambda agent: records.encode_record(dialect, agent),
            lambda record: records.decode_written(dialect, record),
        )

    def essence(self, source: SourceText) -> SourceText:
        """Return the file with nothing but its agents: what else a configuration holds is the user's."""
        parts = []
        for place in PLACES:
            container = json_records.parse(source, place, jsonc.JSONC).container
            if container is not None:
                bare = source.text.removeprefix("\ufeff")
                parts.append(f'  "{place.pointer[1:]}": {bare[container.start : container.end]}')
        return SourceText(source.path, encode("{\n" + ",\n".join(parts) + "\n}\n"))


def _is_at(agent: Agent, pointer: str) -> bool:
    return agent.origin is not None and agent.origin.pointer.startswith(f"{pointer}/")


def is_configuration(path: str) -> bool:
    """Whether a path is that of a configuration, rather than of a markdown file."""
    return path.endswith(SUFFIXES)


def _write_prompt(agent: Agent) -> Json | Absent:
    return fields.get(agent, "prompt.text") or ABSENT
