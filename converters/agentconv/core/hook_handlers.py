"""What a hook runs, in neutral terms: how each client spells it is in `schemas/parts/hooks/<format id>.schema.json`.

A row's `x-field` is `handler.` and a field of `Handler`; `x-unit` is what a time is counted in. Of a key without a field, `x-dropped` says
that a client which has no such key runs the hook alike.
"""

from __future__ import annotations

import re
import shlex
from functools import cache
from typing import TYPE_CHECKING, Any

from agentconv.core import hook_facts, schema_files
from agentconv.core.dataclass import dataclass, field, fields, replace
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentconv.core.ir import Json

KIND = "hooks"
_FIELD = "handler."
_SECONDS = {"s": 1, "ms": 1000}
DROPPED = "hook-key-dropped"
ROOT = "\0root"
PROJECT = expression(
    r"\$\{[A-Z]+_PROJECT_DIR(?::-\.)?\}|\$[A-Z]+_PROJECT_DIR\b|\$\(git rev-parse --show-toplevel(?: 2>/dev/null \|\| pwd)?\)"
)
_FILLED_IN = expression(r"\$\{(?:[A-Z]+_PROJECT_DIR(?::-\.)?|CLAUDE_PLUGIN_ROOT|extensionPath|/|pathSeparator)\}")
"""What a client fills in in the words of a program that it starts without a shell."""
_NOT_WORDS = expression(r"[$`\\*?\[\]{}~<>|&;()#!=%\n\r]")
"""What a shell takes for more than words, in quotes or without."""
_SPECIAL = expression(r'[\\"$`]')


def _word(text: str) -> str:
    """Return a word of a program's call as one of a shell, which fills in what the client did, and nothing else."""
    if not _FILLED_IN.search(text):
        return shlex.quote(text)
    found, at = "", 0
    for place in _FILLED_IN.finditer(text):
        found += _within_quotes(text[at : place.start()]) + place[0]
        at = place.end()
    return f'"{found}{_within_quotes(text[at:])}"'


