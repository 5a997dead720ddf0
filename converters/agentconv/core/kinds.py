"""The kinds of parts that there are beside agents. Apart from the parts themselves, so that who only names them does not wait for these."""

from __future__ import annotations

from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["skills", "commands", "servers", "hooks", "permissions", "instructions"]
KINDS: tuple[Kind, ...] = ("skills", "commands", "servers", "hooks", "permissions", "instructions")
"""The kinds of parts, in the order in which they are read and written."""
NOUNS: dict[str, str] = {
    "skills": "skill",
    "commands": "command",
    "servers": "MCP server",
    "hooks": "hook",
    "permissions": "permission set",
    "instructions": "instruction",
}
"""What one part of a kind is called."""
ADDING_UP: frozenset[str] = frozenset({"hooks"})
"""Kinds of which a client takes all that it finds, whatever they are called: none hides another one."""
