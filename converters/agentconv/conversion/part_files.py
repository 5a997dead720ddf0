"""The files of the parts that go along: one of its own for each, or one for several, in which others have entries, too."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.conversion.converted import Converted, bug_in_file
from agentconv.conversion.loose_parts import loose_copies
from agentconv.conversion.part_law import as_source
from agentconv.conversion.shared_parts import SharedParts, Together, called_beside
from agentconv.core import bugs, losses
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Code, Detail, Diagnostic, InputError, InternalError, Severity, Span
from agentconv.core.losses import listed, quoted
from agentconv.core.part_format import difference
from agentconv.disk.output import OutputFile
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from agentconv.conversion.options import Options
    from agentconv.conversion.part_law import PartVerdict
    from agentconv.core.diagnostics import Loss
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartSource, WrittenFile
    from agentconv.core.parts import Part


@dataclass(slots=True)
class PartFiles:
    """What is written of the parts of one conversion, and what is told of each."""

    target: str
    options: Options
    verdicts: Sequence[PartVerdict]
    """On all parts, each with its place."""
    shared: Mapping[tuple[str, Kind], Sequence[PartVerdict]]
    """What of each kind goes into each shared file."""
    _scripts_taken: set[str] = field(default_factory=set)
    """Paths of scripts that are written."""

    def convert(self, beside: Mapping[str, Converted]) -> Iterator[Converted]:
        """Write the parts; `beside` has the files of agents that parts go into as well."""
        for verdict in self.verdicts:
            yield from self._one(verdict)
        files = dict(beside)
        for (path, _), verdicts in self.shared.items():
            ids, kind = tuple(one.loaded.part.id for one in verdicts), verdicts[0].loaded.kind
            try:
                files[path] = self._together(path, verdicts, files.get(path))
            except InputError as error:
                yield Converted(self.target, ids, diagnostics=(error.diagnostic,), part=kind)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a bug must surface as one, and must not lose the other files
                yield Converted(self.target, ids, diagnostics=(bug_in_file(path, self.target, error),), part=kind)
        yield from files.values()

    def _one(self, verdict: PartVerdict) -> Iterator[Converted]:
        """Write a part into files of its own, or say why it goes nowhere, or where it goes."""
        ids, kind = (verdict.loaded.part.id,), verdict.loaded.kind
        failed = () if verdict.bug is None else (_bug(verdict, self.target, verdict.bug),)
        first, *others = verdict.files or (None,)
        told = (*verdict.losses, *loose_copies(verdict, self.target, self.options))
        if first is None or verdict.part is None or verdict.is_shared:
            path = verdict.path if verdict.part is not None and verdict.is_shared else None
            yield Converted(self.target, ids, path=path, losses=told, diagnostics=failed, part=kind, rules=verdict.rules)
            yield from () if self.options.into_root(verdict.loaded.root) else self._scripts(ids, others)
            return
        spelled = verdict.loaded.source is None
        file = OutputFile(first.path, first.data, executable=first.executable, spelled=spelled)
        yield Converted(self.target, ids, file, losses=(*told, *self._twice(verdict)), part=kind)
        for one in others:
            yield Converted(self.target, (), OutputFile(one.path, one.data, beside=True, executable=one.executable), part=kind)

    def _scripts(self, ids: tuple[str, ...], files: Iterable[WrittenFile]) -> Iterator[Converted]:
        """Write what an entry of a shared file runs, each once: in the project that it comes from, it is where it belongs."""
        for one in files:
            if one.path not in self._scripts_taken:
                self._scripts_taken.add(one.path)
                yield Converted(self.target, ids, OutputFile(one.path, one.data, beside=True, executable=one.executable), part="hooks")

    def _twice(self, verdict: PartVerdict) -> Iterator[Loss]:
        """Say where else the client finds a part of that name in the folder that is written to."""
        module, part = verdict.module, verdict.part
        if module is None or part is None or self.options.present is None or self.options.scope != "project":
            return
        if verdict.loaded.kind == "instructions":
            yield from self._read_twice(verdict, part)
            return
        for place in module.project:
            path = module.path(part, place) if place.pattern else verdict.path
            if path != verdict.path and self.options.present(path):
                yield losses.loss("part-twice", part.id, "name", self.target, quoted(path), part=verdict.loaded.kind)
                return

    def _read_twice(self, verdict: PartVerdict, part: Part) -> Iterator[Loss]:
        """Say who reads the text of a new file in the source's file, too, and that another text is there already."""
        from agentconv.conversion.main_texts import readers
        from agentconv.formats.registry import FORMATS

        source, options = verdict.loaded.source, self.options
        present = options.present
        if source is None or present is None or verdict.path == source.text.path or not options.into_root(verdict.loaded.root):
            return
        there = options.read(verdict.path) if options.read and verdict.path not in options.ours else None
        if there is not None and there != verdict.files[0].data:
            both = Detail("`{}` and `{}`", (source.text.path, verdict.path))
            yield losses.loss("instruction-conflict", part.id, "body", self.target, both, part="instructions")
        same = source.text.text.strip() == verdict.files[0].data.decode(errors="replace").strip()
        twice = [FORMATS[one].title for one in readers(source.text.path, verdict.path, present, options.read, same=same)]
        if twice:
            detail = listed(twice, f"`{source.text.path}` and `{verdict.path}`: {{}}")
            yield losses.loss("instruction-twice", part.id, "body", self.target, detail, part="instructions")

    def _together(self, path: str, verdicts: Sequence[PartVerdict], beside: Converted | None) -> Converted:
        """Write all parts of a kind into a shared file, after what others have in it, and check that all are in it."""
        first = verdicts[0]
        if first.module is None or first.place is None:
            raise InternalError("it has no place")
        shared = SharedParts(first.module, path, first.place, tuple(one.part for one in verdicts if one.part is not None))
        if beside is None or beside.file is None:
            return Converted(self.target, (), OutputFile(path, self._fresh(shared, verdicts), shared, spelled=True), part=first.loaded.kind)
        merged = shared.merge(beside.file.data, force=True)
        if merged.problem:
            if shared.is_broken(beside.file.data):  # the source's own file, as it is there
                message, hint = f"nothing can be added to this file: {merged.problem}", "mend the file: it is the source's own"
                raise InputError(Diagnostic(Code.EXISTS, Severity.ERROR, message, Span(path, *merged.at), hint))
            raise InternalError(merged.problem)
        sides = (*([beside.file.shared] if beside.file.shared else []), shared)
        return replace(beside, file=replace(beside.file, data=merged.data, shared=Together(sides)))

    def _fresh(self, shared: SharedParts, verdicts: Sequence[PartVerdict]) -> bytes:
        """Return a file of these parts alone."""
        files = shared.module.write(shared.parts, shared.path, *self._own(shared, verdicts))
        again = shared.module.read(as_source(files, replace(shared.place, at=""), shared.module.kind))
        found = {part.name: part for part in again.parts}
        parts = called_beside(shared.module, shared.parts, again.parts)
        if len(found) != len(parts) or any(part.name not in found or difference(part, found[part.name]) for part in parts):
            raise InternalError("the parts of one file do not come back from it")
        return files[0].data

    def _own(self, shared: SharedParts, verdicts: Sequence[PartVerdict]) -> tuple[PartSource | None, Collection[str]]:
        """Return the file of the target's own format that parts of it stay in, and what of it does not go along."""
        loaded = [one.loaded for one in verdicts]
        source = loaded[0].source if all(one.client == self.target for one in loaded) else None
        if source is None or source.place.mixed or any(one.source is None or one.source.text.path != shared.path for one in loaded):
            return None, ()
        ours = {part.name for part in shared.parts}
        return source, [one.name for one in shared.module.read(source).parts if one.name not in ours]


def _bug(verdict: PartVerdict, target: str, error: BaseException) -> Diagnostic:
    source = verdict.loaded.source
    span = Span(os.path.normpath(os.path.join(verdict.loaded.root, source.text.path))) if source else None
    noun = verdict.loaded.kind.removesuffix("s")
    lost, brought = f"the {noun} was not written", (target, registry.FORMATS[target].distribution)
    where, what = f"on the way of the {noun} to {target}", "its file"
    return bugs.told(error, where, span, lost=lost, what=what, brought=brought, agent=verdict.loaded.part.id)
