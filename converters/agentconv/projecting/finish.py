"""The last verb of every projection: nothing is left but what the target holds and gives back."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from agentconv.core import (
    access,
    effects,
    enforcement,
    fields,
    hidden_rules,
    mentions,
    paths,
    restrictions,
    schema_files,
    shapes,
    vocabulary,
)
from agentconv.core.diagnostics import Detail, Effect
from agentconv.core.losses import listed, quoted
from agentconv.families import keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import Json
    from agentconv.families.keys import Dialect, Key

_CODES = {"hooks": "hooks-dropped", "color": "looks-dropped", "display_name": "looks-dropped", "invocation.by": "invocation-dropped"}


def finish(projection: Projection, dialect: Dialect) -> None:
    """Drop what no step spoke of and the target has no place for, and hold the rest to what its files give back."""
    if projection.shape is None:  # else it was dropped for all agents of the shape: `once`
        drop_rest(projection)
    _hold_fields(projection, dialect.keys)
    _hold_extras(projection, dialect)
    _tell_mentions(projection)
    if vocabulary.unenforced(projection.target.id).free:
        limits = _unenforced(projection, dialect)
        projection.losses += enforcement.losses_of(projection.source.id, projection.target.id, limits)


def _unenforced(projection: Projection, dialect: Dialect) -> tuple[str, ...]:
    """Return the keys that limit an agent and do not hold it: once for those of one shape, since no text is a limit."""
    shape = projection.shape
    if shape is not None and shape.unheld is not None:
        return shape.unheld
    found = enforcement.unheld(projection.target.id, dialect.encode(projection.result()))
    if shape is not None:
        shape.unheld = found
    return found


def _tell_mentions(projection: Projection) -> None:
    """Say what a prompt speaks of that its own client has, and the target has not; the prompt stays as it is."""
    origin, prompt = projection.source.origin, projection.source.prompt
    if origin is None or prompt is None or vocabulary.words_of(origin.format) == vocabulary.words_of(projection.target.id):
        return
    found = mentions.find(prompt.text, origin.format, with_tools=True, unlike=projection.target.id)
    words = [word for word in found if mentions.knows(origin.format, word) and not mentions.knows(projection.target.id, word)]
    if words:
        more = [f"{len(words) - _MENTIONS_SHOWN} more"] if len(words) > _MENTIONS_SHOWN else []
        projection.remark("prompt-speaks", "prompt.text", listed([*(f"`{word}`" for word in words[:_MENTIONS_SHOWN]), *more]))


_MENTIONS_SHOWN = 5


def drop_rest(projection: Projection) -> None:
    """Drop every field that the target has no place for, and the extras of other formats."""
    target = projection.target
    ignored = [f"{one.rule.shown} (hidden by {one.by.shown})" for one in hidden_rules.find(projection.source.permissions) if one.opens]
    if ignored:
        projection.remark("restriction-ignored", "permissions.rules", listed(ignored))
    for path in _unheld(target.holds):
        value = projection.get(path)
        if value is None:
            continue
        if fields.is_absent(path, value):
            if value != _empty(path):
                projection.translate(path, None)
            continue
        if path == "skills" and _loads_none(projection):
            projection.change(path, _empty(path), "skills-unreachable", listed(value), hint=_to_load(projection))
            continue
        projection.change(path, _empty(path), _CODES.get(path, "field-dropped"), _shown(value))
    for path in fields.extra_paths(projection.source):
        _, format_id, key = path.split(".", 2)
        value = projection.source.extras[format_id][key]
        if format_id == target.id or _moved(projection, format_id, key):
            continue
        reason = schema_files.only_here(format_id, key)
        if reason:
            projection.refuse("refused-kind", path, Detail("{}", (reason,)))
        else:
            code = _code_without(projection, format_id, key)
            projection.change(path, None, code, _with_own(format_id, key, value) if code == "restriction-ignored" else quoted(key))


def _loads_none(projection: Projection) -> bool:
    """Whether an agent could load skills in the target with a tool, which is not among those that it has there."""
    target, agent = projection.target.id, projection.result()
    if vocabulary.tool_for(target, "skill") is None:
        return False
    return "skill" not in access.accesses(agent.tools, agent.permissions, target, held=True)


def _to_load(projection: Projection) -> str | None:
    """Say what gives an agent the tool that loads skills, where its own client has one; without, it is given no more than it had."""
    origin = projection.source.origin
    word = vocabulary.tool_for(origin.format, "skill") if origin else None
    return f"`{word}` among the agent's tools lets it load skills there, too; or put what they say into its prompt" if word else None


def _with_own(format_id: str, key: str, value: Json) -> Detail:
    """Say which key a client passes over, and which one of its own was meant."""
    from agentconv.core import limits

    own = limits.instead(format_id, limits.field_of(format_id, key) or "", value)
    return Detail("`{}` (did you mean `{}`?)", (key, own)) if own else quoted(key)


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
    from agentconv.core import limits

    value = projection.source.extras[format_id][key]
    if limits.is_passed_over(format_id, key) and (limits.is_guard(format_id, key) or limits.limited(format_id, key, value)):
        return "restriction-ignored"
    complaint = schema_files.complaint(format_id, key, projection.source.extras[format_id][key])
    if complaint and complaint.effect is Effect.GRANTS_ALL:
        return "restriction-ignored"
    if complaint:
        return "key-dropped" if complaint.effect.drops else "ignored-key-dropped"
    if schema_files.is_passed_on(format_id, key):
        return "key-passed-on"
    if code := schema_files.code_without(format_id, key):
        return code
    if schema_files.becomes_field(format_id, key):
        return "key-reduced"
    return "key-dropped" if schema_files.uses_key(format_id, key) else "ignored-key-dropped"


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


def _hold_fields(projection: Projection, table: Mapping[str, Key]) -> None:
    """Drop what the target's own keys do not give back, such as a model of blanks or a turn limit of a form it ignores.

    Tools are not dropped here, because without a list the target grants all: what goes wrong with them is a bug.
    """
    agent = projection.result()
    shape = projection.shape
    for name in table if shape is None or shape.unproven is None else shape.unproven:
        key = table[name]
        misread = [path for path in keys.misread(key, agent) if not path.startswith("tools.")]
        if misread and (not any(fields.says(agent, path) for path in key.fields) or keys.stands(name, key, agent, projection.target.id)):
            continue
        for path in misread:
            value = fields.get(agent, path)
            if path in ("name", "description", "prompt.text"):
                projection.refuse("refused-text", path, Detail("`{}` would read otherwise", (name,)))
            else:
                projection.change(path, _empty(path), _CODES.get(path, "field-dropped"), _shown(value))
    shape = projection.shape
    if shape is not None and shape.unproven is None:
        shape.unproven = tuple(name for name, key in table.items() if not shapes.TEXTS.isdisjoint(key.fields))


def _hold_extras(projection: Projection, dialect: Dialect) -> None:
    """Hold the target's own extras to the fields: what contradicts them goes, and what the client drops agents for is refused."""
    target = projection.target.id
    own = projection.source.extras.get(target)
    if not own:
        return
    narrow = () if projection.trusted else (projection.result(), projection.source)  # what a mode asks for may have had no place
    gone = list(dict.fromkeys(key for agent in narrow for key in effects.exceeding(agent, target)))
    for key in gone:
        projection.change(f"extras.{target}.{key}", None, "extra-overridden", quoted(key))
    for key, path in dict(paths.astray(projection.source, target) if projection.foreign else ()).items():
        if key not in gone:
            projection.change(f"extras.{target}.{key}", None, "path-dropped", Detail("`{}`: `{}`", (key, path)))
            gone.append(key)
    header = dialect.encode(projection.result())
    decoded = dialect.decode_written(header)
    while decoded.lost is not None and header != own:  # one value would cost the client all that the fields say
        key = decoded.lost.key or ""
        projection.change(f"extras.{target}.{key}", None, "extra-overridden", quoted(key))
        gone.append(key)
        header = dialect.encode(projection.result())
        decoded = dialect.decode_written(header)
    for key, value in own.items():
        if key in gone:
            continue
        if key in decoded.refused:
            projection.refuse("refused-key", f"extras.{target}.{key}", Detail("{}", (decoded.refused[key].reason,)))
        elif key not in decoded.extras or decoded.extras[key] != value:
            projection.change(f"extras.{target}.{key}", None, "extra-overridden", quoted(key))
