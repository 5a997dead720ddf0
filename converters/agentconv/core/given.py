"""What a caller hands over: each value is of the type that its field says, or the caller is told which one is not.

What readers make is right, and no command pays for this; an agent that a program made, or changed with `replace`, may hold anything.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Any, Literal, NamedTuple, TypeAlias, Union, cast, get_args, get_origin, get_type_hints

from agentconv.core import impossible, ir, meant, parts
from agentconv.core.dataclass import is_dataclass
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.core.suggestions import nearest

_NOT_GIVEN = frozenset({"diagnostics", "sources"})
"""What reading leaves in a set: there are no words in it that anybody chose."""
_OF_READING: Mapping[type, frozenset[str]] = {ir.AgentSet: frozenset({"diagnostics"}), ir.Source: frozenset({"agents"})}
"""The fields, by what they belong to, that hold what a reader made, and that nothing depends on."""


class _Json:
    """Stands for `ir.Json`, which refers to itself."""


Fault: TypeAlias = "tuple[str, str | None]"
"""What is wrong with a value, and what to do about it."""


def check(agents: ir.AgentSet) -> None:
    """Hold a set that a caller made to the types of its fields.

    Raises:
        InputError: A value is of another type; the first one is named, with its place in the set.
    """
    for message, hint in _faults(agents):
        raise InputError(Diagnostic(Code.USAGE, Severity.ERROR, message, hint=hint))


def values(made: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what has fields in something that somebody made, itself first, each with its path; it is of the types of its fields."""
    if isinstance(made, tuple | list):
        for number, item in enumerate(made):
            yield from values(item, f"{path}[{number}]")
    elif is_dataclass(type(made)):
        yield path, made
        for name, _ in _fields(cast("Any", type(made))):
            value = getattr(made, name)
            if value and not isinstance(value, str) and name not in _NOT_GIVEN:
                yield from values(value, f"{path}.{name}" if path else name)


def fault(made: Any) -> Fault | None:
    """Say which field of something that somebody made is of another type than its class says, and how it is made; None where none is."""
    return next(_faults(made, in_files=False), None)


def _faults(made: Any, *, in_files: bool = True) -> Iterator[Fault]:
    for name, kind in _given(cast("Any", type(made))):
        yield from _wrong(name, kind, getattr(made, name), in_files=in_files)


def flag(name: str, value: object) -> bool:
    """Return a choice between yes and no; a text is none, whatever it says: any would count as yes.

    Raises:
        InputError: It is neither `True` nor `False`.
    """
    if isinstance(value, bool):
        return value
    raise InputError(Diagnostic(Code.USAGE, Severity.ERROR, f"{name} is True or False, not {kind_of(value)}"))


def kind_of(value: object) -> str:
    """Say what a value is: `a str`, `an int`, `None`."""
    return "None" if value is None else _article(type(value).__name__)


class _Kind(NamedTuple):
    """One of the types that a value may be of."""

    type: Any
    origin: Any
    """What it is a generic of."""
    of: tuple[Any, ...]
    """What that is about: the words of a `Literal`, the types of a map's keys and values."""
    items: Any
    """What it is a tuple, a list or a map of."""
    is_ours: bool
    """Whether it has fields."""


def _wrong(path: str, wanted: Any, value: object, *, in_files: bool) -> Iterator[Fault]:
    """Yield what is wrong with each value that is not of its type, or that no file can hold where it goes into one, with its path."""
    kind = next((kind for kind in _kinds(wanted) if _is(kind, value)), None)
    if kind is None:
        yield f"{path} is {_wording(wanted)}, not {_shown(wanted, value)}", _hint(wanted, value)
    elif kind.type is _Json:
        for where, one, fault in impossible.faults(path, value):
            yield (f"{where} {fault[0]}", fault[1]) if fault else (f"{where} is {_wording(wanted)}, not {kind_of(one)}", None)
    elif in_files and (wrong := impossible.fault(value)):
        yield f"{path} {wrong[0]}", wrong[1]
    elif kind.is_ours:
        for name, wanted_there in _given(kind.type):
            yield from _wrong(f"{path}.{name}", wanted_there, getattr(value, name), in_files=in_files)
    elif isinstance(value, tuple | list):
        for number, item in enumerate(value):
            yield from _wrong(f"{path}[{number}]", kind.items, item, in_files=in_files)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if in_files and (wrong := impossible.fault(key)):
                yield f"{path} has a key that {wrong[0]}", wrong[1]
            yield from _wrong(f"{path}[{key!r}]", kind.items, item, in_files=in_files)


