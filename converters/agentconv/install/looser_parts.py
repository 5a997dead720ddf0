"""What a skill, a command or a server held back by itself, and does not any more: that may be more than anybody accepted, and asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import access, effects, fields, plain_words, widening
from agentconv.core.parts import Command, Server, Skill
from agentconv.core.plain_words import HOOKS, UNATTENDED
from agentconv.install.grant import Grant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import ToolGrant
    from agentconv.core.parts import Part

_RUN = "run"


def looser(before: Part, after: Part) -> Iterator[Grant]:
    """Yield what may be done by what comes that might not be done by what is there.

    Args:
        before: As its client reads what is there.
        after: As it reads what is to be there.
    """
    if isinstance(before, Server) and isinstance(after, Server):
        yield from (Grant(plain_words.server(after.name), f"{what} of MCP server {after.name}") for what in _opened(before, after))
    if isinstance(before, (Skill, Command)) and isinstance(after, (Skill, Command)):
        if before.invoked_by == "user" and after.invoked_by != "user":
            yield Grant(UNATTENDED, "the model may start it, which its user alone could")
        closed = _meanings(after.denied_tools)
        for grant in before.denied_tools or ():
            if not _meanings((grant,)) <= closed:
                yield from _tool(grant)
        guards = [effects.guard_of(hook) for hook in _hooks(after)]
        for hook in (one for one in _hooks(before) if one.event in effects.GUARD_EVENTS):
            if not widening.is_guarded(effects.guard_of(hook), guards):
                yield Grant(HOOKS, f"tool use that its hook {hook.native_event} may block")


def _opened(before: Server, after: Server) -> Iterator[str]:
    """Yield the tools of a server that were closed, and are not any more."""
    old, new = before.definition, after.definition
    if old.enabled is False and new.enabled is not False:
        yield "all tools"
        return
    if old.enabled_tools is not None and new.enabled_tools is None:
        yield f"tools beyond {', '.join(old.enabled_tools) or 'none'}"
    elif old.enabled_tools is not None:
        yield from (one for one in new.enabled_tools or () if one not in old.enabled_tools)
    open_now = new.enabled_tools
    closed = new.disabled_tools or ()
    yield from (one for one in old.disabled_tools or () if one not in closed and (open_now is None or one in open_now))


def _tool(grant: ToolGrant) -> Iterator[Grant]:
    """Yield what a tool does that was closed, by the words that accept it."""
    what = f"{grant.native}({grant.pattern})" if grant.pattern else grant.native
    if grant.server:
        yield Grant(plain_words.server(grant.server), f"{what}, which was closed to it")
        return
    for effect in dict.fromkeys(access.EFFECT_OF.get(capability) or _RUN for capability in access.granted(grant) or ("",)):
        yield Grant(effect, f"{what}, which was closed to it")


def _meanings(tools: Any) -> frozenset[Any]:
    found = fields.portable(tools or ())
    return found if isinstance(found, frozenset) else frozenset()


def _hooks(part: Part) -> Any:
    return (part.hooks or ()) if isinstance(part, Skill) else ()
