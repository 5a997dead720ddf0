"""OpenCode and Kilo run no hooks that a file could say: plugins in JavaScript alone. What is a guard elsewhere is not held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.parts.hooks.format import HookFormat
from agentconv.parts.hooks.reading import Client

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import SetHook

BY_FORMAT: dict[str, PartFormat[SetHook]] = {
    "opencode": HookFormat(Client("opencode", "OpenCode")),
    "kilo": HookFormat(Client("kilo", "Kilo")),
}
