"""What an agent's rules ask for or deny, the lists of tools of other clients let it do only where a loss says so.

Who decides by rules is a port of the client's own code, and what is in a list of tools is looked up here by hand.
"""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agent_files import convert_file
from agentconv.core.losses import LossSeverity
from agentconv.core.source import SourceText
from client_rules import ASKED, FREE, Call, Line, entries_of, maps

_EFFECTS = st.sampled_from(("allow", "ask", "deny"))
_PARTS = {
    "bash": ("*", "rm *", "git push *"),
    "read": ("*", ".env", "src/*.py"),
    "edit": ("*", ".env", "src/*.py"),
}
_WHOLE = ("*", "webfetch", "grep", "tracker_get", "tracker_*")
_MAPS = st.dictionaries(st.sampled_from((*_WHOLE, *_PARTS)), st.none(), min_size=1, max_size=5).flatmap(
    lambda names: st.fixed_dictionaries(
        {
            name: st.one_of(_EFFECTS, st.dictionaries(st.sampled_from(_PARTS[name]), _EFFECTS, min_size=1, max_size=3))
            if name in _PARTS
            else _EFFECTS
            for name in names
        }
    )
)
_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "claude-code": {
        "run": ("Bash",),
        "read": ("Read",),
        "write": ("Edit", "Write"),
        "search": ("Grep",),
        "fetch": ("WebFetch",),
        "server": ("mcp__tracker", "mcp__tracker__get", "mcp__*"),
    },
    "gemini-cli": {
        "run": ("run_shell_command",),
        "read": ("read_file", "read_many_files"),
        "write": ("replace", "write_file"),
        "search": ("grep_search", "search_file_content"),
        "fetch": ("web_fetch",),
        "server": ("mcp_tracker_*", "mcp_tracker_get", "mcp_*"),
    },
    "droid": {
        "run": ("Execute",),
        "read": ("Read",),
        "write": ("Edit", "Create", "ApplyPatch"),
        "search": ("Grep",),
        "fetch": ("FetchUrl",),
        "server": (),
    },
}
"""By client and by what is done, the words that open it."""
_ASKING = {"claude-code": ("run", "write", "fetch", "server"), "gemini-cli": ("run", "write", "fetch", "server"), "droid": ()}
"""What each asks for where nobody says otherwise: reading, none."""
_TOLD = {"asks-dropped", "pattern-dropped", "sandbox-dropped", "tools-narrowed", "restriction-ignored"}
_CALLS = [
    *(Call("run", Line(tuple(text.split(" ")))) for text in ("rm x", "git push o", "ls")),
    *(Call(does, path) for does in ("read", "write") for path in (".env", "src/a.py", "README.md")),
    Call("search", "src/a.py"),
    Call("fetch", "example.com"),
    Call("server", "tracker/get"),
]


def _header(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(data.decode().split("---\n")[1])
    return found


def _words(value: Any) -> list[str]:
    return [word.strip() for word in value.split(",")] if isinstance(value, str) else list(value or ())


def _listed(header: dict[str, Any], target: str, call: Call) -> int:
    """Return how freely a list of tools lets an agent do something."""
    words = _NAMES[target][call.does]
    shut = {word.partition("(")[0] for word in _words(header.get("disallowedTools"))}
    left = [word for word in words if word not in shut and not (call.does == "server" and shut & {*words})]
    is_open = call.does == "server" if not words else bool(left)
    if "tools" in header:
        is_open = bool({*left} & {word.partition("(")[0] for word in _words(header["tools"])})
    return (ASKED if call.does in _ASKING[target] else FREE) if is_open else 0


@pytest.mark.parametrize("target", _NAMES)
@pytest.mark.parametrize(("source", "path"), [("opencode", ".opencode/agents/one.md"), ("kilo", ".kilo/agents/one.md")])
@given(permission=_MAPS)
def test_what_is_asked_for_stays_so_or_is_told(source: str, path: str, target: str, permission: dict[str, Any]) -> None:
    """No call is freer in the target than by the source's rules, unless a warning of the kind says so."""
    header = {"description": "Does some work", "mode": "subagent", "permission": permission}
    text = f"---\n{yaml.safe_dump(header, sort_keys=False)}---\nDo the work that is asked for.\n"
    rules = entries_of(permission)
    for done in convert_file(SourceText(path, text.encode()), source, target):
        told = {loss.code for loss in done.losses if loss.severity is not LossSeverity.NOTE or loss.code == "pattern-dropped"}
        if done.file is not None and not told & _TOLD:
            written = _header(done.file.data)
            freer = [call for call in _CALLS if _listed(written, target, call) > maps(rules, call)]

            assert freer == [], text
