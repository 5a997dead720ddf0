"""Hooks as Claude Code and Codex write them: events, each with a list of matchers, each with what is run.

A hook that can block a tool is a guard: a client that cannot load one drops the agent rather than run it unguarded,
so the shapes here are exactly those that Claude Code 2.1.329 takes (measured on 3,150 generated headers).
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from agentconv import vocabulary
from agentconv.families.keys import Ignored, Refused
from agentconv.ir import Hook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.format_base import Projection
    from agentconv.ir import Json

GUARDS = frozenset({"PreToolUse", "PermissionRequest"})
_NOT_SEARCHED = frozenset({"metadata", "mcpServers", "lspServers"})
_DEPTH = 3


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_filled(value: Json) -> bool:
    return isinstance(value, str) and value != ""


def _is_bool(value: Json) -> bool:
    return isinstance(value, bool)


def _is_timeout(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < math.inf


def _is_texts(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_text_map(value: Json) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def _is_failure(value: Json) -> bool:
    return value in ("continue", "block")


def _is_shell(value: Json) -> bool:
    return value in ("bash", "powershell")


def _is_url(value: Json) -> bool:
    match = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]*):(.*)", value, re.DOTALL) if isinstance(value, str) else None
    if match is None:
        return False
    return match[1].lower() not in ("http", "https", "ws", "wss", "ftp") or re.match(r"[/\\]*[^/\\?#\s]", match[2]) is not None


_ANY_HANDLER: dict[str, Callable[[Json], bool]] = {"if": _is_text, "timeout": _is_timeout, "statusMessage": _is_text, "once": _is_bool}
_HANDLERS: dict[str, tuple[tuple[str, ...], dict[str, Callable[[Json], bool]]]] = {
    "command": (
        ("command",),
        {
            "command": _is_text,
            "args": _is_texts,
            "shell": _is_shell,
            "onFailure": _is_failure,
            "async": _is_bool,
            "asyncRewake": _is_bool,
            "holdsTools": _is_bool,
            "rewakeMessage": _is_filled,
            "rewakeSummary": _is_filled,
        },
    ),
    "prompt": (("prompt",), {"prompt": _is_text, "model": _is_text, "continueOnBlock": _is_bool}),
    "agent": (("prompt",), {"prompt": _is_text, "model": _is_text}),
    "http": (("url",), {"url": _is_url, "onFailure": _is_failure, "headers": _is_text_map, "allowedEnvVars": _is_texts}),
    "mcp_tool": (("server", "tool"), {"server": _is_text, "tool": _is_text, "input": lambda value: isinstance(value, dict)}),
}
"""Kinds of handlers: the keys that they need, and what each key takes."""


def stray_guard(format_id: str, header: Mapping[str, Json]) -> str | None:
    """Return the key outside `hooks` that holds what looks like a guard; the client drops such an agent."""
    for key, value in header.items():
        if key in GUARDS and value is not None and value != []:
            return key
        if key != "hooks" and key not in _NOT_SEARCHED and _holds_guard(format_id, value, count=not _is_event(format_id, key)):
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


def read(format_id: str, value: Json) -> tuple[Hook, ...]:
    """Read a map of events.

    Raises:
        Refused: A guard that does not load: the client then drops the agent.
        Ignored: Entries that the client drops (with those that it keeps).
    """
    if not value and not isinstance(value, list):
        raise Ignored("it is empty")
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
    if _holds_guard(format_id, block, count=False):
        raise Refused(f"`hooks`: a guard inside `{event}` does not load")
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


def project(projection: Projection) -> None:
    """Keep hooks of the target's own; those of another client are dropped, and the effects judge whether that widens."""
    hooks: tuple[Hook, ...] | None = projection.get("hooks")
    if not hooks:
        return
    kept = tuple(hook for hook in hooks if hook.format == projection.target.id)
    if kept != hooks:
        names = ", ".join(dict.fromkeys(hook.native_event for hook in hooks if hook not in kept))
        projection.change("hooks", kept or None, "hooks-dropped", names)
