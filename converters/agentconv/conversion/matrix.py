"""Which format holds which field: found out by converting one agent per field, never declared by hand.

`python -m agentconv.conversion.matrix` writes down what is found, for `held_fields` to read, and where the modules of each client say that
its parts are, for `places`, and where its schema says what each key becomes, for `key_fields`; tests hold all of it fresh.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import held_fields
from agentconv.conversion.converting import convert
from agentconv.conversion.held_fields import Cell, Holds
from agentconv.core import fields, key_fields, known_models
from agentconv.core.diagnostics import InternalError, LossKind, LossSeverity
from agentconv.core.format import State
from agentconv.core.ir import Agent, Hook, McpServer, Model, Rule, Sandbox, ToolGrant
from agentconv.core.meant import Pattern
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.parts import places
from agentconv.sources.loaded import Loaded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentconv.core.diagnostics import Loss
    from agentconv.core.ir import Json
    from agentconv.disk.output import OutputFile


BASE: dict[str, object] = {"name": "probe", "description": "Probes a format.", "prompt.text": "Look at what the format makes of this."}
_READ, _SEARCH, _WRITE, _EDIT, _SHELL = (
    ToolGrant(capability, "json", capability) for capability in ("fs.read", "fs.search", "fs.write", "fs.edit", "shell")
)
_LISTED = {"tools.mode": "list"}
_RULES = {
    "permissions.rules": (
        Rule("ask", "bash", "opencode", "shell"),
        Rule("deny", "bash", "opencode", "shell", Pattern("git push *", "glob")),
    ),
    "permissions.resolution": "last",
}
_HANDLER: Json = {"type": "command", "command": "true"}
PROBES: dict[str, tuple[Mapping[str, object], ...]] = {
    "name": ({},),
    "display_name": ({"display_name": "A probe"},),
    "description": ({},),
    "prompt.text": ({},),
    "prompt.syntax": ({"prompt.syntax": "jinja2"},),
    "prompt.mode": ({"prompt.mode": "append"},),
    "invocation.by": ({"invocation.by": "user"}, {"invocation.by": "both"}),
    "invocation.hidden": ({"invocation.hidden": True},),
    "invocation.disabled": ({"invocation.disabled": True},),
    "tools.mode": ({"tools.mode": "none"},),
    "tools.allow": ({**_LISTED, "tools.allow": (_READ, _SEARCH)}, {**_LISTED, "tools.allow": (_READ, _SHELL)}),
    "tools.deny": ({"tools.deny": (_SHELL,)}, {"tools.deny": (_WRITE, _EDIT)}),
    "permissions.mode": tuple(
        {"permissions.mode": mode} for mode in ("default", "accept-edits", "plan", "dont-ask", "bypass", "auto", "read-only")
    ),
    "permissions.rules": (_RULES,),
    "permissions.resolution": (_RULES,),
    "permissions.sandbox": tuple({"permissions.sandbox": Sandbox(files)} for files in ("read-only", "workspace-write", "full")),
    "model": tuple(
        {"model": Model("id", f"{prefix}1", provider)} for maker, prefix in known_models.makers().items() for provider in (None, maker)
    ),
    "effort": ({"effort": "high"},),
    "temperature": ({"temperature": 0.5},),
    "top_p": ({"top_p": 0.5},),
    "mcp_servers": (
        {"mcp_servers": (McpServer("local", "stdio", command="server", args=("--quiet",)),)},
        {"mcp_servers": (McpServer("remote", "http", url="https://example.com/mcp"),)},
        {"mcp_servers": (McpServer("named"),)},
    ),
    "skills": ({"skills": ("a-skill",)},),
    "hooks": tuple({"hooks": (Hook(event, "json", event, None, (_HANDLER,)),)} for event in ("before-tool", "after-tool", "agent-stop")),
    "delegates": (
        {"delegates": ("helper",)},
        {**_LISTED, "tools.allow": (_READ, ToolGrant("delegate", "json", "delegate")), "delegates": ("helper",)},
    ),
    "limits.max_turns": ({"limits.max_turns": 10},),
    "limits.timeout_seconds": ({"limits.timeout_seconds": 600.0},),
    "background": ({"background": True},),
    "color": ({"color": "blue"}, {"color": "#0000ff"}),
}
"""For each field the values to try: a format that holds them all holds it natively."""
_ONE_IS_ENOUGH = frozenset({"model", "color", "hooks", "delegates"})
"""Fields whose values differ so much between clients that holding one of them is holding the field."""


_IN_ANOTHER_WAY = (LossKind.APPROXIMATED, LossKind.RENAMED, LossKind.MOVED)


def matrix(formats: Iterable[str] = (*registry.CLIENTS, *registry.BUNDLES)) -> dict[str, dict[str, Cell]]:
    """Return the cells of some formats by format and field.

    Raises:
        InternalError: A conversion broke a law: a bug of ours.
    """
    return {format_id: {path: _cell(path, format_id) for path in PROBES} for format_id in formats}


def _cell(path: str, target: str) -> Cell:
    held = registry.load(target).SPEC.holds
    found = [_written(path, {**BASE, **values}, target) for values in PROBES[path]]
    ways = {way for way, _ in found}
    if ways == {Holds.NATIVE} or (Holds.NATIVE in ways and path in _ONE_IS_ENOUGH):
        write = Holds.NATIVE
    else:
        write = Holds.NONE if ways == {Holds.NONE} else Holds.APPROXIMATED
    codes = tuple(dict.fromkeys(code for _, codes in found for code in codes))
    return Cell(Holds.NATIVE if path in held else Holds.NONE, write, codes)


def _written(path: str, values: Mapping[str, object], target: str) -> tuple[Holds, tuple[str, ...]]:
    """Convert an agent, and see what came of one of its fields."""
    agent = fields.with_values(Agent(id="probe"), values)
    file, losses = _converted(agent, target)
    own = [loss for loss in losses if _concerns(loss, path)]
    codes = tuple(loss.code for loss in own)
    if file is None:
        return Holds.NONE, codes
    (again,) = registry.load(target).read(SourceText(file.path, file.data)).set.agents
    value = fields.get(again, path)
    same = fields.portable(fields.get(agent, path)) == fields.portable(value)
    if same and not any(loss.severity is LossSeverity.WARNING for loss in own):
        return Holds.NATIVE, codes
    kept = not fields.is_absent(path, value) or any(loss.kind in _IN_ANOTHER_WAY for loss in own)
    return Holds.APPROXIMATED if kept else Holds.NONE, codes


def _converted(agent: Agent, target: str) -> tuple[OutputFile | None, list[Loss]]:
    """Convert one agent; what holds several agents comes with a result for the agent, and one for the file."""
    done = list(convert([Loaded("probe", "json", None, (agent,), (State.LOADS,))], target))
    bug = next((one for one in done if one.failed), None)
    if bug:
        raise InternalError(bug.diagnostics[0].message)
    return next((one.file for one in done if one.file), None), [loss for one in done for loss in one.losses]


_TOGETHER = {"tools": "permissions"}
"""What an agent may do is said by its tools or by its permissions: one stands for the other."""


def _concerns(loss: Loss, path: str) -> bool:
    heads = [fields.head_of(one) for one in (loss.field, path)]
    whole, of_field = [_TOGETHER.get(head, head) for head in heads]
    return whole == of_field and (loss.field == path or "." not in path or whole == "permissions")


if __name__ == "__main__":
    held_fields.FILE.write_text(held_fields.dumps(matrix()), "utf-8")
    key_fields.FILE.write_text(key_fields.dumps(registry.CLIENTS), "utf-8")
    places.FILE.write_text(places.dumps(places.found(registry.FORMATS), places.found_containers(registry.FORMATS)), "utf-8")
