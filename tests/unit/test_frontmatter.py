"""Changing one key of a header changes only its bytes."""

from __future__ import annotations

import pytest

from agentconv.core.source import SourceText
from agentconv.families import frontmatter
from agentconv.families.frontmatter import Header, Rewritten
from agentconv.yaml.grammar import BUN, JS_YAML_3, JS_YAML_4, YAML_2


def header_of(text, grammar=BUN):
    source = SourceText("a.md", text.encode())
    start = text.index("\n") + 1
    end = text.index("---", start)
    return frontmatter.parse(Header(source, start, end, end + 3), grammar=grammar)


def patched(body, changes):
    text = f"---\n{body}---\nprompt\n"
    edits = frontmatter.patch(header_of(text), changes)
    return None if edits is None else frontmatter.apply(text, edits)[4 : -len("---\nprompt\n")]


PATCHES = [
    ("a: 1\nb: 2\n", {"a": "x"}, "a: x\nb: 2\n"),
    ("a: 1   # why\nb: 2\n", {"a": "x"}, "a: x   # why\nb: 2\n"),
    ("a: 'q'\nb: 2\n", {"a": "p: q"}, 'a: "p: q"\nb: 2\n'),
    ('"a" : 1\n', {"a": "x"}, '"a" : x\n'),
    ("a:\nb: 2\n", {"a": "x"}, "a: x\nb: 2\n"),
    ("a: |\n  t\n\n  u\nb: 2\n", {"a": "x"}, "a: x\nb: 2\n"),
    ("a: >-\n  t\n\nb: 2\n", {"a": "x"}, "a: x\n\nb: 2\n"),
    ("b: 2\na: |\n  t\n", {"b": 3}, "b: 3\na: |\n  t\n"),
    ("a: t\n  u\nb: 2\n", {"a": "x"}, "a: x\nb: 2\n"),
    ('a: "t\n  u" # c\n', {"a": "x"}, "a: x # c\n"),
    ("a: [p, q] # c\nb: 2\n", {"a": ["r"]}, "a: [r] # c\nb: 2\n"),
    ("a:\n  - p # c\n  - q\nb: 2\n", {"a": ["r", "s"]}, "a:\n  - r\n  - s\nb: 2\n"),
    ("a:\n    - p\nb: 2\n", {"a": ["r", "s"]}, "a:\n    - r\n    - s\nb: 2\n"),
    ("a:\n- p\nb: 2\n", {"a": ["r"]}, "a:\n  - r\nb: 2\n"),
    ("a:\n    k: 1\nb: 2\n", {"a": {"k": "t\n\nu\n"}}, "a:\n    k: |\n      t\n\n      u\nb: 2\n"),
    ("a: , p\nb: [x:]\nc: 1\n", {"c": "z"}, "a: , p\nb: [x:]\nc: z\n"),
    ("a: &m p\nb: *m\n", {"b": "x"}, "a: &m p\nb: x\n"),
    ("a: 1\na: 2\nb: 3\n", {"a": "x"}, "a: x\nb: 3\n"),
    ("a: 1\nb: |\n  t\nc: 3\n", {"b": None}, "a: 1\nc: 3\n"),
    ("a: 1 # c\nb: 2\n", {"a": None}, "b: 2\n"),
    ("a:\n  - p\n  - q\nb: 2\n", {"a": None}, "b: 2\n"),
    ("a: 1\n", {"b": "x"}, "a: 1\nb: x\n"),
    ("  a: 1\n", {"b": ["x"]}, "  a: 1\n  b:\n    - x\n"),
    ("a: |\n  t\n", {"b": "x"}, "a: |\n  t\nb: x\n"),
    ("a: 1\n", {"b": None}, "a: 1\n"),
    ("$k: 1\n", {"$$k": "x"}, "$k: x\n"),
    ("1.0: p\n", {"1": "x"}, "1.0: x\n"),
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(("body", "changes", "expected"), PATCHES)
def test_patch_changes_only_the_key(body, changes, expected, newline):
    """Setting, adding and removing a key keep every other byte, whatever ends the lines."""
    text = f"---\n{body}---\nprompt\n".replace("\n", newline)
    actual = frontmatter.apply(text, frontmatter.patch(header_of(text), changes))

    assert f"---\n{expected}---\nprompt\n".replace("\n", newline) == actual


@pytest.mark.parametrize("grammar", [JS_YAML_3, JS_YAML_4, YAML_2], ids=lambda grammar: grammar.name)
@pytest.mark.parametrize(("body", "changes", "expected"), PATCHES)
def test_patch_is_the_same_with_every_grammar(body, changes, expected, grammar):
    """Where another library reads the header at all, the same bytes change; a comment keeps the simple reader away."""
    text = f"---\n# full reader\n{body}---\nprompt\n"
    header = header_of(text, grammar)
    actual = expected if header.error else frontmatter.apply(text, frontmatter.patch(header, changes))[18 : -len("---\nprompt\n")]

    assert expected == actual


@pytest.mark.parametrize("body", ["{a: 1}\n", "- a\n", "# only a comment\n", "<<: {a: 1}\n", "a: [\n"])
def test_patch_is_refused_where_single_values_cannot_change(body):
    """A header that is no block map, or a key from a merge, is for the caller to write anew."""
    actual = patched(body, {"a": "x"})

    assert actual is None


def test_place_leads_back_through_a_rewriting():
    """Places in a text that a client's fallback rewrote are those of the original."""
    original = "---\na: b: c\n\tk: v\n---\n"
    rewritten = Rewritten('a: "b: c"\n', ((3, 3),))
    header = header_of(original.replace("\tk: v\n", ""))
    frontmatter.parse(header, lambda _: rewritten)
    node = header.nodes["a"]
    actual = header.source.text[header.place(node.start) : header.place(node.end)]

    assert header.fallback
    assert actual == "b: c"


def test_place_counts_tabs_that_became_blanks():
    """A leading tab that became two blanks counts as one character."""
    header = header_of("---\na: @x\nm:\n\tk: v\n---\n")
    rewritten = Rewritten('a: "@x"\nm:\n  k: v\n', ((3, 3), (0, 0), (0, 1), (0, 0)))
    frontmatter.parse(header, lambda _: rewritten)
    key, node = header.nodes["m"].pairs[0]
    actual = [header.source.text[header.place(part.start) : header.place(part.end)] for part in (key, node)]

    assert actual == ["k", "v"]


def test_aliases_of_all_keys_share_one_budget():
    """Many keys that each expand to many values are refused as one that is too large."""
    body = "a: &a [" + "x," * 900 + "]\n" + "b: &b [" + "*a," * 20 + "]\n" + "".join(f"k{i}: *b\n" for i in range(300))
    header = header_of(f"---\n{body}---\n")

    assert header.error is not None
    assert header.values == {}
