"""Models that a target does not serve: kept, mapped by tier or by the project's own table, or dropped, and always said."""

from __future__ import annotations

from typing import Any

import pytest

import agentconv
from agentconv.conversion.model_choices import ModelTableError, choose
from agentconv.core import known_models, vocabulary
from agentconv.core.diagnostics import InputError
from agentconv.core.format import Projection
from agentconv.core.ir import Agent, AgentSet, Model, Origin, Prompt
from agentconv.formats import registry
from agentconv.projecting import models


def projected(
    model: Model, target: str = "codex", how: str = "off", table: Any = None, source: str = "claude-code"
) -> tuple[Any, list[str]]:
    """Return what becomes of a model, and the losses."""
    agent = Agent(id="a", model=model, origin=Origin(source, "a.md"))
    projection = Projection(agent, registry.load(target).SPEC, choose(how, table))
    models.model(projection)
    return projection.result().model, [f"{loss.code}: {loss.detail}" for loss in projection.losses]


@pytest.mark.parametrize(
    ("format_id", "word", "tier"),
    [
        ("claude-code", "opus", "large"),
        (None, "HAIKU", "small"),
        ("codex", "gpt-6-astra", "frontier"),
        ("claude-code", "claude-sonnet-4-20250514", "medium"),
        ("opencode", "anthropic/claude-3-5-haiku", "small"),
        ("codex", "gpt-5-mini", "small"),
        ("gemini-cli", "gemini-2.5-flash-lite", "small"),
        ("cursor", "fast", "small"),
        ("codex", "gpt-5", None),
        ("claude-code", "our-model", None),
        (None, "", None),
    ],
)
def test_tier(format_id: str | None, word: str, tier: str | None) -> None:
    """A model's tier is its row's, its client's alias's, or that of a word of its id."""
    assert tier == known_models.tier_of(format_id, word)


@pytest.mark.parametrize("target", registry.CLIENTS)
def test_tiers_of_a_client(target: str) -> None:
    """What a client writes for a tier is of that tier, or of another one for which it has no other model."""
    tiers = vocabulary.tables(target).get("tiers", {})
    for word in tiers.values():
        assert known_models.tier_of(None, word) in (None, *(tier for tier, other in tiers.items() if other == word))


def test_by_default_the_agent_inherits() -> None:
    """Nothing is mapped that nobody asked for."""
    assert projected(Model("alias", "opus")) == (None, ["model-dropped: `opus`"])


def test_by_tier() -> None:
    """A model that is not served becomes the target's own of the same tier; one that is served stays."""
    assert (Model("id", "gpt-6.1-sol"), ["model-mapped: `opus` becomes `gpt-6.1-sol`"]) == projected(Model("alias", "opus"), how="tier")
    assert (Model("id", "gpt-5"), []) == projected(Model("id", "gpt-5"), how="tier")
    assert projected(Model("id", "our-model"), how="tier") == (None, ["model-dropped: `our-model`"])


def test_a_tier_is_always_mapped() -> None:
    """A model that is a tier becomes the target's own, at home as well; a tier that nobody knows is dropped."""
    large = Model("tier", "Large")

    assert Model("alias", "opus") == projected(large, "claude-code")[0]
    assert Model("id", "gpt-6.1-sol") == projected(large, "codex", source="codex")[0]
    assert projected(Model("tier", "huge")) == (None, ["model-dropped: `huge`"])


def test_what_is_named_wins() -> None:
    """A model that the project names for a target is always written, before tiers and for models that are served."""
    table = {"codex": {"Opus": "gpt-6-astra", "gpt-5": "gpt-6-luna"}}

    assert Model("id", "gpt-6-astra") == projected(Model("alias", "opus"), how="tier", table=table)[0]
    assert Model("id", "gpt-6-luna") == projected(Model("id", "gpt-5"), table=table)[0]
    assert (Model("id", "gpt-6-luna"), []) == projected(Model("id", "gpt-6-luna"), table=table)


def test_a_project_knows_its_models_and_its_tiers() -> None:
    """The table gives tiers to models that the vocabulary does not know, and a target another model for a tier."""
    table = {"Our-Model": "small", "codex": {"small": "gpt-6.1-terra"}}

    assert Model("id", "gpt-6.1-terra") == projected(Model("id", "our-model"), how="tier", table=table)[0]
    assert Model("id", "gpt-6.1-terra") == projected(Model("tier", "small"), table=table)[0]


def test_library() -> None:
    """The library takes the same choices."""
    agents = AgentSet((Agent(id="a", name="a", description="d", prompt=Prompt("p"), model=Model("alias", "haiku")),))
    (file,) = agentconv.write(agents, "codex", map_models="tier").files
    (named,) = agentconv.write(agents, "codex", models={"codex": {"haiku": "gpt-6.1-sol"}}).files

    assert b'model = "gpt-6-luna"' in file.data
    assert b'model = "gpt-6.1-sol"' in named.data


@pytest.mark.parametrize(
    ("table", "names", "words"),
    [
        ({"a": "big"}, ("a",), "the tier of `a`"),
        ({"codexx": {"a": "b"}}, ("codexx",), "there is no format"),
        ({"json": {"a": "b"}}, ("json",), "as it is"),
        ({"codex": {"a": 1}}, ("codex", "a"), "is the name of a model"),
        ({"codex": {"a": " "}}, ("codex", "a"), "is the name of a model"),
        ({"a": 1}, ("a",), "a table of models"),
        ([], (), "models are a table"),
    ],
)
def test_wrong_tables(table: Any, names: tuple[str, ...], words: str) -> None:
    """A table that cannot be meant is an error that says where."""
    with pytest.raises(ModelTableError, match=words) as error:
        choose("off", table)

    assert names == error.value.names


def test_wrong_choice() -> None:
    """Only the choices that there are can be chosen."""
    with pytest.raises(InputError, match="off, tier"):
        choose("tiers")
