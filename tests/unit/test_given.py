"""What a program hands over: an agent that it made wrongly is told by its field, whatever it is written into."""

from dataclasses import replace
from pathlib import Path

import pytest

import agentconv
from agentconv import Agent, AgentSet, Hook, Limits, McpServer, Model, Origin, Pattern, Permissions, Prompt, Rule, Skill, ToolGrant, Tools
from agentconv.conversion import given_words

FIXTURES = Path(__file__).parents[2] / "fixtures"
RULE = Rule("maybe", "Read", "claude-code")
WRONG = [
    (Agent(description=5), "agents[0].description is a str, not an int"),
    (Agent(prompt="hello"), "agents[0].prompt is a Prompt, not a str"),
    (Agent(prompt=Prompt(3)), "agents[0].prompt.text is a str, not an int"),
    (Agent(model="opus"), "agents[0].model is a Model, not a str"),
    (Agent(model=Model("id", fallbacks=["x"])), "agents[0].model.fallbacks is a tuple of str, not a list"),
    (Agent(skills="abc"), "agents[0].skills is a tuple of str, not a str"),
    (Agent(skills=("a", 3)), "agents[0].skills[1] is a str, not an int"),
    (Agent(tools=["Read"]), "agents[0].tools is a Tools, not a list"),
    (Agent(tools=None), "agents[0].tools is a Tools, not None"),
    (Agent(tools=Tools("lst")), "agents[0].tools.mode is one of inherit, list, none, not `lst`"),
    (Agent(tools=Tools(allow=("Read",))), "agents[0].tools.allow[0] is a ToolGrant, not a str"),
    (Agent(tools=Tools(allow=(ToolGrant("Read", None),))), "agents[0].tools.allow[0].format is a str, not None"),
    (Agent(permissions=Permissions("yolo")), "agents[0].permissions.mode is one of default, accept-edits, plan,"),
    (Agent(permissions=Permissions(rules=(RULE,))), "agents[0].permissions.rules[0].effect is one of allow, ask, deny, not `maybe`"),
    (Agent(color=7), "agents[0].color is a str, not an int"),
    (Agent(effort=True), "agents[0].effort is a str or an int, not a bool"),
    (Agent(limits=Limits(max_turns="3")), "agents[0].limits.max_turns is an int, not a str"),
    (Agent(mcp_servers=(McpServer("a", env={"A": 1}),)), "agents[0].mcp_servers[0].env['A'] is a str, not an int"),
    (Agent(hooks=(Hook("Stop", "claude-code", handlers=(set(),)),)), "agents[0].hooks[0].handlers[0] is a JSON value, not a set"),
    (Agent(extras=3), "agents[0].extras is a map whose keys are texts, not an int"),
    (Agent(extras={"codex": {"a": [{3: 4}]}}), "agents[0].extras['codex']['a'][0] is a JSON value, not a dict"),
    ("agent", "agents[0] is an Agent, not a str"),
]


@pytest.mark.parametrize("target", ["codex", "claude-code", "json"])
@pytest.mark.parametrize(("agent", "said"), WRONG, ids=[said for _, said in WRONG])
def test_a_value_of_another_type_is_told_with_its_field(agent, said, target):
    """The mistake is the caller's, so it is an error that names the field, whether the format has that field or not."""
    with pytest.raises(agentconv.InputError) as raised:
        agentconv.write(AgentSet((Agent(name="a", description="Helps."), agent)[::-1]), target)

    assert said in str(raised.value)


def reads(**grant):
    """An agent with one tool, whose grant says something."""
    return Agent(tools=Tools("list", (ToolGrant(**{"native": "Read", "format": "claude-code", "capability": "fs.read", **grant}),)))


