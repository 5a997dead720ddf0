"""Credentials among the values that a server is given: references to variables take their place in another client's file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from agentconv.core import credentials, references
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Detail
from agentconv.core.expressions import expression
from agentconv.core.meant import Reference

if TYPE_CHECKING:
    from agentconv.core.ir import McpServer
    from agentconv.core.references import Part

_NO_NAME = expression(r"[^A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Hidden:
    """A credential that a reference stands for."""

    place: str
    variable: str
    shown: str
    """As much of it as may be shown."""

    @property
    def detail(self) -> Detail:
        """What is particular to it."""
        return Detail("`{}` comes from the variable {}", (self.shown, self.variable))

    @property
    def hint(self) -> str:
        """What to do next."""
        return f"set {self.variable} in the environment, and revoke what others may have seen"


def referred(server: McpServer) -> tuple[McpServer, tuple[Hidden, ...]]:
    """Return a server in which a reference stands for each credential beyond doubt, and what they stand for."""
    hidden: list[Hidden] = []
    changed: dict[tuple[str, str | int | None], tuple[Part, ...]] = {}
    for place, key, value in references.values(server):
        parts = _hidden_in(server, place, key, value, hidden)
        if parts is not None:
            changed[place, key] = parts
    return (references.with_parts(server, changed) if changed else server), tuple(hidden)


def _hidden_in(server: McpServer, place: str, key: str | int | None, value: str, hidden: list[Hidden]) -> tuple[Part, ...] | None:
    """Return what a value is made of once its credentials are references; None where it has none."""
    texts = [part for part in references.parts_of(value) if isinstance(part, str)]
    found = [one.text for one in credentials.secrets(_context(server, place, key, value)) if one.strong]
    secrets = [one for one in dict.fromkeys(found) if any(one in text for text in texts)]
    if not secrets:
        return None
    made: list[Part] = list(references.parts_of(value))
    for number, secret in enumerate(secrets):
        variable = _variable(server, place, key) + (f"_{number + 1}" if number else "")
        hidden.append(Hidden(place, variable, credentials.shortened(secret)))
        made = [piece for part in made for piece in _cut(part, secret, Reference(variable))]
    return tuple(part for part in made if part != "")


def _context(server: McpServer, place: str, key: str | int | None, value: str) -> str:
    """Return a text in which a value stands beside what it is called, or behind its flag."""
    if place == "args" and isinstance(key, int):
        before = (server.args or ())[key - 1] if key else ""
        return json.dumps([str(before), str(value)], ensure_ascii=False)
    return json.dumps({str(key or place): str(value)}, ensure_ascii=False)


def _cut(part: Part, secret: str, reference: Reference) -> list[Part]:
    if not isinstance(part, str) or secret not in part:
        return [part]
    found: list[Part] = []
    for piece in part.split(secret):
        found += [piece, reference]
    return found[:-1]


def _variable(server: McpServer, place: str, key: str | int | None) -> str:
    """Return a name for the variable that a credential comes from: that of the server's own, where it has one."""
    if place == "env" and isinstance(key, str):
        return key
    what = {"headers": "TOKEN" if key == "Authorization" else str(key), "url": "TOKEN"}.get(place, "SECRET")
    return _NO_NAME.sub("_", f"{server.name}_{what}".upper()).strip("_")
