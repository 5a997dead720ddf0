"""What becomes of the model that a skill or a command names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import known_models
from agentconv.core.losses import quoted

if TYPE_CHECKING:
    from collections.abc import Container

    from agentconv.core.part_format import PartProjection
    from agentconv.core.parts import Command, Skill


def project(projection: PartProjection[Skill] | PartProjection[Command], holds: Container[str], format_id: str, code: str) -> None:
    """Keep the model where the target has the key and serves it; `code` is the loss where it does not."""
    model = projection.part.model
    if model is None or projection.at_home:
        return
    if model.kind == "inherit":
        projection.change("model", None, "default-dropped", quoted("inherit"))
    elif "model" not in holds or not known_models.serves_model(format_id, model.kind, model.value or ""):
        projection.change("model", None, code, quoted(model.value))
