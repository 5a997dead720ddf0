"""What a value breaks of a schema, said as jsonschema says it, which is not even loaded then.

A colour that is not in the list, a number in the place of a text, a tool that the client does not have: most faults of real files
are of such a kind. Whatever is not surely known is left to jsonschema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from agentconv.core import verdict
from agentconv.core.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentconv.core.verdict import Documents, Schema

Way: TypeAlias = "tuple[str | int, ...]"


@dataclass(frozen=True, slots=True)
class Broken:
    """A word of a schema that a value breaks, with what `schema_words` asks of jsonschema's `ValidationError`."""

    validator: str
    validator_value: Any
    schema: Schema
    instance: Any
    schema_path: Way
    path: Way = ()
    absolute_path: Way = ()
    context: tuple[Broken, ...] = ()
    absolute_schema_path: Way = ()
    """Nothing is said of the names of keys here, which is all that it is asked for."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a schema and in a value something is broken."""

    documents: Documents
    schema_path: Way = ()
    """From the schema, or from the alternative that is looked at."""
    path: Way = ()
    above: Way = ()
    """The way to the value of which the alternatives are looked at."""

    def inside(self, *words: str | int, step: Way = ()) -> _Place:
        return _Place(self.documents, (*self.schema_path, *words), (*self.path, *step), self.above)

    def broken(self, word: str, value: Any, schema: Schema, context: tuple[Broken, ...] = ()) -> Broken:
        way = (*self.above, *self.path)
        return Broken(word, schema[word], schema, value, (*self.schema_path, word), self.path, way, context)


def by(value: Any, schema: Any, root: Schema) -> list[Broken] | None:
    """Return what a value breaks of a part of a document; None where something of it is not known here."""
    return _known(_broken(value, schema, _Place(verdict.Documents(root, {}))))


def _known(found: Iterator[Broken | None]) -> list[Broken] | None:
    known = []
    for one in found:
        if one is None:
            return None
        known.append(one)
    return known


def _broken(value: Any, schema: Any, place: _Place) -> Iterator[Broken | None]:
    if not isinstance(schema, dict):
        yield from () if schema is True else (None,)
        return
    for word in schema:
        kept = verdict.keeps(value, word, schema, place.documents)
        if kept:
            continue
        if word in _WITHIN:
            yield from _WITHIN[word](value, schema, place)
        elif kept is False and (word in _ONCE or (word == "additionalProperties" and schema[word] is False)):
            yield place.broken(word, value, schema)
        else:
            yield None


_ONCE = frozenset(
    {
        *("type", "enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
    }
)
"""Words that a value breaks in one way only; so it does `additionalProperties` where there may be none."""


def _required(value: Any, schema: Schema, place: _Place) -> Iterator[Broken]:
    for key in schema["required"]:
        if key not in value:
            yield place.broken("required", value, schema)


def _reference(value: Any, schema: Schema, place: _Place) -> Iterator[Broken | None]:
    there = place.documents.of(schema["$ref"])
    if there is None:
        yield None
        return
    found, documents = there
    yield from _broken(value, found, _Place(documents, place.schema_path, place.path, place.above))


def _properties(value: Any, schema: Schema, place: _Place) -> Iterator[Broken | None]:
    for key, part in schema["properties"].items():
        if key in value:
            yield from _broken(value[key], part, place.inside("properties", key, step=(key,)))


def _items(value: Any, schema: Schema, place: _Place) -> Iterator[Broken | None]:
    for number in range(len(schema.get("prefixItems", ())), len(value)):
        yield from _broken(value[number], schema["items"], place.inside("items", step=(number,)))


def _all_of(value: Any, schema: Schema, place: _Place) -> Iterator[Broken | None]:
    for number, part in enumerate(schema["allOf"]):
        yield from _broken(value, part, place.inside("allOf", number))


def _alternatives(word: str) -> Callable[[Any, Schema, _Place], Iterator[Broken | None]]:
    """Return what says that a value follows none of several schemas, and what it breaks of each; that it follows two is not said here."""

    def broken(value: Any, schema: Schema, place: _Place) -> Iterator[Broken | None]:
        above = (*place.above, *place.path)
        found = [_known(_broken(value, part, _Place(place.documents, (number,), (), above))) for number, part in enumerate(schema[word])]
        whole = all(found)
        yield place.broken(word, value, schema, tuple(one for option in found for one in option or ())) if whole else None

    return broken


_WITHIN: dict[str, Callable[[Any, Schema, _Place], Iterator[Broken | None]]] = {
    "required": _required,
    "$ref": _reference,
    "properties": _properties,
    "items": _items,
    "allOf": _all_of,
    "anyOf": _alternatives("anyOf"),
    "oneOf": _alternatives("oneOf"),
}
"""Words that are broken by what is inside of a value, or in several ways."""
