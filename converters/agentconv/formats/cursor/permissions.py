"""The rules of Cursor (documented): `permissions` of `.cursor/cli.json`, which has no asking, and `.cursorignore`.

https://cursor.com/docs/cli/reference/permissions, https://cursor.com/docs/context/ignore-files

What is ignored is kept from Cursor's own tools as far as it goes, and not from commands and MCP servers, as its documents say: nothing is
written there for another client's rules.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.parts.permissions import ignore_files, lists
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import PermissionSet

_ID = "cursor"
BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    _ID: PermissionFormat(
        Client(_ID, "Cursor", partial(lists.rule, _ID), effects=frozenset()),
        lists.Lists(_ID, {("permissions", "allow"): "allow", ("permissions", "deny"): "deny"}, table=("permissions",)),
        (Place(".cursor/cli.json", mixed=True), Place(".cursorignore")),
        (Place(".cursor/cli-config.json", mixed=True),),
        elsewhere=((".cursorignore", ignore_files.reader(_ID)),),
    )
}
