"""Whether a value follows a JSON Schema: yes, no, or not known here.

The words of which the schemas of clients are made are decided in a tenth of the time that jsonschema takes, which is not even
loaded then. What is not surely known is left to jsonschema: a word that is not here, a value that is no JSON.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

from agentconv.core.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Verdict: TypeAlias = "bool | None"
"""None where it is not known."""
Schema: TypeAlias = "dict[str, Any]"


@dataclass(frozen=True, slots=True)
class Documents:
    """Where a schema finds the schemas that it refers to."""

    root: Schema
    """The document that it stands in."""
    beside: Mapping[str, Schema]
    """Other documents, by their `$id`."""

    def of(self, reference: str) -> tuple[Any, Documents] | None:
        """Return the schema that a reference leads to, and the documents as that one sees them; None where it is not found here."""
        name, _, pointer = reference.partition("#")
        root = self.root if name in ("", self.root.get("$id")) else self.beside.get(name)
        found: Any = root
        for step in pointer.split("/")[1:]:
            found = found.get(step) if isinstance(found, dict) else None
        if root is None or found is None or "~" in pointer or "%" in pointer:
            return None
        return found, self if root is self.root else Documents(root, {**self.beside, self.root.get("$id", ""): self.root})


def verdict(value: Any, schema: Any, root: Schema | None = None, beside: Mapping[str, Schema] | None = None) -> Verdict:
    """Say whether a value follows a schema.

    Args:
        value: The value.
        schema: The schema, or a part of one.
        root: The whole schema, where it is a part.
        beside: Other schemas that it refers to, by their `$id`.
    """
    return within(value, schema, Documents(root if root is not None else schema if isinstance(schema, dict) else {}, beside or {}))


def within(value: Any, schema: Any, documents: Documents) -> Verdict:
    """Say whether a value follows a part of a document."""
    if not isinstance(schema, dict):
        return schema if isinstance(schema, bool) else None
    kind = type(value)
    if kind not in _ANY or ("$id" in schema and schema is not documents.root):
        return None
    sure: Verdict = True
    for word, said in schema.items():
        if word in _SAYS_NOTHING or word.startswith("x-"):
            continue
        kinds, decide = _WORDS.get(word, _UNKNOWN)
        if kind not in kinds:
            continue
        found = decide(value, said, schema, documents)
        if found is False:
            return False
        if found is None:
            sure = None
    return sure


def keeps(value: Any, word: str, schema: Any, documents: Documents) -> Verdict:
    """Say whether a value does as one word of a schema says."""
    if word in _SAYS_NOTHING or word.startswith("x-"):
        return True
    kinds, decide = _WORDS.get(word, _UNKNOWN)
    return decide(value, schema[word], schema, documents) if type(value) in kinds else True


def _all(verdicts: Iterable[Verdict]) -> Verdict:
    sure: Verdict = True
    for found in verdicts:
        if found is False:
            return False
        if found is None:
            sure = None
    return sure


def _any(verdicts: Iterable[Verdict]) -> Verdict:
    sure: Verdict = False
    for found in verdicts:
        if found:
            return True
        if found is None:
            sure = None
    return sure


def _one(verdicts: Iterable[Verdict]) -> Verdict:
    found = list(verdicts)
    if found.count(True) > 1:
        return False
    return None if None in found else True in found


def _equal(one: Any, other: Any) -> bool:
    """Whether JSON holds two values to be equal: for it, numbers are no truth values."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(value, other[key]) for key, value in one.items())
    return (one is other or one == other) and isinstance(one, bool) == isinstance(other, bool)


_Kinds: TypeAlias = "frozenset[type]"
_ANY: _Kinds = frozenset({str, int, float, bool, type(None), list, dict})
_TEXT: _Kinds = frozenset({str})
_LIST: _Kinds = frozenset({list})
_MAP: _Kinds = frozenset({dict})
_NUMBER: _Kinds = frozenset({int, float})
_TYPES: dict[str, _Kinds] = {
    "object": _MAP,
    "array": _LIST,
    "string": _TEXT,
    "integer": frozenset({int}),
    "number": _NUMBER,
    "boolean": frozenset({bool}),
    "null": frozenset({type(None)}),
}


def _is_of_type(value: Any, said: str | list[str], *_: object) -> Verdict:
    kinds = (said,) if isinstance(said, str) else said
    whole = "integer" in kinds and type(value) is float and value.is_integer()
    return whole or any(type(value) in _TYPES[kind] for kind in kinds)


