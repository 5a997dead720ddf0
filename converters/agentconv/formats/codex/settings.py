"""The configuration of Codex 0.169.0 (asked): one value that it does not take, and it does not start in the project.

https://developers.openai.com/codex/config-reference

What it does not know, and what it reads of the user's own configuration alone (`notify`, `profiles`, `model_providers`), it passes over.
"""

from __future__ import annotations

from agentconv.core.diagnostics import Effect
from agentconv.parts.settings_files import SettingsFormat

BY_FORMAT = {"codex": SettingsFormat("codex", (".codex/config.toml",), Effect.STOPS)}
