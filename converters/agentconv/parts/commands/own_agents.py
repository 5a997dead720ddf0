"""The agents and modes that clients have of their own, which a command may name: no other client has them."""

from __future__ import annotations

_OWN = {
    "claude-code": frozenset({"general-purpose", "Explore", "Plan", "claude"}),
    "copilot": frozenset({"agent", "ask", "edit", "plan"}),
    "opencode": frozenset({"build", "plan", "general", "explore"}),
    "kilo": frozenset({"code", "build", "plan", "ask", "debug", "orchestrator", "architect", "general", "explore"}),
    "roo": frozenset({"code", "architect", "ask", "debug", "orchestrator"}),
}


def of(format_id: str) -> frozenset[str]:
    """Return the names of a client's own agents."""
    return _OWN.get("claude-code" if format_id == "claude-plugin" else format_id, frozenset())
