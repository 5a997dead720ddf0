"""Tools as a sandbox or a flag, for clients without a list of tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import effects
from agentconv.core.diagnostics import Detail
from agentconv.core.ir import Sandbox
from agentconv.core.losses import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, ToolGrant


_READ_ONLY = ("plan", "read-only")


def sandbox_for_list(projection: Projection, switches: Mapping[str, ToolGrant]) -> None:
    """Turn tools into the sandbox and the switches that leave the same effects, for a target without a list of tools.

    Args:
        projection: The agent on its way.
        switches: By effect, the target's tool that goes when the effect does.
    """
    tools, mode = projection.source.tools, projection.get("permissions.mode")
    sandbox: Sandbox | None = projection.get("permissions.sandbox")
    if sandbox is not None and sandbox.network is not None and sandbox.files != "workspace-write":
        sandbox = Sandbox(sandbox.files)
        detail = Detail("the network of a {} sandbox", (sandbox.files,))
        projection.change("permissions.sandbox", sandbox, "tools-approximated", detail)
    if tools.allow and tools.mode != "list":
        projection.change("tools.allow", (), "looks-dropped", "tools that count for nothing without a list")
    own = tuple(grant for grant in switches.values() if grant in tools.deny)
    rules = projection.source.permissions.rules
    if tools.mode == "inherit" and mode not in _READ_ONLY and tools.deny == own and not rules:
        return
    may = effects.whole_levels(projection.source)
    denied = {grant.capability for grant in tools.deny} - {"shell"}
    off = [switch for effect, switch in switches.items() if switch.capability in denied or not (may["run"] or may[effect])]
    if not may["run"]:
        sandbox = Sandbox("workspace-write", network=False) if may["write"] else Sandbox("read-only")
    values = {
        "tools.mode": "inherit",
        "tools.allow": (),
        "tools.deny": tuple(off),
        "permissions.sandbox": sandbox,
        "permissions.mode": None if mode in _READ_ONLY else mode,
    }
    if may["run"]:
        projection.change_together(values, "tools-unlisted", "it may run commands, so nothing narrower fits")
    else:
        words = [*([f"sandbox_mode {sandbox.files}"] if sandbox else []), *(f"no {switch.native}" for switch in off)]
        projection.change_together(values, "tools-approximated", listed(words))


def read_only_flag(projection: Projection, *, hint: str | None = None) -> None:
    """Let a read-only flag stand for tools, for a target that has nothing finer."""
    source = projection.source
    may = effects.whole_levels(source)
    permissions = source.permissions
    native = source.tools.mode == "inherit" and not source.tools.deny and not permissions.rules and permissions.sandbox is None
    if native and permissions.mode in (None, "read-only"):
        return
    wanted = None if may["run"] else "read-only"
    values = {
        "tools.mode": "inherit",
        "tools.allow": (),
        "tools.deny": (),
        "permissions.mode": wanted,
        "permissions.rules": (),
        "permissions.resolution": None,
        "permissions.sandbox": None,
    }
    if wanted is None:
        projection.change_together(values, "tools-unlisted", "it may run commands, so nothing narrower fits")
    elif may["write"]:
        projection.change_together(values, "tools-narrowed", "it may write but not run commands; read-only takes both", hint=hint)
    else:
        projection.change_together(values, "tools-approximated", "read-only", hint=hint)
    if wanted is not None and (closed := _servers_closed(source)):
        projection.remark("tools-narrowed", "tools.allow", closed)


def _servers_closed(source: Agent) -> Detail | str | None:
    """Say which MCP servers a flag closes that leaves none: those that an agent names, or all that it inherits."""
    named = dict.fromkeys(grant.native for grant in source.tools.allow if grant.server and source.tools.mode == "list")
    if named:
        return listed(named, "{} closes with it, as every MCP tool does")
    return "all MCP servers that the user has configured close" if effects.effects(source).every_server else None
