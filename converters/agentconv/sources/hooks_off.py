"""Settings by which a client runs none of some hooks: those that switch all of them off, and those of which it takes nothing.

Hooks that are switched off are so in every file, an agent's own too (asked of Claude Code 2.1.329 and Qwen Code 0.24.4); of settings of
which a client takes nothing, only the hooks in them are lost: those of agents' own run all the same (asked).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import InputError
from agentconv.core.part_format import PartSource
from agentconv.core.source import SourceText
from agentconv.disk.files import Disk
from agentconv.disk.reader import files_of
from agentconv.parts import registry
from agentconv.sources import user_places, void_files
from agentconv.sources.places_on_disk import matches

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.core.ir import Hook
    from agentconv.core.part_format import Scope
    from agentconv.sources.user_places import Home

    Read = Callable[[str], bytes | None]
    """Returns a file, by its path from the project's root or the user's home; None where there is none."""


HINT = "take that out, or mend the file, so that guards run"
_OFF = "{} switches all hooks off"


def of(client: str, read: Read, scope: Scope = "project") -> str | None:
    """Return the file that switches all of a client's hooks off; None where none does, or another one switches them on again.

    Args:
        client: Its format id.
        read: Reads what is there.
        scope: Whether that is a project, or the user's home.
    """
    said = _said(client, read, scope)
    return said[0] if said is not None and said[1] else None


def of_user(client: str, read: Read, variables: Mapping[str, str] = os.environ) -> str | None:
    """Say which file of the user's own switches all of a client's hooks off in a project; None where that says itself whether they run.

    Nothing is written otherwise for it: others who work on the project have other settings.
    """
    if _said(client, read, "project") is not None:
        return None
    try:
        home = user_places.home(variables)
    except InputError:
        return None
    off = of(client, lambda path: _below(home, client, path), "user")
    return None if off is None else _OFF.format(home.shown(os.path.join(*home.below(client, off))))


def why(client: str, path: str, read: Read, scope: Scope = "project") -> str | None:
    """Say why a client runs no hook of a file; None where it runs them."""
    if (off := of(client, read, scope)) is not None:
        return _OFF.format(off)
    if (fault := broken(client, path, read)) is not None:
        return f"it takes nothing of {path}: {fault}"
    return None


def of_one(client: str, path: str, read: Read, hook: Hook) -> str | None:
    """Say which key of the file that a hook is in, or goes into, keeps it from running; None where none does."""
    says: Callable[[SourceText, Hook], str | None] | None = getattr(registry.part_format(client, "hooks"), "says_off_of", None)
    data = read(path) if says is not None else None
    key = says(SourceText(path, data), hook) if says is not None and data is not None else None
    return None if key is None else f"`{key}` in {path} switches it off"


def broken(client: str, path: str, read: Read) -> str | None:
    """Say why a client takes no hook of a file that is there; None where it takes them."""
    if (fault := void(client, path, read)) is not None:
        return fault
    settings, data = registry.settings(client), read(path)
    is_whole = settings is not None and path in settings.files
    return None if is_whole or data is None else _broken_by_hooks(client, SourceText(path, data))


def void(client: str, path: str, read: Read) -> str | None:
    """Say why a client takes nothing of the settings that are there, whatever is in them: hooks and rules; None where it takes them."""
    settings = registry.settings(client)
    data = read(path) if settings is not None and path in settings.files else None
    found = void_files.of_file(client, SourceText(path, data), lambda _: False) if data is not None else ()
    return found[0].told.reason if found else None


def _broken_by_hooks(client: str, source: SourceText) -> str | None:
    """Say which hook costs a client all others of a file, where the file is for hooks alone, or another client's."""
    module = registry.part_format(client, "hooks")
    place = next((one for one in module.project if matches(one, source.path)), None) if module else None
    told = module.read(PartSource(source, place)).diagnostics if module and place else ()
    return next((one.reason for one in told if one.effect and one.effect.is_whole), None)


def _said(client: str, read: Read, scope: Scope) -> tuple[str, bool] | None:
    """Return which file is the last to say whether hooks run, and whether it switches them off."""
    module = registry.part_format(client, "hooks")
    says_off: Callable[[SourceText], bool | None] | None = getattr(module, "says_off", None)
    if module is None or says_off is None or not getattr(module, "off", ()):
        return None
    last = None
    own = [place.path for place in (module.project if scope == "project" else module.user) if not place.pattern]
    for path in (getattr(module, "off_in", ()) if scope == "project" else ()) or own:
        data = read(path)
        text = SourceText(path, data) if data is not None else None
        said = says_off(text) if text is not None else None
        if text is not None and said is not None and not void_files.of_file(client, text, lambda _: False):
            last = path, said
    return last


def _below(home: Home, client: str, path: str) -> bytes | None:
    folder, below = home.below(client, path)
    return files_of(Disk(folder))(below)
