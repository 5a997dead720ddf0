"""Files that somebody made by hand, once a person said whose word counts of them: what of such a file counts as settled.

Nobody knows what it was made of, but git may: of the texts that its source had, the one that is nearest is what the copy was made
of, and what either side has beyond it is an edit of its own. Fields that nobody spoke of are not settled, and stay as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.dataclass import replace
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.install.lock import Synced
from agentconv.sync import digests, lines, preferring
from agentconv.sync.views import alone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.core.ir import Agent
    from agentconv.sync.bases import Bases
    from agentconv.sync.present import File
    from agentconv.sync.sources import Key, Sources
    from agentconv.sync.views import View


def standing(loaded: Sources, locked: Iterable[Synced], files: Mapping[str, File]) -> Iterator[Synced]:
    """Yield where files that nobody settled have agents by the names of the source's, of which there is one each."""
    ours = {(one.target, one.agent) for one in locked} | {(one.target, one.path) for one in locked}
    named: dict[str, list[Key]] = {}
    for key, agent in loaded.agents():
        named.setdefault(agent.name or "", []).append(key)
    for path, file in sorted(files.items(), reverse=True):  # of two of one name the first is what counts: it is the last word here
        agent_ = file.agents.get("")
        keys = named.get(agent_.name or "", []) if agent_ is not None and file.problem is None else []
        if agent_ is not None and len(keys) == 1 and not ours.intersection({(file.target, keys[0]), (file.target, path)}):
            yield Synced(path, file.target, keys[0][0], agent_.name or "", "", {}, "", keys[0][1])


def settled(view: View, there: Agent, name: str, asked: Mapping[str, str], bases: Bases) -> Synced:
    """Return what counts as settled of a file that was not ours, and is to be.

    Args:
        view: What the source gives.
        there: What is there.
        name: The agent's name in the source.
        asked: By field, or for all (``), whose word counts.
        bases: Finds what the source said before.
    """
    found = as_given(view, name)
    was = _made_of(view, there, asked, bases)
    old, given = digests.of(there), digests.of(was)
    known = {path: one for path, one in given.items() if _is_asked(path, asked) or old.get(path) == found.fields.get(path)}
    known = {path: one for path, one in known.items() if path in old or digests.restrains(path)}  # what was never there is not deleted
    strange = [path for path in {*found.fields, *old} if old.get(path) != found.fields.get(path) and not _is_asked(path, asked)]
    strange = [path for path in strange if path in found.fields or not path.startswith("extras.") or digests.restrains(path)]
    blob = bases.keep(alone(view.target, view.path, was)[1]) if was is not view.agent else ""
    return replace(found, fields=known | dict.fromkeys(strange, digests.STRANGE), blob=blob)


def as_given(view: View, name: str) -> Synced:
    """Return what the source gives as what is settled, so that all else is an edit."""
    named = view.agent.name or name
    return Synced(view.path, view.target, view.key[0], named, "", digests.of(view.agent), view.pointer, view.key[1], created=False)


def _is_asked(path: str, asked: Mapping[str, str]) -> bool:
    return preferring.side_of(path, asked) is not None


def _made_of(view: View, there: Agent, asked: Mapping[str, str], bases: Bases) -> Agent:
    """Return what the source gives, with the texts that the target's word counts of as they were when the copy was made."""
    paths = [path for path in digests.TEXTS if preferring.side_of(path, asked) == preferring.TARGET]
    paths = [path for path in paths if digests.said(view.agent, path) == digests.said(view.source, path) != digests.said(there, path)]
    earlier = list(_earlier(view, bases)) if paths else []
    values = {path: _nearest(digests.said(there, path), [digests.said(one, path) for one in (view.agent, *earlier)]) for path in paths}
    values = {path: value for path, value in values.items() if value != digests.said(view.agent, path)}
    values |= {path: one for path, one in _shared(view.agent, there, asked) if path not in values}
    return fields.with_values(view.agent, values) if values else view.agent


def _shared(given: Agent, there: Agent, asked: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the texts that the target's word counts of, where nobody knows what they were made of: what the source alone has stays."""
    for path in digests.TEXTS:
        new, old = digests.said(given, path), digests.said(there, path)
        if preferring.side_of(path, asked) == preferring.TARGET and new and old and (both := lines.shared(new, old)) != new:
            yield path, both


def _nearest(text: str | None, among: list[str | None]) -> str | None:
    """Return the text that the fewest lines of another one are not in; the first of several."""
    return min(among, key=lambda one: lines.apart(one or "", text or ""))


def _earlier(view: View, bases: Bases) -> Iterator[Agent]:
    """Yield an agent as its source had it in git's commits, the newest first."""
    path, pointer = view.key
    source_format = view.source.origin.format if view.source.origin is not None else ""
    if not registry.is_known(source_format):
        return
    module = registry.load(source_format)
    for data in bases.history(path):
        agents = module.read(SourceText(path, data)).as_meant.set.agents
        yield from (agent for agent in agents if (agent.origin.pointer if agent.origin else "") == pointer)
