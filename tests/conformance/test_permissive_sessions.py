"""Law 5, asked of the real clients where nothing else holds an agent: what its author closed stays closed in a permissive session.

Such a session asks for nothing and confines nothing, as far as its client can be told so, and each agent calls every tool, whether it
was offered or not. What counts is what ran: a file that is there, a page that was fetched, a secret that was read.
"""

from __future__ import annotations

import pytest
from conversions import SETS, Conversion, beyond, convert, is_declared
from installed import CLIENTS
from results import TABLE, Calls

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.parametrize("client", [name for name in CLIENTS if name != "node"], indirect=True),
]


def _permissive(client: str, agents: str) -> Conversion:
    conversion = convert(client, agents, permissive=True)
    if conversion.session.failed:
        pytest.fail(f"the client does not start: {conversion.session.failed}")
    return conversion


@pytest.mark.parametrize("agents", SETS)
def test_nothing_runs_that_the_author_closed(client: str, agents: str) -> None:
    """No tool runs that the author closed, unless `not-enforced` says so; an ask that such a session answers is listed."""
    row = TABLE.calls.setdefault((client, agents), Calls())
    leaks: dict[str, list[str]] = {}
    for case in _permissive(client, agents).present:
        seen = case.seen
        row.agents += bool(seen and seen.called)
        for tool in sorted(seen.called if seen else ()):
            more = beyond(client, case, tool)
            closed = [what for what in more if not what.unasked]
            undeclared = [what for what in closed if not is_declared(case, what)]
            ran = bool(seen and tool in seen.ran)
            row.called += 1
            row.closed += bool(closed)
            row.ran += ran and bool(undeclared)
            row.declared += ran and bool(closed) and not undeclared
            if ran and more and not closed:
                row.answered.append(f"{case.source.id} {tool}")
            if ran and undeclared:
                leaks.setdefault(case.source.id, []).append(tool)

    assert leaks == {}


def test_every_tool_can_run(client: str) -> None:
    """Each tool that is called runs for an agent that has it, or that it did not run for others would prove nothing."""
    seen = [case.seen for case in _permissive(client, "hostile").present if case.seen]

    assert frozenset().union(*(one.called for one in seen)) == frozenset().union(*(one.ran for one in seen))
