"""Hooks as Amazon Q and Kiro write them: events, each with a list of what is run, a matcher beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.ir import Hook
from agentconv.core.vocabulary import portable_event
from agentconv.families import keys
from agentconv.families.keys import Key, simple

if TYPE_CHECKING:
    from agentconv.core.ir import Json


def key(format_id: str) -> Key:
    """Return the key of hooks by event."""

    def read(value: Any) -> tuple[Hook, ...]:
        table: dict[str, Any] = keys.checked_table(format_id, "hooks", value)
        found = [(event, dict(entry)) for event, entries in table.items() for entry in entries]
        return tuple(Hook(event, format_id, portable_event(format_id, event), run.pop("matcher", None), (run,)) for event, run in found)

    return simple("hooks", read, _write)


def _write(hooks: tuple[Hook, ...]) -> Json:
    found: dict[str, Any] = {}
    for hook in hooks:
        matcher = {} if hook.matcher is None else {"matcher": hook.matcher}
        found.setdefault(hook.native_event, []).extend({**one, **matcher} for one in hook.handlers if isinstance(one, dict))
    return found