def _is_one_of(value: Any, said: list[Any], *_: object) -> Verdict:
    return any(_equal(value, one) for one in said)


def _follows_reference(value: Any, said: str, _: Schema, documents: Documents) -> Verdict:
    found = documents.of(said)
    return None if found is None else within(value, *found)


def _negated(value: Any, said: Any, _: Schema, documents: Documents) -> Verdict:
    found = within(value, said, documents)
    return None if found is None else not found


def _if(value: Any, said: Any, schema: Schema, documents: Documents) -> Verdict:
    met = within(value, said, documents)
    return None if met is None else within(value, schema.get("then" if met else "else", True), documents)


def _has_known_keys(value: dict[str, Any], said: Any, schema: Schema, documents: Documents) -> Verdict:
    if "patternProperties" in schema:
        return None
    known = schema.get("properties", {})
    return _all(within(item, said, documents) for key, item in value.items() if key not in known)


def _contains(value: list[Any], said: Any, schema: Schema, documents: Documents) -> Verdict:
    if "minContains" in schema or "maxContains" in schema:
        return None
    return _any(within(item, said, documents) for item in value)


def _is_distinct(value: list[Any], said: bool, *_: object) -> Verdict:
    if not said or len(value) < 2:
        return True
    return len(set(value)) == len(value) if all(type(item) is str for item in value) else None


def _further(value: list[Any], said: Any, schema: Schema, documents: Documents) -> Verdict:
    return _all(within(item, said, documents) for item in value[len(schema.get("prefixItems", ())) :])


_UNKNOWN: tuple[_Kinds, Callable[..., Verdict]] = (_ANY, lambda *_: None)
_SAYS_NOTHING = frozenset(
    {"$schema", "$id", "$defs", "$comment", "title", "description", "examples", "default", "deprecated", "format", "then", "else"}
)
"""Words that decide nothing, alone at least; `format` is a remark to jsonschema, too."""
_WORDS: dict[str, tuple[_Kinds, Callable[..., Verdict]]] = {
    "type": (_ANY, _is_of_type),
    "enum": (_ANY, _is_one_of),
    "const": (_ANY, lambda value, said, *_: _equal(value, said)),
    "pattern": (_TEXT, lambda value, said, *_: re.search(said, value) is not None),
    "minLength": (_TEXT, lambda value, said, *_: len(value) >= said),
    "maxLength": (_TEXT, lambda value, said, *_: len(value) <= said),
    "minimum": (_NUMBER, lambda value, said, *_: not value < said),
    "maximum": (_NUMBER, lambda value, said, *_: not value > said),
    "exclusiveMinimum": (_NUMBER, lambda value, said, *_: not value <= said),
    "exclusiveMaximum": (_NUMBER, lambda value, said, *_: not value >= said),
    "required": (_MAP, lambda value, said, *_: all(key in value for key in said)),
    "minProperties": (_MAP, lambda value, said, *_: len(value) >= said),
    "maxProperties": (_MAP, lambda value, said, *_: len(value) <= said),
    "minItems": (_LIST, lambda value, said, *_: len(value) >= said),
    "maxItems": (_LIST, lambda value, said, *_: len(value) <= said),
    "uniqueItems": (_LIST, _is_distinct),
    "$ref": (_ANY, _follows_reference),
    "allOf": (_ANY, lambda value, said, _, documents: _all(within(value, one, documents) for one in said)),
    "anyOf": (_ANY, lambda value, said, _, documents: _any(within(value, one, documents) for one in said)),
    "oneOf": (_ANY, lambda value, said, _, documents: _one(within(value, one, documents) for one in said)),
    "not": (_ANY, _negated),
    "if": (_ANY, _if),
    "properties": (
        _MAP,
        lambda value, said, _, documents: _all(within(value[key], one, documents) for key, one in said.items() if key in value),
    ),
    "additionalProperties": (_MAP, _has_known_keys),
    "propertyNames": (_MAP, lambda value, said, _, documents: _all(within(key, said, documents) for key in value)),
    "items": (_LIST, _further),
    "prefixItems": (_LIST, lambda value, said, _, documents: _all(within(*pair, documents) for pair in zip(value, said, strict=False))),
    "contains": (_LIST, _contains),
}
"""By word, the kinds of values that it is about, and whether one of them does as the word says."""
