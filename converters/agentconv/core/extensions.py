"""What other distributions bring: formats, the other parts that a client of theirs has, and rules, by entry points.

To look is to be cheap, since every command does: file names alone are read until a distribution says that it has something for us.
"""

from __future__ import annotations

import os
import sys
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from agentconv.core import bugs
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.core.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.kinds import Kind

FORMATS, RULES = "agentconv.formats", "agentconv.rules"
PARTS: dict[Kind, str] = {kind: f"agentconv.{kind}" for kind in KINDS}
"""The group of each kind of part, in which an entry point is called as its format is."""
GONE: set[str] = set()
"""Ids of formats that could not be taken in."""
BROKEN_PARTS: dict[tuple[str, Kind], Diagnostic] = {}
"""Why parts that other distributions bring are not there, as far as they were looked for."""
_MARK = b"[agentconv."
"""How a section of `entry_points.txt` begins that is ours."""
_ENDS = (".dist-info", ".egg-info")
_OF_VALUES: dict[str, Any] = {
    "enum": {"type": "array"},
    "items": {"type": ["object", "boolean"]},
    "properties": {"type": "object", "additionalProperties": {"type": ["object", "boolean"]}},
    "anyOf": {"type": "array", "items": {"type": ["object", "boolean"]}},
    "pattern": {"type": "string"},
}
"""Words of JSON Schema by which values are told, and what they are."""
_SEEN = "says client, version, date and page: texts, the date as `2026-11-29` and the page as `https://...`"
_TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")
"""What JSON Schema calls the types of values."""


@dataclass(frozen=True, slots=True)
class Extension:
    """One entry point."""

    distribution: str
    """The name and version of what brings it."""
    name: str
    value: str
    """The module, and what of it: `package.module:NAME`."""

    def load(self, kind: Kind | None = None) -> Any:
        """Import it.

        Args:
            kind: The parts that a client has none of without it, where it is not the whole format.

        Raises:
            InputError: It cannot be imported, whatever is wrong with it.
        """
        from importlib import import_module

        module, _, attribute = self.value.partition(":")
        try:
            found: Any = import_module(module.strip())
            for part in filter(None, attribute.strip().split(".")):
                found = getattr(found, part)
        except (Exception, SystemExit) as error:  # a distribution that is broken loses nothing but its own
            bugs.unloaded(self.value, error)
            lost = f"has no {kind}: {module.strip()} " if kind else ""
            raise self.broken(f"{lost}cannot be loaded: {type(error).__name__}: {error}") from error
        return found

    def broken(self, why: str, hint: str = "") -> InputError:
        """Make the error that names the distribution; without a hint for its author, it has one for who has it installed."""
        message = f"`{self.name}` of {self.distribution} {why}"
        hint = hint or f"update or uninstall {self.distribution.partition(' ')[0]}; everything else works without it"
        return InputError(Diagnostic(Code.EXTENSION, Severity.WARNING, message, hint=hint))

    @property
    def folder(self) -> str | None:
        """The folder of its module, where its schema and words lie beside it; None where there is no such module."""
        from importlib.util import find_spec

        try:
            spec = find_spec(self.value.partition(":")[0].strip())
        except (Exception, SystemExit):  # noqa: BLE001 - a package that is broken is told when it is loaded
            return None
        return os.path.dirname(spec.origin) if spec and spec.origin else None


@cache
def of(group: str) -> tuple[Extension, ...]:
    """Return the entry points of a group, by distribution and name, in whichever order they were installed."""
    found = {one for folder in _folders() for one in _said(folder, group)}
    return tuple(sorted(found, key=lambda one: (one.distribution, one.name, one.value)))


@cache
def parts() -> dict[tuple[str, Kind], Extension]:
    """Return the entry points of parts by format and kind: those of formats that the same distribution brings.

    To be asked once the formats were taken in: of one that is not there, nothing is.
    """
    formats = {(one.distribution, one.name) for one in of(FORMATS)}
    found: dict[tuple[str, Kind], Extension] = {}
    for kind, group in PARTS.items():
        for one in of(group):
            if (one.distribution, one.name) not in formats:
                why = f"is no format of its own, and so it brings no {kind} of it"
                BROKEN_PARTS[one.name, kind] = one.broken(why, f"name an entry point of `{FORMATS}` of the same distribution").diagnostic
            elif one.name not in GONE:
                found[one.name, kind] = one
    return found


@cache
def fault(extension: Extension) -> str | None:
    """Return what keeps a format's schema, or its words, from being used; None where nothing does, or its module is nowhere."""
    folder = extension.folder
    checks = ((".schema.json", _fault_of_schema), (".toml", partial(_fault_of_words, extension.name)))
    for end, check in checks if folder else ():
        place = os.path.join(folder or "", extension.name + end)
        if not os.path.isfile(place):
            return f"is no format: there is no {extension.name}{end} beside the module {extension.value.partition(':')[0].strip()}"
        try:
            with open(place, encoding="utf-8") as stream:
                wrong = check(stream.read())
        except (OSError, ValueError) as error:
            wrong = str(error)
        if wrong:
            return f"is no format: {extension.name}{end}: {wrong}"
    return None


