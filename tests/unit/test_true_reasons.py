"""The reason of each loss is true: it is held against the vocabularies and schemas, for every format, field and pair."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from agent_files import convert_agent, convert_file, dealt, holds, make, minimal, output
from agentconv.core import access, effects, fields, known_models, losses, schema_files, vocabulary
from agentconv.core.diagnostics import LossSeverity
from agentconv.core.ir import Agent, Origin, Prompt, ToolGrant, Tools
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentconv.conversion.converted import Converted
    from agentconv.core.diagnostics import Loss

LOOKS = frozenset({"color", "display_name"})
"""Fields that only change how an agent is shown."""
PAIRS = [(source, target) for source, target in product(registry.CLIENTS, repeat=2) if source != target]


def words_of(loss: Loss) -> tuple[str, ...]:
    """Return the words that a loss lists."""
    (found,) = loss.data.values if loss.data and len(loss.data.values) == 1 else ((),)
    return found if isinstance(found, tuple) else (str(found),)


def knows(target: str, source: str, word: str) -> bool:
    """Whether a target has a word for something that a word of the source stands for."""
    found = vocabulary.tool_word(source, word)
    return bool(found) and any(vocabulary.tools_for(target, capability) for capability in found.capabilities if capability)


def shows_only(loss: Loss, source: str, agent: Agent) -> bool:
    """What is said to change the looks is a field of looks, or one that says nothing where there is no list."""
    return loss.field in LOOKS or (loss.field == "tools.allow" and agent.tools.mode == "inherit")


def has_no_tool(loss: Loss, source: str, agent: Agent) -> bool:
    """A tool that is said to be unknown is none of the target's, by any word."""
    return loss.field == "tools.mode" or not any(knows(loss.target, source, word) for word in words_of(loss) if not word.startswith("mcp"))


def gives_nothing(loss: Loss, source: str, agent: Agent) -> bool:
    """A word that is said to give nothing in its own client does not."""
    return all(vocabulary.is_idle(source, word) for word in words_of(loss))


def does_more(loss: Loss, source: str, agent: Agent) -> bool:
    """A tool that is said to be one for several is the target's, and stands for more than one thing, or for several of the source's."""
    several = len(agent.tools.allow) + len(agent.tools.deny) > 1
    return all(several or len(vocabulary.grants(loss.target, word)) > 1 for word in words_of(loss))


def serves_none(loss: Loss, source: str, agent: Agent) -> bool:
    """A model that is said not to be served is not."""
    model = agent.model
    same = known_models.named_model(source, model.value or "") if model else None
    return bool(model) and not any(known_models.serves_model(loss.target, "id", one) for one in (model.value or "", same or "") if one)


def is_passed_on(loss: Loss, source: str, agent: Agent) -> bool:
    """A key that is said to go to the provider is unknown to a client that hands such keys on."""
    return schema_files.load(source)["x-unknown"] == "passed on"


REASONS: dict[str, Callable[[Loss, str, Agent], bool]] = {
    "looks-dropped": shows_only,
    "looks-approximated": shows_only,
    "tool-unknown": has_no_tool,
    "tool-idle": gives_nothing,
    "tools-joined": does_more,
    "model-dropped": serves_none,
    "key-passed-on": is_passed_on,
}


@cache
def examples() -> list[tuple[str, str, Any]]:
    """Return each value that a client's schema has for a key that becomes a field."""
    found = []
    for client in registry.CLIENTS:
        for key, row in schema_files.load(client)["properties"].items():
            values = [value for value in row["examples"] if holds(client, value)]
            found += [(client, key, value) for value in values if row["x-field"] != "extras"]
    return found


def conversions() -> Iterator[tuple[str, str, Agent, Converted]]:
    """Yield each example converted to other clients, with the key and the agent that was read."""
    for number, (client, key, value) in enumerate(examples()):
        source = make(client, {**minimal(client, key), key: value})
        agents = registry.load(client).read(source).set.agents
        for target in dealt(number) if len(agents) == 1 else ():
            if target != client:
                yield from ((client, key, agents[0], done) for done in convert_file(source, client, target))


def test_each_reason_is_true() -> None:
    """For each example of each key of every format, on the way to others, what is said of a loss is so."""
    held: set[str] = set()
    false = []
    for client, key, agent, done in conversions():
        for loss in done.losses:
            if loss.code in REASONS:
                held.add(loss.code)
                if not REASONS[loss.code](loss, client, agent):
                    false.append((client, key, loss.target, loss.code, loss.field, loss.detail))

    assert false == []
    assert held == REASONS.keys() - {"key-passed-on"}


def grant(client: str, word: str) -> ToolGrant:
    """Return a tool as its client's own list grants it."""
    return ToolGrant(word, client, next(iter(vocabulary.grants(client, word)), None))


def lists(client: str) -> Iterator[Tools]:
    """Yield lists of a client's main tools, alone and with one of them denied."""
    main = ("fs.read", "fs.search", "fs.edit", "fs.write", "shell", "web.fetch")
    words = list(dict.fromkeys(word for one in main if (word := vocabulary.tool_for(client, one))))
    for left_out in ("", *words):
        allow = tuple(grant(client, word) for word in words if word != left_out)
        yield Tools("list", allow)
        yield from (Tools("list", allow, (one,)) for one in allow)


def open_in(agent: Agent, client: str) -> set[str]:
    """Return what an agent may do with a client's tools."""
    return {one for one, level in effects.usable(agent, client).items() if level}


@pytest.mark.parametrize("client", [one for one in registry.CLIENTS if vocabulary.tool_words(one) and vocabulary.words_of(one) == one])
def test_a_tool_that_goes_is_a_warning(client: str) -> None:
    """An agent that can do less than before, with tools that the target has, is told so with a warning, and with no other reason."""
    pairs = ((tools, target) for number, tools in enumerate(lists(client)) for target in dealt(number))
    for tools, target in pairs:
        agent = Agent(
            name="rev", id="rev", description="Reviews.", prompt=Prompt("You review it."), tools=tools, origin=Origin(client, "a")
        )
        done = convert_agent(agent, target)
        if target == client or done.file is None:
            continue
        (after,) = registry.load(target).read(output(done)).set.agents
        denied = {one for grant in tools.deny for one in access.granted(grant)}  # which their author did not want
        gone = (open_in(agent, client) & vocabulary.capabilities(target)) - open_in(after, target) - denied
        told = [loss for loss in done.losses if fields.head_of(loss.field) in ("tools", "permissions")]

        assert not gone or any(loss.severity is LossSeverity.WARNING for loss in told), (tools, target, gone, told)
        assert all(loss.code != "looks-dropped" for loss in told)


def test_each_code_is_said_in_words() -> None:
    """Each code of a loss whose reason is held here is one of the catalogue."""
    assert set(losses.codes()) >= REASONS.keys()


@pytest.mark.parametrize("client", [one for one in registry.CLIENTS if schema_files.load(one)["x-unknown"] == "passed on"])
def test_a_key_for_the_provider_is_told_as_one(client: str) -> None:
    """A key that nobody knows, and that the client hands to the model's provider, is not said to be ignored."""
    source = make(client, {**minimal(client), "description": "Reviews.", "reviewers": ["a"]})
    found = [loss.code for done in convert_file(source, client, "claude-code") for loss in done.losses if loss.field.endswith("reviewers")]

    assert found == ["key-passed-on"]
