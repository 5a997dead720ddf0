"""What `agentconv convert`, or a run with another configuration, would have written of the source as it is now.

A file without an entry in the lock that is one of these, byte for byte, is no stranger's: it was written from this very source. The
options that make a difference are those for models, and what the configuration overrides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.model_choices import ModelChoices
from agentconv.sync import digests, texts, views
from agentconv.sync.decisions import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from agentconv.install.lock import Lock
    from agentconv.install.places import Scope
    from agentconv.sync.candidates import Candidate
    from agentconv.sync.settings import Settings
    from agentconv.sync.sources import Sources
    from agentconv.sync.views import View, Views


def of(sources: Sources, target: str, settings: Settings, lock: Lock, scope: Scope) -> Iterator[Views]:
    """Yield what the source would give for a target with other options than the configuration's."""
    plain = replace(settings, formats={name: replace(row, override=None) for name, row in settings.formats.items()}, agents={})
    locked = [one for one in lock.synced if one.target == target]
    for by_tier in (False, True):
        for models in (ModelChoices(by_tier), replace(settings.models, by_tier=by_tier)):
            yield views.of(sources, target, replace(plain, models=models), locked, scope)


def take_over(found: Sequence[Candidate], given: Callable[[str], Iterator[Views]]) -> Iterator[Candidate]:
    """Give the strangers among entries that are none what was settled there, and yield them.

    Args:
        found: Every entry.
        given: Returns what the source gives for a target with other options.
    """
    strangers = {(one.target, *one.place): one for one in found if one.entry is Entry.FOREIGN and one.there is not None}
    for target in dict.fromkeys(one.target for one in strangers.values()):
        for several in given(target):
            for view in several.entries:
                one = strangers.get((target, view.path, view.pointer))
                if one is not None and view.key == one.key and _is_of(view, one):
                    del strangers[(target, *one.place)]
                    one.settle_as(view)
                    yield one
            if not any(place[0] == target for place in strangers):
                break


def _is_of(view: View, one: Candidate) -> bool:
    """Whether what is there is what was given, to the byte where it has a file of its own."""
    if one.there is None or one.file is None:
        return False
    if not one.pointer:
        return one.file.sha256 == texts.sha256(view.data)
    return digests.of(view.agent) == digests.of(one.there)
