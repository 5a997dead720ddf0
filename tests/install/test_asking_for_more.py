"""An update asks whenever an agent may do more than the one that is there, in whatever class of what agents may do, and else never."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentconv.conversion import converting
from agentconv.core.ir import Agent, Invocation
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.install import consent
from agentconv.sources import loading

CLIENTS = ("claude-code", "opencode", "kilo", "qwen-code")
OWN = {"write": "Write", "run": "Bash", "network": "WebFetch"}
TOOLS = ("read", "drop", "list")
NAMES = frozenset({"reader", "tester"})


@dataclass(frozen=True)
class May:
    """What an agent may do, as sets alone."""

    effects: frozenset[str]
    tools: frozenset[str]
    """Of the one server."""
    agents: frozenset[str]
    """Those that it may start; `*` is all others besides."""

    def text(self) -> bytes:
        """Return a file of Claude Code with an agent that may do this."""
        words = ["Read", *sorted(OWN[one] for one in self.effects), *(f"mcp__forge__{one}" for one in sorted(self.tools))]
        words += ["Agent"] if "*" in self.agents else [f"Agent({', '.join(sorted(self.agents))})"] if self.agents else []
        return f"---\nname: a\ndescription: Does a\ntools: {', '.join(words)}\n---\n\nDo.\n".encode()

    def beyond(self, other: May) -> frozenset[str]:
        """Return the words for what this is beyond another one."""
        found = set() if "run" in other.effects else self.effects - other.effects
        found |= {"mcp:forge"} if self.tools - other.tools else set()
        return frozenset(found | ({"agents"} if self.agents - other.agents else set()))


def subsets(values: frozenset[str]) -> st.SearchStrategy[frozenset[str]]:
    """Any of some values."""
    return st.frozensets(st.sampled_from(sorted(values)))


AGENTS = st.one_of(subsets(NAMES), st.just(NAMES | {"*"}))
WHATEVER = st.builds(May, subsets(frozenset(OWN)), subsets(frozenset(TOOLS)), AGENTS)


def there(may: May, client: str) -> Agent | None:
    """Return the agent as a client has it, once it was converted; None where that refuses it."""
    (piece,) = loading.with_ids([*loading.load_source("claude-code", SourceText(".claude/agents/a.md", may.text()))])
    files = [one.file for one in converting.convert([piece], client) if one.file]
    if not files:
        return None
    (agent,) = registry.load(client).read(SourceText(files[0].path, files[0].data)).set.agents
    return agent


@pytest.mark.parametrize("client", CLIENTS)
@given(old=WHATEVER, new=WHATEVER)
def test_an_update_asks_for_what_is_more_and_for_nothing_else(client: str, old: May, new: May) -> None:
    """Whatever an agent may do beyond the one before, the words say it, and where it may do nothing more, nothing is asked."""
    before, after = there(old, client), there(new, client)
    if before is None or after is None:
        return
    words = {grant.word for grant in consent.beyond(before, after, client)}
    wanted = new.beyond(old)
    if client == "qwen-code":  # it lists no names of agents: whoever may start one may start all
        wanted = wanted - {"agents"} if old.agents else wanted

    assert words == wanted


SPELLED = {
    "a server's tool that was closed, of all that is open": ("disallowedTools: mcp__forge__drop", "color: red", {"mcp:forge"}),
    "a server that was closed": ("disallowedTools: mcp__forge", "color: red", {"mcp:forge"}),
    "the tool that starts agents": ("tools: Read", "tools: Read, Task", {"agents"}),
    "all agents, where some were named": ("tools: Read, Agent(a, b)", "tools: Read, Agent", {"agents"}),
    "one more agent": ("tools: Read, Agent(a)", "tools: Read, Agent(a), Agent(b)", {"agents"}),
    "the tool that loads skills": ("tools: Read", "tools: Read, Skill", {"skills"}),
    "one more skill": ("tools: Read\nskills: one", "tools: Read\nskills: one, two", {"skills"}),
    "reading": ("tools: []", "tools: Read", {"read"}),
    "a mode that asks for nothing": ("tools: Read, Bash", "tools: Read, Bash\npermissionMode: bypassPermissions", {"unattended"}),
}


@pytest.mark.parametrize("case", SPELLED)
def test_what_a_client_spells_in_its_own_way_is_asked_for(case: str) -> None:
    """However a file says that an agent may do more, it is asked for, and nothing on the way back."""
    old, new, words = SPELLED[case]
    before, after = (_agent("claude-code", header) for header in (old, new))

    assert {grant.word for grant in consent.beyond(before, after, "claude-code")} == words
    assert not consent.beyond(after, before, "claude-code")


PERMISSIONS = {
    "deny to ask": ('"forge_drop": deny', '"forge_drop": ask', {"mcp:forge"}),
    "ask to allow": ('"forge_drop": ask', '"forge_drop": allow', {"mcp:forge"}),
    "a rule that goes": ('"forge_drop": deny', '"other_drop": deny', {"mcp:forge"}),
    "another agent": ("task: {'*': deny, 'r*': allow}", "task: {'*': deny, 'r*': allow, t: allow}", {"agents"}),
    "all agents": ("task: {'*': deny, 'r*': allow}", "task: allow", {"agents"}),
    "agents, unasked": ("task: ask", "task: allow", {"unattended"}),
    "some agents, unasked": ("task: ask", "task: {'*': ask, 'r*': allow}", {"unattended"}),
    "an agent that was closed": ("task: {'r*': deny}", "task: {'x*': deny}", {"agents"}),
    "skills": ("skill: deny", "skill: allow", {"skills"}),
}


@pytest.mark.parametrize("client", ["opencode", "kilo"])
@pytest.mark.parametrize("case", PERMISSIONS)
def test_a_rule_that_holds_back_less_is_asked_for(case: str, client: str) -> None:
    """Where a file has rules, each that opens something that was closed, or does it unasked, is asked for."""
    old, new, words = PERMISSIONS[case]
    before, after = (_agent(client, f"mode: subagent\npermission:\n  {one}") for one in (old, new))

    assert {grant.word for grant in consent.beyond(before, after, client)} == words


def test_an_agent_that_was_switched_off_asks_for_all_that_it_does() -> None:
    """What nobody could call was held to nothing before."""
    after = _agent("claude-code", "tools: Read, Bash")
    before = replace(after, invocation=Invocation(disabled=True))

    assert "run" in {grant.word for grant in consent.beyond(before, after, "claude-code")}


def _agent(client: str, header: str) -> Agent:
    text = f"---\nname: a\ndescription: Does a\n{header}\n---\n\nDo.\n".encode()
    (agent,) = registry.load(client).read(SourceText("a.md", text)).set.agents
    return agent


@pytest.mark.parametrize("target", ["claude-code", "opencode"])
def test_an_update_with_other_agents_to_start_waits(project, run, give, target) -> None:  # type: ignore[no-untyped-def]
    """What is deployed stays until `agents` is accepted, or `run`, which has it in it; then it comes."""
    header = "---\nname: a\ndescription: Does a\ntools: Read, {}\n---\n\nDo.\n"
    give({"a.md": header.format("Agent(reader)")})
    run("install", "backend-agents", "--to", target, "--accept=agents")
    (place,) = project.glob(".*/agents/a.md")
    before = place.read_text()
    give({"a.md": header.format("Agent")}, "1.1.0")
    told = run("install", "backend-agents", code=1).err

    assert "`a` asks for more than in 1.0.0, which stays: starting other agents" in told
    assert "or --accept=agents" in told
    assert place.read_text() == before
    run("install", "backend-agents", "--accept=run")
    assert place.read_text() != before


def test_what_an_update_holds_is_counted_by_a_dry_run_too(project, give, run):
    """The counts are the same before and after: who waits is no less there in the one than in the other."""
    agent = "---\nname: {}\ndescription: Works.\ntools: {}\n---\nWork.\n"
    give({"reader.md": agent.format("reader", "Read"), "other.md": agent.format("other", "Read")}, version="1.0.0")
    run("install", "backend-agents", "--to", "claude-code")
    give({"reader.md": agent.format("reader", "Read, Bash"), "other.md": agent.format("other", "Read") + "More.\n"}, version="2.0.0")
    before = run("install", "backend-agents", "-n", code=1).out
    after = run("install", "backend-agents", code=1).out

    assert "1: reader" in next(line for line in before.splitlines() if line.startswith("  held"))
    assert "1: reader" in next(line for line in after.splitlines() if line.startswith("  held"))
    assert "held      reader" in before
