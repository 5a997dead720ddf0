"""The fields of an agent by path, so that reading, projecting and comparing name the same things.

A path is a field of `Agent`, or `part.field` for its parts (`prompt.text`, `permissions.sandbox`), or
`extras.<format>.<key>`. Absent, empty and default mean the same here: `is_absent`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agentconv.ir import Agent, Hook, Invocation, Limits, Permissions, Prompt, ToolGrant, Tools

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.ir import Json

PARTS: dict[str, Any] = {
    "prompt": Prompt,
    "invocation": Invocation,
    "tools": Tools,
    "permissions": Permissions,
    "limits": Limits,
}
PATHS = (
    "name",
    "display_name",
    "description",
    "prompt.text",
    "prompt.syntax",
    "prompt.mode",
    "invocation.by",
    "invocation.hidden",
    "invocation.disabled",
    "tools.mode",
    "tools.allow",
    "tools.deny",
    "permissions.mode",
    "permissions.rules",
    "permissions.resolution",
    "permissions.sandbox",
    "model",
    "effort",
    "temperature",
    "top_p",
    "mcp_servers",
    "skills",
    "hooks",
    "delegates",
    "limits.max_turns",
    "limits.timeout_seconds",
    "background",
    "color",
)
DEFAULTS: dict[str, object] = {
    "prompt.text": "",
    "prompt.syntax": "literal",
    "prompt.mode": "replace",
    "tools.mode": "inherit",
    "tools.allow": (),
    "tools.deny": (),
    "permissions.rules": (),
}
_SPLIT = {path: path.partition(".")[::2] for path in PATHS}


def get(agent: Agent, path: str) -> Any:
    """Return the value at a path; None where a part, or an extra, is absent."""
    if path.startswith("extras."):
        _, format_id, key = path.split(".", 2)
        return agent.extras.get(format_id, {}).get(key)
    head, tail = _SPLIT[path]
    value = getattr(agent, head)
    if not tail or value is None:
        return value
    return getattr(value, tail)


def is_absent(path: str, value: object) -> bool:
    """Whether a value says no more than leaving the field out."""
    return value is None or value == DEFAULTS.get(path)


def build(values: Mapping[str, object], extras: Mapping[str, Mapping[str, Json]]) -> Agent:
    """Make an agent from values by path."""
    return _assign(Agent(), values, extras)


def with_values(agent: Agent, values: Mapping[str, object]) -> Agent:
    """Return the agent with the values at these paths, extras included."""
    plain = {path: value for path, value in values.items() if not path.startswith("extras.")}
    if len(plain) == len(values):
        return _assign(agent, plain, agent.extras)
    extras = {format_id: dict(keys) for format_id, keys in agent.extras.items()}
    for path, value in values.items():
        if path not in plain:
            _, format_id, key = path.split(".", 2)
            _put(extras, format_id, key, value)
    return _assign(agent, plain, {format_id: keys for format_id, keys in extras.items() if keys})


def _put(extras: dict[str, dict[str, Any]], format_id: str, key: str, value: object) -> None:
    if value is None:
        extras.get(format_id, {}).pop(key, None)
    else:
        extras.setdefault(format_id, {})[key] = value


def _assign(agent: Agent, values: Mapping[str, object], extras: Mapping[str, Mapping[str, Json]]) -> Agent:
    flat: dict[str, Any] = {"extras": extras}
    nested: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        head, tail = _SPLIT[path]
        if tail:
            nested.setdefault(head, {})[tail] = value
        else:
            flat[head] = value
    for head, parts in nested.items():
        current = getattr(agent, head)
        flat[head] = PARTS[head](**parts) if current is None else replace(current, **parts)
    return replace(agent, **flat)


def extra_paths(agent: Agent) -> Iterator[str]:
    """Yield `extras.<format>.<key>` for every extra."""
    for format_id, keys in agent.extras.items():
        for key in keys:
            yield f"extras.{format_id}.{key}"


def portable(value: object) -> object:
    """Return what a value means in any client: a tool is its capability, and hooks of different events have no order."""
    if not isinstance(value, tuple) or not value:
        return value
    if isinstance(value[0], ToolGrant):
        meanings = ((grant.capability or (grant.format, grant.native), grant.pattern, grant.server, grant.tool) for grant in value)
        return tuple(dict.fromkeys(meanings))
    if isinstance(value[0], Hook):
        return tuple(sorted(value, key=lambda hook: hook.native_event))
    return value


def comparable(agent: Agent) -> Agent:
    """Return the agent without what tells where it stands: its id in a set and its origin, and without empty parts."""
    invocation = None if agent.invocation == Invocation() else agent.invocation
    extras = {format_id: keys for format_id, keys in agent.extras.items() if keys}
    return replace(agent, id="", origin=None, invocation=invocation, extras=extras)
