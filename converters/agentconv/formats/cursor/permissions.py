"""The rules of Cursor (documented, and its code, SDK 1.0.32): `permissions` of `.cursor/cli.json`, without asking, and `.cursorignore`.

https://cursor.com/docs/cli/reference/permissions, https://cursor.com/docs/context/ignore-files

What is ignored is kept from Cursor's own tools as far as it goes, and not from commands and MCP servers, as its documents say: nothing is
written there for another client's rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.meant import Pattern
from agentconv.core.part_format import Place
from agentconv.parts.permissions import ignore_files, lists
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat

if TYPE_CHECKING:
    from agentconv.core.ir import Rule
    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import PermissionSet

_ID = "cursor"
_SHELL = frozenset({"Shell", "Bash"})


def _rule(effect: str, word: str, pattern: str | None) -> tuple[Rule, ...]:
    """Read a rule as `matchesShell` and its like do: blanks around a pattern count for nothing, and behind a colon come arguments.

    `Shell(curl:*)` is each `curl`; other arguments are a pattern of their own, which no other client has.
    """
    (found,) = lists.rule(_ID, effect, word.strip(), pattern if pattern is None else pattern.strip())
    held = found.pattern
    command, colon, arguments = str(held or "").partition(":")
    if held is None or not colon or found.native not in _SHELL:
        return (found,)
    is_whole = arguments == "*" and command and "*" not in command
    return (replace(found, pattern=Pattern(str(held), "prefix" if is_whole else None)),)


BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    _ID: PermissionFormat(
        Client(_ID, "Cursor", _rule, effects=frozenset()),
        lists.Lists(_ID, {("permissions", "allow"): "allow", ("permissions", "deny"): "deny"}, table=("permissions",), read=_rule),
        (Place(".cursor/cli.json", mixed=True), Place(".cursorignore")),
        (Place(".cursor/cli-config.json", mixed=True),),
        elsewhere=((".cursorignore", ignore_files.reader(_ID)),),
    )
}
