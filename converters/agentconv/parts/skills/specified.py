"""Names and descriptions of skills as the Agent Skills specification has them, for the clients that hold skills to it.

https://agentskills.io/specification
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import names
from agentconv.core.expressions import expression
from agentconv.families import plain_fences
from agentconv.families.keys import Refused
from agentconv.parts.skills import keys
from agentconv.parts.skills.client import Client
from agentconv.yaml.grammar import JS_YAML_4

if TYPE_CHECKING:
    from agentconv.core.ir import Json
    from agentconv.core.part_format import Place

LONGEST_NAME, LONGEST_DESCRIPTION = 64, 1024
_NAME = expression(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def bad_name(name: str) -> str | None:
    """Say what is wrong with a name; nothing, where it is legal."""
    legal = len(name) <= LONGEST_NAME and _NAME.fullmatch(name)
    return None if legal else f"`name` must be up to {LONGEST_NAME} lower-case letters, digits and single `-`"


def legal_name(name: str) -> str:
    """Return the nearest legal name; empty where there is none."""
    return name if bad_name(name) is None else re.sub(r"[_-]+", "-", names.slug(name))[:LONGEST_NAME].strip("-")


def documented(format_id: str, title: str, project: tuple[Place, ...], user: tuple[Place, ...], **more: Any) -> Client:
    """Return the format of a client of which no more is known than that it follows the specification.

    Args:
        format_id: Its format id.
        title: Its name, for messages.
        project: Where it looks in a project.
        user: Where it looks for the user's own.
        more: What is known besides, as of a `Client`.
    """
    table = {"description": keys.key("description", partial(_filled, "description"))}
    known: dict[str, Any] = {
        "find": plain_fences.find,
        "grammar": JS_YAML_4,
        "read_name": partial(_filled, "name"),
        "legal_name": legal_name,
        **more,
    }
    return Client(format_id, title, project, user, keys=table, **known)


def _filled(name: str, value: Json) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Refused(f"`{name}` must be text that is not empty", key=name)
    return value.strip()
