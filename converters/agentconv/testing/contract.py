"""The contract of a format: what its schema says about each key is what its reader and writer do.

The cases come from the schema (`examples`, `x-bad-examples`), so a new key is tested without a new test. A check yields what does not
hold; the sentence that its first line is says what must.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from agentconv.conversion import compare
from agentconv.core import fields, schema_files
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Cause
from agentconv.core.format import Projection, State
from agentconv.core.ir import escape_key
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.testing import values
from agentconv.testing.files import agent_of, as_held, holds, make, minimal, read, state_of, suffix, unlike, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentconv.core.ir import Agent

UNKNOWN = "no_client_has_this_key"
_APART = 8
"""How far apart the clients are that one example is projected for twice: each example meets some of them, all examples meet all."""
_DROPS = {"skip-file": State.NOT_LOADED, "stop-client": State.STOPS}
_OF_SHAPE = frozenset({"name", "prompt.text", "prompt.mode", "prompt.syntax", "invocation.by"})
"""Fields that the shape of a file holds, without a key: the body, its use, the name that it stands under."""
_OF_CLIENT = frozenset({"tools", "permissions", "model", "mcp_servers", "skills", "hooks", "delegates"})
"""Fields whose values are words of one client, or names of what is in its project: of an agent from elsewhere they may be none."""


def _examples(format_id: str, *kinds: str) -> Iterator[tuple[str, Any]]:
    for kind in kinds:
        for key, row in schema_files.load(format_id)["properties"].items():
            yield from ((key, value) for value in row.get(kind, ()) if holds(format_id, value))


def _row(format_id: str, key: str) -> dict[str, Any]:
    row: dict[str, Any] = schema_files.load(format_id)["properties"][key]
    return row


def _file(format_id: str, key: str, value: Any) -> SourceText:
    return make(format_id, {**minimal(format_id, key), key: value})


def _raw(format_id: str, agent: Any, key: str) -> Any:
    return agent.extras.get(format_id, {}).get(escape_key(key), "nothing")


def _unless(expected: Any, found: Any, about: str) -> Iterator[str]:
    if expected != found:
        yield f"{about}: {found!r} is to be {expected!r}"


def _keys(format_id: str) -> dict[str, tuple[str, ...]]:
    """Return the fields of each key that the module knows."""
    module: Any = registry.load(format_id)
    switches: dict[str, str] = getattr(module, "SWITCHES", {})
    return {key: row.fields for key, row in module.KEYS.items()} | {key: (path,) for key, path in switches.items()}


def schema_follows_the_annotations(format_id: str) -> Iterator[str]:
    """The schema has the annotations that there are, where they may stand, and all that must not be missing."""
    for error in _of_annotations().iter_errors(schema_files.load(format_id)):
        yield f"{schema_files.places()[format_id].name}, {error.json_path}: {error.message}"


@cache
def _of_annotations() -> Any:
    """Return what holds a schema to the annotations, which are crawled once: jsonschema would do that for each reference of theirs."""
    from jsonschema import Draft202012Validator
    from referencing import Registry

    annotations = schema_files.load("annotations")
    known: Any = Registry().with_contents([(annotations["$id"], annotations)]).crawl()
    return Draft202012Validator({"$ref": annotations["$id"]}, registry=known)


def examples_load(format_id: str) -> Iterator[str]:
    """An example of the schema loads as written, and the agent holds it: in its field, or verbatim in `extras`."""
    for key, value in _examples(format_id, "examples"):
        result = read(format_id, _file(format_id, key, value))
        if len(result.set.agents) != 1:
            yield f"{key}: {value!r}: {len(result.set.agents)} agents"
            continue
        (agent,) = result.set.agents
        row = _row(format_id, key)
        paths = [*_keys(format_id).get(key, ()), *({row["x-field"]} - {"extras"})]
        in_field = any(fields.get(agent, path) not in (None, fields.DEFAULTS.get(path)) for path in paths)
        accounted = in_field or _raw(format_id, agent, key) == value or value == row.get("default")
        yield from _unless((State.LOADS, True), (result.states[0], accounted), f"{key}: {value!r}: {result.diagnostics}")


def bad_examples_have_their_effect(format_id: str) -> Iterator[str]:
    """A bad example does what `x-invalid` says: the file or the client stops, the key is dropped, or no tools are left."""
    for key, value in _examples(format_id, "x-bad-examples"):
        header = {**minimal(format_id, key), key: value}
        result = read(format_id, make(format_id, header))
        if len(result.set.agents) != 1:
            yield f"{key}: {value!r}: {len(result.set.agents)} agents"
            continue
        yield from _unless(*_effect(format_id, key, header, result), about=f"{key}: {value!r}: {result.diagnostics}")


def _effect(format_id: str, key: str, header: dict[str, Any], result: Any) -> tuple[Any, Any]:
    """Return what a bad example is to do, and what it does."""
    (agent,), value = result.set.agents, header[key]
    effect, path, raw = _row(format_id, key)["x-invalid"], _row(format_id, key)["x-field"], _raw(format_id, agent, key)
    if effect in _DROPS:
        return _DROPS[effect], result.states[0]
    if effect == "grant-none":
        return (State.DEGRADED, "none", (), value), (result.states[0], agent.tools.mode, agent.tools.allow, raw)
    if effect == "grant-all":
        return (State.DEGRADED, "inherit", value), (result.states[0], agent.tools.mode, raw)
    if effect == "drop-header":
        paths = {_row(format_id, name)["x-field"] for name in header} - {"name", "extras"}
        said = [path for path in paths if not fields.is_absent(path, fields.get(agent, path))]
        kept = {name: _raw(format_id, agent, name) for name in header}
        return (State.DEGRADED, "inherit", [], header), (result.states[0], agent.tools.mode, said, kept)
    bare = read(format_id, make(format_id, minimal(format_id, key))).set.agents
    unset = path == "extras" or fields.get(agent, path) in (None, (), *(fields.get(one, path) for one in bare))
    return (State.DEGRADED, True, value), (result.states[0], unset, raw)


def bad_examples_are_told_by_their_key(format_id: str) -> Iterator[str]:
    """What the reader says of a bad example is about that key, as data, and says whether the client has such an agent."""
    for key, value in _examples(format_id, "x-bad-examples"):
        result = read(format_id, _file(format_id, key, value))
        said = [one for one in result.diagnostics if one.effect is not None]
        found = ({one.key for one in said}, {one.effect.drops for one in said if one.effect})
        yield from _unless(({escape_key(key)}, {result.states[0].dropped}), found, f"{key}: {value!r}")


def unknown_key_does_what_is_said(format_id: str) -> Iterator[str]:
    """A key that the client does not know does what `x-unknown` says; where it is ignored, it is kept."""
    result = read(format_id, make(format_id, {**minimal(format_id), UNKNOWN: {"a": [1, "b"]}}))
    rejected = schema_files.load(format_id)["x-unknown"] == "rejected"
    told = any(one.cause is Cause.UNKNOWN_KEY and one.key == UNKNOWN for one in result.diagnostics)
    kept = _raw(format_id, result.set.agents[0], UNKNOWN)
    yield from _unless((rejected, rejected, as_held(format_id, {"a": [1, "b"]})), (result.states[0].dropped, told, kept), UNKNOWN)


def module_and_schema_know_the_same_keys(format_id: str) -> Iterator[str]:
    """Each key with a field is known to both, with the same field; what the schema files under extras, no table has."""
    of_module = _keys(format_id)
    properties = schema_files.load(format_id)["properties"]
    of_schema = {key: row["x-field"] for key, row in properties.items() if row["x-field"] != "extras"}
    for key in sorted(of_schema.keys() - of_module.keys()):
        yield f"`{key}`: the schema says that it becomes {of_schema[key]}, and KEYS has no such key (of no field: `x-field` is extras)"
    for key in sorted(of_module.keys() - of_schema.keys()):
        yield f"`{key}`: KEYS has it, for {', '.join(of_module[key])}, and the schema has no such key, or files it under extras"
    for key in sorted(of_schema.keys() & of_module.keys()):
        if of_schema[key] not in of_module[key]:
            yield f"`{key}`: the schema says that it becomes {of_schema[key]}, and KEYS that it holds {', '.join(of_module[key])}"


def what_is_held_is_what_keys_hold(format_id: str) -> Iterator[str]:
    """Each field of a key is held, and what is held besides comes from the file's shape."""
    holds_, of_keys = registry.load(format_id).SPEC.holds, {path for paths in _keys(format_id).values() for path in paths}
    yield from (f"{path} is held by no key" for path in sorted(holds_ - of_keys - _OF_SHAPE))
    yield from (f"{path} has a key, and is not in SPEC.holds" for path in sorted(of_keys - holds_))


