"""Our dataclasses behave as those of the standard library do."""

import copy
import dataclasses
import inspect
import pickle
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentconv.core.dataclass import dataclass, field, fields, replace


def _declared(field):
    """Return a class with each kind of field that is used."""

    class Thing:
        """A thing."""

        a: int
        b: str = "b"
        c: tuple = field(default=(), compare=False)
        d: list = field(default_factory=list, repr=False)
        e: int = field(init=False)
        f: int = field(default=3, init=False)

        def __post_init__(self):
            object.__setattr__(self, "e", self.a * 2)

    return Thing


KINDS = [{"frozen": frozen, "slots": slots} for frozen in (True, False) for slots in (True, False)]
PAIRS = [(dataclass(**kind)(_declared(field)), dataclasses.dataclass(**kind)(_declared(dataclasses.field))) for kind in KINDS]
MADE = PAIRS[0][0]
VALUES = st.tuples(st.integers(0, 1), st.sampled_from("bc"), st.sampled_from([(), (1,)]), st.sampled_from([[], [1]]))


@given(VALUES, VALUES)
def test_same_as_the_standard_library(one, other):
    """What is made of the same values shows, compares, hashes and is replaced alike, and has the same fields."""
    for ours, theirs in PAIRS:
        made, expected = ([kind(*values) for values in (one, other)] for kind in (ours, theirs))

        assert (made[0] == made[1], made[0] != made[1], made[0] == 1) == (expected[0] == expected[1], expected[0] != expected[1], False)
        assert [repr(value) for value in made] == [repr(value) for value in expected]
        assert dataclasses.asdict(made[0]) == dataclasses.asdict(expected[0])
        expected_other = dataclasses.asdict(dataclasses.replace(expected[0], a=5))
        assert dataclasses.asdict(dataclasses.replace(made[0], a=5)) == dataclasses.asdict(replace(made[0], a=5)) == expected_other
        assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)
        assert ours.__match_args__ == theirs.__match_args__
        assert (ours.__hash__ is None) == (theirs.__hash__ is None)
        assert getattr(ours, "__slots__", None) == getattr(theirs, "__slots__", None)
        assert dataclasses.asdict(copy.deepcopy(made[0])) == dataclasses.asdict(made[0])


@dataclass(frozen=True, slots=True)
class Pair:
    """Two values that can be hashed."""

    one: int
    two: str = "2"


def test_hashed_and_pickled():
    """Frozen instances that are equal are one key, and come back from a pickle."""
    pairs = {Pair(1): "a", Pair(1, "3"): "b"}

    assert {pickle.loads(pickle.dumps(key)): value for key, value in pairs.items()} == pairs  # noqa: S301


@pytest.mark.parametrize("change", [lambda made: setattr(made, "a", 2), lambda made: delattr(made, "a")], ids=["set", "delete"])
def test_frozen(change):
    """A field of a frozen instance can neither be set nor deleted; another's can."""
    for pair, kind in zip(PAIRS, KINDS, strict=True):
        for made in pair:
            with pytest.raises(dataclasses.FrozenInstanceError) if kind["frozen"] else nullcontext():
                change(made(1))

    assert {made.__dataclass_params__.frozen for made in PAIRS[0]} == {True}


def test_without_arguments():
    """As a decorator alone it makes a class whose instances can be changed."""
    kind = dataclass(_declared(field))
    made = kind(1)
    made.a = 2

    assert (made.a, kind(1) == kind(1)) == (2, True)


def test_own_methods_stay():
    """A method that the class itself has is not replaced."""

    @dataclass(frozen=True, slots=True)
    class Own:
        a: int

        def __eq__(self, other):
            return True

        def __hash__(self):
            return 7

        def __repr__(self):
            return "own"

    assert (Own(1) == Own(2), hash(Own(1)), repr(Own(1))) == (True, 7, "own")


def test_derived():
    """What is derived has the fields of both, whichever library derives it; another default for one of ours is the new one."""
    ours = dataclass(frozen=True, slots=True)(
        type("Wider", (Pair,), {"__annotations__": {"two": "str", "three": "int"}, "two": "4", "three": 3})
    )
    theirs = dataclasses.make_dataclass("Wider", [("two", str, "4"), ("three", int, 3)], bases=(Pair,), frozen=True, slots=True)
    for made in (ours, theirs):
        assert [one.name for one in fields(made)] == ["one", "two", "three"]
        assert repr(replace(made(1), three=5)).endswith("Wider(one=1, two='4', three=5)")

    assert ours(1) == ours(1, "4", 3) != ours(1, three=4)


def test_missing_argument():
    """What is missing, unknown or given twice is named, and one too many is counted: of a new class as of an old."""
    wrong = [
        ((), {}, "'a'"),
        ((1,), {"z": 2}, "'z'"),
        ((1,), {"a": 2}, "'a'"),
        ((), {"a": 1, "f": 2}, "'f'"),
        ((1, "b", (), [], 2), {}, "5 .*6 "),
    ]
    for made in (lambda: dataclass(_declared(field)), lambda: MADE):
        for values, named, words in wrong:
            with pytest.raises(TypeError, match=words):
                made()(*values, **named)
    with pytest.raises(TypeError, match="'a'"):
        dataclass(type("Empty", (), {"__annotations__": {}}))(a=1)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_few_and_many(kind):
    """The first instances of a class are like those for which its `__init__` was compiled, with values of their own."""
    new, old = (dataclass(**kind)(_declared(field)) for _ in range(2))
    inspect.signature(old)
    few, many = ([made(1, c=(number,)) for number in range(120)] for made in (new, old))

    assert [repr(one) for one in few] == [repr(one) for one in many]
    assert [(one.c, one.d, one.e, one.f) for one in few] == [((number,), [], 2, 3) for number in range(120)]
    assert len({id(one.d) for one in few}) == 120
    assert inspect.isfunction(new.__dict__["__init__"])
