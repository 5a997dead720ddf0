"""YAML is read as the client's parser reads it, where libyaml differs too."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconv.yaml import grammar as grammars
from agentconv.yaml import nodes
from agentconv.yaml.grammar import Grammar
from agentconv.yaml.nodes import Mapping, Scalar, Sequence, YamlError, YamlLimitError
from thorough import THOROUGH
from work import LINEAR, growth, lines

GRAMMARS = [one for one in vars(grammars).values() if isinstance(one, Grammar)]


def read(text):
    node = nodes.parse(text)
    return None if node is None else nodes.value(node)


INF = {"$float": "inf"}
VALUES = [
    # types
    ("yes", "yes"),
    ("True", True),
    ("~", None),
    ("012", 12),
    ("0b11", "0b11"),
    ("1_000", "1_000"),
    ("1:30", "1:30"),
    ("2024-01-01", "2024-01-01"),
    ("-0x1F", -31),
    ("+0o7", 7),
    ("0xffffffffffffffff", 2**64 - 1),
    ("0x10000000000000000", "0x10000000000000000"),
    ("1.", 1.0),
    ("1.e", "1.e"),
    (".e3", ".e3"),
    ("1.e3", 1000.0),
    ("+.inf", INF),
    ("+.nan", "+.nan"),
    # tags
    ("!!str 12", "12"),
    ("! 12", "12"),
    ("!own 12", "12"),
    ("!!int 12", 12),
    ("!int 0x1F", 31),
    ("a: , x\nb: !str", {"a": ", x", "b": ""}),
    ("!!int true", "true"),
    ("!!bool true", True),
    ("!!null ~", None),
    ("!!float .inf", INF),
    ("!<x> 12", "12"),
    ("a: !own", {"a": None}),
    ("a: !!str", {"a": ""}),
    ("a: !", {"a": ""}),
    ("!own,z y", ",z y"),
    ("!ownéz y", "éz y"),
    ("[!own]", [None]),
    # keys
    ("1e3: a", {"1000": "a"}),
    ("1.50: a", {"1.5": "a"}),
    ("0x10: a", {"16": "a"}),
    ("True: a", {"true": "a"}),
    (".inf: a", {"Infinity": "a"}),
    ("1e-7: a", {"1e-7": "a"}),
    ("12345678901234567890: a", {"12345678901234567000": "a"}),
    ("[key]: a", {"key": "a"}),
    ("[a, ~, 1.0]: b", {"a,,1": "b"}),
    ("{a: b}: c", {"[object Object]": "c"}),
    ("? a\n: b", {"a": "b"}),
    (": a", {"null": "a"}),
    ("- : a", [{"null": "a"}]),
    ("m:\n  : a", {"m": {"null": "a"}}),
    ("a: 1\nb: 2\na: 3", {"a": 3, "b": 2}),
    ("$k: 1", {"$$k": 1}),
    ("k" * 2000 + ": v\nb: , c", {"k" * 2000: "v", "b": ", c"}),
    # merge keys
    ("a: &m {x: 1}\nb: {<<: *m, y: 2}", {"a": {"x": 1}, "b": {"y": 2, "x": 1}}),
    ("b: {x: ~, <<: {x: 1}}", {"b": {"x": None}}),
    ("<<: {x: 1}\n<<: {x: 2}", {"x": 1}),
    ("<<: [{x: 1}, 2]", {"x": 1}),
    ("<<: 1", {"<<": 1}),
    # plain scalars
    (", a", ", a"),
    ("a: x\n  - y", {"a": "x - y"}),
    ("a: x\x07\x85\u2028y", {"a": "x\x07\x85\u2028y"}),
    ("\ufeffa: b", {"a": "b"}),
    ("\ufeff\ufeffa: b", {"\ufeffa": "b"}),
    ("a: b\n\u00a0x: y", {"a": "b", "\u00a0x": "y"}),
    ("a: x\ry: z", {"a": "x", "y": "z"}),
    # brackets
    ("[x:]", [{"x": None}]),
    ("[: x]", [{"null": "x"}]),
    ("[?]", [{"null": None}]),
    ("[?x]", ["?x"]),
    ("{?x: y}", {"?x": "y"}),
    ("{: x}", {"null": "x"}),
    ("{a:[b]}", {"a": ["b"]}),
    ('["a":b]', [{"a": "b"}]),
    ("{a\n : b}", {"a": "b"}),
    ("t: {a\n: b}", {"t": {"a": "b"}}),
    ("t: [a\n, b\n]", {"t": ["a", "b"]}),
    ("t: [a,\n# c\n b]", {"t": ["a", "b"]}),
    ("t: [a\n\t]", {"t": ["a"]}),
    ("t: [a,\n \tb]", {"t": ["a", "b"]}),
    ("t: {'a\n  b': c}", {"t": {"a b": "c"}}),
    # quoted scalars
    ('a: "x\n y"', {"a": "x y"}),
    ('a: "x\r\n y"', {"a": "x\ny"}),
    ('a: "x \r\n\r\n y"', {"a": "x\n\ny"}),
    ('a: "x\\\r\n  y"', {"a": "x\ny"}),
    ('a: "x\n\r\n y"', {"a": "x\ny"}),
    ('"\\ud83d\\ude00"', "\U0001f600"),
    # block scalars
    ("a: |\n  x", {"a": "x\n"}),
    ("a: | 2\n   x", {"a": " x\n"}),
    ("a: |- 1\n  x", {"a": " x"}),
    ("a: | +\n  x\n\n", {"a": "x\n\n"}),
    ("a: |\n  \tx\n  y", {"a": "\tx\ny\n"}),
    ("a: >\n  \tx\n  y", {"a": "\tx\ny\n"}),
    ("a: |\n  x\n\t\nb: c", {"a": "x\n", "b": "c"}),
    ("|\nx\ny", "x\ny\n"),
    # tabs
    ("-\ta", ["a"]),
    ("- \ta", ["a"]),
    ("a:\n \tx", {"a": "x"}),
    ("a: b\n\t\nc: d", {"a": "b", "c": "d"}),
    ("a: b\n\t# c\nc: d", {"a": "b", "c": "d"}),
    ("a:\n\t\nb: c", {"a": None, "b": "c"}),
    ("a: b\nc:\n \t\nd: e", {"a": "b", "c": None, "d": "e"}),
    # anchors
    ('a: &"x" 1\nb: *"x"', {"a": 1, "b": 1}),
    ("a: &é 1\nb: *é", {"a": 1, "b": 1}),
    ("&name: x", "x"),
    ("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}),
    ("a: &x [*x]", {"a": ["*x"]}),
    # documents
    ("a: b\n...", {"a": "b"}),
    ("a: b\n... # c\n...\n", {"a": "b"}),
    ("a: b\n...\nc: d", [{"a": "b"}, {"c": "d"}]),
    ("...\na: b", [None, {"a": "b"}]),
    ("a: b\n---\n", [{"a": "b"}, None]),
    ("", None),
]
ERRORS = [
    "a: \0",
    '"\\ud83d"',
    "a: b: c",
    "a: b\n... x",
    "a: -",
    "[-]",
    "[- a]",
    "{a: -}",
    "[!]",
    "[#a\n]",
    "[a,#b\n]",
    "[a]# b",
    'a: "b"# c',
    "a: |# c\n  b",
    "a: |1 2\n  b",
    "a: |- x\n  b",
    "a:\n|\n  b",
    'a: "x\ny"',
    'a:\n- b: "x\n  y"',
    "a: [\nx\n]",
    "a: [\n\tx\n]",
    "[a\n: b]",
    "a: !.x y",
    "a: !!!x y",
    "a: &x,y z",
    "a: &x\x07 y",
    "a: &x 1\n*x: y",
    "a: &x 1\nb: !t *x",
    "a: &x 1\n---\nb: *x",
    "a: b\n&name: x",
    "a: x # c\n  y",
    "x: &x\n  <<: *x",
    "-\t- a",
    "-\ta: b",
    "\ta: b",
    "a: b\n\tc",
    "a: b\nc:\n\t\n",
    "a: b\nc: 'd'\n\t\ne: f",
    "a: |\n\tx",
    "a: |\n  x\n\n\t\nb: c",
    "a: b\nc:\u00a0d",
]


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_reads_the_value_that_the_client_reads(text, expected):
    """Each documented difference from libyaml gives the client's value."""
    actual = read(text)

    assert expected == actual


