"""Steps that many formats take to hold as much of an agent as they can, each loss declared where it happens."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from agentconv.core import effects, fields, restrictions, schema_files, shapes, vocabulary
from agentconv.core.diagnostics import Detail
from agentconv.core.ir import Model
from agentconv.core.losses import becomes, listed, quoted
from agentconv.families import javascript, keys

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, Json
    from agentconv.families.keys import Decoded, Key


_CODES = {"hooks": "hooks-dropped", "color": "looks-dropped", "display_name": "looks-dropped", "invocation.by": "invocation-dropped"}


_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max", "ultra")


def require(projection: Projection, *paths: str, blanks: str = "") -> None:
    """Refuse an agent that lacks what the target loads no agent without; texts of nothing but `blanks` count as lacking."""
    for path in paths:
        value = projection.get(path)
        code = f"refused-{path.split('.')[0]}"
        if not (value and value.strip(blanks)):
            projection.refuse(code, path, "blank" if value else "missing")
        elif path == "name" and projection.target.legal_name(value) != value:
            projection.refuse(code, path, quoted(value))


def settle(projection: Projection, table: Mapping[str, Key]) -> None:
    """Drop what the target's own keys do not give back, such as a model of blanks or a turn limit of a form it ignores.

    Tools are not dropped here, because without a list the target grants all: what goes wrong with them is a bug.
    """
    agent = projection.result()
    shape = projection.shape
    said = fields.said(agent)
    for name, key in table.items():
        if shape is not None and shape.reads_back and not shapes.TEXTS.intersection(key.fields):
            continue
        if not any(fields.head_of(path) in said for path in key.fields):
            continue
        if keys.stands(name, key, agent, projection.target.id):
            continue
        misread = [path for path in keys.misread(key, agent) if not path.startswith("tools.")]
        for path in misread:
            value = fields.get(agent, path)
            if path in ("name", "description", "prompt.text"):
                projection.refuse("refused-text", path, Detail("`{}` would read otherwise", (name,)))
            else:
                projection.change(path, _empty(path), "field-dropped", _shown(value))
    if projection.shape is not None:
        projection.shape.reads_back = True


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
    wider = () if projection.trusted else effects.exceeding(projection.result(), target)
    for key in wider:
        projection.change(f"extras.{target}.{key}", None, "extra-overridden", quoted(key))
    decoded = decode(encode(projection.result()))
    for key, value in own.items():
        if key in wider:
            continue
        if key in decoded.refused:
            projection.refuse("refused-key", f"extras.{target}.{key}", Detail("{}", (decoded.refused[key].reason,)))
        elif key not in decoded.extras or decoded.extras[key] != value:
            projection.change(f"extras.{target}.{key}", None, "extra-overridden", quoted(key))


def trim(projection: Projection, path: str, blanks: str | None = None) -> None:
    """Trim a text as the target does when it reads it."""
    text = projection.get(path)
    if isinstance(text, str) and text != text.strip(blanks):
        projection.change(path, text.strip(blanks), "text-trimmed", "blanks at its ends")


def line_feeds(projection: Projection, path: str) -> None:
    """End each line of a text with a line feed, as the target reads it."""
    text = projection.get(path)
    if isinstance(text, str) and "\r" in text:
        projection.change(path, javascript.line_feeds(text), "line-ends", "CRLF or CR")


def prompt_shape(projection: Projection, mode: str, syntax: str = "literal") -> None:
    """Say how the target combines the prompt with its own, and whether it renders templates."""
    if projection.get("prompt.text") is None:
        return
    before = projection.get("prompt.mode") or "replace"
    if before != mode:
        words = {"append": "it is added to the client's own prompt", "replace": "it replaces the client's own prompt"}
        projection.change("prompt.mode", mode, "prompt-mode", words[mode])
    before = projection.get("prompt.syntax")
    before = "literal" if before is None else before
    if before != syntax:
        projection.change("prompt.syntax", syntax, "prompt-syntax", Detail("from {}", (before,)))


def model(projection: Projection, read: Callable[[str], Model] | None = None, *, providers: bool = False) -> None:
    """Keep a model that the target serves; otherwise the one that the user, or its tier, puts in its place, or else the agent inherits.

    Args:
        projection: The agent on its way.
        read: What the target makes of a model's word; by default it is an alias of the target, or an id.
        providers: Whether the target names a model with its provider.
    """
    value: Model | None = projection.get("model")
    if value is None or (projection.at_home and value.kind != "tier"):
        return
    if value.kind == "inherit":
        if vocabulary.model_kind(projection.target.id, "inherit") != "inherit":
            projection.change("model", None, "default-dropped", "`inherit`")
        return
    word = _instead(projection, value)
    mapped = (read or _model_of(projection.target.id))(word) if word else value
    served = value.kind != "tier" and value.value is not None and vocabulary.serves_model(projection.target.id, value.kind, value.value)
    if mapped != value:
        projection.change("model", mapped, "model-mapped", becomes(value.value, word))
    elif not (served or word):
        hint = "say its tier, or what to write for it, in [tool.agentconv.models]" if projection.models.by_tier else None
        projection.change("model", None, "model-dropped", quoted(value.value), hint=hint)
    elif value.fallbacks or (value.provider and not providers):
        bare = Model(value.kind, value.value, value.provider if providers else None)
        alone = not value.fallbacks and value.provider == vocabulary.model_provider(value.value or "")
        projection.change("model", bare, "default-dropped" if alone else "field-dropped", "provider and fallbacks")
    elif providers and not value.provider:
        maker = vocabulary.model_provider(value.value or "")
        projection.change("model", Model("id", value.value, maker), "model-provider", Detail("`{}/{}`", (maker, value.value)))


def _instead(projection: Projection, value: Model) -> str | None:
    """Return the word to write instead of a model; None when there is none, or no need for one."""
    target, choices = projection.target.id, projection.models
    named = (value.value or "").casefold()
    words = choices.words.get(target, {})
    if named in words and value.kind != "tier":
        return words[named]
    if value.kind == "tier":
        tier: str | None = named
    elif choices.by_tier and not vocabulary.serves_model(target, value.kind, named):
        tier = choices.tiers.get(named) or vocabulary.tier_of(projection.source.origin.format if projection.source.origin else None, named)
    else:
        tier = None
    return words.get(tier or "") or vocabulary.tier_word(target, tier or "")


def _model_of(target: str) -> Callable[[str], Model]:
    def read(word: str) -> Model:
        kind = vocabulary.model_kind(target, word)
        return Model("inherit") if kind == "inherit" else Model("alias" if kind == "alias" else "id", word)

    return read


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
        projection.change("effort", None, "effort-dropped", quoted(value))
        return
    rank = _EFFORTS.index(value)
    nearest = min((word for word in _EFFORTS if word in allowed), key=lambda word: abs(_EFFORTS.index(word) - rank))
    projection.change("effort", nearest, "effort-approximated", becomes(value, nearest))


def minutes(projection: Projection) -> None:
    """Round a bound on time up to whole minutes."""
    seconds = projection.get("limits.timeout_seconds")
    if seconds is None:
        return
    whole = 60 * max(1, math.ceil(seconds / 60))
    if whole != seconds:
        detail = Detail("{:g} seconds become {} minutes", (seconds, whole // 60))
        projection.change("limits.timeout_seconds", whole, "limit-approximated", detail)
    elif not isinstance(seconds, int):
        projection.translate("limits.timeout_seconds", whole)


def permission_mode(projection: Projection, *, held: bool = True) -> None:
    """Keep a permission mode that the target has a word for; plan stands for read-only and the other way round.

    Args:
        projection: The agent on its way.
        held: Whether the target's files can say a mode at all, where they are not the client's only ones.
    """
    mode = projection.get("permissions.mode")
    if mode is None or (held and vocabulary.native_mode(projection.target.id, mode)):
        return
    if mode == "default" and vocabulary.fact(projection.target.id, "asks_by_default"):
        projection.change("permissions.mode", None, "default-dropped", "it asks")
        return
    other = {"read-only": "plan", "plan": "read-only"}.get(mode)
    kept = other if held and other and vocabulary.native_mode(projection.target.id, other) else None
    projection.change("permissions.mode", kept, "permission-mode", becomes(mode, kept) if kept else quoted(mode))


def permission_rules(projection: Projection) -> None:
    """Drop permission rules where the target has none; whether that widens is judged on the result."""
    rules = projection.get("permissions.rules")
    if rules:
        projection.change("permissions.rules", (), "rules-dropped", listed(rule.native for rule in rules))
    if projection.get("permissions.resolution") is not None:
        projection.change("permissions.resolution", None, "rules-dropped", "the order of rules")


def invocation(projection: Projection, held: Collection[str]) -> None:
    """Say who may call the agent, in a target that always says it.

    Args:
        projection: The agent on its way.
        held: What the target can say of `user`, `agents` and `both`.
    """
    by = projection.get("invocation.by")
    if by in held:
        return
    if by is None and "agents" in held:
        projection.translate("invocation.by", "agents")
    elif "both" in held:
        projection.change("invocation.by", "both", "invocation-widened", "by both")
    else:
        projection.change("invocation.by", "agents", "invocation-dropped", quoted(by))


def drop_rest(projection: Projection) -> None:
    """Drop every field that the target has no place for, and the extras of other formats."""
    target = projection.target
    for path in _unheld(target.holds):
        value = projection.get(path)
        if value is None:
            continue
        if fields.is_absent(path, value):
            if value != _empty(path):
                projection.translate(path, None)
            continue
        projection.change(path, _empty(path), _CODES.get(path, "field-dropped"), _shown(value))
    for path in fields.extra_paths(projection.source):
        _, format_id, key = path.split(".", 2)
        if format_id == target.id or _moved(projection, format_id, key):
            continue
        reason = schema_files.only_here(format_id, key)
        if reason:
            projection.refuse("refused-kind", path, Detail("{}", (reason,)))
        else:
            projection.change(path, None, _code_without(projection, format_id, key), quoted(key))


def _moved(projection: Projection, format_id: str, key: str) -> bool:
    """Keep a key that the other form of the same client's agents has too."""
    target = projection.target.id
    if vocabulary.words_of(format_id) != vocabulary.words_of(target) or not schema_files.uses_key(target, key):
        return False
    value, path = projection.source.extras[format_id][key], f"extras.{target}.{key}"
    if schema_files.complaint(target, key, value) or schema_files.complaint(format_id, key, value) or projection.get(path) is not None:
        return False
    projection.translate(path, value)
    projection.change(f"extras.{format_id}.{key}", None, "key-moved", quoted(key), also=[path])
    return True


def _code_without(projection: Projection, format_id: str, key: str) -> str:
    """Return what it means to drop a key that only the source client has: whether it makes use of it, or drops the agent for it."""
    if format_id not in schema_files.client_names():
        return "ignored-key-dropped"
    if restrictions.restricts(format_id, key, projection.source.extras[format_id][key]):
        return "restriction-moved"
    complaint = schema_files.complaint(format_id, key, projection.source.extras[format_id][key])
    if complaint:
        return "key-dropped" if complaint.effect.drops else "ignored-key-dropped"
    return schema_files.code_without(format_id, key) or ("key-dropped" if schema_files.uses_key(format_id, key) else "ignored-key-dropped")


@cache
def _unheld(holds: frozenset[str]) -> tuple[str, ...]:
    return tuple(path for path in fields.PATHS if path not in holds)


def _empty(path: str) -> object:
    return fields.DEFAULTS.get(path)


def _shown(value: object) -> Detail:
    if isinstance(value, tuple):
        words = [str(getattr(item, "name", None) or getattr(item, "native", None) or getattr(item, "native_event", item)) for item in value]
        return listed(words[:5])
    return quoted(value) if isinstance(value, (str, int, float, bool)) else Detail("set")