NO_WORDS = [
    (Agent(extras={"claude": {"a": 1}}), "agents[0].extras: `claude` is no id of a format", "did you mean `claude-code`?"),
    (Agent(extras={"klaude": {"a": 1}}), "agents[0].extras: `klaude` is no id of a format", "did you mean `claude-code`?"),
    (Agent(origin=Origin("codx", "a.toml")), "agents[0].origin.format: `codx` is no id of a format", "did you mean `codex`?"),
    (reads(format="opencod"), "agents[0].tools.allow[0].format: `opencod` is no id of a format", "did you mean `opencode`?"),
    (reads(capability="fs.raed"), "agents[0].tools.allow[0].capability: `fs.raed` is no capability", "did you mean `fs.read`?"),
    (reads(capability="reading"), "agents[0].tools.allow[0].capability: `reading` is no capability", "one of fs.read, fs.list,"),
    (reads(format="acme", capability="shel"), "agents[0].tools.allow[0].capability: `shel` is no capability", "did you mean `shell`?"),
    (reads(pattern=Pattern("*", "globb")), "agents[0].tools.allow[0].pattern: `globb` is no language of", "did you mean `glob`?"),
    (
        Agent(tools=Tools(deny=(ToolGrant("Bash", "claude-code", "shel"),))),
        "agents[0].tools.deny[0].capability: `shel` is no capability",
        "did you mean `shell`?",
    ),
    (
        Agent(permissions=Permissions(rules=(Rule("deny", "Bash", "claude-code", "run"),))),
        "agents[0].permissions.rules[0].capability: `run` is no capability",
        "one of fs.read,",
    ),
    (Agent(permissions=Permissions("accept_edits")), "agents[0].permissions.mode is one of", "did you mean `accept-edits`?"),
    (
        Agent(hooks=(Hook("PreToolUse", "claude-code", "before-tol"),)),
        "agents[0].hooks[0].event: `before-tol` is no portable",
        "`before-tool`?",
    ),
    (Agent(model=Model("tier", "big")), "agents[0].model.value: `big` is no tier", "one of frontier, large, medium, small"),
    (Agent(limits=Limits(-1)), "agents[0].limits.max_turns: -1 is not above 0", "None where there is no limit"),
    (Agent(temperature=float("nan")), "agents[0].temperature is nan: no file has such a number", "leave out what there is none of: None"),
    (
        Agent(tools=Tools(allow=reads().tools.allow)),
        "agents[0].tools.allow: a list of tools is not heeded",
        'make it Tools("list", allow=...)',
    ),
]


@pytest.mark.parametrize("target", ["opencode", "json"])
@pytest.mark.parametrize(("agent", "said", "hint"), NO_WORDS, ids=[said for _, said, _ in NO_WORDS])
def test_a_word_that_nothing_is_called_is_told_with_what_was_meant(agent, said, hint, target):
    """A deny list with a misspelled word would close nothing: whatever is no format, capability, event or tier is an error."""
    with pytest.raises(agentconv.InputError) as raised:
        agentconv.write(AgentSet((replace(agent, name="a", description="Helps."),)), target)

    assert said in str(raised.value)
    assert hint in (raised.value.diagnostic.hint or "")


@pytest.mark.parametrize(
    "agent", [Agent(extras={"acme": {"a": 1}}), reads(format="acme", capability="acme.deploy"), reads(format="claude-x")]
)
def test_a_format_that_is_not_here_keeps_its_words(agent):
    """What a program calls its own agents, or a distribution that is not here, is kept as it is."""
    made = AgentSet((replace(agent, name="a", description="Helps."),))
    (again,) = agentconv.reads(agentconv.write(made, "json").files[0].data, "json")

    assert (again.extras, again.tools) == (agent.extras, agent.tools)


def test_parts_of_the_set_are_held_to_their_types_too():
    """A skill is a value as an agent is; so is the list that they stand in."""
    agent = Agent(name="a")
    for wrong, said in ((AgentSet(skills=(Skill(name=1),)), "skills[0].name is a str"), (AgentSet([agent]), "agents is a tuple of Agent")):
        with pytest.raises(agentconv.InputError) as raised:
            agentconv.write(wrong, "codex")

        assert said in str(raised.value)


def test_what_is_meant_is_said():
    """The hint says how the value is made that the field takes."""
    for agent, hint in (
        (Agent(prompt="x"), "make one: agentconv.Prompt(...)"),
        (Agent(skills="x"), "(value,)"),
        (Agent(skills=["x"]), "tuple(...)"),
    ):
        with pytest.raises(agentconv.InputError) as raised:
            agentconv.write(AgentSet((agent,)), "codex")

        assert hint in raised.value.diagnostic.hint


@pytest.mark.parametrize("folder", sorted(path for path in FIXTURES.iterdir() if path.is_dir()), ids=lambda path: path.name)
def test_what_readers_make_is_right(folder):
    """Nothing that a reader gives, whatever stands in its file, is of another type than its field, or a word that nothing is called."""
    agents = agentconv.read(folder)
    given_words.check(agents)

    assert given_words.check(replace(agents, name="a set", authors=("one",))) is None
