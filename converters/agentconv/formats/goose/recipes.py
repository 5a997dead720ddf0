"""Recipes of goose 1.52.0: YAML or JSON files in `.goose/recipes` and `.agents/recipes`, one agent a file, which a person starts.

https://goose-docs.ai/docs/guides/recipes/recipe-reference

MiniJinja goes over the whole text first (`minijinja`), and takes its last line end away; serde_yaml reads what comes of it, JSON too. A
known key of a wrong type, or twice, a title or a description that is missing, and a parameter that nothing uses or nobody defines drop
the file; a value of one word is text as it is spelled. Desktop writes all of it below the key `recipe`. `instructions` are added to the
client's own prompt, and `prompt` is what the person says first: where there are no instructions, that is all that there is.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import effects, fields
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Cause, Complaint, Detail
from agentconv.core.expressions import expression
from agentconv.core.format import FormatSpec, ReadResult, WriteResult
from agentconv.core.ir import Model
from agentconv.core.losses import listed
from agentconv.core.meant import Foreign, Text
from agentconv.core.source import client_text
from agentconv.families import json_records, keys, minijinja, records, yaml_records
from agentconv.families.keys import ABSENT, Key, Refused, simple
from agentconv.families.record_file import Roster, as_written
from agentconv.families.rust import SPACE
from agentconv.formats.goose import extensions
from agentconv.json import jsonc
from agentconv.projecting import mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml import nodes
from agentconv.yaml.grammar import SERDE_YAML

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, AgentSet, Json
    from agentconv.core.source import SourceText
    from agentconv.families.keys import Absent
    from agentconv.families.record_file import Edit, Named, RecordFile

ID = extensions.ID
HINT = "add it with `goose configure`"
_BLOCK = expression(r"\|\n")
ROSTER = Roster("", by_name=False, document=True)
BELOW = Roster("/recipe", by_name=False, document=True)
_TEXTS = ("version", "title", "description", "instructions", "prompt")
_FOLDER = "recipe_dir"
"""The parameter that the client itself defines."""


def _live(text: str) -> Text:
    """Return a text that the client runs as a template."""
    return Text(text, (Foreign(text, ID),))


def is_live(value: object) -> bool:
    """Whether a value is a text that the client runs as a template."""
    return isinstance(value, Text) and any(isinstance(part, Foreign) for part in value.parts)


class _YamlRecipe(yaml_records.YamlDocument):
    """A recipe in YAML: what the client itself put there is spelled as it is, and what others wrote opens nothing."""

    def _entry(self, key: str, found: Json, indent: str) -> str:
        self.escaped = None if is_live(found) or key not in _ROWS else minijinja.OPENS
        return super()._entry(key, found, indent)

    def _edits(self, edits: list[Edit]) -> list[Edit]:
        return super()._edits(
            [(start, end, f"{new}\n" if not self.text[end:].strip() and _BLOCK.search(new) else new) for start, end, new in edits]
        )

    def render(self, records: Sequence[Named]) -> str:
        text = super().render(records)
        return f"{text}\n" if _value(text) != _value(f"{text}\n") else text


def _value(text: str) -> Json:
    root = nodes.parse(text, SERDE_YAML)
    return None if root is None else nodes.value(root, None, SERDE_YAML)


class _JsonRecipe(json_records.JsonFile):
    """The same in JSON, where either all that is written opens something, or nothing does."""

    def patch(self, index: int, changes: Mapping[str, Json | None]) -> list[Edit] | None:
        self._spell(changes)
        return super().patch(index, changes)

    def replace(self, index: int, values: Mapping[str, Json]) -> list[Edit] | None:
        self._spell(values)
        return super().replace(index, values)

    def _spell(self, values: Mapping[str, Json | None]) -> None:
        live = any(is_live(value) or key not in _ROWS for key, value in values.items())
        self.escaped = None if live else minijinja.OPENS


def parse(source: SourceText) -> RecordFile:
    """Read a recipe, with its templates as they stand."""
    file = _document(source)
    template = minijinja.read(source.text)
    if file.problem is None and template.problem:
        file.problem = Complaint(f"no template of MiniJinja: {template.problem[0]}", cause=Cause.SYNTAX), template.problem[1]
    for record in file.records:
        if isinstance(record.value, dict):
            record.value = _spelled(file, record.value, record.keys, template)
            if file.problem is None:
                file.problem = _undefined(record.value, record.keys, template)
    return file


def _document(source: SourceText) -> RecordFile:
    text = as_written(source)
    if source.path.endswith(".json") and not jsonc.parse(text.text, jsonc.JSON).error:
        found = jsonc.parse(text.text, jsonc.JSON).root
        below = isinstance(found, jsonc.Object) and "recipe" in found.entries()
        return _JsonRecipe(source, BELOW if below else ROSTER, jsonc.JSON, text)
    file = _YamlRecipe(source, ROSTER, (*KEYS, *_TEXTS), SERDE_YAML, text)
    below = any(isinstance(record.value, dict) and "recipe" in record.value for record in file.records)
    return _YamlRecipe(source, BELOW, (*KEYS, *_TEXTS), SERDE_YAML, text) if below and not file.problem else file


def _spelled(
    file: RecordFile, record: dict[str, Json], places: Mapping[str, tuple[int, int]], template: minijinja.Template
) -> dict[str, Json]:
    """Return a recipe's keys with its texts as they are spelled, and as templates where they are such."""
    found = dict(record)
    for name in _TEXTS:
        if name not in found or name not in places:
            continue
        start, end = places[name]
        if found[name] is None and name in ("instructions", "prompt"):
            continue  # it need not be there
        if not isinstance(found[name], (str, list, dict)) and file.roster is ROSTER:  # below a key, the client is strict
            found[name] = client_text(file.source.text[start:end])
    holder = "prompt" if _is_blank(found.get("instructions")) else "instructions"
    value = found.get(holder)
    if isinstance(value, str) and holder in places and template.is_live(*places[holder]):
        found[holder] = _live(value)
    return found


