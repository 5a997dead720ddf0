"""The rules of a project or user of OpenCode 1.18.33 and Kilo 7.7.9 (asked): the map `permission` of their configurations.

https://opencode.ai/docs/permissions

The last rule that matches decides, and what no rule is about is done unasked. The deprecated map `tools` counts before it. OpenCode does
not start with a value that is no action; Kilo takes nothing of such a file. For Kilo, `.kilocodeignore` holds rules, too.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from agentconv.core import schema_files
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.part_format import Place
from agentconv.core.parts import PermissionSet
from agentconv.families.keys import Refused
from agentconv.formats.opencode import among_users, configurations, kilo, kilo_ignore, opencode, permission_maps, within_project
from agentconv.formats.opencode.among_agents import among
from agentconv.json import jsonc
from agentconv.parts.permissions import wider
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat
from agentconv.parts.permissions.settings import Settings

if TYPE_CHECKING:
    from agentconv.core.ir import Json, Rule
    from agentconv.core.part_format import PartFormat
    from agentconv.core.source import SourceText
    from agentconv.formats.opencode.permission_maps import Permissions

_KEY = "permission"
_TOOLS = "tools"
_HEADS = (" ", "/")
"""What may stand before a command in a piece of a line: both parse lines to the last `$(...)`."""


class _RuleFile:
    """A configuration as it was read."""

    def __init__(self, maps: Permissions, wrong: Effect, source: SourceText) -> None:
        self.maps = maps
        self.settings = Settings(source, jsonc.JSONC, wrong)
        self.wrong = wrong
        self._check_tools()
        self.part = self._part()

    @property
    def complaints(self) -> list[tuple[Complaint, int]]:
        """What the client does not take."""
        return self.settings.complaints

    def _check_tools(self) -> None:
        """Say what the client does not take of the deprecated map; of the other one, its reader does."""
        node = self.settings.node(_TOOLS)
        schema = f"parts/permissions/{self.maps.format_id}"
        found = schema_files.complaint(schema, _TOOLS, jsonc.value(node)) if node is not None else None
        if found is not None:
            self.settings.complain(found.reason, _TOOLS, within=found.within, effect=found.effect, remedy=found.remedy)

    def _part(self) -> PermissionSet | None:
        given: dict[str, Json] = {}
        for key in (_TOOLS, _KEY):
            found = self.settings.node(key)
            if found is not None and (key == _KEY or isinstance(found, jsonc.Object)):
                given[key] = jsonc.value(found)
        if not given:
            return None
        rules = self._rules(given)
        return PermissionSet(rules=rules, resolution="last") if rules else None

    def _rules(self, given: dict[str, Json]) -> tuple[Rule, ...]:
        if _TOOLS in given and _KEY in given:
            self._rules({_KEY: given[_KEY]})  # which says what is wrong with it
        try:
            fields: Any = self.maps.with_tools(dict(given)) if _TOOLS in given else self.maps.read(given[_KEY])
        except Refused as refused:
            place = self.settings.at(_KEY, within=refused.within)
            wrong = Complaint(refused.reason, _KEY, self.wrong, within=refused.within, remedy=refused.remedy)
            self.complaints.append((wrong, place))
            fields = refused.values
        return cast("tuple[Rule, ...]", fields.get("permissions.rules", ()))

    def rewritten(self, part: PermissionSet | None) -> str:
        """Return the file with other rules in it, or without them."""
        rules = part.rules if part else ()
        changes: dict[tuple[str, ...], Json | None] = {(_KEY,): self.maps.written(rules) if rules else None}
        if self.settings.node(_TOOLS) is not None:
            changes[(_TOOLS,)] = None
        return self.settings.rewritten(changes)


def _rule(format_id: str, effect: str, word: str, pattern: str | None) -> tuple[Rule, ...]:
    return tuple(permission_maps.rules_of(format_id, word, effect, pattern))


def _outside(text: str) -> tuple[tuple[str, str], ...]:
    """Return what closes a folder outside of the project, which is held by the folder of the file."""
    folder = text.removesuffix("/**").removesuffix("/*")
    if folder == text or set(folder) & set("*?[]{}()!"):
        return ()
    folder = folder.removeprefix("/") if folder.startswith("//") else folder
    return (("external_directory", f"{folder}/*"),)


def _client(format_id: str, title: str) -> Client:
    return Client(
        format_id,
        title,
        partial(_rule, format_id),
        holding={"fs.read": ("read",), "notebook.edit": ("edit",), "shell": ("bash",)},
        patterns={"command": ("command", partial(wider.as_globs, heads=_HEADS)), "path": ("path", wider.as_globs)},
        server=permission_maps.spell_server,
        outside=_outside,
        maps=True,
        asks_for_rest=True,
    )


BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    "opencode": PermissionFormat(
        _client("opencode", "OpenCode"),
        partial(_RuleFile, opencode.PERMISSIONS, Effect.STOPS),
        configurations.adding_up(configurations.OPENCODE),
        tuple(Place(f".config/opencode/{name}", mixed=True) for name in configurations.OPENCODE[:2]),
        among=among,
        among_users=among_users.among,
        within=within_project.within,
    ),
    "kilo": PermissionFormat(
        _client("kilo", "Kilo"),
        partial(_RuleFile, kilo.PERMISSIONS, Effect.DROPS_ALL),
        (*configurations.adding_up(configurations.KILO), Place(kilo_ignore.NAME)),
        (*(Place(f".config/kilo/{name}", mixed=True) for name in configurations.KILO[:2]), Place(f".kilocode/{kilo_ignore.NAME}")),
        elsewhere=((kilo_ignore.NAME, kilo_ignore.IgnoreFile),),
        among=among,
        among_users=among_users.among,
        within=within_project.within,
    ),
}
