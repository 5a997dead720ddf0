"""A set that a program has: its agents are looked at as they are now, and as `write` writes them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import agentconv
from agentconv.core.dataclass import replace

if TYPE_CHECKING:
    from pathlib import Path

    from agentconv import Agent, AgentSet

FAULTY = "---\nname: a\ndescription: Says: hi\ntools: Read, Bash\n---\nhello there\n"
SOUND = FAULTY.replace("Says: hi", "Says hi.")


def _read(text: str = SOUND, client: str = "claude-code") -> tuple[AgentSet, Agent]:
    agents = agentconv.reads(text, client, path="a.md")
    return agents, agents.agents[0]


def _narrower(agents: AgentSet, agent: Agent) -> AgentSet:
    return replace(agents, agents=(replace(agent, tools=replace(agent.tools, allow=agent.tools.allow[:1])),))


def test_a_changed_agent_is_mended_as_it_is_now():
    """What was taken from an agent does not come back with a fix: the file is mended that is written back."""
    changed = _narrower(*_read(FAULTY))
    mended = agentconv.fix(changed)

    assert agentconv.write(changed, "claude-code").files[0].data == FAULTY.replace(", Bash", "").encode()
    assert [(file.path, file.data) for file in mended.files] == [
        ("a.md", FAULTY.replace(", Bash", "").replace("Says: hi", '"Says: hi"').encode())
    ]
    assert (mended.mended, mended.diagnostics, list(mended.left)) == (1, (), [])


def test_a_changed_agent_is_saved_over_the_file_that_it_was_read_from(tmp_path: Path):
    """A changed agent's file is another one now even where nothing is to be mended; one that is no longer as it was read is kept."""
    file = tmp_path / "a.md"
    file.write_text(SOUND)
    mended = agentconv.fix(_narrower(*_read()))

    assert (mended.mended, mended.save(tmp_path), file.read_text()) == (0, [file], SOUND.replace(", Bash", ""))

    file.write_text("mine")

    assert (mended.save(tmp_path), file.read_text()) == ([], "mine")


def test_a_changed_agent_is_inspected_and_linted_as_it_is_now():
    """A name, a tool and a fault that a program has brought are seen, in the lines of the file that is written back."""
    agents, agent = _read()
    more = (*agent.tools.allow, agentconv.ToolGrant("Write", "claude-code", "fs.write"))
    changed = replace(agents, agents=(replace(agent, name="b", tools=replace(agent.tools, allow=more)),))
    ((reading,),) = [file.readings for file in agentconv.inspect(changed, for_="own")]
    marked = replace(agents, agents=(replace(agent, prompt=agentconv.Prompt("<<<<<<< a\nyes\n=======\nno\n>>>>>>> b\n")),))

    assert (reading.agent, reading.name, reading.tools) == ("a", "b", "read write shell")
    assert [found.code for found in agentconv.lint(agents)] == []
    assert [(found.code, found.span.line) for found in agentconv.lint(marked)] == [("AC609", 6)]


def test_of_a_file_with_several_agents_the_changed_one_is_another():
    """The others of its file stay what they are, and keep their ids."""
    text = "customModes:\n" + "".join(
        f"  - slug: {name}\n    name: {name.title()}\n    roleDefinition: You help.\n    groups: [read]\n" for name in ("one", "two")
    )
    agents = agentconv.reads(text, "roo", path=".roomodes")
    changed = replace(agents, agents=(agents["one"], replace(agents["two"], prompt=agentconv.Prompt("You wait."))))

    assert agentconv.fix(changed).files[0].data == agentconv.write(changed, "roo").files[0].data
    assert [reading.agent for reading in agentconv.inspect(changed, for_="own")[0].readings] == ["one", "two"]


def test_an_agent_that_no_file_can_be_given_for_is_an_error_that_says_so():
    """One that is in none of the set's files, and one that its own client cannot hold as it is now, are told, and no file is touched."""
    agents, agent = _read()
    added = replace(agents, agents=(agent, agentconv.Agent(id="new", name="new", prompt=agentconv.Prompt("Hi."))))
    cursor, other = _read("---\nname: a\ndescription: d\n---\nhello there\n", "cursor")
    refused = _narrower(cursor, replace(other, tools=agent.tools))

    assert agentconv.write(refused, "cursor").refused == ("a",)
    for changed, words in (
        (added, "`new` was not looked at: the set holds no file of it"),
        (refused, "`a` was not looked at: the agent could do more than its author allowed"),
    ):
        for function in (agentconv.lint, agentconv.fix, agentconv.inspect):
            (told,) = function(changed).diagnostics

            assert (told.severity, told.message[: len(words)]) == ("error", words)
            assert "agentconv.reads(file.data, format)" in str(told.hint)
        assert agentconv.fix(changed).files == ()


@pytest.mark.parametrize(
    ("name", "data", "codes"),
    [("noname.md", "---\ndescription: x\n---\nhello\n", ["AC201"]), ("empty.md", "", ["AC110"]), ("README.md", "hi\n", [])],
)
def test_a_set_without_an_agent_is_looked_at_as_its_path_is(name: str, data: str, codes: list[str], tmp_path: Path):
    """What linting a path finds in a file without an agent is found in the set that was read from it."""
    file = tmp_path / ".claude/agents" / name
    file.parent.mkdir(parents=True)
    file.write_text(data)
    for path in (file, file.parent, tmp_path):
        agents = agentconv.read(path, format="claude-code")
        linted = agentconv.lint(agents)

        assert [found.code for found in linted] == [found.code for found in agentconv.lint(path)] == codes
        assert [one.severity for one in linted.diagnostics] == [one.severity for one in agentconv.lint(path).diagnostics]
        assert [one.severity for one in agentconv.inspect(agents).diagnostics] == [
            one.severity for one in agentconv.inspect(path).diagnostics
        ]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("agents", ({"name": "a"},), "agents[0] is an Agent, not a dict"),
        ("agents", None, "agents is a tuple of Agent, not None"),
        ("sources", ("x",), "sources[0] is a Source, not a str"),
        ("sources", (agentconv.Source("a.md", "claude-code", "text"),), "sources[0].data is a bytes, not a str"),  # type: ignore[arg-type]
        *(
            (field, ("x",), f"{field}[0] is {kind}, not a str")
            for field, kind in (
                ("skills", "a Skill"),
                ("commands", "a Command"),
                ("servers", "a Server"),
                ("hooks", "a SetHook"),
                ("permissions", "a PermissionSet"),
                ("instructions", "an Instruction"),
            )
        ),
    ],
)
def test_each_function_that_takes_a_set_says_the_same_of_a_wrong_type(field: str, value: object, words: str):
    """Writing, linting, mending and inspecting hold a set to the types of its fields, in one set of words."""
    changed = replace(_read()[0], **{field: value})
    for function in (agentconv.lint, agentconv.fix, agentconv.inspect, lambda agents: agentconv.write(agents, "codex")):
        with pytest.raises(agentconv.InputError) as raised:
            function(changed)

        assert str(raised.value) == words


@pytest.mark.parametrize(("field", "value"), [("tools", ["Read"]), ("prompt", "Say."), ("name", 5)])
def test_a_wrong_type_in_an_agent_is_told_by_each_function(field: str, value: object):
    """An agent is held to the types of its fields before its file is looked at."""
    agents, agent = _read()
    changed = replace(agents, agents=(replace(agent, **{field: value}),))
    for function in (agentconv.lint, agentconv.fix, agentconv.inspect):
        with pytest.raises(agentconv.InputError, match=rf"agents\[0\]\.{field} is a"):
            function(changed)
