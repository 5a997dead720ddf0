"""What is in a pack: the files of its import package, and the manifest that lists them."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

from agentconv.conversion import naming
from agentconv.conversion.converting import Options, convert
from agentconv.conversion.renaming import wanting
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.expressions import expression
from agentconv.core.ir import AgentSet
from agentconv.formats import registry
from agentconv.pack import needs, plugin, reach
from agentconv.pack.containers import CLAUDE as CLAUDE_PLUGIN
from agentconv.pack.containers import Laid, lay_out
from agentconv.packs import manifest as pack_manifest
from agentconv.packs.manifest import Manifest, PackedAgent, PackedFile, PackedScript, PackedSource
from agentconv.packs.paths import Portable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.conversion.converting import Converted
    from agentconv.conversion.naming import Name
    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.ir import Agent, Hook
    from agentconv.disk.output import OutputFile
    from agentconv.pack.metadata import About
    from agentconv.pack.reach import Reach
    from agentconv.pack.sources import Sources, Stored
    from agentconv.sources.parts_on_disk import LoadedPart

CLAUDE = "claude-code"
_CODE = expression(r"\.(?:py[a-z]?|pth|so|dll|dylib)\Z", re.IGNORECASE)
"""Endings that Python or a system would run."""


@dataclass(frozen=True, slots=True)
class Contents:
    """One pack, ready to be built."""

    about: About
    manifest: Manifest
    files: Mapping[str, bytes]
    """By path below the import package, the manifest included."""
    programs: frozenset[str]
    """Those of these paths that are programs."""
    refused: Mapping[str, str]
    """Why Claude Code cannot hold an agent, by id."""
    unlisted: Mapping[str, str]
    """Why the pack does not offer an agent as a Claude Code plugin, by id; those apart that Claude Code cannot hold at all."""
    literal: tuple[str, ...]
    r"""Agents whose descriptions have a `\\n` that the plugin shows as it is, by id."""
    renamed: Mapping[str, str]
    """The names of agents whose own name is another one's, by id."""
    failures: tuple[Diagnostic, ...] = ()
    """Bugs of ours, each of which left one form of an agent out."""
    laid: Laid = field(default_factory=Laid)
    """Which plugins and extensions the pack is with its skills, commands and servers."""
    parts: tuple[LoadedPart, ...] = ()
    """What comes along with the agents."""
    reach: tuple[Reach, ...] = ()
    """What each assistant gets of a pack with rules or hooks that restrain the rest."""
    hooks: Mapping[str, tuple[Hook, ...]] = field(default_factory=dict)
    """Those of agents' own, by id."""

    @property
    def has_warnings(self) -> bool:
        """Whether something of it cannot be had everywhere, or not as it was written."""
        by_agent = self.refused or self.unlisted or self.renamed or self.literal
        return bool(by_agent or self.laid.has_warnings)


class _Files:
    """The files of an import package, the same bytes only once: checkers of wheels take copies for a mistake."""

    def __init__(self) -> None:
        self.data: dict[str, bytes] = {"__init__.py": b""}
        self._paths = Portable()
        self._by_data: dict[bytes, str] = {}
        for path in (*self.data, pack_manifest.FILE):
            self._paths.give(path)

    def add(self, path: str, data: bytes) -> str:
        """Take in a file and return its path: its own where some system could not have it as it is, or the same bytes are there."""
        if data not in self._by_data:
            parts = ["_pycache_" if part == "__pycache__" else part for part in path.split("/")]
            found = self._paths.give(_CODE.sub(r"\g<0>.txt", "/".join(parts)))
            self._by_data[data] = found
            self.data[found] = data
        return self._by_data[data]

    def place(self, path: str, data: bytes) -> None:
        """Take in a file that has to have its very path."""
        self.data.setdefault(path, data)
        self._paths.give(path)
        self._by_data.setdefault(data, path)

    def listed(self) -> tuple[PackedFile, ...]:
        return tuple(PackedFile(path, sha256(data).hexdigest(), len(data)) for path, data in sorted(self.data.items()))


