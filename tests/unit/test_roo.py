"""What Roo Code makes of a file of modes: text rewritten before it is parsed, prompts in two parts, groups of tools."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from agent_files import convert_agent
from agentconv.core import effects, fields
from agentconv.core.format import State
from agentconv.core.ir import Agent, AgentSet, Prompt, ToolGrant, Tools
from agentconv.core.source import SourceText
from agentconv.formats.roo import roo

MODE = {"slug": "a-mode", "name": "A Mode", "roleDefinition": "You help. Always.", "groups": ["read"]}


def read(text: str, path: str = ".roomodes") -> tuple[Agent, State]:
    result = roo.read(SourceText(path, text.encode()))
    (agent,) = result.set.agents
    return agent, result.states[0]


def mode(**changes: Any) -> tuple[Agent, State]:
    return read(json.dumps({"customModes": [{**MODE, **changes}]}))


def yaml_of(agent: Agent) -> str:
    return roo.write(AgentSet((agent,)), SourceText(".roomodes", b"")).data.decode()


def test_text_is_rewritten_before_it_is_parsed() -> None:
    """Typographic quotes and dashes become plain ones, no-break spaces blanks, zero-width characters nothing."""
    agent, state = read(
        "customModes:\n  - slug: a\u200b-b\n    name: \u201cA\u201d\n    roleDefinition: It\u2019s \u2014\u00a0so.\n    groups: [read]\n"
    )

    assert (agent.name, agent.display_name, fields.get(agent, "prompt.text"), state) == ("a-b", "A", "It's - so.", State.LOADS)


def test_a_patch_leaves_typography_elsewhere() -> None:
    """Changing one key keeps the bytes of the others, rewritten or not."""
    text = "\ufeffcustomModes:\n  - slug: a\u200b-b\n    name: \u201cA\u201d\n    roleDefinition: It\u2019s so.\n    groups: [read]\n"
    source = SourceText(".roomodes", text.encode())
    (agent,) = roo.read(source).set.agents
    changed = replace(agent, tools=Tools("list", (ToolGrant("command", "roo", "shell"),)))

    assert text.replace("[read]", "\n      - command").replace(": \n", ":\n") == roo.write(AgentSet((changed,)), source).data.decode()


def test_json_whose_quotes_break_is_read_as_it_stands() -> None:
    """A `.roomodes` that is no YAML once it is rewritten is read as JSON with its typography; another file is lost."""
    text = json.dumps({"customModes": [{**MODE, "name": "Say \u201cA\u201d"}]}, ensure_ascii=False)

    assert (read(text)[0].display_name, read(text)[1]) == ("Say \u201cA\u201d", State.LOADS)
    assert State.NOT_LOADED is read(text, "modes.yaml")[1]


def test_typography_that_was_escaped_stays() -> None:
    """What stands as an escape is not rewritten, and is written as an escape again."""
    agent, _ = mode(roleDefinition="Say \u201ca\u201d.\n\nThen \u2014 b.\n")
    text = yaml_of(agent)

    assert "\u201c" not in text
    assert fields.same(agent, read(text)[0])


def test_instructions_end_the_prompt() -> None:
    """The prompt is the role definition and the instructions; both keys come back from it."""
    agent, _ = mode(customInstructions="1. Read.\n2. Report.\n")
    again = json.loads(json.dumps(roo.DIALECT.encode(agent)))

    assert fields.get(agent, "prompt.text") == "You help. Always.\n\n1. Read.\n2. Report.\n"
    assert (again["roleDefinition"], again["customInstructions"]) == ("You help. Always.", "1. Read.\n2. Report.\n")
    assert fields.same(agent, read(yaml_of(agent))[0])


def test_a_prompt_that_no_longer_ends_with_them_drops_the_instructions() -> None:
    """Where the prompt was changed, the role definition holds all of it, and the stored instructions go, reported."""
    agent, _ = mode(customInstructions="Report.")
    done = convert_agent(replace(agent, prompt=Prompt("You are another.")), "roo")
    assert done.file

    assert "customInstructions" not in done.file.data.decode()
    assert "extra-overridden" in [loss.code for loss in done.losses]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"whenToUse": "Now.", "description": "Shown"}, "Now."),
        ({"description": "Shown"}, "Shown"),
        ({"whenToUse": " ", "description": ""}, "You help"),
        ({}, "You help"),
    ],
)
def test_description_is_what_other_modes_choose_by(keys: dict[str, str], expected: str) -> None:
    """`whenToUse` comes first, then the shown description, then the first sentence of the role definition; all come back."""
    agent, _ = mode(**keys)

    assert expected == agent.description
    assert keys.items() <= roo.DIALECT.encode(agent).items()
    assert fields.same(agent, read(yaml_of(agent))[0])


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (["read", "edit", "command", "mcp"], Tools()),
        ([], Tools("none")),
        (["browser"], Tools("none")),
        (["read", "browser"], Tools("list", (ToolGrant("read", "roo", "fs.read"),))),
        ([["edit", {"fileRegex": "x"}]], Tools("list", (ToolGrant("edit", "roo", "fs.write", "x"),))),
        (
            [["read", {"fileRegex": "x"}], "mcp"],
            Tools("list", (ToolGrant("read", "roo", "fs.read"), ToolGrant("mcp", "roo", "mcp", None, "*"))),
        ),
    ],
)
def test_groups(groups: list[Any], expected: Tools) -> None:
    """Groups are tools; all four leave nothing out, and only `edit` is held to a pattern. Options come back."""
    agent, _ = mode(groups=groups)

    assert expected == agent.tools
    assert fields.same(agent, read(yaml_of(agent))[0])


def test_a_pattern_is_a_restriction() -> None:
    """A client that does not hold an agent to the pattern would let it write more: the tool closes, and what is told has that reason."""
    agent, _ = mode(groups=["read", ["edit", {"fileRegex": r"\.md$"}]])
    done = convert_agent(agent, "claude-code")

    assert effects.effects(agent).parts
    assert [loss.code for loss in done.losses if loss.field == "tools.allow"] == ["tools-narrowed"]
    assert done.file is not None
    assert b"tools: Read, Glob, Grep\n" in done.file.data


@pytest.mark.parametrize("text", ["customModes: null\n", "customModes:\n", "other: 1\n", "{}", "", "# nothing\n"])
def test_no_modes_is_no_mistake(text: str) -> None:
    """A file without modes is none of the client's mistakes."""
    result = roo.read(SourceText(".roomodes", text.encode()))

    assert (result.set.agents, result.diagnostics) == ((), ())


