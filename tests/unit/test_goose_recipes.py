"""goose recipes: templates over the whole text, one agent a file, and extensions as tools and servers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agentconv.core.format import State
from agentconv.core.ir import Agent, AgentSet, Prompt
from agentconv.core.source import SourceText
from agentconv.families import minijinja
from agentconv.formats.goose import recipes
from agentconv.sources import sniffing
from agentconv.testing.files import convert_file

HEAD = "title: Reviewer  # of changes\ndescription: Reviews\n"


def read(text, path="a.yaml"):
    return recipes.read(SourceText(path, text.encode()))


def rewritten(text, change, path="a.yaml"):
    """Return a file in which the one agent is changed."""
    source = SourceText(path, text.encode())
    (agent,) = recipes.read(source).set.agents
    return recipes.write(AgentSet((change(agent),)), source).data.decode()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{{ a }} and {{- b -}}", ["a", "b"]),
        ("{{ a | indent(2) }} {{ 'x' ~ b }} {{ [c, 1] }}", ["a", "b", "c"]),
        ("{% for one in several if one %}{{ loop.index }}{{ one.name }}{% endfor %}", ["several"]),
        ("{% set a = b %}{{ a }}{% with c = 1 %}{{ c }}{% endwith %}", ["b"]),
        ("{% if a and b.c %}x{% elif d is defined %}y{% else %}z{% endif %}", ["a", "b.c", "d"]),
        ("{# {{ a }} #}{% raw %}{{ b }}{% endraw %}", []),
        ("{{ what stands here }} {{#if a}} {{> part}} ${{ a $ }} {{ }}", []),
        ('{{ "a" "b" }}', []),
    ],
)
def test_names_are_those_that_the_client_asks_for(text, names):
    """A name is asked for wherever it is used and not defined; what is no expression is text."""
    found = minijinja.read(text)

    assert (None, names) == (found.problem, list(found.names))


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a }}",
        "{% if a %}",
        "{% endif %}",
        "{% nonsense %}",
        "{# a",
        "{{ a\nb }}",
        "{{ a.b }}",
        "{{ a + 1 }}",
        "{{ f() }}",
        "{{ a|nosuch }}",
        "{{ a is nosuch }}",
        "{% elif a %}",
    ],
)
def test_what_the_client_stumbles_over_is_wrong(text):
    """What is never closed, is no statement, or wants more of a name than its text costs the file."""
    assert minijinja.read(text).problem


def test_a_deep_template_is_wrong_and_not_the_end():
    """Brackets in brackets are looked into so far, and no further."""
    assert minijinja.read("{% if " + "(" * 5000 + "%}").problem


@pytest.mark.parametrize(("end", "kept"), [("", ""), ("\n", ""), ("\n\n", "\n")])
def test_the_last_line_end_goes(end, kept):
    """The template takes the last line end of the file, before YAML is read."""
    (agent,) = read(f"{HEAD}instructions: |\n  You review.{end}").set.agents

    assert f"You review.{kept}" == agent.prompt.text


@pytest.mark.parametrize("text", ["One.", "One.\n", "One.\n\nTwo.\n", "Write {{ x }} and {% y %}.\n", " Begins with a blank"])
def test_a_prompt_comes_back_exactly(text):
    """A prompt is read as it was written, from a new file and from one in which it replaces another."""
    agent = Agent("a", "a", description="d", prompt=Prompt(text, mode="append"))
    new = recipes.write(AgentSet((agent,)), SourceText("a.yaml", b"")).data.decode()
    patched = rewritten(f"{HEAD}instructions: You review.\n", lambda one: replace(one, prompt=agent.prompt))

    assert [agent.prompt] * 2 == [read(file).set.agents[0].prompt for file in (new, patched)]
    assert patched.startswith(HEAD)


def test_what_others_wrote_opens_nothing():
    """In a text from elsewhere, braces are escaped; in the recipe's own they open what they opened before."""
    parameter = "parameters: [{key: module, input_type: string, requirement: required, description: m}]\n"
    text = f"{HEAD}instructions: You port {{{{ module }}}}.\n{parameter}"
    live = rewritten(text, lambda one: replace(one, prompt=replace(one.prompt, text="Port {{ module }} now.")))
    literal = rewritten(f"{HEAD}instructions: You port.\n", lambda one: replace(one, prompt=Prompt("Port {{ module }}.", mode="append")))

    assert 'instructions: "Port {{ module }} now."\n' in live
    assert f'{HEAD}instructions: "Port \\u007b{{ module }}}}."\n' == literal


