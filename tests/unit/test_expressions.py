"""Regular expressions that are compiled at their first use."""

import ast
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
    found = {path.relative_to(package).as_posix() for path in package.rglob("*.py") if any(early(ast.parse(path.read_bytes())))}

    assert found == set()


def early(module):
    """Yield what a module does of it when it is loaded: its own statements, and not the text of a module that it writes for others."""
    for node in module.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield "dataclasses" in [getattr(node, "module", None), *(name.name for name in node.names)]
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            yield any(isinstance(one, ast.Attribute) and ast.unparse(one) == "re.compile" for one in ast.walk(node))


@pytest.mark.parametrize(
    ("text", "is_early"),
    [
        ("from dataclasses import replace", True),
        ("import dataclasses", True),
        ('A = re.compile("a")', True),
        ('A: dict[str, object] = {"a": re.compile("a")}', True),
        ("A = 'from dataclasses import replace'", False),
        ('def a():\n    return re.compile("a")', False),
    ],
)
def test_what_is_early_is_seen(text, is_early):
    """An import and an expression are seen where they are made as a module is loaded, and a text that holds one is none."""
    assert any(early(ast.parse(text))) is is_early
