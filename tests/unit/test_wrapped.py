"""How long lines are cut: at blanks, as the standard library cuts them."""

from __future__ import annotations

from textwrap import wrap

import pytest

from agentconv.render import table


@pytest.mark.parametrize("columns", [1, 2, 3, 7, 12, 40])
@pytest.mark.parametrize(
    "line", ["a", "one two three", "incomprehensibilities of it", "to incomprehensibilities-and-more", "a b c d e f g h i — j k"]
)
def test_lines_are_cut_as_the_standard_library_does(line: str, columns: int) -> None:
    expected = wrap(line, columns, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)

    assert table._wrapped(line, columns) == "\n".join(expected)
