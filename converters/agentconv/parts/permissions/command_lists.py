"""Lists of command lines in a JSON file of settings, one list for each effect, without a tool's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from agentconv.core.ir import Rule
from agentconv.core.meant import Pattern
from agentconv.core.parts import PermissionSet
from agentconv.families.value_checks import is_texts
from agentconv.json import jsonc
from agentconv.parts.permissions.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.diagnostics import Complaint
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText


def rule(format_id: str, tool: str, effect: str, word: str, pattern: str | None) -> tuple[Rule, ...]:  # noqa: ARG001
    """Return the rule that an entry stands for."""
    held = None if pattern is None else Pattern(pattern, None)
    return (Rule(cast("Any", effect), tool, format_id, "shell", held),)


class CommandLists:
    """A file as it was read."""

    def __init__(self, format_id: str, tool: str, lists: Mapping[str, str], source: SourceText) -> None:
        self.lists = lists
        self.settings = Settings(source, jsonc.JSONC)
        rules = [found for key, effect in lists.items() for text in self._texts(key) for found in rule(format_id, tool, effect, "", text)]
        wrong = {key: value for key in lists if (value := self.settings.value(key)) is not None and not is_texts(value)}
        for key in wrong:
            self.settings.complain(f"`{key}` is a list of text", key)
        closed = {key: value for key, value in wrong.items() if value and lists[key] != "allow"}
        extras = {format_id: closed} if closed else {}
        order = "deny" if rules else None
        self.part = PermissionSet(rules=tuple(rules), resolution=cast("Any", order), extras=extras) if rules or extras else None

    @property
    def complaints(self) -> list[tuple[Complaint, int]]:
        """What the client does not take."""
        return self.settings.complaints

    def _texts(self, key: str) -> list[str]:
        value = self.settings.value(key)
        return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []

    def rewritten(self, part: PermissionSet | None) -> str:
        """Return the file with other lists in it, or without them."""
        wanted = {
            key: [str(one.pattern) for one in (part.rules if part else ()) if one.effect == effect] for key, effect in self.lists.items()
        }
        changes: dict[tuple[str, ...], Json | None] = {
            (key,): cast("Json", texts) or None for key, texts in wanted.items() if texts != self._texts(key)
        }
        return self.settings.rewritten(changes)
