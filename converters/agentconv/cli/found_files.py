"""The files that were found, as the user would name them, or that there are none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.sources.inputs import Discovery


def places(found: Discovery) -> dict[str, str]:
    """Return where each file is, as the user would name it."""
    return {file.path: _place(found, file.location) if file.location else found.stdin_name or "<stdin>" for file in found.files}


def _place(found: Discovery, location: str) -> str:
    return found.home.shown(location) if found.home and os.path.isabs(location) else location.replace(os.sep, "/")


def nothing_found(found: Discovery, targets: Sequence[str] = (), *, takes_parts: bool = False, told: bool = False) -> InputError:
    """Make the error for a place without agents.

    Args:
        found: What was looked for.
        targets: What it was to become.
        takes_parts: Whether the command takes `--with`.
        told: Whether files were named just before that are to be agents, and are none to their clients.
    """
    if found.passed_over:
        there = ", ".join(f"`{place}`" for place in found.passed_over)
        message = f"the only agents are in {there}, where -t {','.join(targets)} itself goes"
        copy = f"to copy them, name that folder: agentconv convert {found.passed_over[0]} -t {','.join(targets)} -o DIR"
        return InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, message, hint=copy))
    looked = ", ".join(f"`{place}`" for place in found.looked) or "standard input"
    hint = _where(found, takes_parts=takes_parts) if any(map(os.path.isdir, found.looked)) else None
    hint = hint if found.looked else "send an agent's file there (`< FILE`), or name the file instead of `-`"
    hint = "`agentconv lint` says what to change in the files above" if told else hint or _of_others(found)
    message, span = f"no agents in {looked}", None
    if remark := next(iter(found.diagnostics), None):
        message, span, hint = f"{message}: {remark.message}", remark.span, remark.hint
    return InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, message, span, hint))


def _of_others(found: Discovery) -> str | None:
    """Say whose agents the project has, where those of one assistant alone were looked for in its folders."""
    from agentconv.formats import registry
    from agentconv.sources import locations

    if not found.looked or found.home is not None:
        return None
    root = locations.project_root(Path(found.looked[0])) or Path(found.looked[0])
    there = [client for client in registry.CLIENTS if any(place.is_file() or any(place.iterdir()) for place in locations.of(root, client))]
    titles = ", ".join(registry.FORMATS[client].title for client in there)
    return f"there are agents of {titles}: -f {there[0]}" if there else None


def _where(found: Discovery, *, takes_parts: bool) -> str:
    """Say where agents would be, or how the parts are taken that are there alone."""
    from agentconv.formats import registry
    from agentconv.sources import elsewhere, parts

    beside = parts.beside(found, found.looked, ())
    if takes_parts and any(beside.has_own(client) for client in registry.CLIENTS):
        return "there are skills, commands, MCP servers or permissions: --with all takes them"
    above = elsewhere.above(os.curdir) if [*found.looked] == [os.curdir] else None
    if above is not None:
        return f"the project is `{above}`: cd {above}, or name it"
    return "`agentconv formats` says where a project has them"
