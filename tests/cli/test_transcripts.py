"""Every transcript says what the program prints.

`console_runs.py` says how they are written; `AGENTCONV_ACCEPT=1 pytest tests/cli/test_transcripts.py` writes down what is printed now.
"""

import os
import sys
from pathlib import Path

import pytest

from console_runs import environment_for, played

FOLDER = Path(__file__).parent / "transcripts"


@pytest.mark.skipif(sys.platform == "win32", reason="transcripts are run by sh")
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.stem)
def test_transcript(path, tmp_path):
    """What the program prints is what the transcript says, to the letter."""
    folder = tmp_path / "work"
    folder.mkdir()
    expected = path.read_text("utf-8")
    actual = played(expected, folder, environment_for(tmp_path))
    if os.environ.get("AGENTCONV_ACCEPT"):
        path.write_text(actual, "utf-8")
        expected = actual

    assert expected == actual
