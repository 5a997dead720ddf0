"""The hooks of a project or user of Factory Droid (0.215.0, its code): groups by event in `hooks.json`, or in `settings.json`.

https://docs.factory.ai/reference/hooks-reference

`hooksDisabled` among the events switches all of them off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.parts.hooks.format import HookFormat
from agentconv.parts.hooks.reading import Client

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import SetHook

BY_FORMAT: dict[str, PartFormat[SetHook]] = {
    "droid": HookFormat(
        Client("droid", "Factory Droid"),
        (Place(".factory/hooks.json"), Place(".factory/settings.json", mixed=True)),
        (Place(".factory/hooks.json"), Place(".factory/settings.json", mixed=True)),
        at_top=("hooks.json",),
        off=((("hooks", "hooksDisabled"), True),),
    )
}
