"""What is said stays apart from what is known: a message is made of data, and nobody makes data of a message."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentconv.core import effects, losses
from agentconv.core.diagnostics import Cause, Code, Detail, Diagnostic, Effect, Severity
from agentconv.core.expressions import expression
from agentconv.core.losses import becomes, listed, loss, quoted
from agentconv.render import machine
from agentconv.render.tally import Tally
from agentconv.render.text import Style

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(effects.__file__).parents[1]
SAID = frozenset({"message", "detail", "hint", "reason", "general", "problem"})
"""Attributes that hold what is said to people, of diagnostics, losses, complaints and whatever else has such."""
TAKING_APART = frozenset(
    {"partition", "rpartition", "split", "rsplit", "splitlines", "startswith", "endswith", "removeprefix", "removesuffix"}
    | {"find", "rfind", "index", "rindex", "count", "replace"}
)
MATCHING = frozenset({"match", "search", "fullmatch", "findall", "finditer", "sub", "subn"})
DECLARING = frozenset({"change", "change_together", "declare", "refuse", "remark", "loss"})
"""What declares a loss, with its detail."""


def _taken_apart(node: ast.AST, said: frozenset[str]) -> bool:
    """Whether a piece of code looks into what is said."""
    if not isinstance(node, (ast.Call, ast.Compare)):
        return False

    def is_said(value: ast.AST) -> bool:
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "str" and value.args:
            value = value.args[0]
        return (isinstance(value, ast.Attribute) and value.attr in SAID) or (isinstance(value, ast.Name) and value.id in said)

    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        apart = node.func.attr in TAKING_APART and is_said(node.func.value)
        return apart or (node.func.attr in MATCHING and any(map(is_said, node.args)))
    if isinstance(node, ast.Compare):
        known = (ast.Constant, ast.JoinedStr)
        sides = [node.left, *node.comparators]
        looks = any(isinstance(operator, (ast.In, ast.NotIn)) and is_said(side) for operator, side in zip(node.ops, sides[1:], strict=True))
        return looks or (
            any(map(is_said, sides)) and any(isinstance(side, known) and getattr(side, "value", "") is not None for side in sides)
        )
    return False


def _found(tree: ast.AST) -> Iterator[int]:
    """Yield the lines in which code takes apart what is said, be it by the name of an exception or a variable that holds it."""
    nodes = list(ast.walk(tree))
    yield from (node.lineno for node in nodes if _taken_apart(node, frozenset()))
    for function in nodes if any(True for node in nodes for _ in _holding(node)) else ():
        if isinstance(function, ast.FunctionDef):
            held = frozenset(name for node in ast.walk(function) for name in _holding(node))
            yield from (node.lineno for node in ast.walk(function) if _taken_apart(node, held)) if held else ()


def _holding(node: ast.AST) -> Iterator[str]:
    """Yield the names that a piece of code gives to what is said."""
    if isinstance(node, ast.ExceptHandler) and node.name and {"Ignored", "Refused"} & _names(node.type):
        yield node.name
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute) and node.value.attr in SAID:
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _names(node: ast.AST | None) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} if node else set()


@cache
def modules() -> dict[str, ast.Module]:
    """Return the code of each module."""
    return {str(path.relative_to(PACKAGE)): ast.parse(path.read_bytes()) for path in PACKAGE.rglob("*.py")}


def test_nobody_takes_a_message_apart() -> None:
    """No module searches, splits or compares what is said in a message, a reason or a loss's detail."""
    assert len(modules()) > 100
    assert {f"{name}:{line}" for name, tree in modules().items() for line in _found(tree)} == set()


@pytest.mark.parametrize(
    "code",
    [
        "one.message.partition(': ')",
        "'x' in one.reason",
        "str(one.detail).split('`')",
        "one.detail == 'no sandbox'",
        "PATTERN.findall(one.message)",
        "re.search('x', one.problem)",
        "f'`{key}`' == one.message",
    ],
)
def test_what_takes_a_message_apart_is_seen(code: str) -> None:
    """The search finds each way in which that is done, also by a variable that holds a message, or an exception."""
    held = f"def f(one):\n    said = one.message\n    return said.endswith('x') or {code}\n"
    caught = "def f():\n    try:\n        g()\n    except Refused as reason:\n        return str(reason).split('`')\n"

    assert set(_found(ast.parse(held))) == {3}
    assert len(list(_found(ast.parse(held)))) == 3
    assert list(_found(ast.parse(caught))) == [5]


