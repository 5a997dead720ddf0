"""Places in a text as editors count them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position

from agentconv.editors.positions import UTF8, UTF16, UTF32, Positions

TEXTS = st.text(st.sampled_from("a\n\r\u2028\x0bé€😀\ufeff\ud800"), max_size=30)


def units(text, encoding):
    """Return how many units of an encoding a text has."""
    return len(text.encode(f"{encoding}-le" if encoding != UTF8 else encoding, "surrogatepass")) // {UTF8: 1, UTF16: 2, UTF32: 4}[encoding]


@pytest.mark.parametrize("encoding", [UTF8, UTF16, UTF32])
@given(TEXTS)
def test_each_character_has_a_place_of_its_own(encoding, text):
    """A character is as many units behind what ended the last line as stand there, and is found again by that; nothing else ends a line."""
    positions = Positions(text, encoding)
    for offset in range(len(text) + 1):
        ends = [match.end() for match in re.finditer("\r\n|\n|\r", text) if match.end() <= offset]
        place = positions.at(offset)
        inside = text[offset - 1 : offset + 1] == "\r\n"  # which is no place to an editor

        assert (place.line, place.character) == (len(ends), units(text[(ends or [0])[-1] : offset], encoding))
        assert inside or positions.offset(place) == offset


def test_a_place_behind_the_end_is_the_end():
    """A place behind the end of a line, or of the text, is that end; one in the middle of a character is its beginning."""
    positions = Positions("ab\r\n😀c")
    places = [Position(0, 99), Position(9, 0), Position(1, 99), Position(1, 1)]

    assert [positions.offset(place) for place in places] == [2, 6, 6, 4]
