"""A project of two assistants that is open in an editor."""

import pytest
from editor import Editor, put

FILES = {
    ".claude/agents/a.md": """\
---
name: a
description: 😀 Reviews: a change.
tools: Read, Bash(git:*)
model: opus
color: Purple
skills: [drafts]
---
Look at it.
""",
    ".claude/agents/b.md": "---\nname: b\ndescription: Writes a change\n---\nWrite it.\n",
    ".claude/skills/drafts/SKILL.md": "---\nname: drafts\ndescription: How drafts look\n---\nShort.\n",
    ".mcp.json": '{"mcpServers": {"tracker": {"command": "tracker"}}}\n',
    ".claude/settings.json": '{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "true"}]}]}}\n',
    ".codex/agents/c.toml": 'name = "c"\ndescription = "d"\ndeveloper_instructions = "x"\n',
    "opencode.json": '{"agent": {"d": {"description": "Reads a file", "mode": "subagent", "prompt": "Read it."}}}\n',
    "README.md": "---\nname: readme\ndescription: None of an agent: it is not where one would be\n---\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The project."""
    found = tmp_path_factory.mktemp("project")
    put(found, FILES)
    return found


@pytest.fixture(scope="module")
def editor(folder):
    """The editor, whose server ends well, and has told of no error."""
    found = Editor(folder)
    yield found

    assert (found.quit(), found.messages) == ((0, ""), [])
