"""Copilot CLI 1.0.102 has no rules in files of a project: `--allow-tool` and `--deny-tool` are said when it is started.

https://docs.github.com/en/copilot/how-tos/copilot-cli/allowing-tools
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat, no_rules, nothing

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import PermissionSet

BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    "copilot": PermissionFormat(Client("copilot", "Copilot", no_rules, effects=frozenset()), nothing)
}
