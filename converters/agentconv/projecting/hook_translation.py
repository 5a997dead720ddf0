"""A hook of one client as another client's: of an agent, of a skill, or of a whole set.

It is carried where the target runs the same for the same, and where one that can block does so there. No script is made up in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import hook_contracts, hook_facts, hook_handlers, hook_matchers, vocabulary
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.expressions import expression
from agentconv.core.ir import Hook

if TYPE_CHECKING:
    import re
    from collections.abc import Collection

    from agentconv.core.hook_contracts import Needs
    from agentconv.core.hook_facts import Hooks
    from agentconv.core.hook_handlers import Handler
    from agentconv.core.ir import Json

GUARDS = frozenset({"before-tool", "permission-request", "user-prompt"})
"""Portable events whose hooks can keep something from happening."""
_GOES_ON = frozenset({"stop", "agent-stop", "before-compact"})
"""Those whose hooks can keep the model at work: nothing is forbidden by that."""
_VARIABLE = expression(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Carried:
    """What becomes of a hook."""

    hook: Hook | None = None
    """As the target spells it; None where it does not hold it."""
    why: str = ""
    """Why it does not."""
    moot: tuple[str, ...] = ()
    """What of it says nothing there."""
    dead: tuple[str, ...] = ()
    """Alternatives of its matcher that fit no tool, in the source client either."""
    idle: bool = False
    """Whether it is about tools alone that the target has not got, or that nobody has."""


def is_guard(hook: Hook) -> bool:
    """Whether a hook can keep something from happening."""
    facts = hook_facts.hooks(hook.format)
    guards = hook.event in GUARDS or (facts is not None and hook.native_event in facts.guards)
    return guards and any(not hook_handlers.read(hook.format, one).background for one in hook.handlers)


def can_block(hook: Hook) -> bool:
    """Whether a hook can make the client go on, or not."""
    return hook.event in GUARDS | _GOES_ON


def carried(hook: Hook, target: str, needs: Needs) -> Carried:
    """Return a hook as a target's own.

    Args:
        hook: The hook, of another client or of the target itself.
        target: The target's format id.
        needs: What its commands rely on, as far as that is known.
    """
    words = vocabulary.words_of(target)
    facts, own = hook_facts.hooks(words), hook_facts.hooks(hook.format)
    dead = _dead(hook) if hook.format != words else ()
    if dead:
        return Carried(dead=dead, idle=True)
    if facts is None or own is None:
        return Carried(why="it has no such hooks")
    if hook.format == words:
        return Carried(replace(hook, handlers=tuple(_at_root(one, target) for one in hook.handlers)))
    event = vocabulary.native_event(words, hook.event) if hook.event else None
    if event is None:
        return Carried(why=f"it has no event like `{hook.native_event}`")
    bound = next((key for key in hook.options or () if not hook_handlers.is_moot(hook.format, key)), None)
    if bound:
        return Carried(why=f"it knows no `{bound}`")
    matched = hook_matchers.translated(hook, words)
    if matched is None:
        return Carried(why=f"`{hook.matcher}` fits tools of which it is not known what they are called there")
    if matched.is_idle:
        return Carried(moot=matched.moot, dead=matched.dead, idle=True)
    if is_guard(hook) and not hook_matchers.is_sure(hook):
        return Carried(why=f"`{hook.matcher}` may fit tools there by other names, so that it need not fire")
    why = _unheld(hook, needs, words, facts)
    if why:
        return Carried(why=why)
    return _with_handlers(Hook(event, words, hook.event, matched.matcher, hook.handlers), hook, target, matched)


def _dead(hook: Hook) -> tuple[str, ...]:
    """Return the alternatives of a matcher none of which fits a tool in its own client; nothing, where one does."""
    found = hook_matchers.translated(hook, hook.format) if hook.event in hook_matchers.ON_TOOLS else None
    return found.dead if found is not None and found.is_idle else ()


def _unheld(hook: Hook, needs: Needs, words: str, facts: Hooks) -> str | None:
    """Say why a client would not do with a hook what its own does."""
    if is_guard(hook) and hook.event not in facts.blocks:
        return "nothing is blocked there by an exit code"
    for one in hook.handlers:
        handler = hook_handlers.read(hook.format, one)
        if handler.kind not in facts.handlers:
            return f"it runs no hook of the type `{handler.kind}`"
        wanted = (
            needs
            if handler.kind == "command"
            else hook_contracts.UNREAD
            if handler.kind in ("http", "mcp_tool")
            else hook_contracts.NOTHING
        )
        why = hook_contracts.lacks(wanted, hook, words) if is_guard(hook) or wanted.known else hook_contracts.tells(hook, words)
        if why:
            return why
    return None


def _with_handlers(made: Hook, hook: Hook, target: str, matched: hook_matchers.Matched) -> Carried:
    """Return what a target runs in its own spelling."""
    facts = hook_facts.hooks(made.format)
    moot: list[str] = [*matched.moot, *(hook.options or ())]
    handlers: list[Json] = []
    for one in hook.handlers:
        handler, without, lost = hook_handlers.translated(hook_handlers.read(hook.format, one), hook.format, made.format)
        if lost:
            return Carried(why=f"it knows no `{lost[0]}`")
        handler = _rebased(handler, target)
        left = _variables(handler.command or "") - (facts.variables if facts else frozenset()) - _variables(hook_facts.hook_root(target))
        if left:
            return Carried(why=f"it sets no ${min(left)}")
        moot += without
        handlers.append(hook_handlers.spelled(made.format, handler))
    return Carried(replace(made, handlers=tuple(handlers)), moot=tuple(dict.fromkeys(moot)), dead=matched.dead)


def _at_root(one: Json, target: str) -> Json:
    """Return a handler of the same client, with the paths of its scripts as a project's or a plugin's file says them."""
    if not isinstance(one, dict):
        return one
    words = [word for word in ("command", "args") if isinstance(one.get(word), str | list)]
    return {**one, **{word: _text_rebased(one[word], target) for word in words}}


def _text_rebased(value: Json, target: str) -> Json:
    """Return a command, or what it is given, with the paths of its scripts as they are said in the target."""
    if isinstance(value, list):
        return [_text_rebased(one, target) for one in value]
    return _rebased(hook_handlers.Handler(command=value), target).command if isinstance(value, str) else value


def _rebased(handler: Handler, target: str) -> Handler:
    """Return a handler whose command finds the project's scripts in the target as well."""
    if handler.command is None:
        return handler
    facts, root = hook_facts.hooks(target), hook_facts.hook_root(target)
    kept = facts.variables if facts else frozenset()

    def spelled(found: re.Match[str]) -> str:
        names = _VARIABLE.findall(found[0])
        return found[0] if names and set(names) <= kept and not hook_handlers.plugin_folder().fullmatch(root) else root

    command = hook_handlers.plugin_folder().sub(lambda _: root, hook_handlers.slashed(handler.command))
    return replace(handler, command=hook_handlers.PROJECT.sub(spelled, command))


def _variables(command: str) -> set[str]:
    """Return the variables in a command that only clients set."""
    return {name for name in _VARIABLE.findall(command) if name.partition("_")[0] in _makers()}


def _makers() -> Collection[str]:
    found = (hook_facts.hooks(client) for client in vocabulary.clients())
    return {name.partition("_")[0] for one in found if one for name in one.variables} | {"CODEX"}
