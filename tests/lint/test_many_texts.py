"""A project with many texts of instructions is looked at once, not once for each of them: what it costs grows with their number."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_each_file_costs_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    calls, real = 0, os.path.realpath

    def counted(path: str, *, strict: bool = False) -> str:
        nonlocal calls
        calls += 1
        return real(path, strict=strict)

    monkeypatch.setattr(os.path, "realpath", counted)
    costs = []
    for number in (8, 16, 32):
        calls = 0
        main(["lint", str(_project(tmp_path, number)), "--for", "codex,qwen-code", "--isolated", "--output-format", "concise"])
        assert capsys.readouterr().out.count("[AC574]") == number - 1, "each is told of once, but the first"
        costs.append(calls)
    few, some, many = costs
    assert many - some <= 2.2 * (some - few)


def _project(folder: Path, number: int) -> Path:
    root = folder / str(number)
    for package in (root, *(root / f"package{count}" for count in range(1, number))):
        package.mkdir(parents=True)
        (package / "AGENTS.md").write_text("Use tabs, and see @docs/style.md.\n")
    (root / ".git").mkdir()
    return root
