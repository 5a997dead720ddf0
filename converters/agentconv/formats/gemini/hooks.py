"""The hooks of a project or user of Gemini CLI 0.61.0 and Qwen Code 0.24.4 (both asked), in `settings.json`; an extension has its own file.

https://geminicli.com/docs/hooks

What is not as it should be is dropped alone; what `hooksConfig.disabled` of Gemini CLI lists, by its name or else its command, does not run
(asked). Timeouts are milliseconds in Gemini CLI and seconds in Qwen Code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.json.jsonc import Syntax
from agentconv.parts.hooks.format import HookFormat
from agentconv.parts.hooks.reading import Client

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import SetHook

_TRUST = "they run in a folder that is trusted alone"


def _format(
    format_id: str, title: str, folder: str, off: tuple[str, ...], *, value: bool, stops: bool, each: tuple[str, ...] = ()
) -> HookFormat:
    return HookFormat(
        Client(format_id, title, stops=stops, trust=_TRUST),
        (Place(f"{folder}/settings.json", trusted=True, mixed=True),),
        (Place(f"{folder}/settings.json", mixed=True),),
        Syntax(comments=True),
        off=((off, value),),
        off_each=each,
    )


BY_FORMAT: dict[str, PartFormat[SetHook]] = {
    "gemini-cli": _format(
        "gemini-cli", "Gemini CLI", ".gemini", ("hooksConfig", "enabled"), value=False, stops=True, each=("hooksConfig", "disabled")
    ),
    "gemini-extension": HookFormat(Client("gemini-extension", "Gemini CLI"), (Place("hooks/hooks.json"),)),
    "qwen-code": _format("qwen-code", "Qwen Code", ".qwen", ("disableAllHooks",), value=True, stops=False),
}
