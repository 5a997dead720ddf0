"""The map `agents` of `opencode.json`: the configuration of OpenCode 2, which OpenCode 1.18.33 turns into its own.

Measured on 1.18.33 (`opencode serve`, `GET /config`). An entry becomes one of `agent` (`system` its prompt, `disabled` its
`disable`, what follows `#` in its model the variant, `request.body` its options). An entry with a wrong value is passed over by
itself, what else stands in one has no effect, and where `agent` has the name too, `agent` counts. Only `permissions` keeps the
client from starting, in either map.

So nothing needs to be written here: an agent that is changed goes to `agent`, and its entry here goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Cause, Code, Complaint, Effect
from agentconv.core.expressions import expression
from agentconv.families import json_records, reading
from agentconv.families.record_file import Roster
from agentconv.families.value_checks import is_bool, is_count, is_text, is_text_map
from agentconv.formats.opencode.agent_keys import CALLERS
from agentconv.json import jsonc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentconv.core.diagnostics import Diagnostic, Span
    from agentconv.core.format import FormatSpec
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.families.json_records import JsonFile

ROSTER = Roster("/agents", by_name=True)
RENAMED = {"system": "prompt", "disabled": "disable"}
FORBIDDEN = "permissions"
_MODEL = expression(r"[^/#]+/[^#]+(#[^#]+)?")
_HEX = expression(r"#[0-9a-fA-F]{6}")


def _is_model(value: Json) -> bool:
    if not isinstance(value, dict):
        return isinstance(value, str) and _MODEL.fullmatch(value) is not None
    parts = [value.get("providerID"), value.get("model"), *([value["variant"]] if "variant" in value else [])]
    texts = [part for part in parts if isinstance(part, str) and part and "#" not in part]
    return len(texts) == len(parts) and "/" not in texts[0]


def _is_request(value: Json) -> bool:
    return isinstance(value, dict) and is_text_map(value.get("headers", {})) and isinstance(value.get("body", {}), dict)


def _is_color(value: Json) -> bool:
    return isinstance(value, str) and _HEX.fullmatch(value) is not None


_SHAPES: dict[str, tuple[Callable[[Json], bool], str]] = {
    "description": (is_text, "text"),
    "system": (is_text, "text"),
    "mode": (lambda value: isinstance(value, str) and value in CALLERS, "subagent, primary or all"),
    "model": (_is_model, "`provider/model`"),
    "color": (_is_color, "#RRGGBB"),
    "steps": (is_count, "a positive whole number"),
    "hidden": (is_bool, "true or false"),
    "disabled": (is_bool, "true or false"),
    "request": (_is_request, "a map of `headers` and `body`"),
}


def parse(source: SourceText) -> tuple[JsonFile, dict[str, Complaint]]:
    """Read a file's map, each entry as the one of `agent` that the client makes of it.

    Returns:
        The file, and by name why the client passes over an entry.
    """
    file = json_records.parse(source, ROSTER, jsonc.JSONC)
    problems: dict[str, Complaint] = {}
    for record in file.records:
        if isinstance(record.value, dict):
            problem = _problem(record.value)
            if problem:
                problems[record.token] = problem
            record.value = _lowered(record.value)
            record.keys = {RENAMED.get(key, key): place for key, place in record.keys.items()}
    return file, problems


def _problem(entry: dict[str, Json]) -> Complaint | None:
    if FORBIDDEN in entry:
        reason = f"`{FORBIDDEN}` is of another version of the client: write the agent in `agent`, with `permission`"
        return Complaint(reason, FORBIDDEN)
    for key, (fits, what) in _SHAPES.items():
        if key in entry and not fits(entry[key]):
            return Complaint(f"`{key}` in `agents` must be {what}", key)
    return None


def _lowered(entry: dict[str, Json]) -> dict[str, Json]:
    """Turn an entry into what the client puts into `agent`; a wrong value stays, so that a person's reading is kept."""
    lowered = {RENAMED.get(key, key): value for key, value in entry.items() if key in _SHAPES and key != "request"}
    model, request = entry.get("model"), entry.get("request")
    if isinstance(model, dict) and _is_model(model):
        lowered["model"] = f"{model['providerID']}/{model['model']}"
        if "variant" in model:
            lowered["variant"] = model["variant"]
    elif isinstance(model, str) and "#" in model:
        lowered["model"], _, lowered["variant"] = model.partition("#")
    if isinstance(request, dict) and isinstance(request.get("body"), dict):
        lowered["options"] = request["body"]
    return lowered


def stops(source: SourceText) -> bool:
    """Whether an entry keeps the client from starting."""
    file = json_records.parse(source, ROSTER, jsonc.JSONC)
    return any(isinstance(record.value, dict) and FORBIDDEN in record.value for record in file.records)


def without_effect(spec: FormatSpec, source: SourceText) -> Iterator[tuple[str, Diagnostic]]:
    """Yield what stands in the map and has no effect, with the name of its agent."""
    file = json_records.parse(source, ROSTER, jsonc.JSONC)
    for record in file.records:
        for key in record.keys:
            if key not in _SHAPES and key != FORBIDDEN:
                yield record.token, _passed_over(spec, record.token, key, file.span(record, key))


def _passed_over(spec: FormatSpec, name: str, key: str, span: Span) -> Diagnostic:
    def words(client: str) -> str:
        return f"{client} takes no `{key}` in `agents`, and passes over it"

    hint = "write the agent in `agent`"
    return reading.remark(spec, Code.UNKNOWN_KEY, words, span, hint, name=name, key=key, effect=Effect.IGNORES, cause=Cause.UNKNOWN_KEY)


def shadowed(source: SourceText) -> dict[str, tuple[int, int]]:
    """Return the entries that have no effect, since `agent` has one of the same name, and where they are."""
    names = {record.token for record in json_records.parse(source, Roster("/agent", by_name=True), jsonc.JSONC).records}
    file = json_records.parse(source, ROSTER, jsonc.JSONC)
    return {record.token: record.place for record in file.records if record.token in names}
