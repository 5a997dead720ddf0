"""What keeps a hook from doing what its author meant, though its client takes it: seen in its own words, before it ever runs."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from agentconv.core import hook_facts, hook_handlers, hook_matchers
from agentconv.parts.fault import Fault
from agentconv.parts.hooks import letting_pass, restraints, scripts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Hook
    from agentconv.core.parts import SetHook
    from agentconv.core.source import SourceText

IN_VAIN = frozenset(("missing", "mode", "idle"))
"""The faults of which each alone has a guard block nothing, whoever runs it."""
LONG = 1000
"""Seconds from which on a time is one in milliseconds to whoever wrote it."""
SHORT = 1.0
"""Seconds in which no program has started."""


def of(part: SetHook, _client: object = None) -> Iterator[Fault]:
    """Yield what is wrong with a hook."""
    hook = part.definition
    yield from of_matcher(hook)
    yield from of_times(hook)
    yield from _of_scripts(part)


def of_matcher(hook: Hook) -> Iterator[Fault]:
    """Yield the alternatives of a matcher that fit no tool of the hook's own client."""
    found = hook_matchers.translated(hook, hook.format) if hook.event in hook_matchers.ON_TOOLS else None
    if found is not None and hook_matchers.is_no_expression(hook):
        told = f"takes `{hook.matcher}` for no regular expression: nothing runs for it"
        yield Fault("matcher", hook.matcher or "", told, "write it in the expressions that it knows, or name the tools")
        return
    tools = hook_facts.hook_tools(hook.format)
    for word in found.dead if found else ():
        instead = next((tool for tool in tools if tool.casefold() == word.casefold()), None)
        if "(" in word:
            hint = "name the tool alone; a pattern is a rule of the permissions"
        else:
            hint = f"write `{instead}`" if instead else f"its tools are {', '.join(list(tools)[:6])}, ..."
        yield Fault("matcher", word, f"has no tool that `{word}` fits: nothing runs for it", hint, instead)


def of_times(hook: Hook) -> Iterator[Fault]:
    """Yield times that are counted in another unit than the client's."""
    for one in hook.handlers:
        seconds = hook_handlers.read(hook.format, one).timeout_seconds
        key, unit = hook_handlers.timed(hook.format)
        if seconds is None or not isinstance(one, dict) or key not in one:
            continue
        given = one[key]
        if unit == "s" and seconds >= LONG:
            told = f"counts `{key}` in seconds: {given} are {seconds / 3600:.1f} hours"
            yield Fault("timeout", key, told, f"write {int(seconds) // 1000 or 1}, if {given} milliseconds were meant")
        elif unit == "ms" and seconds < SHORT:
            yield Fault("timeout", key, f"counts `{key}` in milliseconds: it gives up after {given}", f"write {int(seconds * 1_000_000)}")


def _of_scripts(part: SetHook) -> Iterator[Fault]:
    """Yield the scripts of the project that a hook names, and that are not there, or are no programs."""
    there = {file.path: file for file in part.files}
    missing, _ = scripts.absent([part.definition], there.__contains__)
    for path, program in scripts.of_hook(part.definition).items():
        if path in missing:
            yield Fault("missing", path, f"runs `{path}`, which is not there", "put it there, or take the hook out")
        elif program and path in there and not there[path].executable:
            yield Fault("mode", path, f"cannot run `{path}`: it is no program", f"chmod +x {shlex.quote(path)}")
    for name in letting_pass.of(scripts.guards_of(part), lambda path: there[path].data if path in there else None):
        yield from (Fault("idle", name, told, letting_pass.MENDED) for told in letting_pass.told([name]))
    for lack in (one for one in scripts.lacking(scripts.of_hook(part.definition), part.files) if not one.installed):
        yield Fault("missing", lack.path, f"needs {lack.shown}, which is not there", "put it there, or take the hook out")


def place(part: SetHook, fault: Fault, text: SourceText) -> tuple[int, int]:
    """Return where in its file the word stands that is wrong; at the hook, where it is not written out."""
    entry = restraints.offset(part, text)
    near = text.text.rfind(fault.word, 0, entry) if fault.kind == "matcher" else text.text.find(fault.word, entry)
    return (near, near + len(fault.word)) if near >= 0 else (entry, entry + 1)


def runs(part: SetHook) -> object:
    """Return what two hooks share that do the same on the same: then it is done twice."""
    hook = part.definition
    return hook.event or hook.native_event, hook_matchers.meaning(hook), hook_handlers.meanings(hook.format, hook.handlers)
