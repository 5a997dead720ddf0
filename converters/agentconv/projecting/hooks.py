"""Hooks as Claude Code and Codex write them: events, each with a list of matchers, each with what is run.

A hook that can block a tool is a guard: a client that cannot load one drops the agent rather than run it unguarded,
so the shapes here are exactly those that Claude Code 2.1.329 takes (measured on 3,150 generated headers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import effects, vocabulary
from agentconv.core.ir import Hook
from agentconv.core.losses import listed
from agentconv.families.keys import Ignored, Refused
from agentconv.families.value_checks import is_bool, is_filled, is_seconds, is_text, is_text_map, is_texts, is_url

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import Json

GUARDS = frozenset({"PreToolUse", "PermissionRequest"})
_NOT_SEARCHED = frozenset({"metadata", "mcpServers", "lspServers"})
_DEPTH = 3


def _is_failure(value: Json) -> bool:
    return value in ("continue", "block")


def _is_shell(value: Json) -> bool:
    return value in ("bash", "powershell")


_ANY_HANDLER: dict[str, Callable[[Json], bool]] = {"if": is_text, "timeout": is_seconds, "statusMessage": is_text, "once": is_bool}
_HANDLERS: dict[str, tuple[tuple[str, ...], dict[str, Callable[[Json], bool]]]] = {
    "command": (
        ("command",),
        {
            "command": is_text,
            "args": is_texts,
            "shell": _is_shell,
            "onFailure": _is_failure,
            "async": is_bool,
            "asyncRewake": is_bool,
            "holdsTools": is_bool,
            "rewakeMessage": is_filled,
            "rewakeSummary": is_filled,
        },
    ),
    "prompt": (("prompt",), {"prompt": is_text, "model": is_text, "continueOnBlock": is_bool}),
    "agent": (("prompt",), {"prompt": is_text, "model": is_text}),
    "http": (("url",), {"url": is_url, "onFailure": _is_failure, "headers": is_text_map, "allowedEnvVars": is_texts}),
    "mcp_tool": (("server", "tool"), {"server": is_text, "tool": is_text, "input": lambda value: isinstance(value, dict)}),
}
"""Kinds of handlers: the keys that they need, and what each key takes."""


def stray_guard(format_id: str, header: Mapping[str, Json]) -> str | None:
    """Return the key outside `hooks` that holds what looks like a guard; the client drops such an agent."""
    for key, value in header.items():
        if key in GUARDS and value is not None and value != []:
            return key
        if not isinstance(value, (dict, list)) or key == "hooks" or key in _NOT_SEARCHED:
            continue
        if _holds_guard(format_id, value, count=not _is_event(format_id, key)):
            return key
    return None


def _is_event(format_id: str, key: str) -> bool:
    return vocabulary.knows_event(format_id, key)


def _holds_guard(format_id: str, value: Json, depth: int = _DEPTH, *, count: bool, in_hooks: bool = False) -> bool:
    """Whether a value holds a guard, or (with `count`) a matcher, where none belongs."""
    if isinstance(value, list):
        return depth > 0 and any(_holds_guard(format_id, item, depth - 1, count=count, in_hooks=in_hooks) for item in value)
    if not isinstance(value, dict):
        return False
    if any(key in GUARDS and item is not None and item != [] for key, item in value.items()):
        return True
    if count and _is_matcher(format_id, value):
        return True
    if depth == 0 or (in_hooks and isinstance(value.get("type"), str)):
        return False
    return any(
        key not in _NOT_SEARCHED
        and _holds_guard(
            format_id, item, depth - 1, count=count and not _is_event(format_id, key), in_hooks=key == "hooks" and isinstance(item, list)
        )
        for key, item in value.items()
    )


def _is_matcher(format_id: str, value: Json) -> bool:
    if not isinstance(value, dict):
        return False
    if "matcher" not in value and any(_is_event(format_id, key) for key in value):
        return False
    handlers = value.get("hooks")
    if isinstance(handlers, list):
        return len(handlers) > 0
    return isinstance(handlers, dict) and ("matcher" in value or isinstance(handlers.get("type"), str))


def read(format_id: str, value: Json, *, searched: bool = True) -> tuple[Hook, ...]:
    """Read a map of events.

    Args:
        format_id: The format whose events they are.
        value: The map.
        searched: Whether the client also searches matchers for guards where none belong.

    Raises:
        Refused: A guard that does not load: the client then drops the agent.
        Ignored: Entries that the client drops (with those that it keeps).
    """
    if value is None or value == {}:
        return ()
    if not value and not isinstance(value, list):
        raise Ignored("`hooks` is a map of events")
    if not isinstance(value, dict) or _is_matcher(format_id, value):
        raise Refused("`hooks` is a map of events")
    found: list[Hook] = []
    dropped: list[str] = []
    for event, blocks in value.items():
        guard = event in GUARDS
        if not isinstance(blocks, list) or not _is_event(format_id, event):
            known = _is_event(format_id, event)
            stray = _holds_guard(format_id, blocks, count=not known and not isinstance(blocks, list))
            if stray or (known and guard and blocks is not None):
                raise Refused(f"`hooks`: a guard in `{event}` does not load")
            dropped.append(event)
            continue
        for block in blocks:
            if searched and _holds_guard(format_id, block, count=False):
                raise Refused(f"`hooks`: a guard inside `{event}` does not load")
            hook, whole = _read_block(format_id, event, block)
            if not whole and guard:
                raise Refused(f"`hooks`: a guard in `{event}` does not load")
            if not whole:
                dropped.append(event)
            if hook is not None:
                found.append(hook)
    if dropped:
        raise Ignored(f"entries of {', '.join(dict.fromkeys(dropped))} do not load", {"hooks": tuple(found) or None})
    return tuple(found)


def _read_block(format_id: str, event: str, block: Json) -> tuple[Hook | None, bool]:
    """Read one matcher; the second value says whether the client takes all of it."""
    if not isinstance(block, dict):
        return None, False
    handlers, matcher = block.get("hooks"), block.get("matcher")
    if not isinstance(handlers, list) or ("matcher" in block and not isinstance(matcher, str)):
        return None, False
    kept = tuple(handler for handler in handlers if _is_handler(handler))
    options = {key: item for key, item in block.items() if key not in ("matcher", "hooks")}
    portable = vocabulary.portable_event(format_id, event)
    text = matcher if isinstance(matcher, str) else None
    return Hook(event, format_id, portable, text, kept, options or None), len(kept) == len(handlers)


def read_checked(format_id: str, value: Mapping[str, Any]) -> tuple[Hook, ...]:
    """Read a map of events whose shape the client's schema has found valid.

    Raises:
        Ignored: It holds more than events (with the events).
    """
    found: list[Hook] = []
    others: list[str] = []
    for event, blocks in value.items():
        if not _is_event(format_id, event) or not isinstance(blocks, list):
            others.append(event)
            continue
        for block in blocks:
            options = {key: item for key, item in block.items() if key not in ("matcher", "hooks")}
            handlers = tuple(block.get("hooks", ()))
            portable = vocabulary.portable_event(format_id, event)
            found.append(Hook(event, format_id, portable, block.get("matcher"), handlers, options or None))
    if others:
        raise Ignored(f"{', '.join(others)} is no event", {"hooks": tuple(found)})
    return tuple(found)


def read_loose(format_id: str, value: Json) -> tuple[Hook, ...]:
    """Read a map of events of a client that passes over whatever it cannot run, a guard too.

    Raises:
        Ignored: Something is passed over (with what is not).
    """
    if not isinstance(value, dict) or not value:
        raise Ignored("it is a map from event to a list of matchers")
    found: list[Hook] = []
    dropped: list[str] = []
    for event, blocks in value.items():
        known = isinstance(blocks, list) and _is_event(format_id, event)
        for block in blocks if known and isinstance(blocks, list) else [None]:
            hook, whole = _loose_block(format_id, event, block)
            if not whole:
                dropped.append(event)
            if hook is not None:
                found.append(hook)
    if dropped:
        raise Ignored(f"entries of {', '.join(dict.fromkeys(dropped))} do not run", {"hooks": tuple(found) or None})
    return tuple(found)


def _loose_block(format_id: str, event: str, block: Json) -> tuple[Hook | None, bool]:
    handlers = block.get("hooks") if isinstance(block, dict) else None
    if not isinstance(block, dict) or not isinstance(handlers, list) or not isinstance(block.get("matcher", ""), str):
        return None, False
    needed = {"command": "command", "http": "url", "prompt": "prompt"}
    kept = tuple(one for one in handlers if isinstance(one, dict) and is_filled(one.get(needed.get(str(one.get("type")), ""))))
    options = {key: item for key, item in block.items() if key not in ("matcher", "hooks")}
    matcher: Any = block.get("matcher")
    hook = Hook(event, format_id, vocabulary.portable_event(format_id, event), matcher, kept, options or None)
    return hook, len(kept) == len(handlers)


def read_actions(format_id: str, value: Mapping[str, Any], matched: Collection[str]) -> tuple[Hook, ...]:
    """Read a map of events whose entries are actions, each with its own matcher, or groups of actions as `read_checked` has them.

    Args:
        format_id: The client.
        value: The map; the client's schema has found its shape valid.
        matched: The events, in camel case, whose matchers must be regular expressions.

    Raises:
        Refused: A matcher is none; the client drops the agent.
    """
    from agentconv.core import regexes

    found = read_checked(format_id, {event: [_group(item) for item in items] for event, items in value.items()})
    for hook in found:
        matchers = [hook.matcher, *(handler.get("matcher") for handler in hook.handlers if isinstance(handler, dict))]
        used = hook.native_event[:1].lower() + hook.native_event[1:] in matched
        if used and not all(regexes.is_one("javascript", str(matcher)) for matcher in matchers if matcher):
            raise Refused(f"`hooks`: a matcher of {hook.native_event} is no regular expression")
    return found


def _group(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an action that stands alone as a group of one; in a group, a matcher that is no text counts for nothing."""
    rest = {key: value for key, value in item.items() if key != "matcher"}
    matcher = {"matcher": item["matcher"]} if isinstance(item.get("matcher"), str) else {}
    return {**matcher, **(rest if isinstance(item.get("hooks"), list) else {"hooks": [rest]})}


