"""What both formats of `.agents/agents` write: what all clients that read the folder take alike."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.losses import listed
from agentconv.families import name_lists
from agentconv.families.javascript import SPACE
from agentconv.projecting import mcp, models, permissions, texts, tool_lists
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once

if TYPE_CHECKING:
    from agentconv.core.format import Projection
    from agentconv.families.markdown import Dialect


def project(dialect: Dialect, hint: str, projection: Projection) -> None:
    """Turn an agent into what all clients of the folder take alike; `hint` says where a server is defined."""
    if not projection.at_home:
        texts.trim(projection, "description", SPACE)
    if not projection.at_home or "description" in dialect.required:
        texts.require(projection, "description")
    texts.require(projection, "name", "prompt.text", blanks=SPACE)
    texts.body(projection)
    texts.prompt(projection, "replace")
    once(projection, _project_shape, hint)
    finish(projection, dialect)


def _project_shape(projection: Projection, hint: str) -> None:
    """Project all but the texts; an agent that is limited in any way is one that not all clients of the folder would hold to it."""
    if projection.at_home:
        tool_lists.tool_list(projection, name_lists.spell_server, partial(name_lists.reads_back, projection.target.id))
    else:
        _drop_lists(projection)
    permissions.mode(projection)
    permissions.rules(projection)
    permissions.unasked(projection)
    models.model(projection)
    mcp.drop(projection, hint)


def _drop_lists(projection: Projection) -> None:
    """Leave lists of tools out."""
    if projection.get("tools.mode") != "inherit" or projection.get("tools.deny"):
        named = [grant.native for path in ("tools.allow", "tools.deny") for grant in projection.get(path)]
        values = {"tools.mode": "inherit", "tools.allow": (), "tools.deny": ()}
        projection.change_together(values, "field-dropped", listed(named, nothing="none"))
    elif projection.get("tools.allow"):
        projection.change("tools.allow", (), "looks-dropped", "tools that count for nothing without a list")
