"""`dataclass` as the standard library has it, in a twentieth of the time: methods are compiled for what is made, not for what is declared.

A command loads a hundred of these classes and makes instances of half of them. The standard library compiles six methods of each when
it is declared, which took a third of the time of a small run, and loads a parser of Python to do so. Here what compares and shows is no
code of its own, and `__init__` is compiled where there are many instances. The functions of `dataclasses` take these classes for their own:
`__dataclass_fields__` is made when somebody asks for it.
"""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from types import MethodType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace

__all__ = ["MISSING", "dataclass", "field", "fields", "is_dataclass", "replace"]

_FIELDS = "__agentconv_fields__"
_STANDARD = ("__dataclass_fields__", "__dataclass_params__")


class _Missing:
    """No default."""

    def __repr__(self) -> str:
        return "<factory>"


class _Field:
    """A field, with what `dataclasses.Field` says of one."""

    name: str
    type: Any
    init = repr = compare = True
    hash: bool | None = None

    def __init__(self, default: Any, default_factory: Any, **others: bool) -> None:
        self.default, self.default_factory = default, default_factory
        if others:
            self.__dict__.update(others)


_FEW = 40
"""How many instances are made for less than it takes to compile what makes them."""


class _Init:
    """The `__init__` of a class, which sets one field after the other; the one that is compiled takes its place where there are many."""

    __slots__ = ("fill", "frozen", "left", "made")
    made: type
    fill: Callable[..., None]

    def __init__(self, *, frozen: bool) -> None:
        self.frozen, self.left = frozen, _FEW

    def __get__(self, instance: object, owner: type) -> Any:
        """Return it for an instance; for the class, where somebody looks at it, the compiled one."""
        if instance is None or self.left <= 0:
            init = _init(self.made, frozen=self.frozen)
            type.__setattr__(self.made, "__init__", init)
            return init if instance is None else init.__get__(instance, owner)
        if self.left == _FEW:
            self.fill = _filling(self.made)
        self.left -= 1
        return MethodType(self.fill, instance)


class _Made:
    """A value that is made for each instance anew."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def _filling(made: Any) -> Callable[..., None]:
    """Return what sets the fields of an instance as the compiled `__init__` does, which says what is wrong where it is called wrongly."""
    of = _fields(made)
    given_ones = [one for one in of if one.init]
    places = {one.name: place for place, one in enumerate(given_ones)}
    needed = tuple(one.name for one in given_ones if _default(one) == "")
    of = (*given_ones, *(one for one in of if not one.init and _value(one)))
    otherwise = [one.default if one.default_factory is _ABSENT else _Made(one.default_factory) for one in of]
    sets = [_setter(made, one.name) for one in of]
    finishes = hasattr(made, "__post_init__")

    def fill(self: Any, /, *given: Any, **named: Any) -> None:
        number = len(given)
        values = [*given, *otherwise[number:]]
        missing = needed[number:]
        wrong = number > len(places) or (missing and not named.keys() >= {*missing})
        for name, value in named.items():
            place = places.get(name, -1)
            if place < number:
                wrong = True
            else:
                values[place] = value
        if wrong:
            made.__init__(self, *given, **named)
        for place, value in enumerate(values):
            sets[place](self, value.make() if value.__class__ is _Made else value)
        if finishes:
            self.__post_init__()

    return fill


def _init(made: type, *, frozen: bool) -> Any:
    """Compile the `__init__` of a class."""
    names: dict[str, Any] = {"_absent": _ABSENT}
    parameters, body, annotations = ["self"], [], {}
    for one in _fields(made):
        names |= {f"_default_{one.name}": one.default, f"_make_{one.name}": one.default_factory}
        if one.init:
            parameters.append(one.name + _default(one))
            annotations[one.name] = one.type
        value = _value(one)
        if value and frozen:
            names[f"_set_{one.name}"] = _setter(made, one.name)
        if value:
            body.append(f"_set_{one.name}(self, {value})" if frozen else f"self.{one.name} = {value}")
    if hasattr(made, "__post_init__"):
        body.append("self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body or ["pass"]), names)  # noqa: S102 - made of names of fields
    init = names["__init__"]
    init.__qualname__, init.__module__ = f"{made.__qualname__}.__init__", made.__module__
    init.__annotations__ = {**annotations, "return": None}
    return init


def _setter(made: Any, name: str) -> Callable[[object, Any], None]:
    """Return what sets a field of an instance: where it has a slot, that of the slot, which takes half the time."""
    of_slot: Callable[[object, Any], None] | None = getattr(getattr(made, name, None), "__set__", None)
    put = object.__setattr__ if made.__setattr__ is _refused else setattr
    return of_slot or (lambda instance, value: put(instance, name, value))


def _default(one: _Field) -> str:
    """Return how a parameter says what it is when it isn't given."""
    if one.default_factory is not _ABSENT:
        return "=_absent"
    return "" if one.default is _ABSENT else f"=_default_{one.name}"


