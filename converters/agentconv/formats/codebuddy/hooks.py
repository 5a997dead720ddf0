"""The hooks of a project or user of CodeBuddy Code 2.163.0 (asked): groups of handlers by event, in `settings.json`.

https://www.codebuddy.ai/docs/cli/hooks

A matcher is an expression that is looked for in a tool's name; one that is none never fits, and the others run. Exit code 2 blocks, and so
does an answer that denies (asked, with every call allowed).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.formats.codebuddy.codebuddy import ID
from agentconv.json.jsonc import JSONC
from agentconv.parts.hooks.format import HookFormat
from agentconv.parts.hooks.reading import Client

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import SetHook

BY_FORMAT: dict[str, PartFormat[SetHook]] = {
    ID: HookFormat(
        Client(ID, "CodeBuddy"),
        (Place(".codebuddy/settings.json", mixed=True), Place(".codebuddy/settings.local.json", mixed=True)),
        (Place(".codebuddy/settings.json", mixed=True),),
        JSONC,
        off=((("disableAllHooks",), True),),
    )
}
