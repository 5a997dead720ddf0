"""Conversion into one of our own canonical forms: everything in one document, which must hold it exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import kept_credentials
from agentconv.conversion.along import Named, along
from agentconv.conversion.converted import Converted, bug_in_file
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, InternalError
from agentconv.core.kinds import KINDS
from agentconv.core.source import SourceText
from agentconv.disk.output import OutputFile
from agentconv.formats import registry
from agentconv.sources.loading import gather
from agentconv.sources.parts import Parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.conversion.options import Options
    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.format import Format
    from agentconv.core.ir import AgentSet
    from agentconv.sources.loaded import Loaded
    from agentconv.sources.parts_on_disk import LoadedPart


def bundle(pieces: Iterable[Loaded], target: str, options: Options, parts: Parts | None = None) -> Iterator[Converted]:
    """Write everything into one canonical document, and hold it to being exact."""
    module, path = registry.load(target), registry.FORMATS[target].files[0]
    named = Named(Parts() if parts is None else parts)
    told: list[Diagnostic] = []

    def chosen() -> tuple[LoadedPart, ...]:
        found = along(options.along, named)
        told.extend((*found.told, *kept_credentials.told_of_parts(found.parts)))
        return found.parts

    agents = gather(named.over(pieces), only_loaded=options.only_loaded, sources=options.sources, parts=chosen)
    if named.parts.may_restrain():
        from agentconv.conversion import set_restraints

        if stays := tuple(set_restraints.staying(named.parts, target, options)):
            yield Converted(target, (), losses=stays)
    ids = tuple(agent.id for agent in agents.agents)
    not_loaded = not options.only_loaded and any(diagnostic.code is Code.NOT_LOADED for diagnostic in agents.diagnostics)
    diagnostics = (*agents.diagnostics, *told, *kept_credentials.told_of_set(agents))
    try:
        data = _checked(agents, module, path)
    except Exception as error:  # noqa: BLE001 - a bug must surface as one, with what else is told
        yield Converted(target, ids, diagnostics=(*diagnostics, bug_in_file(path, target, error)), not_loaded=not_loaded)
        return
    held = [(kind, found) for kind in KINDS if (found := tuple(part.id for part in getattr(agents, kind)))]
    last = held.pop() if held and not ids else (None, ids)
    for kind, found in held:
        yield Converted(target, found, path=path, part=kind)
    file = OutputFile(path, data, spelled=True)
    yield Converted(target, last[1], file, diagnostics=diagnostics, not_loaded=not_loaded, part=last[0])


def _checked(agents: AgentSet, module: Format, path: str) -> bytes:
    data = module.write(agents, SourceText(path, b"")).data
    again = module.read(SourceText(path, data)).set
    if replace(again, diagnostics=()) != replace(agents, diagnostics=()):
        raise InternalError("the canonical form is not exact")
    return data
