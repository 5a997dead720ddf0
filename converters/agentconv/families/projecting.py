"""Steps that many formats take to hold as much of an agent as they can, each loss declared where it happens."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from agentconv import effects, fields, schema_files, vocabulary
from agentconv.families import keys
from agentconv.ir import Model, Sandbox, ToolGrant

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from agentconv.effects import Effects
    from agentconv.families.keys import Decoded, Key
    from agentconv.format_base import Projection
    from agentconv.ir import Agent, Json

_LOOKS = frozenset({"color", "display_name"})
_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max", "ultra")


def require(projection: Projection, *paths: str, blanks: str = "") -> None:
    """Refuse an agent that lacks what the target loads no agent without; texts of nothing but `blanks` count as lacking."""
    for path in paths:
        value = projection.get(path)
        code = f"refused-{path.split('.')[0]}"
        if not (value and value.strip(blanks)):
            projection.refuse(code, path, "blank" if value else "missing")
        elif path == "name" and projection.target.legal_name(value) != value:
            projection.refuse(code, path, f"`{value}`")


def settle(projection: Projection, table: Mapping[str, Key]) -> None:
    """Drop what the target's own keys do not give back, such as a model of blanks or a turn limit of a form it ignores.

    Tools are not dropped here, because without a list the target grants all: what goes wrong with them is a bug.
    """
    agent = projection.result()
    said = fields.said(agent)
    for name, key in table.items():
        if not any(fields.head_of(path) in said for path in key.fields):
            continue
        misread = [path for path in keys.misread(key, agent) if not path.startswith("tools.")]
        for path in misread:
            value = fields.get(agent, path)
            if path in ("name", "description", "prompt.text"):
                projection.refuse("refused-text", path, f"`{name}` would read otherwise")
            else:
                projection.change(path, _empty(path), "field-dropped", _shown(value))


def own_extras(projection: Projection, encode: Callable[[Agent], dict[str, Json]], decode: Callable[[dict[str, Json]], Decoded]) -> None:
    """Hold the target's own extras to the fields: what contradicts them goes, and what the client drops agents for is refused.

    Args:
        projection: The agent on its way, with all its fields projected.
        encode: Makes the file's keys for an agent.
        decode: Reads them as the client does.
    """
    target = projection.target.id
    own = projection.source.extras.get(target)
    if not own:
        return
    decoded = decode(encode(projection.result()))
    for key, value in own.items():
        if key in decoded.refused:
            projection.refuse("refused-key", f"extras.{target}.{key}", decoded.refused[key])
        elif key not in decoded.extras or decoded.extras[key] != value:
            projection.change(f"extras.{target}.{key}", None, "extra-overridden", f"`{key}`")


def trim(projection: Projection, path: str, blanks: str | None = None) -> None:
    """Trim a text as the target does when it reads it."""
    text = projection.get(path)
    if isinstance(text, str) and text != text.strip(blanks):
        projection.change(path, text.strip(blanks), "text-trimmed", "blanks at its ends")


def prompt_shape(projection: Projection, mode: str, syntax: str = "literal") -> None:
    """Say how the target combines the prompt with its own, and whether it renders templates."""
    if projection.get("prompt.text") is None:
        return
    before = projection.get("prompt.mode") or "replace"
    if before != mode:
        words = {"append": "it is added to the client's own prompt", "replace": "it replaces the client's own prompt"}
        projection.change("prompt.mode", mode, "prompt-mode", words[mode])
    before = projection.get("prompt.syntax") or "literal"
    if before != syntax:
        projection.change("prompt.syntax", syntax, "prompt-syntax", f"from {before}")


def model(projection: Projection) -> None:
    """Keep a model that the target serves; otherwise the agent inherits."""
    value: Model | None = projection.get("model")
    if value is None or projection.at_home:
        return
    if value.kind == "inherit":
        if vocabulary.model_kind(projection.target.id, "inherit") != "inherit":
            projection.change("model", None, "default-dropped", "`inherit`")
        return
    served = value.value is not None and vocabulary.serves_model(projection.target.id, value.kind, value.value)
    if not served:
        projection.change("model", None, "model-dropped", f"`{value.value}`")
    elif value.provider or value.fallbacks:
        bare = Model(value.kind, value.value)
        projection.change("model", bare, "field-dropped", "provider and fallbacks")


def effort(projection: Projection, allowed: Collection[str], *, numbers: bool = False, any_text: bool = False) -> None:
    """Keep an effort that the target knows, else take the nearest; a number has no equal.

    Args:
        projection: The agent on its way.
        allowed: The words that are written.
        numbers: The target takes numbers too.
        any_text: The target's own files may hold any other word.
    """
    value = projection.get("effort")
    if value is None or value in allowed or (numbers and isinstance(value, int)):
        return
    if any_text and projection.at_home and isinstance(value, str) and value:
        return
    if value not in _EFFORTS:
        projection.change("effort", None, "effort-dropped", f"`{value}`")
        return
    rank = _EFFORTS.index(value)
    nearest = min((word for word in _EFFORTS if word in allowed), key=lambda word: abs(_EFFORTS.index(word) - rank))
    projection.change("effort", nearest, "effort-approximated", f"`{value}` becomes `{nearest}`")


def permission_mode(projection: Projection) -> None:
    """Keep a permission mode that the target has a word for; plan stands for read-only and the other way round."""
    mode = projection.get("permissions.mode")
    if mode is None or vocabulary.native_mode(projection.target.id, mode):
        return
    other = {"read-only": "plan", "plan": "read-only"}.get(mode)
    kept = other if other and vocabulary.native_mode(projection.target.id, other) else None
    projection.change("permissions.mode", kept, "permission-mode", f"`{mode}`" + (f" becomes `{kept}`" if kept else ""))


def permission_rules(projection: Projection) -> None:
    """Drop permission rules where the target has none; whether that widens is judged on the result."""
    rules = projection.get("permissions.rules")
    if rules:
        projection.change("permissions.rules", (), "rules-dropped", ", ".join(rule.native for rule in rules))
    if projection.get("permissions.resolution") is not None:
        projection.change("permissions.resolution", None, "rules-dropped", "the order of rules")


def grants(
    projection: Projection, path: str, spell_server: Callable[[str, str | None], str], reads_back: Callable[[ToolGrant], bool]
) -> None:
    """Spell tool grants in the target's words; what it has no word for is dropped and reported.

    A denied capability is denied by all the target's words for it, since one of them left out would still grant it.
    """
    target = projection.target.id
    kept: list[ToolGrant] = []
    unknown: list[str] = []
    patterns: list[str] = []
    before: tuple[ToolGrant, ...] = projection.get(path)
    for grant in before:
        if grant.format == target and reads_back(grant):
            kept.append(grant)
            continue
        translated = [found for found in _translated(grant, target, spell_server, every=path == "tools.deny") if reads_back(found)]
        kept.extend(translated)
        if not translated:
            unknown.append(grant.native)
        elif grant.pattern is not None:
            patterns.append(f"{grant.native}({grant.pattern})")
    after = _without_repeats(kept)
    if after == before:
        return
    if unknown:
        projection.change(path, after, "tool-unknown", ", ".join(unknown))
    elif fields.portable(after) != fields.portable(before):
        code = "pattern-dropped" if patterns else "looks-dropped"
        projection.change(path, after, code, ", ".join(patterns) or "tools that the target does not tell apart")
    else:
        projection.translate(path, after)


def _without_repeats(found: Iterable[ToolGrant]) -> tuple[ToolGrant, ...]:
    return tuple(dict.fromkeys(found))


def _translated(grant: ToolGrant, target: str, spell_server: Callable[[str, str | None], str], *, every: bool) -> list[ToolGrant]:
    if grant.server:
        return [ToolGrant(spell_server(grant.server, grant.tool), target, "mcp", None, grant.server, grant.tool)]
    words = vocabulary.tools_for(target, grant.capability) if grant.capability else ()
    return [ToolGrant(word, target, grant.capability) for word in (words if every else words[:1])]


def tool_list(projection: Projection, spell_server: Callable[[str, str | None], str], reads_back: Callable[[ToolGrant], bool]) -> None:
    """Keep tools as a list of the target's own words, which also stands for a sandbox or for switches of the source.

    Args:
        projection: The agent on its way.
        spell_server: Writes an MCP server, or one of its tools.
        reads_back: Whether a grant, written, is read as itself.
    """
    sandbox = projection.get("permissions.sandbox")
    may = effects.effects(projection.source)
    if sandbox is not None and sandbox.files != "full":
        _list_what(projection, may, f"a {sandbox.files} sandbox", spell_server, reads_back)
    elif sandbox is not None:
        projection.change("permissions.sandbox", None, "default-dropped", "no sandbox")
    if not projection.at_home and projection.get("tools.mode") == "inherit" and not may.may("read"):
        _list_what(projection, may, "its switches", spell_server, reads_back)
    if projection.get("tools.mode") != "list" and projection.get("tools.allow"):
        projection.change("tools.allow", (), "looks-dropped", "tools that count for nothing without a list")
    grants(projection, "tools.allow", spell_server, reads_back)
    grants(projection, "tools.deny", spell_server, reads_back)
    if projection.get("tools.mode") == "list" and not projection.get("tools.allow"):
        projection.change("tools.mode", "none", "tool-unknown", "no tool is left")


def sandbox_for_list(projection: Projection, switches: Mapping[str, ToolGrant], *, hint: str) -> None:
    """Turn tools into the sandbox and the switches that leave the same effects, for a target without a list of tools.

    Args:
        projection: The agent on its way.
        switches: By effect, the target's tool that goes when the effect does.
        hint: What to know about the target's sandbox.
    """
    tools, mode = projection.source.tools, projection.get("permissions.mode")
    sandbox: Sandbox | None = projection.get("permissions.sandbox")
    if sandbox is not None and sandbox.network is not None and sandbox.files != "workspace-write":
        sandbox = Sandbox(sandbox.files)
        projection.change("permissions.sandbox", sandbox, "tools-approximated", f"the network of a {sandbox.files} sandbox")
    if tools.allow and tools.mode != "list":
        projection.change("tools.allow", (), "looks-dropped", "tools that count for nothing without a list")
    own = tuple(grant for grant in switches.values() if grant in tools.deny)
    if tools.mode == "inherit" and mode not in _READ_ONLY and tools.deny == own:
        return
    may = effects.effects(projection.source).levels
    denied = {grant.capability for grant in tools.deny} - {"shell"}
    off = [switch for effect, switch in switches.items() if switch.capability in denied or not (may["run"] or may[effect])]
    if not may["run"]:
        sandbox = Sandbox("workspace-write", network=False) if may["write"] else Sandbox("read-only")
    values = {
        "tools.mode": "inherit",
        "tools.allow": (),
        "tools.deny": tuple(off),
        "permissions.sandbox": sandbox,
        "permissions.mode": None if mode in _READ_ONLY else mode,
    }
    if may["run"]:
        projection.change_together(values, "tools-unlisted", "it may run commands, so nothing narrower fits")
    else:
        words = [f"sandbox_mode {sandbox.files}" if sandbox else "", *(f"no {switch.native}" for switch in off)]
        projection.change_together(values, "tools-approximated", ", ".join(filter(None, words)), hint=hint)


_READ_ONLY = ("plan", "read-only")


def _list_what(
    projection: Projection,
    may: Effects,
    what: str,
    spell_server: Callable[[str, str | None], str],
    reads_back: Callable[[ToolGrant], bool],
) -> None:
    """List the tools that leave the effects which a sandbox or switches leave."""
    target = projection.target.id
    named = [
        ToolGrant(spell_server(server, tool), target, "mcp", None, server, tool)
        for server, names in may.servers.items()
        for tool in (sorted(names) if effects.ALL_TOOLS not in names else [None])
    ]
    listed = {
        "tools.mode": "list",
        "tools.allow": (*tools_within(may, target), *filter(reads_back, named)),
        "tools.deny": (),
        "permissions.sandbox": None,
    }
    projection.change_together(listed, "tools-from-sandbox", what)


def tools_within(may: Effects, target: str) -> tuple[ToolGrant, ...]:
    """Return the target's tools whose effects stay within what an agent may do (for one that only has a sandbox)."""
    found = []
    for capability, effect in effects.EFFECT_OF.items():
        native = vocabulary.tool_for(target, capability)
        if native and may.levels[effect]:
            found.append(ToolGrant(native, target, capability))
    for capability in ("todo", "skill"):
        native = vocabulary.tool_for(target, capability)
        if native:
            found.append(ToolGrant(native, target, capability))
    return tuple(found)


