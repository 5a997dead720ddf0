"""What is somebody else's in the place of a pack's parts: told, asked for nothing, and red until somebody decides."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("words", [(), ("--accept",)])
def test_an_agent_of_the_name_in_another_file_is_kept(project, give, run, words):
    """It stays as a file in the pack's place would; nothing of the pack's is written beside it, whatever is accepted."""
    give({"reviewer.md": "---\nname: reviewer\ndescription: Reviews.\ntools: Read, Grep\n---\nReview.\n"})
    mine = project / ".claude/agents/ours.md"
    mine.parent.mkdir(parents=True)
    mine.write_text("---\nname: reviewer\ndescription: Ours.\ntools: Read\n---\nOurs.\n")
    told = run("install", "backend-agents", "--to", "claude-code", *words, code=1).err

    assert "has an agent of this name" in " ".join(told.split())
    assert [path.name for path in mine.parent.iterdir()] == ["ours.md"]
    run("status", code=1)
    run("install", "backend-agents", "--keep", "reviewer")
    run("status")
