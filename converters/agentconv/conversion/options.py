"""What a user may choose about a conversion."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.conversion.along import NOTHING, With
from agentconv.core.dataclass import dataclass, field
from agentconv.core.model_choices import NO_CHOICES
from agentconv.formats import registry
from agentconv.sources import user_places

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from agentconv.conversion.servers_there import AgentThere, Standing
    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, AgentSet, Rule
    from agentconv.core.model_choices import ModelChoices
    from agentconv.core.part_format import Scope
    from agentconv.core.parts import FolderFile
    from agentconv.core.source import SourceText
    from agentconv.sources.loaded import Loaded


@dataclass(frozen=True, slots=True)
class Pin:
    """The name and the file that an agent has in the target already, and keeps."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Options:
    """What a user may choose about a conversion."""

    allow_widening: bool = False
    widening: Collection[str] = ()
    """Those that may do more than their author allowed, where not all may: agents by their names, parts as KIND/NAME."""
    keeps_wider: Callable[[Agent], Collection[str]] | None = None
    """Returns what an agent may do in the target beyond its author's words (the names of widenings), where it is less than by the source's
    own file, which the target's client reads when it finds no other."""
    beside: Callable[[str], Sequence[Agent]] | None = None
    """Returns the agents of a name that the target's client has by files of other assistants, not the source's, when it finds no other."""
    only_loaded: bool = False
    on_duplicate: str = "suffix"
    sources: bool = True
    into: str | None = None
    """Path, below the output folder, of one file that takes all agents, where the format has such files besides single ones."""
    models: ModelChoices = NO_CHOICES
    deploy: bool = False
    """Give agents of the target's own format names and files of their own too, as those of other formats get them."""
    pins: Mapping[str, Pin] = field(default_factory=dict)
    """By agents' ids what they keep, as long as their own names ask for it."""
    overriding: Callable[[Agent, Projection], None] | None = None
    """What the user wants other than the target's projection has it; each change is declared there."""
    marketplace: bool = False
    """Whether a plugin is written with the file that offers it."""
    words: AgentSet | None = None
    """What the user calls the set, where a file holds that (`registry.Row.index`)."""
    along: With = NOTHING
    """Which skills, commands and MCP servers go along with the agents."""
    scope: Scope = "project"
    """Whether they go to a project, or to the user's home."""
    root: str | None = None
    """The real folder that files are written below, where there is one: a part that lies in it is where it belongs."""
    present: Callable[[str], bool] | None = None
    """Whether a file is there already, below that folder."""
    read: Callable[[str], bytes | None] | None = None
    """Returns the bytes of a file that is there, below that folder; None of one that is not, or cannot be read."""
    ours: Collection[str] = ()
    """Paths, below that folder, of files that an earlier run wrote and that nobody changed since: their texts are no one else's."""
    barred: Callable[[str], str | None] | None = None
    """Returns why no file can be written at a path below that folder; None where one can."""
    scripts: Callable[[str], FolderFile | None] | None = None
    """Returns a file of the project that agents come from, by its path there: what their guards run goes along; None where that stays."""
    replaces: bool | None = None
    """Whether what is there already is replaced by what is written; None where that is decided elsewhere."""
    servers_of: Callable[[str], Collection[str]] | None = None
    """Returns the names of the servers that a target has already, where that is known."""
    source_servers: Callable[[], Collection[str]] | None = None
    """Returns the names of the servers that lie beside the source's agents, where that is known."""
    there_already: Callable[[str], Sequence[Standing]] | None = None
    """Returns the servers that a target has where is written to, whoever wrote them there, where its agents are told of these."""
    agents_there: Callable[[str], Sequence[AgentThere]] | None = None
    """Returns the agents that a target has where is written to, whoever wrote them there: a server that goes along is open to them, too."""
    rules_along: bool = True
    """Whether rules of the whole set may be written for a part whose own file cannot say what is closed of it."""
    settings_there: Callable[[str], bytes | None] | None = None
    """The same as `read`, asked for nothing but the files of settings that are there, which entries go among; None for `read` itself."""
    their_rules: Callable[[str], Sequence[Rule]] | None = None
    """Returns the rules that a target's project has of its own where is written to, where its agents are to keep to these."""
    unrestrained: Collection[str] = ()
    """The kinds of parts (`core.restraints`) whose restraints of the whole set need not hold in the target."""
    there: Callable[[Loaded, Agent, bool], Agent | None] | None = None
    """Returns an agent of a file as the target has it by another file than what is written for it, if it is: the source's own, which the
    target's client reads too, or one that stays as it is; None where there is none that counts. The last argument says whether it is."""
    taken: Collection[str] | None = None
    """Ids of the agents that are written of those that are converted; None for all."""
    staying: Collection[str] = ()
    """Ids of agents that stay in the target as they are there, where it refuses them now: what they need goes along all the same."""

    def known(self, target: str) -> frozenset[str]:
        """Return the names of the servers that the source or a target has, as far as that is known."""
        there = frozenset(self.servers_of(target)) if self.servers_of is not None else frozenset[str]()
        return there.union(self.source_servers() if self.source_servers is not None else ())

    def insists_on(self, *names: str | None) -> bool:
        """Whether an agent, by its name or its id, or a part as KIND/NAME, may do more than its author allowed."""
        return self.allow_widening or any(name in self.widening for name in names)

    def below(self, path: str) -> Options:
        """Return the same for what is written into a folder below."""
        from agentconv.core.dataclass import replace

        root, present, read, barred = self.root, self.present, self.read, self.barred
        return replace(
            self,
            marketplace=False,
            words=None,
            root=root and os.path.realpath(os.path.join(root, path)),
            present=present and (lambda file: present(f"{path}/{file}")),
            read=read and (lambda file: read(f"{path}/{file}")),
            barred=barred and (lambda file: barred(f"{path}/{file}")),
        )

    def takes_agents(self, target: str) -> bool:
        """Whether a target has a place for agents where they go: some clients have one in a project alone."""
        in_reach = self.scope == "project" or bool(user_places.templates(target))
        return registry.FORMATS[target].has_agents and in_reach

    def into_root(self, root: str) -> bool:
        """Whether what is written goes to the folder that a part's file is in."""
        return self.root is not None and bool(root) and os.path.realpath(root) == self.root

    def below_root(self, folder: str) -> str | None:
        """Return the way from where is written to a folder below; None for any other, or where nothing is known of it."""
        if self.root is None or not folder:
            return None
        found = os.path.relpath(os.path.realpath(folder), self.root).replace(os.sep, "/")
        return None if found == ".." or found.startswith("../") else found

    def kept_text(self, piece: Loaded, target: str) -> SourceText | None:
        """Return the text of a file of the target's own format, which keeps its place and its agents' names; None of any other file."""
        return piece.source if piece.format == target and not self.deploy else None


DEFAULTS = Options()
