"""A guard of an agent's own, with the script that it runs, comes out of a pack as its client has it: what it is about does not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conversions import grants
from driving import Place, drive

from agentconv.cli import main
from agentconv.core.access import EFFECT_OF

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.conformance, pytest.mark.parametrize("client", ["claude-code", "qwen-code"], indirect=True)]

AGENT = """\
---
name: guarded
description: Works under a guard whose script is a file of the project.
hooks:
  PreToolUse:
    - matcher: Bash
      hooks:
        - type: command
          command: $CLAUDE_PROJECT_DIR/.claude/hooks/guard.sh
---

You do what you are asked, and a guard looks at each call first.
"""


def test_a_guard_finds_its_script(client: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the pack is installed, the agent writes and runs no command; where somebody takes the script away, it does."""
    place = Place.make(tmp_path)
    place.write("source/.claude/agents/guarded.md", AGENT)
    place.write("source/.claude/hooks/guard.sh", "#!/bin/sh\necho 'Not now.' >&2\nexit 2\n").chmod(0o755)
    monkeypatch.chdir(tmp_path / "source")
    assert main(["pack", ".", "--name", "guards", "--version", "1", "--license", "MIT", "-o", str(tmp_path)]) == 0
    monkeypatch.chdir(place.project)
    assert main(["install", str(tmp_path / "guards-1-py3-none-any.whl"), "--to", client, "--accept"]) == 0
    ran = [_ran(client, place)]
    (place.project / ".claude/hooks/guard.sh").unlink()
    for made in place.project.glob("[0-9]-*"):
        made.unlink()
    ran.append(_ran(client, place))

    assert ran == [{"write"}, {"run", "write"}]


def _ran(client: str, place: Place) -> set[str]:
    """Return what the agent could do in a session that asks for nothing."""
    session = drive(client, place, permissive=True, hooks=True)
    known = grants(client, session.agents["guarded"].ran)
    return {EFFECT_OF.get(one.capability or "", "") for one in known} & {"run", "write"}
