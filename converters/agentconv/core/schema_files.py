"""The JSON Schemas that ship with the package: bundles, agents, and one per client with its keys."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from agentconv.core import extensions
from agentconv.core.diagnostics import Cause, Complaint, Effect
from agentconv.core.suggestions import nearest

_SHIPPED = Path(__file__).parents[1] / "schemas"
FOLDER = _SHIPPED if _SHIPPED.is_dir() else Path(__file__).parents[3] / "schemas"
"""In a wheel the schemas lie inside the package; in a checkout, at its top."""


def names() -> list[str]:
    """Return the names of all schemas: `bundle`, `agent`, and one per client."""
    return [*_named("*.schema.json"), *client_names()]


def _named(pattern: str) -> dict[str, Path]:
    return {path.name.removesuffix(".schema.json"): path for path in sorted(FOLDER.glob(pattern))}


@cache
def places() -> dict[str, Path]:
    """Return the file of each schema of a client."""
    others = {name: Path(place) for name, place in extensions.files(".schema.json").items()}
    return {**others, **_named("formats/*.schema.json")}


@cache
def part_places() -> dict[str, Path]:
    """Return the file of each schema of a client's parts that another distribution brings."""
    brought = ((f"parts/{kind}/{name}", extensions.files(f".{kind}.schema.json").get(name)) for name, kind in extensions.parts())
    return {name: Path(place) for name, place in brought if place}


@cache
def client_names() -> tuple[str, ...]:
    """Return the ids of the formats that have a client schema."""
    return tuple(places())


@cache
def load(name: str) -> dict[str, Any]:
    """Load a schema by name.

    Raises:
        KeyError: There is no such schema.
    """
    path = places().get(name) or part_places().get(name, FOLDER / f"{name}.schema.json")
    if not path.is_file():
        from agentconv.core import vocabulary

        words = vocabulary.words_of(name)
        if words == name:
            raise KeyError(name)
        return load(words)  # of a format that has none of its own, its client's other one says it all
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


@cache
def part_schema(kind: str, format_id: str) -> str:
    """Return the name of a client's schema of a kind of part: a format that has none of its own has that of its client's other one."""
    from agentconv.core import vocabulary

    own = f"parts/{kind}/{format_id}"
    return own if own in part_places() or (FOLDER / f"{own}.schema.json").is_file() else f"parts/{kind}/{vocabulary.words_of(format_id)}"


@cache
def part_rows(kind: str, format_id: str) -> dict[str, dict[str, Any]]:
    """Return what a client's schema of a kind of part says of each key; nothing, where the client has no files of such parts."""
    found = part_of(kind, format_id)
    return found["properties"] if found else {}


def part_of(kind: str, format_id: str) -> dict[str, Any] | None:
    """Return a client's schema of a kind of part; None, where the client has no files of such parts."""
    name = part_schema(kind, format_id)
    return load(name) if name in part_places() or (FOLDER / f"{name}.schema.json").is_file() else None


def self_contained(name: str) -> dict[str, Any]:
    """Return a schema with every schema that it refers to embedded under `$defs`, as JSON Schema's bundling says.

    Raises:
        KeyError: There is no such schema.
    """
    schema = json.loads(json.dumps(load(name)))
    by_id = {load(other)["$id"]: other for other in names()}
    wanted = [ref for ref in _references(schema) if ref in by_id]
    while wanted:
        reference = wanted.pop()
        key = by_id[reference]
        if reference == schema["$id"] or key in schema.setdefault("$defs", {}):
            continue
        schema["$defs"][key] = load(key)
        wanted.extend(ref for ref in _references(load(key)) if ref in by_id)
    return schema  # type: ignore[no-any-return]


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"].split("#")[0]] if isinstance(node.get("$ref"), str) else []
        return own + [ref for child in node.values() for ref in _references(child)]
    if isinstance(node, list):
        return [ref for child in node for ref in _references(child)]
    return []


@cache
def uses_key(format_id: str, key: str) -> bool:
    """Whether a client makes use of a key (in the way that only it does)."""
    if format_id not in client_names():
        return False
    row = load(format_id)["properties"].get(key)
    return row is not None and row.get("x-field") == "extras"


def becomes_field(format_id: str, key: str) -> bool:
    """Whether what a key says is in a field of an agent, as far as others know of it."""
    row = load(format_id)["properties"].get(key, {})
    return row.get("x-field", "extras") != "extras" and "x-ignored" not in row


