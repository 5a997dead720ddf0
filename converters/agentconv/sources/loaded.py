"""A file with agents, or the rest of a bundle, as it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.format import ReadResult, State
    from agentconv.core.ir import Agent, AgentSet, Source
    from agentconv.core.parts import FolderFile
    from agentconv.core.source import SourceText
    from agentconv.sources.parts_on_disk import LoadedPart


@dataclass(frozen=True, slots=True)
class Loaded:
    """One file and the agents in it (none, for a README)."""

    path: str
    format: str
    source: SourceText | None
    """The file's text; None for an agent of a bundle that was stored without its source, or whose format is not here."""
    agents: tuple[Agent, ...] = ()
    states: tuple[State, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    about: AgentSet | None = None
    """What a bundle, or a file that lists agents, says about the whole set; a bundle on its first piece."""
    result: ReadResult | None = None
    """What the reader gave, where the loader is to keep that."""
    as_read: bool = False
    """Whether the agents are what a reader makes of the text, rather than what a bundle says of it."""
    declared: ReadResult | None = None
    """What its client reads, where its configuration gives keys that the file itself does not have."""
    merged: bool = False
    """Whether its client puts agents of it together with what other files say of them, so that no text alone says what they are."""
    rejected: Diagnostic | None = None
    """Why its client takes none of its agents, where it is not the file itself that is at fault."""
    absence: Diagnostic | None = None
    """Why there is no agent in it, where nothing else is said of it."""
    parts: tuple[LoadedPart, ...] = ()
    """The skills, commands and servers of a bundle, on its first piece."""
    stray: bool = False
    """Whether it is a text without an agent that lies where no assistant looks for any: nobody took it for one."""
    included: bool = False
    """Whether there is no agent in it, since it is the text of one that another format has in the same folder."""
    scripts: tuple[FolderFile, ...] = ()
    """What the guards of its agents run, by their paths from the project's root, where that goes along: in a pack."""
    stored: Source | None = None
    """What a bundle stores for a format that is not here: nobody reads it, and it goes on into other bundles as it is."""
