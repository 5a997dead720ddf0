"""`.rooignore` of Roo Code 3.54 (src/core/ignore/RooIgnoreController.ts): files that its tools neither read, search nor write.

https://docs.roocode.com/features/rooignore

It hands each line to npm's `ignore`, and looks at commands that print files, too. Commands that a project denies are in a user's settings
(`roo-cline.deniedCommands`), and only count where commands run unasked.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.parts.permissions import ignore_files, wider
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import PermissionSet

_ID = "roo"
_WORD = ".rooignore"
_HELD = ("fs.read", "fs.search", "fs.write", "fs.edit", "notebook.edit")
BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    _ID: PermissionFormat(
        Client(
            _ID,
            "Roo Code",
            partial(ignore_files.rule, _ID),
            holding=dict.fromkeys(_HELD, (_WORD,)),
            effects=frozenset({"deny"}),
            whole=False,
            patterns={"path": ("path", wider.as_gitignore)},
        ),
        ignore_files.reader(_ID),
        (Place(_WORD),),
    )
}
