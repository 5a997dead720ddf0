"""What a project's many parts cost grows with their number: what is true of a file, or of all of them, is found out once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from agentconv.cli import main
from agentconv.core import patterns, toml_places
from agentconv.core.ir import Rule
from agentconv.core.meant import Pattern
from agentconv.json import jsonc
from agentconv.parts.permissions import deciding

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("path", [".claude/settings.json", ".codex/config.toml"])
def test_a_file_of_hooks_is_read_as_often_whatever_their_number(path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reads = []
    for number in (4, 8):
        file = tmp_path / str(number) / path
        file.parent.mkdir(parents=True)
        file.write_text(_toml(number) if path.endswith(".toml") else _json(number))
        (tmp_path / str(number) / ".git").mkdir()
        jsonc.parse.cache_clear()
        toml_places.places.cache_clear()
        main(["lint", str(tmp_path / str(number)), "--for", "codex,claude-code,opencode", "--isolated"])
        reads.append((jsonc.parse.cache_info().misses, toml_places.places.cache_info().misses))
        assert "1 file looked at" in capsys.readouterr().err

    assert reads[0] == reads[1] != (0, 0)


def test_rules_are_compared_with_those_of_their_own_word_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[object] = []
    real = deciding._hides
    monkeypatch.setattr(deciding, "_hides", lambda other, one: compared.append(one) or real(other, one))
    rules = [_rule("allow", f"tool{number} run *") for number in range(20)] + [_rule("deny", f"tool{number} *") for number in range(20)]

    assert [None if one is None else one.pattern for one in deciding.hiding(rules)] == [*(one.pattern for one in rules[20:]), *[None] * 20]
    assert len(compared) <= 3 * len(rules)


@pytest.mark.parametrize(("wide", "narrow"), [("git *", "git diff *"), ("src/**", "src/a/**"), ("*", "git"), ("git*", "git"), ("a", "a")])
def test_what_covers_a_pattern_begins_no_later(wide: str, narrow: str) -> None:
    for language in ("glob", "gitignore", "prefix", "fnmatch", "regex"):
        other, one = Pattern(wide, language), Pattern(narrow, language)
        assert patterns.start(one).startswith(patterns.start(other)) or not patterns.covers(other, one)


def _rule(effect: str, pattern: str) -> Rule:
    return Rule(effect, "Bash", format="claude-code", pattern=Pattern(pattern, "glob"))  # type: ignore[arg-type]


def _json(number: int) -> str:
    entries = [{"matcher": "Bash", "hooks": [{"type": "command", "command": f"./check {one}"}]} for one in range(number)]
    return json.dumps({"hooks": {"PreToolUse": entries}})


def _toml(number: int) -> str:
    entry = '[[hooks.PreToolUse]]\nmatcher = "Bash"\n[[hooks.PreToolUse.hooks]]\ntype = "command"\ncommand = "./check {}"\n'
    return "\n".join(entry.format(one) for one in range(number))
