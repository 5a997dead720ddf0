"""What restrains all of Codex 0.169.0: the sandbox and the profiles of config.toml, and the rules for commands below `.codex/rules`.

https://developers.openai.com/codex/config-reference, https://developers.openai.com/codex/rules

No rule for commands holds what another client's denial does (`command_rules`), and a profile's path with `./` keeps the client from
starting: nothing of another client's rules is written. One file of rules that is broken costs those of all the others (asked).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from agentconv.core import schema_files, toml_places
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.ir import Rule, Sandbox
from agentconv.core.part_format import Place
from agentconv.core.parts import PermissionSet
from agentconv.core.source import BOM
from agentconv.families import toml_text, toml_values
from agentconv.formats.codex import command_rules
from agentconv.formats.codex.codex import SANDBOXES
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.part_format import PartFormat
    from agentconv.core.source import SourceText

_ID = "codex"
_SCHEMA = "parts/permissions/codex"
_OTHERS = ("approval_policy", "default_permissions", "permissions")
_DETAILS = "sandbox_workspace_write"
_MODE = "sandbox_mode"


_SWITCHES = (
    ("features", command_rules.SHELL, False, command_rules.rule("deny", command_rules.SHELL, None)[0]),
    ("", "web_search", "disabled", Rule("deny", "web_search", _ID, "web.search")),
    ("tools", "web_search", False, Rule("deny", "web_search", _ID, "web.search")),
)
"""What closes a tool for the whole session: a table, a key in it and a value, and the rule that this is (asked)."""


def _closed(values: Mapping[str, Any]) -> tuple[Rule, ...]:
    """Return the rules that the switches of a configuration are."""
    tables = {"": values, **{name: values[name] for name in ("features", "tools") if isinstance(values.get(name), dict)}}
    found = (one for table, key, value, one in _SWITCHES if tables.get(table, {}).get(key) == value)
    return tuple(dict.fromkeys(found))


class _Config:
    """A config.toml as it was read."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.complaints: list[tuple[Complaint, int]] = []
        self.part = self._part()

    def _part(self) -> PermissionSet | None:
        values = toml_values.parsed(self.source.text.removeprefix(BOM))
        if isinstance(values, toml_values.Broken):
            problem = replace(values.complaint, effect=Effect.STOPS)
            self.complaints.append((problem, values.at))
            return None
        self._check(values)
        held = {key: values[key] for key in (*_OTHERS, _DETAILS) if key in values}
        details = values.get(_DETAILS)
        network = details.get("network_access") if isinstance(details, dict) else None
        files = SANDBOXES.get(str(values.get(_MODE)))
        rules = _closed(values)
        if not (held or files or rules):
            return None
        sandbox = Sandbox(cast("Any", files), network if isinstance(network, bool) else None) if files else None
        return PermissionSet(rules=rules, resolution="deny" if rules else None, sandbox=sandbox, extras={_ID: held} if held else {})

    def _check(self, values: Mapping[str, Any]) -> None:
        """Say which of the values keeps the client from starting."""
        for key, value in values.items():
            found = schema_files.complaint(_SCHEMA, key, value)
            if found is not None:
                self.complaints.append((replace(found, client=_ID), toml_places.innermost(self.source.text, (key, *found.within))))

    def rewritten(self, part: PermissionSet | None) -> str:
        """Return the file with another sandbox and other profiles in it, or without them."""
        import tomlkit

        document: Any = tomlkit.parse(self.source.text.removeprefix(BOM))
        gone = set(self.part.rules if self.part else ()) - set(part.rules if part else ())
        for table, key, _, one in _SWITCHES:
            if one in gone:
                (document.get(table, {}) if table else document).pop(key, None)
        wanted = part.extras.get(_ID, {}) if part else {}
        before = self.part.extras.get(_ID, {}) if self.part else {}
        for key in (*_OTHERS, _DETAILS):
            if wanted.get(key) != before.get(key):
                document.pop(key, None)
                if key in wanted:
                    document[key] = tomlkit.parse(f"x = {toml_text.inline(wanted[key])}\n")["x"]
        sandbox = part.sandbox if part else None
        if sandbox != (self.part.sandbox if self.part else None):
            document.pop(_MODE, None)
            if sandbox is not None:
                document[_MODE] = next(word for word, files in SANDBOXES.items() if files == sandbox.files)
        return (BOM if self.source.text.startswith(BOM) else "") + tomlkit.dumps(document)


BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    _ID: PermissionFormat(
        Client(_ID, "Codex", command_rules.rule, effects=frozenset()),
        _Config,
        (Place(".codex/config.toml", trusted=True, mixed=True), Place(".codex/rules", "*.rules", trusted=True)),
        (Place(".codex/config.toml", mixed=True), Place(".codex/rules", "*.rules")),
        elsewhere=((".rules", command_rules.CommandRules),),
        together=".rules",
    )
}
