"""The two tables of sync, cell by cell: what becomes of a field, of each kind, and what becomes of an entry."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest

from agentconv.core import fields
from agentconv.core.ir import Agent, Prompt, Tools
from agentconv.families import tool_tokens
from agentconv.install.lock import Synced
from agentconv.sync import digests, selecting
from agentconv.sync.decisions import Entry, Field, Source, There, decide_entry, decide_field
from agentconv.sync.settling import SOURCE, TARGET, Settled, settle

FIELDS = {
    # what the source gives, what is there: by what was settled
    ("absent", "absent"): {"lock": Field.MET, "lock of nothing": Field.LEAVE, "no lock": Field.MET},
    ("absent", "base"): {"lock": Field.WRITE},
    ("absent", "other"): {"lock": Field.BOTH, "lock of nothing": Field.EDITED, "no lock": Field.BOTH},
    ("base", "absent"): {"lock": Field.EDITED},
    ("base", "base"): {"lock": Field.LEAVE},
    ("base", "other"): {"lock": Field.EDITED},
    ("new", "absent"): {"lock": Field.BOTH, "lock of nothing": Field.WRITE, "no lock": Field.BOTH},
    ("new", "base"): {"lock": Field.WRITE},
    ("new", "new"): {"lock": Field.MET, "lock of nothing": Field.MET, "no lock": Field.MET},
    ("new", "other"): {"lock": Field.BOTH, "lock of nothing": Field.BOTH, "no lock": Field.BOTH},
}
"""Every cell that there can be: without anything settled, nothing is what was settled."""
CELLS = [(view, there, known, action) for (view, there), by_lock in FIELDS.items() for known, action in by_lock.items()]


def test_every_cell_is_named():
    """Whatever the source gives and whatever is there: `base` is one of them only where something was settled."""
    sides = product(("absent", "base", "new"), ("absent", "base", "new", "other"), ("lock", "lock of nothing", "no lock"))
    possible = {
        (view, there, known)
        for view, there, known in sides
        if (known == "lock" or "base" not in (view, there)) and not (there == "new" and view != "new")
    }

    assert {(view, there, known) for view, there, known, _ in CELLS} == possible


@pytest.mark.parametrize(("view", "there", "known", "action"), CELLS)
def test_a_field(view, there, known, action):
    """Its checksums alone decide."""
    value = {"absent": None, "base": "b", "new": "v", "other": "t"}
    bases = {"lock": {"b"}, "lock of nothing": {None}, "no lock": set()}[known]

    assert decide_field(value[view], value[there], bases) is action


@pytest.mark.parametrize(
    ("view", "there", "action"),
    [
        *[("b", "c", Field.WRITE), ("c", "b", Field.WRITE), ("v", "c", Field.WRITE), (None, "c", Field.WRITE), ("b", "b", Field.LEAVE)],
        *[("b", "t", Field.EDITED), ("c", None, Field.EDITED), ("v", "t", Field.BOTH), ("v", "v", Field.MET)],
    ],
)
def test_what_was_settled_is_a_set(view, there, action):
    """After a merge, or a run that did not end, either value is one that we wrote, and no edit of a person's."""
    assert decide_field(view, there, {"b", "c"}) is action


KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "scalar": ("color", {"base": "red", "new": "blue", "other": "green"}),
    "text": ("prompt.text", {"base": "One.\nTwo.\n", "new": "1.\nTwo.\n", "other": "One!\nTwo.\n"}),
    "text apart": ("prompt.text", {"base": "One.\n\nTwo.\n", "new": "1.\n\nTwo.\n", "other": "One.\n\nTwo!\n"}),
    "list": ("skills", {"base": ("a", "b"), "new": ("a", "b", "v"), "other": ("a", "t")}),
    "map": ("extras.codex.service_tier", {"base": "fast", "new": "flex", "other": "slow"}),
    "what it may do": ("tools.allow", {"base": ("Read",), "new": ("Grep",), "other": ("Bash",)}),
}
MERGED = {"text apart": "1.\n\nTwo!\n", "list": ("a", "t", "v")}
"""What both sides changed, and what comes of it; all other kinds are a conflict then."""


def _agent(kind: str, value: object) -> Agent:
    path, _ = KINDS[kind]
    agent = Agent("a", "a")
    if value is None:
        return agent
    if path == "tools.allow":
        return fields.changed(agent, {"tools": Tools("list", tuple(tool_tokens.grant("claude-code", word) for word in value))})
    if path == "prompt.text":
        return fields.changed(agent, {"prompt": Prompt(value)})
    return fields.with_values(agent, {path: value})


def _base(agent: Agent) -> Synced:
    return Synced("p", "codex", "s", "a", "", digests.of(agent))


def _settled(kind: str, view: str, there: str, known: str = "lock", **options: Any) -> tuple[Settled, Agent, Agent, Agent]:
    values = {"absent": None, **KINDS[kind][1]}
    was = _agent(kind, values["base"] if known == "lock" else None)
    new, old = _agent(kind, values[view]), _agent(kind, values[there])
    bases = [] if known == "no lock" else [_base(was)]
    return settle(new, old, bases, lambda: was if bases else None, **options), new, old, was


def _row(kind: str) -> str:
    path = KINDS[kind][0]
    return digests.GROUP if path == "tools.allow" else path


def _is_own(kind: str, view: str, known: str) -> bool:
    """Whether the target's file has a key of its client that the source never had."""
    return kind == "map" and view == "absent" and known != "lock"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("view", "there", "known", "action"), CELLS)