def _is_handler(handler: Json) -> bool:
    kind: Any = handler.get("type") if isinstance(handler, dict) else None
    if not isinstance(handler, dict) or not isinstance(kind, str) or kind not in _HANDLERS:
        return False
    needed, checks = _HANDLERS[kind]
    checks = {**_ANY_HANDLER, **checks}
    return all(key in handler for key in needed) and all(check(handler[key]) for key, check in checks.items() if key in handler)


def write(hooks: tuple[Hook, ...]) -> Json:
    """Write a map of events, each with its matchers in order."""
    events: dict[str, Json] = {}
    for hook in hooks:
        block: dict[str, Json] = {} if hook.matcher is None else {"matcher": hook.matcher}
        blocks: Any = events.setdefault(hook.native_event, [])
        blocks.append({**block, "hooks": list(hook.handlers), **(hook.options or {})})
    return events


def project(projection: Projection, read_own: Callable[[Json], tuple[Hook, ...]]) -> None:
    """Keep hooks that the target runs as the source's client does; the others are dropped, and the effects judge whether that widens."""
    hooks: tuple[Hook, ...] | None = projection.get("hooks")
    if not hooks:
        return
    pairs = held(hooks, projection.target.id, read_own)
    after = by_event(own for _, own in pairs) or None
    kept = [hook for hook, _ in pairs]
    projection.translate("hooks", after)
    moved = dict.fromkeys(hook.native_event for hook, own in pairs if hook != own)
    lost = dict.fromkeys(hook.native_event for hook in hooks if hook not in kept)
    for code, events in (("hooks-moved", moved), ("hooks-dropped", lost)):
        if events:
            projection.change("hooks", after, code, listed(events))
    guards = dict.fromkeys(own.native_event for hook, own in pairs if hook != own and own.event in effects.GUARD_EVENTS)
    if guards and not _blocks_silently(projection.target.id) and effects.effects(projection.source).guards:
        projection.remark("guard-silent", "hooks", listed(guards))


