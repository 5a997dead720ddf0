"""The settings of Gemini CLI 0.61.0 and Qwen Code 0.24.4 (asked): both warn of values of another type at most, and go on.

https://geminicli.com/docs/cli/settings

A few values neither can work with: then it does not start.
"""

from __future__ import annotations

from agentconv.core.diagnostics import Effect
from agentconv.json.jsonc import Syntax
from agentconv.parts.settings_files import SettingsFormat

_COMMENTS = Syntax(comments=True)
BY_FORMAT = {
    "gemini-cli": SettingsFormat("gemini-cli", (".gemini/settings.json",), Effect.IGNORES, _COMMENTS),
    "qwen-code": SettingsFormat("qwen-code", (".qwen/settings.json",), Effect.IGNORES, _COMMENTS),
}
