"""Each module can be imported first: none needs, to be loaded, one that needs it to be loaded."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import agentconv

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PACKAGE = Path(agentconv.__file__).parent


def name_of(path: Path) -> str:
    """Return the name by which a module is imported."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def at_once(body: Sequence[ast.stmt]) -> Iterator[ast.ImportFrom]:
    """Yield what a module imports when it is loaded, rather than in a function or for types alone."""
    for statement in body:
        if isinstance(statement, ast.ImportFrom):
            yield statement
        elif isinstance(statement, ast.If) and "TYPE_CHECKING" not in ast.unparse(statement.test):
            yield from at_once(statement.body)


def imported(path: Path, names: frozenset[str]) -> set[str]:
    """Return the modules of the package that a module needs to be loaded."""
    found = ((one.module, alias.name) for one in at_once(ast.parse(path.read_bytes()).body) for alias in one.names)
    every = {f"{module}.{name}" if f"{module}.{name}" in names else module for module, name in found if module}
    return (every & names) - {name_of(path)}


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Which one is loaded first is for each command to say: where two need each other, one order fails."""
    modules = {name_of(path): path for path in PACKAGE.rglob("*.py")}
    names = frozenset(modules)

    TopologicalSorter({name: imported(path, names) for name, path in modules.items()}).prepare()


def test_what_closes_no_circle() -> None:
    """What is imported for types alone, or in a function, is not needed to be loaded."""
    text = "from agentconv import a\nif TYPE_CHECKING:\n    from agentconv.b import x\ndef f():\n    from agentconv import c\n"

    assert [one.names[0].name for one in at_once(ast.parse(text).body)] == ["a"]
