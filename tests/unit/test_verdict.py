"""Whether values follow JSON Schemas, held against jsonschema: a verdict is the same, or there is none."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from agentconv.core import broken, schema_files, schema_words
from agentconv.core.verdict import verdict
from agentconv.packs import manifest
from pack_files import packed
from thorough import THOROUGH

if TYPE_CHECKING:
    from collections.abc import Iterator

WRONG: list[Any] = [
    None, True, False, 0, -1, 1, 1.0, 1.5, 10**400, float("inf"), float("nan"), "", " ", "x", "Purple", "x" * 300, [], {}, ["a", "a"],
    ["a", 1], [{}], [True, 1], {"a": 1}, [True], {"a": True}, {"": {"a": [None]}},
]  # fmt: skip


def parts(node: Any) -> Iterator[Any]:
    """Yield all schemas below one that stand for the value of something."""
    if not isinstance(node, dict):
        return
    for name in ("properties", "$defs", "patternProperties"):
        for one in node.get(name, {}).values():
            yield one
            yield from parts(one)
    for name in ("items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else"):
        if name in node:
            yield node[name]
            yield from parts(node[name])
    for name in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for one in node.get(name, ()):
            yield one
            yield from parts(one)
    for name in ("x-restricts", "x-grants"):
        yield from (case["value"] for case in node.get(name, ()))


def altered(value: Any) -> Iterator[Any]:
    """Yield a value, and what it is with one thing inside of it wrong, one more or one less."""
    yield value
    inside = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    for key, item in inside:
        for other in [*altered(item), *WRONG[:8]]:
            copy = deepcopy(value)
            copy[key] = other
            yield copy
    if isinstance(value, dict):
        yield {**value, "surprise": 1}
        yield from ({key: item for key, item in value.items() if key != gone} for gone in value)
    if isinstance(value, list):
        yield [*value, *value]


REGISTRY: Any = Registry().with_resources(
    [(schema_files.load(name)["$id"], Resource.from_contents(schema_files.load(name))) for name in schema_files.names()]
)


def validator(schema: Any, root: dict[str, Any]) -> Any:
    """Return what jsonschema holds values against a part of a document with."""
    return Draft202012Validator(root, registry=REGISTRY).evolve(schema=schema)


def examples(part: Any) -> list[Any]:
    """Return what a schema says that follows it, and that does not."""
    return [one for word in ("examples", "x-bad-examples") for one in part.get(word, ())] if isinstance(part, dict) else []


@pytest.mark.parametrize("name", schema_files.names())
def test_all_schemas(name: str) -> None:
    """Each part of a schema is held against its examples, whole or with something in them wrong, and those of others; all is decided."""
    root = schema_files.load(name)
    beside = {
        one["$id"]: one for one in map(schema_files.load, ("agent", "skill", "command", "server", "hook", "permission", "instruction"))
    }
    schemas = list({json.dumps(part, sort_keys=True): part for part in parts(root)}.values())  # the same part says the same
    others = [one for part in schemas for example in examples(part) for one in altered(example)]
    others = [*WRONG, *Random(1).sample(others, min(len(others), 40 if THOROUGH else 20))]
    open_, judged = 0, 0
    for part in schemas:
        oracle = validator(part, root)
        for value in [*others, *(one for example in examples(part) for one in altered(example))]:
            found = verdict(value, part, root, beside)
            assert found is None or found == oracle.is_valid(value), (part, value)
            judged += 1
            open_ += found is None

    assert open_ <= judged * 0.02


@pytest.mark.parametrize("client", schema_files.client_names())
def test_words_of_faults(client: str) -> None:
    """What is said of a wrong value without jsonschema is what would be said with jsonschema, and many a value is."""
    root = schema_files.load(client)
    own = 0
    for key, row in root["properties"].items():
        oracle = validator(row, root)
        for value in [*WRONG, *(one for example in examples(row) for one in altered(example))]:
            if verdict(value, row, root) is not False:
                continue
            found = broken.by(value, row, root)
            if found:
                own += 1
                assert schema_words.fault(key, value, found, root) == schema_words.fault(key, value, oracle.iter_errors(value), root), value

    assert own > 5 * len(root["properties"])


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-2, 3), st.sampled_from([0.0, 1.0, 1.5, -0.5]), st.sampled_from(["", "a", "ab", "b c"])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)),
    max_leaves=5,
)
TYPE = st.sampled_from(["object", "array", "string", "integer", "number", "boolean", "null"])
COUNT = st.integers(0, 3)
KEYS = st.lists(st.sampled_from("abc"), max_size=2, unique=True)
PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "type": st.one_of(TYPE, st.lists(TYPE, min_size=1, max_size=2, unique=True)),
    "enum": st.lists(JSON, max_size=3),
    "const": JSON,
    "pattern": st.sampled_from(["a", "^a$", r"\S", "^$"]),
    "minimum": st.sampled_from([0, 1, 1.5]),
    "maximum": st.sampled_from([0, 1, 1.5]),
    "exclusiveMinimum": st.sampled_from([0, 1]),
    "exclusiveMaximum": st.sampled_from([0, 1]),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), COUNT),
    "uniqueItems": st.booleans(),
    "required": KEYS,
    "multipleOf": st.just(2),
    "minContains": COUNT,
    "dependentRequired": st.just({"a": ["b"]}),
    "$ref": st.just("#/$defs/text"),
    "format": st.just("uri"),
    "x-note": st.just(1),
}


def words_of(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Generate schemas of words that hold other schemas, and words that hold none."""
    several, named = st.lists(inner, min_size=1, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=2)
    single = ("items", "contains", "additionalProperties", "propertyNames", "not", "if", "then", "else", "unevaluatedProperties")
    holding = {
        **dict.fromkeys(single, inner),
        **dict.fromkeys(("anyOf", "oneOf", "allOf", "prefixItems"), several),
        **dict.fromkeys(("properties", "patternProperties"), named),
    }
    pairs = [st.tuples(st.just(word), said) for word, said in {**PLAIN, **holding}.items()]
    return st.lists(st.one_of(pairs), min_size=1, max_size=4).map(dict)


