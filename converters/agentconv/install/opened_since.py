"""Servers that an assistant has now for all of its agents, and that agents of a pack may not use: an error where that came since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import servers_there
from agentconv.conversion.open_servers import chooses
from agentconv.core import effects, names, plain_words
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.core.losses import listed
from agentconv.core.restraints import SERVERS
from agentconv.formats import registry
from agentconv.install.places import entry_name
from agentconv.packs import finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.conversion.servers_there import AgentThere
    from agentconv.core.diagnostics import Loss
    from agentconv.install.lock import Lock, LockedPack
    from agentconv.install.open_to_all import Others
    from agentconv.install.places import Scope


def told(scope: Scope, lock: Lock, pack: LockedPack, others: Others) -> Iterator[Diagnostic]:
    """Say which servers are open to a pack's agents beyond their authors' words, as far as the pack is here, which has these.

    Those that were there when it was installed were told then, and those of a pack were accepted: they are warnings.

    Args:
        scope: The project; a user's own agents are not looked at.
        lock: What is ours there.
        pack: The pack.
        others: Returns the agents that an assistant has there.
    """
    for target in () if scope.is_user else sorted({*pack.targets, *scope.present(lock)}):
        standing = () if chooses(target) else servers_there.of(scope.root, target, None, scope.shown)
        mine = [one for one in others(target) if _is_of(pack, lock, one)] if standing else []
        yield from _said(pack, target, (loss for one in mine for loss in servers_there.told(one.author, one.agent, target, standing)), lock)


def _is_of(pack: LockedPack, lock: Lock, one: AgentThere) -> bool:
    """Whether an agent is one that a pack has there."""
    entries = (entry for entry in lock.entries if pack.name in entry.packs and not entry.part and entry.path == one.path)
    return any(not entry.pointer or names.alike(entry_name(entry.pointer)) == names.alike(one.agent.name) for entry in entries)


def _said(pack: LockedPack, target: str, losses: Iterable[Loss], lock: Lock) -> Iterator[Diagnostic]:
    known = {*(pack.fates.opened.get(target, ()) if pack.fates is not None else ()), *_of_packs(lock, target)}
    whose: dict[tuple[str, bool], list[str]] = {}
    for loss in losses:
        whose.setdefault((loss.detail, {*(loss.beyond or ())} <= known), []).append(loss.agent)
    title = registry.FORMATS[target].title
    for (server, is_known), agents in whose.items():
        message = f"every agent of {title} has the MCP server {server}, and these may not use it: {listed(sorted(agents))}"
        again = pack.name if pack.origin == finding.PIP else f"PATH/{pack.file}"
        hint = f"take it out of that file; if it is meant for them, too, `agentconv install {again}` takes note of it"
        severity = Severity.WARNING if is_known else Severity.ERROR
        yield Diagnostic(Code.PARTS, severity, message, hint=None if is_known else hint, client=target)


def _of_packs(lock: Lock, target: str) -> set[str]:
    """Return the servers of packs in a target: of those that `sync` writes nobody was asked."""
    packs = {pack.name for pack in lock.deployed}
    there = (entry for entry in lock.entries if entry.part == SERVERS and entry.target == target and entry.pointer)
    entries = (entry for entry in there if packs.intersection(entry.packs))
    return {plain_words.server(effects.server_key(entry_name(entry.pointer))) for entry in entries}
