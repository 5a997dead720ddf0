"""What a project says of one assistant's agents beside what their source says: `[sync.FORMAT]` and `[sync.agents.NAME.FORMAT]`.

Whether an override narrows an agent is judged where the agent is known. Here each is held to what its assistant has a place for.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from agentconv.core import fields, paths, restrictions, schema_files
from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Span
from agentconv.core.ir import Sandbox
from agentconv.formats import registry
from agentconv.formats.canonical import toml_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.core.ir import Json
    from agentconv.sync.tables import Table


@dataclass(frozen=True, slots=True)
class Override:
    """What stands in the target instead of what the source says. It never widens: the agent that comes of it is judged like any other."""

    values: Mapping[str, Json] = field(default_factory=dict)
    """By the path of a field, in the target's words: model, effort, temperature, top_p, color, limits.max_turns."""
    tools: tuple[str, ...] | None = None
    """The tools that are left of those that the target would get, in its words; None where nothing is said of them."""
    deny_tools: tuple[str, ...] = ()
    """Tools that are taken away, in the target's words."""
    sandbox: str | None = None
    """The files that commands may touch, as `Sandbox.files` has them."""
    keep: tuple[str, ...] = ()
    """Paths of fields that are the target's own: what its file says of them holds."""
    extras: Mapping[str, Json] = field(default_factory=dict)
    """Keys of the target that no field holds."""
    keep_wider: tuple[str, ...] = ()
    """What it may do in the target beyond what its source says, since it was taken in so: the names of widenings."""
    place: Span = field(default_factory=lambda: Span(""), compare=False)
    """Where it stands."""

    def above(self, other: Override | None) -> Override:
        """Return this override with what it does not say from a more general one; what is denied or kept in either is so in both."""
        if other is None:
            return self
        return Override(
            {**other.values, **self.values},
            other.tools if self.tools is None else self.tools,
            tuple(dict.fromkeys((*other.deny_tools, *self.deny_tools))),
            self.sandbox or other.sandbox,
            tuple(dict.fromkeys((*other.keep, *self.keep))),
            {**other.extras, **self.extras},
            tuple(dict.fromkeys((*other.keep_wider, *self.keep_wider))),
            self.place,
        )


_FIELDS = {
    "model": "model",
    "effort": "effort",
    "temperature": "temperature",
    "top_p": "top_p",
    "color": "color",
    "max_turns": "limits.max_turns",
}
"""Keys that say the value of a field, and its path."""
KEYS = (*_FIELDS, "tools", "deny-tools", "sandbox", "keep", "keep-wider", "extras")
SECURITY = ("tools", "permissions", "mcp_servers", "hooks", "delegates")
"""The fields that decide what an agent may do, which are kept together or not at all."""
SANDBOXES: tuple[str, ...] = get_args(get_type_hints(Sandbox)["files"])
_OF_FIELD = {**{path: key for key, path in _FIELDS.items()}, "permissions.sandbox": "sandbox"}
_PINNED = "name"
"""The field that the lock holds, so that nothing else can."""


def read(table: Table, target: str) -> Override | None:
    """Read the override in a table; None where it holds none.

    Args:
        table: The table, whose keys are known to be meant.
        target: The format that it is about.

    Raises:
        InputError: It cannot be meant.
    """
    if not any(key in table.values for key in KEYS):
        return None
    for key in ("tools", "deny-tools"):
        _needs_place(table, key, target, ("tools.allow", "tools.deny", "permissions.rules"))
    _needs_place(table, "sandbox", target, ("permissions.sandbox",))
    return Override(
        {path: _value(table, key, target, path) for key, path in _FIELDS.items() if key in table.values},
        table.texts("tools", "tools, in the assistant's words") if "tools" in table.values else None,
        table.texts("deny-tools", "tools, in the assistant's words"),
        _sandbox(table),
        _keep(table, target),
        _extras(table, target),
        table.texts("keep-wider", "what the agent may do beyond its source, such as write, or mcp:NAME"),
        table.place(),
    )


def key_of(path: str | None) -> str | None:
    """Return the key that says the value of a field; None where none does."""
    return _OF_FIELD.get(path or "")


def _client(target: str) -> str:
    return registry.FORMATS[target].title


def _needs_place(table: Table, key: str, target: str, any_of: tuple[str, ...]) -> None:
    """Complain about a key for which the target has no place."""
    holds = registry.load(target).SPEC.holds
    if key in table.values and not any(path in holds for path in any_of):
        raise table.wrong(f"{_client(target)} has no place for `{key}`", f"see `agentconv formats {target}`", key)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


_CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "model": (_is_word, "text"),
    "effort": (lambda value: _is_word(value) or _is_count(value), "text, or a number of tokens"),
    "temperature": (_is_number, "a number"),
    "top_p": (_is_number, "a number"),
    "color": (_is_word, "text"),
    "max_turns": (_is_count, "a number, 1 or more"),
}


def _value(table: Table, key: str, target: str, path: str) -> Json:
    """Return the value of a field, which the target takes."""
    value = table.values[key]
    right, what = _CHECKS[key]
    if not right(value):
        raise table.wrong(f"`{key}` is {what}", None, key)
    _needs_place(table, key, target, (path,))
    rows = {own: row for own, row in schema_files.load(target)["properties"].items() if row.get("x-field") == path}
    if rows and all(schema_files.complaint(target, own, value) for own in rows):
        allowed = [word for row in rows.values() for one in (row, *row.get("anyOf", ())) for word in one.get("enum", ())]
        hint = f"it takes {', '.join(map(str, allowed))}" if allowed else f"see `agentconv formats {target}`"
        raise table.wrong(f"{_client(target)} does not take `{value}` as `{key}`", hint, key)
    found: Json = value
    return found


def _sandbox(table: Table) -> str | None:
    if "sandbox" not in table.values:
        return None
    word = table.text("sandbox")
    if word not in SANDBOXES:
        known = f"sandboxes: {', '.join(SANDBOXES)}"
        raise table.wrong(f"there is no sandbox `{word}`", registry.did_you_mean(word, SANDBOXES, known), "sandbox")
    return word


def _keep(table: Table, target: str) -> tuple[str, ...]:
    """Return the paths that are the target's own: `true` stands for all that decides what the agent may do."""
    value = table.values.get("keep", False)
    words = () if value is False else SECURITY if value is True else table.texts("keep", "fields; or it is true, or false")
    found = [path for number, word in enumerate(words) for path in _kept(table, target, word, number)]
    return tuple(dict.fromkeys(found))


def _kept(table: Table, target: str, word: str, number: int) -> list[str]:
    """Return the paths of a field that is named as a whole, or as a part."""
    if word.startswith("extras."):
        return [f"extras.{target}.{word.removeprefix('extras.')}"]
    path = _FIELDS.get(word, word)
    found = [one for one in fields.PATHS if path in (one, fields.head_of(one)) and one != _PINNED]
    if not found:
        known = [*_FIELDS, *dict.fromkeys(one for path in fields.PATHS if path != _PINNED for one in (fields.head_of(path), path))]
        hint = registry.did_you_mean(word, known, f"fields: {', '.join(name for name in known if '.' not in name)}")
        raise table.wrong(f"there is no field `{word}` to keep", hint, "keep", number)
    return found


def _extras(table: Table, target: str) -> dict[str, Json]:
    """Return keys of the target that no field holds, each as it takes them; none that lets an agent do more."""
    below = table.table("extras")
    return {key: _extra(below, key, target) for key in below.values}


def _extra(below: Table, key: str, target: str) -> Json:
    value = toml_values.restored(below.values[key])
    schema = schema_files.load(target)
    row = schema["properties"].get(key)
    if row is None and schema["x-unknown"] != "passed on":
        known = [name for name, one in schema["properties"].items() if one["x-field"] == "extras"]
        hint = registry.did_you_mean(key, known, f"keys: {', '.join(known)}" if known else f"it has none; see `agentconv formats {target}`")
        raise below.wrong(f"{_client(target)} has no key `{key}`", hint, key)
    if row is not None and row["x-field"] != "extras":
        own = next((word for word, path in _FIELDS.items() if path == row["x-field"]), None)
        hint = f"say it as `{own}`" if own else "it comes from the source; `tools`, `deny-tools` and `sandbox` narrow what an agent may do"
        raise below.wrong(f"`{key}` of {_client(target)} is held by the field {row['x-field']}", hint, key)
    if schema_files.complaint(target, key, value):
        raise below.wrong(f"{_client(target)} does not take this as `{key}`", f"see `agentconv formats {target}`", key)
    if any(restrictions.grants(fields.build({}, {target: {key: value}}), target)):
        raise below.wrong(f"`{key}` lets an agent do more, which settings never do", "say it in the source", key)
    if not all(map(paths.stays_below, schema_files.paths(target, key, value))):
        raise below.wrong(f"`{key}` holds a path that leads out of the project", None, key)
    found: Json = value
    return found
