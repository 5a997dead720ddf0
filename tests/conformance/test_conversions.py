"""Law 6, asked of the real clients: what we write, they load, with the name, the description, the prompt and the tools that were meant."""

from __future__ import annotations

from collections import Counter

import pytest

from agentconv import effects, registry
from agentconv.diagnostics import LossKind
from agentconv.effects import HARMLESS, Level
from conversions import Case, Conversion, as_seen, convert, grants, sets, unknown
from installed import CLIENTS
from results import TABLE, Row

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.parametrize("client", [name for name in CLIENTS if name != "node"], indirect=True),
    pytest.mark.parametrize("agents", sets()),
]


@pytest.fixture
def conversion(client: str, agents: str) -> Conversion:
    """Return the set in the client; the first test that asks converts it and starts the client."""
    if client not in registry.FORMATS:
        pytest.skip(f"{client} is not a format yet")
    conversion = convert(client, agents)
    if conversion.session.failed:
        pytest.fail(f"the client does not start: {conversion.session.failed}")
    return conversion


def _written(conversion: Conversion) -> list[Case]:
    return [case for case in conversion.cases if case.written and not case.shadowed]


def _callable(conversion: Conversion) -> list[Case]:
    return [case for case in conversion.cases if case.seen and not case.seen.error]


def test_all_are_written_or_refused(client: str, agents: str, conversion: Conversion) -> None:
    """Every agent is written, or refused for a reason that is told; the reasons go into the table."""
    row = TABLE.rows.setdefault((client, agents), Row())
    row.agents = len(conversion.cases)
    reasons = {case.source.id: [loss.code for loss in case.losses if loss.kind is LossKind.REFUSED] for case in conversion.cases if not case.written}
    row.refused = Counter(codes[0] for codes in reasons.values() if codes)

    assert [] == [agent for agent, codes in reasons.items() if not codes]


def test_the_client_loads_them(client: str, agents: str, conversion: Conversion) -> None:
    """The client lists every agent under the name that our reader gives it, can call it, and lists nothing else."""
    missing = {case.source.id: case.written.name for case in _written(conversion) if case.written and not case.seen}
    # a file of the client's own comes back as it was, and whatever is wrong with it is its own
    broken = {
        case.source.id: case.seen.error
        for case in _written(conversion)
        if case.seen and case.seen.error and not _at_home(case, client)
    }
    TABLE.rows.setdefault((client, agents), Row()).held["loaded"] = len(_written(conversion)) - len(missing) - len(broken)
    extra = set(conversion.session.agents) - {case.written.name for case in _written(conversion) if case.written}

    assert {} == missing, conversion.session.messages
    assert {} == broken
    assert set() == extra


def test_names_are_kept(client: str, agents: str, conversion: Conversion) -> None:
    """A name is the source's unless a loss says otherwise, and no two agents have the same."""
    names = {case.source.id: (case.source.name, case.written.name) for case in _written(conversion) if case.written and not case.reported("name")}
    all_names = Counter(case.written.name for case in _written(conversion) if case.written and not _at_home(case, client))

    assert {} == {agent: both for agent, both in names.items() if both[0] != both[1]}
    assert [] == [name for name, count in all_names.items() if count > 1]


def test_prompts_are_kept(client: str, agents: str, conversion: Conversion) -> None:
    """The client sends the prompt as our reader reads it, and that is the source's unless a loss says otherwise."""
    literal = [case for case in _callable(conversion) if case.written and case.written.prompt and case.written.prompt.syntax == "literal"]
    unlike = {case.source.id: (_prompt(case), case.seen.prompt) for case in literal if case.seen and case.seen.prompt != _prompt(case)}
    changed = {
        case.source.id: (case.source.prompt.text, _prompt(case))
        for case in literal
        if case.source.prompt and case.source.prompt.text != _prompt(case)
    }
    TABLE.rows.setdefault((client, agents), Row()).held["prompt"] = len(literal) - len(unlike.keys() | changed.keys())

    assert {} == unlike
    assert {} == {case.source.id: changed[case.source.id] for case in literal if case.source.id in changed and not case.reported("prompt")}


def test_descriptions_are_kept(client: str, agents: str, conversion: Conversion) -> None:
    """The client lists the description as our reader reads it, and that is the source's unless a loss says otherwise."""
    listed = [case for case in conversion.cases if case.seen and case.written]
    unlike = {
        case.source.id: (case.written.description, case.seen.description)
        for case in listed
        if case.written and case.seen and case.seen.description != case.written.description
    }
    changed = {
        case.source.id: (case.source.description, case.written.description)
        for case in listed
        if case.written and case.source.description != case.written.description
    }
    TABLE.rows.setdefault((client, agents), Row()).held["description"] = len(listed) - len(unlike.keys() | changed.keys())

    assert {} == unlike
    assert {} == {case.source.id: changed[case.source.id] for case in listed if case.source.id in changed and not case.reported("description")}


def test_no_agent_gets_more_tools(client: str, agents: str, conversion: Conversion) -> None:
    """With the tools that the client really offers it, an agent may do no more than its author wrote."""
    more = {}
    for case in _callable(conversion):
        found = effects.widenings(effects.effects(case.source), as_seen(client, case))
        if case.written and effects.effects(case.written).every_server and case.reported("tools"):
            found = [what for what in found if not what.startswith("MCP server")]  # the user's own servers, which is reported
        more[case.source.id] = found

    assert {} == {agent: found for agent, found in more.items() if found}


def test_no_agent_gets_fewer_tools(client: str, agents: str, conversion: Conversion) -> None:
    """An agent has each tool that it was given and that the client has here at all, unless a loss says otherwise."""
    offered = {capability for case in _callable(conversion) if case.seen for capability in _capabilities(client, case.seen.tools)}
    fewer = {}
    for case in _callable(conversion):
        assert case.seen
        wanted = effects.capabilities_of(case.source.tools, case.source.origin.format if case.source.origin else None) & offered
        fewer[case.source.id] = sorted(wanted - _capabilities(client, case.seen.tools) - HARMLESS)
    TABLE.rows.setdefault((client, agents), Row()).held["tools"] = sum(not missing for missing in fewer.values())
    unreported = {case.source.id for case in conversion.cases if not case.reported("tools", "permissions", "mcp_servers")}

    assert {} == {agent: missing for agent, missing in fewer.items() if missing and agent in unreported}


def test_nothing_is_unattended_that_was_not(client: str, agents: str, conversion: Conversion) -> None:
    """What an agent does without anybody being asked is what its author let it do unattended."""
    more = {}
    for case in _callable(conversion):
        assert case.seen
        levels = effects.effects(case.source).levels
        more[case.source.id] = {effect for effect in case.seen.unattended if Level.ALLOW not in (levels[effect], levels["run"])}

    assert {} == {agent: found for agent, found in more.items() if found}


def test_every_tool_on_offer_is_known(client: str, agents: str, conversion: Conversion) -> None:
    """The vocabulary has every tool that the client offers an agent: what it does not know, it cannot count."""
    words = frozenset(word for case in _callable(conversion) if case.seen for word in case.seen.tools or ())

    assert set() == unknown(client, words)


def _at_home(case: Case, client: str) -> bool:
    return case.source.origin is not None and case.source.origin.format == client


def _prompt(case: Case) -> str | None:
    return case.written.prompt.text if case.written and case.written.prompt else None


def _capabilities(client: str, words: frozenset[str] | None) -> set[str]:
    return {grant.capability for grant in grants(client, words or frozenset()) if grant.capability}
