"""Two runs at once in one folder: one waits, and where it waits too long it says so."""

from __future__ import annotations

import subprocess
import sys

import pytest

from agentconv.core.diagnostics import InputError
from agentconv.disk.exclusive import exclusive

HOLDS = """
import sys, pathlib
from agentconv.disk.exclusive import exclusive
with exclusive(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_another_process_waits_until_it_may(tmp_path):
    with subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(InputError, match="another agentconv"), exclusive(tmp_path, seconds=0.2):
            pass
        other.communicate("")
    with exclusive(tmp_path, seconds=0.2):
        pass

    assert list(tmp_path.iterdir()) == []


def test_what_fails_inside_holds_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError), exclusive(tmp_path):
        _ = 1 / 0

    with exclusive(tmp_path, seconds=0):
        pass


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(InputError, match="cannot be opened"), exclusive(tmp_path / "none"):
        pass
