"""Kilo's file of custom modes, `.kilocodemodes`, which an older version had: the client makes agents of them as it starts.

A mode that it has an agent of its own for is passed over; one without groups, or YAML that does not parse, loses the whole
file. A group that is listed is allowed and one that is not is denied, each a permission of its own: `edit` with a
`fileRegex` becomes the map `{regex: allow, "*": deny}`, whose last pattern matches everything, so that nothing can be edited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Cause, Detail, Effect
from agentconv.core.format import State
from agentconv.families import records, yaml_records
from agentconv.families.keys import Key, Refused, simple
from agentconv.families.record_file import Roster
from agentconv.yaml.grammar import JS_YAML_3
from agentconv.yaml.scalars import js_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import FormatSpec, Projection, ReadResult, WriteResult
    from agentconv.core.ir import Agent, AgentSet, Json
    from agentconv.core.source import SourceText
    from agentconv.formats.opencode.permission_maps import Permissions

ROSTER = Roster("/customModes", by_name=False)
RESERVED = frozenset({"code", "build", "architect", "ask", "debug", "orchestrator"})
_PERMISSION = {"read": "read", "edit": "edit", "browser": "bash", "command": "bash", "mcp": "mcp"}
_DENIED = ("read", "edit", "bash", "mcp")
"""Permissions that are denied where no group allows them."""
_TEXTS = ("name", "roleDefinition", "description", "whenToUse", "customInstructions")
_BETWEEN = "\n\n"
_HELD = frozenset({"name", "display_name", "description", "prompt.text", "invocation.by", "permissions.rules", "permissions.resolution"})


def _dialect(spec: FormatSpec, permissions: Permissions) -> records.Dialect:
    table = {"slug": simple("name", _slug), "groups": _groups(permissions)}
    return records.Dialect(
        spec,
        table,
        lambda source: yaml_records.parse(source, ROSTER, [*table, *_TEXTS], JS_YAML_3),
        required=("slug", "groups"),
        lift=_lift,
        lower=lambda agent: _lower(spec.id, agent),
    )


def _slug(value: Json) -> str:
    name = js_text(value)
    if name in RESERVED:
        raise Refused(f"`slug`: the client has an agent `{name}` of its own", cause=Cause.TAKEN_NAME)
    return name


def _groups(permissions: Permissions) -> Key:
    def read(value: Json) -> Mapping[str, object]:
        if not isinstance(value, (list, str)):
            raise Refused("`groups` must be a list")
        entries: dict[str, Json] = {}
        for group in value:
            word = group[0] if isinstance(group, list) and group else group
            options = group[1] if isinstance(group, list) and len(group) > 1 else None
            permission = _PERMISSION.get(js_text(word), js_text(word))
            regex = options.get("fileRegex") if isinstance(options, dict) else None
            entries[permission] = {js_text(regex): "allow", "*": "deny"} if regex else "allow"
        for permission in _DENIED:
            entries.setdefault(permission, "deny")
        return {"permissions.rules": permissions.rules(entries), "permissions.resolution": "last"}

    def write(agent: Agent) -> Json:
        groups: list[Json] = []
        for rule in agent.permissions.rules:
            word = next((word for word, permission in _PERMISSION.items() if permission == rule.native and word != "browser"), rule.native)
            if rule.effect == "allow":
                groups.append(word if rule.pattern is None else [word, {"fileRegex": str(rule.pattern)}])
        return groups

    return Key(("permissions.rules", "permissions.resolution"), read, write)


def _first(*values: Json) -> Json:
    return next((value for value in values if value is not None), None)


def _lift(record: dict[str, Json]) -> Mapping[str, object]:
    role, instructions, name = record.get("roleDefinition"), record.get("customInstructions"), record.get("name")
    found: dict[str, object] = {"invocation.by": "user"}
    found["prompt.text"] = _BETWEEN.join(js_text(text) for text in (role, instructions) if text)
    shown = _first(record.get("description"), record.get("whenToUse"), name)
    if isinstance(shown, str):
        found["description"] = shown
    if isinstance(name, str) and name != record.get("slug"):
        found["display_name"] = name
    for key in ("name", "roleDefinition", "description"):
        if isinstance(record.get(key), str):
            del record[key]
    return found


def _lower(format_id: str, agent: Agent) -> Mapping[str, Json]:
    extras = agent.extras.get(format_id, {})
    name = agent.display_name or agent.name
    header: dict[str, Json] = {"name": name}
    text, instructions = fields.get(agent, "prompt.text") or "", extras.get("customInstructions")
    header["roleDefinition"] = text.removesuffix(f"{_BETWEEN}{js_text(instructions)}") if instructions else text
    if agent.description is not None and agent.description != _first(extras.get("whenToUse"), name):
        header["description"] = agent.description
    return header


class Modes:
    """The file as it is read and written."""

    def __init__(self, spec: FormatSpec, permissions: Permissions, name: str) -> None:
        self._dialect, self._name = _dialect(spec, permissions), name

    def read(self, source: SourceText) -> ReadResult:
        """Read the modes of a file; where one of them has no groups, the client has none of them."""
        result = records.read(self._dialect, source)
        lost = any(one.key == "groups" and one.effect is Effect.DROPS for one in result.diagnostics)
        return replace(result, states=tuple(State.NOT_LOADED for _ in result.states)) if lost else result

    def write(self, agents: AgentSet, original: SourceText) -> WriteResult:
        """Write the modes of a file."""
        return records.write(self._dialect, agents, original)

    def project(self, projection: Projection) -> None:
        """Keep a mode that was read from such a file; anything else has a better place."""
        agent, groups = projection.source, self._dialect.keys["groups"]
        said = [path for path in fields.PATHS if path not in _HELD and not fields.is_absent(path, fields.get(agent, path))]
        again = groups.read(groups.write(agent))["permissions.rules"]
        if not projection.at_home or said or fields.get(agent, "invocation.by") != "user" or again != agent.permissions.rules:
            detail = Detail("`{}` holds modes with groups, for the user", (self._name,))
            projection.refuse("refused-place", said[0] if said else "permissions.rules", detail)
