"""The fields of an agent by path, so that reading, projecting and comparing name the same things.

A path is a field of `Agent`, or `part.field` for its parts (`prompt.text`, `permissions.sandbox`), or
`extras.<format>.<key>`. Absent, empty and default mean the same here: `is_absent`.
"""

from __future__ import annotations

from operator import attrgetter, is_
from typing import TYPE_CHECKING, Any, TypeAlias

from agentconv.core import dataclass as dataclasses
from agentconv.core import vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.ir import Agent, Hook, Invocation, Limits, McpServer, Permissions, Prompt, Rule, ToolGrant, Tools
from agentconv.core.meant import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from agentconv.core.ir import Json, Origin

Built: TypeAlias = "dict[str, tuple[dict[str, Any], Any]]"
"""Parts by their fields' heads, each with the values that it was made of."""
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
SAYS_NOTHING: dict[str, object] = {"invocation.by": "agents"}
"""Values that say what is so of every agent that says nothing: other agents call it."""
_PATHS_OF: dict[str, tuple[str, ...]] = {}
for _path in PATHS:
    _PATHS_OF[_path.partition(".")[0]] = (*_PATHS_OF.get(_path.partition(".")[0], ()), _path)
HEADS = tuple(field.name for field in dataclasses.fields(Agent) if field.name not in ("id", "origin"))
"""The fields of an agent that say what it is, rather than where it stands."""
_SAID = attrgetter(*HEADS)
_SPLIT = {path: path.partition(".")[::2] for path in PATHS}


def _getter(path: str) -> Callable[[Agent], Any]:
    head, tail = _SPLIT[path]
    if not tail or getattr(_NOTHING, head) is not None:
        return attrgetter(path)

    def get_part(agent: Agent) -> Any:
        part = getattr(agent, head)
        return None if part is None else getattr(part, tail)

    return get_part


_NOTHING = Agent()
_GETTERS = {path: _getter(path) for path in PATHS}


def getter(path: str) -> Callable[[Agent], Any]:
    """Return the function that gets the value at a path."""
    return _GETTERS[path]


def get(agent: Agent, path: str) -> Any:
    """Return the value at a path; None where a part, or an extra, is absent."""
    known = _GETTERS.get(path)
    if known is not None:
        return known(agent)
    _, format_id, key = path.split(".", 2)
    return agent.extras.get(format_id, {}).get(key)


def says(agent: Agent, path: str) -> bool:
    """Whether the top-level field of a path says something."""
    head = _SPLIT[path][0]
    return bool(getattr(agent, head) != getattr(_NOTHING, head))


def client_of(agent: Agent) -> str | None:
    """Return the client whose words an agent's fields are in: that of its file, or, without one, that of all its tools.

    Words that are no client's, as a program has them, say nothing of that beside a client's.
    """
    if agent.origin is not None:
        return agent.origin.format
    grants: tuple[ToolGrant | Rule, ...] = (*agent.tools.allow, *agent.tools.deny, *agent.permissions.rules)
    every = {one.format for one in grants}
    spelled = set(filter(vocabulary.tables, every)) or every
    return spelled.pop() if len(spelled) == 1 else None


def is_of(agent: Agent, client: str) -> bool:
    """Whether a client is the one whose words an agent's fields are in, by whichever of its formats, and those of all its rules."""
    spelled = {client_of(agent), *(rule.format for rule in agent.permissions.rules)}
    return {one and vocabulary.words_of(one) for one in spelled} == {vocabulary.words_of(client)}


def head_of(path: str) -> str:
    """Return the top-level field of a path."""
    return path.partition(".")[0]


def changed_heads(before: Agent, after: Agent, heads: Iterable[str] = HEADS) -> Iterator[str]:
    """Yield the paths below each of these fields that differs (extras apart)."""
    for head in heads:
        old, new = getattr(before, head), getattr(after, head)
        if old is not new and old != new:
            yield from _PATHS_OF.get(head, ())


def is_absent(path: str, value: object) -> bool:
    """Whether a value says no more than leaving the field out."""
    return value is None or value == DEFAULTS.get(path) or value == SAYS_NOTHING.get(path)


