"""What is told of an agent that may do more in a target than its source says: what takes that back, and what says that it is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.formats import registry
from agentconv.render import synced_differences as differences
from agentconv.render import text
from agentconv.sync import digests, selecting
from agentconv.sync.decisions import Entry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from agentconv.sync.candidates import Candidate

TYPED = "agentconv sync"
"""What each way begins with: half a command is none that can be typed."""


def keeping(name: str, target: str, beyond: Iterable[str]) -> str:
    """Say what names in the configuration what an agent may do in a target beyond its source."""
    named = ", ".join(f'"{one}"' for one in dict.fromkeys(beyond))
    return f"`keep-wider = [{named}]` in [sync.agents.{name}.{target}]"


def narrower(one: Candidate) -> str:
    """Say what can be done about an agent that may do more in a target than its source says."""
    if one.more_instead:
        more = ", ".join(map(str, one.more_instead))
        kept = keeping(one.name, one.target, (wide.name for wide in one.wider))
        is_source = any(registry.FORMATS[other].is_place(one.key[0]) for other in registry.also_reads(one.target))
        file = one.key[0] if is_source else "another assistant's file"
        without = f"without it, {text.client(one.target)} reads {file}, and lets it do more still: {more}"
        return f"it is the narrower one: {without}; {kept} says that it is meant"
    way = "mend it, or delete it" if one.entry is Entry.STALE else f"{TYPED} --prefer source {one.name} takes that back{_with_it(one)}"
    if one.kept and one.entry is not Entry.STALE:
        way = f"take `keep` out of [sync.agents.{one.name}.{one.target}], then {way}"
        if one.unheld:
            lets = f"{TYPED} --prefer target {one.name} lets the file stay as it is"
            return f"`keep` was settled before its source changed, and it may do more there than that says now; {way}; {lets}"
    vain = in_vain(one.kept_wider, [wide.name for wide in one.wider], _ONLY_TAKEN)
    return f"it may do more there than its source says; {vain}{way}"


def _with_it(one: Candidate) -> str:
    """Say what else goes where the source's word counts of an agent: edits that have nothing to do with what it may do."""
    edited = [selecting.FIELDS.get(path, path) for path in (one.settled.edited if one.settled else ()) if not digests.restrains(path)]
    words = [path for path in edited if path != digests.GROUP]
    stays = " ".join(f"{one.name}:{path}" for path in words)
    return f", and the edit of {differences.listed(words)}: first {TYPED} --carry-back {stays}, where that is to stay" if words else ""


_ONLY_TAKEN = "it is only for a file as --adopt or a switch took it in, and as source and file were then"


def in_vain(kept: Collection[str], beyond: Iterable[str], only: str) -> str:
    """Say why a `keep-wider` of the configuration lets a file not pass; nothing where there is none.

    Args:
        kept: What it names.
        beyond: What the agent may do beyond its source.
        only: Why it does not count, where it names all of that.
    """
    if not kept:
        return ""
    missing = [f'"{name}"' for name in dict.fromkeys(beyond) if name not in kept]
    why = f"it does not name {', '.join(missing)}" if missing else only
    return f"`keep-wider` was seen, and does not count: {why}; "
