"""Files of several agents: each record by itself, and changes that leave the others' bytes alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import agentconv
from agentconv.core import fields
from agentconv.core.format import State, Whole
from agentconv.core.ir import Agent, AgentSet, Invocation, Origin, Prompt
from agentconv.core.source import SourceText
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.core.format import WriteResult

MODES = """\
# the team's modes
customModes:
  # plans, never builds
  - slug: planner   # also in the wiki
    name: "The Planner"
    roleDefinition: |-
      You plan.

      You never build.
    groups: [read, mcp]

  - slug: builder
    name: Builder
    roleDefinition: You build. Quickly.
    groups:
      - read
      - edit

  - slug: asker
    name: Asker
    roleDefinition: You ask.
    groups: []
# the end
other: 1
"""
JSON_MODES = """\
{
  "customModes": [
    {"slug": "planner", "name": "The Planner", "roleDefinition": "You plan.", "groups": ["read", "mcp"]},
    {
      "slug": "builder",
      "name": "Builder",
      "roleDefinition": "You build. Quickly.",
      "groups": ["read", "edit"]
    },
    {"slug": "asker", "name": "Asker", "roleDefinition": "You ask.", "groups": []}
  ],
  "other": 1
}
"""
AGENTS = """\
{
  "planner": {"description": "Plans.",  "prompt": "You plan.", "tools": ["Read"]},
  "builder": {
    "description": "Builds.",
    "prompt": "You build."
  },
  "asker": {"description": "Asks.", "prompt": "You ask."}
}
"""
FILES = {".roomodes": ("roo", MODES), "modes.json": ("roo", JSON_MODES), "claude-agents.json": ("claude-agents-json", AGENTS)}
NEW = Agent(name="new-one", description="Comes last.", prompt=Prompt("You are new.\n\n- one\n- two\n"), invocation=Invocation(by="both"))


def read(path: str, text: str) -> list[Agent]:
    return list(registry.load(FILES[path][0]).read(SourceText(path, text.encode())).set.agents)


def write(path: str, agents: Sequence[Agent], text: str | None = None) -> WriteResult:
    format_id, default = FILES[path]
    result = registry.load(format_id).write(AgentSet(tuple(agents)), SourceText(path, (default if text is None else text).encode()))
    found = read(path, result.data.decode())

    assert len(found) == len(agents)
    assert all(map(fields.same, found, agents))
    return result


def written(path: str, agents: Sequence[Agent], text: str | None = None) -> str:
    return write(path, agents, text).data.decode()


def new(path: str) -> Agent:
    return NEW if FILES[path][0] == "roo" else replace(NEW, invocation=None)


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


@pytest.mark.parametrize("path", FILES)
def test_each_agent_has_its_place(path: str) -> None:
    """Each agent knows its record by a JSON Pointer."""
    root = "/customModes/" if FILES[path][0] == "roo" else "/"
    pointers = [agent.origin.pointer for agent in read(path, FILES[path][1]) if agent.origin]

    assert [f"{root}{step}" for step in ((0, 1, 2) if root != "/" else ("planner", "builder", "asker"))] == pointers


@pytest.mark.parametrize("path", FILES)
def test_nothing_changed_is_the_same_bytes(path: str) -> None:
    """Writing what was read gives the same bytes, also from agents that have lost their origin."""
    agents = read(path, FILES[path][1])

    assert FILES[path][1] == written(path, agents)
    assert FILES[path][1] == written(path, [replace(agent, origin=None) for agent in agents])


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("number", [0, 1, 2])
def test_one_changed_field_changes_one_run_of_lines(path: str, number: int) -> None:
    """A changed prompt and description change no more than their own lines."""
    agents = read(path, FILES[path][1])
    agents[number] = replace(agents[number], prompt=Prompt("You are another."), description="Another.")
    result = write(path, agents)
    before, after = _lines(FILES[path][1]), _lines(result.data.decode())
    gone = [line for line in before if line not in after]

    assert (result.respelled, result.whole) == ((), None)
    assert len(gone) <= 4


@pytest.mark.parametrize("path", FILES)
def test_a_new_agent_comes_where_it_is_wanted(path: str) -> None:
    """A new agent stands behind the one that it follows; all other lines stay, but for a comma."""
    for place in range(4):
        agents = read(path, FILES[path][1])
        agents.insert(place, new(path))
        after = _lines(written(path, agents))
        lost = [line for line in _lines(FILES[path][1]) if line not in after]

        assert [line for line in lost if line.rstrip("\n") + ",\n" not in after] == []


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_missing_agent_goes_alone(path: str, number: int) -> None:
    """An agent that is no longer wanted goes with its lines; the others keep theirs."""
    agents = read(path, FILES[path][1])
    name = agents.pop(number).name or ""
    after = written(path, agents)
    others = [line for line in _lines(FILES[path][1]) if any(agent.name and f"{agent.name}" in line for agent in agents)]

    assert name not in after
    assert [line for line in others if line not in _lines(after) and line.rstrip(",\n") + "\n" not in _lines(after)] == []


@pytest.mark.parametrize("path", FILES)
def test_all_agents_go_and_come(path: str) -> None:
    """A file can lose all its agents, and take new ones in; what else is in it stays."""
    empty = written(path, [])
    again = written(path, [new(path)], empty)

    assert ("other" in empty) == ("other" in FILES[path][1]) == ("other" in again)


@pytest.mark.parametrize("path", FILES)
def test_renamed_and_moved(path: str) -> None:
    """A renamed agent keeps its record; one that comes in another place is spelled there."""
    first, second, third = read(path, FILES[path][1])
    renamed = replace(first, name="renamed")

    assert FILES[path][1].replace("planner", "renamed") == written(path, [renamed, second, third])
    written(path, [third, first, second])


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("text", ["", "{}", "# nothing\n", "customModes: []\n", '{"customModes": null, "a": 1}', "customModes:\n"])
def test_agents_come_into_files_without_any(path: str, text: str) -> None:
    """Agents are put into empty files, and into files that hold something else."""
    if FILES[path][0] != "roo" and text not in ("", "{}"):
        return
    after = written(path, [new(path)], text)

    assert ("# nothing" in after, '"a": 1' in after) == ("# nothing" in text, '"a": 1' in text)


@given(data=st.data())
def test_whatever_is_wanted_is_written(data: st.DataObject) -> None:
    """Any selection, order and change of agents reads back as it is meant."""
    path = data.draw(st.sampled_from(sorted(FILES)))
    agents = [*read(path, FILES[path][1]), new(path)]
    wanted = data.draw(st.permutations(agents))[: data.draw(st.integers(0, 4))]
    texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(lambda text: f"a{text}")
    if FILES[path][0] == "roo":
        texts = texts.map(lambda text: text.replace(".", ""))
    for number, agent in enumerate(wanted):
        if data.draw(st.booleans()):
            wanted[number] = replace(agent, prompt=Prompt(data.draw(texts)), description=data.draw(texts))

    written(path, wanted)


BROKEN: dict[str, tuple[str, str, Any]] = {
    "a key that is not YAML": (".roomodes", "roleDefinition: You build. Quickly.", "roleDefinition: You build: quickly."),
    "an unclosed quote": (".roomodes", "name: Builder", 'name: "Builder'),
    "a slug that is none": (".roomodes", "slug: builder", "slug: the builder"),
    "a slug twice": (".roomodes", "slug: builder", "slug: planner"),
    "a group that is none": (".roomodes", "      - edit\n", "      - fly\n"),
    "a missing comma": ("modes.json", '"name": "Builder",', '"name": "Builder"'),
    "a comment": ("claude-agents.json", '  "builder"', '  // x\n  "builder"'),
    "a wrong value": ("claude-agents.json", '"prompt": "You build."', '"prompt": 3'),
}


@pytest.mark.parametrize("case", BROKEN)
def test_one_bad_record_loses_no_other(case: str) -> None:
    """Whatever is wrong with one record: nothing loads, all come through, and a diagnostic names the line."""
    path, old, bad = BROKEN[case]
    format_id, text = FILES[path]
    source = SourceText(path, text.replace(old, bad, 1).encode())
    result = registry.load(format_id).read(source)
    line = text[: text.index(old)].count("\n") + 1

    assert [state.dropped for state in result.states] == [True] * 3
    assert [agent.name for agent in result.set.agents][::2] == ["planner", "asker"]
    assert result.diagnostics[0].span
    assert line - 1 <= result.diagnostics[0].span.line <= line + 1 + bad.count("\n")
    assert source.data == registry.load(format_id).write(result.set, source).data


def test_one_bad_mode_among_forty() -> None:
    """Forty modes, one of them bad: the other thirty-nine come through, and one diagnostic says why none loads."""
    keys = "slug: mode-{0}\n    name: Mode {0}\n    roleDefinition: You do {0}.\n    groups: [read]\n"
    modes = [f"  - {keys.format(number)}" for number in range(40)]
    modes[17] = modes[17].replace("groups: [read]", "groups: read")
    result = registry.load("roo").read(SourceText(".roomodes", ("customModes:\n" + "".join(modes)).encode()))
    (found,) = result.diagnostics

    assert [f"mode-{number}" for number in range(40)] == [agent.name for agent in result.set.agents]
    assert {State.NOT_LOADED} == set(result.states)
    assert (found.agent, found.span.line if found.span else 0) == ("mode-17", 2 + 17 * 4 + 3)


def test_a_change_in_a_broken_file_says_that_all_is_spelled_anew() -> None:
    """Where a file is not YAML, a change writes it anew, and says so."""
    text = MODES.replace("You build. Quickly.", "You build: quickly.")
    agents = read(".roomodes", text)
    result = write(".roomodes", [replace(agents[0], description="Plans."), *agents[1:]], text)

    assert (result.respelled, result.whole) == ((), Whole.FILE)


def test_a_file_of_which_no_agent_can_be_written_costs_no_other() -> None:
    """Where a bundle's agents have no entry in the stored file, and are refused, that file is left out."""
    text = "customModes:\n  - slug: a\n    name: A\n    roleDefinition: Do.\n    groups: [read]\n"
    one, other = (agentconv.reads(text, "roo", path=path) for path in (".roomodes", "other/.roomodes"))
    (agent,) = one.agents
    lost = replace(agent, id="lost", prompt=None, origin=Origin("roo", ".roomodes", "/customModes/7"))
    result = agentconv.write(replace(one, agents=(lost, *other.agents), sources=(*one.sources, *other.sources)), "roo")

    assert [file.path for file in result.files] == ["other/.roomodes"]
    assert result.refused == ("lost",)


@pytest.mark.parametrize("text", ["", "# Later.\n", "\n\n"])
@pytest.mark.parametrize("client", ["goose-recipe", "kimi-cli", "docker-agent", "roo"])
def test_a_yaml_file_with_nothing_in_it_is_told(client, text):
    """It holds no agent, and that is why: its client says nothing of it either."""
    result = registry.load(client).read(SourceText("agent.yaml", text.encode()))

    assert result.absence is not None
    assert "there is nothing in the file" in result.absence.message


@pytest.mark.parametrize(
    ("client", "text", "told"),
    [
        ("claude-agents-json", '{"": {"prompt": "x"}}', "an agent without a name: `description` is missing"),
        ("roo-code", '{"customModes": [{"slug": "", "name": "x", "roleDefinition": "y"}]}', "an agent without a name: `slug` must be"),
    ],
)
def test_an_agent_without_a_name_is_called_so(client: str, text: str, told: str) -> None:
    """Nothing stands in empty quotes, as a name that is none does, or the place of what is its whole file."""
    (message, *_) = [one.message for one in agentconv.reads(text, client).diagnostics]

    assert "``" not in message
    assert told in message