def _value(one: _Field) -> str:
    """Return the expression of what a field becomes; nothing for one that others set later."""
    name = one.name
    if one.default_factory is not _ABSENT:
        return f"_make_{name}() if {name} is _absent else {name}" if one.init else f"_make_{name}()"
    return name if one.init else "" if one.default is _ABSENT else f"_default_{name}"


class _Standard:
    """What `dataclasses` looks for in a class, until it does."""

    __slots__ = ("frozen", "made", "name")
    made: type

    def __init__(self, name: str, *, frozen: bool) -> None:
        self.name, self.frozen = name, frozen

    def __get__(self, _instance: object, _owner: type) -> Any:
        """Have the standard library make both of a class with the same fields."""
        import dataclasses

        absent = dataclasses.MISSING
        rows = []
        for one in _fields(self.made):
            default, factory = (absent if value is _ABSENT else value for value in (one.default, one.default_factory))
            made: Any = dataclasses.field(init=one.init, repr=one.repr, hash=one.hash, compare=one.compare, kw_only=False)
            made.default, made.default_factory = default, factory
            rows.append((one.name, one.type, made))
        twin = dataclasses.make_dataclass(self.made.__name__, rows, init=False, repr=False, eq=False)
        twin.__dataclass_params__.frozen = self.frozen  # type: ignore[attr-defined]
        for name in _STANDARD:
            type.__setattr__(self.made, name, getattr(twin, name))
        return getattr(self.made, self.name)


def _fields(made: Any) -> tuple[_Field, ...]:
    found: tuple[_Field, ...] = getattr(made, _FIELDS)
    return found


def _values(names: Iterable[str]) -> Callable[[object], Any]:
    """Return what gets the values of fields, in the time that compiled code takes."""
    names = tuple(names)
    if len(names) > 1:
        return attrgetter(*names)
    return lambda instance: tuple(getattr(instance, name) for name in names)


def _compared(of: Iterable[_Field]) -> Callable[[object, object], bool]:
    values = _values(one.name for one in of if one.compare)

    def equal(self: object, other: object) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return equal


@cache
def _given(kind: type) -> tuple[Callable[[object], Any], dict[str, int]]:
    """Return what gets all that a class is given of an instance, and the place of each in it."""
    names = [one.name for one in fields(kind) if one.init]
    return _values(names), {name: place for place, name in enumerate(names)}


def _hashed(of: Iterable[_Field]) -> Callable[[object], int]:
    values = _values(one.name for one in of if (one.compare if one.hash is None else one.hash))

    def hashed(self: object) -> int:
        return hash(values(self))

    return hashed


def _shown(self: Any) -> str:
    shown = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in _fields(self) if one.repr)
    return f"{self.__class__.__qualname__}({shown})"


def _refused(_: object, name: str, *_value: object) -> None:
    """Refuse to set or to delete a field."""
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in _fields(self)]


def _from_state(self: Any, state: list[Any]) -> None:
    for one, value in zip(_fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)


_ABSENT = _Missing()
_FROZEN = {"__setattr__": _refused, "__delattr__": _refused, "__getstate__": _state, "__setstate__": _from_state}


