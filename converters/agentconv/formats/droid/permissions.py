"""The lists of commands in settings.json of Factory Droid: those that run unasked, that always ask, and that never run.

https://docs.factory.ai/cli/configuration/settings

How a line is held against them was not measured, so that no other client can hold the same; nothing of another client's rules is written.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.parts.permissions import command_lists
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import PermissionSet

_ID = "droid"
_LISTS = {"commandAllowlist": "allow", "commandDenylist": "ask", "commandBlocklist": "deny"}
BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    _ID: PermissionFormat(
        Client(_ID, "Factory Droid", partial(command_lists.rule, _ID, "Execute"), effects=frozenset()),
        partial(command_lists.CommandLists, _ID, "Execute", _LISTS),
        (Place(".factory/settings.json", mixed=True),),
        (Place(".factory/settings.json", mixed=True),),
    )
}
