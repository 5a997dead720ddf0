"""What differs between a project's assistants: by their agents' names and texts, or by what sync would do."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agentconv.cli import typed
from agentconv.core.diagnostics import InputError
from agentconv.formats import registry
from agentconv.render import synced, text
from agentconv.sources.loading import Loader
from agentconv.sync import digests
from agentconv.sync.planning import Choices
from agentconv.sync.syncing import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.install.places import Scope
    from agentconv.sources.inputs import Discovery
    from agentconv.sync.settings import Settings

SHOWN_BY = typed.here("agentconv sync --check -v")
"""What shows the losses that are only counted here."""


def by_name(found: Discovery, first: str, *, verbose: bool) -> Iterator[str]:
    """Yield how many names each assistant shares with the one that comes first, and how many of these say the same.

    Those of which the same is true have one line, and below it is where the others are.
    """
    said: dict[str, dict[str, list[object]]] = {}
    where: dict[str, dict[str, str]] = {}
    for piece in Loader(found.files, keep=False):
        for agent in piece.agents:
            name = agent.name or agent.id
            said.setdefault(piece.format, {}).setdefault(name, [digests.said(agent, path) for path in digests.TEXTS])
            where.setdefault(piece.format, {}).setdefault(name, _place(piece.path, name))
    order = [client for client in registry.FORMATS if client in said]
    if len(order) < 2 or first not in said:
        return
    more = f" (`{typed.here('agentconv -v')}` names all)"
    told: dict[tuple[str, ...], list[str]] = {}
    for other in (client for client in order if client != first):
        theirs = said[other]
        shared = [name for name in theirs if name in said[first]]
        unlike = [where[other][name] for name in shared if said[first][name] != theirs[name]]
        alone = [where[other][name] for name in theirs if name not in said[first]]
        parts = [f"{len(shared) or 'none'} of {text.client(first)}'s {text.count(len(said[first]), 'agent')} by name"]
        parts += [f"{len(unlike)} of them in other words" if unlike else "in the same words"] if shared else []
        parts += [f"{len(alone)} that {text.client(first)} does not have"] if alone else []
        lists = [(unlike, "another prompt or description"), (alone, f"not in {text.client(first)}")]
        below = (f"  {what}: {text.names(places, every=verbose, more=more, width=text.WITH_PLACE)}" for places, what in lists if places)
        told.setdefault((", ".join(parts), *below), []).append(text.client(other))
    for (what, *rest), clients in told.items():
        yield f"{', '.join(clients)} {'each have' if len(clients) > 1 else 'has'} {what}"
        yield from rest


def _place(path: str, name: str) -> str:
    """Return where an agent is: the file, and its name where the file is not called after it."""
    return path if PurePosixPath(path).name.partition(".")[0] == name else f"{name} ({path})"


def by_sync(chosen: Settings, scope: Scope) -> str:
    """Say what sync would write, and how much needs a look."""
    try:
        outcome = Run(chosen, scope, Choices()).outcome(dry_run=True)
    except InputError as error:
        return text.diagnostic(error.diagnostic, hint=False)
    return synced.summary(outcome, synced.told(outcome), dry_run=True, shown_by=SHOWN_BY)
