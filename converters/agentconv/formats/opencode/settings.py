"""The configurations of OpenCode 1.18.33 and Kilo 7.7.9 (asked): one value that is wrong stops OpenCode, and costs Kilo all of the file.

https://opencode.ai/docs/config

So does a file that `{file:path}` names and that is not there: OpenCode looks for it anywhere but in lines of comment, Kilo in values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint, Effect
from agentconv.formats.opencode import configurations, file_references
from agentconv.json import jsonc
from agentconv.parts.settings_files import SettingsFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agentconv.core.includes import Include
    from agentconv.core.source import SourceText


def _format(
    format_id: str, files: tuple[str, ...], user: str, effect: Effect, named: Callable[[SourceText], Sequence[Include]]
) -> SettingsFormat:
    def absent(source: SourceText, missing: Callable[[str], bool]) -> tuple[Complaint, int] | None:
        one = next((one for one in named(source) if missing(one.path)), None)
        if one is None:
            return None
        return Complaint(f"`{{file:{one.path}}}` names a file that is not there", effect=effect, client=format_id), one.start

    every = (*files, *(f"{user}/{name}" for name in files[:2]))
    return SettingsFormat(format_id, every, effect, jsonc.JSONC, absent)


BY_FORMAT = {
    "opencode": _format("opencode", configurations.OPENCODE, ".config/opencode", Effect.STOPS, file_references.found),
    "kilo": _format("kilo", configurations.KILO, ".config/kilo", Effect.DROPS_ALL, file_references.in_values),
}
