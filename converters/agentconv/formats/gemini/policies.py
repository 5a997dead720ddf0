"""The policies of a user of Gemini CLI 0.61.0 (its core was asked): files with `[[rule]]` tables below `~/.gemini/policies`.

https://geminicli.com/docs/reference/policy-engine

Of all rules, whatever their files, the one of the highest priority that matches decides, and of equal ones the first. A file in which one
rule is not as it should be is passed over whole; a rule without a name of a tool keeps the client from starting. A project's own policies
are read by no version so far, and those of an extension cannot allow anything. What a rule says of modes, of sub-agents or of annotations
narrows it: a prohibition is read without that, and a permission with that is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from agentconv.core import toml_places
from agentconv.core.diagnostics import Cause, Complaint, Effect
from agentconv.core.expressions import expression
from agentconv.core.ir import Rule
from agentconv.core.meant import Pattern
from agentconv.core.parts import PermissionSet
from agentconv.core.source import BOM
from agentconv.families import toml_values
from agentconv.parts.permissions import deciding, lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText

_ID = "gemini-cli"
_SHELL = "run_shell_command"
_DECISIONS = {"allow": "allow", "ask_user": "ask", "deny": "deny"}
_MODES = ("default", "autoEdit", "yolo", "plan")
_HIGHEST = 999
_NARROWING = ("subagent", "modes", "interactive", "toolAnnotations", "argsPattern")
_EVERY_TOOL = expression(r"mcp_(.+)_\*")
ANY_SERVER = "mcp_*"


def rule(effect: str, word: str, pattern: str | None) -> tuple[Rule, ...]:
    """Read a rule on a word of the client; a server's tool is called `mcp_SERVER_TOOL` (`server_names`)."""
    every = _EVERY_TOOL.fullmatch(word)
    server, _, tool = (every[1], "", "") if every else word.removeprefix("mcp_").partition("_")
    if pattern is not None or not server or not (every or tool) or not word.startswith("mcp_"):
        return lists.rule(_ID, effect, word, pattern)
    return (Rule(cast("Any", effect), word, _ID, "mcp", None, server, tool or None),)


class Policies:
    """A file of policies as it was read."""

    def __init__(self, source: SourceText, *, allows: bool = True) -> None:
        self.source = source
        self._allows = allows
        self.complaints: list[tuple[Complaint, int]] = []
        self._text = source.text.removeprefix(BOM)
        self.part = self._part()

    def _part(self) -> PermissionSet | None:
        values = toml_values.parsed(self._text)
        if isinstance(values, toml_values.Broken):
            self._complain(values.complaint.reason, values.at, Effect.DROPS_ALL, cause=Cause.SYNTAX)
            return None
        given = values.get("rule", [])
        tables: list[Any] = given if isinstance(given, list) else [given]
        places = toml_places.places(self._text)
        ranked = []
        for number, table in enumerate(tables):
            at = places.get(("rule", number), places.get(("rule",), 0))
            reason = _wrong(table) if isinstance(given, list) else "`[rule]` is `[[rule]]`"
            if reason:
                self._complain(reason, at, Effect.DROPS_ALL)
            elif "" in _words(table["toolName"]):
                self._complain("a rule names a tool, or `*` for all of them", at, Effect.STOPS)
            priority = table.get("priority") if isinstance(table, dict) else None
            rank = -priority if isinstance(priority, int) else 0
            ranked += [(rank, at, one) for one in self._rules(table, at)]
        ranked.sort(key=lambda one: one[0])
        rules = tuple(dict.fromkeys(one for _, _, one in ranked))
        self._tell_hidden(rules, {one: at for _, at, one in reversed(ranked)})
        return PermissionSet(rules=rules, resolution="deny") if rules else None

    def _complain(self, reason: str, at: int, effect: Effect, key: str | None = None, cause: Cause | None = None) -> None:
        self.complaints.append((Complaint(reason, key, effect, _ID, cause), at + len(self.source.text) - len(self._text)))

    def _rules(self, table: Any, at: int) -> Iterator[Rule]:
        """Yield what a table says, also where its client does not take it: what its author meant."""
        effect = _DECISIONS.get(str(table.get("decision"))) if isinstance(table, dict) else None
        words = _words(table.get("toolName")) if effect else []
        if effect is None or (effect == "allow" and any(table.get(key) not in (None, []) for key in _NARROWING)):
            return
        if effect == "allow" and not self._allows:
            self._complain("an extension cannot allow anything", at, Effect.IGNORES, effect)
            return
        told = [key for key in ("commandPrefix", "commandRegex") if key in table]
        if told and (words != [_SHELL] or "argsPattern" in table or len(told) > 1):
            self._complain(f"`{told[0]}` stands beside `toolName = {_SHELL}!r` alone".replace("!r", '"'), at, Effect.IGNORES, effect)
        for word in words:
            yield from _of_word(cast("Any", effect), word, table)

    def _tell_hidden(self, rules: tuple[Rule, ...], places: Mapping[Rule, int]) -> None:
        """Say which prohibitions never count, since what is allowed has a higher priority."""
        for number, one in enumerate(rules):
            freed = (other for other in rules[:number] if other.effect == "allow" and one.effect != "allow")
            hiding = next((other for other in freed if _is_of_shell(other, one) or deciding.matches_all(other, one)), None)
            if hiding is not None:
                reason = f"`{deciding.text_of(hiding)}` is asked first, so that `{deciding.text_of(one)}` never counts"
                self._complain(reason, places[one], Effect.IGNORES, one.effect)

    def rewritten(self, part: PermissionSet | None) -> str:
        """Return the file as it is, or without anything: its rules are written by its user alone."""
        return self.source.text if part is not None else ""


