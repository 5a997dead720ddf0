"""The names of all agents in the target, found before the first is written, so that those who speak of a renamed one can follow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.conversion import naming
from agentconv.core import losses
from agentconv.core import names as spelling
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code, Detail, Diagnostic, InputError, Severity
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from agentconv.conversion.carried_parts import CarriedParts
    from agentconv.conversion.naming import Name
    from agentconv.conversion.options import Options
    from agentconv.core.format import FormatSpec, Projection
    from agentconv.sources.loaded import Loaded


@dataclass(frozen=True, slots=True)
class Names:
    """The names of all agents in the target."""

    by_id: Mapping[str, Name]
    """By the agents' ids, but for those that keep their place in a file of the target's own format."""
    renamed: Mapping[str, str]
    """Old name to new name, where no agent has the old name any more."""
    mention: re.Pattern[str] | None
    """Finds an old name in a text."""
    stems: dict[str, int]
    """Stems of the files that are of the target's format already, and the number that comes next to each."""
    paths: Mapping[str, str]
    """Files of the agents that keep theirs, by their ids."""
    twins: Mapping[str, str]
    """The agents that share their name with others, by their ids: the name, and the file that it stands in."""
    carried: CarriedParts | None = None
    """The skills, commands and servers that go along."""

    def rename(self, projection: Projection, name: Name) -> None:
        """Give an agent its name, and the agents that it speaks of theirs."""
        agent = projection.source
        if name.name != agent.name:
            detail = losses.becomes(agent.name, name.name) if agent.name else Detail("no name becomes `{}`", (name.name,))
            projection.change("name", name.name, name.code or "name-illegal", _as_ruled(detail, name, projection.target))
        if agent.delegates and any(delegate in self.renamed for delegate in agent.delegates):
            renamed = tuple(self.renamed.get(delegate, delegate) for delegate in agent.delegates)
            projection.change("delegates", renamed, "delegates-renamed", losses.listed(renamed))
        if self.carried is not None:
            self.carried.names.rename(projection)
        if self.mention and agent.prompt and (match := self.mention.search(agent.prompt.text)):
            projection.remark("name-mentioned", "prompt.text", losses.renamed(match[0], self.renamed[match[0]]))


def names_of(pieces: Iterable[Loaded], target: str, options: Options) -> Names:
    """Find the names of all agents in the target.

    Raises:
        InputError: Two agents share a name and `on_duplicate` is `error`.
    """
    spec = registry.load(target).SPEC
    wanted: list[naming.Named] = []
    own: set[str] = set()
    stems: dict[str, int] = {}
    places: dict[str, dict[str, str]] = {}
    for piece in pieces:
        for agent in piece.agents:
            places.setdefault(agent.name or agent.id, {})[agent.id] = piece.path
        if options.kept_text(piece, target):
            own.update(agent.name for agent in piece.agents if agent.name)
            stems[_stem(piece).casefold()] = 2
        else:
            wanted.extend(one for one in wanting(piece) if one.first or not options.only_loaded)
    names = naming.assign(wanted, spec.legal_name, own, spec.reserved, {id_: pin.name for id_, pin in options.pins.items()})
    paths = {id_: pin.path for id_, pin in options.pins.items() if id_ in names and names[id_].name == pin.name}
    stems |= {spelling.stem_of(path, registry.FORMATS[target].suffixes).casefold(): 2 for path in paths.values()}
    if options.on_duplicate == "error":
        _forbid_duplicates(wanted, names)
    renamed = _renamed(wanted, names)
    twins = {id_: f"{name} ({path})" for name, ids in places.items() if len(ids) > 1 for id_, path in ids.items()}
    return Names(names, renamed, _mention(renamed), stems, paths, twins)


def wanting(piece: Loaded) -> Iterator[naming.Named]:
    """Yield the agents of a file as they ask for names."""
    stem = _stem(piece)
    for agent, state in zip(piece.agents, piece.states, strict=True):
        yield naming.Named(agent.id, agent.name, stem, not state.dropped)


def _stem(piece: Loaded) -> str:
    row = registry.FORMATS.get(piece.format)
    return spelling.stem_of(piece.path, row.suffixes if row else ())


def _renamed(wanted: Iterable[naming.Named], names: Mapping[str, Name]) -> dict[str, str]:
    kept = {name.name for name in names.values()}
    return {
        agent.name: names[agent.id].name
        for agent in wanted
        if agent.name and names[agent.id].code in ("name-illegal", "name-reserved") and agent.name not in kept
    }


def _as_ruled(detail: Detail, name: Name, target: FormatSpec) -> Detail:
    """Add whose rule it is that a name breaks, where that is not the client's own."""
    if not target.names_by or name.code not in (None, "name-illegal"):
        return detail
    words = f"{detail.words} (the rule of {{}}; {{}} itself takes both)"
    return Detail(words, (*detail.values, target.names_by, target.client))


def _mention(renamed: Collection[str]) -> re.Pattern[str] | None:
    words = "|".join(re.escape(old) for old in sorted(renamed, key=len, reverse=True) if len(old) > 3)
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])") if words else None


def _forbid_duplicates(wanted: Iterable[naming.Named], names: Mapping[str, Name]) -> None:
    for agent in wanted:
        if names[agent.id].code == "name-duplicate":
            message = f"two agents are called `{agent.name}`"
            hint = "rename one of them, or choose --on-duplicate suffix or first"
            option = 'rename one of them, or choose `on_duplicate="suffix"` or `"first"`'
            raise InputError(Diagnostic(Code.DUPLICATE_NAME, Severity.ERROR, message, hint=hint, agent=agent.id, option=option))
