"""kimi-cli 1.52.0, which Kimi Code comes from: YAML files that lie anywhere, and are named when it is started; one agent a file.

https://moonshotai.github.io/kimi-cli/en/customization/agents.html

Pydantic reads what stands below `agent`: a known key of a wrong type drops the file, any other is passed over. Without `extend`, a name,
tools and a prompt must be there; the prompt is the text of another file, over which Jinja goes (`jinja`). An agent that extends the
client's own one has that one's prompt, with the value of `ROLE_ADDITIONAL` in it as it stands: so are written those from elsewhere, as
the client's own sub-agents are. A list of tools names classes of Python; one that there is not drops the agent when it is started.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import includes, names
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint, Detail
from agentconv.core.format import FormatSpec, ReadResult, Whole, WriteResult
from agentconv.core.includes import MOST_BYTES, Include, Included
from agentconv.core.losses import listed
from agentconv.core.meant import Foreign, Text
from agentconv.core.source import SourceText, client_text, decode, encode
from agentconv.families import included_prompts, keys, model_words, records, tool_tokens, yaml_records
from agentconv.families.keys import ABSENT, Key, Refused, simple
from agentconv.families.record_file import Roster, as_written
from agentconv.families.value_checks import is_texts
from agentconv.formats.kimi import jinja, layers
from agentconv.formats.kimi.layers import ARGS, PROMPT
from agentconv.projecting import mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.yaml.grammar import PYYAML

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, AgentSet, Json, ToolGrant
    from agentconv.families.keys import Absent

ID = "kimi-cli"
HINT = "add it with `kimi mcp add`"
ROSTER = Roster("/agent", by_name=False, document=True)
ROLE = "ROLE_ADDITIONAL"
"""The value of the client's own prompt that is there for more."""


def as_it_stands(source: SourceText) -> yaml_records.YamlDocument:
    """Read a file by itself, without those that it names."""
    return yaml_records.YamlDocument(source, ROSTER, (*KEYS, PROMPT, "allowed_tools"), PYYAML, as_written(source))


def parse(source: SourceText) -> yaml_records.YamlDocument:
    """Read a file with what it extends, and with the text of its prompt's file, as far as they are known."""
    file = as_it_stands(source)
    version = _version(source)
    if version != "1" and file.problem is None:
        file.problem = Complaint(f"it reads files of the version 1, and this is one of {version}", "version"), 0
    for record in file.records:
        if not isinstance(record.value, dict):
            continue
        found = layers.of_keys(record.value, source)
        record.value = found.keys
        if (broken := _without_base(found, source)) is not None:
            file.problem = file.problem or (broken, record.keys.get("extend", record.place)[0])
            record.value = {key: value for key, value in found.keys.items() if key != "extend"}
        if found.keys.get("name", "") == "" and source.path:
            record.value = {**record.value, "name": names.stem_of(source.path, ())}
        if isinstance(path := found.keys.get(PROMPT), str):
            problem = _filled(record.value, path, layers.known(source, path), record.keys.get(PROMPT, record.place)[0])
            file.problem = file.problem or problem
    return file


def _without_base(found: layers.Layers, source: SourceText) -> Complaint | None:
    """Say why there is nothing that an agent extends; None where there is, or nobody could look."""
    if found.endless:
        return Complaint("it extends itself", "extend")
    if found.keys.get("extend") == "":
        return Complaint("`extend` is empty", "extend", remedy=f"write `extend: {layers.DEFAULT}`")
    remedy = f"write `extend: {layers.DEFAULT}`"
    if found.lost is not None:
        missing = layers.known(source, found.lost).missing
        return Complaint(f"there is no file `{found.lost}`", "extend", remedy=remedy) if missing else None
    lacking = [name for name in layers.REQUIRED if name not in found.keys]
    if found.extended and not found.of_default and lacking:
        return Complaint(f"`{found.extended[-1]}` has no `{lacking[0]}`, and extends nothing", "extend", remedy=remedy)
    return None


