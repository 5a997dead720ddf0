"""What is written reads back the same in YAML 1.1 and 1.2, and never ends a header."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agentconv.yaml import emitter, nodes
from agentconv.yaml.grammar import BUN, JS_YAML_3, JS_YAML_4, YAML_2

TEXTS = st.one_of(
    st.text(),
    st.text(alphabet=" -:#\n\t'\"\\[]{},?!&*|>%@`~.0123456789eExonyabft\r\x85\u2028\ufeff"),
    st.sampled_from(
        [
            "",
            "---",
            "----",
            "a --- b",
            "2024-01-02",
            "012",
            "1_000",
            ".inf",
            "a: b",
            "k" * 600,
            "yes",
            "null",
            "1e3",
            "0x1F",
            "1:30",
            "<<",
            "=",
            "-",
            "?",
            ":",
            "...",
            "- a",
            "# c",
            "a\n b\n",
        ]
    ),
)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
KEYS = TEXTS.filter(lambda key: key[:1] != "$" and key != "<<")
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def read(text, grammar=BUN):
    return nodes.value(nodes.parse(text, grammar), None, grammar)


@settings(deadline=None, max_examples=settings().max_examples * 4)
@given(VALUES)
@example({"a": {}, "b": []})
@example([[["x\ny\n"], {"k": ["p\nq"]}]])
@example("x\n\ty\n")
@example({"----": "a----"})
@example({"": "A,"})
@pytest.mark.parametrize("fold", [False, True])
def test_every_value_reads_back(fold, value):
    """Any JSON value is read back as it was written, whatever library reads it, and no `---` or odd character is in its text."""
    text = emitter.mapping({"key": value}, fold=fold)
    actual = [read(text, grammar) for grammar in (BUN, JS_YAML_3, JS_YAML_4, YAML_2)]

    assert [{"key": value}] * 4 == actual
    assert "---" not in text
    assert not set(text) & set("\t\r\x85\u2028\u2029\ufeff")


@settings(deadline=None, max_examples=settings().max_examples * 4)
@given(TEXTS)
def test_yaml_1_1_reads_the_same_text(text):
    """A string is the same string to a YAML 1.1 loader, as a value, as an item and as a key."""
    written = emitter.mapping({"key": text, "items": [text], "map": {text: "x"} if text[:1] != "$" else {}}, fold=len(text) % 2 == 0)
    actual = yaml.safe_load(written)
    expected = {"key": text, "items": [text], "map": {text: "x"} if text[:1] != "$" else {}}

    assert expected == actual


@settings(deadline=None, max_examples=settings().max_examples * 4)
@given(VALUES)
def test_inline_stays_on_one_line(value):
    """The inline form holds any value without a line break."""
    text = emitter.inline(value)
    actual = read(f"key: {text}\n")

    assert "\n" not in text
    assert {"key": value} == actual


@settings(deadline=None)
@given(TEXTS)
def test_quoted_text_reads_back(text):
    """Double quotes hold any text."""
    actual = read(emitter.quoted(text))

    assert text == actual


@settings(deadline=None)
@given(TEXTS)
def test_block_text_reads_back(text):
    """A literal block is written only where it is exact."""
    block = emitter.block(text, "  ")
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
    actual = emitter.is_plain(text)

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
    actual = emitter.entry("key", value)

    assert expected == actual


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain words", "key: plain words\n"),
        ('say "x": [y] # z', 'key: >-\n  say "x": [y] # z\n'),
        ("12", "key: >-\n  12\n"),
        ("one\ntwo", "key: |-\n  one\n  two\n"),
        (["a: b"], "key:\n  - >-\n    a: b\n"),
        ("a --- b", 'key: "a \\x2d-- b"\n'),
        (" a: b", 'key: " a: b"\n'),
    ],
)
def test_folded_text_for_loaders_without_quotes(value, expected):
    """On request a text of one line that is not plain is a folded block, where that is exact."""
    actual = emitter.entry("key", value, fold=True)

    assert expected == actual


def test_long_key_is_explicit():
    """A key beyond what some loaders look through for a colon stands behind a question mark."""
    actual = emitter.mapping({"k" * 600: ["a"]})

    assert f"? {'k' * 600}\n:\n  - a\n" == actual
