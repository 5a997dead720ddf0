"""Models as one word, as most clients write them: `inherit`, an alias of the client's, or an id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import known_models
from agentconv.core.ir import Model

if TYPE_CHECKING:
    from agentconv.core.ir import Json


def read(format_id: str, word: str) -> Model:
    """Return what a client makes of a word."""
    kind = known_models.model_kind(format_id, word)
    return Model("inherit") if kind == "inherit" else Model("alias" if kind == "alias" else "id", word)


def write(model: Model) -> Json:
    """Write a model."""
    return "inherit" if model.kind == "inherit" else model.value
