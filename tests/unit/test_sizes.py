"""How large functions and modules may be: what is larger does more than one thing."""

from __future__ import annotations

import ast
from pathlib import Path

import agentconv

PACKAGE = Path(agentconv.__file__).parent
LINES_OF_A_FUNCTION = 40
BYTES_OF_A_MODULE = 24_000


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function's lines from `def` to its end, without the docstring."""
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


def sizes(path: Path) -> dict[str, int]:
    """Return the functions of a module, methods and inner ones too, with their lines."""
    found = [node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return {f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}": lines_of(node) for node in found}


def test_functions_are_short() -> None:
    """No function has more than forty lines besides its docstring."""
    measured = {name: lines for path in PACKAGE.rglob("*.py") for name, lines in sizes(path).items()}

    assert len(measured) > 1000
    assert {name: lines for name, lines in measured.items() if lines > LINES_OF_A_FUNCTION} == {}


def test_modules_are_short() -> None:
    """No module has more than twenty-four kilobytes: one that grows over them is about two things, or holds data that a file can hold."""
    measured = {path.relative_to(PACKAGE).as_posix(): len(path.read_bytes()) for path in PACKAGE.rglob("*.py")}

    assert len(measured) > 500
    assert {name: size for name, size in measured.items() if size > BYTES_OF_A_MODULE} == {}


def test_docstrings_do_not_count() -> None:
    """A function is measured by its code."""
    code = 'def f():\n    """One.\n\n    Two.\n    """\n    return 1\n'
    function = ast.parse(code).body[0]
    assert isinstance(function, ast.FunctionDef)

    assert lines_of(function) == 2
