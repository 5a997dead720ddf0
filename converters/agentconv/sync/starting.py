"""What a project has, and what is proposed to keep it in step: which assistant's agents are the source, and who gets them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv.core import names
from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Severity
from agentconv.core.expressions import expression
from agentconv.core.format import State
from agentconv.formats import registry
from agentconv.formats.canonical import toml_values
from agentconv.install import lock as lock_file
from agentconv.install import places
from agentconv.install.lock import Lock
from agentconv.sources import agentless, discovery, locations, settings_file
from agentconv.sources.loading import Loader
from agentconv.sync import copies, rulesync
from agentconv.sync.git import Git

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.ir import Json
    from agentconv.sync.rulesync import Moved

HEADING = "# `agentconv sync` writes the agents of the source for the targets; `agentconv schema config` says what else may stand here."
_HEADER = expression(r"(?m)^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*agentconv[ \t]*\][^\n]*(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Here:
    """What a project has."""

    agents: Mapping[str, int]
    """By client, how many agents it loads, those of packs apart."""
    used: tuple[str, ...]
    """The assistants that are used here."""
    of_rulesync: int
    backups: tuple[str, ...]
    """Copies that earlier runs kept beside agents, below the root."""
    has_packs: bool = False
    """Whether anything here is a pack's."""
    named: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By client, what its agents are called."""
    unread: Diagnostic | None = None
    """What is wrong with the first file of which no client makes an agent, though it lies where agents do."""

    def same_elsewhere(self, client: str) -> list[tuple[str, ...]]:
        """Return the names of a client's agents that are one on macOS and Windows, together."""
        return names.same_elsewhere(self.named.get(client, ()))

    @property
    def leading(self) -> tuple[str, ...]:
        """The clients that load the most agents: the source is one of them."""
        most = max(self.agents.values(), default=0)
        return tuple(client for client, number in self.agents.items() if number == most)


@dataclass(frozen=True, slots=True)
class Start:
    """What is proposed."""

    source: str
    targets: tuple[str, ...]
    ignored: frozenset[str] = frozenset()
    """The targets whose files version control leaves out."""
    agents: Mapping[str, Mapping[str, Mapping[str, Json]]] = field(default_factory=dict)
    """By agent and target, what is said of it there."""
    own: frozenset[str] = frozenset()
    """Targets whose clients read the source's folder, and that have files of their own all the same."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file with the settings in it."""

    path: str
    before: bytes | None
    """None where there is no such file yet."""
    after: bytes
    added: str
    """What is new in it."""


def look(root: Path) -> Here:
    """Look at what a project has. Nothing is touched."""
    clients = [client for client in registry.CLIENTS if locations.of(root, client)]
    found = discovery.discover([os.fspath(root)]) if clients else None
    unread = [*found.diagnostics] if found else []
    counts = dict.fromkeys(clients, 0)
    called: dict[str, list[str]] = {}
    lock = lock_file.read(root / lock_file.FILE) or Lock()
    deployed = _deployed(lock)
    loader = Loader(found.files if found else [], keep=False)
    for piece in loader:
        loaded = sum(not state.dropped and state is not State.NO_AGENT for state in piece.states)
        unread += [] if loaded else [*filter(None, [piece.rejected]), *piece.diagnostics]
        called.setdefault(piece.format, []).extend(agent.name or agent.id for agent in piece.agents)
        if piece.format in counts:
            counts[piece.format] += max(loaded - deployed.get(piece.path, 0), 0)
    agents = {client: number for client, number in counts.items() if number}
    used, wrong = tuple(places.project(root).present(lock)), _worst([*unread, *agentless.told(loader.agentless)])
    return Here(agents, used, len(rulesync.files(root)), copies.found(root), bool(deployed), called, wrong)


def _worst(remarks: Sequence[Diagnostic]) -> Diagnostic | None:
    """Return the first error, or else what is said first."""
    return next((one for one in remarks if one.severity is Severity.ERROR), next(iter(remarks), None))


def _deployed(lock: Lock) -> dict[str, int]:
    """Return how many agents of packs are in each file."""
    counts: dict[str, int] = {}
    for entry in lock.entries:
        counts[entry.path] = counts.get(entry.path, 0) + 1
    return counts


def propose(root: Path, source: str, targets: Sequence[str], moved: Sequence[Moved] = (), there: Collection[str] = ()) -> Start:
    """Propose settings, with what git says of the targets' places, what rulesync said of them, and who has agents of their own there."""
    samples = {target: _sample(target) for target in targets}
    left_out = Git(root).ignored(frozenset(samples.values()))
    agents = {one.name: said for one in moved if one.files and (said := _said(one, targets))}
    clients = places.targets()
    own = frozenset(target for target in targets if target in there and target in clients and source in clients[target].also_reads)
    return Start(source, tuple(targets), frozenset(target for target in targets if samples[target] in left_out), agents, own)