def of_extension(source: SourceText) -> Policies:
    """Read a file in the folder `policies` of an extension, which can close tools and ask, and open none."""
    return Policies(source, allows=False)


def _is_of_shell(other: Rule, one: Rule) -> bool:
    """Whether a rule is about all commands, and another one about some."""
    return other.native == _SHELL and one.capability == "shell" and one.server is None


def _of_word(effect: Any, word: str, table: Mapping[str, Any]) -> Iterator[Rule]:
    """Yield the rules that a table makes of one of its tools."""
    server, arguments = table.get("mcpName"), table.get("argsPattern")
    if server == "*" or (server is None and word == ANY_SERVER):
        yield Rule(effect, ANY_SERVER, _ID, "mcp")
    elif isinstance(server, str):
        tool = None if word == "*" else word
        yield Rule(effect, f"mcp_{server}_{word}", _ID, "mcp", None, server, tool)
    elif "commandPrefix" in table:
        for prefix in _words(table["commandPrefix"]):
            yield (
                Rule(effect, "commandPrefix", _ID, "shell", Pattern(f"{prefix}:*", "prefix"))
                if prefix
                else Rule(effect, _SHELL, _ID, "shell")
            )
    elif "commandRegex" in table or (word == _SHELL and isinstance(arguments, str)):
        key = "commandRegex" if "commandRegex" in table else "argsPattern"
        yield Rule(effect, key, _ID, "shell", Pattern(str(table[key]), "regex"))
    else:
        found = rule(effect, word, None)
        held = Pattern(arguments, "regex") if isinstance(arguments, str) else None
        yield from (Rule(one.effect, one.native, _ID, one.capability, held, one.server, one.tool) for one in found)


def _words(value: Json) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _wrong(table: Any) -> str | None:
    """Say what of a rule costs its file."""
    if not isinstance(table, dict):
        return "a rule is a table"
    if not _is_texts(table.get("toolName")):
        return "a rule has a `toolName`"
    if table.get("decision") not in _DECISIONS:
        return f"`decision` is {', '.join(_DECISIONS)}"
    priority = table.get("priority")
    if not isinstance(priority, int) or isinstance(priority, bool) or not 0 <= priority <= _HIGHEST:
        return f"`priority` is a whole number from 0 to {_HIGHEST}"
    modes = table.get("modes", [])
    if not isinstance(modes, list) or any(one not in _MODES for one in modes):
        return f"`modes` lists {', '.join(_MODES)}"
    texts = ("subagent", "mcpName", "argsPattern", "commandRegex", "denyMessage")
    wrong = next((key for key in texts if key in table and not isinstance(table[key], str)), None)
    if wrong is None and "commandPrefix" in table and not _is_texts(table["commandPrefix"]):
        return "`commandPrefix` is a text, or a list of texts"
    return f"`{wrong}` is a text" if wrong else None


def _is_texts(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
