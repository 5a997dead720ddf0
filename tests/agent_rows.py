"""Rows of agent files for the tests of batches: sound ones, and in each hundred one that nothing can be made of."""

import hashlib
import json

TOOLS = ("", "tools: Read, Grep\n", "tools: [Read, Bash]\n", "permissionMode: plan\n")
POISON = (
    {"bytes": None},
    {"bytes": b"\xff\xfe\x00", "path": "agents/blob.bin"},
    {"format": "no-such-format"},
    {"path": None},
    {"bytes": "text"},
)


def rows(number):
    """Yield rows: Claude Code agents, some of which Codex does not hold, a README now and then, and one in a hundred is poison."""
    for index in range(number):
        text = f"---\nname: agent-{index}\ndescription: Looks at part {index}.\n{TOOLS[index % 4]}---\n\n# Agent {index}\n\nLook closely.\n"
        path = f"repository-{index % 7}/.claude/agents/agent-{index}.md"
        row = {"path": path, "bytes": (b"# Notes\n" if index % 50 == 7 else text.encode())}
        yield row | POISON[index // 100 % len(POISON)] if index % 100 == 99 else row


def digest(found):
    """Return one digest of what came of rows, in whatever order that was."""
    lines = sorted(json.dumps(row, sort_keys=True, default=bytes.hex) for row in found)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
