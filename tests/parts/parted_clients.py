"""The clients that have a kind of part, as the registry has them: adding one adds it to every suite of that kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.formats import registry
from agentconv.parts.registry import part_format

if TYPE_CHECKING:
    from agentconv.core.kinds import Kind

_WITH_PLUGINS = ("claude-code", "claude-plugin")


def clients_with(kind: Kind) -> tuple[str, ...]:
    """Return the assistants that have such parts, or say what becomes of them; and a plugin of the first, which is read as it reads."""
    others = [one for one, row in registry.FORMATS.items() if one in registry.CLIENTS and not row.index and one not in _WITH_PLUGINS]
    return tuple(one for one in (*_WITH_PLUGINS, *others) if part_format(one, kind) is not None)
