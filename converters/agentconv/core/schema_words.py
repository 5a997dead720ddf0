"""What a schema wants, in words for a person, and which part of a value does not follow it.

Where the words of JSON Schema say too little, such as a pattern, the key's row says it in a phrase (`x-rule`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.suggestions import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SHOWN = 40
"""Characters of a value that are shown."""
_MOST_WORDS = 14
"""Of more allowed values, the first ones are listed."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a value."""

    reason: str
    within: tuple[str | int, ...] = ()
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class _Wrong:
    """One thing that jsonschema says of a value."""

    by: str
    """The word of the schema that the value breaks."""
    of: Any
    """What that word says."""
    schema: dict[str, Any]
    way: tuple[str | int, ...]
    value: Any
    among_keys: bool
    """Whether the value is a key of a map."""


def fault(key: str, value: Any, errors: Iterable[Any], root: dict[str, Any]) -> Fault | None:
    """Return what is wrong with the value of a key; None where the schema has no words for it.

    Args:
        key: The key.
        value: Its value.
        errors: What jsonschema says of it, in any order: a `ValidationError` each.
        root: The schema of the whole file.
    """
    wrong, *further = map(_inmost, sorted(errors, key=lambda error: (_position(value, error.absolute_path), error.validator)))
    name = _name(key, wrong)
    found = _of_shape(wrong, name)
    if found is not None:
        return found
    wanted, rule = wants(wrong.schema, root), root["properties"][key].get("x-rule")
    if "x-rule" in wrong.schema and wrong.way:
        each = "each of " if isinstance(wrong.way[-1], int) else ""
        return Fault(
            f"{each}{name} is {wrong.schema['x-rule']}, and {_shown(wrong.value)} is not", wrong.way, f"write {wrong.schema['x-rule']}"
        )
    if isinstance(wrong.value, dict) and (wanted is None or "a map" in wanted) and rule is None:
        return Fault(f"{name} has keys that it does not take together", wrong.way, "leave out what does not belong there")
    if rule is not None and (not wrong.way or wanted is None):
        inside = f", and {_shown(wrong.value)} is not" if wrong.way else ""
        return Fault(f"`{key}` is {rule}{inside}", wrong.way, f"write {rule}")
    if wanted is None:
        return None
    options = [str(one) for one in wrong.schema.get("enum", ()) if isinstance(one, str)]
    close = nearest(wrong.value, options, _CLOSE) if isinstance(wrong.value, str) else None
    remedy = f"did you mean `{close}`?" if close else f"write {rule or wanted}"
    if wrong.among_keys:
        return Fault(f"a key of {name} is {wanted}, and {_shown(wrong.value)} is not", (*wrong.way, wrong.value), remedy)
    if wrong.way and isinstance(wrong.way[-1], int):
        return Fault(f"each of {name} is {wanted}, and {_shown(wrong.value)} is not", wrong.way, remedy)
    alike = dict.fromkeys(_name(key, one) for one in further if one.way != wrong.way and one.schema == wrong.schema)
    also = f", and so {'is' if len(alike) == 1 else 'are'} {_listed(alike)}" if alike else ""
    return Fault(f"{name} is {wanted}{also}", wrong.way, remedy)


def _name(key: str, wrong: _Wrong) -> str:
    return f"`{'.'.join([key, *(step for step in wrong.way if isinstance(step, str))])}`"


def _position(value: Any, way: Iterable[str | int]) -> list[int]:
    """Return where in a value the end of a way is, so that what stands first comes first."""
    found = []
    for step in way:
        found.append(list(value).index(step) if isinstance(value, dict) else int(step))
        value = value[step]
    return found


_CLOSE = 0.8
"""How alike a value and the one that may be meant are: some of those that are allowed are the opposite of each other."""


def _of_shape(wrong: _Wrong, name: str) -> Fault | None:
    """Say what is missing, too much, or there twice."""
    way, value = wrong.way, wrong.value
    if wrong.by == "uniqueItems":
        again = next(number for number, item in enumerate(value) if item in value[:number])
        return Fault(f"{name} has {_shown(value[again])} twice", (*way, again), "delete one of them")
    if wrong.by == "required":
        gone = " or ".join(f"`{one}`" for one in wrong.of if one not in value)
        return Fault(f"{gone} is missing in {name}", way, f"give it {gone}")
    if wrong.by == "additionalProperties" and wrong.of is False:
        known = wrong.schema.get("properties", {})
        strange = next(one for one in value if one not in known)
        close = nearest(strange, known)
        return Fault(f"{name} has no key `{strange}`", (*way, strange), f"did you mean `{close}`?" if close else f"delete `{strange}`")
    if wrong.by in ("minItems", "minProperties") and not value:
        return Fault(f"{name} is empty", way, "fill it in, or delete the key")
    return None


