"""`.kiroignore` of Kiro IDE (documented): files that its agents neither read nor, since 1.0.288, write.

https://kiro.dev/docs/kiroignore/

A project's counts where the user's settings name it (`kiroAgent.agentIgnoreFiles`), the user's own always; one in a folder below the root
is about that folder. Nothing of another client's rules is written, since nobody could ask what holds there.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.formats.kiro.kiro_ide import ID
from agentconv.parts.permissions import ignore_files
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import PermissionSet

BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    ID: PermissionFormat(
        Client(ID, "Kiro", partial(ignore_files.rule, ID), effects=frozenset()),
        ignore_files.reader(ID),
        (Place(".kiroignore"), Place("", "*/**/.kiroignore")),
        (Place(".kiro/settings/kiroignore"),),
        elsewhere=((".kiroignore", ignore_files.reader(ID, nested=True)),),
    )
}
