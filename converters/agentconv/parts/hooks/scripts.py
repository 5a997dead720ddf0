"""The scripts of a project that hooks name: what a guard is without them is nothing."""

from __future__ import annotations

import posixpath
import shlex
from typing import TYPE_CHECKING

from agentconv.core import effects, hook_handlers
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconv.core.hook_handlers import Handler
    from agentconv.core.ir import Agent
    from agentconv.core.parts import FolderFile

_TOKEN = expression(r"(?:\0root/?|\.{0,2}/)?[\w.@+-]+(?:/[\w.@+-]+)*")
_QUOTES = str.maketrans("", "", "'\"")
SUFFIXES = (".sh", ".bash", ".zsh", ".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".pl", ".php", ".ps1")


def named(handler: Handler) -> list[str]:
    """Return the paths, from the project's root, that a handler's command may run."""
    if handler.command is None:
        return []
    line = hook_handlers.rooted(handler.line)
    found = (_path(one) for one in (*_TOKEN.findall(line.translate(_QUOTES)), *_quoted(line)))
    return list(dict.fromkeys(path for path in found if path))


def _quoted(line: str) -> list[str]:
    """Return the words of a command line that hold a blank."""
    try:
        return [word for word in shlex.split(line) if " " in word]
    except ValueError:  # a quote that nothing closes
        return []


def _path(token: str) -> str | None:
    """Return the path in the project that a word of a command line is, or may be; None where it is none."""
    text = token.removeprefix(hook_handlers.ROOT).lstrip("/") if token.startswith(hook_handlers.ROOT) else token
    if text.startswith("/") or not ("/" in text or text.endswith(SUFFIXES) or text != token):
        return None
    path = posixpath.normpath(text)
    return None if path in (".", "") or path.startswith("..") else path


def of_guards(agent: Agent) -> list[str]:
    """Return the scripts of the project that an agent's own guards run."""
    guards = (hook for hook in agent.hooks or () if hook.event in effects.GUARD_EVENTS)
    handlers = (hook_handlers.read(hook.format, one) for hook in guards for one in hook.handlers)
    return list(dict.fromkeys(path for one in handlers for path in named(one) if path.endswith(SUFFIXES)))


def of(handler: Handler, files: Iterable[FolderFile]) -> tuple[FolderFile, ...]:
    """Return those of some files that a handler names."""
    wanted = named(handler)
    return tuple(file for file in files if file.path in wanted)
