"""Values of `plugin.json` that have a shape of their own: what Claude Code 2.1.329 says of them (asked, value by value).

`dependencies` is a list of names (`name`, `name@marketplace`, or a map with a `name`), `settings` a map, `userConfig` a map of
questions to the user, whose keys are names of variables and in which no other key may stand. Any fault keeps the plugin out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.json import jsonc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentconv.core.ir import Json
    from agentconv.json.jsonc import Node

Fault = tuple[Complaint, "Node"]
_DEPENDENCY = expression(r"[A-Za-z0-9][\w.-]*(?:@[A-Za-z0-9][\w.-]*)?", re.ASCII)
_VARIABLE = expression(r"[A-Za-z_]\w*", re.ASCII)
TYPES = ("string", "number", "boolean", "directory", "file")


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_flag(value: Json) -> bool:
    return isinstance(value, bool)


_QUESTION: dict[str, tuple[Callable[[Json], bool], str]] = {
    "type": (lambda value: isinstance(value, str) and value in TYPES, f"one of {', '.join(TYPES)}"),
    "title": (_is_text, "text"),
    "description": (_is_text, "text"),
    "required": (_is_flag, "true or false"),
    "sensitive": (_is_flag, "true or false"),
    "multiple": (_is_flag, "true or false"),
    "min": (_is_number, "a number"),
    "max": (_is_number, "a number"),
    "default": (lambda value: value is not None and not isinstance(value, dict), "text, a number, true or false, or a list"),
    "options": (lambda value: isinstance(value, list), "a list"),
}
_NEEDED = ("type", "title", "description")


def faults(root: jsonc.Object) -> Iterator[Fault]:
    """Yield what is wrong with such values, each with where it stands."""
    nodes = root.entries()
    if "dependencies" in nodes:
        yield from _dependencies(nodes["dependencies"])
    for key, kind, what in (("settings", jsonc.Object, "map"), ("userConfig", jsonc.Object, "map"), ("channels", jsonc.Array, "list")):
        if key in nodes and not isinstance(nodes[key], kind):
            yield Complaint(f"`{key}` must be a {what}", key), nodes[key]
    if "defaultEnabled" in nodes and not _is_flag(jsonc.value(nodes["defaultEnabled"])):
        yield Complaint("`defaultEnabled` must be true or false", "defaultEnabled"), nodes["defaultEnabled"]
    asked = nodes.get("userConfig")
    if isinstance(asked, jsonc.Object):
        for name, node in asked.entries().items():
            yield from _question(name, node)


def _dependencies(node: Node) -> Iterator[Fault]:
    if not isinstance(node, jsonc.Array):
        yield Complaint("`dependencies` must be a list", "dependencies"), node
        return
    for item in node.items:
        found = jsonc.value(item)
        name = found.get("name") if isinstance(found, dict) else found
        if not isinstance(name, str) or not _DEPENDENCY.fullmatch(name):
            yield Complaint("`dependencies` must list names of plugins: `name`, or `name@marketplace`", "dependencies"), item


def _question(name: str, node: Node) -> Iterator[Fault]:
    place = f"`userConfig.{name}`"
    if not _VARIABLE.fullmatch(name):
        yield Complaint(f"{place}: a key has letters, digits and `_` only, and no digit first", "userConfig"), node
    elif not isinstance(node, jsonc.Object):
        yield Complaint(f"{place} must be a map", "userConfig"), node
    else:
        entries = node.entries()
        for key in _NEEDED:
            if key not in entries:
                yield Complaint(f"{place} must have a `{key}`", "userConfig"), node
        for key, one in entries.items():
            fits, what = _QUESTION.get(key, (None, ""))
            if fits is None:
                yield Complaint(f"{place} takes no `{key}`", "userConfig"), one
            elif not fits(jsonc.value(one)):
                yield Complaint(f"`{key}` of {place} must be {what}", "userConfig"), one