def _said(one: Moved, targets: Sequence[str]) -> dict[str, Mapping[str, Json]]:
    """Return what is said of an agent in each target: that it does not get it, or what stands there instead."""
    skipped = [target for target in targets if one.only is not None and target not in one.only]
    return {target: {"skip": True} if target in skipped else one.said[target] for target in targets if target in (*skipped, *one.said)}


def _sample(target: str) -> str:
    """Return the path of a file that a target might have."""
    row = registry.FORMATS[target]
    return f"{row.folders[0]}/agent{row.suffixes[0]}" if row.folders else row.files[0]


def written(root: Path, start: Start) -> Written:
    """Return the file with the settings: the one that has some already, every other byte of it as it is; else a new one.

    Raises:
        InputError: What there is already cannot be read, or cannot be added to.
    """
    files = settings_file.of_folder(Path(os.path.relpath(root)))
    said = {key: value for file in files for key, value in file.values.items()}
    settings = _settings(start, said)
    beside = bool(files) and not (root / settings_file.FILE).is_file()
    found = _added(root / settings_file.PYTHON, settings, settings_file.TABLE) if beside else None
    found = found or _added(root / settings_file.FILE, settings, ())
    if found is None:
        raise files[0].wrong("settings cannot be added to this file as it stands", "put its tables below its other settings")
    return found


def _added(path: Path, settings: Mapping[str, Any], prefix: tuple[str, ...]) -> Written | None:
    """Return a file with settings added to it; None where it would not say just that then."""
    before = path.read_bytes() if path.is_file() else None
    text = (before or b"").decode()
    top, tables = _top(settings), _tables(settings, prefix)
    after = _with(text, top, tables, prefix)
    header = f"[{'.'.join(prefix)}]\n" if prefix else ""
    return Written(path.name, before, after.encode(), f"{header}{top}{tables}") if _adds(text, after, settings, prefix) else None


def _settings(start: Start, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is proposed, as a document, without what is said already."""
    sync: dict[str, Any] = {target: {"committed": False} for target in start.targets if target in start.ignored}
    sync |= {target: {**sync.get(target, {}), "own": True} for target in start.targets if target in start.own}
    agents = {name: dict(targets) for name, targets in start.agents.items() if targets}
    sync |= {"agents": agents} if agents else {}
    sync = {key: value for key, value in sync.items() if key not in said.get("sync", {})}
    found: dict[str, Any] = {"source": start.source, "targets": list(start.targets)}
    found |= {"models": "tier"} if not said.keys() & {"models", "map-models"} else {}
    return found | ({"sync": sync} if sync else {})


def _top(settings: Mapping[str, Any]) -> str:
    """Return the lines of the settings that are in no table."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items() if key != "sync")


def _tables(settings: Mapping[str, Any], prefix: tuple[str, ...]) -> str:
    """Return the tables of the settings that are in some."""
    import tomli_w

    if "sync" not in settings:
        return ""
    nested = {"sync": toml_values.prepared(settings["sync"])}
    for name in reversed(prefix):
        nested = {name: nested}
    text = tomli_w.dumps(nested)
    for target, said in settings["sync"].items():
        if target != "agents" and said.get("own") and registry.is_known(target):
            header = f"[{'.'.join((*prefix, 'sync', target))}]\n"
            text = text.replace(header, f"{header}{_why_own(target, settings['source'])}\n", 1)
    return f"\n{text}"


def _why_own(target: str, source: str) -> str:
    """Say why a target gets files of its own, although it reads the source's: it has some, which would go their own way."""
    title, place = registry.FORMATS[target].title, registry.FORMATS[source].place
    return f"# {title} reads {place} itself, and has files of its own here, too: `own` keeps these in step, and else none are written."


def _adds(text: str, after: str, settings: Mapping[str, Any], prefix: tuple[str, ...]) -> bool:
    """Whether a text says what another one does and these settings, and nothing else."""
    import tomli

    expected: Any = tomli.loads(text)
    table = expected
    for name in prefix:
        table = table.setdefault(name, {})
    new = tomli.loads(_top(settings) + _tables(settings, ()))
    sync = {**table.get("sync", {}), **new.pop("sync", {})}
    table.update(new | ({"sync": sync} if sync else {}))
    try:
        return bool(tomli.loads(after) == expected)
    except tomli.TOMLDecodeError:
        return False


def _with(text: str, top: str, tables: str, prefix: tuple[str, ...]) -> str:
    """Return a text with lines at the top of a table, and tables at its end; its ends of lines are those that it has."""
    newline = "\r\n" if "\r\n" in text else "\n"
    top, tables = top.replace("\n", newline), tables.replace("\n", newline)
    if not prefix:
        before, behind = ("", newline) if text else (HEADING + newline, "")
        return f"{before}{top}{behind}{_ended(text, newline)}{tables}"
    header = _HEADER.search(text)
    if header is None:
        return f"{_ended(text, newline)}{newline}[{'.'.join(prefix)}]{newline}{top}{tables}"
    upper = _ended(text[: header.end()], newline)
    return f"{upper}{top}{_ended(text[header.end() :], newline)}{tables}"


def _ended(text: str, newline: str) -> str:
    return text if not text or text.endswith("\n") else text + newline
