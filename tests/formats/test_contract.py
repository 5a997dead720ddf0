"""Every client's format is held to what any format is held to: its contract, and files that come back. The cases come from its schema."""

from __future__ import annotations

from functools import partial

from agent_files import FOLDERS
from agentconv.testing import Case, contract, laws, roundtrip
from template_format import CLIENTS, ID
from together import together

FILES = roundtrip.CHECKS
CASES = [
    *(Case(f"{client} contract", name, partial(check, client)) for client in CLIENTS for name, check in contract.CHECKS.items()),
    *(
        Case(f"{client} files", name, partial(check, client, FOLDERS[client]))
        for client in CLIENTS
        for name, check in roundtrip.CHECKS.items()
    ),
    *(Case(f"{ID} laws", name, partial(laws.everywhere, law, ID)) for name, law in laws.LAWS.items()),
]
"""The laws are held for all clients with agents of any kind, in tests/roundtrip."""


@together([(case.suite, case) for case in CASES])
def test_format(of: str, case: Case) -> None:
    """What every format is held to holds for this one."""
    case()
