"""Bytes and text, offsets and places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentconv.core import source
from agentconv.core.source import SourceText


@given(st.binary())
def test_decoding_loses_no_byte(data):
    """Encoding gives the bytes that were decoded."""
    actual = source.encode(source.decode(data))

    assert data == actual


PARTS = [b"\xf0\x9f", b"\xe2\x82", b"\xed\xa0\x80", b"\xc3", b"\xff", b"a", b"\xc3\xa9"]


@given(st.binary() | st.lists(st.sampled_from(PARTS)).map(b"".join))
def test_a_client_sees_replacement_characters(data):
    """What is not UTF-8 is U+FFFD for each maximal invalid part, as the WHATWG decoder has it."""
    actual = source.client_text(source.decode(data))

    assert data.decode("utf-8", "replace") == actual


@pytest.mark.parametrize(
    ("data", "offset", "expected"),
    [
        (b"ab\ncd", 0, (1, 1)),
        (b"ab\ncd", 2, (1, 3)),
        (b"ab\ncd", 3, (2, 1)),
        (b"ab\r\ncd", 4, (2, 1)),
        (b"ab\r\ncd", 3, (1, 4)),
        (b"ab\rcd", 3, (2, 1)),
        (b"a\n\r\n\rb", 5, (4, 1)),
        (b"\xef\xbb\xbfab", 0, (1, 1)),
        (b"\xef\xbb\xbfab", 1, (1, 1)),
        (b"\xef\xbb\xbfab\nc", 4, (2, 1)),
        (b"\xff\xffa", 2, (1, 3)),
        (b"", 0, (1, 1)),
    ],
)
def test_offset_to_line_and_column(data, offset, expected):
    """LF, CRLF and a lone CR end a line; a byte order mark takes no column."""
    actual = SourceText("a.md", data).position(offset)

    assert expected == actual


def test_span_has_both_ends():
    """A span holds the place of its start and its end."""
    span = SourceText("a.md", b"ab\ncd").span(1, 4)

    assert (span.path, span.line, span.column, span.end_line, span.end_column) == ("a.md", 1, 2, 2, 2)


@pytest.mark.parametrize(("data", "expected"), [(b"a\xc3\xa9", True), (b"a\xff", False), (b"\xed\xb2\x80", False)])
def test_decodable_says_whether_bytes_are_utf_8(data, expected):
    """Only valid UTF-8 is decodable."""
    actual = SourceText("a.md", data).decodable

    assert expected == actual


def test_positions_in_any_order():
    """A position is the same whatever was asked before it."""
    text = "\ufeffab\r\ncd\re\n\n\r\r\nlast"
    source = SourceText("a.md", text.encode())
    offsets = [*range(len(text) + 3), *reversed(range(len(text) + 3)), 4, 9, 2, 2, 11, 0]

    assert [source.position(offset) for offset in offsets] == [SourceText("a.md", text.encode()).position(offset) for offset in offsets]


def test_an_offset_is_where_its_line_and_column_are():
    """The first lines are found without all others, and in any order with them; beyond the last one is the last one."""
    text = "\ufeff" + "".join(f"{number}\n" if number % 3 else f"{number}\r\n" for number in range(60)) + "end"
    places = [one for one in range(2, len(text)) if text[one - 1 : one + 1] != "\r\n"]

    for order in (places, places[::-1]):
        source = SourceText("a.md", text.encode())
        assert [source.offset(*SourceText("a.md", text.encode()).position(one)) for one in order] == order
    assert SourceText("a.md", b"a\nb").offset(9, 1) == SourceText("a.md", b"a\nb" + b"\nc" * 30).offset(2, 1) == 2
