"""Which files of settings a client takes nothing of, since one thing in them is wrong, whatever part that is in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from agentconv.core import includes
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Diagnostic, Effect, Severity
from agentconv.core.format import State
from agentconv.core.kinds import KINDS
from agentconv.formats import registry as formats
from agentconv.parts import registry
from agentconv.sources.places_on_disk import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartsRead
    from agentconv.core.source import SourceText
    from agentconv.parts.settings_files import Missing, SettingsFormat
    from agentconv.sources.loaded import Loaded

_HINT = "mend the file so that the client takes it"


@dataclass(frozen=True, slots=True)
class Void:
    """Why a client takes nothing of a file."""

    told: Diagnostic
    kind: Kind | None = None
    """The kind of parts among which the fault is, which say so themselves."""
    first: Kind | None = None
    """The first kind of which there are parts in the file."""

    @property
    def state(self) -> State:
        """What becomes of the parts in it."""
        return State.STOPS if self.told.effect is Effect.STOPS else State.NOT_LOADED


def of_file(client: str, source: SourceText, missing: Missing) -> tuple[Void, ...]:
    """Return why a client takes nothing of a file: what is wrong with the file itself, and with the parts in it."""
    settings = registry.settings(client)
    if settings is None or source.path not in settings.files:
        return ()
    found = list(_by_parts(settings, source))
    fault = settings.fault(source, missing)
    if fault is not None and all(one.told.span != source.span(fault[1]) for one in found):
        complaint, offset = fault
        told = Diagnostic(Code.NOT_LOADED, Severity.WARNING, "", source.span(offset), complaint.remedy or _HINT, None, client)
        told = _said(replace(told, key=complaint.key, effect=complaint.effect, reason=complaint.reason))
        found.insert(0, Void(told, first=next((kind for kind, read in _read(client, source) if read.parts), None)))
    return tuple(found)


def with_agents(location: str | None, piece: Loaded) -> Loaded:
    """Return a file with what becomes of the agents in it, where its client takes nothing of it, whatever is at fault."""
    settings = registry.settings(piece.format) if location and piece.source and (piece.agents or piece.diagnostics) else None
    place = os.path.abspath(location) if settings and location else ""
    path = max((one for one in settings.files if place.endswith(f"{os.sep}{one}")), key=len, default=None) if settings else None
    if path is None or piece.source is None or (piece.agents and all(state.dropped for state in piece.states)):
        return piece
    root = place.removesuffix(path)
    source = piece.source.put(piece.source.data, path)
    void = next(iter(of_file(piece.format, source, lambda named: _is_gone(root, path, named))), None)
    if void is None:
        return piece
    told = replace(void.told, span=void.told.span and replace(void.told.span, path=piece.path))
    if not piece.agents:
        return replace(piece, rejected=told)
    states = tuple(state if state.dropped else void.state for state in piece.states)
    lost = replace(piece, states=states, diagnostics=(*piece.diagnostics, told), rejected=told)
    if piece.result is None or void.kind or void.first:
        return lost  # lint says it of the parts in the file
    return replace(lost, result=replace(piece.result, states=states, diagnostics=(*piece.result.diagnostics, told)))


def _is_gone(root: str, path: str, named: str) -> bool:
    """Whether a file that another one names is not there; of one that lies elsewhere, nobody knows."""
    below = includes.beside(path, named)
    return below is not None and not os.path.lexists(os.path.join(root, below))


def _read(client: str, source: SourceText) -> Iterator[tuple[Kind, PartsRead[Any]]]:
    """Yield what is in a file of each kind that its client looks for there."""
    from agentconv.core.part_format import PartSource

    for kind in KINDS:
        module = registry.part_format(client, kind)
        places = (*module.project, *module.user) if module else ()
        place = next((one for one in places if matches(one, source.path)), None)
        if module and place:
            yield kind, module.read(PartSource(source, place))


def _by_parts(settings: SettingsFormat, source: SourceText) -> Iterator[Void]:
    """Yield what is wrong with parts in a file that costs all of their kind, and so all others."""
    for kind, read in _read(settings.format, source):
        whole = [one for one in read.diagnostics if one.effect and one.effect.is_whole]
        stops = next((one for one in whole if one.effect is Effect.STOPS), None)
        if whole and (stops or settings.effect.is_whole):
            yield Void(_said(replace(stops or whole[0], effect=Effect.STOPS if stops else settings.effect, agent=None)), kind)


def _said(fault: Diagnostic) -> Diagnostic:
    title = formats.FORMATS[fault.client or ""].title
    does = "does not start with this file" if fault.effect is Effect.STOPS else "takes nothing of this file"
    return replace(fault, message=f"{title} {does}: {fault.reason}")
