"""The JSON Schemas that ship with the package: bundles, agents, and one per client with its keys."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

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
    return _named("formats/*.schema.json")


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
    path = places().get(name, FOLDER / f"{name}.schema.json")
    if not path.is_file():
        raise KeyError(name)
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


@cache
def part_schema(kind: str, format_id: str) -> str:
    """Return the name of a client's schema of a kind of part: a format that has none of its own has that of its client's other one."""
    from agentconv.core import vocabulary

    own = f"parts/{kind}/{format_id}"
    return own if (FOLDER / f"{own}.schema.json").is_file() else f"parts/{kind}/{vocabulary.words_of(format_id)}"


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
    if any(type(value) is type(item) and value == item for item in row.get("enum", ())):
        return None
    if "enum" not in row and (surely_valid(value, row, load(format_id)) or _validator(format_id, key).is_valid(value)):
        return None
    effect = Effect(row["x-invalid"])
    if "x-ignored" in row:
        return Complaint(row["x-ignored"], key, effect, format_id)
    from agentconv.core import schema_words

    found = schema_words.fault(key, value, _validator(format_id, key).iter_errors(value), load(format_id)) or schema_words.Fault(
        f"`{key}` has a value that it does not take"
    )
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
    if surely_valid(value, schema):
        return True
    from jsonschema import Draft202012Validator

    return bool(Draft202012Validator(schema).is_valid(value))


_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_SCALARS = (str, int, float, bool, type(None))
"""What Python holds to be equal as JSON does, among values of one type."""
_SAID = frozenset({"$schema", "$id", "$defs", "title", "description", "examples", "default", "deprecated"})
_PLAIN = frozenset({"type", "const", "enum", "pattern", "minLength", "maxLength", "minimum", "exclusiveMinimum", "maximum"})
_NESTED = frozenset({"$ref", "anyOf", "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "uniqueItems"})


def surely_valid(value: Any, schema: Any, root: dict[str, Any] | None = None) -> bool:
    """Whether a value certainly follows a schema: the answer for sound documents, a tenth of the time that jsonschema takes.

    Where it is False, a keyword may only be unknown here: jsonschema decides then, and words what is wrong.
    """
    if not isinstance(schema, dict):
        return schema is True
    root = schema if root is None else root
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        alone = all(key in _SAID or key.startswith("x-") for key in schema.keys() - {"$ref"})
        return alone and name in root.get("$defs", {}) and surely_valid(value, root["$defs"][name], root)
    known = all(key in _SAID or key in _PLAIN or key in _NESTED or key.startswith("x-") for key in schema)
    if not (known and _plainly(value, schema) and _inside(value, schema, root)):
        return False
    return "anyOf" not in schema or any(surely_valid(value, one, root) for one in schema["anyOf"])


def _plainly(value: Any, schema: dict[str, Any]) -> bool:
    kinds = schema.get("type", ())
    if kinds and not any(type(value) in _TYPES[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        return False
    for allowed in ([schema["const"]] if "const" in schema else None, schema.get("enum")):
        if allowed is not None and not any(type(value) is type(one) in _SCALARS and value == one for one in allowed):
            return False
    if isinstance(value, str):
        pattern = schema.get("pattern")
        return schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)) and (
            pattern is None or re.search(pattern, value) is not None
        )
    return type(value) not in (int, float) or _in_range(value, schema)


def _in_range(value: float, schema: dict[str, Any]) -> bool:
    return schema.get("minimum", value) <= value <= schema.get("maximum", value) and (
        "exclusiveMinimum" not in schema or value > schema["exclusiveMinimum"]
    )


def _inside(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    if isinstance(value, dict):
        known = schema.get("properties", {})
        closed = schema.get("additionalProperties") is False
        return (
            (closed or "additionalProperties" not in schema)
            and all(key in value for key in schema.get("required", ()))
            and all(surely_valid(item, known[key], root) if key in known else not closed for key, item in value.items())
        )
    if isinstance(value, list):
        distinct = not schema.get("uniqueItems") or (all(isinstance(one, str) for one in value) and len(set(value)) == len(value))
        items = schema.get("items", {})
        few, many = schema.get("minItems", 0), schema.get("maxItems", len(value))
        return few <= len(value) <= many and distinct and all(surely_valid(item, items, root) for item in value)
    return True
