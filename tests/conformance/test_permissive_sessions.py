"""Law 5, asked of the real clients where nothing else holds an agent: what its author closed stays closed in a permissive session.

Such a session asks for nothing and confines nothing, as far as its client can be told so, and each agent calls every tool, whether it
was offered or not. What counts is what ran: a file that is there, a page that was fetched, a secret that was read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conversions import SETS, Case, Conversion, beyond, convert, grants, is_declared
from installed import CLIENTS
from results import TABLE, Calls

from agentconv.core.access import EFFECT_OF

if TYPE_CHECKING:
    from driving import Seen

pytestmark = pytest.mark.conformance
each_client = pytest.mark.parametrize("client", [name for name in CLIENTS if name != "node"], indirect=True)


def _permissive(client: str, agents: str) -> Conversion:
    conversion = convert(client, agents, permissive=True)
    if conversion.session.failed:
        pytest.fail(f"the client does not start: {conversion.session.failed}")
    return conversion


@each_client
@pytest.mark.parametrize("agents", SETS)
def test_nothing_runs_that_the_author_closed(client: str, agents: str) -> None:
    """No tool runs that the author closed, unless `not-enforced` says so; an ask that such a session answers is listed."""
    row = TABLE.calls.setdefault((client, agents), Calls())
    cases = _running(_permissive(client, agents))
    for case, seen in cases:
        row.agents += 1
        for tool in sorted(seen.called):
            _count(row, client, case, tool, ran=tool in seen.ran)

    assert [case.source.id for case, seen in cases if not seen.called] == []
    assert row.undeclared == []


def _running(conversion: Conversion) -> list[tuple[Case, Seen]]:
    """Return the agents that the client has and can call."""
    return [(case, case.seen) for case in conversion.present if case.seen and not case.seen.error]


def _count(row: Calls, client: str, case: Case, tool: str, *, ran: bool) -> None:
    """Count one call of an agent: whether its author closed the tool, and what came of it."""
    more = beyond(client, case, tool)
    closed = [what for what in more if not what.unasked]
    row.called += 1
    row.closed += bool(closed)
    if ran and closed:
        declared = all(is_declared(client, case, what) for what in closed)
        (row.declared if declared else row.undeclared).append(f"{case.source.id} {tool}")
    elif ran and more:
        row.answered.append(f"{case.source.id} {tool}")


@each_client
def test_every_tool_can_run(client: str) -> None:
    """Each tool that is called runs for an agent that has it, or that it did not run for others would prove nothing."""
    seen = [seen for agents in SETS for _, seen in _running(_permissive(client, agents))]

    assert frozenset().union(*(one.called for one in seen)) == frozenset().union(*(one.ran for one in seen))


GUARDED = {"commands": {"run"}, "silent": {"run"}, "edits": {"write"}, "everything": {"read", "write", "run", "network", None}}
"""What the guard of each agent of the guarded set is about; None are the tools of servers. One of them does not say why."""


@pytest.mark.parametrize("client", ["claude-code", "qwen-code"], indirect=True)
def test_a_guard_holds(client: str) -> None:
    """Where a client runs an agent's guard, no tool runs that it is about, and all others do; one that says nothing may be passed over."""
    cases = _running(_permissive(client, "guarded"))
    passed = {case.name for case, _ in cases if any(loss.code == "guard-silent" for loss in case.losses)} & {"silent"}
    ran = {case.name: {_effect(client, tool) for tool in seen.ran} for case, seen in cases}
    called = {case.name: {_effect(client, tool) for tool in seen.called} for case, seen in cases}

    assert {name: effects - (set() if name in passed else GUARDED[str(name)]) for name, effects in called.items()} == ran
    assert GUARDED.keys() == ran.keys()


def _effect(client: str, tool: str) -> str | None:
    """Return what a client's tool does; None for one of a server."""
    [first, *_] = grants(client, frozenset({tool}))
    return EFFECT_OF.get(first.capability or "")
