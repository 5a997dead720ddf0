"""What is written reads back the same in YAML 1.1 and 1.2, and never ends a header."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agentconv import yaml_nodes, yaml_text

TEXTS = st.one_of(
    st.text(),
    st.text(alphabet=" -:#\n\t'\"\\[]{},?!&*|>%@`~.0123456789eExonyabft\r\x85\u2028\ufeff"),
    st.sampled_from(["", "---", "a --- b", "yes", "null", "1e3", "0x1F", "1:30", "<<", "=", "-", "?", ":", "...", "- a", "# c", "a\n b\n"]),
)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
KEYS = TEXTS.filter(lambda key: key[:1] != "$" and key != "<<")
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def read(text):
    return yaml_nodes.value(yaml_nodes.parse(text))


@settings(deadline=None, max_examples=400)
@given(VALUES)
@example({"a": {}, "b": []})
@example([[["x\ny\n"], {"k": ["p\nq"]}]])
@example("x\n\ty\n")
def test_every_value_reads_back(value):
    """Any JSON value is read back as it was written, and no `---` is in its text."""
    text = yaml_text.mapping({"key": value})
    actual = read(text)

    assert {"key": value} == actual
    assert "---" not in text


@settings(deadline=None, max_examples=400)
@given(TEXTS)
def test_yaml_1_1_reads_the_same_text(text):
    """A string is the same string to a YAML 1.1 loader, as a value, as an item and as a key."""
    written = yaml_text.mapping({"key": text, "items": [text], "map": {text: "x"} if text[:1] != "$" else {}})
    actual = yaml.safe_load(written)
    expected = {"key": text, "items": [text], "map": {text: "x"} if text[:1] != "$" else {}}

    assert expected == actual


@settings(deadline=None, max_examples=300)
@given(VALUES)
def test_inline_stays_on_one_line(value):
    """The inline form holds any value without a line break."""
    text = yaml_text.inline(value)
    actual = read(f"key: {text}\n")

    assert "\n" not in text
    assert {"key": value} == actual


@settings(deadline=None)
@given(TEXTS)
def test_quoted_text_reads_back(text):
    """Double quotes hold any text."""
    actual = read(yaml_text.quoted(text))

    assert text == actual


@settings(deadline=None)
@given(TEXTS)
def test_block_text_reads_back(text):
    """A literal block is written only where it is exact."""
    block = yaml_text.block(text, "  ")
    actual = text if block is None else read(f"key: {block}\n")["key"]

    assert text == actual


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain words", True),
        ("it's (a) fine, one; two", True),
        ("http://example.org/a?b=c", True),
        ("mcp__server__tool", True),
        ("yes", False),
        ("NULL", False),
        ("1.0", False),
        ("a: b", False),
        ("a #b", False),
        ("a --- b", False),
        (" a", False),
        ("a ", False),
        ("", False),
        ("*", False),
        ("- a", False),
        ("a\nb", False),
    ],
)
def test_plain_only_where_no_loader_differs(text, expected):
    """Plain scalars are written where every loader takes them for this string."""
    actual = yaml_text.is_plain(text)

    assert expected == actual


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x", "key: x\n"),
        ("y", 'key: "y"\n'),
        ("one\ntwo\n", "key: |\n  one\n  two\n"),
        ("one\ntwo", "key: |-\n  one\n  two\n"),
        ("one --- two", 'key: "one \\x2d-- two"\n'),
        (None, "key: null\n"),
        (True, "key: true\n"),
        (1e300, "key: 1.0e+300\n"),
        ({"$float": "-inf"}, "key: -.inf\n"),
        ([], "key: []\n"),
        (["a", {"b": "c", "d": ["e"]}], "key:\n  - a\n  - b: c\n    d:\n      - e\n"),
        ({"$$b": "c"}, 'key:\n  "$b": c\n'),
    ],
)
def test_entry_is_written_for_people(value, expected):
    """A key with its value stands on its own lines, in block form."""
    actual = yaml_text.entry("key", value)

    assert expected == actual