@pytest.mark.parametrize("text", ERRORS)
def test_refuses_what_the_client_refuses(text):
    """What the client's parser throws at is an error with a place inside the text."""
    with pytest.raises(YamlError) as caught:
        read(text)

    assert 0 <= caught.value.offset <= len(text)


def scalars(node):
    if isinstance(node, Scalar):
        return [node]
    children = node.items if isinstance(node, Sequence) else [child for pair in node.pairs for child in pair]
    return [found for child in children for found in scalars(child)]


@pytest.mark.parametrize(
    "text",
    [
        "a: bc\nd: [e, f]\n",
        "\ufeffa: bc",
        "\ufeffa: , bc\nd: [e:, ?f]",
        "- : x\n- , y\n- {k:[z]}",
        "a: [?x, !t y, w:]\nb: c",
        "k" * 1200 + ": v\nb: , c\nd: e",
        "a: b\n...\nc: d",
        "a:\tb\n-c:\n \t\nd: \x07e\nf: , g",
        "a: |\n  \tx\nb: , y",
    ],
)
def test_places_stay_right_after_mending(text):
    """The place of a plain scalar holds its text, however the text was spelled for libyaml."""
    found = [node for node in scalars(nodes.parse(text)) if node.text and not node.tag and not node.style]
    actual = [text[node.start : node.end] for node in found]

    assert [node.text for node in found] == actual