def _found(declared: type) -> tuple[_Field, ...]:
    """Return the fields of a class, with those of its bases."""
    found = {one.name: one for base in reversed(declared.__mro__) for one in base.__dict__.get(_FIELDS, ())}
    for name, kind in declared.__annotations__.items():
        value = declared.__dict__.get(name, _ABSENT)
        one = found[name] = value if isinstance(value, _Field) else _Field(value, _ABSENT)
        one.name, one.type = name, kind
    return tuple(found.values())


def _with_slots(declared: type, names: list[str], added: dict[str, Any]) -> type:
    """Return the same class with slots, which can't be added to one that is there, and with what else is added."""
    without = {*names, "__dict__", "__weakref__"}
    own = {name: value for name, value in declared.__dict__.items() if name not in without}
    inherited = {name for base in declared.__mro__[1:-1] for name in base.__dict__.get("__slots__", ())}
    slots = tuple([name for name in names if name not in inherited])
    made = type(declared)(declared.__name__, declared.__bases__, {**own, **added, "__slots__": slots})
    made.__qualname__ = declared.__qualname__
    return made


def _declared(declared: type, *, frozen: bool, slots: bool) -> Any:
    """Make a dataclass of a class: its own methods stay, as the standard library leaves them."""
    of, own = _found(declared), declared.__dict__
    init, standard = _Init(frozen=frozen), [_Standard(name, frozen=frozen) for name in _STANDARD]
    methods: dict[str, Any] = {"__init__": init, "__repr__": _shown, "__eq__": _compared(of), **(_FROZEN if frozen else {})}
    added = {name: method for name, method in methods.items() if name not in own}
    if own.get("__hash__") is None:
        added["__hash__"] = _hashed(of) if frozen else None
    added |= zip(_STANDARD, standard, strict=True)
    added |= {_FIELDS: of, "__match_args__": tuple([one.name for one in of if one.init])}
    made = _with_slots(declared, [one.name for one in of], added) if slots else declared
    init.made = made
    for one in standard:
        one.made = made
    if not slots:
        _without_slots(declared, of, added)
    return made


def _without_slots(declared: type, of: Iterable[_Field], added: Mapping[str, Any]) -> None:
    """Add to a class; what is no default of a field goes from it."""
    for one in of:
        if declared.__dict__.get(one.name) is one and one.default is _ABSENT:
            delattr(declared, one.name)
        elif declared.__dict__.get(one.name) is one:
            setattr(declared, one.name, one.default)
    for name, value in added.items():
        setattr(declared, name, value)


if not TYPE_CHECKING:
    MISSING = _ABSENT

    def dataclass(declared: type | None = None, /, *, frozen: bool = False, slots: bool = False) -> Any:
        """Make a dataclass of a class, or return what makes one."""
        if declared is not None:
            return _declared(declared, frozen=frozen, slots=slots)
        return lambda declared: _declared(declared, frozen=frozen, slots=slots)

    def field(*, default: Any = _ABSENT, default_factory: Any = _ABSENT, **others: bool) -> _Field:
        """Say more of a field than its default."""
        return _Field(default, default_factory, **others)

    def fields(of: Any) -> tuple[_Field, ...]:
        """Return the fields of a class or of an instance, be it one that the standard library derived from one of ours."""
        kind = of if isinstance(of, type) else of.__class__
        if _FIELDS in kind.__dict__:
            return kind.__dict__[_FIELDS]
        from dataclasses import fields as of_standard

        return of_standard(kind)

    def is_dataclass(of: Any) -> bool:
        """Say whether something is such a class, or an instance of one."""
        return hasattr(of, _FIELDS)

    def replace(instance: Any, /, **changes: Any) -> Any:
        """Return another instance, with other values in some fields."""
        kind = instance.__class__
        values, places = _given(kind)
        given = list(values(instance))
        for name, value in changes.items():
            if name not in places:
                raise TypeError(f"{kind.__name__} is given no `{name}`")
            given[places[name]] = value
        return kind(*given)