def _is(kind: _Kind, value: object) -> bool:
    """Whether a value is of a kind, whatever is in it."""
    if kind.type is _Json:
        return _is_json(value)
    if kind.origin is Literal:
        return isinstance(value, str) and value in kind.of
    if kind.type in (int, float):
        return isinstance(value, (int, kind.type)) and not isinstance(value, bool)
    return isinstance(value, kind.origin or kind.type) and (kind.origin is not Mapping or all(isinstance(key, str) for key in value))


def _is_json(value: object) -> bool:
    """Whether it can be a JSON value, whatever is in it."""
    return isinstance(value, impossible.JSON)


@cache
def _fields(kind: Any) -> tuple[tuple[str, Any], ...]:
    """Return the fields of a class with their types."""
    names = {**vars(sys.modules[kind.__module__]), **vars(parts), **vars(meant), **vars(ir)}
    names |= {"Callable": Callable, "Iterator": Iterator, "Mapping": Mapping, "Diagnostic": Diagnostic, "Severity": Severity, "Json": _Json}
    return tuple(get_type_hints(kind, names, names).items())


@cache
def _given(kind: Any) -> tuple[tuple[str, Any], ...]:
    """Return the fields of a class that a caller fills, with their types."""
    return tuple((name, wanted) for name, wanted in _fields(kind) if name not in _OF_READING.get(kind, ()))


@cache
def _kinds(wanted: Any) -> tuple[_Kind, ...]:
    kinds = get_args(wanted) if get_origin(wanted) in (Union, UnionType) else (wanted,)
    return tuple(map(_kind, kinds))


def _kind(kind: Any) -> _Kind:
    origin, of = get_origin(kind), get_args(kind)
    items = {tuple: of[:1], Mapping: of[1:]}.get(origin, (_Json,))
    return _Kind(kind, origin, of, items[0], is_dataclass(kind))


def _wording(wanted: Any) -> str:
    """Say what a value is to be; that it may be None as well is not worth a word."""
    return " or ".join(_worded(kind) for kind in _kinds(wanted) if kind.type is not type(None))


def _worded(kind: _Kind) -> str:
    if kind.type is _Json:
        return "a JSON value"
    if kind.origin is Literal:
        return f"one of {', '.join(kind.of)}"
    if kind.origin is tuple:
        return f"a tuple of {' or '.join('JSON values' if item.type is _Json else item.type.__name__ for item in _kinds(kind.items))}"
    return "a map whose keys are texts" if kind.origin is Mapping else _article(kind.type.__name__)


def _shown(wanted: Any, value: object) -> str:
    """Say what a value is: its type, or itself where only the word is wrong."""
    is_word = isinstance(value, str) and any(kind.origin is Literal for kind in _kinds(wanted))
    return f"`{value}`" if is_word else kind_of(value)


def _hint(wanted: Any, value: object) -> str | None:
    close = next((nearest(value, kind.of) for kind in _kinds(wanted) if kind.origin is Literal and isinstance(value, str)), None)
    if close is not None:
        return f"did you mean `{close}`?"
    made = next((kind.type.__name__ for kind in _kinds(wanted) if kind.is_ours), None)
    if made is not None:
        return f"make one: agentconv.{made}(...); docs/ir.md says what it holds"
    if not any(kind.origin is tuple for kind in _kinds(wanted)):
        return None
    return "make it one: tuple(...)" if isinstance(value, list) else "one value alone makes a tuple too: (value,)"


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}"