def build(sources: Sources, about: About, *, marketplace: bool = False) -> Contents:
    """Decide about every file of a pack.

    Args:
        sources: What it holds.
        about: What it says of itself.
        marketplace: Whether the plugin has the file with which Claude Code takes its folder.
    """
    files = _Files()
    claude, refused, failures = _claude_forms(sources, files)
    words = AgentSet(name=about.name, version=about.version, description=about.description, license=about.license, authors=about.authors)
    laid = lay_out(sources.parts, words, {agent.id: agent for _, agent in sources.agents}, claude)
    offer = plugin.offer(sources.pieces, claude) if CLAUDE_PLUGIN not in laid.without else plugin.Offer()
    if CLAUDE_PLUGIN not in laid.without:
        files.add(*plugin.index(offer.paths, words))
        if marketplace:
            files.place(*plugin.marketplace(words))
    for path, data in laid.files.items():
        files.place(path, data)
    programs: set[str] = set()
    packed = tuple(_source(one, files, programs) for one in sources.stored)
    names = _names(sources)
    agents = [
        _agent(agent, source, names[agent.id].name, claude.get(agent.id), offered=agent.id in offer.agents)
        for source, agent in _with_sources(sources)
    ]
    ordered = tuple(sorted(agents, key=lambda agent: agent.id))
    manifest = Manifest(about.name, about.version, about.description, about.license, about.authors, ordered, packed, files.listed())
    return Contents(
        about,
        manifest,
        {**files.data, pack_manifest.FILE: pack_manifest.dump(manifest)},
        frozenset((laid.programs & files.data.keys()) | programs),
        refused,
        {agent: why for agent, why in offer.left_out.items() if agent in claude},
        tuple(offer.literal),
        {agent: name.name for agent, name in names.items() if name.code == "name-duplicate"},
        (*failures, *_bugs(offer.failures), *_bugs(laid.failures)),
        laid,
        sources.parts,
        reach.of(sources),
        {agent.id: agent.hooks for _, agent in sources.agents if agent.hooks},
    )


def _source(one: Stored, files: _Files, programs: set[str]) -> PackedSource:
    """Take in a file that agents are read from, with the scripts that their guards run; note which files are programs."""
    scripts: list[PackedScript] = []
    for script in one.scripts:
        path = files.add(f"scripts/{script.path}", script.data)
        scripts.append(PackedScript(script.path, path, script.executable))
        programs |= {path} if script.executable else set()
    return PackedSource(one.path, one.format, files.add(f"sources/{one.format}/{one.path}", one.data), tuple(scripts))


def _claude_forms(sources: Sources, files: _Files) -> tuple[dict[str, OutputFile], dict[str, str], list[Diagnostic]]:
    """Write each agent as Claude Code reads it; return where each is, why others are not, and what failed."""
    written: dict[str, OutputFile] = {}
    refused: dict[str, str] = {}
    failures: list[Diagnostic] = []
    for done in convert(sources.pieces, CLAUDE, Options(deploy=True)):
        if done.file:
            name = done.file.path.rpartition("/")[2]
            path = files.add(f"agents/{name}", done.file.data)
            written.update({agent: replace(done.file, path=path) for agent in done.agents})
        else:
            refused.update({agent: loss.detail for agent in done.agents for loss in done.losses if loss.kind == "refused"})
        failures += _bugs([done])
    return written, refused, failures


def _bugs(results: list[Converted]) -> list[Diagnostic]:
    return [diagnostic for done in results if done.failed for diagnostic in done.diagnostics]


def _names(sources: Sources) -> dict[str, Name]:
    """Name each agent as its deployment to Claude Code does, those included that it cannot hold."""
    spec = registry.load(CLAUDE).SPEC
    return naming.assign((one for piece in sources.pieces for one in wanting(piece)), spec.legal_name, (), spec.reserved)


def _with_sources(sources: Sources) -> list[tuple[str, Agent]]:
    """Return each agent with the path of the stored file that it is read from; pieces come in the order of the files."""
    paths = [one.path for one in sources.stored for _ in one.pieces]
    return [(path, agent) for path, piece in zip(paths, sources.pieces, strict=True) for agent in piece.agents]


def _agent(agent: Agent, source: str, name: str, claude: OutputFile | None, *, offered: bool) -> PackedAgent:
    return PackedAgent(
        agent.id, name, agent.description or "", source, claude.path if claude else None, plugin=offered, needs=needs.of(agent)
    )
