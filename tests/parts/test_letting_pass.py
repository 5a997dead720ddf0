"""Guards whose scripts plainly let everything pass, told from their texts: never one that may stop something."""

from __future__ import annotations

import pytest

from agentconv.core.ir import Hook
from agentconv.parts.hooks import letting_pass

PASSING = [
    ("a.sh", ""),
    ("a.sh", "#!/bin/sh\n# nothing\n"),
    ("a.sh", "#!/bin/bash\nset -euo pipefail\nexit 0  # not now\ngrep -q rm && exit 2\n"),
    ("a", "true; :\n"),
    ("a.py", '"""Nothing."""\n'),
    ("a.py", "import sys\n\nsys.exit(0)\nlook()\n"),
    ("guard", "#!/usr/bin/env python3\nraise SystemExit(0)\n"),
    ("a.mjs", "#!/usr/bin/env node\n// not now\nprocess.exit(0);\nlook()\n"),
    ("a.js", '"use strict";\n'),
]
STOPPING = [
    ("a.sh", "exit 2"),
    ("a.sh", "echo no"),
    ("a.sh", "true && exit 2"),
    ("a.sh", "exit 0 || look"),
    ("a.sh", "cat >/dev/null\nexit 0"),
    ("a.sh", 'echo \'{"decision": "block"}\''),
    ("a.sh", "true \\\n && exit 2"),
    ("a.sh", ": ${ALLOWED:?no}"),
    ("a.sh", "trap 'exit 2' EXIT\nexit 0"),
    ("a.sh", "look() {\nexit 0\n}\nexit 2"),
    ("a.py", "import rules"),
    ("a.py", "from sys import exit\nlook()"),
    ("a.py", "import sys\nsys.exit('no')"),
    ("a.py", "def look(): pass\nlook()"),
    ("a.py", "no Python ("),
    ("a.js", "if (bad()) process.exit(2)"),
    ("a.js", "process.exit(2)"),
]


@pytest.mark.parametrize(("path", "text"), PASSING)
def test_a_script_that_stops_nothing(path: str, text: str) -> None:
    """It ends with 0, or is at its end, before it has looked at anything."""
    assert letting_pass.stops_nothing(path, text)


@pytest.mark.parametrize(("path", "text"), STOPPING)
def test_a_script_that_may_stop_something(path: str, text: str) -> None:
    """What it would take a thought to see is not said of it."""
    assert not letting_pass.stops_nothing(path, text)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["exit 0"], ["exit 0"]),
        (["sh a.sh"], ["a.sh"]),
        (["$CLAUDE_PROJECT_DIR/a.sh --strict"], ["a.sh"]),
        (["sh a.sh", "sh b.sh"], []),
        (["sh a.sh; exit 2"], []),
        (["sh a.sh || exit 2"], []),
        (["sh gone.sh"], []),
        (["corp-guard"], []),
    ],
)
def test_a_guard_of_which_nothing_stops_anything(lines: list[str], found: list[str]) -> None:
    """Each of its handlers has to let everything pass, with nothing else in its line."""
    files = {"a.sh": b"exit 0\n", "b.sh": b"exit 2\n"}
    hook = Hook("PreToolUse", "claude-code", "before-tool", None, tuple({"type": "command", "command": one} for one in lines))

    assert letting_pass.of([hook], files.get) == found
