"""Where the documentation is on the web: the one place that says so."""

from __future__ import annotations

SITE = "https://agentconv-toolkit.readthedocs.io/en/stable"


def rule(code: str) -> str:
    """Return the page of a rule."""
    return f"{SITE}/rules/{code}/"


def loss(code: str) -> str:
    """Return the page of a loss."""
    return f"{SITE}/losses/{code}/"