def test_quoted_place_with_surrogate_pairs():
    """A value behind escapes that were respelled keeps its place."""
    text = 'a: "\\ud83d\\ude00 \\ud83d\\ude00"\nb: [c]\n'
    root = nodes.parse(text)
    actual = [text[node.start : node.end] for _, node in root.pairs]

    assert actual == ['"\\ud83d\\ude00 \\ud83d\\ude00"', "[c]"]


def test_alias_has_its_own_place():
    """An alias is where it stands, not where its anchor is."""
    text = "a: &x b\nc: *x\n"
    node = nodes.entries(nodes.parse(text))["c"]

    assert (node.text, text[node.start : node.end]) == ("b", "*x")


def test_deep_values_are_their_source_text():
    """What is nested beyond the bound is kept as it was written."""
    deep = "[" * (nodes.MAX_DEPTH + 5) + "x\x07" + "]" * (nodes.MAX_DEPTH + 5)
    node = nodes.entries(nodes.parse(f"a: {deep}\nb: c\n"))["a"]
    while isinstance(node, Sequence):
        node = node.items[0]

    assert node.text == "[" * 6 + "x\x07" + "]" * 6


def test_merges_are_applied_once():
    """Merge keys that double at each step take no more time than their size."""
    lines = ["a0: &a0 {x: 1}", *(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}], k{i}: 1}}" for i in range(1, 60))]
    root = nodes.parse("\n".join(lines))
    last = nodes.entries(root)["a59"]

    assert isinstance(last, Mapping)
    assert len(nodes.entries(last)) == 60


PIECES = ["a", "b: ", "- ", "? ", ": ", ",", "[", "]", "{", "}", "\n", "\n  ", "\t", "\r\n", "|", ">-", '"', "'", "&x ", "*x ", "!t "]
MORE_PIECES = ["# c", "...", "---", "<<: ", "\\", "\x07", "\ufeff", "é", "~", "1"]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(PIECES + MORE_PIECES)).map("".join))
def test_any_text_gives_a_value_or_an_error_with_a_place(text):
    """Whatever the text, nodes lie inside it, and nothing but a YamlError is raised."""
    places = []
    try:
        node = nodes.parse(text)
        places = [place for found in scalars(node) for place in (found.start, found.end)] if node else []
        read(text)
    except YamlError as error:
        places.append(error.offset)

    assert all(0 <= place <= len(text) for place in places)


