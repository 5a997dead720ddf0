"""The kinds of parts that there are beside agents. Apart from the parts themselves, so that who only names them does not wait for these."""

from __future__ import annotations

from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["skills", "commands", "servers", "permissions"]
KINDS: tuple[Kind, ...] = ("skills", "commands", "servers", "permissions")
"""The kinds of parts, in the order in which they are read and written."""
NOUNS: dict[str, str] = {"skills": "skill", "commands": "command", "servers": "MCP server", "permissions": "permission set"}
"""What one part of a kind is called."""
