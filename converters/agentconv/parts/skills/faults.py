"""What keeps a skill from being what its author meant, though it lies where its client looks."""

from __future__ import annotations

import posixpath
from itertools import pairwise
from typing import TYPE_CHECKING

from agentconv.core import mentions
from agentconv.core.expressions import expression
from agentconv.core.parts import OwnFolder
from agentconv.parts.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.parts import Skill
    from agentconv.parts.skills.client import Client

FLAT = "reads no such skill: a skill is a folder with a SKILL.md in it"
"""What is so of a file that lies where skills do, behind the client's name."""
_BELOW = expression(r"/[\w./-]*\.\w{1,8}\b")
_LINK = expression(r"\]\((?P<path>(?:\./)?(?:[\w.-]+/)+[\w.-]+\.\w{1,8})(?:#[^)\s]*)?\)")


def as_folder(path: str) -> str:
    """Return where the text of a file belongs that lies where skills do."""
    return f"move it to {posixpath.basename(path).removesuffix('.md')}/SKILL.md"


def of(skill: Skill, client: Client) -> Iterator[Fault]:
    """Yield what is wrong with a skill that a client takes."""
    named = skill.extras.get(client.format, {}).get("name")
    if isinstance(named, str) and skill.name and named.strip() != skill.name:
        yield Fault("name", named, f"calls it by its folder, `{skill.name}`, and not `{named}`", f"call it `{skill.name}`", skill.name)
    there = {file.path for file in skill.files} | {"SKILL.md"}
    for path in dict.fromkeys(_named(skill)):
        if posixpath.normpath(path) not in there:
            yield Fault("missing", path, f"finds no `{path}` in the skill's folder", "put it there, or take out what names it")


def _named(skill: Skill) -> Iterator[str]:
    """Yield the files that are surely the skill's own: those below the placeholder for its folder, and those that are linked to."""
    parts = skill.body.parts if skill.body else ()
    for one, following in pairwise(parts):
        match = _BELOW.match(following) if isinstance(one, OwnFolder) and isinstance(following, str) else None
        if match and ".." not in match[0]:
            yield match[0].lstrip("/")
    for one in parts:
        if isinstance(one, str):
            links = mentions.outside_code(one, _LINK)
            yield from (match["path"] for match in links if ".." not in match["path"])
