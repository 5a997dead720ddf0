"""Commands in markdown: a header, which some clients know, and the text below it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Cause, Code, Complaint, Severity
from agentconv.core.source import SourceText, client_text, encode
from agentconv.families import frontmatter
from agentconv.families.javascript import SPACE
from agentconv.parts.commands.shapes import Entry, Opened, Said, given_twice, undecodable
from agentconv.yaml import emitter
from agentconv.yaml.grammar import BUN

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from agentconv.core.diagnostics import Span
    from agentconv.families.frontmatter import Edit, Header, Rewritten
    from agentconv.parts.commands.shapes import Change, New
    from agentconv.yaml.grammar import Grammar


def no_header(_source: SourceText) -> Complaint:
    """Find no header, in a client that knows none."""
    return Complaint("the client reads no header")


@dataclass(frozen=True, slots=True)
class Markdown:
    """One client's files."""

    find: Callable[[SourceText], Header | Complaint] = no_header
    """Finds the header as the client does, or says why there is none: the whole file is the text then."""
    fallback: Callable[[str], Rewritten | None] | None = None
    """Its repair of a header that does not parse."""
    grammar: Grammar = BUN
    repairs_all: bool = False
    """Whether it turns to its repair for YAML that is no map, too."""
    broken: str = "drops"
    """What it does with a header that does not parse: `drops` the command, `empty` where it takes the text below it alone,
    `whole` where the text is all of the file, `kept` where it is so only as long as the repair finds nothing to change."""

    def header(self, source: SourceText) -> Header | None:
        """Return the header, parsed as the client does."""
        header = self.find(source)
        if isinstance(header, Complaint):
            return None
        return frontmatter.parse(header, self.fallback, self.grammar, maps_only=self.repairs_all)

    def open(self, source: SourceText, client: str) -> Opened:
        """Return what a file holds."""
        header = self.header(source)
        if header is None:
            return Opened((Entry({}, _trimmed(source.text), partial(_at_start, source)),), told=undecodable(source, client))
        if header.error and not header.fallback:
            return self._broken(header, client)
        told = (*undecodable(source, client), *_told(header, client))
        return Opened((Entry(header.values, _trimmed(source.text[header.body :]), header.span),), told=told)

    def _broken(self, header: Header, client: str) -> Opened:
        fault, source = header.fault(), header.source
        reason, span = f"the header is not valid YAML: {fault.problem}", source.span(fault.offset)
        broken = self.broken
        if broken == "kept":
            rewritten = self.fallback(header.text) if self.fallback else None
            broken = "whole" if rewritten is None or rewritten.text == header.text else "drops"
        if broken == "drops":
            frontmatter.recover(header, _PEOPLES)
            problem = Complaint(reason, cause=Cause.SYNTAX, remedy=fault.remedy)
            return Opened((Entry(header.values, _trimmed(source.text[header.body :]), header.span),), (problem, span))
        body = source.text if broken == "whole" else source.text[header.body :]
        words = f"{client} takes nothing of the header: {reason}"
        if broken == "whole":
            words = f"{client} sends the header with the text: {reason}"
        said = Said(Code.SYNTAX, words, span, fault.remedy or "put the value in double quotes")
        return Opened((Entry({}, _trimmed(body), partial(_at_start, source)),), told=(*undecodable(source, client), said))

    def patched(self, source: SourceText, changes: Mapping[int, Change], added: Sequence[New], removed: Collection[int]) -> str | None:
        """Return the file with keys, or the text, changed."""
        if added or removed or 0 not in changes:
            return None if added or removed else source.text
        change, header = changes[0], self.header(source)
        start = header.body if header else 0
        edits: list[Edit] = []
        if change.keys:
            found = frontmatter.patch(header, change.keys) if header and not (header.error and not header.fallback) else None
            if found is None:
                return None
            edits += found
        if change.body is not None:
            edits += body_edit(source.text, start, change.body)
        return frontmatter.apply(source.text, edits)

    def rendered(self, new: Sequence[New]) -> str:
        """Return a file from nothing."""
        (one,) = new
        header = f"---\n{emitter.mapping(dict(one.values))}---\n\n" if one.values else ""
        headers = (header,) if one.values else ("", "---\n---\n\n", "---\n{}\n---\n\n")
        # a text that starts like a header is none behind one
        header = next((header for header in headers if self._leaves(header, one.body)), header)
        return f"{header}{one.body}\n" if one.body else header.removesuffix("\n")

    def _leaves(self, header: str, body: str) -> bool:
        """Whether a body is the whole text behind a header."""
        found = self.header(SourceText("", encode(f"{header}{body}\n")))
        return found is None if not header else found is not None and found.body <= len(header)


_PEOPLES = ("name", "description", "argument-hint", "allowed-tools", "model", "agent", "mode", "tools", "subtask", "arguments")
"""Keys by which a person reads a header that the client does not."""


def _trimmed(text: str) -> str:
    return client_text(text).strip(SPACE)


def _at_start(source: SourceText, *_way: str | int) -> Span:
    return source.span()


def body_edit(text: str, start: int, body: str) -> Iterator[Edit]:
    """Yield what puts another text into a file, from where its text may start."""
    below = text[start:]
    before = below.strip(SPACE)
    if not before:
        yield start, len(text), f"\n{body}\n"
        return
    at = start + below.index(before)
    yield at, at + len(before), body


def _told(header: Header, client: str) -> Iterator[Said]:
    """Say what the header's own shape means to the client."""
    if header.fallback and header.error:
        fault = header.fault()
        words = f"not valid YAML ({fault.problem}); {client} loads it through its own repair, and clients without one drop it"
        hint = fault.remedy or "put the value in double quotes"
        yield Said(Code.FALLBACK, words, header.source.span(fault.offset), hint, Severity.NOTE)
    for name, node in header.duplicates():
        yield given_twice(name, header.source.span(header.place(node.start)), client)
