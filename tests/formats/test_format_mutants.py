"""What a format may get wrong is seen by its suite: the table of mutants, each a template that is broken in one place.

That a list of tools is projected, and is what reads back, the laws see, which take longer (`laws`, in test_contract).
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from agentconv.formats import registry
from agentconv.testing import contract, roundtrip
from template_format import FOLDER, ID, ROW

if TYPE_CHECKING:
    from collections.abc import Iterator

MUTANTS = tomllib.loads(Path(__file__).with_name("format_mutants.toml").read_text("utf-8"))["mutant"]
FIXTURES = FOLDER / "fixtures"


def complaints(check: str) -> Iterator[str]:
    if check in contract.CHECKS:
        return contract.CHECKS[check](ID)
    return roundtrip.CHECKS[check](ID, FIXTURES)


@pytest.mark.parametrize("mutant", MUTANTS, ids=[one["name"] for one in MUTANTS])
def test_mutant_is_seen(mutant: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The check that is named fails a format that is broken so, and no error of another kind ends it."""
    text = (FOLDER / "template.py").read_text("utf-8")
    assert "old" not in mutant or text.count(mutant["old"]) == 1
    broken = text.replace(mutant["old"], mutant["new"]) if "old" in mutant else f"{text}\n\n{mutant['added']}\n"
    module = ModuleType(f"agentconv.formats.{ROW.module}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(broken, "template.py", "exec"), module.__dict__)  # noqa: S102 - a format, broken
    registry.load.cache_clear()
    found = list(complaints(mutant["check"]))
    registry.load.cache_clear()

    assert found
