"""Parts that a program made, and no file has: what every reader would have said of them, and their author left unsaid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.parts import Body, Command, Instruction, PermissionSet, SetHook, Skill

if TYPE_CHECKING:
    from agentconv.core.parts import Part

_RULES = "permissions"


def as_read(part: Part) -> Part:
    """Return a part as a reader would give it: a text without blanks around it, the one name of a set of rules, a hook's portable event."""
    if isinstance(part, PermissionSet):
        return replace(part, name=_RULES)
    if isinstance(part, SetHook):
        hook = part.definition
        event = hook.event or vocabulary.portable_event(vocabulary.words_of(hook.format), hook.native_event)
        return replace(part, definition=replace(hook, event=event))
    if isinstance(part, Instruction):
        limited = part.paths or part.folder
        when = "always" if part.when == "scoped" and not limited else part.when or ("scoped" if part.paths else "always")
        return replace(part, body=_trimmed(part.body), when=when, name=part.name or part.id or None)
    return replace(part, body=_trimmed(part.body)) if isinstance(part, (Skill, Command)) else part


def _trimmed(body: Body | None) -> Body:
    """Return a text without what no file keeps at its ends; one that is not there is an empty one."""
    parts = list(body.parts) if body else []
    while parts and isinstance(parts[0], str) and parts[0] != parts[0].lstrip():
        parts[:1] = filter(None, [parts[0].lstrip()])
    while parts and isinstance(parts[-1], str) and parts[-1] != parts[-1].rstrip():
        parts[-1:] = filter(None, [parts[-1].rstrip()])
    return replace(body, parts=tuple(parts)) if body else Body(())
