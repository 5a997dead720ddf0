"""The keys of OpenCode and its relatives, in headers and in the JSON configuration, and what they can hold of an agent."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from agentconv.core import fields
from agentconv.core.expressions import expression
from agentconv.core.ir import Model
from agentconv.core.losses import becomes, quoted
from agentconv.families import keys
from agentconv.families.keys import ABSENT, Ignored, Key, Refused
from agentconv.families.value_checks import is_bool, is_count, is_text
from agentconv.formats.opencode import rule_maps
from agentconv.formats.opencode.permission_maps import spell_server
from agentconv.projecting import mcp, models, texts
from agentconv.projecting.finish import finish
from agentconv.projecting.once import once
from agentconv.projecting.permissions import callers
from agentconv.yaml.scalars import js_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, Json
    from agentconv.families.keys import Absent, Dialect
    from agentconv.formats.opencode.permission_maps import Permissions

WHOLE = frozenset({"todowrite", "question", "webfetch", "websearch", "doom_loop"})
"""Permissions that take an action, and no patterns."""
WITH_PATTERNS = frozenset({"read", "edit", "glob", "grep", "list", "bash", "task", "external_directory", "lsp", "skill"})
THEME = ("primary", "secondary", "accent", "success", "warning", "error", "info")
_HEX = expression(r"#[0-9a-fA-F]{6}")
COLORS = {
    "red": "#ef4444",
    "blue": "#3b82f6",
    "green": "#22c55e",
    "yellow": "#eab308",
    "purple": "#a855f7",
    "orange": "#f97316",
    "pink": "#ec4899",
    "cyan": "#06b6d4",
}
"""What other clients' words for colours look like; these clients take numbers, and the words of their themes."""
CALLERS = {"subagent": "agents", "primary": "user", "all": "both"}
SWITCHES = {"tools": "permissions.rules", "maxSteps": "limits.max_turns"}
"""Deprecated keys, which count together with those that took their place."""


def table(permissions: Permissions) -> dict[str, Key]:
    """Make the keys of a markdown header, in the order in which they are written."""

    def checked(name: str, path: str, takes: Callable[[Json], bool], what: str, read: Callable[[Any], object] = lambda value: value) -> Key:
        def to_fields(value: Json) -> Mapping[str, object]:
            if value is None and permissions.nullable and name in NULLABLE:
                return {}
            if not takes(value):
                raise Refused(f"`{name}` must be {what}")
            return {path: read(value)}

        return Key((path,), to_fields, keys.simple(path, read).write)

    return {
        "name": Key(("name",), _name, lambda agent: ABSENT if agent.name is None else agent.name),
        "description": checked("description", "description", is_text, "text"),
        "mode": Key(("invocation.by",), _mode, _write_mode),
        "model": Key(("model",), lambda value: _model(value, nullable=permissions.nullable), _write_model),
        "temperature": checked("temperature", "temperature", _is_finite, "a number"),
        "top_p": checked("top_p", "top_p", _is_finite, "a number"),
        "steps": checked("steps", "limits.max_turns", is_count, "a positive whole number", int),
        "color": checked("color", "color", is_color, "#RRGGBB or a word of the theme: " + ", ".join(THEME)),
        "hidden": checked("hidden", "invocation.hidden", is_bool, "true or false"),
        "disable": checked("disable", "invocation.disabled", is_bool, "true or false"),
        "permission": permissions.key(),
    }


NULLABLE = frozenset({"description", "temperature", "top_p", "steps"})
"""Keys, besides the model and permissions, that may be null where the client takes null for nothing."""


def _name(value: Json) -> Mapping[str, object]:
    """Read a name: the client uses whatever stands there as the key of a map."""
    name = js_text(value)
    if name == "__proto__":
        raise Refused("`name` must not be a word that JavaScript needs itself")
    return {"name": name}


def _mode(value: Json) -> Mapping[str, object]:
    if not isinstance(value, str) or value not in CALLERS:
        raise Refused("`mode` must be subagent, primary or all")
    return {"invocation.by": CALLERS[value]}


def _write_mode(agent: Agent) -> Json | Absent:
    by = fields.get(agent, "invocation.by") or "agents"
    return next(word for word, callers in CALLERS.items() if callers == by)


def _model(value: Json, *, nullable: bool) -> Mapping[str, object]:
    if value is None and nullable:
        return {}
    if not isinstance(value, str):
        raise Refused("`model` must be text")
    model = _model_of(value)
    if model.provider:
        return {"model": model}
    if not value:
        return {}
    raise Ignored("a model is `provider/model`; with nothing before or behind a slash there is no such model", {"model": model})


def _model_of(word: str) -> Model:
    provider, _, model = word.partition("/")
    return Model("id", model, provider) if provider and model else Model("id", word)


def _write_model(agent: Agent) -> Json | Absent:
    model = agent.model
    if model is None:
        return ABSENT
    return f"{model.provider}/{model.value}" if model.provider else model.value


def _is_finite(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def is_color(value: Json) -> bool:
    """Whether the clients take a colour."""
    return isinstance(value, str) and (value in THEME or _HEX.fullmatch(value) is not None)


def legal_name(name: str) -> str:
    """Return the nearest name that can be the key of a JavaScript map."""
    return name if name != "__proto__" else "proto"


def project(projection: Projection, permissions: Permissions, dialect: Dialect) -> None:
    """Turn an agent into what these clients can hold.

    Args:
        projection: The agent on its way.
        permissions: How the client writes its permissions.
        dialect: Its files of the kind that the agent goes to.
    """
    texts.require(projection, "name")
    once(projection, _project_shape, permissions)
    finish(projection, dialect)


def _project_shape(projection: Projection, permissions: Permissions) -> None:
    """Project all but the texts."""
    callers(projection, CALLERS.values())
    rule_maps.rule_map(projection, spell_server, WITH_PATTERNS)
    permissions.order(projection)
    models.model(projection, _model_of, providers=True)
    _project_color(projection)
    mcp.drop(projection, "define it under `mcp` in the configuration")


def complete_body(values: dict[str, object]) -> None:
    """Say that an agent with an empty body has the client's own prompt (measured: it sends its default then)."""
    if values.get("prompt.text") == "":
        values["prompt.mode"] = "append"


def project_body(projection: Projection, syntax: str = "literal") -> None:
    """Make a prompt the body of a markdown file; without one, the client takes its own."""
    texts.body(projection)
    texts.prompt(projection, "replace" if projection.get("prompt.text") else "append", syntax)


def _project_color(projection: Projection) -> None:
    color = projection.get("color")
    if color is None or is_color(color):
        return
    if color in COLORS:
        projection.change("color", COLORS[color], "looks-approximated", becomes(color, COLORS[color]))
    else:
        projection.change("color", None, "looks-dropped", quoted(color))
