"""What a hook of a whole set holds back: the effects of the tools that it is about, where it can block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import access, hook_facts, hook_matchers
from agentconv.core.restraints import EVERYTHING, SERVERS, Restraint
from agentconv.families.record_file import as_written
from agentconv.json import jsonc
from agentconv.json.jsonc import Array, Object
from agentconv.projecting import hook_translation

if TYPE_CHECKING:
    from agentconv.core.ir import Hook
    from agentconv.core.part_format import PartSource
    from agentconv.core.parts import SetHook
    from agentconv.core.source import SourceText
    from agentconv.json.jsonc import Node


def of(part: SetHook, source: PartSource | None) -> tuple[Restraint, ...]:
    """Return the guard that a hook is; nothing, where it can forbid nothing."""
    hook = part.definition
    if not hook_translation.is_guard(hook) or is_dead(part):
        return ()
    text = f"{hook.native_event} {hook.matcher}" if hook.matcher else hook.native_event
    about = _about(hook)
    span = source.text.span(offset(part, source.text)) if source else None
    if about is None:
        return (Restraint("hooks", text, "guards", EVERYTHING, span=span),)
    servers = [one.split("__")[1] for one in about if one.startswith("mcp__")]
    held = {access.EFFECT_OF[one] for one in about if one in access.EFFECT_OF} | ({SERVERS} if servers else set())
    named = servers[0] if len(set(servers)) == 1 and servers[0] != ".*" else None
    return (Restraint("hooks", text, "guards", frozenset(held) or EVERYTHING, named, span),) if held or not _is_harmless(about) else ()


def _about(hook: Hook) -> frozenset[str] | None:
    """Return what the tools are capable of that a guard is about; None where it is about all of them."""
    facts = hook_facts.hooks(hook.format)
    if facts is not None and hook.native_event in facts.guards:
        return frozenset(facts.guards[hook.native_event]) or None
    return hook_matchers.meaning(hook) if hook.event in hook_matchers.ON_TOOLS else None


def is_dead(part: SetHook) -> bool:
    """Whether a matcher fits no tool of the hook's own client: then it never ran."""
    hook = part.definition
    found = hook_matchers.translated(hook, hook.format) if hook.event in hook_matchers.ON_TOOLS else None
    return found is not None and found.is_idle


def _is_harmless(about: frozenset[str]) -> bool:
    return about <= access.HARMLESS


def offset(part: SetHook, text: SourceText) -> int:
    """Return where a hook stands in its file."""
    pointer = part.origin.pointer if part.origin else ""
    if text.path.endswith(".toml"):
        from agentconv.core import toml_places

        return toml_places.innermost(text.text, tuple(int(step) if step.isdecimal() else step for step in pointer.split("/")[1:]))
    written = as_written(text)
    node: Node | None = jsonc.parse(written.text, jsonc.JSONC).root
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, Array):
            node = node.items[int(key)] if key.isdecimal() and int(key) < len(node.items) else None
        else:
            node = node.entries().get(key) if isinstance(node, Object) else None
    return written.place(node.start) if node is not None else 0
