"""The configuration of Codex 0.169.0 (asked): one value that it does not take, and it does not start in the project.

https://developers.openai.com/codex/config-reference

What it does not know, and what it reads of the user's own configuration alone (`notify`, `profiles`, `model_providers`), it passes over.
Of the profiles it looks at the one alone that `default_permissions` names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import toml_places
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.ir import unescape_key
from agentconv.core.source import BOM
from agentconv.families import toml_values
from agentconv.parts.settings_files import SettingsFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentconv.core.source import SourceText

    Fault = tuple[str, tuple[str, ...]]
    """What is wrong, and the keys that lead to it."""

_NAMED, _PROFILES, _FILES = "default_permissions", "permissions", "filesystem"
_BEGINS = ("/", "~/", ":")
"""How a path begins that stands alone."""


def _profile(source: SourceText, _missing: Callable[[str], bool]) -> tuple[Complaint, int] | None:
    """Return what is wrong with the profile that is in force."""
    text = source.text.removeprefix(BOM)
    values = toml_values.parsed(text)
    fault = None if isinstance(values, toml_values.Broken) else next(_faults(values), None)
    if fault is None:
        return None
    reason, way = fault
    at = toml_places.places(text).get(way, 0) + len(source.text) - len(text)
    return Complaint(reason, way[0], Effect.STOPS, "codex"), at


def _faults(values: dict[str, Any]) -> Iterator[Fault]:
    name = values.get(_NAMED)
    if not isinstance(name, str) or name.startswith(":"):
        return
    profiles = values.get(_PROFILES, {})
    profile = profiles.get(name) if isinstance(profiles, dict) else None
    if not isinstance(profile, dict):
        yield f"there is no profile `{name}` in `[{_PROFILES}]`", (_NAMED,)
        return
    files = profile.get(_FILES)
    for path, below in files.items() if isinstance(files, dict) else ():
        way = (_PROFILES, name, _FILES, unescape_key(path))
        if not way[-1].startswith(_BEGINS):
            yield f"`{way[-1]}` is no path from `/` or `~/`, and no word with a `:`", way
        for part in below if isinstance(below, dict) else ():
            named = unescape_key(part)
            if named != "." and (named.startswith(("/", "./")) or ".." in named.split("/")):
                yield f"`{named}` is to lead down from the folder, without `./` or `..`", (*way, named)


BY_FORMAT = {"codex": SettingsFormat("codex", (".codex/config.toml",), Effect.STOPS, further=_profile)}
