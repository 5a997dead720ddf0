"""Law 6, asked of the real clients: what we write, they load, with the name, the description, the prompt and the tools that were meant."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from conversions import SETS, Case, Conversion, as_seen, capabilities, convert, may_do, unknown, wanted
from installed import CLIENTS
from results import TABLE, Row

from agentconv.core import effects, widening
from agentconv.core.access import Level
from agentconv.core.diagnostics import LossKind

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.parametrize("client", [name for name in CLIENTS if name != "node"], indirect=True),
    pytest.mark.parametrize("agents", SETS),
]


@pytest.fixture
def conversion(client: str, agents: str) -> Conversion:
    """Return the set in the client; the first test that asks converts it and starts the client."""
    conversion = convert(client, agents)
    if conversion.session.failed:
        pytest.fail(f"the client does not start: {conversion.session.failed}")
    return conversion


@pytest.fixture
def row(client: str, agents: str) -> Row:
    """Return the line of the table that the set has in the client."""
    return TABLE.rows.setdefault((client, agents), Row())


def _running(conversion: Conversion) -> list[Case]:
    """Return the agents that the client has and can call."""
    return [case for case in conversion.present if case.seen and not case.seen.error]


def _held(row: Row, aspect: str, cases: Iterable[Case], *faulty: dict[str, object]) -> None:
    """Note for how many agents an aspect holds."""
    row.held[aspect] = len([case for case in cases if not any(case.source.id in faults for faults in faulty)])


def test_all_are_written_or_refused(conversion: Conversion, row: Row) -> None:
    """Every agent is written, or refused for a reason that is told; the reasons go into the table."""
    refused = [case for case in conversion.cases if not case.written]
    codes = {case.source.id: [loss.code for loss in case.losses if loss.kind is LossKind.REFUSED] for case in refused}
    row.agents = len(conversion.cases)
    row.refused = Counter(found[0] for found in codes.values() if found)

    assert [agent for agent, found in codes.items() if not found] == []


def test_the_client_loads_them(client: str, conversion: Conversion, row: Row) -> None:
    """The client lists every agent under the name that our reader gives it, can call it, and lists nothing else."""
    missing = {case.source.id: case.name for case in conversion.present if not case.seen}
    # a file of the client's own comes back as it was, and whatever is wrong with it is its own;
    # and some clients start no agent whose only tools are those of servers that are not here
    broken = {
        case.source.id: case.seen.error
        for case in conversion.present
        if case.seen and case.seen.error and not case.at_home and wanted(client, case)
    }
    _held(row, "loaded", conversion.present, missing, broken)

    assert missing == {}, conversion.session.messages
    assert broken == {}
    assert set(conversion.session.agents) == {case.name for case in conversion.present}


def test_names_are_kept(conversion: Conversion) -> None:
    """A name is the source's unless a loss says otherwise, and no two agents have the same."""
    changed = {case.source.id: case.name for case in conversion.present if case.name != case.source.name and not case.reported("name")}
    counts = Counter(case.name for case in conversion.present)

    assert changed == {}
    assert [name for name, count in counts.items() if count > 1] == []


def test_prompts_are_kept(conversion: Conversion, row: Row) -> None:
    """The client sends the prompt as our reader reads it, and that is the source's unless a loss says otherwise."""
    plain = [case for case in _running(conversion) if case.is_plain]
    unlike = {case.source.id: case.prompts for case in plain if case.prompts[1] != case.prompts[2]}
    # at home nothing was converted: the file comes back as it was, however a person would have read it
    changed = {case.source.id: case.prompts for case in plain if case.prompts[0] != case.prompts[1] and not case.at_home}
    _held(row, "prompt", plain, unlike, changed)

    assert unlike == {}
    assert {case.source.id: case.prompts for case in plain if case.source.id in changed and not case.reported("prompt.text")} == {}


def test_descriptions_are_kept(conversion: Conversion, row: Row) -> None:
    """The client lists the description as our reader reads it, and that is the source's unless a loss says otherwise."""
    listed = [case for case in conversion.present if case.seen]
    unlike = {case.source.id: case.descriptions for case in listed if case.descriptions[1] != case.descriptions[2]}
    changed = {case.source.id: case.descriptions for case in listed if case.descriptions[0] != case.descriptions[1] and not case.at_home}
    _held(row, "description", listed, unlike, changed)

    assert unlike == {}
    assert {case.source.id: case.descriptions for case in listed if case.source.id in changed and not case.reported("description")} == {}


def test_no_agent_gets_more_tools(client: str, conversion: Conversion) -> None:
    """With the tools that the client really offers it, an agent may do no more than its author wrote, or at home than its client reads."""
    more = {}
    for case in _running(conversion):
        if case.at_home and case.source.tools.deny:
            continue  # a denied word takes away one tool, and its author meant all that do the same
        found = widening.widenings(may_do(client, case), as_seen(client, case))
        if case.reported("tools", "permissions") and effects.effects(case.written or case.source).every_server:
            found = [what for what in found if what.server is None]  # the user's own servers, which is reported
        more[case.source.id] = found

    assert {agent: found for agent, found in more.items() if found} == {}


def test_no_agent_gets_fewer_tools(client: str, conversion: Conversion, row: Row) -> None:
    """An agent has each tool that it was given and that the client has here at all, unless a loss says otherwise."""
    offered: dict[tuple[str, str | None], set[str]] = {}
    for case in _running(conversion):
        offered.setdefault(case.kind, set()).update(capabilities(client, case))
    fewer = {case.source.id: (wanted(client, case) & offered[case.kind]) - capabilities(client, case) for case in _running(conversion)}
    missing = {agent: found for agent, found in fewer.items() if found}
    _held(row, "tools", _running(conversion), missing)
    # at home nothing was converted: words that the client has dropped since still say what the author meant
    reported = {case.source.id for case in conversion.present if case.at_home or case.reported("tools", "permissions", "mcp_servers")}

    assert {agent: found for agent, found in missing.items() if agent not in reported} == {}


def test_nothing_is_unattended_that_was_not(conversion: Conversion) -> None:
    """What an agent does without anybody being asked is what its author let it do unattended."""
    more = {}
    for case in _running(conversion):
        levels = effects.effects(case.source).levels
        allowed = {effect for effect in levels if Level.ALLOW in (levels[effect], levels["run"])}
        more[case.source.id] = (case.seen.unattended if case.seen else set()) - allowed

    assert {agent: found for agent, found in more.items() if found} == {}


def test_every_tool_on_offer_is_known(client: str, conversion: Conversion) -> None:
    """The vocabulary has every tool that the client offers an agent: what it does not know, it cannot count."""
    words = frozenset[str]().union(*(case.seen.tools or () for case in _running(conversion) if case.seen))

    assert set() == unknown(client, words)
