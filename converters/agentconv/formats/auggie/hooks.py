"""The hooks of a project or user of Auggie 0.36.0 (its code read), in `.augment/settings.json`, as groups by event.

https://docs.augmentcode.com/cli/hooks

One entry that is not as it should be costs those of its event in its file. An expression is looked for in the names of the client's own
tools; on those of MCP servers, only a group without a matcher runs. A project's run unasked, for what sub-agents call, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.formats.auggie.auggie import ID
from agentconv.json.jsonc import JSONC
from agentconv.parts.hooks.format import HookFormat
from agentconv.parts.hooks.reading import Client

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import SetHook

BY_FORMAT: dict[str, PartFormat[SetHook]] = {
    ID: HookFormat(
        Client(ID, "Auggie", by_event=True, expressions=True),
        (Place(".augment/settings.json", mixed=True), Place(".augment/settings.local.json", mixed=True)),
        (Place(".augment/settings.json", mixed=True),),
        JSONC,
    )
}
