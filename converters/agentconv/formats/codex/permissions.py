"""What restrains all of Codex 0.169.0: the sandbox and the profiles of config.toml, and the rules for commands below `.codex/rules`.

https://developers.openai.com/codex/config-reference, https://developers.openai.com/codex/rules

A rule is `prefix_rule(pattern=[...], decision="allow" | "prompt" | "forbidden")`, the strictest of those that match decides, and it is held
against the words of each plain command of a line; a line with anything else in it is one command (`bash -lc ...`), so that no rule here
holds what another client's denial does. A profile's path with `./` keeps the client from starting. Nothing of another client's rules is
written.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, cast

from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Cause, Complaint, Effect
from agentconv.core.ir import Rule, Sandbox
from agentconv.core.meant import Pattern
from agentconv.core.part_format import Place
from agentconv.core.parts import PermissionSet
from agentconv.core.source import BOM
from agentconv.families import toml_text, toml_values
from agentconv.formats.codex.codex import SANDBOXES
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat

if TYPE_CHECKING:
    from agentconv.core.part_format import PartFormat
    from agentconv.core.source import SourceText

_ID = "codex"
_OTHERS = ("approval_policy", "default_permissions", "permissions")
_DETAILS = "sandbox_workspace_write"
_MODE = "sandbox_mode"
_DECISIONS = {"allow": "allow", "prompt": "ask", "forbidden": "deny"}
_SHELL = "shell_tool"


def _rule(effect: str, word: str, pattern: str | None) -> tuple[Rule, ...]:
    held = None if pattern is None else Pattern(pattern, "prefix")
    return (Rule(cast("Any", effect), word, _ID, "shell", held),)


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
        held = {key: values[key] for key in (*_OTHERS, _DETAILS) if key in values}
        details = values.get(_DETAILS)
        network = details.get("network_access") if isinstance(details, dict) else None
        files = SANDBOXES.get(str(values.get(_MODE)))
        if _MODE in values and files is None:
            reason = f"`{_MODE}` is {', '.join(SANDBOXES)}"
            self.complaints.append((Complaint(reason, _MODE, Effect.STOPS), max(self.source.text.find(_MODE), 0)))
        if not held and files is None:
            return None
        sandbox = Sandbox(cast("Any", files), network if isinstance(network, bool) else None) if files else None
        return PermissionSet(sandbox=sandbox, extras={_ID: held} if held else {})

    def rewritten(self, part: PermissionSet | None) -> str:
        """Return the file with another sandbox and other profiles in it, or without them."""
        import tomlkit

        document: Any = tomlkit.parse(self.source.text.removeprefix(BOM))
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


class _Rules:
    """A file of rules for commands as it was read."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.complaints: list[tuple[Complaint, int]] = []
        self.part = self._part()

    def _part(self) -> PermissionSet | None:
        try:
            calls = [one.value for one in ast.parse(self.source.text.removeprefix(BOM)).body if isinstance(one, ast.Expr)]
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            reason = f"no Starlark: {error.msg if isinstance(error, SyntaxError) else error}"
            self.complaints.append((Complaint(reason, effect=Effect.DROPS_ALL, cause=Cause.SYNTAX), 0))
            return None
        rules = [rule for call in calls if isinstance(call, ast.Call) for rule in _of_call(call)]
        return PermissionSet(rules=tuple(rules), resolution="deny") if rules else None

    def rewritten(self, part: PermissionSet | None) -> str:
        """Return a file of these rules alone."""
        return "".join(map(_call, part.rules if part else ()))


def _of_call(call: ast.Call) -> list[Rule]:
    """Return the rules of one call: one for each way in which the words of its pattern can be taken."""
    if not (isinstance(call.func, ast.Name) and call.func.id == "prefix_rule"):
        return []
    given: dict[str, Any] = {}
    for one in call.keywords:
        try:
            given[one.arg or ""] = ast.literal_eval(one.value)
        except (ValueError, TypeError):
            return []
    pattern, effect = given.get("pattern"), _DECISIONS.get(str(given.get("decision", "allow")))
    if effect is None or not isinstance(pattern, list):
        return []
    ways = [""]
    for word in pattern:
        choices = [str(one) for one in word] if isinstance(word, list) else [str(word)]
        ways = [f"{way} {choice}".strip() for way in ways for choice in choices][:_MOST]
    return [rule for way in ways for rule in _rule(effect, _SHELL, f"{way}:*")]


_MOST = 32


def _call(rule: Rule) -> str:
    decision = next(word for word, effect in _DECISIONS.items() if effect == rule.effect)
    words = str(rule.pattern or "").removesuffix(":*").split(" ")
    return f'prefix_rule(pattern=[{", ".join(map(toml_text.inline, words))}], decision="{decision}")\n'


BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    _ID: PermissionFormat(
        Client(_ID, "Codex", _rule, effects=frozenset()),
        _Config,
        (Place(".codex/config.toml", trusted=True, mixed=True), Place(".codex/rules", "*.rules", trusted=True)),
        (Place(".codex/config.toml", mixed=True), Place(".codex/rules", "*.rules")),
        elsewhere=((".rules", _Rules),),
    )
}
