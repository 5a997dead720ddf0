"""The reader of simple texts gives the nodes that each full reader gives, or leaves the text to it."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agentconv.yaml import emitter, nodes
from agentconv.yaml import simple as yaml_simple
from agentconv.yaml.grammar import BUN, JS_YAML_3, JS_YAML_4, SERDE_YAML, YAML_2
from agentconv.yaml.nodes import Scalar, Sequence, YamlError

GRAMMARS = (BUN, JS_YAML_3, JS_YAML_4, YAML_2, SERDE_YAML)
SCALARS = [
    "a",
    "b c",
    "-",
    "- d",
    "?",
    ":",
    "e:",
    "f: g",
    "#",
    "h #i",
    "#j",
    "'k'",
    '"l"',
    "'it''s'",
    '"m\\n"',
    '"n',
    "x ",
    "é",
    "\x85",
    "<<",
]
OTHERS = [
    "[",
    "[o, p]",
    "[q]",
    "[ r , 's' ]",
    "[t,]",
    "[]",
    "{}",
    "|",
    "|-",
    ">",
    ">-",
    ">+",
    "|2",
    "&u",
    "*u",
    "!v",
    "%w",
    "~",
    "null",
    "12",
]
WORDS = st.sampled_from(SCALARS + OTHERS)
KEYS = st.sampled_from(["a", "b-c", "d.e", "'f'", '"g"', "a", "true", "Null", '"<<"', "1", "h i", "?", ""])
LINES = st.one_of(
    st.builds(lambda indent, key, word: f"{' ' * indent}{key}: {word}", st.integers(0, 4), KEYS, WORDS),
    st.builds(lambda indent, key: f"{' ' * indent}{key}:", st.integers(0, 4), KEYS),
    st.builds(lambda indent, word: f"{' ' * indent}- {word}", st.integers(0, 4), WORDS),
    st.builds(lambda indent, word: f"{' ' * indent}{word}", st.integers(0, 4), WORDS),
    st.sampled_from(["", " ", "---", "..."]),
)


def shape(node, *, places):
    """Return a node as a tuple; places of what is not written are each reader's own."""
    written = places and not (isinstance(node, Scalar) and not node.text and not node.style)
    place = (node.start, node.end) if written else ()
    if isinstance(node, Scalar):
        return (node.text, node.style, node.tag, *place)
    children = node.items if isinstance(node, Sequence) else [part for pair in node.pairs for part in pair]
    return (type(node).__name__, node.flow, [shape(child, places=places) for child in children], *place)


def full(text, grammar):
    try:
        node = grammar.read(text, grammar)
    except YamlError as error:
        return error
    return node and shape(node, places=grammar is BUN)


@settings(deadline=None, max_examples=settings().max_examples * 15)
@given(st.lists(LINES, min_size=1, max_size=6).map("\n".join), st.sampled_from(["", "\n"]))
@example("a: |\n  x\n\n   y \n\nb: >-\n  z\n\n  w", "\n")
@example("a:\n  - b: c\n    d:\n    - e\n  -  f\ng:\n", "")
@example("a: |\n  x\n \nb: c", "")
@example("\n\na: b\n\nc: d", "\n")
@example("a:\n  - \nb: c", "")
def test_simple_text_has_the_nodes_of_every_full_reader(text, end):
    """Where the simple reader takes a text, its nodes are those of each full reader, and their places those of Bun's."""
    simple = yaml_simple.parse(text + end) is not None
    expected = [full(text + end, grammar) for grammar in GRAMMARS if simple]
    actual = [shape(nodes.parse(text + end, grammar), places=grammar is BUN) for grammar in GRAMMARS if simple]

    assert expected == actual


@pytest.mark.parametrize(
    "value",
    [
        {"name": "x", "description": "Use when: y", "tools": ["Read", "Bash(git:*)"], "model": "z"},
        {"permission": {"*": "ask", "bash": {"git *": "allow"}}, "mode": "all", "steps": 12, "hidden": True},
        {"description": "one\ntwo\n", "mcpServers": [{"a": {"command": "b", "args": ["-c"]}}]},
    ],
)
@pytest.mark.parametrize("fold", [False, True])
def test_what_writers_write_is_simple(value, fold):
    """The usual output of our writers needs no full reader."""
    node = yaml_simple.parse(emitter.mapping(value, fold=fold))

    assert node is not None


TEXT_LINES = st.builds(lambda key, word: f"{key}: {word}", st.sampled_from(["name", "description"]), WORDS)


@settings(max_examples=settings().max_examples * 10)
@given(st.lists(st.one_of(TEXT_LINES, LINES), min_size=1, max_size=5).map("\n".join), st.sampled_from(GRAMMARS))
@example("name: a\ndescription: |\n  b\n", BUN)
@example("a: 'b\ndescription: c'\nname: d", BUN)
@example("name: a\nname: b", BUN)
@example("description: a\n  b", BUN)
@example("a:\n- b\nname: '1'", JS_YAML_3)
def test_texts_apart_are_what_the_text_says(text, grammar):
    """A text whose rest is simple reads as that does, with the texts in their places."""
    apart = nodes.texts_apart(text, grammar)
    if apart is None or not nodes.is_simple(apart[0], grammar):
        return
    rest, texts = (
        {key: nodes.value(node, None, grammar) for key, node in nodes.entries(nodes.parse(one, grammar), grammar).items()}
        for one in (apart[0], text)
    )

    assert list({**rest, **apart[1]}.items()) == list(texts.items())
