"""`dataclass` as the standard library has it, in a tenth of the time: methods are compiled for what is made, not for what is declared.

A command loads a hundred of these classes and makes instances of a third of them. The standard library compiles six methods of each
when it is declared, which took a third of the time of a small run. Here the fields are the standard library's (`fields`, `replace` and
`asdict` know no difference), what compares and shows is no code of its own, and `__init__` is compiled at the first instance.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from dataclasses import dataclass

__all__ = ["dataclass"]


class _Init:
    """The `__init__` of a class, until somebody asks for it."""

    __slots__ = ("frozen", "made")

    def __init__(self, made: type, *, frozen: bool) -> None:
        self.made, self.frozen = made, frozen

    def __get__(self, instance: object, owner: type) -> Callable[..., None]:
        """Compile it, and put it into its place."""
        init: Callable[..., None] = _init(self.made, frozen=self.frozen)
        type.__setattr__(self.made, "__init__", init)
        return init if instance is None else init.__get__(instance, owner)


def _init(made: type, *, frozen: bool) -> Any:
    """Compile the `__init__` of a class."""
    names: dict[str, Any] = {"_set": object.__setattr__, "_absent": dataclasses.MISSING}
    parameters, body = ["self"], []
    for field in dataclasses.fields(made):
        names |= {f"_default_{field.name}": field.default, f"_make_{field.name}": field.default_factory}
        if field.init:
            parameters.append(field.name + _default(field))
        value = _value(field)
        if value:
            body.append(f'_set(self, "{field.name}", {value})' if frozen else f"self.{field.name} = {value}")
    if hasattr(made, "__post_init__"):
        body.append("self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body or ["pass"]), names)  # noqa: S102 - made of names of fields
    init = names["__init__"]
    init.__qualname__, init.__module__ = f"{made.__qualname__}.__init__", made.__module__
    init.__annotations__ = {field.name: field.type for field in dataclasses.fields(made) if field.init} | {"return": None}
    return init


def _default(field: dataclasses.Field[Any]) -> str:
    """Return how a parameter says what it is when it isn't given."""
    if field.default_factory is not dataclasses.MISSING:
        return "=_absent"
    return "" if field.default is dataclasses.MISSING else f"=_default_{field.name}"


def _value(field: dataclasses.Field[Any]) -> str:
    """Return the expression of what a field becomes; nothing for one that others set later."""
    name = field.name
    if field.default_factory is not dataclasses.MISSING:
        return f"_make_{name}() if {name} is _absent else {name}" if field.init else f"_make_{name}()"
    return name if field.init else "" if field.default is dataclasses.MISSING else f"_default_{name}"


def _values(names: Sequence[str]) -> Callable[[object], tuple[Any, ...]]:
    """Return what gets the values of fields, in the time that compiled code takes."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda instance: tuple(getattr(instance, name) for name in names)


def _compared(fields: Sequence[dataclasses.Field[Any]]) -> Callable[[object, object], bool]:
    values = _values([field.name for field in fields if field.compare])

    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return equal


def _hashed(fields: Sequence[dataclasses.Field[Any]]) -> Callable[[object], int]:
    values = _values([field.name for field in fields if (field.compare if field.hash is None else field.hash)])

    def hashed(self: object) -> int:
        return hash(values(self))

    return hashed


def _shown(self: Any) -> str:
    shown = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in dataclasses.fields(self) if one.repr)
    return f"{self.__class__.__qualname__}({shown})"


def _refused(_: object, name: str, *_value: object) -> None:
    """Refuse to set or to delete a field."""
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _from_state(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


_FROZEN = {"__setattr__": _refused, "__delattr__": _refused, "__getstate__": _state, "__setstate__": _from_state}


def _declared(declared: type, *, frozen: bool, slots: bool) -> type:
    """Make a dataclass of a class: its own methods stay, as the standard library leaves them."""
    own = declared.__dict__
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(declared)
    fields = dataclasses.fields(made)
    methods: dict[str, Any] = {"__init__": _Init(made, frozen=frozen), "__repr__": _shown, "__eq__": _compared(fields)}
    if frozen:
        methods |= _FROZEN
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    if own.get("__hash__") is None:
        made.__hash__ = _hashed(fields) if frozen else None
    made.__dataclass_params__.frozen = frozen
    return cast("type", made)


if not TYPE_CHECKING:

    def dataclass(*, frozen: bool = False, slots: bool = False) -> Callable[[type], type]:
        """Return what makes a dataclass of a class, as the standard library's does."""
        return lambda declared: _declared(declared, frozen=frozen, slots=slots)
