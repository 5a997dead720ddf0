"""What a user says about models: `--map-models`, and the table `[tool.agentconv.models]` of a project.

The table holds a tier by model (`"our-model-7" = "large"`) and, by target, the model to write for another one or for a
whole tier (`codex = {opus = "gpt-6.1-sol"}`).
"""

from __future__ import annotations

from collections.abc import Mapping

from agentconv.conversion.choices import MAP_MODELS
from agentconv.core import known_models
from agentconv.core.diagnostics import InputError
from agentconv.core.model_choices import ModelChoices
from agentconv.formats import registry


class ModelTableError(InputError):
    """A table of models that cannot be meant."""

    def __init__(self, error: InputError, *names: str) -> None:
        super().__init__(error.diagnostic)
        self.names = names
        """The keys that lead to what is wrong."""


def choose(how: str, table: object = None) -> ModelChoices:
    """Read what a user chose about models.

    Args:
        how: One of `MAP_MODELS`: whether a model that the target does not serve becomes the target's own of the same tier.
        table: Tiers by model, and by target a table of what to write.

    Raises:
        InputError: It cannot be meant.
    """
    if how not in MAP_MODELS:
        raise registry.usage(f"map_models is one of {', '.join(MAP_MODELS)}, not `{how}`")
    words: dict[str, Mapping[str, str]] = {}
    tiers: dict[str, str] = {}
    if not (table is None or (isinstance(table, Mapping) and all(isinstance(name, str) for name in table))):
        raise ModelTableError(registry.usage("models are a table", "of models with their tiers, and of targets with tables of models"))
    for name, value in (table or {}).items():
        if isinstance(value, str):
            tiers[name.casefold()] = _tier(name, value)
        elif isinstance(value, Mapping):
            words[_target(name)] = _words(name, value)
        else:
            raise ModelTableError(registry.usage(f"`{name}` is a tier, or for a target a table of models"), name)
    return ModelChoices(how == "tier", words, tiers)


def _tier(name: str, value: str) -> str:
    if value not in known_models.TIERS:
        known = f'tiers: {", ".join(known_models.TIERS)}; to write a model for it, name a target: `codex = {{{name} = "..."}}`'
        hint = registry.did_you_mean(value, known_models.TIERS, known)
        if value in MAP_MODELS:
            hint = f'`map-models = "{value}"`, beside the table of models, says that of all of them'
        raise ModelTableError(registry.usage(f"the tier of `{name}` cannot be `{value}`", hint), name)
    return value


def _target(name: str) -> str:
    try:
        target = registry.resolve(name)
    except InputError as error:
        if "did you mean" not in (error.diagnostic.hint or ""):
            error = registry.usage(error.diagnostic.message, "a model whose name holds a dot is written in quotes")
        raise ModelTableError(error, name) from None
    if target not in registry.CLIENTS:
        raise ModelTableError(registry.usage(f"`{target}` holds every model as it is"), name)
    return target


def _words(target: str, table: Mapping[str, object]) -> dict[str, str]:
    """Read what to write for models, for one target."""
    found = {}
    for name, word in table.items():
        if not isinstance(word, str) or not word.strip():
            error = registry.usage(f"what to write for `{name}` is the name of a model", "a name that holds a dot is written in quotes")
            raise ModelTableError(error, target, name)
        found[name.casefold()] = word.strip()
    return found
