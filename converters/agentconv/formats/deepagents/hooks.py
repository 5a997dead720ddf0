"""The hooks of a project or user of deepagents-code 0.1.88 (its loader asked), `.deepagents/hooks.json`: groups by event, as Claude Code's.

https://docs.langchain.com/oss/python/deepagents/cli/overview

What is not as it should be costs itself alone. Those of a project run where its user trusts them (`--trust-project-hooks`). No running
client was asked, so that no hook of another client is written. Lists of an older kind, which it no longer takes, are not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.parts.hooks.format import HookFormat
from agentconv.parts.hooks.reading import Client

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import SetHook

_ID = "deepagents"
_UNASKED = "whether one holds there was not asked of it"
BY_FORMAT: dict[str, PartFormat[SetHook]] = {
    _ID: HookFormat(
        Client(_ID, "deepagents-code", blank=True, holds_none=_UNASKED),
        (Place(".deepagents/hooks.json", trusted=True),),
        (Place(".deepagents/hooks.json"),),
    )
}