def _wrong(error: Any) -> _Wrong:
    among_keys = "propertyNames" in error.absolute_schema_path
    return _Wrong(error.validator, error.validator_value, error.schema, tuple(error.absolute_path), error.instance, among_keys)


def _inmost(error: Any) -> _Wrong:
    """Go on to the one alternative that a value is meant to follow, or to what all of them miss in the same place."""
    while error.validator in ("anyOf", "oneOf", "allOf", "if") and error.context:
        ways: dict[Any, list[Any]] = {}
        for one in sorted(error.context, key=lambda one: [str(step) for step in one.schema_path]):
            ways.setdefault(one.schema_path[0], []).append(one)
        like = [found for found in ways.values() if not any(_is_of_another_kind(one) for one in found)]
        if not like:
            break
        shared = _in_all(like) if len(like) > 1 else None
        if shared is not None:
            return shared
        error = min(like, key=lambda found: (sum(_chooses(one) for one in found), len(found)))[0]
    return _wrong(error)


def _chooses(error: Any) -> bool:
    """Whether an alternative is not meant, since a word that tells it from the others is another one."""
    return error.validator in ("enum", "const")


def _is_of_another_kind(error: Any) -> bool:
    """Whether a value is another kind of thing altogether than an alternative takes."""
    return error.validator in ("type", "enum", "const") and not error.path


def _in_all(alternatives: list[list[Any]]) -> _Wrong | None:
    """Return what every alternative misses in one place: a key of a few, or one of all their words."""
    for word in ("enum", "const", "required"):
        firsts = [
            next((one for one in found if one.validator == word or {one.validator, word} == {"enum", "const"}), None)
            for found in alternatives
        ]
        if None in firsts or len({tuple(one.absolute_path) for one in firsts if one}) > 1:
            continue
        found = [one for one in firsts if one]
        options = [option for one in found for option in (one.validator_value if one.validator != "const" else [one.validator_value])]
        first = _wrong(found[0])
        return replace(first, of=options, schema=first.schema if word == "required" else {"enum": options})
    return None


def wants(schema: Any, root: dict[str, Any]) -> str | None:
    """Return what a schema wants as a noun; None where there are no words for it."""
    if not isinstance(schema, dict):
        return None
    if "$ref" in schema:
        return wants(root.get("$defs", {}).get(schema["$ref"].removeprefix("#/$defs/")), root)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return _either([wants(one, root) for one in schema[word]])
    if "enum" in schema or "const" in schema:
        return _one_of(schema["enum"] if "enum" in schema else [schema["const"]])
    if "pattern" in schema and schema["pattern"] not in _FILLED:
        return None
    kinds = schema.get("type")
    return _either([_of_kind(kind, schema, root) for kind in ([kinds] if isinstance(kinds, str) else kinds or ())])


_FILLED = (r"\S", r"[^\s,]")
"""Patterns that any text follows that is not blank."""


_PLURAL = {"a map": "maps", "text or a map": "texts or maps", "text that is not empty": "texts that are not empty"}


def _one_of(options: Iterable[Any]) -> str:
    words = list(
        dict.fromkeys("true" if one is True else "false" if one is False else str(one) for one in options if one not in ("", None))
    )
    more = [] if len(words) <= _MOST_WORDS else ["..."]
    if len(words) == 1:
        return f"{words[0]} and nothing else"
    return ", ".join([*words[:_MOST_WORDS], *more]) if more else _joined(words)


def _joined(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _listed(names: Iterable[str]) -> str:
    shown = [*names]
    return ", ".join(shown[:_MOST_WORDS]) + (", ..." if len(shown) > _MOST_WORDS else "")


def _either(found: Sequence[str | None]) -> str | None:
    words = list(dict.fromkeys(one for one in found if one))
    if not words or None in found:
        return None
    return _joined(words) if not any(" or " in one for one in words) else f"{', '.join(words[:-1])}, or {words[-1]}".removeprefix(", or ")


def _of_kind(kind: str, schema: dict[str, Any], root: dict[str, Any]) -> str | None:
    if kind in ("integer", "number"):
        return _number("whole number" if kind == "integer" else "number", schema)
    if kind == "array":
        items = wants(schema.get("items"), root)
        return f"a list of {_PLURAL.get(items, items)}" if items and (" " not in items or items in _PLURAL) else "a list"
    if kind == "string":
        filled = schema.get("minLength") or schema.get("pattern") in _FILLED
        return "text that is not empty" if filled else "text"
    return {"boolean": "true or false", "object": "a map", "null": "nothing"}.get(kind)


def _number(noun: str, schema: dict[str, Any]) -> str:
    least, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    if least == 1 or above == 0:
        return f"a positive {noun}"
    return f"a {noun} from {least:,} up" if least is not None and abs(least) < _HUGE else f"a {noun}"


_HUGE = 2**53 - 1


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"`{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}`"
