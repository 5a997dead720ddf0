"""The command line, run in this process: with the modules of the library, it is all that users have, and all that these tests use."""

import io
import json
import sys
from dataclasses import dataclass

import pytest

from agentconv.cli import main


@dataclass(frozen=True)
class Done:
    """What one command line gave."""

    out: str
    err: str

    @property
    def report(self):
        return json.loads(self.out)


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """A function that runs a command line and returns what it gave; a traceback, a bug and another exit code fail the test."""
    for name in ("VIRTUAL_ENV", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))

    def run(*words, codes=(0,)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
        found = main([str(word) for word in words])
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err
        assert found in codes, captured.out + captured.err
        return Done(captured.out, captured.err)

    return run
