"""What is deployed, as JSON for other programs: typed, in the order of the lock, and without anything that looks like a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.install import consent, places
from agentconv.install.planning import NEEDS_A_LOOK
from agentconv.render import deployed, machine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.install.deployment import Deployment
    from agentconv.install.installing import Held, Prepared
    from agentconv.install.lock import Accepted
    from agentconv.install.places import Scope
    from agentconv.install.planning import Plan, Step
    from agentconv.install.status import PackStatus


def installed(done: Sequence[Prepared], scope: Scope, code: int, told: Sequence[Diagnostic], *, dry_run: bool) -> dict[str, Any]:
    """Return the report on an installation."""
    return {
        "exit_code": code,
        "scope": scope.name,
        "dry_run": dry_run,
        "results": [_pack(one, scope, dry_run=dry_run) for one in done],
        "diagnostics": [*map(machine.plain, (*(found for one in done for found in _problems(one)), *told))],
    }


def _pack(one: Prepared, scope: Scope, *, dry_run: bool) -> dict[str, Any]:
    manifest = one.pack.manifest
    return {
        "pack": manifest.name,
        "version": manifest.version,
        **({"previous_version": one.before.version} if one.before else {}),
        "origin": one.pack.origin,
        "verified": one.pack.verified,
        "targets": [_target(each, one.plan, scope, dry_run=dry_run) for each in one.deployments],
        "asks": [{"word": ask.grant.word, "what": ask.grant.what, "agents": list(ask.agents)} for ask in one.asked],
        "refused": one.refused is not None,
        "blocked": sorted(one.unsafe),
        "held": [_held(each) for each in one.held],
        "accepted": [_held(each) for each in one.accepted],
    }


def _problems(one: Prepared) -> Iterator[Diagnostic]:
    yield from (found for several in one.unsafe.values() for found in several)
    yield from (one.refused,) if one.refused else ()


def _held(held: Held) -> dict[str, Any]:
    return {
        "agent": held.agent,
        **({"version": held.version} if held.version else {}),
        "words": list(consent.words([held.more])),
        "more": [grant.what for grant in held.more],
        **({"guards": list(held.guards)} if held.guards else {}),
    }


def _target(one: Deployment, plan: Plan, scope: Scope, *, dry_run: bool) -> dict[str, Any]:
    changed = any(step.target == one.target and step.action in deployed.CHANGES for step in plan.steps)
    target = places.targets()[one.target]
    return {
        "target": one.target,
        "entries": [_step(step, scope, dry_run=dry_run) for step in plan.steps if step.target == one.target],
        "refused": list(one.refused),
        "left_out": [{"agent": agent, "reads": other} for agent, other in one.left_out.items()],
        "losses": [machine.plain(loss) for loss in one.losses],
        "diagnostics": [machine.plain(found) for found in one.diagnostics],
        "next": list(target.then_user if scope.is_user and target.then_user else target.then) if changed else [],
    }


def _step(step: Step, scope: Scope, *, dry_run: bool) -> dict[str, Any]:
    optional = {"beside": step.beside, "backup": step.backup}
    return {
        "action": step.action.value,
        "path": step.path,
        "pointer": step.pointer,
        "agent": step.agent,
        **({"message": deployed.step_diagnostic(step, scope, dry_run=dry_run).message} if step.action in NEEDS_A_LOOK else {}),
        **({"packs": list(step.packs)} if step.packs else {}),
        **{key: value for key, value in optional.items() if value},
    }


def removed(done: Sequence[tuple[str, Plan]], scope: Scope, code: int, told: Sequence[Diagnostic], *, dry_run: bool) -> dict[str, Any]:
    """Return the report on what was taken away."""
    results = [
        {"pack": name, "entries": [{**_step(step, scope, dry_run=dry_run), "target": step.target} for step in plan.steps]}
        for name, plan in done
    ]
    return {"exit_code": code, "scope": scope.name, "dry_run": dry_run, "results": results, "diagnostics": [*map(machine.plain, told)]}


def _accepted(accepted: Accepted) -> dict[str, Any]:
    grants = {agent: list(words) for agent, words in accepted.grants.items()}
    return {"version": accepted.version, "sha256": accepted.sha256, "grants": grants}


def status(found: Sequence[PackStatus], scope: Scope, code: int) -> dict[str, Any]:
    """Return the report on what is deployed."""
    results = [
        {
            "pack": one.locked.name,
            "version": one.locked.version,
            **({"version_now": one.now.manifest.version} if one.now else {}),
            "origin": one.locked.origin,
            **({"accepted": _accepted(one.locked.accepted)} if one.locked.accepted else {}),
            **({"refused": {target: list(ids) for target, ids in one.refused.items()}} if one.refused else {}),
            **({"unheld": {target: list(ids) for target, ids in one.unheld.items()}} if one.unheld else {}),
            **({"away": {target: list(ids) for target, ids in one.away.items()}} if one.away else {}),
            **({"taken": {target: list(ids) for target, ids in one.taken.items()}} if one.taken else {}),
            "entries": [
                {
                    "state": item.word.value,
                    "path": item.path,
                    "pointer": item.pointer,
                    "target": item.target,
                    "agent": item.agent,
                    **({"remark": item.remark} if item.remark else {}),
                    **({"beside": item.beside} if item.beside else {}),
                }
                for item in one.items
            ],
        }
        for one in found
    ]
    diagnostics = [machine.plain(remark) for one in found for remark in (*one.diagnostics, *one.idle)]
    return {"exit_code": code, "scope": scope.name, "results": results, "diagnostics": diagnostics}
