"""The checksum that the lock holds."""

from __future__ import annotations

import hashlib


def sha256(data: bytes) -> str:
    """Return the checksum of bytes."""
    return hashlib.sha256(data).hexdigest()