def _undefined(
    record: Mapping[str, Json], places: Mapping[str, tuple[int, int]], template: minijinja.Template
) -> tuple[Complaint, int] | None:
    """Say which parameter nobody defines, or nothing uses."""
    asked = {name: at for name, at in template.names.items() if name != _FOLDER}
    defined = _parameters(record.get("parameters"))
    twice = next((name for name in defined if defined.count(name) > 1), None)
    if twice is not None:
        return Complaint(f"the parameter `{twice}` is defined twice", "parameters"), places.get("parameters", (0, 0))[0]
    missing = [name for name in asked if name not in defined]
    idle = [name for name in defined if name not in asked]
    if template.inherits or not (missing or idle):
        return None
    if missing:
        return Complaint(f"no parameter is called `{missing[0]}`", "parameters", remedy=f"add `{missing[0]}` to `parameters`"), asked[
            missing[0]
        ]
    place = places.get("parameters", (0, 0))[0]
    return Complaint(f"nothing uses the parameter `{idle[0]}`", "parameters", remedy="use it, or take it out"), place


def _parameters(value: object) -> list[str]:
    """Return the names of parameters."""
    several = value if isinstance(value, list) else []
    return [str(one["key"]) for one in several if isinstance(one, dict) and "key" in one]


def _instructions(value: Any) -> Mapping[str, object]:
    if value is None:
        return {}
    text = keys.text("instructions")(value)
    return {"prompt.text": str(text), "prompt.syntax": ID if is_live(text) else "literal"}


def _write_instructions(agent: Agent) -> Json | Absent:
    if agent.prompt is None:
        return ABSENT
    return _live(agent.prompt.text) if agent.prompt.syntax == ID else agent.prompt.text


def _text(name: str, value: Any) -> str:
    return str(keys.text(name)(value))


_SETTINGS = ("goose_provider", "goose_model", "temperature", "max_turns")


def _settings(value: Any) -> Mapping[str, object]:
    if value is None:
        return {}
    found = keys.checked_table(ID, "settings", value)
    model, provider = found.get("goose_model"), found.get("goose_provider")
    read = {
        "model": None if model is None else Model("id", str(model), None if provider is None else str(provider)),
        "temperature": found.get("temperature"),
        "limits.max_turns": found.get("max_turns") or None,
    }
    return {path: one for path, one in read.items() if one is not None}


def _write_settings(agent: Agent) -> Json | Absent:
    kept = agent.extras.get(ID, {}).get("settings")
    model = agent.model if agent.model and agent.model.value else None
    found: dict[str, Json] = {
        **({key: value for key, value in kept.items() if key not in _SETTINGS} if isinstance(kept, dict) else {}),
        "goose_provider": model.provider if model else None,
        "goose_model": model.value if model else None,
        "temperature": agent.temperature,
        "max_turns": fields.get(agent, "limits.max_turns"),
    }
    return {key: value for key, value in found.items() if value is not None} or ABSENT


def _settings_say_more(value: Any) -> bool:
    return not isinstance(value, dict) or bool(set(value) - set(_SETTINGS)) or ("goose_provider" in value and "goose_model" not in value)


