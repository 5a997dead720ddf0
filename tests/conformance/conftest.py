"""What the conformance tests share: a client that is not installed skips its tests, and the run ends with a table."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from installed import CLIENTS
from results import TABLE


@pytest.fixture
def client(request: pytest.FixtureRequest) -> str:
    """A client's format id; the test is skipped where the client cannot be driven."""
    format_id: str = request.param
    if reason := CLIENTS[format_id].missing:
        pytest.skip(reason)
    return format_id


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what each client made of what was converted for it; write it too, where AGENTCONV_CONFORMANCE_TABLE says."""
    if not TABLE.rows:
        return
    terminalreporter.section("agents as the real clients have them")
    terminalreporter.write(TABLE.text())
    if place := os.environ.get("AGENTCONV_CONFORMANCE_TABLE"):
        Path(place).write_text(TABLE.text(), "utf-8")
