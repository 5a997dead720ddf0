"""A hook on its way into another client: carried where it fires and blocks there as it did, else left out, or not held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import hook_contracts, hook_facts, hook_handlers
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Detail
from agentconv.core.losses import becomes, listed, quoted
from agentconv.core.part_format import difference
from agentconv.parts.hooks import reading, restraints
from agentconv.projecting import hook_translation
from agentconv.projecting.hook_translation import Carried

if TYPE_CHECKING:
    from agentconv.core.hook_contracts import Needs
    from agentconv.core.ir import Hook
    from agentconv.core.part_format import PartProjection
    from agentconv.core.parts import SetHook
    from agentconv.parts.hooks.reading import Client


def project(client: Client, projection: PartProjection[SetHook]) -> None:
    """Turn a hook into one of a client."""
    part = projection.source
    if projection.at_home:
        projection.translate(name=reading.name_of(part.definition))
        if why := _problem(client, part.definition):
            _left_out(projection, Carried(why=why))
        return
    found = _taken(client, hook_translation.carried(part.definition, client.format, needs(part)))
    if found.hook is None:
        _left_out(projection, found)
        return
    projection.translate(definition=found.hook, name=reading.name_of(found.hook))
    _declare(projection, found)
    guard = hook_translation.is_guard(part.definition)
    if guard and not hook_facts.blocks_silently(client.words):
        projection.remark("guard-silent", "definition.handlers", quoted(part.definition.native_event))
    if client.trust and (client.distrusts or projection.scope == "project"):
        (projection.warn if guard else projection.remark)("hook-trust", "definition", client.trust)


def _taken(client: Client, found: Carried) -> Carried:
    """Return a hook as it is carried, or why its client would not take it as it would be written."""
    if client.holds_none and not found.idle:
        return Carried(why=client.holds_none)
    if found.hook is None:
        return found
    why = _problem(client, replace(found.hook, handlers=tuple(map(client.fitted, found.hook.handlers))))
    return replace(found, hook=None, why=why) if why else found


def _problem(client: Client, hook: Hook) -> str | None:
    """Say why a client would not run one of a hook's handlers."""
    handlers = (one for one in hook.handlers if isinstance(one, dict))
    return next(filter(None, (reading.handler_problem(client, hook.native_event, one) for one in handlers)), None)


def needs(part: SetHook) -> Needs:
    """Return what the command of a hook relies on, as far as it can be read."""
    handler = hook_handlers.read(part.definition.format, part.definition.handlers[0])
    if handler.command is None:
        return hook_contracts.NOTHING
    return hook_contracts.needs(hook_handlers.rooted(handler.line), {file.path: file.data for file in part.files})


def _left_out(projection: PartProjection[SetHook], found: Carried) -> None:
    """Say why a hook is not written; what restrains the whole set by it is open then."""
    hook = projection.source.definition
    if found.idle:
        code = "hook-matcher-dead" if found.dead else "hook-tools-absent"
        projection.omit(code, "definition.matcher", listed(found.dead or found.moot))
        return
    projection.omitted = True
    if hook_translation.is_guard(hook):
        for one in restraints.of(projection.source, None):
            projection.leave_open(one.text, found.why)
        return
    say = projection.warn if hook_translation.can_block(hook) else projection.remark
    say("hook-dropped", "definition", Detail("`{}`: {}", (hook.native_event, found.why)))


def _declare(projection: PartProjection[SetHook], found: Carried) -> None:
    """Declare what is said otherwise than it was."""
    before, after = projection.source.definition, projection.part.definition
    for name in difference(projection.source, projection.part):
        projection.declared.add(name)
        if name == "definition.matcher" and not (found.moot or found.dead):
            projection.remark("hook-matcher-wider", name, becomes(before.matcher, after.matcher))
    if found.moot or found.dead:
        projection.remark("hook-key-dropped", "definition", listed((*found.moot, *found.dead)))
