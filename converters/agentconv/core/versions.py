"""Versions of what is written down for later."""

from __future__ import annotations

FORMAT_VERSION = 2
"""Of the representation of agents, in bundles and in what a lock remembers."""
