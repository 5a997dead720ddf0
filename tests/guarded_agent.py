"""An agent of Claude Code with a guard of its own, and what that runs."""

from __future__ import annotations

SCRIPT = ".claude/hooks/guard.sh"
_AGENT = f"""\
---
name: {{}}
description: Runs what its guard lets pass.
tools: Bash
hooks:
  PreToolUse:
    - matcher: Bash
      hooks: [{{{{type: command, command: "$CLAUDE_PROJECT_DIR/{SCRIPT}{{}}"}}}}]
---

Run the tests, and say what they give.
"""


def guarded(name: str, flags: str = "") -> str:
    """Return the text of the agent of that name, whose guard's script is given these flags."""
    return _AGENT.format(name, flags)
