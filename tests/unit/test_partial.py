"""Law 5 for patterns of which the last that matches decides: what is found without comparing all with all is what that would find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from agentconv.core import partial, patterns
from agentconv.core.ir import Rule
from agentconv.core.meant import Pattern

if TYPE_CHECKING:
    from collections.abc import Collection

    import pytest

    from agentconv.core.partial import Rows

_LEVELS = {"deny": 0, "ask": 1, "allow": 3}
_TEXTS = ("a*", "ab*", "abc", "b*", "*", "b(?!c) (regex)")
_ROWS = st.lists(st.tuples(st.sampled_from(_TEXTS), st.sampled_from(sorted(_LEVELS))), max_size=6, unique_by=lambda row: row[0]).map(tuple)
_MANY = 2_000


def _pairs(rows: Rows) -> set[tuple[str, str]]:
    """Return each pattern with one behind it that opens some of it more freely."""
    freer = [(one, other) for at, one in enumerate(rows) for other in rows[at + 1 :] if _LEVELS[other[1]] > _LEVELS[one[1]]]
    return {(one[0], other[0]) for one, other in freer if partial.may_meet(one[0], other[0])}


def _allows(rows: Rows, pattern: str) -> dict[str, int] | None:
    """Return what rows close of a pattern that they open, and how much of it is left; None where they do not open it."""
    if (pattern, "allow") not in rows:
        return None
    behind = rows[rows.index((pattern, "allow")) :]
    return {one: _LEVELS[effect] for one, effect in behind if effect != "allow" and partial.may_meet(pattern, one)}


@given(rows=_ROWS, known=st.lists(_ROWS, max_size=2), again=st.booleans(), closed=st.sets(st.sampled_from(_TEXTS)))
def test_what_is_opened_again_is_each_pair_that_no_other_rows_have(
    rows: Rows, known: list[Rows], again: bool, closed: Collection[str]
) -> None:
    """A pattern that closes something, and a freer one behind it that may be about the same."""
    known = [*known, rows[::-1]] if again else known
    expected = {pair for pair in _pairs(rows) if pair[0] in closed}.difference(*map(_pairs, known))

    assert expected == {*partial.reopened(rows, closed, known)}
    assert partial.reopens(rows) or not expected


@given(rows=_ROWS, known=st.lists(_ROWS, max_size=2), again=st.booleans())
def test_what_is_opened_beyond_is_each_pattern_that_no_other_rows_open_as_much(rows: Rows, known: list[Rows], again: bool) -> None:
    """A pattern is within rows that open it, too, and close nothing more of it."""
    known = [*known, rows[::-1]] if again else known

    def is_within(pattern: str, other: Rows) -> bool:
        here, there = _allows(rows, pattern) or {}, _allows(other, pattern)
        return there is not None and all(one in here and here[one] <= level for one, level in there.items())

    expected = [one for one, effect in rows if effect == "allow" and not any(is_within(one, other) for other in known)]

    assert expected == partial.beyond(rows, known)


def test_long_lists_in_one_order_are_not_compared_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes thousands of patterns waits no longer for each than who writes ten."""
    rows = tuple((f"c*{number}", "deny" if number % 2 else "allow") for number in range(_MANY))
    compared: list[str] = []
    monkeypatch.setattr(partial, "may_meet", lambda one, _other: bool(compared.append(one)))
    changed = (*rows[:-1], ("d*", "allow"))
    found = [*partial.reopened(changed, {one for one, _ in rows}, [rows]), *partial.beyond(changed, [rows])]

    assert found == ["d*"]
    assert len(compared) <= _MANY


def test_what_nobody_here_reads_may_be_about_anything() -> None:
    """`~` is wherever the user's home is, and a regular expression begins with no text that is sure."""
    home = Rule("deny", "edit", "opencode", "fs.edit", Pattern("~/keys/*", "glob"))
    text = partial.texts(home)[0]

    assert patterns.unread("~/keys/*", "glob") == text
    assert partial.may_meet(text, "/home/*")
    assert not partial.may_meet("keys/*", "/home/*")
