"""What is wrong with a YAML text that a library refuses: told where it begins, and with what to type."""

import pytest

from agentconv.yaml import grammar, nodes, slips
from agentconv.yaml.errors import YamlError

LIBRARIES = (grammar.BUN, grammar.JS_YAML_3, grammar.JS_YAML_4, grammar.SERDE_YAML, grammar.PYYAML, grammar.YAML_2)


def fault(text, library=grammar.SERDE_YAML):
    """Return what is said of a text; None where the library takes it."""
    try:
        nodes.parse(text, library)
    except YamlError as error:
        return slips.fault(text, error)
    return None


SLIPS = [
    ("tools: [Read, Grep\nmodel: x\n", 7, "a list that is never closed", "write `]` behind `Grep`"),
    ("tools: [\n  Read,\n  Grep,  # b\n# c\n\nmodel: x\n", 7, "a list that is never closed", "write `]` behind `Grep`"),
    ("tools: [Read, [Grep\n", 7, "a list that is never closed", "write `]]` behind `[Grep`"),
    ("a:\n  - b: {c: d\n  - e: f\n", 10, "a map that is never closed", "write `}` behind `{c: d`"),
    ("a: [b}\nc: d\n", 5, "`}` where `]` would close what is open", "write `]` for it"),
    ('a: "b\nc: d\n', 3, "a quoted text that is never closed", 'write `"` behind `"b`'),
    ("a: 'b\nc: 'd'\n", 3, "a quoted text that is never closed", "write `'` behind `'b`"),
    ('a: "b" c\n', 6, 'text behind the closing `"`', 'write `\\"` for a quote in the text, and put all of it in double quotes'),
    ("a: 'It's'\n", 7, "text behind the closing `'`", "write `''` for a quote in the text, or put all of it in double quotes"),
    ("a: [b] c\n", 6, "text behind the closing `]`", "put all of the value in double quotes"),
    ('a: "\\w"\n', 4, "`\\w` is no escape", "write `\\\\` for a backslash, or put the text in single quotes"),
    ("a: b\n c: d\n", 6, "`c` is further in than the line above, which has a value", "begin it where `a: b` begins"),
    ("a:\n  - b\n - c\n", 10, "a line that begins in another column than those above", "indent it as `- b` is"),
    ("a: b\nc:d\ne: f\n", 5, "no blank behind `c:`", "write `c: d`"),
    (
        "a: b\nc d\ne: f\n",
        5,
        "a line that is no `key: value`",
        "write a key and a colon before it, or indent it, if it goes on with the text above",
    ),
    ("a: b: c\n", 4, "an unquoted `: ` in a value", "put the value in double quotes"),
    ("a: @b\n", 3, "`@` where a value starts", "put the value in double quotes"),
    ("a:\n\t- b\n", 3, "a tab as indentation", "write blanks for the tab"),
]


@pytest.mark.parametrize(("text", "offset", "problem", "remedy"), SLIPS)
def test_a_slip_is_told_where_it_begins(text, offset, problem, remedy):
    """A slip is told in the place where a person made it, with what to type there, and not where a library noticed."""
    found = fault(text)

    assert (found.offset, found.problem, found.remedy) == (offset, problem, remedy)


def test_what_is_never_closed_is_told_beside_another_slip():
    """A repair of one slip may hide that something else is never closed: all of that is found, wherever the first slip is."""
    text = "description: Use: x\ntools: [Read, Grep\nskills: [a]\nhooks: {a: [b\nmodel: x\n"

    assert [(text[one.offset : one.offset + 5], one.closing[1], one.remedy) for one in slips.unclosed(text)] == [
        ("[Read", "]", "write `]` behind `Grep`"),
        ("{a: [", "]}", "write `]}` behind `{a: [b`"),
    ]


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda one: one.name)
def test_libraries_agree_on_what_is_never_closed(library):
    """Whatever a library says of a list that is never closed, and wherever it notices, the same is told, and the same closes it."""
    text = "description: d\ntools: [Read, Grep\nmodel: x\ncolor: y\n"
    found = fault(text, library)
    at, mark = found.closing

    assert (found.offset, found.problem) == (22, "a list that is never closed")
    assert fault(text[:at] + mark + text[at:], library) is None


@pytest.mark.parametrize(
    "text",
    [
        "a: &b c\nd: *e\n",
        "a: 1\na: 2\n",
        "a: !!int x\n",
        "a: 1\n---\nb: [\n",
        "%FOO\na: 1\n",
        "? [a\n: b\n",
        "a: |\n  x: [\n y\n",
        "a: 'b\n  c: d'\n e: f\n",
    ],
)
def test_what_is_no_slip_is_told_as_the_library_does(text):
    """Where nothing tells what a person did, the library's words stay, in its place; none of these has a bracket or quote to close."""
    error = None
    try:
        nodes.parse(text, grammar.SERDE_YAML)
    except YamlError as raised:
        error = raised

    assert error is None or slips.fault(text, error).closing is None


@pytest.mark.parametrize(
    "text",
    [
        "a" + " " * 100_000,
        "- " * 50_000,
        "a: [" * 20_000,
        'a: "' + "x\n" * 50_000,
        "a: '" + "''" * 50_000,
        "k: 1\n" * 20_000 + " x: 1",
        "[" * 50_000,
    ],
    ids=range(7),
)
def test_a_long_text_is_told_soon(text):
    """What is said of a text takes a time that grows with it, and no more."""
    assert slips.fault(text, YamlError("x", len(text)))
