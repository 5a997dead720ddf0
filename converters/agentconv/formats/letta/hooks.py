"""The hooks of a project or user of Letta Code 0.32.18 (its code read): groups of handlers by event, in `.letta/settings.json`.

https://docs.letta.com/letta-code/hooks

A matcher is an expression for a whole name of a tool; exit code 2 blocks. Nothing here was asked of a running client, so that no hook of
another client is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.formats.letta.letta import ID
from agentconv.parts.hooks.format import HookFormat
from agentconv.parts.hooks.reading import Client

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import SetHook

BY_FORMAT: dict[str, PartFormat[SetHook]] = {
    ID: HookFormat(
        Client(ID, "Letta Code"),
        (Place(".letta/settings.json", mixed=True), Place(".letta/settings.local.json", mixed=True)),
        (Place(".letta/settings.json", mixed=True),),
        off=((("hooks", "disabled"), True),),
    )
}