def is_passed_on(format_id: str, key: str) -> bool:
    """Whether a client hands a key that it does not know to the model's provider."""
    schema = load(format_id)
    return schema["x-unknown"] == "passed on" and key not in schema["properties"] and key not in schema.get("x-known-keys", ())


def only_here(format_id: str, key: str) -> str | None:
    """Say why no other client can run an agent with this key; None where others can."""
    if format_id not in client_names():
        return None
    reason: str | None = load(format_id)["properties"].get(key, {}).get("x-only-here")
    return reason


def code_without(format_id: str, key: str) -> str | None:
    """Return the code of the loss that it is to drop a key, where the schema says it (`x-dropped`)."""
    code: str | None = load(format_id)["properties"].get(key, {}).get("x-dropped")
    return code


def paths(format_id: str, key: str, value: Any) -> list[str]:
    """Return the paths that stand in the value of a key, where the client's schema says where they do (`x-paths`)."""
    if format_id not in client_names():
        return []
    places = load(format_id)["properties"].get(key, {}).get("x-paths", ())
    return [path for place in places for path in _at(value, place.split("/")[1:]) if isinstance(path, str)]


def _at(value: Any, steps: list[str]) -> list[Any]:
    """Return what stands where a JSON Pointer leads, in which `*` is any key or number."""
    if not steps:
        return [value]
    items = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    step = steps[0].replace("~1", "/").replace("~0", "~")
    return [found for key, item in items if step in ("*", str(key)) for found in _at(item, steps[1:])]


def complaint(format_id: str, key: str, value: Any) -> Complaint | None:
    """Say what a client does about the value of a key, and why; None when it takes it.

    A key that the client does not know is no complaint, unless the client rejects files for it.
    """
    if type(value) is str and len(value) < _LONG:
        return _text_complaint(format_id, key, value)
    if type(value) is list and len(value) < _LONG and all(type(item) is str and len(item) < _LONG for item in value):
        return _texts_complaint(format_id, key, tuple(value))
    return _complaint(format_id, key, value)


_LONG = 200
"""Texts and lists below this length are judged once: many files of a set say the same."""


@lru_cache(maxsize=4096)
def _text_complaint(format_id: str, key: str, value: str) -> Complaint | None:
    return _complaint(format_id, key, value)


@lru_cache(maxsize=1024)
def _texts_complaint(format_id: str, key: str, value: tuple[str, ...]) -> Complaint | None:
    return _complaint(format_id, key, list(value))


def _complaint(format_id: str, key: str, value: Any) -> Complaint | None:
    row = load(format_id)["properties"].get(key)
    if row is None:
        return _unknown_key(format_id, key)
    from agentconv.core.verdict import verdict

    root = load(format_id)
    follows = verdict(value, row, root)
    if follows or (follows is None and _validator(format_id, key).is_valid(value)):
        return None
    effect = Effect(row["x-invalid"])
    if "x-ignored" in row:
        return Complaint(row["x-ignored"], key, effect, format_id)
    from agentconv.core import broken, schema_words

    errors = broken.by(value, row, root) or _validator(format_id, key).iter_errors(value)
    found = schema_words.fault(key, value, errors, root) or schema_words.Fault(f"`{key}` has a value that it does not take")
    return Complaint(found.reason, key, effect, format_id, within=found.within, remedy=found.remedy)


def effect_of_unknown(format_id: str) -> Effect | None:
    """Return what a client does about a file with a key that it does not know; None where it minds none."""
    schema = load(format_id)
    return Effect.DROPS if schema["x-unknown"] == "rejected" else None


@lru_cache(maxsize=1024)
def _unknown_key(format_id: str, key: str) -> Complaint | None:
    """Say that a key is unknown, and which one is nearly the same; many files have the same one."""
    effect = effect_of_unknown(format_id)
    if effect is None:
        return None
    close = nearest(key, load(format_id)["properties"])
    reason = f"unknown key `{key}`" + (f" (did you mean `{close}`?)" if close else "")
    return Complaint(reason, key, effect, format_id, Cause.UNKNOWN_KEY)


@cache
def _validator(format_id: str, key: str) -> Any:
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    schema = load(format_id)
    registry: Any = Registry().with_resource(schema["$id"], Resource.from_contents(schema))
    return Draft202012Validator({"$ref": f"{schema['$id']}#/properties/{key}"}, registry=registry)


def follows(value: Any, schema: Any) -> bool:
    """Whether a value follows a schema that refers to no other."""
    from agentconv.core.verdict import verdict

    found = verdict(value, schema)
    if found is not None:
        return found
    from jsonschema import Draft202012Validator

    return bool(Draft202012Validator(schema).is_valid(value))
