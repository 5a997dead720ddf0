"""A value that a client does not take is told with what it takes instead, and with the part of it that is meant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from agent_files import make, minimal, read
from agentconv.core import schema_files, schema_words
from agentconv.core.source import SourceText, encode
from agentconv.formats import registry
from template_format import CLIENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("with_the_template")
SAYS_NOTHING = "has a value that it does not take"


def bad_values() -> Iterator[tuple[str, str, Any]]:
    """Yield each value that a client's schema says that it does not take, with the client and the key."""
    for client in CLIENTS:
        for key, row in schema_files.load(client)["properties"].items():
            yield from ((client, key, value) for value in row.get("x-bad-examples", ()))


def at(value: Any, way: tuple[str | int, ...]) -> Any:
    """Return what is in a value at the end of a way."""
    for step in way:
        value = value[step]
    return value


def test_every_bad_value_is_told_in_words() -> None:
    """For each format and key, what a wrong value is told with names the key, leads to a part of the value, and says what to do."""
    told = 0
    for client, key, value in bad_values():
        said = schema_files.complaint(client, key, value)
        if said is None or "x-ignored" in schema_files.load(client)["properties"][key]:
            continue
        told += 1
        at(value, said.within)  # a way that leads nowhere would raise

        assert f"`{key}" in said.reason, (client, key, value)
        assert SAYS_NOTHING not in said.reason, (client, key, value)
        assert said.remedy, (client, key, value)

    assert told > 500


def test_what_is_allowed_is_listed() -> None:
    """For each format and key with a list of values, all of them are in the words, or as many as a person reads."""
    listed = 0
    for client in CLIENTS:
        for key, row in schema_files.load(client)["properties"].items():
            options = [word for word in row.get("enum", ()) if isinstance(word, str) and word]
            if options and len(options) <= 14 and "x-ignored" not in row:
                listed += 1
                said = schema_files.complaint(client, key, {"no": "such thing"})

                assert said
                assert all(word in said.reason for word in options), (client, key)

    assert listed > 20


@pytest.mark.parametrize(
    ("schema", "value", "reason", "within", "remedy"),
    [
        ({"enum": ["user", "project"]}, "usr", "`k` is user or project", (), "did you mean `user`?"),
        ({"enum": [True, False, "true"]}, "yes", "`k` is true or false", (), "write true or false"),
        ({"type": "integer", "minimum": 1}, 0, "`k` is a positive whole number", (), "write a positive whole number"),
        ({"type": "array", "uniqueItems": True}, ["a", "b", "a"], "`k` has `a` twice", (2,), "delete one of them"),
        ({"type": "array", "items": {"type": "string"}}, ["a", 1], "each of `k` is text, and `1` is not", (1,), "write text"),
        ({"additionalProperties": {"type": "boolean"}}, {"a": True, "b": "ask"}, "`k.b` is true or false", ("b",), "write true or false"),
        (
            {"additionalProperties": {"type": "boolean"}},
            {"a": 1, "b": "ask", "c": True, "d": {}},
            "`k.a` is true or false, and so are `k.b`, `k.d`",
            ("a",),
            "write true or false",
        ),
        (
            {"properties": {"type": {}}, "additionalProperties": False},
            {"typ": 1},
            "`k` has no key `typ`",
            ("typ",),
            "did you mean `type`?",
        ),
        ({"required": ["url"]}, {"x": 1}, "`url` is missing in `k`", (), "give it `url`"),
        ({"anyOf": [{"required": ["url"]}, {"required": ["command"]}]}, {}, "`url` or `command` is missing in `k`", (), None),
        ({"anyOf": [{"type": "string"}, {"type": "array", "items": {"enum": ["a", "b"]}}]}, ["c"], None, (0,), "write a or b"),
        ({"propertyNames": {"enum": ["Stop", "Start"]}}, {"Halt": 1}, "a key of `k` is Stop or Start, and `Halt` is not", ("Halt",), None),
        ({"type": "string", "pattern": "^[a-z]+$", "x-rule": "small letters"}, "A", "`k` is small letters", (), "write small letters"),
        ({"type": "string", "pattern": "^[a-z]+$"}, "A", None, None, None),
    ],
)
def test_words_of_a_schema(schema: dict[str, Any], value: Any, reason: str | None, within: Any, remedy: str | None) -> None:
    """What a schema wants is said in the words of somebody who writes the file."""
    from jsonschema import Draft202012Validator

    found = schema_words.fault("k", value, Draft202012Validator(schema).iter_errors(value), {"properties": {"k": schema}})

    assert (found is None) is (within is None)
    assert found is None or (found.within, reason in (None, found.reason), remedy in (None, found.remedy)) == (within, True, True)


ELEMENTS = [
    ("claude-agents-json", "tools", ["Read", 7], "7"),
    ("codex", "nickname_candidates", ["Ada", "Grace", "Ada"], '"Ada"'),
    ("droid", "tools", ["Read", 7], "7"),
    ("gemini-cli", "mcp_servers", {"docs": {"type": "stdio", "command": "x"}}, '"type": "stdio"'),
    ("kilo", "permission", {"edit": {"*.md": "allow", "allow": "*.txt"}}, '"allow": "*.txt"'),
    ("opencode", "tools", {"read": True, "bash": "ask"}, '"bash": "ask"'),
    ("roo", "groups", ["read", "edit", "read"], '"read"'),
]


@pytest.mark.parametrize(("client", "key", "value", "element"), ELEMENTS)
def test_the_element_is_what_is_pointed_at(client: str, key: str, value: Any, element: str) -> None:
    """In Markdown, TOML, JSON and YAML, what is told of a part of a value stands at that part, at the last one of two that are alike."""
    source = make(client, {**minimal(client, key), key: value})
    said = next(one for one in read(client, source).diagnostics if one.key == key)
    start = source.offset(said.span.line, said.span.column) if said.span else 0

    assert source.text[start:].startswith(element)
    assert start == source.text.rindex(element)


def test_swapped_actions_are_told_as_such() -> None:
    """Where pattern and action of a permission are swapped, both are named, and the line as it should be; `true` is no action."""
    for client in ("opencode", "kilo"):
        for written, reason, remedy in (
            ({"edit": {"allow": "*.md"}}, 'pattern and action are swapped: `permission.edit.allow`: `"*.md"`', 'write `"*.md": allow`'),
            ({"bash": {"git *": True}}, "`permission.bash.git *`: `true` is no action", "write `allow` if"),
            ({"edit": "alow"}, '`permission.edit`: `"alow"` is no action', "did you mean `allow`?"),
            ({"webfetch": {"*": "deny"}}, "`permission.webfetch` takes no patterns", "write `webfetch: deny`"),
        ):
            text = f"---\ndescription: Reviews.\npermission: {json.dumps(written)}\n---\n\nReview.\n"
            path = f"{registry.FORMATS[client].folders[0]}/a.md"
            (said,) = read(client, SourceText(path, encode(text))).diagnostics

            assert reason in (said.reason or "")
            assert (said.remedy or "").startswith(remedy)
