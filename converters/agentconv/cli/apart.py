"""What differs between a project's assistants: by their agents' names and texts, or by what sync would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def by_name(found: Discovery) -> Iterator[str]:
    """Yield how many names each assistant shares with the one that has the most agents, and how many of these say the same.

    Those of which the same is true have one line.
    """
    said: dict[str, dict[str, list[object]]] = {}
    for piece in Loader(found.files, keep=False):
        for agent in piece.agents:
            said.setdefault(piece.format, {}).setdefault(agent.name or agent.id, [digests.said(agent, path) for path in digests.TEXTS])
    order = [client for client in registry.FORMATS if client in said]
    if len(order) < 2:
        return
    first = max(order, key=lambda client: len(said[client]))
    told: dict[str, list[str]] = {}
    for other in (client for client in order if client != first):
        shared = said[first].keys() & said[other].keys()
        unlike = sum(said[first][name] != said[other][name] for name in shared)
        alone = len(said[other]) - len(shared)
        parts = [f"{len(shared) or 'none'} of {text.client(first)}'s {text.count(len(said[first]), 'agent')} by name"]
        parts += [f"{unlike} of them in other words" if unlike else "in the same words"] if shared else []
        parts += [f"{alone} that {text.client(first)} does not have"] if alone else []
        told.setdefault(", ".join(parts), []).append(text.client(other))
    for what, clients in told.items():
        yield f"{', '.join(clients)} {'each have' if len(clients) > 1 else 'has'} {what}"


def by_sync(chosen: Settings, scope: Scope) -> str:
    """Say what sync would write, and how much needs a look."""
    try:
        outcome = Run(chosen, scope, Choices()).outcome(dry_run=True)
    except InputError as error:
        return text.diagnostic(error.diagnostic, hint=False)
    return synced.summary(outcome, synced.told(outcome), dry_run=True)
