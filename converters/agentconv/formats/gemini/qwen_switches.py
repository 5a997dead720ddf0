"""Keys of Qwen Code of which another one may win, or that hold several things, read and written together.

`approvalMode` goes before Claude Code's word for it, `maxTurns` before `runConfig`, `model` before `modelConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import vocabulary
from agentconv.core.diagnostics import Detail
from agentconv.families import javascript
from agentconv.families.value_checks import is_seconds, whole
from agentconv.formats.gemini.qwen_spelling import ID, model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, Json

SWITCHES = {
    "approvalMode": "permissions.mode",
    "permissionMode": "permissions.mode",
    "maxTurns": "limits.max_turns",
    "runConfig": "limits.timeout_seconds",
    "modelConfig": "model",
}
"""The keys, and the field of each."""
_CLAUDE_MODES = {
    "default": "default",
    "plan": "plan",
    "acceptEdits": "accept-edits",
    "auto": "accept-edits",
    "bypassPermissions": "bypass",
    "dontAsk": "default",
}


def _whole(value: Json) -> int | None:
    """Return a positive whole number, also one that a text spells."""
    return whole(javascript.number(value) if isinstance(value, str) and value else value)


def lift(header: dict[str, Json]) -> Mapping[str, object]:
    """Take out of a header what is null, and the keys of `SWITCHES` as far as they count."""
    for key, value in list(header.items()):
        header[key] = _without_nulls(value)
        if value is None and key not in ("name", "description"):
            del header[key]
    return {**_lift_mode(header), **_lift_limits(header), **_lift_model(header)}


def _without_nulls(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None or key == "$float"}
    return [_without_nulls(item) for item in value if item is not None] if isinstance(value, list) else value


def _lift_mode(header: dict[str, Json]) -> Mapping[str, object]:
    own, claude = header.get("approvalMode"), header.get("permissionMode")
    if isinstance(own, str) and own:
        mode = vocabulary.portable_mode(ID, own)
        if mode is None:
            return {}
        del header["approvalMode"]
        return {"permissions.mode": mode}
    if own in (None, "") and isinstance(claude, str) and claude in _CLAUDE_MODES:
        return {"permissions.mode": _CLAUDE_MODES[str(header.pop("permissionMode"))]}
    return {}


def _lift_limits(header: dict[str, Json]) -> Mapping[str, object]:
    found: dict[str, object] = {}
    turns = _whole(header.get("maxTurns"))
    if turns is not None:
        found["limits.max_turns"] = turns
        del header["maxTurns"]
    config = header.get("runConfig")
    if not isinstance(config, dict):
        return found
    rest = dict(config)
    if is_seconds(rest.get("max_time_minutes")):
        found["limits.timeout_seconds"] = _seconds(rest.pop("max_time_minutes"))
    bound = rest.get("max_turns")
    if turns is None and not isinstance(bound, str) and _whole(bound) is not None:
        found["limits.max_turns"] = _whole(rest.pop("max_turns"))
    header["runConfig"] = rest
    if not rest:
        del header["runConfig"]
    return found


def _seconds(minutes: Any) -> int | float:
    """Return minutes in seconds, without the last digits that a division by 60 makes up."""
    seconds = round(float(minutes * 60), 6)
    return int(seconds) if seconds.is_integer() else seconds


_LONGEST = 10**9
"""In seconds."""


def project_limits(projection: Projection) -> None:
    """Keep bounds that the client takes: some turns, and a time that minutes can say."""
    turns = projection.get("limits.max_turns")
    if turns is not None and _whole(turns) != turns:
        projection.change("limits.max_turns", None, "field-dropped", "no number of turns")
    seconds = projection.get("limits.timeout_seconds")
    if seconds is None:
        return
    kept = _seconds(seconds / 60) if 0 < seconds <= _LONGEST else 0
    if kept <= 0:
        projection.change("limits.timeout_seconds", None, "field-dropped", Detail("{:g} seconds", (seconds,)))
    elif kept != seconds:
        projection.change("limits.timeout_seconds", kept, "limit-approximated", Detail("{:g} seconds", (seconds,)))
    elif not isinstance(seconds, type(kept)):
        projection.translate("limits.timeout_seconds", kept)


def _lift_model(header: dict[str, Json]) -> Mapping[str, object]:
    if header.get("model") == "":
        del header["model"]
    config = header.get("modelConfig")
    if "model" in header or not isinstance(config, dict) or not isinstance(config.get("model"), str) or not config["model"]:
        return {}
    rest = dict(config)
    found = {"model": model(rest.pop("model"))}
    header["modelConfig"] = rest
    if not rest:
        del header["modelConfig"]
    return found


def lower(agent: Agent) -> dict[str, Json]:
    """Write those keys, together with what `extras` keeps in the same maps."""
    header: dict[str, Json] = {}
    if agent.permissions.mode is not None:
        header["approvalMode"] = vocabulary.native_mode(ID, agent.permissions.mode)
    if agent.limits.max_turns is not None:
        header["maxTurns"] = agent.limits.max_turns
    seconds = agent.limits.timeout_seconds
    if seconds is not None:
        kept = agent.extras.get(ID, {}).get("runConfig")
        minutes = seconds / 60
        header["runConfig"] = {
            **(kept if isinstance(kept, dict) else {}),
            "max_time_minutes": int(minutes) if float(minutes).is_integer() else minutes,
        }
    return header
