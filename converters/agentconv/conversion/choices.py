"""The words that a user may choose about a conversion, for those who need not know what becomes of them."""

from __future__ import annotations

ON_DUPLICATE = ("suffix", "first", "error")
MAP_MODELS = ("off", "tier")
EVERYTHING = "all"
"""What a flag stands for that may have a value, and has none."""