def _within_quotes(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


@dataclass(frozen=True, slots=True)
class Handler:
    """What a hook runs."""

    kind: str = "command"
    """`command`, `prompt`, `agent`, `http`, `mcp_tool`, or a word that only its client knows."""
    command: str | None = None
    """A line for the shell; with arguments, a program."""
    args: tuple[str, ...] | None = None
    prompt: str | None = None
    url: str | None = None
    headers: Mapping[str, Json] | None = None
    timeout_seconds: float | None = None
    message: str | None = None
    """What the user sees while it runs."""
    background: bool | None = None
    """Whether the client does not wait for it: then it can block nothing."""
    folder: str | None = None
    """Where it is run, from the project's root."""
    env: Mapping[str, Json] | None = None
    others: Mapping[str, Json] = field(default_factory=dict)
    """Keys that no field holds."""

    @property
    def line(self) -> str:
        """The command as one line for a shell."""
        return self.command or "" if self.args is None else " ".join(map(_word, (self.command or "", *self.args)))


FIELDS = tuple(one.name for one in fields(Handler) if one.name not in ("kind", "others"))


@dataclass(frozen=True, slots=True)
class _Row:
    key: str
    field: str
    unit: str
    milliseconds_from: float
    """The count from which on a time in seconds is one in milliseconds."""

    def value(self, given: Any) -> Any:
        if self.unit and isinstance(given, str):
            given = float(given)  # as a library reads one for a client that wants a number
        if self.unit and isinstance(given, (int, float)):
            return given / (1000 if given >= self.milliseconds_from else _SECONDS[self.unit])
        return tuple(given) if isinstance(given, list) else given

    def spelled(self, value: Any) -> Any:
        if self.unit and isinstance(value, (int, float)):
            counted = value * (1000 if value >= self.milliseconds_from else _SECONDS[self.unit])
            return int(counted) if counted == int(counted) else counted
        return list(value) if isinstance(value, tuple) else value


@cache
def _rows(format_id: str) -> tuple[_Row, ...]:
    rows = schema_files.part_rows(KIND, format_id)
    return tuple(
        _Row(key, row["x-field"].removeprefix(_FIELD), row.get("x-unit", ""), row.get("x-milliseconds-from", float("inf")))
        for key, row in rows.items()
        if row["x-field"].startswith(_FIELD)
    )


def known(format_id: str) -> bool:
    """Whether it is known how a client spells what a hook runs."""
    return bool(_rows(format_id))


def read(format_id: str, spelled: Json) -> Handler:
    """Return what a client runs for a well-formed handler."""
    given: dict[str, Json] = dict(spelled) if isinstance(spelled, dict) else {}
    values: dict[str, Any] = {}
    for row in _rows(format_id):
        if row.key in given and row.field not in values and _is_of_kind(row, given[row.key]):
            values[row.field] = row.value(given.pop(row.key))
    if not values.get("background"):
        values.pop("background", None)
    return Handler(**values, others=given)


def _is_of_kind(row: _Row, value: Json) -> bool:
    """Whether a value is what a field of its kind holds; what is not stays where it is."""
    kinds: Any = _KINDS.get(row.field, str)
    if isinstance(value, list) and not all(isinstance(one, str) for one in value):
        return False
    if kinds is _NUMBER and isinstance(value, str):
        return _COUNT.fullmatch(value) is not None
    return isinstance(value, kinds) and not (kinds is _NUMBER and isinstance(value, bool))


_COUNT = expression(r"\s*[0-9]{1,9}(?:\.0+)?\s*")
_NUMBER = (int, float)
_KINDS: dict[str, Any] = {"args": list, "headers": dict, "env": dict, "timeout_seconds": _NUMBER, "background": bool}


def spelled(format_id: str, handler: Handler) -> Json:
    """Return how a client spells what is run, its keys in the order of its schema."""
    found: dict[str, Json] = {}
    for row in _rows(format_id):
        value = getattr(handler, row.field)
        if value is not None and not any(row.field == other.field for other in _rows(format_id) if other.key in found):
            found[row.key] = row.spelled(value)
    return {**found, **handler.others}


def translated(handler: Handler, source: str, target: str) -> tuple[Handler, tuple[str, ...], tuple[str, ...]]:
    """Return what the target runs in its place, the keys that it does without, and those without which it is another thing."""
    moot = [key for key in handler.others if is_moot(source, key)]
    lost = [key for key in handler.others if key not in moot]
    names = {row.field for row in _rows(target)}
    found = replace(handler, others={})
    if found.args is not None and ("args" not in names or any(_FILLED_IN.search(one) for one in found.args)):
        found = replace(found, command=found.line, args=None)
    if found.timeout_seconds is not None and not found.timeout_seconds > 0:
        names = names - {"timeout_seconds"}  # some would give up at once, and a guard that is given up on blocks nothing
    for name in FIELDS:
        if getattr(found, name) is None or name in names:
            continue
        (moot if name in ("message", "timeout_seconds") else lost).append(name)
        found = replace(found, **dict[str, Any]({name: None}))
    return found, tuple(moot), tuple(lost)


def timed(format_id: str) -> tuple[str, str]:
    """Return the key in which a client is told how long to wait, and its unit; empty where it cannot be told, or counts in either."""
    row = next((row for row in _rows(format_id) if row.field == "timeout_seconds"), None)
    return ("", "") if row is None or row.milliseconds_from != float("inf") else (row.key, row.unit)


def is_moot(format_id: str, key: str) -> bool:
    """Whether a client that does not know a key of a hook, or of its group, runs the hook alike."""
    row = schema_files.part_rows(KIND, format_id).get(key)
    return row is None or row.get("x-dropped") == DROPPED


@cache
def plugin_folder() -> re.Pattern[str]:
    """Return what finds the folder of a plugin or an extension in its hooks' commands, whatever its client calls that."""
    names = (root.removeprefix("${").removesuffix("}") for root in hook_facts.plugin_roots())
    as_a_shell_says = (rf"\${name}\b" for name in names if name.isupper())
    return expression("|".join((*map(re.escape, hook_facts.plugin_roots()), *as_a_shell_says)))


def slashed(command: str) -> str:
    """Return a command line whose paths have the sign that any shell knows where a client was to fill in one."""
    for sign in hook_facts.path_signs():
        command = command.replace(sign, "/")
    return command


def rooted(command: str) -> str:
    """Return a command line with one word for the folder that the scripts of its set lie in, however its client says that."""
    return PROJECT.sub(ROOT, plugin_folder().sub(ROOT, slashed(command)))


def meanings(format_id: str, handlers: Iterable[Json], *, unquoted: bool = False) -> tuple[Handler, ...]:
    """Return what a client runs for all of some handlers, whatever it is called there; on demand, however it is quoted."""
    return tuple(_meant(read(format_id, one), unquoted=unquoted) for one in handlers)


def _meant(handler: Handler, *, unquoted: bool) -> Handler:
    if handler.command is None:
        return handler
    line = rooted(handler.line)
    return replace(handler, command=_words(line) if unquoted else line, args=None)


def _words(found: str) -> str:
    """Return a command line as the words that a shell makes of it, where there is nothing in it but those and a project's folder."""
    if _NOT_WORDS.search(found) or ("'" in found and ROOT in found):  # within which no shell fills anything in
        return found
    try:
        return "\0 ".join(shlex.split(found))  # which no line has in it
    except ValueError:  # a quote that nothing closes
        return found