def test_names_of_built_in_modes_are_avoided() -> None:
    """A conversion never replaces one of the client's own modes; a file of its own may."""
    agent = Agent(name="code", description="Writes code.", prompt=Prompt("You write code."))
    done = convert_agent(agent, "roo")
    assert done.file

    assert "slug: code-agent" in done.file.data.decode()
    assert State.LOADS is mode(slug="code")[1]


@pytest.mark.parametrize(
    "text", ["a\n---\nb", "  indented\nfirst", "ends with blanks  \n  \nx", "one\n\n\ntwo\n\n", "tab\tin\n\ttab", "#\n# a", "x" * 300]
)
def test_prompts_are_exact(text: str) -> None:
    """Prompts of several lines are literal blocks where that is exact, else quoted; the client reads the same text."""
    done = convert_agent(Agent(name="a", description="d", prompt=Prompt(text)), "roo")
    assert done.file

    assert text == fields.get(read(done.file.data.decode())[0], "prompt.text")


def test_broken_file_that_is_not_utf_8() -> None:
    """What is recovered from a file that is not YAML holds no half characters."""
    broken = b"customModes:\n  - slug: a\n    name: caf\xe9\n    roleDefinition: You.\n    groups: [read]\n Modes: n\n"
    found = roo.read(SourceText(".roomodes", broken)).set.agents

    assert [agent.display_name for agent in found] == ["caf\ufffd"]
