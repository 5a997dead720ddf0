"""Who makes which model, by which names clients take it, and how much it can do."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any

from agentconv.core import vocabulary
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Mapping

_PARTS = expression(r"[^a-z]+")


@cache
def model_kind(format_id: str, word: str) -> str:
    """Tell whether a model word is `inherit`, one of the client's `alias`es, or an `id`."""
    models = vocabulary.tables(format_id).get("models", {})
    if word.casefold() in models.get("inherit", ()):
        return "inherit"
    return "alias" if word.casefold() in models.get("aliases", {}) else "id"


def makers() -> dict[str, str]:
    """Return who makes models, each with what the ids of its models begin with."""
    return {maker: str(row["prefixes"][0]) for maker, row in vocabulary.read(vocabulary.MAKERS)["providers"].items()}


@cache
def model_provider(value: str) -> str | None:
    """Return who makes a model, by its id; None when unknown."""
    for provider, row in vocabulary.read(vocabulary.MAKERS)["providers"].items():
        if value.casefold().startswith(tuple(row["prefixes"])):
            return str(provider)
    return None


@cache
def names_of_models(maker: str) -> tuple[str, ...]:
    """Return the words by which a maker tells its models apart: `opus`, `sonnet`."""
    return tuple(vocabulary.read(vocabulary.MAKERS)["providers"][maker].get("tiers", {}))


@cache
def starts_of_models() -> tuple[str, ...]:
    """Return the words with which the ids of models begin: `claude`, `gemini`."""
    return tuple(prefix.rstrip("-") for row in vocabulary.read(vocabulary.MAKERS)["providers"].values() for prefix in row["prefixes"])


@cache
def aliases(format_id: str) -> tuple[str, ...]:
    """Return the client's own short names of models."""
    return tuple(vocabulary.tables(format_id).get("models", {}).get("aliases", {}))


@cache
def serves_model(format_id: str, kind: str, value: str) -> bool:
    """Whether the client serves a model of this id or alias."""
    models = vocabulary.tables(format_id).get("models", {})
    return value.casefold() in models.get("aliases", {}) if kind == "alias" else serves_id(models, value)


def serves_id(models: Mapping[str, Any], value: str) -> bool:
    """Whether a client serves a model of this id, by its table of models."""
    return (
        any(fnmatchcase(value, known) for known in models["ids"]) if "ids" in models else model_provider(value) in models.get("serves", ())
    )


@cache
def makers_served(format_id: str) -> frozenset[str]:
    """Return whose models the client serves; none, where that is not known."""
    models = vocabulary.tables(format_id).get("models", {})
    return frozenset({*models.get("serves", ()), *filter(None, map(model_provider, models.get("ids", ())))})


@cache
def lists_models(format_id: str) -> bool:
    """Whether the client takes the models of a list of its own alone."""
    return "ids" in vocabulary.tables(format_id).get("models", {})


@cache
def efforts(format_id: str, model: str) -> tuple[str, ...]:
    """Return the efforts that the client has for a model beside those that it has for any."""
    table: dict[str, list[str]] = vocabulary.tables(format_id).get("models", {}).get("efforts", {})
    return tuple(word for word, starts in table.items() if model.startswith(tuple(starts)))


@cache
def named_model(format_id: str | None, word: str) -> str | None:
    """Return the id of the one model that a word names in a client: by the name that is shown to people, or in the client's own spelling.

    An alias for whichever model is the newest names none.
    """
    bare = " ".join(_VENDOR.sub("", word).casefold().split())
    shown: dict[str, str] = vocabulary.read(vocabulary.MAKERS)["names"]
    if bare in shown:
        return shown[bare]
    meant = str(vocabulary.tables(format_id or "").get("models", {}).get("aliases", {}).get(bare, ""))
    if meant and _PARTS.split(meant) == _PARTS.split(bare):
        return meant
    return bare if bare != word and " " not in bare and model_provider(bare) else None


_VENDOR = expression(r"\s*\([a-z][a-z0-9 _-]*\)\s*\Z")


_DATED = expression(r"-(?:[0-9]{8}|latest|0)|@[0-9]{8}|")


@cache
def retired_model(value: str) -> str | None:
    """Return the day since which a model's maker no longer runs it, by its id with or without a date; None where that is not known."""
    word = value.casefold().rpartition("/")[2]
    days = vocabulary.read(vocabulary.MAKERS)["retired"]
    return next((str(day) for model, day in days.items() if word.startswith(model) and _DATED.fullmatch(word, len(model))), None)


TIERS = ("frontier", "large", "medium", "small")


@cache
def tier_of(format_id: str | None, word: str) -> str | None:
    """Return the tier of a model, by its id or a client's alias for it (that client's own meaning first); None when unknown.

    A model that has no row of its own has the tier of the last word of its id that its maker uses for one.
    """
    own = {written.casefold(): tier for tier, written in reversed(vocabulary.tables(format_id or "").get("tiers", {}).items())}
    if word.casefold() in own:
        return str(own[word.casefold()])
    for client in (format_id, *vocabulary.known_elsewhere()):
        aliases = vocabulary.tables(client).get("models", {}).get("aliases", {}) if client else {}
        if aliases.get(word.casefold()):
            word = aliases[word.casefold()]
            break
    model = word.casefold().rpartition("/")[2]
    rows = {row["id"]: str(row["tier"]) for row in vocabulary.read(vocabulary.MAKERS)["models"]}
    maker = vocabulary.read(vocabulary.MAKERS)["providers"].get(model_provider(model), {})
    words = [maker["tiers"][part] for part in _PARTS.split(model) if part in maker.get("tiers", {})]
    return rows.get(model) or (words[-1] if words else None)


def tier_word(format_id: str, tier: str) -> str | None:
    """Return the client's model for a tier; None when it has none."""
    tiers: dict[str, str] = vocabulary.tables(format_id).get("tiers", {})
    return tiers.get(tier)