SIZE = 100_000 if THOROUGH else 40_000
HOSTILE = {
    "brackets": lambda size: "a: " + "[" * size,
    "closed brackets": lambda size: "a: " + "[" * (size // 2) + "]" * (size // 2),
    "maps in maps": lambda size: "{a: " * (size // 4),
    "dashes": lambda size: "- " * (size // 2),
    "questions": lambda size: "? " * (size // 2),
    "anchors": lambda size: "&a " * (size // 3),
    "aliases": lambda size: "*a " * (size // 3),
    "tags": lambda size: "!" * size,
    "tabs": lambda size: "a: b\nc:" + "\n\t" * (size // 2),
    "quotes": lambda size: "a: " + '"' * size,
    "backslashes": lambda size: 'a: "' + "\\" * size,
    "crlf": lambda size: 'a: "x' + "\r\n" * (size // 2) + ' y"',
    "colons": lambda size: ": " * (size // 2),
    "blanks": lambda size: "a: ,x" + " " * size + "y",
    "header blanks": lambda size: "a: |" + " " * size + "x",
    "markers": lambda size: "...\nx\n" * (size // 6),
    "end marker blanks": lambda size: "... " + " " * size + "x",
    "empty keys": lambda size: "- : x\n" * (size // 6),
    "empty values": lambda size: "[" + "x:," * (size // 3) + "]",
    "long key": lambda size: "k" * size + ": , v",
}
EXPANDING = {
    "blocks": "".join(" " * i + "a:\n" for i in range(800)),
    "alias bomb": "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 100)),
    "alias chain": "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 999)),
    "merge chain": "a0: &a0 {x: 1}\n" + "".join(f"a{i}: &a{i} {{<<: *a{i - 1}}}\n" for i in range(1, 999)),
}


def read_or_refused(text):
    with suppress(YamlError):
        read(text)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_read_or_refused(text):
    """Deep and large texts end in a value or an error, in linear time."""
    read_or_refused(text(SIZE))

    assert growth(lambda size: read_or_refused(text(size)), 4_000) < LINEAR


@pytest.mark.parametrize("text", EXPANDING.values(), ids=EXPANDING.keys())
def test_expanding_text_is_read_or_refused(text):
    """A text that would expand ends in a value or an error, within a bound."""
    assert lines(lambda: read_or_refused(text)) < 100 * len(text)


def test_every_private_use_character_is_taken():
    """A text that leaves no character for stand-ins is beyond the bounds, no crash."""
    taken = "".join(chr(base + code) for base in (0xF0000, 0x100000) for code in range(0xFFFE))

    with pytest.raises(YamlLimitError):
        read(f"a: {taken}\nb: - , c")


# --- what is remembered


@pytest.mark.parametrize("text", ["a: 012\nb: yes\n", "a: &x 012\nb: yes\n", "a: |\n  x\n"])
def test_a_text_is_read_anew_for_each_library(text: str) -> None:
    """One text, read by one library after the other, twice each, gives what each makes of it by itself."""
    alone = []
    for grammar in GRAMMARS:
        nodes._read.cache_clear()
        alone.append(_said(text, grammar))

    assert [_said(text, grammar) for _ in range(2) for grammar in GRAMMARS] == alone * 2
    assert len({repr(one) for one in alone}) > 1


def test_what_is_refused_is_refused_again() -> None:
    """A text that a library refuses is refused each time, for the same reason, and nothing of the first time is held on to."""
    refused = []
    for _ in range(2):
        with pytest.raises(YamlError) as caught:
            nodes.parse("a: b: c\n")
        refused.append((caught.value.problem, caught.value.offset, len(caught.traceback)))

    assert refused[0] == refused[1]


def _said(text: str, grammar: Grammar) -> object:
    node = nodes.parse(text, grammar)
    return node and (nodes.value(node, None, grammar), repr(node))
