"""The quick check of JSON Schemas, which takes what jsonschema takes, and leaves everything else to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from agentconv.core import schema_files
from agentconv.packs import manifest
from pack_files import packed

if TYPE_CHECKING:
    from collections.abc import Iterator

WRONG: list[Any] = [None, True, 0, -1, 1, 1.5, "", "x" * 300, [], {}, ["a", "a"], [{}], {"a": 1}, [True], {"a": True}]


def schemas(node: Any) -> Iterator[Any]:
    """Yield all schemas below one that stand for the value of something."""
    if isinstance(node, dict):
        for name in ("properties", "$defs"):
            for one in node.get(name, {}).values():
                yield one
                yield from schemas(one)
        for name in ("items", "additionalProperties"):
            if name in node:
                yield from schemas(node[name])
        for one in node.get("anyOf", ()):
            yield from schemas(one)


@pytest.mark.parametrize("client", schema_files.client_names())
def test_what_it_takes_follows_the_schema(client: str) -> None:
    """Each value that is an example somewhere, or wrong, is held against the schema of each key and of each part of one."""
    from jsonschema import Draft202012Validator

    root = schema_files.load(client)
    parts = list(schemas(root))
    values = [*WRONG, *(example for part in parts if isinstance(part, dict) for example in part.get("examples", ()))]
    taken = 0
    for part in parts:
        validator = Draft202012Validator({"$defs": root.get("$defs", {}), "allOf": [part]})
        sure = [value for value in values if schema_files.surely_valid(value, part, root)]
        assert all(map(validator.is_valid, sure)), part
        taken += len(sure)

    assert taken > len(parts)


def test_quick_check_of_a_schema():
    """The quick check takes what jsonschema takes, and leaves everything else to it."""
    from jsonschema import Draft202012Validator

    schema = schema_files.load("pack")
    document = json.loads(packed()[manifest.FILE])
    assert schema_files.surely_valid(document, schema)
    wrong = [None, True, 0, -1, 1.5, "", "x" * 300, [], {}, ["a", "a"], [{}], {"a": 1}]
    validator = Draft202012Validator(schema)
    for parent in [document, document["agents"][0], document["sources"][0], document["files"][0], document["agents"][0]["needs"]]:
        for key in [*parent, "tools", "every_tool", "license", "authors", "surprise"]:
            before = dict(parent)
            for value in wrong:
                parent[key] = value
                assert not schema_files.surely_valid(document, schema) or validator.is_valid(document), (key, value)
            parent.clear()
            parent.update(before)
