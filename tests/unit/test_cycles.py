"""No module of ours needs itself to be loaded: which one a command loads first must not decide whether it starts."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import agentconv

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(agentconv.__file__).parents[1]


def loaded_by(tree: ast.Module, known: dict[str, Path]) -> Iterator[str]:
    """Yield the modules of ours that a module loads as soon as it is loaded: not those for types alone, or within functions."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module in known:
            whole = (f"{node.module}.{one.name}" for one in node.names)
            yield from (one if one in known else node.module for one in whole)


def test_modules_load_in_any_order() -> None:
    """The modules can be put in an order in which each comes after those that it loads."""
    known = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in ROOT.glob("agentconv/**/*.py")
    }
    graph = {name: {*loaded_by(ast.parse(path.read_bytes()), known)} - {name} for name, path in known.items()}

    assert sum(map(len, graph.values())) > 1000
    TopologicalSorter(graph).prepare()  # which raises CycleError
