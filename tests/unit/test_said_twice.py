"""A key that a file with settings says twice: what is told of it works when it is followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agentconv.core.diagnostics import InputError
from agentconv.sources import settings_file

if TYPE_CHECKING:
    from pathlib import Path

START = 'source = "claude-code"\ntargets = ["codex"]\n'


def _told(root: Path, text: str) -> str:
    place = root / settings_file.FILE
    place.write_text(text, "utf-8")
    with pytest.raises(InputError) as wrong:
        settings_file.read(place)
    return f"{wrong.value.diagnostic.message}; {wrong.value.diagnostic.hint}"


def test_a_word_beside_a_table_of_the_same_name_has_a_key_of_its_own(tmp_path: Path) -> None:
    """`models = "tier"` beside [models] is told with the line that says the same, and that line is read."""
    table = '[models]\nsonnet = "large"\n'
    told = _told(tmp_path, f'{START}models = "tier"\n{table}')

    assert "`models` is a word in line 3, and a table in another; " in told
    assert 'line 3 becomes `map-models = "tier"`' in told
    (tmp_path / settings_file.FILE).write_text(f'{START}map-models = "tier"\n{table}', "utf-8")

    assert settings_file.read(tmp_path / settings_file.FILE).values["map-models"] == "tier"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[sync.codex]\nown = true\n\n[sync.codex]\nown = true\n", "[sync.codex] is there twice, in line 3 and line 6"),
        ('targets = ["cursor"]\n', "`targets` is said twice, in line 2 and line 3"),
        ("[sync]\ncodex = true\n[sync.codex]\nown = true\n", "`sync.codex` is said in two ways, in line 4 and line 5"),
    ],
)
def test_both_lines_of_a_key_are_told(tmp_path: Path, text: str, said: str) -> None:
    """A key or a table that is there twice is told with both its lines, in no words of the library that reads it."""
    assert said in _told(tmp_path, START + text)
