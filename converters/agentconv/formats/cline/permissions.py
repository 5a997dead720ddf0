"""`.clineignore` of Cline (documented): files that it neither reads nor writes. Nothing is written there: what holds was not measured.

https://docs.cline.bot/features/cline-ignore
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.parts.permissions import ignore_files
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import PermissionSet

_ID = "cline"
BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    _ID: PermissionFormat(
        Client(_ID, "Cline", partial(ignore_files.rule, _ID), effects=frozenset()), ignore_files.reader(_ID), (Place(".clineignore"),)
    )
}