def drop_rest(projection: Projection) -> None:
    """Drop every field that the target has no place for, and the extras of other formats."""
    target = projection.target
    for path in _unheld(target.holds):
        value = projection.get(path)
        if fields.is_absent(path, value):
            continue
        code = "looks-dropped" if path in _LOOKS else "field-dropped"
        projection.change(path, _empty(path), code, _shown(value))
    for path in fields.extra_paths(projection.source):
        _, format_id, key = path.split(".", 2)
        if format_id != target.id:
            projection.change(path, None, "key-dropped" if _matters(projection, format_id, key) else "ignored-key-dropped", f"`{key}`")


def _matters(projection: Projection, format_id: str, key: str) -> bool:
    """Whether the source client makes use of a key that only it has, or drops the agent for its value."""
    if format_id not in schema_files.client_names():
        return False
    complaint = schema_files.complaint(format_id, key, projection.source.extras[format_id][key])
    return complaint[0] == "skip-file" if complaint else schema_files.uses_key(format_id, key)


@cache
def _unheld(holds: frozenset[str]) -> tuple[str, ...]:
    return tuple(path for path in fields.PATHS if path not in holds)


def _empty(path: str) -> object:
    return fields.DEFAULTS.get(path)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        names = [str(getattr(item, "name", None) or getattr(item, "native", None) or getattr(item, "native_event", item)) for item in value]
        return ", ".join(names[:5])
    return f"`{value}`" if isinstance(value, (str, int, float, bool)) else "set"
