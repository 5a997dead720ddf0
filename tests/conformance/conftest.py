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
    tables = {"agents as the real clients have them": TABLE.text() if TABLE.rows else ""}
    tables["what ran in permissive sessions"] = TABLE.permissive_text() if TABLE.calls else ""
    for title, text in tables.items():
        if text:
            terminalreporter.section(title)
            terminalreporter.write(text)
    if any(tables.values()) and (place := os.environ.get("AGENTCONV_CONFORMANCE_TABLE")):
        Path(place).write_text("\n".join(text for text in tables.values() if text), "utf-8")