_PROMPT = Key(("prompt.text", "prompt.syntax"), _instructions, _write_instructions)
_REST: dict[str, Key] = {
    "settings": Key(("model", "temperature", "limits.max_turns"), _settings, _write_settings, _settings_say_more),
    "extensions": extensions.KEY,
}
_HEAD: dict[str, Key] = {
    "title": simple("name", partial(_text, "title")),
    "description": Key(
        ("description",),
        lambda value: {"description": _text("description", value)},
        lambda agent: ABSENT if agent.description is None else agent.description,
    ),
}
KEYS: dict[str, Key] = {**_HEAD, "instructions": _PROMPT, **_REST}
TASK_KEYS: dict[str, Key] = {**_HEAD, "prompt": _PROMPT, **_REST}
"""Those of a recipe without instructions."""
_ROWS = frozenset((*KEYS, *TASK_KEYS))
"""Keys whose values may be others' words: those of any other are the recipe's own, as they stand."""
SPEC = FormatSpec(
    id=ID,
    client="goose",
    holds=frozenset({"prompt.mode", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=str,
    duplicates="that of the file that is named",
)


def _lift(record: dict[str, Json]) -> Mapping[str, object]:
    """Say that the client has a prompt of its own; a recipe in which nothing is said at all is none."""
    if not any(isinstance(text := record.get(key), str) and text.strip(SPACE) for key in ("instructions", "prompt")):
        raise Refused("neither `instructions` nor `prompt` says anything", key="instructions", remedy="say in `instructions` what to do")
    return {"prompt.mode": "append"}


DIALECT = records.Dialect(SPEC, KEYS, parse, ("title", "description"), _lift)
TASK = replace(DIALECT, keys=TASK_KEYS)


def _dialect(source: SourceText) -> records.Dialect:
    """Return how a file is read: without instructions, the task that the person gives is all that the agent is told."""
    values = [record.value for record in parse(source).records if isinstance(record.value, dict)]
    task = any(_is_blank(value.get("instructions")) and not _is_blank(value.get("prompt")) for value in values)
    return TASK if task else DIALECT


def _is_blank(value: object) -> bool:
    return not (isinstance(value, str) and value.strip(SPACE))


def read(source: SourceText) -> ReadResult:
    """Read a recipe as goose does."""
    return records.read(_dialect(source), source)


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write a recipe that goose loads."""
    return records.write(_dialect(original), agents, original)


def project(projection: Projection) -> None:
    """Turn an agent into what a recipe can hold."""
    texts.require(projection, "name", "description")
    texts.require(projection, "prompt.text", blanks=SPACE)
    texts.prompt(projection, "append", ID if projection.get("prompt.syntax") == ID else "literal")
    if projection.at_home:
        _hold_template(projection)
        _hold_parameters(projection)
    once(projection, _project_shape)
    finish(projection, DIALECT)


def _hold_template(projection: Projection) -> None:
    """Refuse a prompt that goose takes for a template and cannot fill: it costs the whole recipe."""
    problem = minijinja.read(projection.get("prompt.text") or "").problem if projection.get("prompt.syntax") == ID else None
    if problem:
        projection.refuse("refused-text", "prompt.text", Detail("it is no template of MiniJinja: {}", (problem[0],)))


def _hold_parameters(projection: Projection) -> None:
    """Refuse parameters that nothing uses any more, and names that nobody defines: they cost the whole recipe."""
    own = projection.source.extras.get(ID, {})
    live = [projection.get("prompt.text")] if projection.get("prompt.syntax") == ID else []
    text = "\n".join([str(one) for one in (*live, projection.get("name"), projection.get("description"), *own.values()) if one])
    found = _undefined(own, {}, minijinja.read(text))
    if found:
        projection.refuse("refused-key", f"extras.{ID}.parameters", Detail("{}", (found[0].reason,)))


def _project_shape(projection: Projection) -> None:
    """Project all but the texts: first the servers, of which the tools are listed that there are."""
    mcp.project_servers(projection, extensions.server_reads_back, HINT, lambda server: server)
    servers = projection.get("mcp_servers") or ()
    tool_lists.tool_list(projection, _spell_server, partial(extensions.reads_back, servers), denies=False)
    tool_lists.group(projection, extensions.place_of)
    if projection.get("tools.mode") == "inherit":  # a list of servers alone would leave no other tool
        mcp.drop(projection, HINT)
    else:
        _close_unlisted(projection)
    permissions.mode(projection)
    permissions.rules(projection)
    permissions.unasked(projection)
    models.model(projection, _model, providers=True)


def _close_unlisted(projection: Projection) -> None:
    """Leave out the servers of which no tool is listed: there, one that is defined is open."""
    open_ones = {grant.server for grant in projection.get("tools.allow")}
    servers = projection.get("mcp_servers") or ()
    closed = [server.name for server in servers if server.name not in open_ones]
    if closed:
        left = tuple(server for server in servers if server.name in open_ones)
        projection.change(
            "mcp_servers", left or None, "mcp-dropped", listed(closed, "{}: no tool of it is open to the agent, and there all would be")
        )


def _model(word: str) -> Model:
    """Return the model that a word names, behind its provider."""
    provider, slash, model = word.partition("/")
    return Model("id", model, provider) if slash and model else Model("id", word)


def _spell_server(server: str, tool: str | None) -> str:
    """Write an MCP server, or one of its tools; no word stands for all of them."""
    return "" if server == effects.EVERY_SERVER else f"{server}/{tool}" if tool else server