def _layers(source: SourceText) -> layers.Layers:
    """Return the agent of a file, as far as it is to be read, with what it extends."""
    found = (record.value for record in as_it_stands(source).records)
    return layers.of_keys(next((value for value in found if isinstance(value, dict)), {}), source)


def _version(source: SourceText) -> str:
    from agentconv.yaml import nodes

    try:
        root = nodes.parse(source.text.removeprefix("\ufeff"), PYYAML)
        value = nodes.value(root, None, PYYAML) if root is not None else None
    except nodes.YamlError:
        return "1"
    return str(value.get("version", "1")) if isinstance(value, dict) else "1"


def _filled(record: dict[str, Json], path: str, one: Included, at: int) -> tuple[Complaint, int] | None:
    """Put the text of a prompt's file into an agent; return what the client does not take of it."""
    if one.data is None:
        return (Complaint(f"there is no file `{path}`", PROMPT, remedy=f"write the prompt into `{path}`"), at) if one.missing else None
    given = record.get(ARGS)
    values = {name: value for name, value in given.items() if isinstance(value, str)} if isinstance(given, dict) else {}
    filled = jinja.fill(_of_file(one), values)
    record[PROMPT] = Text(path, (filled.text,)) if not filled.live else Text(path, (filled.text, ""))
    return (Complaint(f"`{path}` is no template of Jinja: {filled.problem}", PROMPT), at) if filled.problem else None


def _of_file(one: Included) -> str:
    """Return the text of a file as the client takes it."""
    text = client_text(decode(one.data or b""))
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _prompt(value: str) -> Mapping[str, object]:
    """Read a prompt: the text of its file, or, where that is not known, what stands for it."""
    if not isinstance(value, Text) or isinstance(value.parts[0], Foreign):
        return {"prompt.text": Text(str(value), (Foreign(str(value), included_prompts.LANGUAGE),)), "prompt.syntax": "literal"}
    return {"prompt.text": str(value.parts[0]), "prompt.syntax": ID if len(value.parts) > 1 else "literal"}


def _args(value: Any) -> dict[str, Json]:
    return keys.checked_table(ID, ARGS, value)


def _role(value: Any) -> Mapping[str, object]:
    """Read what is added to the client's own prompt."""
    text = _args(value).get(ROLE)
    return {"prompt.text": text, "prompt.mode": "append"} if isinstance(text, str) and text else {}


def _write_role(agent: Agent) -> Json | Absent:
    kept = agent.extras.get(ID, {}).get(ARGS)
    others = {name: value for name, value in kept.items() if name != ROLE} if isinstance(kept, dict) else {}
    return {**others, **({ROLE: agent.prompt.text} if agent.prompt else {})} or ABSENT


def _role_says_more(value: Any) -> bool:
    return not value.get(ROLE) or len(value) > 1


def _words(name: str, value: Any) -> list[str]:
    """Return the words of a list; none for null."""
    if value is not None and not is_texts(value):
        raise Refused(f"`{name}` is a list of names", key=name)
    return list(value or ())


def _allowed(name: str, value: Any) -> Mapping[str, object]:
    return tool_tokens.listed(dict.fromkeys(tool_tokens.own(ID, word) for word in _words(name, value)))


def _denied(value: Any) -> Mapping[str, object]:
    return {"tools.deny": tuple(dict.fromkeys(tool_tokens.own(ID, word) for word in _words("exclude_tools", value)))}


def _subagents(value: Any) -> Mapping[str, object]:
    if value is None:
        return {"delegates": ()}
    return {"delegates": tuple(keys.checked_table(ID, "subagents", value))}


def _optional(path: str, name: str) -> Key:
    """Make a key of text, or of null for nothing."""
    read = keys.text(name)
    return Key((path,), lambda value: {} if value is None else {path: read(value)}, simple(path, read).write)


def _model(value: Any) -> Mapping[str, object]:
    return {} if value is None else {"model": model_words.read(ID, keys.text("model")(value))}


