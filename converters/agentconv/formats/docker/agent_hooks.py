"""The `hooks` of an agent of Docker Agent: what is run before and after tools, with a matcher, and on three events more.

https://docs.docker.com/ai/docker-agent/configuration/hooks/

Its engine (pkg/hooks at 0d76412, run): exit code 2 blocks a tool, said or unsaid, and so does `"decision": "block"`. A matcher fits a
whole name in Go's expressions; what is none of those is passed over, and the others run. What hands work to other agents is before no
hook, and nothing runs when a session starts or ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import hook_matchers
from agentconv.core.ir import Hook
from agentconv.core.vocabulary import portable_event
from agentconv.families import keys
from agentconv.families.keys import ABSENT, Ignored, Key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.core.ir import Agent, Json
    from agentconv.families.keys import Absent

ID = "docker-agent"
_ON_TOOLS = ("pre_tool_use", "post_tool_use")


def _hooks(table: Mapping[str, Any]) -> Iterator[Hook]:
    for event, entries in table.items():
        meaning = portable_event(ID, event)
        for entry in entries:
            handlers = tuple(entry["hooks"]) if event in _ON_TOOLS else (entry,)
            yield Hook(event, ID, meaning, entry.get("matcher"), handlers)


def _read(value: Any) -> Mapping[str, object]:
    found = tuple(_hooks(keys.checked_table(ID, "hooks", value)))
    wrong = [hook.matcher for hook in found if hook.matcher and not _fits_something(hook)]
    if wrong:
        kept = tuple(hook for hook in found if hook.matcher not in wrong)
        raise Ignored(f"nothing runs for `{wrong[0]}`, which is no regular expression of Go", {"hooks": kept or None}, names=(wrong[0],))
    return {"hooks": found or None}


def _fits_something(hook: Hook) -> bool:
    return hook_matchers.is_everything(hook) or hook_matchers.is_expression(ID, hook.matcher or "")


def _write(agent: Agent) -> Json | Absent:
    found: dict[str, Any] = {}
    for hook in agent.hooks or ():
        group: dict[str, Any] = {} if hook.matcher is None else {"matcher": hook.matcher}
        entries = [{**group, "hooks": list(hook.handlers)}] if hook.native_event in _ON_TOOLS else list(hook.handlers)
        found.setdefault(hook.native_event, []).extend(entries)
    return found or ABSENT


KEY = Key(("hooks",), _read, _write)