def _blocks_silently(target: str) -> bool:
    from agentconv.core import hook_facts

    return hook_facts.blocks_silently(vocabulary.words_of(target))


def held(hooks: Iterable[Hook], target: str, read_own: Callable[[Json], tuple[Hook, ...]]) -> list[tuple[Hook, Hook]]:
    """Return the hooks that a client runs as their own client does, each with how that one spells it."""
    words = vocabulary.words_of(target)
    pairs = [(hook, hook if hook.format == words else _translated(hook, words)) for hook in hooks]
    return [(hook, own) for hook, own in pairs if own is not None and _reads_back(own, read_own)]


def keep_own(projection: Projection) -> None:
    """Keep hooks of the target's own; no other client's agent has what it runs as it does."""
    hooks: tuple[Hook, ...] | None = projection.get("hooks")
    others = [hook.native_event for hook in hooks or () if hook.format != projection.target.id]
    if others:
        projection.change("hooks", None, "hooks-dropped", listed(dict.fromkeys(others)))


_SHARED_KEYS = frozenset({"type", "command", "timeout", "statusMessage"})


def _translated(hook: Hook, target: str) -> Hook | None:
    """Return a hook of another client's agent as one of the target's, where both run the same for the same; else None."""
    from agentconv.core import hook_contracts, hook_facts, hook_handlers, hook_matchers
    from agentconv.projecting import hook_translation

    clients = (hook_facts.hooks(target), hook_facts.hooks(hook.format))
    if not all(one is not None and one.agents for one in clients) or hook.options or not all(map(_is_shared, hook.handlers)):
        return None
    matched = hook_matchers.translated(hook, target)
    if matched is None or matched.moot or matched.dead or not hook_matchers.is_sure(hook):
        return None
    lines = (hook_handlers.rooted(hook_handlers.read(hook.format, one).line) for one in hook.handlers)
    return hook_translation.carried(hook, target, hook_contracts.of_lines(lines)).hook


def _is_shared(handler: Json) -> bool:
    """Whether a handler is a command without keys of its own client alone, and without its plugin: no script moves with an agent."""
    if not isinstance(handler, dict) or handler.get("type") != "command" or not handler.keys() <= _SHARED_KEYS:
        return False
    from agentconv.core import hook_handlers

    return hook_handlers.plugin_folder().search(str(handler.get("command"))) is None


def by_event(hooks: Iterable[Hook]) -> tuple[Hook, ...]:
    """Return hooks event by event, as a map of events holds them; the order within an event stays."""
    found: dict[str, list[Hook]] = {}
    for hook in hooks:
        found.setdefault(hook.native_event, []).append(hook)
    return tuple(hook for group in found.values() for hook in group)


def _reads_back(hook: Hook, read_own: Callable[[Json], tuple[Hook, ...]]) -> bool:
    try:
        return read_own(write((hook,))) == (hook,)
    except (Ignored, Refused):
        return False
