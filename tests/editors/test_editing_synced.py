"""An editor of a file that `sync` writes offers no change of it: it says where the source is."""

import pytest
from editor import Editor, put

from agentconv.cli import main

FILES = {
    "agentconv.toml": 'source = "claude-code"\ntargets = ["opencode"]\nwith = ["commands"]\n',
    ".claude/agents/a.md": "---\nname: a\ndescription: Reviews a change\ncolor: '#ff0000'\n---\nLook at it.\n",
    ".claude/commands/c.md": "---\ndescription: Does it\nsubtask: yes\n---\nDo $ARGUMENTS\n",
}
WRITTEN = {".opencode/agents/a.md": ".claude/agents/a.md", ".opencode/command/c.md": "`commands/c` of Claude Code"}


@pytest.fixture
def synced(tmp_path, monkeypatch):
    """A project in step, in whose written files something is to be mended."""
    put(tmp_path, FILES)
    monkeypatch.chdir(tmp_path)
    main(["sync"])
    for path in WRITTEN:
        place = tmp_path / path
        place.write_text(place.read_text().replace("description:", "descripton: x\nmodle: x\ndescription:"))
    return tmp_path


@pytest.mark.parametrize(("path", "source"), WRITTEN.items())
def test_nothing_is_offered_for_what_follows_its_source(synced, path, source):
    """No fix, not all of them at once, and no comment that leaves a rule out: each would be an edit of the target."""
    opened = Editor(synced)
    marks, offered = opened.open(path), opened.actions(path)
    opened.quit()

    assert marks != []
    assert not offered
    assert all("writes this file" in mark.message or "somebody wrote in this file" in mark.message for mark in marks)
    assert any(source in mark.message or "--prefer source" in mark.message for mark in marks)
