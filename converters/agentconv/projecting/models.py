"""Models and efforts: what the target serves, and what stands for the rest."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core import known_models
from agentconv.core.diagnostics import Detail
from agentconv.core.ir import Model
from agentconv.core.losses import becomes, listed, quoted
from agentconv.families import model_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from agentconv.core.format import Projection

_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max", "ultra")


def model(projection: Projection, read: Callable[[str], Model] | None = None, *, providers: bool = False) -> None:
    """Keep a model that the target serves; otherwise the one that the user, or its tier, puts in its place, or else the agent inherits.

    Args:
        projection: The agent on its way.
        read: What the target makes of a model's word; by default it is an alias of the target, or an id.
        providers: Whether the target names a model with its provider.
    """
    value: Model | None = projection.get("model")
    if value is None or (projection.at_home and value.kind != "tier"):
        return
    if value.kind == "inherit":
        if known_models.model_kind(projection.target.id, "inherit") != "inherit":
            projection.change("model", None, "default-dropped", "`inherit`")
        return
    word = _instead(projection, value)
    mapped = (read or partial(model_words.read, projection.target.id))(word) if word else value
    served = value.kind != "tier" and value.value is not None and known_models.serves_model(projection.target.id, value.kind, value.value)
    if mapped != value:
        projection.change("model", mapped, "model-mapped", becomes(value.value, word))
    elif not (served or word) and _rename(projection, value, providers=providers):
        return
    elif not (served or word):
        hint = "say its tier, or what to write for it, in [tool.agentconv.models]" if projection.models.by_tier else None
        projection.change("model", None, "model-dropped", quoted(value.value), hint=hint)
    elif value.fallbacks or (value.provider and not providers):
        bare = Model(value.kind, value.value, value.provider if providers else None)
        alone = not value.fallbacks and value.provider == known_models.model_provider(value.value or "")
        projection.change("model", bare, "default-dropped" if alone else "field-dropped", _beside(value))
    elif providers and not value.provider:
        maker = known_models.model_provider(value.value or "")
        projection.change("model", Model("id", value.value, maker), "model-provider", Detail("`{}/{}`", (maker, value.value)))


def _rename(projection: Projection, value: Model, *, providers: bool) -> bool:
    """Write the id of the very model that the source names in another way, where the target serves it."""
    origin = projection.source.origin
    own = value.value if value.kind == "alias" and known_models.lists_models(projection.target.id) else None
    listed_so = own is not None and known_models.serves_model(
        projection.target.id, "id", own
    )  # a list of words, rather than of whole names
    same = own if listed_so else known_models.named_model(origin.format if origin else None, value.value or "")
    if same is None or not known_models.serves_model(projection.target.id, "id", same):
        return False
    named = Model("id", same, known_models.model_provider(same) if providers else None)
    projection.change("model", named, "model-renamed", becomes(value.value, same))
    if value.fallbacks:
        projection.declare("field-dropped", "model", _beside(Model(value.kind, value.value, None, value.fallbacks)))
    return True


def _beside(value: Model) -> Detail:
    """Say what stands with a model's name: its provider, and the models that take its place."""
    provider = [f"the provider `{value.provider}`"] if value.provider else []
    return listed([*provider, *(f"`{word}` where it is not to be had" for word in value.fallbacks)])


def _instead(projection: Projection, value: Model) -> str | None:
    """Return the word to write instead of a model; None when there is none, or no need for one."""
    target, choices = projection.target.id, projection.models
    named = (value.value or "").casefold()
    words = choices.words.get(target, {})
    if named in words and value.kind != "tier":
        return words[named]
    if value.kind == "tier":
        tier: str | None = named
    elif choices.by_tier and not known_models.serves_model(target, value.kind, named):
        tier = choices.tiers.get(named) or known_models.tier_of(
            projection.source.origin.format if projection.source.origin else None, named
        )
    else:
        tier = None
    return words.get(tier or "") or known_models.tier_word(target, tier or "")


def effort(projection: Projection, allowed: Collection[str], *, numbers: bool = False, any_text: bool = False) -> None:
    """Keep an effort that the target knows, else take the nearest; a number has no equal.

    Args:
        projection: The agent on its way.
        allowed: The words that are written.
        numbers: The target takes numbers too.
        any_text: The target's own files may hold any other word.
    """
    value = projection.get("effort")
    if value is None or value in allowed or (numbers and isinstance(value, int)):
        return
    if any_text and projection.at_home and isinstance(value, str) and value:
        return
    if value not in _EFFORTS:
        projection.change("effort", None, "effort-dropped", quoted(value))
        return
    rank = _EFFORTS.index(value)
    nearest = min((word for word in _EFFORTS if word in allowed), key=lambda word: abs(_EFFORTS.index(word) - rank))
    projection.change("effort", nearest, "effort-approximated", becomes(value, nearest))
