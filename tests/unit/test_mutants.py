"""The table of mutants stays true of the code: each breaks something that is there, and names tests that are."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "mutation"))

from run import Mutant, broken, mutants  # noqa: E402 - a script, which is no package

LAWS = {str(number) for number in range(1, 10)}


@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.name)
def test_mutant_breaks_what_is_there(mutant: Mutant) -> None:
    """A mutant changes Python that is still Python, and the tests that are to see it are there."""
    compile(broken(mutant, ROOT), mutant.file, "exec")

    assert [word for word in mutant.suite if not (ROOT / word.partition("::")[0]).exists()] == []


def test_every_law_has_a_mutant() -> None:
    """Each law is broken by one mutant at least, and no two have one name."""
    found = mutants()

    assert LAWS - {mutant.law for mutant in found} == set()
    assert len({mutant.name for mutant in found}) == len(found)
