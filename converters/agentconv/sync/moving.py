"""Agents whose file in the source has another name now: the old one is gone, and a new one is the same agent.

It is the same where it says the same; and where somebody edited it along with its name, where it is like nothing else. Else its files
in the targets would go, and with them what was edited there, and what the configuration says of it.
"""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.formats import registry
from agentconv.sync import alike, digests

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from agentconv.core.ir import Agent
    from agentconv.install.lock import Synced
    from agentconv.sync.present import File
    from agentconv.sync.situation import Situation
    from agentconv.sync.sources import Key
    from agentconv.sync.views import View


@dataclass(frozen=True, slots=True)
class _Text:
    """What an agent says in a target, as far as it is known again by it."""

    prompt: str | None
    """The checksum of its prompt."""
    description: str | None
    words: alike.Words


def found(situation: Situation, unread: Collection[Key], settled: Callable[[Sequence[Synced]], Agent | None]) -> dict[Key, Key]:
    """Return the agents that are gone, each with the new one that it is.

    Args:
        situation: What a run starts from.
        unread: Agents of which nothing is known.
        settled: Returns an agent as it was settled, where its text is found.
    """
    there = {key for key, _ in situation.sources.agents()}
    known = {one.agent for one in situation.lock.synced}
    gone: dict[Key, dict[str, list[Synced]]] = {}
    for one in situation.lock.synced:
        if one.agent not in there and one.agent not in unread:
            gone.setdefault(one.agent, {}).setdefault(one.target, []).append(one)
    if not gone or there <= known:
        return {}
    views = [view for given in situation.views for view in given.entries]
    now: dict[Key, dict[str, _Text]] = {}
    for view in views:
        now.setdefault(view.key, {})[view.target] = _text(view.agent)
    refused: dict[Key, dict[str, _Text]] = {}
    for key, agent in situation.sources.agents():  # as it is called now, perhaps since the configuration knows its old name alone
        refused[key] = {given.target: _text(agent) for given in situation.views if key in given.refused}
        now[key] = now.get(key) or refused[key]
    new = {key: texts for key, texts in now.items() if key not in known}
    was = {key: {target: _locked(several) for target, several in targets.items()} for key, targets in gone.items()}
    client = registry.FORMATS[situation.settings.source_format]  # of another source nothing was called otherwise: it was changed by hand
    own = {old for old in was if client.is_place(old[0]) or old[0].startswith(f"{situation.settings.source}/")}
    both = [
        (old, key, refused[key] if old in own and not was[old].keys() & texts.keys() else texts)
        for old in was
        for key, texts in new.items()
    ]
    pairs = alike.only([(old, key) for old, key, texts in both if _says_the_same(was[old], texts)])
    left = {key: targets for key, targets in gone.items() if key not in pairs}
    new = {key: texts for key, texts in new.items() if key not in pairs.values()}
    return pairs | (alike.closest(list(_edited(left, new, now, known & there, settled))) if left and new else {})


def place(view: View, was: Synced, by_place: Mapping[tuple[str, str, str], object], files: Mapping[str, File]) -> str:
    """Return where an agent goes that has another name: into the folder that its file was in, below the one where new agents go.

    Somebody put it there when the target was the source.
    """
    new, old = PurePosixPath(view.path), PurePosixPath(was.path)
    path = (old.parent / new.name).as_posix()
    is_free = path not in files and (view.target, path, "") not in by_place
    return path if is_free and not (view.pointer or was.pointer) and new.parent in old.parents else view.path


def _text(agent: Agent) -> _Text:
    said = digests.of(agent)
    return _Text(said.get("prompt.text"), said.get("description"), alike.words(agent))


def _locked(several: Iterable[Synced]) -> _Text:
    first = next(iter(several))
    return _Text(first.fields.get("prompt.text"), first.fields.get("description"), Counter())


def _says_the_same(was: Mapping[str, _Text], now: Mapping[str, _Text]) -> bool:
    shared = [(was[target], now[target]) for target in was if target in now]
    same = ((old.prompt, old.description) == (new.prompt, new.description) and old.prompt is not None for old, new in shared)
    return bool(shared) and all(same)


def _edited(
    gone: Mapping[Key, Mapping[str, Sequence[Synced]]],
    new: Mapping[Key, Mapping[str, _Text]],
    now: Mapping[Key, Mapping[str, _Text]],
    stay: Collection[Key],
    settled: Callable[[Sequence[Synced]], Agent | None],
) -> Iterator[tuple[Key, Key, float]]:
    """Yield the agents that are gone, with new ones that are like them, and how much.

    They are more so than any that is still there, for many are of one text.
    """
    for old, targets in gone.items():
        target, agent = next(((one, agent) for one, several in targets.items() if (agent := settled(several)) is not None), ("", None))
        text = _text(agent) if agent is not None else None
        if text is None or text.words.total() < alike.ENOUGH:
            continue
        others = max((alike.likeness(text.words, now[key][target].words) for key in stay if target in now.get(key, ())), default=0.0)
        for key, texts in new.items():
            likeness = alike.likeness(text.words, texts[target].words) if target in texts else 0.0
            if likeness >= alike.ALIKE and likeness > others:
                yield old, key, likeness