def _worded(tree: ast.AST) -> Iterator[int]:
    """Yield the lines in which a loss is declared in words that hold values already."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in DECLARING:
            *_, last = [None, *node.args]
            joined = isinstance(last, ast.Call) and isinstance(last.func, ast.Attribute) and last.func.attr in ("join", "format")
            if joined or isinstance(last, (ast.JoinedStr, ast.BinOp)):
                yield node.lineno


def test_losses_are_declared_with_their_values() -> None:
    """No module words the values of a loss itself: they go into its detail, which is put into words in one place."""
    assert {f"{name}:{line}" for name, tree in modules().items() for line in _worded(tree)} == set()
    assert list(_worded(ast.parse('projection.change("a", 1, "b", f"`{c}`")\nlosses.loss("a", ", ".join(b))'))) == [1, 2]


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        (Detail("no sandbox"), "no sandbox"),
        (quoted("{a}"), "`{a}`"),
        (becomes("high", 3), "`high` becomes `3`"),
        (listed(["Read", "Bash"], "all but {}"), "all but Read, Bash"),
        (listed([], nothing="none"), "none"),
        (Detail("{:,} bytes, {:g} seconds", (12_345, 1.50)), "12,345 bytes, 1.5 seconds"),
    ],
)
def test_a_detail_in_words(detail: Detail, words: str) -> None:
    """A loss carries what its detail is made of, and the detail is that in words."""
    made = loss("model-dropped", "a", "model", "codex", detail)

    assert (made.data, made.detail) == (detail, words)


def test_losses_are_told_to_be_the_same_by_their_data() -> None:
    """What several agents lose is said once where it is made of the same values, and each time where it only reads the same."""

    def told(*details: Detail) -> str:
        tally = Tally()
        for agent, detail in zip("ab", details, strict=True):
            tally.add(loss("model-dropped", agent, "model", "codex", detail))
        return tally.lines(Style())[1].strip()

    assert told(quoted("opus"), quoted("opus")) == "a, b: `opus`"
    assert told(listed(["x", "y"]), listed(["x, y"])) == "a: x, y; b: x, y"


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ("xxxxx", "a, b, c and 2 more: `x`"),
        ("xxxxy", "a, b, c and 1 more: `x`; e: `y`"),
        ("xxxyz", "a, b, c: `x`; d: `y`; e: `z`"),
        ("xxxyxyyyy", "a, b, c and 1 more: `x`; d: `y`; f: `y`; g: `y`; and 2 more with something else"),
        ("xyxxx", "a: `x`; b: `y`; c: `x`; and 2 more"),
    ],
)
def test_no_value_is_said_of_an_agent_that_has_another(models: str, said: str) -> None:
    """A line for many agents gives the first ones' value for those only that have it, and names the others with theirs."""
    tally = Tally()
    for agent, model in zip("abcdefghi", models, strict=False):
        tally.add(loss("model-dropped", agent, "model", "codex", quoted(model)))

    assert tally.lines(Style())[1].strip() == said


def test_data_are_no_part_of_reports() -> None:
    """A report holds what is said, where, and of whom; what the program knows it by is its own."""
    diagnostic = Diagnostic(
        *(Code.NOT_LOADED, Severity.WARNING, "m"),
        key="k",
        effect=Effect.DROPS,
        cause=Cause.MISSING_KEY,
        names=("n",),
        reason="r",
        general="g",
    )

    assert machine.plain(diagnostic) == {"code": "not-loaded", "severity": "warning", "message": "m"}
    assert machine.plain(loss("asks", "a", "tools", "codex", "d")).keys() == {
        "code",
        "severity",
        "kind",
        "agent",
        "field",
        "target",
        "detail",
        "message",
    }


FLAG = expression(r"(?<![\w-])--?[a-zA-Z][\w-]*|`agentconv [a-z]|agentconv\.toml")
"""What only who types commands can do."""
OF_THE_LIBRARY = ("core", "conversion", "formats", "families", "parts", "projecting", "api.py", "batch.py", "arrow.py")


def test_what_the_library_advises_names_no_flag() -> None:
    """The hint of every loss has words for who calls the library, and where code names a flag it has other words beside it."""
    told = {code: losses.in_library(losses.loss(code, "a", "name", "codex", "x")).hint for code in losses.codes()}
    assert {code: hint for code, hint in told.items() if hint and FLAG.search(hint)} == {}
    files = [file for name in OF_THE_LIBRARY for file in ([PACKAGE / name] if "." in name else sorted((PACKAGE / name).rglob("*.py")))]
    found = [
        f"{file.name}:{line}"
        for file in files
        if file.parent.name != "credentials"
        for line in _advised(ast.parse(file.read_text("utf-8")))
    ]

    assert found == []


def _advised(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of functions in which a sentence names a flag, and no option stands beside it."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and "option" not in ast.unparse(node)):
        texts = [node for statement in function.body[1:] for node in ast.walk(statement) if isinstance(node, ast.Constant)]
        yield from (one.lineno for one in texts if isinstance(one.value, str) and " " in one.value and FLAG.search(one.value))