def examples_say_each_field(format_id: str) -> Iterator[str]:
    """Each field that a key holds is said by some example, so that it is seen to be read, written and kept."""
    agents = [*_of_examples(format_id)]
    module: Any = registry.load(format_id)
    for key, row in module.KEYS.items():
        for path in row.fields:
            if path not in _OF_SHAPE and not any(_says(agent, path) for agent in agents):
                yield f"`{key}`: no example of the schema says {path}, which KEYS has for it"


def fields_of_keys_come_from_anywhere(format_id: str) -> Iterator[str]:
    """A field that a key holds is written of an agent that was read from no file of the client, too."""
    agents = [replace(agent, origin=None) for agent in _of_examples(format_id)]
    module: Any = registry.load(format_id)
    for key, row in module.KEYS.items():
        for path in row.fields:
            saying = [] if path in _OF_SHAPE or path.split(".")[0] in _OF_CLIENT else [agent for agent in agents if _says(agent, path)]
            if saying and not any(_says(_projected(format_id, agent).result(), path) for agent in saying):
                yield f"`{key}`: KEYS has {path} for it, and `project` keeps it of no agent from elsewhere"


def _of_examples(format_id: str) -> Iterator[Agent]:
    """Yield the agents that the examples make."""
    for key, value in _examples(format_id, "examples"):
        yield from read(format_id, _file(format_id, key, value)).set.agents


