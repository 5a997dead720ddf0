"""Each YAML library reads its own way where the text leaves room for it."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agentconv.core.source import SourceText
from agentconv.families import frontmatter
from agentconv.families.frontmatter import Header
from agentconv.yaml import nodes, pyyaml
from agentconv.yaml.grammar import BUN, JS_YAML_3, JS_YAML_4, PYYAML, YAML_2
from agentconv.yaml.nodes import YamlError
from thorough import THOROUGH, crossed
from work import LINEAR, growth, lines

GRAMMARS = (BUN, JS_YAML_3, JS_YAML_4, YAML_2)
REFUSED = YamlError


def read(text, grammar):
    try:
        node = nodes.parse(text, grammar)
        return None if node is None else nodes.value(node, None, grammar)
    except YamlError as error:
        return REFUSED if 0 <= error.offset <= len(text) else error


DATE = {"$datetime": "2024-01-02T00:00:00.000Z"}
DIFFERENT = [
    # text, Bun, js-yaml 3, js-yaml 4, yaml 2
    ("a: 1\na: 2", {"a": 2}, REFUSED, REFUSED, REFUSED),
    # numbers and dates
    ("012", 12, 10, 12, 12),
    ("089", 89, "089", 89, 89),
    ("0o14", 12, "0o14", 12, 12),
    ("-0x1F", -31, -31, -31, "-0x1F"),
    ("0b11", "0b11", 3, 3, "0b11"),
    ("1_000", "1_000", 1000, 1000, "1_000"),
    ("1:30", "1:30", 90, "1:30", "1:30"),
    ("1:30.5", "1:30.5", 90.5, "1:30.5", "1:30.5"),
    ("-.5", -0.5, "-.5", "-.5", -0.5),
    ("2024-01-02", "2024-01-02", DATE, DATE, "2024-01-02"),
    # keys
    ("~: a", {"null": "a"}, {"null": "a"}, {"null": "a"}, {"": "a"}),
    ("[a, b]: c", {"a,b": "c"}, {"a,b": "c"}, {"a,b": "c"}, {"[ a, b ]": "c"}),
    ("<<: {x: 1}", {"x": 1}, {"x": 1}, {"x": 1}, {"<<": {"x": 1}}),
    ("<<: 1", {"<<": 1}, REFUSED, REFUSED, {"<<": 1}),
    # tags
    ('!!int "3"', "3", 3, 3, 3),
    ("!own 3", "3", REFUSED, REFUSED, "3"),
    ("!!int x", "x", REFUSED, REFUSED, "x"),
    ("!!timestamp 2024-01-02", "2024-01-02", DATE, DATE, DATE),
    # scanning
    ("a: b\n\tc: d", REFUSED, {"a": "b", "c": "d"}, REFUSED, REFUSED),
    ('a: "b\nc"', REFUSED, {"a": "b c"}, {"a": "b c"}, REFUSED),
    ("a: 'b''\nc: 'd'", REFUSED, REFUSED, REFUSED, {"a": "b'", "c": "d"}),
    ('a: "b\\"\nc: "d"', REFUSED, REFUSED, REFUSED, {"a": 'b"', "c": "d"}),
    ("a: [\nb]", REFUSED, {"a": ["b"]}, {"a": ["b"]}, REFUSED),
    ("a: 'b \n  c'", {"a": "b c"}, {"a": "b  c"}, {"a": "b  c"}, {"a": "b c"}),
    ('a: "b"# c', REFUSED, {"a": "b"}, {"a": "b"}, REFUSED),
    ("a: [b]# c", REFUSED, {"a": ["b"]}, {"a": ["b"]}, REFUSED),
    (": a", {"null": "a"}, REFUSED, REFUSED, {"": "a"}),
    ("&x a: b\nc: d", {"a": "b", "c": "d"}, REFUSED, REFUSED, {"a": "b", "c": "d"}),
    ("a: x\x07y", {"a": "x\x07y"}, REFUSED, REFUSED, {"a": "x\x07y"}),
    ("a: x\ry: z", {"a": "x", "y": "z"}, {"a": "x", "y": "z"}, {"a": "x", "y": "z"}, REFUSED),
    ("1: a\n'1': b", {"1": "b"}, REFUSED, REFUSED, {"1": "b"}),
    ("---a: b", {"---a": "b"}, {"a": "b"}, {"a": "b"}, {"---a": "b"}),
    ("a: b\n---\nc: d", [{"a": "b"}, {"c": "d"}], REFUSED, REFUSED, REFUSED),
    ("[a,, b]", REFUSED, ["a", None, "b"], REFUSED, REFUSED),
]
SAME = [
    ("a: b\nc: 'it''s'\nd: \"x\\ty\"\n", {"a": "b", "c": "it's", "d": "x\ty"}),
    ("a:\n  - b\n  - c: d\n    e: 1\nf: [g, {h: i}]\n", {"a": ["b", {"c": "d", "e": 1}], "f": ["g", {"h": "i"}]}),
    ("a: |\n  x\n\n  y\nb: >-\n  x\n  y\n\n  z\n", {"a": "x\n\ny\n", "b": "x y\nz"}),
    ("a: yes\nb: true\nc: ~\nd: 1.5\ne:\n", {"a": "yes", "b": True, "c": None, "d": 1.5, "e": None}),
    ("a: &x {b: c}\nd: *x\n", {"a": {"b": "c"}, "d": {"b": "c"}}),
    ("a: b: c", REFUSED),
    ("a: [b", REFUSED),
    ("a: 'b", REFUSED),
    ("a: *x", REFUSED),
    ("a: @b", REFUSED),
]


@pytest.mark.parametrize(("text", "bun", "js_yaml_3", "js_yaml_4", "yaml_2"), DIFFERENT)
def test_each_library_reads_its_own_way(text, bun, js_yaml_3, js_yaml_4, yaml_2):
    """A text on which the libraries part gives for each grammar what its library gives."""
    actual = tuple(read(text, grammar) for grammar in GRAMMARS)

    assert (bun, js_yaml_3, js_yaml_4, yaml_2) == actual


@pytest.mark.parametrize(("text", "expected"), SAME)
def test_libraries_agree_on_usual_text(text, expected):
    """What people write reads the same everywhere."""
    actual = [read(text, grammar) for grammar in GRAMMARS]

    assert [expected] * 4 == actual


def test_header_carries_its_grammar():
    """A header parsed with one grammar keeps to it."""
    text = "a: 1_000\n"
    header = frontmatter.parse(Header(SourceText("a.md", text.encode()), 0, len(text), len(text)), grammar=JS_YAML_4)

    assert header.values == {"a": 1000}


SIZE = 100_000 if THOROUGH else 40_000
HOSTILE = {
    "brackets": lambda size: "a: " + "[" * size,
    "dashes": lambda size: "- " * size,
    "questions": lambda size: "? " * size,
    "keys": lambda size: "".join(f"k{index}: v\n" for index in range(size // 5)),
    "keys in brackets": lambda size: "{" + "".join(f"k{index}: v, " for index in range(size // 5)) + "}",
    "blank lines": lambda size: "a: x" + "\n" * size,
    "lines in quotes": lambda size: 'a: "' + "\n" * size + '"',
    "backslashes": lambda size: 'a: "' + "\\" * size,
    "digits": lambda size: "a: " + "1" * size,
    "hexadecimal digits": lambda size: "a: 0x" + "f" * size,
    "sexagesimal digits": lambda size: "a: 1" + ":1" * size,
    "underscores": lambda size: "a: 1" + "_" * size,
    "aliases": lambda size: "a: &a b\nc: [" + "*a, " * size + "]",
    "directives": lambda size: "%" * size,
    "tags": lambda size: "!" * size,
}
EXPANDING = {
    "alias bomb": "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 100)),
    "merge chain": "a0: &a0 {x: 1}\n" + "".join(f"a{i}: &a{i} {{<<: *a{i - 1}, k{i}: 1}}\n" for i in range(1, 999)),
}


@pytest.mark.parametrize(
    ("name", "grammar"), crossed(list(HOSTILE), GRAMMARS, 4), ids=lambda value: value if isinstance(value, str) else value.name
)
def test_hostile_text_is_read_or_refused(name, grammar):
    """Deep and large texts end in a value or an error, in linear time, with any grammar."""
    text = HOSTILE[name]
    read(text(SIZE), grammar)

    assert growth(lambda size: read(text(size), grammar), 4_000) < LINEAR


@pytest.mark.parametrize("text", EXPANDING.values(), ids=EXPANDING.keys())
@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: grammar.name)
def test_expanding_text_is_read_or_refused(grammar, text):
    """A text that would expand ends in a value or an error, within a bound, with any grammar."""
    assert lines(lambda: read(text, grammar)) < 100 * len(text)


AS_PYYAML = [
    *("a: 012", "a: 089", "a: 0o14", "a: -0x1F", "a: 0b11", "a: 1_000", "a: 190:20:30", "a: 1:30.5", "a: -.5", "a: 1e3", "a: 1.0e+3"),
    *("a: yes", "a: Off", "a: y", "a: ~", "a:", "a: =", "=: a", "a: <<", "a: ._", "a: 2024-1-2", "a: 2024-01-02 03:04:05Z"),
    *("a: 1\na: 2", "<<: {x: 1, y: 2}\nx: 3", "<<: [{x: 1}, {x: 2, z: 3}]", "<<: 1", "[a]: b", "a: &b 1\nc: *b", "a: &b 1\nc: &b 2"),
    *("a: !!str 12", "a: !!int '12'", "a: !!int x", "a: !!bool maybe", "a: !own b", "a: ! 12", "a: !!map {}", "a: !!map []"),
    *("a: b: c", "a: [b, c", "- a\n- [yes, {b: no}]", "a: |\n  b\n", "--- a\n--- b\n"),
]


def as_json(value):
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return {"$datetime": value.isoformat()} if hasattr(value, "isoformat") else value


@pytest.mark.parametrize("text", AS_PYYAML)
def test_pyyaml_reads_as_pyyaml_does(text):
    """What PyYAML's own safe loader makes of a text, or that it refuses it, is what is read."""
    try:
        expected = as_json(yaml.load(text, Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, ValueError, KeyError):
        expected = REFUSED

    assert read(text, PYYAML) == expected


TYPED = [
    "yes",
    "true",
    "false",
    "10",
    "012",
    "No",
    "TRUE",
    "off",
    "null",
    "NULL",
    "~",
    "1",
    ".5",
    "-.inf",
    "+1",
    "0o7",
    "12:30",
    "2024-01-02",
    "=",
    "<<",
    ".",
]


@given(st.one_of(st.text(max_size=8), st.builds("".join, st.lists(st.sampled_from([*TYPED, "a", "z", " ", "-"]), max_size=3))))
def test_plain_scalars_are_as_pyyaml_has_them(text):
    """What is known of a plain scalar without PyYAML is what it says."""
    known = [_plain(of, text) for of in (PYYAML.plain, pyyaml.plain)]

    assert repr(known[0]) == repr(known[1])


def _plain(of, text):
    try:
        return of(text)
    except YamlError:
        return REFUSED
