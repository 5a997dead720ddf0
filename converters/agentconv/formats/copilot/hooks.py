"""The hooks of a project or user of GitHub Copilot CLI 1.0.102 (asked): each file in `.github/hooks`, and Claude Code's settings.

https://docs.github.com/copilot/reference/hooks-configuration

Events have two spellings: what `PreToolUse` runs is told of an event as Claude Code tells it, what `preToolUse` runs in Copilot's own way.
What is not as it should be is dropped alone; but a handler that asks a model, on any event but the start of a session, costs all of its
file. `disableAllHooks` in the project's settings, Claude Code's too, switches all of them off (asked); in the user's own, it does nothing,
and in a file of hooks it is about that file alone (asked).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import vocabulary
from agentconv.core.part_format import Place
from agentconv.parts.hooks.format import HookFormat
from agentconv.parts.hooks.reading import Client

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import SetHook


def _refused(event: str, kind: str) -> str | None:
    return None if kind != "prompt" or event.casefold() == "sessionstart" else "a `prompt` is for the start of a session alone"


_EVENTS = frozenset(vocabulary.events("copilot"))
_TRUST = "they run in a folder that is trusted alone: say so when Copilot asks"
_CLIENT = Client("copilot", "GitHub Copilot", typed=False, alone=_EVENTS, head={"version": 1}, refuses=_refused, trust=_TRUST)
BY_FORMAT: dict[str, PartFormat[SetHook]] = {
    "copilot": HookFormat(
        _CLIENT,
        (
            Place(".github/hooks/hooks.json", trusted=True),
            Place(".github/hooks", "*.json", trusted=True),
            Place(".claude/settings.json", trusted=True, native=False),
        ),
        (Place(".copilot/hooks/hooks.json"), Place(".copilot/hooks", "*.json")),
        off=((("disableAllHooks",), True),),
        off_alone=("disableAllHooks",),
        off_in=tuple(f"{folder}/settings{which}.json" for folder in (".claude", ".github/copilot") for which in ("", ".local")),
    )
}
