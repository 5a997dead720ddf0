"""JSON with places: what is read, what is said about mistakes, and changes that leave every other byte alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentconv.core.ir import escape_key
from agentconv.json import edits, jsonc
from agentconv.json.edits import REMOVED
from agentconv.json.jsonc import JSON, JSONC, Object
from work import LINEAR, growth

NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def value(text: str, syntax: jsonc.Syntax = JSON) -> Any:
    root = jsonc.parse(text, syntax).root
    return jsonc.value(root) if root else None


def problem(text: str, syntax: jsonc.Syntax = JSON) -> tuple[str, int] | None:
    error = jsonc.parse(text, syntax).error
    return (error.problem, error.offset) if error else None


def patched(text: str, changes: dict[str, Any]) -> str:
    document = jsonc.parse(text, JSONC)
    assert isinstance(document.root, Object)
    for start, end, new in sorted(edits.patch(document, document.root, changes), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _escaped(found: Any) -> Any:
    if isinstance(found, list):
        return [_escaped(item) for item in found]
    return {escape_key(key): _escaped(item) for key, item in found.items()} if isinstance(found, dict) else found


@given(found=NESTED, indent=st.sampled_from([None, 0, 2]))
def test_reads_what_json_reads(found: Any, indent: int | None) -> None:
    """Whatever Python's own writer writes is read as the same value, without a complaint."""
    text = json.dumps(found, indent=indent)

    assert (_escaped(found), None) == (value(text), problem(text))


@pytest.mark.parametrize(
    ("text", "expected", "read"),
    [
        ("", ("the file is empty", 0), None),
        ('{"a": 1,}', ("a comma before the closing bracket", 7), {"a": 1}),
        ('{"a" 1}', ("a colon is missing", 5), {"a": 1}),
        ('{"a": 1 "b": 2}', ("a comma is missing", 8), {"a": 1, "b": 2}),
        ("{a: 1}", ("a key without quotes", 1), {"a": 1}),
        ('{"a": NaN}', ("text without quotes", 6), {"a": "NaN"}),
        ('{"a": "x\ny"}', ("a string with a line break", 6), {"a": "x\ny"}),
        ('{"a": "x', ("a string that is never closed", 6), {"a": "x"}),
        ('{"a": [1, 2}', ("`}` where the `[` of line 1 is open", 11), {"a": [1, 2]}),
        ('{"a": 1} {}', ("text behind the end of the document", 9), {"a": 1}),
        ('{"a":}', ("a key without a value", 1), {}),
        ('{// x\n"a": 1}', ("a comment", 1), {"a": 1}),
        ("[1, 2", ("`[` is never closed", 0), [1, 2]),
        ("\u00a01", ("a blank that JSON does not know", 0), 1),
    ],
)
def test_a_mistake_is_named_and_passed_over(text: str, expected: tuple[str, int], read: Any) -> None:
    """The first mistake is told with its place, and what can be read is read all the same."""
    assert (expected, read) == (problem(text), value(text))


@pytest.mark.parametrize("text", ['{"a": 1,}', "[1, /* x */ 2,] // end", '{// one\n"a": 1}\n'])
def test_comments_and_commas_where_the_client_takes_them(text: str) -> None:
    """Comments and commas before a closing bracket are mistakes in JSON, and none where they are allowed."""
    assert problem(text, JSON)
    assert problem(text, JSONC) is None


def test_values_are_those_of_javascript() -> None:
    """The last of repeated keys wins, half a character is U+FFFD, a number beyond all bounds is infinite."""
    text = '{"a": 1, "b": "\\ud83d\\ude00 \\ud83d", "a": 2, "c": 1e999, "$d": -0.5}'

    assert value(text) == {"a": 2, "b": "\U0001f600 \ufffd", "c": {"$float": "inf"}, "$$d": -0.5}


def hostile(size: int) -> list[str]:
    """Return texts that are nested deep, or not closed."""
    opened = ["[" * size, "[" * (size // 2) + "]" * (size // 2), "[" * (size // 3) + "}" * (size // 3), '{"a":' * (size // 4)]
    return [*opened, "/*" * size, '"\\"\n' * (size // 3)]


def parsed(text: str) -> None:
    """Parse a text and take its value."""
    root = jsonc.parse(text).root
    if root:
        jsonc.value(root)


@pytest.mark.parametrize("number", range(len(hostile(0))))
def test_reading_is_linear_and_never_recurses(number: int) -> None:
    """Deep nesting, open comments and open strings are read in linear time; what is too deep is its own text."""
    parsed(hostile(100_000)[number])

    assert growth(lambda size: parsed(hostile(size)[number]), 2_000) < LINEAR


WITH_COMMENTS = """{
  // the first
  "a": 1, // one
  "b": [1,  2], /* two */
  "c": {"d": null} // last
}
"""


def test_a_replaced_value_changes_alone() -> None:
    """Setting a key replaces its value, and nothing else."""
    assert WITH_COMMENTS.replace('"a": 1', '"a": "x"') == patched(WITH_COMMENTS, {"a": "x"})


def test_a_removed_key_takes_its_comma_and_leaves_comments() -> None:
    """Removing a key removes its comma, or that before it; comments stay."""
    without_first = WITH_COMMENTS.replace('  "a": 1, // one', "  // one")
    without_last = WITH_COMMENTS.replace("2], /* two */\n", "2] /* two */\n").replace('"c": {"d": null} // last', " // last")

    assert without_first == patched(WITH_COMMENTS, {"a": REMOVED})
    assert without_last == patched(WITH_COMMENTS, {"c": REMOVED})


def test_an_added_key_is_laid_out_like_its_neighbours() -> None:
    """A new key comes last, on a line of its own where the others are, behind the comment of the one before."""
    expected = WITH_COMMENTS.replace('{"d": null} // last\n', '{"d": null}, // last\n  "e": {\n    "f": []\n  }\n')

    assert expected == patched(WITH_COMMENTS, {"e": {"f": []}})
    assert patched('{"a": 1}', {"b": {"c": 2}}) == '{"a": 1, "b": {"c": 2}}'
    assert patched('{\r\n\t"a": 1,\r\n}', {"b": 2}) == '{\r\n\t"a": 1,\r\n\t"b": 2,\r\n}'
    assert patched("{ }", {"a": 1}) == '{\n  "a": 1\n}'


@given(data=st.data())
def test_whatever_changes_reads_as_meant(data: st.DataObject) -> None:
    """Any keys set and removed give the map that is meant, whatever its layout."""
    before = data.draw(st.dictionaries(st.sampled_from("abcdef"), NESTED, max_size=5))
    changes = data.draw(st.dictionaries(st.sampled_from("abcdefgh"), NESTED.map(_escaped) | st.just(REMOVED), max_size=5))
    text = json.dumps(before, indent=data.draw(st.sampled_from([None, 1, "\t"])))
    expected = {**_escaped(before), **changes}
    after = patched(text, changes)

    assert (None, {key: found for key, found in expected.items() if found is not REMOVED}) == (problem(after), value(after))