KEYS: dict[str, Key] = {
    "name": simple("name", keys.text("name")),
    ARGS: Key(("prompt.text", "prompt.mode"), _role, _write_role, _role_says_more),
    "model": Key(("model",), _model, lambda agent: ABSENT if agent.model is None else model_words.write(agent.model)),
    "when_to_use": _optional("description", "when_to_use"),
    "tools": Key(("tools.mode", "tools.allow"), partial(_allowed, "tools"), tool_tokens.write),
    "exclude_tools": Key(("tools.deny",), _denied, lambda agent: [one.native for one in agent.tools.deny] or ABSENT),
    "subagents": Key(("delegates",), _subagents, lambda agent: {} if agent.delegates == () else ABSENT, bool),
}
SWITCHES = {"allowed_tools": "tools.allow"}
"""A list that counts in the stead of the other one: `_lift` reads it, and only that one is written."""
SPEC = FormatSpec(
    id=ID,
    client="kimi-cli",
    holds=frozenset({"prompt.syntax", *(path for key in KEYS.values() for path in key.fields)}),
    legal_name=str,
    duplicates="that of the file that is named",
)


def _lift(record: dict[str, Json]) -> Mapping[str, object]:
    """Take the tools out of the list that counts, and the prompt out of its file; to extend the client's own agent says no more."""
    allowed, tools = record.get("allowed_tools"), record.get("tools")
    if allowed is None:
        record.pop("allowed_tools", None)
    elif is_texts(allowed) and (tools is None or is_texts(tools)):  # a wrong value of either is told as one
        record["tools"] = record.pop("allowed_tools")
    if record.get("extend", layers.DEFAULT) in (None, layers.DEFAULT) and not {PROMPT, "tools"} <= record.keys():
        record.pop("extend", None)
    path = record.get(PROMPT)
    if not isinstance(path, str):
        return {}
    record[PROMPT] = str(path)
    return _prompt(path)


def _lower(agent: Agent) -> Mapping[str, Json]:
    """Extend the client's own agent, where nothing else has what this one does not say."""
    own = agent.extras.get(ID, {})
    whole = PROMPT in own and agent.tools.mode != "inherit"
    return {} if own.get("extend") or whole else {"extend": layers.DEFAULT}


DIALECT = records.Dialect(SPEC, KEYS, parse, ("extend",), _lift, _lower)


def _dialect(found: Mapping[str, Json]) -> records.Dialect:
    """Return how a file is read that has these keys: by where its prompt is."""
    table = {name: key for name, key in KEYS.items() if name != ARGS}
    return replace(DIALECT, keys=table, required=()) if PROMPT in found else DIALECT


def _of_source(source: SourceText) -> records.Dialect:
    found = _layers(source)
    needed = () if found.of_default or found.lost else layers.REQUIRED
    return replace(_dialect(found.keys), required=tuple(name for name in needed if name not in found.keys))


def _includes(source: SourceText) -> list[Include]:
    places = next((record.keys for record in as_it_stands(source).records), {})
    return [Include(path, *places.get(key, (0, 0))) for key, path in layers.named(_layers(source))]


INCLUDES = _includes


def read(source: SourceText) -> ReadResult:
    """Read a file as kimi-cli does; what is in a file that is not known is told."""
    result = records.read(_of_source(source), source)
    if not result.set.agents:
        return result
    known = ((layers.known(source, place.path), place) for place in _includes(source))
    lost = [(one, place) for one, place in known if one.data is None and not one.missing]
    told = [included_prompts.unread(one, place.path, source.span(place.start, place.end), result.set.agents[0].name) for one, place in lost]
    return replace(result, diagnostics=(*result.diagnostics, *told))


