"""The rules of a project or user of Letta Code 0.32.18 (its code read): `permissions` in `.letta/settings.json`.

https://docs.letta.com/letta-code/permissions

The lists of all files are put together. A denied command is one that starts as the text does, a path is minimatch's. A file that is no
JSON, or a list that is none, costs the rules that would follow. Nothing of another client's rules is written.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.formats.letta.letta import ID
from agentconv.parts.permissions import lists
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import PermissionSet

_LISTS = {"allow": "allow", "ask": "ask", "alwaysAsk": "ask", "deny": "deny"}
BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    ID: PermissionFormat(
        Client(ID, "Letta Code", partial(lists.rule, ID), effects=frozenset()),
        lists.Lists(
            ID,
            {("permissions", key): effect for key, effect in _LISTS.items()},
            folders=("permissions", "additionalDirectories"),
            table=("permissions",),
        ),
        (Place(".letta/settings.json", mixed=True), Place(".letta/settings.local.json", mixed=True)),
        (Place(".letta/settings.json", mixed=True),),
    )
}
