"""The files of a conversion: where each goes, no two to one place, and the agents that come into them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from agentconv.conversion import naming
from agentconv.conversion.converted import Converted, bug, respelled, taken_in
from agentconv.core import includes
from agentconv.core.source import SourceText
from agentconv.disk.output import OutputFile
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.conversion.index_file import Listing
    from agentconv.conversion.law import Case, Law, Verdict
    from agentconv.conversion.shared_files import Collected


class Files:
    """The files of one conversion."""

    def __init__(self, target: str, stems: dict[str, int], law: Law, listing: Listing) -> None:
        self.target = target
        self.row = registry.FORMATS[target]
        self.law = law
        self.listing = listing
        self._stems = stems
        """Stems that files have, and the number that comes next to each."""
        self._kept: set[str] = set()
        """Paths of the files that keep their own."""

    def named(self, name: str, folder: str | None = None) -> str:
        """Return the path of a file for an agent of that name: in the folder where we write, unless another is given."""
        return f"{self.row.folders[0] if folder is None else folder}/{naming.unique_stem(name, self._stems)}{self.row.suffixes[0]}"

    def kept(self, path: str, *, anywhere: bool = False) -> str:
        """Return a source's own path, below the client's location unless it already holds one, or may be anywhere."""
        inside = (
            anywhere
            or not self.row.folders
            or self.row.holds_several(path)
            or any(f"/{folder}/" in f"/{path}" for folder in self.row.folders)
        )
        found = path if inside else self._below(path)
        end = self.row.end(found)
        base, number = found.removesuffix(end), 2
        while found in self._kept:
            found, number = f"{base}-{number}{end}", number + 1
        self._kept.add(found)
        return found

    def _below(self, path: str) -> str:
        """Return a path below the client's location; what lies in another of the client's own folders keeps its place in there."""
        folder = self.row.folders[0]
        before, own, rest = f"/{path}".rpartition(f"/{folder.partition('/')[0]}/") if folder.startswith(".") else ("", "", path)
        return f"{before}/{folder}/{rest}".lstrip("/") if own else f"{folder}/{path}"

    def listed(self, file: OutputFile) -> OutputFile:
        """Return a file of agents that the client loads, which is listed where the format lists them."""
        self.listing.add(file.path)
        return file

    def included(self, text: SourceText, path: str) -> Iterator[Converted]:
        """Write the files that a file includes, beside it; each once."""
        for one in (text.included or {}).values():
            place = includes.beside(path, posixpath.relpath(one.path, posixpath.dirname(text.path))) if one.data is not None else None
            if one.data is not None and place is not None and place not in self._kept:
                self._kept.add(place)
                yield Converted(self.target, (), OutputFile(place, one.data, beside=True))

    def alone(self, case: Case, *, not_loaded: bool) -> Iterator[Converted]:
        """Write an agent into a file of its own, or over the file that it is in; then the files that this one includes."""
        verdict = self.law.judge(case)
        yield self._alone(case, verdict, not_loaded=not_loaded)
        if verdict.written is not None and (case.original or verdict.written.beside):
            yield from self.included(verdict.written.over(case.original or SourceText(case.path, b"")), case.path)

    def _alone(self, case: Case, verdict: Verdict, *, not_loaded: bool) -> Converted:
        written, original = verdict.written, case.original
        if written is None:
            return self._refused(case, verdict, not_loaded=not_loaded)
        notes = (*respelled(case.agent, case.path, written), *taken_in(original, written)) if original else ()
        file = self.listed(OutputFile(case.path, written.data, spelled=original is None))
        return Converted(self.target, (case.agent.id,), file, None, verdict.losses, notes, not_loaded)

    def among(self, case: Case, file: Collected, *, not_loaded: bool) -> Converted:
        """Put an agent into a file that it shares with others."""
        verdict = self.law.judge(case)
        if verdict.agent is None:
            return self._refused(case, verdict, not_loaded=not_loaded)
        file.add(verdict.agent, case.agent.id)
        return Converted(self.target, (case.agent.id,), None, file.path, verdict.losses, (), not_loaded)

    def _refused(self, case: Case, verdict: Verdict, *, not_loaded: bool) -> Converted:
        """Say why an agent goes nowhere."""
        bugs = () if verdict.bug is None else (bug(case.agent, self.target, verdict.bug),)
        there = case.path, case.name.name
        return Converted(self.target, (case.agent.id,), None, None, verdict.losses, bugs, not_loaded, instead_of=there)
