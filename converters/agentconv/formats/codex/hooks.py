"""The hooks of a project or user of Codex 0.169.0 (asked): `hooks.json` beside its configuration, or tables of that.

https://developers.openai.com/codex/hooks

Each has to be trusted by its user, as it stands, before it runs. What is not as it should be costs all of its file, but for an event that
is not known, and for what asks a model, which are passed over.
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

_EVENTS = frozenset(vocabulary.events("codex"))
_TRUST = "none of them runs before its user has trusted it as it stands: open /hooks in Codex"
BY_FORMAT: dict[str, PartFormat[SetHook]] = {
    "codex": HookFormat(
        Client("codex", "Codex", whole=_EVENTS, hollow=True, skips=frozenset({"prompt", "agent"}), trust=_TRUST, distrusts=True),
        (Place(".codex/hooks.json", trusted=True), Place(".codex/config.toml", trusted=True, mixed=True)),
        (Place(".codex/hooks.json"), Place(".codex/config.toml", mixed=True)),
        off=((("features", "hooks"), False), (("features", "codex_hooks"), False)),
    )
}
