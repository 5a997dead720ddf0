"""What lint says of a conversion is what the conversion does, though it is asked but once about agents that differ in plain texts."""

import pytest
from test_rules import subject

import agentconv
from agentconv.formats import registry
from agentconv.lint import convertible

PROMPT = "You review one change at a time, and say what matters most.\n"
TEXTS = {
    "plain": ("reviewer", "Reviews changes", PROMPT),
    "other plain ones": ("a-2", "Reviews: what others `wrote`, { said } @ noon, 漢字", f"# Review\n\n\t{PROMPT * 30}"),
    "short": ("reviewer", "Reviews changes", "Review.\n"),
    "variable": ("reviewer", "Reviews changes", f"{PROMPT}Begin in {{env:HOME}}.\n"),
    "dashes": ("reviewer", "Reviews changes --- all of them", PROMPT),
    "escape": ("reviewer", "Reviews changes", f"{PROMPT}The colour é is \x1b[1m.\n"),
}
"""A name, a description and a prompt: those that all clients take for text come first, and so are what is remembered."""
LARGE = {"large": ("reviewer", "Reviews changes", PROMPT * 18_000)}


def agent(name, description, prompt, tools=""):
    """Return a file of an agent with these texts."""
    return f'---\nname: {name}\ndescription: "{description}"\n{tools}---\n\n{prompt}'


def refused(text, client):
    """Return whether a conversion refuses an agent, and whether lint says so."""
    return bool(agentconv.convert(text, "claude-code", client).refused), bool(convertible.refusal(subject(text), client, 0))


CLIENTS = [client for client in registry.CLIENTS if registry.FORMATS[client].has_agents and client != "claude-code"]


@pytest.mark.parametrize("client", CLIENTS)
def test_no_text_hides_behind_another(client):
    """Whatever was remembered of other agents of the shape, an agent is said to be refused where `convert` refuses it, and only there."""
    large = registry.load(client).SPEC.max_bytes is not None
    found = {what: refused(agent(*texts), client) for what, texts in (TEXTS | (LARGE if large else {})).items()}

    assert {what: said for what, (_, said) in found.items()} == {what: done for what, (done, _) in found.items()}


def test_what_is_remembered_is_of_one_shape():
    """Cursor has no agent with such tools, and has one without, whichever was asked about first."""
    texts, tools = TEXTS["plain"], "tools: Read, Grep\n"

    assert [refused(agent(*texts, one), "cursor") for one in (tools, "", tools, "")] == [(True, True), (False, False)] * 2


def test_agents_with_plain_texts_are_of_one_shape():
    """Texts that are nothing but text tell no agent from another; all others are asked about one by one."""
    shapes = {what: subject(agent(*texts)).shape for what, texts in (TEXTS | LARGE).items()}

    assert shapes["plain"] == shapes["other plain ones"] is not None
    assert [what for what, shape in shapes.items() if shape is not None] == ["plain", "other plain ones"]
