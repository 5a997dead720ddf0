"""How clients hold the matcher of a hook against the name of a tool: ported from their code, or asked, and from nowhere in agentconv.

Claude Code and Codex: words with bars or commas between them are names, anything else an expression (asked). Copilot as Claude Code, by
either name of a tool. Gemini CLI: `hookPlanner.matchesToolName`. Qwen Code: `matchesHookPattern`, with the tool's aliases. Cursor, Droid:
an expression. Auggie: `f7n`, an expression for its own tools. CodeBuddy: an expression (asked). Kimi Code: `matches`, an expression, and
nothing runs for one that is none.
"""

from __future__ import annotations

import re

_QWEN_ALIASES = {
    "run_shell_command": ("Shell", "ShellTool", "Bash"),
    "edit": ("Edit", "EditTool"),
    "write_file": ("Write", "WriteFile", "WriteFileTool"),
    "read_file": ("Read", "ReadFile", "ReadFileTool"),
}
_COPILOT_ALIASES = {"bash": "Bash", "edit": "Edit", "create": "Write", "view": "Read"}


def _search(expression: str, name: str) -> bool:
    try:
        return re.search(expression, name) is not None
    except re.error:
        return False


def _words(matcher: str | None, name: str) -> bool:
    if matcher is None or matcher in ("", "*"):
        return True
    if re.fullmatch(r"[A-Za-z0-9_|, -]+", matcher):
        return name in re.split(r"\s*[|,]\s*", matcher)
    return _search(matcher, name)


def _copilot(matcher: str | None, name: str) -> bool:
    return _words(matcher, name) or _words(matcher, _COPILOT_ALIASES.get(name, name))


def _gemini(matcher: str | None, name: str) -> bool:
    text = (matcher or "").strip()
    if text in ("", "*"):
        return True
    try:
        return re.search(text, name) is not None
    except re.error:
        return text == name


def _qwen(matcher: str | None, name: str) -> bool:
    pattern = (matcher or "").strip()
    if pattern in ("", "*", ".*"):
        return True
    names = (name, *_QWEN_ALIASES.get(name, ()))
    if pattern in names:
        return True
    if "|" in pattern and not pattern.startswith(("^", "(")):
        pieces = [piece.strip() for piece in pattern.split("|") if piece.strip()]
        if any(piece in ("*", ".*", *names) for piece in pieces):
            return True
        pattern = "|".join(pieces)
    return _search(pattern, name)


def _auggie(matcher: str | None, name: str) -> bool:
    if not matcher or matcher in (".*", "*"):  # the last one is no expression: nothing is held against it
        return True
    return _search(matcher, name)


DECIDERS = {
    "claude-code": _words,
    "claude-plugin": _words,
    "codex": _words,
    "copilot": _copilot,
    "gemini-cli": _gemini,
    "qwen-code": _qwen,
    "cursor": _gemini,
    "droid": _gemini,
    "auggie": _auggie,
    "codebuddy": _auggie,
    "kimi": _auggie,
    "kimi-cli": _auggie,
}
"""Whether a client runs a hook with a matcher for a tool."""

TOOLS: dict[str, dict[str, tuple[str, ...]]] = {
    "claude-code": {"run": ("Bash",), "edit": ("Edit",), "write": ("Write",), "read": ("Read",), "server": ("mcp__tracker__search",)},
    "codex": {"run": ("Bash",), "edit": ("apply_patch",), "write": ("apply_patch",), "server": ("mcp__tracker__search",)},
    "copilot": {"run": ("bash",), "edit": ("edit",), "write": ("create",), "read": ("view",)},
    "gemini-cli": {
        "run": ("run_shell_command",),
        "edit": ("replace",),
        "write": ("write_file",),
        "read": ("read_file", "read_many_files"),
        "server": ("mcp_tracker_search",),
    },
    "qwen-code": {
        "run": ("run_shell_command",),
        "edit": ("edit",),
        "write": ("write_file",),
        "read": ("read_file",),
        "server": ("mcp__tracker__search",),
    },
    "cursor": {"run": ("Shell",), "edit": ("Write",), "write": ("Write",), "read": ("Read",), "server": ("MCP:search",)},
    "droid": {"run": ("Execute",), "edit": ("Edit",), "write": ("Create",), "read": ("Read",), "server": ("mcp__tracker__search",)},
    "auggie": {
        "run": ("launch-process",),
        "edit": ("str-replace-editor", "apply_patch"),
        "write": ("save-file",),
        "read": ("view",),
    },
    "kimi": {
        "run": ("Bash",),
        "edit": ("Edit",),
        "write": ("Write",),
        "read": ("Read", "ReadMediaFile"),
        "server": ("mcp__tracker__search",),
    },
}
TOOLS["kimi-cli"] = {
    "run": ("Shell",),
    "edit": ("StrReplaceFile",),
    "write": ("WriteFile",),
    "read": ("ReadFile", "ReadMediaFile"),
}
TOOLS["codebuddy"] = {**TOOLS["claude-code"], "edit": ("Edit", "MultiEdit")}
TOOLS["claude-plugin"] = TOOLS["claude-code"]
"""The tools that do the same in each client, by the names that it holds matchers against."""
