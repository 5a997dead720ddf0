"""`.geminiignore`, which Antigravity is said to read as Gemini CLI does, whose successor it is: files that its tools keep away from.

Nothing of another client's rules is written, since nobody could ask what holds there.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.formats.agents_dir.antigravity import ID
from agentconv.parts.permissions import ignore_files
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import PermissionSet

BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    ID: PermissionFormat(
        Client(ID, "Antigravity", partial(ignore_files.rule, ID), effects=frozenset()),
        ignore_files.reader(ID),
        (Place(".geminiignore", native=False),),
    )
}
