"""In what an agent's file is another one than its source, for people: what changed of a field, and what each side says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.core import effects, fields
from agentconv.render import text
from agentconv.sync import digests, lines
from agentconv.sync.decisions import Entry
from agentconv.sync.views import alone

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from agentconv.core.ir import Agent
    from agentconv.core.widening import Widening
    from agentconv.sync.candidates import Candidate


def listed(words: Iterable[str]) -> str:
    """Return the first few of several things."""
    found = list(words)
    return ", ".join(found[:4]) + (f" and {len(found) - 4} more" if len(found) > 4 else "")


def changed(path: str, before: Agent | None, after: Agent | None) -> str:
    """Return what changed of a field."""
    if before is None or after is None or path == digests.GROUP:
        return path
    if path in digests.TEXTS:
        number = lines.changed(_value(before, path), _value(after, path))
        return f"{'prompt' if path == 'prompt.text' else path}: {text.count(number, 'line')}"
    old, new = _value(before, path), _value(after, path)
    return f"{path.removeprefix('extras.')}: {text.shorten(old, 30) or 'none'} -> {text.shorten(new, 30) or 'none'}"


def both_sides(path: str, view: Agent, there: Agent | None, clash: tuple[int, str, str] | None) -> str:
    """Return what both sides say of a field; of a text the first line that both made another one, or else that they do not share."""
    if path == digests.GROUP:
        return path
    new, old = _value(view, path), _value(there, path)
    place, end = path, ""
    if path in digests.TEXTS:
        number, new, old = clash or lines.differing(new, old)
        place = f"{'prompt' if path == 'prompt.text' else path}, line {number}"
        end = "" if clash else "; what it was before is not known, so that --prefer takes one side as a whole"
    start = next((at for at, (one, other) in enumerate(zip(new, old, strict=False)) if one != other), 0)
    start = start - 12 if start > 24 else 0
    said = [f'"{"…" if start else ""}{text.shorten(one[start:], 40)}"' if one else "nothing" for one in (new, old)]
    return f"{place}: {said[0]} in the source, {said[1]} here{end}"


def unlike(one: Candidate, among: Collection[str] = ()) -> list[str]:
    """Return in what a file that is not ours is another one than the source's, what it may do beyond that first."""
    if one.view is None or one.there is None:
        return ["something else is there"]
    new, old = digests.grouped(digests.of(one.view.agent)), digests.grouped(digests.of(one.there))
    paths = sorted({*new, *old}, key=lambda path: (path != "prompt.text", path))  # what an agent is told to do, before what it is called
    unlike = [path for path in paths if new.get(path) != old.get(path) and (not among or path in among)]
    rest = [_apart(path, one.view.agent, one.there) for path in unlike if path != digests.GROUP]
    if digests.GROUP not in unlike:
        return rest or ["something else is there"]
    wider = ", ".join(map(str, compare.widenings(one.view.source, one.there, one.target)))
    narrower = ", ".join(map(str, gains(one)))
    said = [*([f"it may do more ({wider})"] if wider else []), *([f"it may do less here ({narrower} it may not)"] if narrower else [])]
    return [*said, *rest] if said else [*rest, digests.GROUP]


def may_otherwise(one: Candidate) -> bool:
    """Whether what an agent may do in a file that is not ours is another thing than what the source gives."""
    said = [digests.grouped(digests.of(agent)).get(digests.GROUP) for agent in (one.there, one.view and one.view.agent) if agent]
    return len({*said}) > 1


def gains(one: Candidate) -> list[Widening]:
    """Return what an agent may do by what the source gives, and may not as it stands in the target."""
    if one.view is None or one.there is None:
        return []
    return compare.widenings(one.there, one.view.agent, one.target)


def more_than_it_did(one: Candidate) -> str:
    """Say what an agent may do from now on because what stood there gives way; nothing where that is no more than it did."""
    freed = ", ".join(map(str, gains(one))) if one.lets_go and one.entry is not Entry.DELETE else ""
    return f"it may do more there than it did: {freed}" if freed else ""


def more(one: Candidate) -> tuple[str, str]:
    """Say what an agent may do from now on that it may not yet: because what stood there gives way, and for whatever reason."""
    freed = more_than_it_did(one)
    gained = [*map(str, gains(one)), *_tools_gained(one)] if not freed else []
    return freed, freed or (f"now also: {', '.join(gained)}" if gained else "")


def _tools_gained(one: Candidate) -> list[str]:
    """Return the tools that an agent gets besides those of what it may do from now on: a list that is gone opens all that there are."""
    if one.view is None or one.there is None:
        return []
    was, may = (effects.effects(agent, format_id=one.target) for agent in (one.there, one.view.agent))
    return compare.tools_gained(was, may, one.target, gains(one))


def apart(one: Candidate) -> tuple[bytes, bytes] | None:
    """Return a file of an agent alone as the source gives it, and as it is in the target, where a person has to see to the difference."""
    if one.entry is Entry.FOREIGN and one.view is not None and one.file is not None and one.file.data is not None and not one.pointer:
        return one.view.data, one.file.data
    if one.view is None or one.there is None or (one.entry is not Entry.FOREIGN and (one.settled is None or one.settled.in_step)):
        return None
    return one.view.data, alone(one.target, one.view.path, one.there)[1]


def _apart(path: str, view: Agent, there: Agent) -> str:
    """Return by how much a field of a file that is not ours is another one than the source's."""
    word = "prompt" if path == "prompt.text" else path.removeprefix("extras.")
    if path not in digests.TEXTS:
        return word
    more, less = lines.more_and_less(_value(view, path), _value(there, path))
    parts = [*([f"{text.count(more, 'line')} more"] if more else []), *([f"{text.count(less, 'line')} less"] if less else [])]
    return f"{word} ({' and '.join(parts) or 'other blanks'})"


def _value(agent: Agent | None, path: str) -> str:
    value = fields.get(agent, path) if agent is not None else None
    value = getattr(value, "value", None) or getattr(value, "kind", value)
    return "" if value is None else ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
