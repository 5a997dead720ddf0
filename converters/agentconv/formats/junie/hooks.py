"""The hooks of a user of Junie (documented): groups by event in `~/.junie/config.json`; those of a project's file are not run.

https://junie.jetbrains.com/docs/junie-cli-hooks.html

What is told of more events than the start of a session is of its early versions: exit code 2, or an answer in JSON, keeps a tool from being
used there. Nobody could ask it, so that no other client's hook is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.formats.junie.junie import ID
from agentconv.parts.hooks.format import HookFormat
from agentconv.parts.hooks.reading import Client

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import SetHook

_UNASKED = "whether one holds there is known from documents alone"
BY_FORMAT: dict[str, PartFormat[SetHook]] = {
    ID: HookFormat(Client(ID, "Junie", holds_none=_UNASKED), user=(Place(".junie/config.json", mixed=True),))
}
