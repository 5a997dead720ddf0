"""The rules of several files of one client, which hold together, as one set: that is what another client's one file can say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.core.parts import PermissionSet


def united(sets: Sequence[PermissionSet]) -> PermissionSet:
    """Return the rules of files as one set, in the order in which the client looks at them; of what is said once, the first counts."""
    first, *others = sets
    if not others:
        return first
    rules = tuple(dict.fromkeys(rule for one in sets for rule in one.rules))
    extras: dict[str, dict[str, Any]] = {}
    for one in reversed(sets):
        for format_id, held in one.extras.items():
            extras.setdefault(format_id, {}).update(held)
    said: dict[str, Any] = {
        name: next((value for one in sets if (value := getattr(one, name)) is not None), None) for name in ("mode", "sandbox", "resolution")
    }
    folders = tuple(dict.fromkeys(folder for one in sets for folder in one.folders or ()))
    return replace(first, rules=rules, extras=extras, folders=folders or first.folders, **said)
