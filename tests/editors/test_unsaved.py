"""What an editor is offered and told in a file that was never saved, and in the hooks that an agent, or a skill, has itself."""

import pytest

FILES = {".git/HEAD": ""}
"""There is a project, and nothing else."""
HEADER = "---\nname: h\ndescription: d\nhooks:\n  {}\n---\nx\n"
FURTHER = "PreToolUse:\n    - matcher: Bash\n      hooks:\n        - type: command\n          command: x\n  |"
OFFERED = [
    (".claude/agents/h.md", HEADER.format("P|"), "PreToolUse: "),
    (".claude/agents/more.md", HEADER.format(FURTHER), "Stop: "),
    (".codex/agents/h.toml", 'name = "h"\ndescription = "d"\ndeveloper_instructions = "x"\n[hooks]\nP|\n', "PreToolUse = "),
    (".github/agents/h.agent.md", HEADER.format("P|"), "PreToolUse: "),
    (".qwen/agents/helper.md", HEADER.format("P|"), "PreToolUse: "),
    (".kiro/agents/h.json", '{\n "name": "h",\n "hooks": {\n  "p|"\n }\n}\n', "preToolUse"),
    (".claude/skills/s/SKILL.md", HEADER.format("P|"), "PreToolUse: "),
    (".claude/commands/c.md", "---\ndescription: d\nal|\n---\nx\n", "allowed-tools: "),
    (".claude/settings.json", '{\n "hooks": {\n  "P|"\n }\n}\n', "PreToolUse"),
    (".mcp.json", '{"mcpServers": {"a": {"command": "x", |}}}', '"args": '),
    (".claude/agents/e.md", "---\nname: e\ndescription: d\neffort: |\n---\nx\n", "high"),
]
NOT_OFFERED = [
    (".claude/agents/in.md", HEADER.format("PreToolUse:\n    - P|"), "PreToolUse: "),
    (".claude/agents/beside.md", "---\nname: h\nhooks: P|\n---\nx\n", "PreToolUse: "),
]


def offered(editor, path, typed):
    """Return what is offered where the bar stands."""
    text = typed.replace("|", "")
    before = typed.partition("|")[0]
    editor.open(path, text)
    return editor.offered(path, before.count("\n"), len(before) - before.rfind("\n") - 1)


@pytest.mark.parametrize(("path", "typed", "word"), OFFERED, ids=[path for path, *_ in OFFERED])
def test_what_may_stand_there_is_offered(editor, path, typed, word):
    """Events are offered in an agent's own hooks, and what lies where a client looks for it is known before it is saved."""
    assert word in offered(editor, path, typed)


@pytest.mark.parametrize(("path", "typed", "word"), NOT_OFFERED, ids=[path for path, *_ in NOT_OFFERED])
def test_events_are_offered_as_keys_of_hooks_alone(editor, path, typed, word):
    """Not further in, and not behind the key."""
    assert word not in offered(editor, path, typed)


def test_a_part_that_was_never_saved_is_marked(editor):
    """A command that is new in the editor has its findings, as it has them once it is saved."""
    text = "---\ndescription: d\nmodel: 5\n---\nx\n"
    unsaved = [(one.code, one.range.start.line) for one in editor.open(".claude/commands/new.md", text)]
    place = editor.folder / ".claude/commands/old.md"
    place.parent.mkdir(parents=True)
    place.write_text(text)

    assert unsaved
    assert unsaved == [(one.code, one.range.start.line) for one in editor.open(".claude/commands/old.md")]
