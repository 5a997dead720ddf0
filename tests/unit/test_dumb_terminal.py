"""A terminal that cannot take a line away is shown no progress."""

from __future__ import annotations

import sys
from argparse import Namespace

import pytest

from agentconv.cli.progress import Progress


@pytest.mark.parametrize(("terminal", "shown"), [("dumb", False), ("xterm", True)])
def test_no_progress_on_a_dumb_terminal(terminal: str, shown: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where TERM is `dumb`, nothing moves the cursor."""
    monkeypatch.setenv("TERM", terminal)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    assert Progress(Namespace(output_format="text")).shown == shown