def write(agents: AgentSet, original: SourceText) -> WriteResult:
    """Write a file that kimi-cli loads; a prompt that is another one now goes into the file that it is in."""
    if not agents.agents:
        return records.write(_of_source(original), agents, original)
    agent = agents.agents[0]
    if not original.size:
        done = records.write(_dialect(agent.extras.get(ID, {})), agents, original)
        put = _put(agent, agent.extras.get(ID, {}).get(PROMPT), original)
        return replace(done, beside=(put,)) if put else done
    path = _layers(original).keys.get(PROMPT)
    put = _put(agent, path, original)
    included = original.included or {}
    text = SourceText(original.path, original.data, {**included, str(path): put}) if put else original
    done = records.write(_of_source(text), agents, text)
    put = put if put and put.data != layers.known(original, str(path)).data else None
    changed = put is not None or done.data != original.data
    if changed and any(state.dropped for state in read(text.put(done.data)).states):  # what is wrong was not what changed
        done = replace(records.write(_dialect(agent.extras.get(ID, {})), agents, SourceText(original.path, b"")), whole=Whole.FILE)
    return replace(done, beside=(put,)) if put else done


def _put(agent: Agent, path: object, source: SourceText) -> Included | None:
    """Return the file of a prompt as it is to be; None where it is in none, or in one that is not known."""
    text = agent.prompt.text if agent.prompt else None
    place = includes.beside(source.path, path) if isinstance(path, str) else None
    if not isinstance(text, str) or isinstance(text, Text) or place is None or not isinstance(path, str):
        return None
    one = layers.known(source, path)
    before = _layers(source).keys if source.size else {}
    if one.data is not None and before and _prompt(_with_text(before, path, one))["prompt.text"] == text:
        return one
    spelled = text if agent.prompt and agent.prompt.syntax == ID else jinja.escape(text)
    data = encode(f"{spelled}\n")
    return Included(one.path or place, data) if len(data) <= MOST_BYTES else None


def _with_text(record: Mapping[str, Json], path: str, one: Included) -> str:
    """Return the path of a prompt's file, with the text that it stands for."""
    filled: dict[str, Json] = {**record, PROMPT: path}
    _filled(filled, path, one, 0)
    return path if not isinstance(found := filled[PROMPT], str) else found


def project(projection: Projection) -> None:
    """Turn an agent into what such a file can hold."""
    own = projection.source.extras.get(ID, {}) if projection.at_home else {}
    texts.require(projection, "name", *(() if projection.at_home else ("prompt.text",)))
    if PROMPT in own:
        _project_file(projection, str(own[PROMPT]))
    else:
        texts.prompt(projection, "append")
    once(projection, _project_shape)
    finish(projection, _dialect(own))


def _project_file(projection: Projection, path: str) -> None:
    """Keep a prompt that is in a file: the client takes its ends away, and its line ends are line feeds."""
    text = projection.get("prompt.text")
    if isinstance(text, Text) or text is None:
        return
    if includes.beside("agent.yaml", path) is None:
        projection.refuse("refused-text", "prompt.text", Detail("`{}` is no file beside it", (path,)))
    if (size := len(encode(jinja.escape(text)))) >= MOST_BYTES:
        projection.refuse("refused-size", "prompt.text", Detail("{:,} bytes, {:,} are read", (size, MOST_BYTES - 1)))
    filled = jinja.fill(text, {}) if projection.get("prompt.syntax") == ID else jinja.Filled(text)
    if filled.problem:
        projection.refuse("refused-text", "prompt.text", Detail("`{}` is no template of Jinja: {}", (path, filled.problem)))
    texts.trim(projection, "prompt.text")
    texts.line_feeds(projection)
    texts.prompt(projection, "replace", ID if filled.live else "literal")


def _project_shape(projection: Projection) -> None:
    """Project all but the texts."""
    tool_lists.tool_list(projection, lambda _server, _tool: "", _reads_back)
    permissions.mode(projection)
    permissions.rules(projection)
    permissions.unasked(projection)
    models.model(projection)
    delegates = projection.get("delegates")
    if delegates and not projection.at_home:  # each of them is a file of its own, which has to be there
        projection.change("delegates", None, "field-dropped", listed(delegates))
    mcp.drop_unheld(projection, HINT)


def _reads_back(grant: ToolGrant) -> bool:
    return bool(grant.native) and tool_tokens.own(ID, grant.native) == grant