def _says(agent: Agent, path: str) -> bool:
    return not fields.is_absent(path, fields.get(agent, path))


def schema_takes_its_examples(format_id: str) -> Iterator[str]:
    """The schema takes each example and refuses each bad one."""
    from jsonschema import Draft202012Validator

    schema = schema_files.load(format_id)
    for key, row in schema["properties"].items():
        validator = Draft202012Validator({**schema, "required": [], "properties": {key: row, **schema["properties"]}})
        yield from (f"{key}: {value!r} is refused" for value in row["examples"] if not validator.is_valid({key: value}))
        yield from (f"{key}: {value!r} is taken" for value in row.get("x-bad-examples", ()) if validator.is_valid({key: value}))


def written_from_nothing_reads_back(format_id: str) -> Iterator[str]:
    """An agent that is written without its original is read back as the same agent."""
    for key, value in _examples(format_id, "examples"):
        agent = agent_of(format_id, _file(format_id, key, value))
        data = written(format_id, agent)
        yield from _unless({}, unlike(agent, agent_of(format_id, data)), f"{key}: {value!r}: {data.decode()}")


def what_is_read_projects_to_itself(format_id: str) -> Iterator[str]:
    """A format holds all of what it reads from its own files: nothing is lost but what its client does not enforce."""
    for key, value in _examples(format_id, "examples", "x-bad-examples"):
        source = _file(format_id, key, value)
        agent, about = agent_of(format_id, source), f"{key}: {value!r}"
        projection = _projected(format_id, agent)
        if state_of(format_id, source).dropped:
            yield from _unless(projection.declared, compare.differences(agent, projection.result()), about)
            continue
        told = [("not-enforced", f"`{key}`") for key in registry.unheld(format_id, agent)]
        losses = [(loss.code, loss.detail) for loss in projection.losses]
        yield from _unless(({}, told, set()), (unlike(agent, projection.result()), losses, projection.declared), about)


def projecting_twice_is_projecting_once(format_id: str) -> Iterator[str]:
    """A projection of what is read is already all that a target holds: each example for some of the clients, all of them among them."""
    for number, (key, value) in enumerate(_examples(format_id, "examples", "x-bad-examples")):
        agent = replace(agent_of(format_id, _file(format_id, key, value)), id="a")
        for target in registry.CLIENTS[number % _APART :: _APART]:
            first = _projected(target, agent)
            if not first.is_refused():
                second = _projected(target, first.result())
                yield from _unless({}, unlike(first.result(), second.result()), f"{key}: {value!r} to {target}")


def _projected(target: str, agent: Any) -> Projection:
    module = registry.load(target)
    projection = Projection(agent, module.SPEC)
    module.project(projection)
    return projection


def files_keep_their_bytes(format_id: str) -> Iterator[str]:
    """Reading a file and writing it back gives the same bytes, with any example, and with all of them in reverse order."""
    properties = schema_files.load(format_id)["properties"]
    everything = {key: row["examples"][0] for key, row in reversed(properties.items()) if row["examples"]}
    sources = [_file(format_id, key, value) for key, value in _examples(format_id, "examples", "x-bad-examples")]
    for source in [*sources, SourceText(f"agent{suffix(format_id)}", make(format_id, everything).data)]:
        yield from _unless(source.data, registry.load(format_id).write(read(format_id, source).set, source).data, source.path)


CHECKS: dict[str, Callable[[str], Iterator[str]]] = {
    check.__name__.replace("_", " "): check
    for check in (
        schema_follows_the_annotations,
        examples_load,
        bad_examples_have_their_effect,
        bad_examples_are_told_by_their_key,
        unknown_key_does_what_is_said,
        module_and_schema_know_the_same_keys,
        what_is_held_is_what_keys_hold,
        examples_say_each_field,
        fields_of_keys_come_from_anywhere,
        schema_takes_its_examples,
        files_keep_their_bytes,
        written_from_nothing_reads_back,
        what_is_read_projects_to_itself,
        projecting_twice_is_projecting_once,
    )
} | values.CHECKS
