"""Two edits of one text: what either side changed is there, what both changed in one place is a conflict, and nothing else is new."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agentconv.sync import lines, texts

TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=7).map("".join)
UNIQUE = st.integers(0, 8).map(lambda size: [f"line {number}\n" for number in range(size)])


@st.composite
def edited(draw, old, mark):
    """Draw an edit of lines: where it starts, where it ends, and what is there instead."""
    start = draw(st.integers(0, len(old)))
    end = draw(st.integers(start, min(len(old), start + 2)))
    new = tuple(f"{mark} {number}\n" for number in range(draw(st.integers(0 if end > start else 1, 2))))
    return start, end, new


@st.composite
def pairs(draw):
    """Draw lines that are all different, and an edit of them on each side."""
    old = draw(UNIQUE)
    return old, draw(edited(old, "one")), draw(edited(old, "other"))


def done(old, *edits):
    """Return a text with edits, the last one of which is done first."""
    new = [*old]
    for start, end, new_lines in sorted(edits, reverse=True):
        new[start:end] = new_lines
    return "".join(new)


@given(pairs())
def test_two_edits(drawn):
    """They are both done where a line is left between them, are one where they are the same, and a conflict anywhere else."""
    old, one, other = drawn
    first, second = sorted((one, other))
    apart = second[0] > first[1] or first == second
    actual = lines.merged("".join(old), done(old, one), done(old, other))

    assert actual == (done(old, *{one, other}) if apart else None)


@given(pairs(), st.booleans())
def test_a_side_decides_where_two_edits_touch(drawn, comes_first):
    """Its lines are there, and the other side's wherever those touch none of them."""
    old, one, other = drawn if comes_first else (drawn[0], drawn[2], drawn[1])
    far = [f"far {number}\n" for number in range(3)]
    base, first, second = [*old, *far, "end\n"], [*far, "end\n"], [*far, "the end\n"]
    expected = lines.merged("".join(old), done(old, one), done(old, other)) or done(old, one)
    actual = lines.decided("".join(base), done(old, one) + "".join(first), done(old, other) + "".join(second))

    assert actual == f"{expected}{''.join(far)}the end\n"


@given(TEXTS, TEXTS)
def test_what_only_one_side_changed_is_what_it_says(base, new):
    """Whichever side that is; and so is what both sides changed alike."""
    assert lines.merged(base, new, base) == new
    assert lines.merged(base, base, new) == new
    assert lines.merged(base, new, new) == new


@given(TEXTS, TEXTS, TEXTS)
def test_neither_side_comes_first(base, one, other):
    """What comes of two edits is the same whichever is named first."""
    assert lines.merged(base, one, other) == lines.merged(base, other, one)


@given(TEXTS, TEXTS, TEXTS)
def test_no_line_is_made_up_and_none_is_lost(base, one, other):
    """What is merged holds each line as often as the edits of both sides come to, and no mark of a conflict."""
    actual = lines.merged(base, one, other)
    if actual is None or base in (one, other) or one == other:
        return
    for line in ("a\n", "b\n", "c\n", "d\n"):
        changes = [text.count(line) - base.count(line) for text in (one, other)]
        found = actual.count(line) - base.count(line)

        assert found in (sum(changes), *changes)


def test_the_same_edit_of_both_counts_once():
    """Two people who did the same, and each something else, agree about it."""
    assert lines.merged("1\n2\n3\n4\n5\n", "one\n2\n3\n4\nfive\n", "one\n2\nthree\n4\n5\n") == "one\n2\nthree\n4\nfive\n"


def test_the_same_edit_of_both_counts_once_where_one_side_goes_on():
    """A line that both sides made the same is no edit that the next line's touches; of what is left the first that differs is told."""
    base, other = "1\n2\n3\n4\n", "one\n2\n3\n4\n"

    assert lines.merged(base, "one\ntwo\n3\n4\n", other) == "one\ntwo\n3\n4\n"
    assert lines.merged(base, "one\ntwo\n3\n4\n", "one\n2\n3\nfour\n") == "one\ntwo\n3\nfour\n"
    assert lines.merged(base, "one\nand\n2\n3\n4\n", other) == "one\nand\n2\n3\n4\n"
    assert lines.merged(base, "one\ntwo\n3\n4\n", "one\nzwei\n3\n4\n") is None
    assert lines.clash(base, "one\ntwo\n3\n4\n", "one\nzwei\n3\n4\n") == (2, "two", "zwei")
    assert lines.decided(base, "one\ntwo\n3\n4\n", "one\nzwei\n3\nfour\n") == "one\ntwo\n3\nfour\n"


def test_lines_are_counted():
    """A line that is another one counts once, whatever is new or gone for itself."""
    assert [lines.changed("1\n2\n3", text) for text in ("1\n2\n3", "1\ntwo\n3", "1\n3", "1\n2\n3\n4\n5", "")] == [0, 1, 1, 2, 3]


def test_ends_of_lines_are_part_of_them():
    """A text without an end of line, to which both sides add one line, is a conflict, and so is one that lost it on one side."""
    assert lines.merged("1\n2", "1\n2\n3", "1\n2\n4") is None
    assert lines.merged("1\n2\n3", "one\n2\n3", "1\n2\n3\n") == "one\n2\n3\n"
    assert lines.merged("1\r\n2\r\n3\r\n", "one\r\n2\r\n3\r\n", "1\r\n2\r\nthree\r\n") == "one\r\n2\r\nthree\r\n"


@given(st.integers(2, 5), st.data())
def test_an_edit_that_one_side_has_already_is_not_done_twice(size, data):
    """Where one side took the other's edit and made one more, no line that somebody typed is there twice, however alike others are."""
    base = "".join(f"line {number}\n\n" for number in range(size))
    one, other = (f"line {data.draw(st.integers(0, size - 1))}\n" for _ in range(2))
    first = base.replace(one, data.draw(st.sampled_from(["new\n", f"new\n\n{one}", f"{one}\nnew\n"])))
    second = first.replace(other, data.draw(st.sampled_from(["more\n", f"more\n\n{other}", f"{other}\nmore\n", ""])))

    assert (lines.merged(base, first, second) or "").count("new") <= 1


MARKS = (b"<<<<<<< HEAD\n", b"=======\n", b">>>>>>> other\n")


@given(st.lists(st.sampled_from([*MARKS, b"=======\r\n", b" =======\n", b"x\n"]), max_size=8).map(tuple))
def test_a_conflict_is_its_three_marks_in_their_order(found):
    """Marks at the start of lines, one after the other, are what a merge left; in any other order they are somebody's text."""
    order = iter(b"=======\n" if line == b"=======\r\n" else line for line in found)

    assert texts.is_marked(b"".join(found)) == all(mark in order for mark in MARKS)


def test_marks_without_an_end_are_read_once():
    """A text of five million characters in which each line opens a conflict, and none ends, is no conflict, and that is known at once."""
    text = b"<<<<<<< HEAD\n=======\n" * 240_000

    assert not texts.is_marked(text)
