"""What an agent may do unasked, and who may call it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import access, asks, effects, plain_words, vocabulary
from agentconv.core.losses import becomes, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Collection

    from agentconv.core.diagnostics import Detail
    from agentconv.core.format import Projection


def mode(projection: Projection, *, held: bool = True) -> None:
    """Keep a permission mode that the target has a word for; plan stands for read-only and the other way round.

    Args:
        projection: The agent on its way.
        held: Whether the target's files can say a mode at all, where they are not the client's only ones.
    """
    mode = projection.get("permissions.mode")
    if mode is None:
        return
    if held and vocabulary.native_mode(projection.target.id, mode) and _is_within(projection, mode):
        _report_commands(projection, mode)
        return
    if mode == "default" and vocabulary.fact(projection.target.id, "asks_by_default"):
        projection.change("permissions.mode", None, "default-dropped", "it asks")
        return
    other = None if mode == "accept-edits" and vocabulary.fact(projection.target.id, "asks_by_default") else _NEAREST.get(mode)
    kept = other if held and other and vocabulary.native_mode(projection.target.id, other) else None
    projection.change("permissions.mode", kept, _why(projection, mode, held=held), _told(projection, mode, kept))


def _why(projection: Projection, mode: str, *, held: bool) -> str:
    """Return the code of why a mode does not stay: the target has none of it, or one in which it does more than the agent may."""
    if not (held and vocabulary.native_mode(projection.target.id, mode)):
        return "permission-mode"
    may = effects.effects(projection.source)
    unasked = (effect for effect in access.unattended(projection.target.id, mode) if effect != "read")
    return "mode-freer" if may.levels["run"] or any(may.levels[effect] for effect in unasked) else "mode-idle"


def _report_commands(projection: Projection, mode: str) -> None:
    """Say which commands the target runs unasked in a mode, where the source asks for all of them."""
    commands = vocabulary.mode_commands(projection.target.id, mode)
    if commands and not projection.at_home and effects.effects(projection.source).levels["run"] is access.Level.ASK:
        projection.remark("mode-covers-commands", "permissions.mode", listed(commands))


def _told(projection: Projection, mode: str, kept: str | None) -> Detail:
    """Say which mode another one stands for, each as its own client spells it."""
    origin = projection.source.origin
    written = vocabulary.mode_word(origin.format if origin else None, mode)
    return becomes(written, vocabulary.mode_word(projection.target.id, kept)) if kept else quoted(written)


_NEAREST = {"read-only": "plan", "plan": "read-only", "dont-ask": "default", "accept-edits": "default"}
"""The mode that stands for one that the target has not got, or in which it would do more unasked."""


def _is_within(projection: Projection, mode: str) -> bool:
    """Whether all that the target does unasked in a mode is what the source does unasked, or what the agent may not do at all."""
    if projection.at_home:
        return True
    may, whole = effects.effects(projection.source).levels, effects.whole_levels(projection.source)
    free = {effect for effect in access.EFFECTS if whole[effect] is access.Level.ALLOW}
    unasked = access.unattended(projection.target.id, mode)
    return all(effect == "read" or effect in free or not may[effect] for effect in unasked) and (mode != "accept-edits" or "write" in free)


def asks_first(projection: Projection) -> frozenset[str]:
    """Return what the source's client asks for, and the target does unasked, where nobody says anything: effects, and `asks.SERVERS`."""
    origin = projection.source.origin
    return asks.lost(origin.format if origin else None, projection.target.id)


def unasked(projection: Projection) -> None:
    """Say what a target does unasked that the source's client asks for, where the target's files cannot say to ask."""
    said = any(loss.code == "not-enforced" and loss.field == "permissions.mode" for loss in projection.losses)
    found = [] if said or projection.at_home else asks.dropped(projection.source, projection.result(), projection.target.id)
    if found:
        projection.remark("asks-dropped", "permissions.mode", listed(plain_words.EFFECTS[one] for one in found))


def rules(projection: Projection) -> None:
    """Drop permission rules where the target has none; whether that widens is judged on the result."""
    rules = projection.get("permissions.rules")
    if rules:
        projection.change("permissions.rules", (), "rules-dropped", listed(rule.native for rule in rules))
    if projection.get("permissions.resolution") is not None:
        projection.change("permissions.resolution", None, "rules-dropped", "the order of rules")


def callers(projection: Projection, held: Collection[str]) -> None:
    """Say who may call the agent, in a target that always says it.

    Args:
        projection: The agent on its way.
        held: What the target can say of `user`, `agents` and `both`.
    """
    by = projection.get("invocation.by")
    if by in held:
        return
    if by is None and "agents" in held:
        projection.translate("invocation.by", "agents")
    elif "both" in held:
        projection.change("invocation.by", "both", "invocation-widened", "by both")
    else:
        projection.change("invocation.by", "agents", "invocation-dropped", quoted(by))