def test_a_task_alone_is_the_prompt():
    """Without instructions, what the person says first is all that the agent is told, and it stays where it is."""
    text = f"{HEAD}prompt: Review the last commit\n"

    assert text.replace("last", "first") == rewritten(
        text, lambda one: replace(one, prompt=replace(one.prompt, text="Review the first commit"))
    )


def test_json_stays_json():
    """A recipe in JSON is patched as such."""
    text = '{"title": "A", "description": "d", "instructions": "x"}\n'

    assert text.replace('"x"', '"\\u007b{ y }}"') == rewritten(
        text, lambda one: replace(one, prompt=Prompt("{{ y }}", mode="append")), "a.json"
    )


def test_what_is_below_the_key_recipe_is_the_recipe():
    """Desktop writes a recipe below a key; it is changed there, and what stands beside it stays."""
    text = "id: a\nrecipe:\n  title: A\n  description: d\n  instructions: x\n"

    assert text.replace(": x", ": z") == rewritten(text, lambda one: replace(one, prompt=replace(one.prompt, text="z")))


def test_a_builtin_developer_brings_analyze():
    """The tools that an extension brings along are there, and nothing is written for them."""
    text = f"{HEAD}instructions: x\nextensions:\n- type: builtin\n  name: developer\n  available_tools: [shell, tree]\n"
    (agent,) = read(text).set.agents
    fewer = replace(agent, tools=replace(agent.tools, allow=tuple(one for one in agent.tools.allow if one.native != "developer/tree")))

    assert [one.native for one in agent.tools.allow] == ["developer/shell", "developer/tree", "analyze"]
    assert "analyze" not in rewritten(text, lambda _: fewer)


def test_no_extension_is_no_tool_and_no_key_is_the_users():
    """An empty list of extensions is no tool; without the key there are those that the user has."""
    modes = [read(f"{HEAD}instructions: x\n{more}").set.agents[0].tools.mode for more in ("extensions: []\n", "", "extensions:\n")]

    assert modes == ["none", "inherit", "inherit"]


def test_a_value_of_one_word_is_text():
    """A title that YAML takes for a number or for nothing is its spelling; below the key `recipe`, the client is strict."""
    assert [read(f"title: {word}\ndescription: d\ninstructions: x\n").set.agents[0].name for word in ("0x10", "~", "1.50")] == [
        "0x10",
        "~",
        "1.50",
    ]
    assert read("recipe:\n  title: 1.50\n  description: d\n  instructions: x\n").states == (State.NOT_LOADED,)


def test_a_recipe_is_known_by_its_keys(tmp_path):
    """A file that lies elsewhere is taken for a recipe by its title, its description and what it tells."""
    path = tmp_path / "some.yaml"
    path.write_text(f"version: 1.0.0\n{HEAD}prompt: Review\n")

    assert sniffing.of_file(path) == "goose-recipe"


@pytest.mark.parametrize(
    "more",
    [
        "parameters: [{key: a, input_type: string, requirement: optional, description: d}]",
        "parameters: [{key: a, input_type: file, requirement: optional, description: d, default: x}]",
        "parameters:\n" + "- {key: a, input_type: string, requirement: required, description: d}\n" * 2,
        "retry: {max_retries: 0, checks: []}",
        "retry: {max_retries: 1, checks: [{type: http, command: a}]}",
        "response: {json_schema: {type: 5}}",
        "author: {contact: [a]}",
    ],
)
def test_what_the_client_checks_costs_the_file(more):
    """A parameter without what its kind needs, or twice, and a value that the client checks, cost the recipe."""
    assert read(f"{HEAD}instructions: Do {{{{ a }}}}.\n{more}\n").states == (State.NOT_LOADED,)


def test_a_text_that_need_not_be_there_may_be_nothing():
    """Of instructions and a task, null is none; of a title it is text."""
    assert read(f"{HEAD}instructions: ~\nprompt: Review\n").set.agents[0].prompt.text == "Review"
    assert read(f"{HEAD}prompt: ~\n").states == (State.NOT_LOADED,)


def test_a_list_of_all_the_other_tools_says_that_it_closes_servers():
    """Extensions are listed as soon as one is denied, and no word of the list stands for the servers of the user."""
    source = SourceText("a.md", b"---\nname: a\ndescription: Bakes\ndisallowedTools: Bash\n---\nBake.\n")

    told = [loss.code for conversion in convert_file(source, "claude-code", "goose-recipe") for loss in conversion.losses]

    assert "tools-narrowed" in told
