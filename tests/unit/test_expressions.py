"""Regular expressions that are compiled at their first use."""

import gc
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import agentconv
from agentconv.core.expressions import expression


def test_same_as_compiled():
    """One does what a compiled one does, at the first use and later, for texts and bytes."""
    ours, theirs = expression(r"(?P<word>\w+)-", re.IGNORECASE), re.compile(r"(?P<word>\w+)-", re.IGNORECASE)
    for _ in range(2):
        assert ours.sub("<\\1>", "a-B-c") == theirs.sub("<\\1>", "a-B-c")
        assert [found["word"] for found in ours.finditer("a-B-c")] == [found["word"] for found in theirs.finditer("a-B-c")]
        assert (ours.pattern, ours.flags, ours.groups) == (theirs.pattern, theirs.flags, theirs.groups)

    assert expression(rb"a+").findall(b"aaba") == [b"aa", b"a"]


def test_compiled_at_first_use():
    """One that is held is not compiled: not even a wrong one is noticed before it is used."""
    wrong = expression("(")
    with pytest.raises(re.error, match="unterminated subpattern"):
        wrong.match("")

    assert wrong


def test_all_of_ours_compile():
    """What the modules hold compiles, though nobody may have used it yet."""
    for module in pkgutil.walk_packages(agentconv.__path__, "agentconv."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    kind = type(expression(""))
    gc.unfreeze()  # what was there when the tests began is looked at, too
    held = [one for one in gc.get_objects() if isinstance(one, kind) and one._given[0] != "("]

    assert len(held) > 300
    assert all(isinstance(one.pattern, type(one._given[0])) for one in held)


def test_held_ones_are_ours():
    """No module compiles an expression, or declares a dataclass of the standard library, when it is loaded."""
    package = Path(agentconv.__file__).parent
    early = re.compile(r"^(?:\w+ = re\.compile\(|from dataclasses import |import dataclasses)", re.MULTILINE)
    ours = (path for path in package.rglob("*.py") if path.name != "example.py")  # which holds a module of somebody else's
    found = {path.relative_to(package).as_posix() for path in ours if early.search(path.read_text("utf-8"))}

    assert found == set()
