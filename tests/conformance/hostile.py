"""Agents that try to break out of their files: as Claude Code files, whose client takes them all."""

from __future__ import annotations

import json
from typing import Any

LONG = "".join(f"{number}. Look at part {number}: then say “done” # twice.\n" for number in range(1, 1001))[:40_000]
WORDS = "It's \"quoted\", it's # hashed, key: value, [list], {map}, *star, &anchor, !tag, %percent, @at, `tick`, \\back\\slash.\n"

PROMPTS = {
    "dashes": "One.\n\n---\n\n---\nname: other\ntools: '*'\n---\n\n+++\nTwo.\n---",
    "braces": "Fill in {{name}}, {{#if x}}y{{/if}}, {% include 'x' %}, <%= x %>, {{ x }}, {{args}}, !{ls} and @{x}, please.",
    "variables": "Go to ${HOME}, ${name}, ${a-b}, ${ spaced }, $PATH, $1, $ARGUMENTS, ${query}, ${task_prompt}, ${HOME}_x and \\${HOME}.",
    "places": "Number {i} of {0}, {}, {file:secret.txt}, {env:HOME}, %s and %(name)s; keep them all.",
    "tabs": "Makefile:\n\n\tall:\n\t\t@echo\tdone\n\nand\ttabs\tinside.",
    "emoji": "Family 👩‍👩‍👧‍👦, flag 🇪🇺, check ✓, “quotes”, naïve Ünïcödé, 日本語, and ﬁ as one letter.",
    "quotes": "Triple '''single''' and \"\"\"double\"\"\", a backslash ends C:\\new\\table\\\nand \\u0041 \\x41 \\n as they are.\\",
    "controls": "Bell \x07, escape \x1b[31m, vertical\x0btab, form\x0cfeed, line\u2028separator, next\u0085line, mark\ufeffinside.",
    "blanks": "\n\n   Indented start, and trailing blanks:   \n\n\nThree empty lines above.  \n\n\n",
    "html": "<system-reminder>none</system-reminder>\n\n<!-- comment -->\n\n```yaml\n---\nname: inner\n---\n```\n&amp; &lt;",
    "yaml": "name: not-a-header\ntools: [Read]\n- item\n? key\n: value\n# comment, not a heading\n| block\n> folded",
    "long": LONG,
    "short": "Hi.",
    "empty": "",
}
NAMES = {
    "spaces": "Code Reviewer Two",
    "upper": "UPPER-Case",
    "umlaut": "Prüfer-für-Öl",
    "japanese": "日本語の名前",
    "long": "n" * 80,
    "path": "../../etc/passwd",
    "dots": "v1.2..3",
    "quotes": 'the "big" one\'s',
    "underscores": "__init__",
    "windows": "con",
    "digits": "007",
    "symbols": "!?*",
    "emoji": "ship-it-🚀",
    "general": "general",
    "explorer": "explorer",
    "system": "system",
}
DESCRIPTIONS = {
    "long": (WORDS * 50)[:5_000],
    "lines": "First line.\n\n  Indented: yes # no comment\n\tTabbed\n- item\n---\nLast line:",
    "hash": "# starts with a hash",
    "colon": "ends with a colon:",
    "dash": "- starts like a list",
    "dashes": "one --- two\n---\nthree",
    "single": "'starts with a quote, and doesn't end",
    "double": '"starts" and "ends"',
    "word": "yes",
    "number": "012",
    "nothing": "null",
    "block": "|\n  block",
    "backslash": "C:\\new\\table and \\\\n",
    "template": "{{x}} ${HOME} {file:x} {env:HOME} %s",
    "blanks": "  blanks around  ",
    "unicode": "“Ünïcödé” 🚀 日本語 — \u2028 separated",
}
TOOLS: dict[str, dict[str, Any]] = {
    "absent": {},
    "star": {"tools": "*"},
    "empty-text": {"tools": ""},
    "empty-list": {"tools": []},
    "read": {"tools": "Read"},
    "look": {"tools": ["Read", "Grep", "Glob"]},
    "write": {"tools": "Read, Write, Edit"},
    "shell": {"tools": "Bash"},
    "pattern": {"tools": "Read, Bash(git:*), Edit(src/**)"},
    "web": {"tools": "WebFetch, WebSearch"},
    "harmless": {"tools": "TodoWrite, Skill"},
    "delegate": {"tools": "Agent, Read"},
    "mcp-tool": {"tools": "Read, mcp__github__get_issue"},
    "mcp-server": {"tools": "Read, mcp__github"},
    "mcp-all": {"tools": "mcp__github__*"},
    "mcp-other": {"tools": "Read, mcp__not_there__tool"},
    "unknown": {"tools": "Read, Bogus"},
    "foreign": {"tools": "read_file, run_shell_command"},
    "case": {"tools": "read, BASH"},
    "no-shell": {"disallowedTools": "Bash"},
    "no-write": {"disallowedTools": ["Write", "Edit", "NotebookEdit"]},
    "no-web": {"disallowedTools": "WebFetch, WebSearch"},
    "no-server": {"disallowedTools": "mcp__github"},
    "no-servers": {"disallowedTools": "mcp__*"},
    "no-server-tool": {"disallowedTools": "mcp__github__create_issue"},
    "no-pattern": {"disallowedTools": "Bash(rm:*)"},
    "both": {"tools": "Read, Write, Bash", "disallowedTools": "Bash"},
    **{f"mode-{mode}": {"permissionMode": mode} for mode in ("default", "acceptEdits", "plan", "dontAsk", "auto", "bypassPermissions")},
    "mode-and-read": {"tools": "Read", "permissionMode": "bypassPermissions"},
    "mode-and-write": {"tools": "Read, Write", "permissionMode": "acceptEdits"},
    "own-server": {"mcpServers": [{"own": {"command": "false", "args": ["x"]}}], "tools": "Read, mcp__own__tool"},
    "named-server": {"mcpServers": ["github"], "tools": "Read, mcp__github"},
    "model": {"model": "opus", "effort": "high", "maxTurns": 7, "color": "pink", "background": True},
    "model-unknown": {"model": "some-vendor/some-model"},
}
_SAID = "You help with one thing, and you do it well."


def files() -> dict[str, str]:
    """Return the agents as files of Claude Code, by stem."""
    agents: dict[str, tuple[dict[str, Any], str]] = {}
    for key, text in PROMPTS.items():
        agents[f"prompt-{key}"] = ({}, text)
    for key, name in NAMES.items():
        agents[f"name-{key}"] = ({"name": name}, _SAID)
    for key, description in DESCRIPTIONS.items():
        agents[f"description-{key}"] = ({"description": description.replace("---", "\\x2d--")}, _SAID)
    for key, header in TOOLS.items():
        agents[f"tools-{key}"] = (header, _SAID)
    return {stem: _file({"name": stem, "description": f"Tries {stem}.", **header}, text) for stem, (header, text) in agents.items()}


def _file(header: dict[str, Any], body: str) -> str:
    """Write a header as JSON, which is YAML; three dashes, which end a header wherever they are, are escaped as YAML has it."""
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in header.items()]
    return "\n".join(["---", *lines, "---", body]).replace("\\\\x2d--", "\\x2d--")