def fault_of_part(extension: Extension, kind: Kind) -> str | None:
    """Return what keeps a format's schema of a kind of part from being used; None where nothing does."""
    name = f"{extension.name}.{kind}.schema.json"
    place = files(f".{kind}.schema.json").get(extension.name)
    if place is None and kind == "instructions":
        return None  # most have no keys
    if place is None:
        return f"has no {kind}: there is no {name} beside {extension.name}.schema.json"
    try:
        with open(place, encoding="utf-8") as stream:
            wrong = _fault_of_schema(stream.read(), of_agents=False)
    except (OSError, ValueError) as error:
        wrong = str(error)
    return f"has no {kind}: {name}: {wrong}" if wrong else None


def _fault_of_words(format_id: str, text: str) -> str | None:
    import tomli

    from agentconv.core import word_faults

    return word_faults.fault(tomli.loads(text), format_id)


def _fault_of_schema(text: str, *, of_agents: bool = True) -> str | None:
    """Say what of a schema would stop who uses it; `agentconv.testing` holds it to all that annotations are held to."""
    import json

    found = json.loads(text)
    seen = found.get("x-verified") if isinstance(found, dict) else None
    rows = found.get("properties") if isinstance(found, dict) else None
    needed = {"description", "x-field", "x-invalid"}
    if not isinstance(rows, dict) or not all(isinstance(row, dict) and needed <= row.keys() for row in rows.values()):
        return "`properties` is a map of keys, each with a description, `x-field` and `x-invalid`"
    if not isinstance(seen, dict) or not {"client", "version", "date", "page"} <= seen.keys():
        return f"`x-verified` {_SEEN}"
    return next(_unlike_annotations(found, of_agents=of_agents), None)


def _unlike_annotations(schema: dict[str, Any], *, of_agents: bool) -> Iterator[str]:
    """Yield what is missing of a schema, and the keys whose annotations say nothing that there is."""
    import json

    from agentconv.core import fields
    from agentconv.core.schema_files import FOLDER

    rules = json.loads((FOLDER / "annotations.schema.json").read_text("utf-8"))  # where other schemas lie is asked of this module
    yield from (f"it has no `{name}`" for name in rules["required"] if name not in schema)
    yield from (f"`{name}` {why}" for name, why in _unlike(schema, rules["properties"], rules))
    effects = [one["const"] for one in rules["$defs"]["key"]["properties"]["x-invalid"]["oneOf"]]
    known = rules["$defs"]["key"]["properties"]
    for key, row in schema["properties"].items():
        if of_agents and row["x-field"] not in (*fields.PATHS, "extras"):
            yield f"`{key}`: `x-field` is the path of a field of an agent, such as `description` or `tools.allow`, or `extras`"
        if row["x-invalid"] not in effects:
            yield f"`{key}`: `x-invalid` is one of {', '.join(effects)}"
        types = row.get("type", [])
        if unknown := [one for one in (types if isinstance(types, list) else [types]) if one not in _TYPES]:
            yield f"`{key}`: `type` is one of {', '.join(_TYPES)}, or a list of them, and not {json.dumps(unknown[0])}"
        yield from (f"`{key}`: `{name}` {why}" for name, why in _unlike(row, {**known, **_OF_VALUES}, rules))


def _unlike(said: dict[str, Any], rules: dict[str, Any], root: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is said in another way than its rule wants, and what is wanted; what there is no rule for is told by the suite."""
    from agentconv.core.schema_words import wants
    from agentconv.core.verdict import verdict

    for name, value in said.items():
        rule = rules.get(name, True)
        if name != "properties" and verdict(value, rule, root) is False:
            yield name, _SEEN if name == "x-verified" else f"is {wants(rule, root) or rule.get('description', 'something else')}"


@cache
def files(ends: str) -> dict[str, str]:
    """Return by format the files of other distributions that are called as the format, with an end."""
    places = {one.name: os.path.join(one.folder, one.name + ends) for one in of(FORMATS) if one.folder and fault(one) is None}
    return {name: place for name, place in places.items() if os.path.isfile(place)}


@cache
def _folders() -> tuple[str, ...]:
    """Return the folders of installed distributions that say something to us, each once."""
    return tuple(dict.fromkeys(_looked_through()))


def _looked_through() -> Iterator[str]:
    try:
        here = os.path.realpath(os.curdir)  # what lies in somebody's project is data, even where `python -m` looks there first
    except OSError:  # that folder is gone
        here = ""
    for place in sys.path:
        if not place or os.path.realpath(place) == here:
            continue
        try:
            names = os.listdir(place)
        except OSError:
            continue
        for name in names:
            if name.endswith(_ENDS) and _is_ours(os.path.join(place, name)):
                yield os.path.join(place, name)


def _is_ours(folder: str) -> bool:
    try:
        with open(os.path.join(folder, "entry_points.txt"), "rb") as stream:
            return _MARK in stream.read()
    except OSError:
        return False


def _said(folder: str, group: str) -> list[Extension]:
    from importlib.metadata import Distribution
    from pathlib import Path

    distribution = Distribution.at(Path(folder))
    name = f"{distribution.metadata['Name']} {distribution.version}"
    return [Extension(name, one.name, one.value) for one in distribution.entry_points if one.group == group]
