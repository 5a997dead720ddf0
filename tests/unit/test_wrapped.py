"""How long lines are cut: at blanks, as the standard library cuts them, and by the columns that a terminal gives them."""

from __future__ import annotations

from itertools import pairwise
from textwrap import wrap

import pytest

from agentconv.render import cells, table


@pytest.mark.parametrize("columns", [1, 2, 3, 7, 12, 40])
@pytest.mark.parametrize(
    "line", ["a", "one two three", "incomprehensibilities of it", "to incomprehensibilities-and-more", "a b c d e f g h i — j k"]
)
def test_lines_are_cut_as_the_standard_library_does(line: str, columns: int) -> None:
    expected = wrap(line, columns, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)

    assert table._wrapped(line, columns) == "\n".join(expected)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("plain", 5),
        ("na\u00efve \u2026", 7),
        ("nai\u0308ve", 5),
        ("\u6f22\u5b57", 4),
        ("\uff21\uff62", 3),
        ("\ud55c\uae00", 4),
        ("\u1112\u1161\u11ab", 2),
        ("\U0001f680 up", 5),
    ],
)
def test_columns_of_a_text(text: str, columns: int) -> None:
    """Letters of East Asia and pictures take two, full forms too and half ones not; an accent and the vowel of a syllable take none."""
    assert cells.width(text) == columns
    assert cells.fitting(text, columns) == len(text)
    assert cells.width(text[: cells.fitting(text, columns - 1)]) < columns


WIDE = "\u6f22\u5b57"
LINES = [f"{WIDE} " * 30, f"  {WIDE} " * 30, "e\u0301e\u0301 " * 30, f"one {WIDE * 3}  two\u3000three " * 9]


@pytest.mark.parametrize("columns", [8, 20, 80])
@pytest.mark.parametrize("line", LINES)
def test_no_line_is_wider_than_its_columns(line: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is cut off, no line is wider than what there is but one of a word that is, and none could have had more."""
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = table.wrapped(line).split("\n")

    assert "".join(lines).replace(" ", "") == line.replace(" ", "")
    assert all(cells.width(one) <= columns or " " not in one.strip() for one in lines)
    assert all(cells.width(f"{one} {after.strip().split(' ')[0]}") > columns for one, after in pairwise(lines))


def test_columns_line_up_and_the_last_is_cut_between_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a script has no blanks, any two of its letters may be parted."""
    monkeypatch.setenv("COLUMNS", "40")
    first, *more, last = table.table([(WIDE, WIDE * 30), ("abc", "x")])
    begun = [cells.width(line) - cells.width(line.split()[-1]) for line in (first, *more, last)]

    assert set(begun) == {cells.width(WIDE) + 2}
    assert [cells.width(line) for line in (first, *more)] == [40, 40, 40, 24]