def build(
    values: Mapping[str, object], extras: Mapping[str, Mapping[str, Json]], origin: Origin | None = None, built: Built | None = None
) -> Agent:
    """Make an agent from values by path.

    Args:
        values: What its fields are.
        extras: What else its file says.
        origin: Where it stands.
        built: The parts of an agent that was made of some of these very values: what is made of the same ones is the same part.
    """
    flat, nested = _sorted(values)
    for head, parts in nested.items():
        flat[head] = PARTS[head](**parts) if built is None or head == "prompt" else _built(head, parts, built)  # no two prompts are one
    return Agent(**flat, extras=extras, origin=origin)


def _built(head: str, parts: dict[str, Any], built: Built) -> object:
    """Return a part of the very same values, or make it."""
    known = built.get(head)
    if known is None or known[0].keys() != parts.keys() or not all(map(is_, known[0].values(), map(parts.__getitem__, known[0]))):
        known = built[head] = parts, PARTS[head](**parts)
    return known[1]


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
    flat, nested = _sorted(values)
    for head, parts in nested.items():
        current = getattr(agent, head)
        flat[head] = PARTS[head](**parts) if current is None else replace(current, **parts)
    return changed(agent, {**flat, "extras": extras})


def changed(agent: Agent, values: Mapping[str, Any]) -> Agent:
    """Return the agent with these whole fields, as `dataclasses.replace` does, which takes three times as long."""
    every = list(_EVERY(agent))
    for name, value in values.items():
        every[_PLACES[name]] = value
    return Agent(*every)


_NAMES = tuple(field.name for field in dataclasses.fields(Agent))
_EVERY = attrgetter(*_NAMES)
_PLACES = {name: place for place, name in enumerate(_NAMES)}


def _sorted(values: Mapping[str, object]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Sort values into those of whole fields and those of parts."""
    flat: dict[str, Any] = {}
    nested: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        head, tail = _SPLIT[path]
        if tail:
            nested.setdefault(head, {})[tail] = value
        else:
            flat[head] = value
    return flat, nested


def extra_paths(agent: Agent) -> Iterator[str]:
    """Yield `extras.<format>.<key>` for every extra."""
    for format_id, keys in agent.extras.items():
        for key in keys:
            yield f"extras.{format_id}.{key}"


def _meanings(grant: ToolGrant) -> tuple[object, ...]:
    return vocabulary.also_meant(grant.format, grant.native, grant.capability) or ((grant.format, grant.native),)


def _meant(server: McpServer) -> McpServer:
    """Return a server with what its values mean, however they are spelled."""
    held: dict[str, Any] = {place: getattr(server, place) or None for place in ("args", "env", "headers")}
    meant: dict[str, Any] = {place: _parts(getattr(server, place)) for place in ("command", "cwd", "url")}
    for place, value in held.items():
        if isinstance(value, dict):
            meant[place] = {key: _parts(item) for key, item in value.items()}
        else:
            meant[place] = value and tuple(map(_parts, value))
    return replace(server, **meant)


def _parts(value: Any) -> Any:
    return value.parts if isinstance(value, Text) else (str(value),) if isinstance(value, str) else value


def portable(value: object) -> object:
    """Return what a value means in any client.

    Tools are their capabilities, in any order; hooks of different events have no order; no arguments are none.
    """
    if not isinstance(value, tuple) or not value:
        return value
    if isinstance(value[0], ToolGrant):
        return frozenset((meaning, one.pattern, one.server, one.tool) for one in value for meaning in _meanings(one))
    if isinstance(value[0], McpServer):
        return tuple(_meant(server) for server in value)
    if isinstance(value[0], Hook):
        return tuple(sorted(value, key=lambda hook: hook.native_event))
    return value


def same(one: Agent, other: Agent) -> bool:
    """Whether two agents are equal but for where they stand (their ids in a set, their origins) and for empty parts."""
    if _SAID(one) == _SAID(other):
        return True
    return all(getattr(one, head) == getattr(other, head) or _filled(getattr(one, head)) == _filled(getattr(other, head)) for head in HEADS)


def _filled(value: object) -> object:
    if isinstance(value, dict):
        return {format_id: keys for format_id, keys in value.items() if keys}
    return None if value == Invocation() else value