def test_a_field_of_each_kind(kind, view, there, known, action):
    """What the target is to say, what is settled, and what is told follow from the cell, whatever kind of field it is."""
    done, new, old, was = _settled(kind, view, there, known)
    row, path = _row(kind), KINDS[kind][0]
    # what was absent and is on both sides now has nothing to be merged with: two texts that were put in one place touch
    merged = action is Field.BOTH and (
        kind in MERGED if (view, there, known) == ("new", "other", "lock") else kind == "list" and known != "no lock"
    )
    own = _is_own(kind, view, known) and there == "other"
    told = Field.LEAVE if own else Field.EDITED if merged else action

    assert done.written == ((row,) if told is Field.WRITE else ())
    assert done.edited == ((row,) if told is Field.EDITED and not merged else ())
    assert done.merged == ((row,) if merged else ())
    assert done.conflicts == ((row,) if told is Field.BOTH else ())
    assert done.in_step == (told not in (Field.EDITED, Field.BOTH))
    assert bool(done.own) == own
    kept = {one: sha for one, sha in digests.of(was).items() if one == path or (row == digests.GROUP and digests.restrains(one))}
    settled = kept if told is Field.BOTH and known != "no lock" else {} if told is Field.BOTH else digests.of(new)
    assert {one: sha for one, sha in done.fields.items() if one != "name"} == {one: sha for one, sha in settled.items() if one != "name"}

    assert merged or fields.get(done.agent, path) == fields.get(new if told is Field.WRITE else old, path)


@pytest.mark.parametrize(("kind", "value"), MERGED.items())
def test_what_both_sides_changed_is_merged_where_that_can_be_done(kind, value):
    """A text by its lines, a list without an order by its elements; the result is an edit, and what is settled is what the source gives."""
    done, new, *_ = _settled(kind, "new", "other")

    assert fields.get(done.agent, KINDS[kind][0]) == value
    assert done.fields == digests.of(new)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("side", [SOURCE, TARGET])
def test_a_preferred_side_ends_a_conflict(kind, side):
    """Whose word counts may be said of all, or of one field; what can be merged is, and what only the source changed is written anyway.

    What the target is to decide, and the source could say, is settled once the source says it: until then what was settled before is.
    """
    path = _row(kind)
    for prefer in ({"": side}, {path: side}):
        done, new, old, was = _settled(kind, "new", "other", prefer=prefer)
        wanted = MERGED.get(kind, fields.get(new if side == SOURCE else old, KINDS[kind][0]))

        assert fields.get(done.agent, KINDS[kind][0]) == wanted
        assert not done.conflicts
        assert done.merged == ((path,) if kind in MERGED else ())
        assert done.preferred == ((path,) if side == TARGET else ())
        assert done.fields == digests.of(was if side == TARGET and path in selecting.FIELDS else new)
        assert _settled(kind, "new", "base", prefer={"": side})[0].written == (path,)


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_target_keeps_is_told_of_nobody(kind):
    """A field that is the target's own by the configuration is never written, and never an edit."""
    path = KINDS[kind][0]
    done, _, old, _ = _settled(kind, "new", "other", kept=(path,))

    assert fields.get(done.agent, path) == fields.get(old, path)
    assert done.in_step
    assert done.written == ()


def test_without_a_text_to_compare_with_both_sides_are_kept():
    """Where the text that was settled is not found any more, lines cannot be merged."""
    values = KINDS["text apart"][1]
    was, new, old = (_agent("text apart", values[one]) for one in ("base", "new", "other"))
    done = settle(new, old, [_base(was)], lambda: None)

    assert done.conflicts == ("prompt.text",)
    assert done.agent is old


ENTRIES = """
source     lock         nothing   as left    equal      other    unreadable
there      ours         restore   fields     fields     fields   leave
there      was there    restore   fields     fields     fields   leave
there      none         write     take-over  take-over  foreign  foreign
broken     ours         leave     leave      leave      leave    leave
broken     was there    leave     leave      leave      leave    leave
broken     none         leave     leave      leave      leave    leave
refused    ours         forget    stale      stale      stale    stale
refused    was there    forget    stale      stale      stale    stale
refused    none         nothing   nothing    nothing    nothing  nothing
left-out   ours         forget    delete     release    release  release
left-out   was there    forget    release    release    release  release
left-out   none         nothing   nothing    nothing    nothing  nothing
gone       ours         forget    delete     release    release  release
gone       was there    forget    release    release    release  release
gone       none         nothing   nothing    nothing    nothing  nothing
is-the-target  ours         forget  release  release  release  release
is-the-target  was there    forget  release  release  release  release
is-the-target  none         nothing  nothing  nothing  nothing  nothing
"""
LOCKS = {"ours": (True, True), "was there": (True, False), "none": (False, True)}
"""Whether the lock says that an entry is ours, and that its file was not there before us."""


def test_an_entry():
    """What becomes of it follows from its agent, from what is in its place, and from what the lock says of it."""
    head, *rows = [re.split(r" {2,}", line) for line in ENTRIES.strip().splitlines()]
    cells = {(row[0], row[1], there): entry for row in rows for there, entry in zip(head[2:], row[2:], strict=True)}
    found = {}
    for source, there, (word, (locked, created)) in product(Source, There, LOCKS.items()):
        entry = decide_entry(source, there, locked=locked, created=created)
        found[source.replace(" ", "-"), word, str(there)] = entry.replace(" ", "-")

    assert found == cells


def test_only_what_is_as_it_was_left_is_deleted():
    """Of all cells, an entry goes in those alone in which its bytes are ours, the lock says so, and its source is known to be gone."""
    cells = product(Source, There, (True, False), (True, False))
    going = [cell for cell in cells if decide_entry(cell[0], cell[1], locked=cell[2], created=cell[3]) is Entry.DELETE]

    assert going == [(source, There.AS_LEFT, True, True) for source in (Source.LEFT_OUT, Source.GONE)]
