"""The rules of a user of goose 1.52.0 (asked): what `permission.yaml` keeps from being called, or has asked about, by names of tools.

https://goose-docs.ai/docs/guides/managing-tools/tool-permissions

They hold in its modes `approve` and `smart_approve`; in `auto`, which it has by default, all runs. A file without all three lists keeps it
from starting. A name that is none of its own tools is one of some server. What is allowed there is allowed nowhere else, and nothing of
another client's rules is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from agentconv.core import effects, vocabulary
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.ir import Rule
from agentconv.core.part_format import Place
from agentconv.families.value_checks import is_texts
from agentconv.formats.goose.goose import ID
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat
from agentconv.parts.permissions.yaml_lists import YamlLists
from agentconv.yaml.grammar import SERDE_YAML

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import PermissionSet

_EFFECTS = {"never_allow": "deny", "ask_before": "ask"}
_LISTS = ("always_allow", "ask_before", "never_allow")


def _rule(effect: str, word: str, pattern: str | None = None) -> tuple[Rule, ...]:  # noqa: ARG001 - a name is all that there is
    """Return the rule that a tool's name is: one of its own tools, or one of an extension that is somebody's server."""
    server, _, tool = word.partition("__")
    capability = next(iter(vocabulary.grants(ID, word) or ()), None)
    if capability is not None or word in vocabulary.tool_words(ID):
        return (Rule(cast("Any", effect), word, ID, capability),)
    named = (server, tool) if server and tool else (effects.EVERY_SERVER, None)
    return (Rule(cast("Any", effect), word, ID, "mcp", None, *named),)


def _wrong(value: Mapping[str, Any]) -> Complaint | None:
    for name, found in value.items():
        lacking = [key for key in _LISTS if not isinstance(found, dict) or not is_texts(found.get(key))]
        if lacking:
            return Complaint(f"`{name}` has no list `{lacking[0]}`", name, Effect.STOPS, remedy=f"add `{lacking[0]}: []`")
    return None


BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    ID: PermissionFormat(
        Client(ID, "goose", _rule, effects=frozenset()),
        YamlLists(SERDE_YAML, _EFFECTS, _rule, _wrong, below="user", needed=_LISTS, broken=Effect.STOPS),
        user=(Place(".config/goose/permission.yaml"),),
    )
}
