"""What is printed drives nothing, and in JSON it is still the same value."""

import io
import json
import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentconv.render import printable
from agentconv.render.printable import Lines

JOINERS = frozenset("\u200c\u200d")
"""What scripts and emoji need, and what only those do."""
VISIBLE = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Signs of scripts that have a form, although they are counted among what has none."""
HOSTILE = st.text(
    st.characters() | st.sampled_from("#[:\n\r\x1b\u2028\u202e\u061c\x85\x9b\ufeff \tvso\ud800"),
    max_size=30,
)


def written(*pieces):
    """Return what comes of pieces that are written one after the other."""
    stream = io.StringIO()
    lines = Lines(stream)
    for piece in pieces:
        lines.write(piece)
    lines.flush()
    return stream.getvalue()


def test_every_control_is_escaped():
    """Each character that is a control, a separator of lines or formats text is shown as its number, but for what scripts need."""
    kept = [
        char
        for char in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and char not in "\t\n" and printable.shown(char) == char
    ]

    assert {char for char in kept if not 0x13430 <= ord(char) <= 0x1345F} == JOINERS | VISIBLE  # the rest joins hieroglyphs


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (["::add-mask::x\n"], "\\x3a:add-mask::x\n"),
        (["a\n \u00a0\t::x\n"], "a\n \u00a0\t\\x3a:x\n"),
        (["a ::x std::vector\n"], "a ::x std::vector\n"),
        ([":", ":x\n"], "\\x3a:x\n"),
        (["  ", "::x"], "  \\x3a:x"),
        (["a##[error]b##vso[x]c\n"], "a#\\x23[error]b#\\x23vso[x]c\n"),
        (["## [x] # [y] ##\n"], "## [x] # [y] ##\n"),
        (["\x1b[31;1merror\x1b[0m: \x1b[2J\n"], "\x1b[31;1merror\x1b[0m: \\x1b[2J\n"),
        (["\r\x1b[K[###] 1 of 2"], "\r\x1b[K[###] 1 of 2"),
        (["a\u2028::x\u202e\U000e0041\x85\r\n"], "a\\u2028::x\\u202e\\U000e0041\\x85\\x0d\n"),
    ],
)
def test_lines(pieces, expected):
    """A line neither begins with a command nor holds one, however it is put together; our own colours stay."""
    assert written(*pieces) == expected


def test_a_line_goes_on_after_it_was_flushed():
    """What is written after a flush belongs to the line that is there."""
    stream = io.StringIO()
    lines = Lines(stream)
    for piece in ("a", "::b\n", "  ", "::c"):
        lines.write(piece)
        lines.flush()

    assert stream.getvalue() == "a::b\n  \\x3a:c"


@given(st.lists(HOSTILE, max_size=4))
def test_no_pieces_drive_anything(pieces):
    """Whatever is written, and in whatever pieces."""
    lines = written(*pieces).split("\n")

    assert not [line for line in lines if line.lstrip().startswith("::") or re.search(r"##[A-Za-z]{0,20}\[", line)]


@given(st.dictionaries(HOSTILE, HOSTILE | st.lists(HOSTILE)))
def test_json_is_read_as_the_same(value):
    """A report holds its values exactly, and nothing in it drives anything."""
    told = printable.in_json(json.dumps(value, ensure_ascii=False, indent=2))

    assert json.loads(told) == json.loads(json.dumps(value))
    assert printable.shown(told) == told
    assert written(told) == told