LEAF = st.one_of(st.booleans(), st.lists(st.one_of([st.tuples(st.just(w), s) for w, s in PLAIN.items()]), max_size=2).map(dict))
SCHEMAS = st.recursive(LEAF, words_of, max_leaves=6)


@given(SCHEMAS, st.lists(JSON, min_size=1, max_size=8))
def test_any_schema(schema: Any, values: list[Any]) -> None:
    """Whatever a schema says and a value is, the verdict is that of jsonschema, or there is none; and what is broken is said alike."""
    root = {"$defs": {"text": {"type": "string", "minLength": 1}}}
    oracle = validator(schema, root)
    for value in values:
        found = verdict(value, schema, root)
        errors = broken.by(value, schema, root) if found is False else None

        assert found in (None, oracle.is_valid(value))
        assert errors is None or sorted(map(told, errors)) == sorted(map(told, oracle.iter_errors(value)))


def told(error: Any) -> str:
    """Return what is said of a fault, of what it is made of."""
    ways = ([*error.path], [*error.absolute_path], [*error.schema_path])
    return repr((error.validator, error.validator_value, error.instance, ways, sorted(map(told, error.context or ()))))


def test_a_whole_document_and_another_beside_it() -> None:
    """A reference leads into another document where it is at hand, and is not decided where it is not."""
    agent = {"$id": "urn:a", "$defs": {"name": {"type": "string"}}, "properties": {"name": {"$ref": "#/$defs/name"}}}
    schema = {"$id": "urn:b", "items": {"$ref": "urn:a"}}
    beside = {"urn:a": agent}

    assert [verdict([{"name": name}], schema, beside=beside) for name in ("x", 1)] == [True, False]
    assert verdict([{"name": "x"}], schema) is None


def test_a_pack_that_is_altered() -> None:
    """The manifest of a pack with one thing wrong in it is taken only where jsonschema takes it."""
    schema = schema_files.load("pack")
    document = json.loads(packed()[manifest.FILE])
    oracle = Draft202012Validator(schema)
    found = [(verdict(one, schema), oracle.is_valid(one)) for one in altered(document)]

    assert found[0] == (True, True)
    assert all(own == theirs for own, theirs in found)
