"""`agentconv.lock`: what of a project's files is ours, entry by entry, with the checksums that tell whether a user edited it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.core.expressions import expression
from agentconv.core.source import SourceText
from agentconv.disk.files import Blocked, Disk
from agentconv.formats import registry
from agentconv.install import foreign, lock_check
from agentconv.install.foreign import Foreign

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

FILE = "agentconv.lock"
VERSION = 4
"""What is read; 2 is written, which earlier versions of agentconv read too, but for parts (3) and formats of other distributions (4)."""
_HEADING = "# What agentconv deployed here. Commit this file, and change it only with agentconv.\n\n"
_CONFLICT = expression(r"(?m)^(?:<{7}|={7}|>{7}|\|{7})(?: |\r?$)")
OWN = "source"
"""The origin of what is no pack: parts of the project's own that are kept in step."""
ABSENT = "absent"
"""Stands for a checksum where nothing is there yet, or nothing is to be there any more."""


@dataclass(frozen=True, slots=True)
class LockedAgent:
    """One agent of a pack, as it was when it was deployed."""

    id: str
    name: str
    source_sha256: str
    version: str | None = None
    """The version that it was deployed from, where an update of the pack left it as it was; None where that is the pack's."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was accepted of a pack: in so many words, of these bytes and no others."""

    version: str
    sha256: str
    """Of the pack's manifest."""
    grants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By agent the words for what it may do beyond reading; agents that only read are not among them."""


@dataclass(frozen=True, slots=True)
class Fates:
    """Who of a pack did not come, or is not held where it is read: by target ids of agents and parts. For who asks; nothing goes by it."""

    refused: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Those that the target cannot hold."""
    away: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Those that wait for a yes to what they ask for, or for what holds them back."""
    unheld: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Those that it reads in another one's file, and does not hold to all that their author or the pack says."""
    taken: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Those that are not written, since something else is in their places, or nothing can be written there."""
    opened: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By target the servers of others, as `mcp:NAME`, that its agents there had beyond their authors' words when it was installed."""


@dataclass(frozen=True, slots=True)
class LockedPack:
    """One pack that is deployed."""

    name: str
    version: str
    origin: str
    """How it was there: `packs.PIP`, `packs.WHEEL` or `packs.FOLDER`; `OWN` of the project's own parts."""
    file: str | None
    """The wheel's or folder's name, where it was one."""
    manifest_sha256: str
    wheel_sha256: str | None
    targets: Mapping[str, tuple[str, ...] | None]
    """By target the agents that were chosen; None for all."""
    agents: tuple[LockedAgent, ...] = ()
    accepted: Accepted | None = None
    """None in locks of format 1, which did not say it."""
    kept: tuple[str, ...] = ()
    """The agents and parts in whose places the project keeps what is its own, for good."""
    fates: Fates | None = None
    """None in a lock that did not say it yet."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, or one entry of a file that holds several agents, that is ours."""

    path: str
    """POSIX, below the root; in the user's own scope absolute where it is elsewhere."""
    pointer: str
    """Empty for a whole file; else the place of the agents in it and the agent's name there, as a JSON Pointer."""
    target: str
    agent: str
    """Id of the agent in its pack; of a part, its kind before it."""
    packs: tuple[str, ...]
    """The packs that want it to be as it is."""
    source_sha256: str
    deployed_sha256: str
    """Of what we wrote; `ABSENT` only while a run is under way that has not written it yet."""
    pending_sha256: str | None = None
    """Of what a run that is under way, or was interrupted, writes; `ABSENT` where it removes the entry."""
    losses: tuple[str, ...] = ()
    beside: str | None = None
    """The file with our version, beside one that a user edited."""
    beside_sha256: str | None = None
    """Of that whole file."""
    beside_pending_sha256: str | None = None
    created: bool = True
    """Whether the file was not there before us."""
    part: str = ""
    """The kind of part whose file or entry it is; empty for an agent's."""
    among: bool = False
    """Whether it is in one with what a user has there: all of that stays, whatever becomes of ours."""
    came: tuple[str, ...] = ()
    """Of such a one what came to what was there, in a few words each."""
    undo: tuple[str, ...] = ()
    """The piece of the file that came with it, and what stood in its place; nothing where that cannot be told."""
    restated: bool = False
    """Whether rules of the user's are said in other words with it, so that nothing but that piece tells whose they are."""
    executable: bool = False
    """Whether it was put there as a program."""

    @property
    def key(self) -> tuple[str, str]:
        """What no two entries share."""
        return self.path, self.pointer

    @property
    def script(self) -> bool:
        """Whether it is a script of the project's that a hook runs: hooks themselves are entries of files."""
        return self.part == "hooks" and not self.pointer

    @property
    def pending(self) -> bool:
        """Whether a run was at it and has not come to its end."""
        return self.pending_sha256 is not None or self.beside_pending_sha256 is not None


@dataclass(frozen=True, slots=True)
class Synced:
    """One file, or one entry of a file that holds several agents, that is kept in step with an agent of the project's own.

    What it holds are checksums and names, never a text. A key may be given twice: a run that did not come to its end, or a
    merge, left both, and either may be what is there.
    """

    path: str
    """POSIX, below the root; in the user's own scope absolute where it is elsewhere."""
    target: str
    source: str
    """Path of the file that its agent is in."""
    name: str
    """The agent's name in the target, which it keeps as long as its own name stays the same."""
    source_sha256: str
    """Of the source's text, with LF for line ends."""
    fields: Mapping[str, str]
    """By field path, the first 16 digits of the SHA-256 of what was settled there; an absent field is not among them."""
    pointer: str = ""
    """Empty for a whole file; else the place of the agents in it and the agent's name there, as a JSON Pointer."""
    source_pointer: str = ""
    """The place of the agent in a source that holds several."""
    bytes_sha256: str = ""
    """Of the whole file's text as it was left, with LF for line ends; empty for an entry of a file that holds several."""
    blob: str = ""
    """Git's id of a text that gives the settled fields."""
    own: Mapping[str, str] = field(default_factory=dict)
    """By field path, the same of what the target's file says beside its agent, or in its place, and keeps."""
    losses: tuple[str, ...] = ()
    """Losses that were told: code, field, and a checksum of the detail, with colons between them."""
    created: bool = True
    """Whether the file was not there before us."""
    made: bool = False
    """Whether its source, as it stands, is what we wrote when that was a target: nobody's words but ours, if it becomes one again."""
    allows: str = ""
    """A checksum of what its source let the agent do when somebody agreed to more here; empty where nobody did."""

    @property
    def key(self) -> tuple[str, str]:
        """What tells an entry from every other one."""
        return self.path, self.pointer

    @property
    def agent(self) -> tuple[str, str]:
        """What tells an agent of the sources from every other one: never its id, which follows from the others."""
        return self.source, self.source_pointer

    @property
    def ours(self) -> tuple[str, ...]:
        """The files of it that we wrote: its source, too, where that may become a target's file again, and go."""
        return (self.path, self.source) if self.made else (self.path,)


@dataclass(frozen=True, slots=True)
class Lock:
    """Everything that is ours below one root. Sorted however it is made."""

    packs: tuple[LockedPack, ...] = ()
    entries: tuple[Entry, ...] = ()
    folders: tuple[str, ...] = ()
    """The folders that were not there before us."""
    synced: tuple[Synced, ...] = ()
    written_by: str = ""
    """The version of agentconv that synced last."""
    ir: int = 0
    """The version of the representation that the checksums of fields are of."""
    config_sha256: str = ""
    """Of the configuration that was synced with."""
    foreign: Foreign = field(default_factory=Foreign)
    """What it has of formats that are not here, which stays as it is."""

    @property
    def interrupted(self) -> bool:
        """Whether a run did not come to its end."""
        return any(entry.pending for entry in self.entries) or len({one.key for one in self.synced}) < len(self.synced)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to be remembered."""
        return not self.packs and not self.synced and self.foreign == Foreign()

    @property
    def deployed(self) -> tuple[LockedPack, ...]:
        """The packs that somebody made: what is kept in step of the project's own parts stands beside them as one, and is none."""
        return tuple(pack for pack in self.packs if pack.origin != OWN)

    def pack(self, name: str) -> LockedPack | None:
        """Return a pack by its name."""
        return next((pack for pack in self.packs if pack.name == name), None)


def read(path: Path, *, anywhere: bool = False) -> Lock | None:
    """Read a lock; None where there is none.

    Args:
        path: The lock's file.
        anywhere: Whether entries may lie outside of the clients' places in a project: in the user's own scope.

    Raises:
        InputError: It is no lock, one of a newer version, or one that leads out of the project.
    """
    found = Disk(path.parent).read(path.name)
    if isinstance(found, Blocked):
        message = f"no lock is read here: {found.reason}"
        raise InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, message, Span(path.as_posix()), "put the file itself in its place"))
    return None if found is None else load(found, path.as_posix(), anywhere=anywhere)


def load(data: bytes, place: str, *, anywhere: bool = False) -> Lock:
    """Read a lock's bytes; `place` is what to call the file in messages. Arguments and errors are those of `read`."""
    source = SourceText(place, data)
    document = _parsed(source)
    if not lock_check.fits(document):
        where, problem = lock_check.complaint(document)
        raise _wrong(_span(source, where), problem)
    if version := foreign.newer(document):
        raise _newer(source, ("written_by",), f"a lock of agentconv {version}, with formats that this one does not know")
    found = next(lock_check.contradictions(document, anywhere=anywhere), None)
    if found is not None:
        raise _wrong(_span(source, found[0]), found[1])
    document, apart = foreign.parted(document, lock_check.is_folder)
    return Lock(
        tuple(_pack(table) for table in document.get("packs", ())),
        tuple(_entry(table) for table in document.get("entries", ())),
        tuple(document.get("folders", ())),
        tuple(_synced(table) for table in document.get("synced", ())),
        document.get("written_by", ""),
        document.get("ir", 0),
        document.get("config_sha256", ""),
        apart,
    )


def _parsed(source: SourceText) -> dict[str, Any]:
    import tomli

    conflict = _CONFLICT.search(source.text)
    if conflict:
        hint = "take either side of it as a whole, and run `agentconv install` again: it finds out what is there"
        message = "two versions of the lock were merged, and are in conflict"
        raise InputError(Diagnostic(Code.SYNTAX, Severity.ERROR, message, source.span(conflict.start()), hint))
    try:
        document = tomli.loads(source.text)
    except tomli.TOMLDecodeError as error:
        raise _wrong(source.span(error.pos), f"not TOML: {error.msg[0].lower()}{error.msg[1:]}") from None
    except (RecursionError, ValueError) as error:
        raise _wrong(source.span(0), f"not read: {str(error) or 'nested too deep'}") from None
    version = document.get("version")
    if type(version) is int and version > VERSION:
        raise _newer(source, ("version",), f"a lock of format {version}; this agentconv reads formats up to {VERSION}")
    return document


def _newer(source: SourceText, where: Sequence[str | int], message: str) -> InputError:
    hint = "install a newer one: pip install --upgrade agentconv-toolkit"
    return InputError(Diagnostic(Code.NEWER_FORMAT, Severity.ERROR, message, _span(source, where), hint))


def _span(source: SourceText, where: Sequence[str | int]) -> Span:
    from agentconv.formats.canonical import toml_values

    return source.span(toml_values.locate(source.text, tuple(where)))


def _wrong(span: Span, message: str) -> InputError:
    hint = "take it from version control as it was, or delete it and run this again, which takes over what is there; nothing was written"
    return InputError(Diagnostic(Code.SCHEMA, Severity.ERROR, f"no valid lock: {message}", span, hint))


def _pack(table: dict[str, Any]) -> LockedPack:
    agents = tuple(LockedAgent(one["id"], one["name"], one["source_sha256"], one.get("version")) for one in table.get("agents", ()))
    said = table.get("accepted")
    grants = {agent: tuple(words) for agent, words in said.get("grants", {}).items()} if said else {}
    accepted = Accepted(said["version"], said["sha256"], grants) if said else None
    targets = {target: None if chosen == "all" else tuple(chosen) for target, chosen in table.get("targets", {}).items()}
    wheel, manifest = table.get("wheel_sha256"), table["manifest_sha256"]
    fates = {kind: {target: tuple(ids) for target, ids in found.items()} for kind, found in table.get("fates", {}).items()}
    return LockedPack(
        table["name"],
        table["version"],
        table["origin"],
        table.get("file"),
        manifest,
        wheel,
        targets,
        agents,
        accepted,
        tuple(table.get("kept", ())),
        Fates(**fates) if "fates" in table else None,
    )


def _entry(table: dict[str, Any]) -> Entry:
    words: dict[str, Any] = {key: tuple(value) if type(value) is list else value for key, value in table.items()}
    return Entry(**{"pointer": "", **words})


def _synced(table: dict[str, Any]) -> Synced:
    words: dict[str, Any] = {key: tuple(value) if type(value) is list else value for key, value in table.items()}
    return Synced(**words)


def dump(lock: Lock) -> bytes:
    """Return a lock as the bytes of its file: sorted, so that a change of one entry is one hunk."""
    import tomli_w

    apart, formats = lock.foreign, _formats(lock)
    has_parts = apart.has_parts or any(entry.part for entry in lock.entries)
    document: dict[str, Any] = {"version": VERSION if formats else 3 if has_parts else 2}
    if lock.synced or apart.synced:
        head = {"written_by": lock.written_by, "ir": lock.ir, "config_sha256": lock.config_sha256}
        document |= {key: value for key, value in head.items() if value}
    if formats:
        document["formats"] = formats
    if folders := {*lock.folders, *apart.folders}:
        document["folders"] = sorted(folders)
    if packs := foreign.packs_with(map(_pack_table, lock.packs), apart):
        document["packs"] = packs
    if entries := [*map(_entry_table, lock.entries), *apart.entries]:
        document["entries"] = sorted(entries, key=lambda one: (one["path"], one.get("pointer", "")))
    if synced := [*map(_synced_table, lock.synced), *apart.synced]:
        document["synced"] = sorted(synced, key=_synced_order)
    return (_HEADING + tomli_w.dumps(document)).encode()


def _synced_order(one: Mapping[str, Any]) -> tuple[str, ...]:
    return one["target"], one["path"], *(one.get(key, "") for key in ("pointer", "blob", "bytes_sha256"))


def _formats(lock: Lock) -> dict[str, str]:
    """Return by format the distribution that brings it, of those that are not our own: who lacks one is told which."""
    rows = registry.FORMATS
    named = (
        {one.target for one in lock.entries}
        | {one.target for one in lock.synced}
        | {target for pack in lock.packs for target in pack.targets}
    )
    found = {target: rows[target].distribution.partition(" ")[0] for target in named if target in rows and rows[target].distribution}
    return dict(sorted({**lock.foreign.formats, **found}.items()))


def _synced_table(one: Synced) -> dict[str, Any]:
    return {
        "path": one.path,
        **({"pointer": one.pointer} if one.pointer else {}),
        "target": one.target,
        "source": one.source,
        **({"source_pointer": one.source_pointer} if one.source_pointer else {}),
        "name": one.name,
        "source_sha256": one.source_sha256,
        **({"bytes_sha256": one.bytes_sha256} if one.bytes_sha256 else {}),
        **({"blob": one.blob} if one.blob else {}),
        "fields": dict(sorted(one.fields.items())),
        **({"own": dict(sorted(one.own.items()))} if one.own else {}),
        **({"losses": list(one.losses)} if one.losses else {}),
        **({} if one.created else {"created": False}),
        **({"made": True} if one.made else {}),
        **({"allows": one.allows} if one.allows else {}),
    }


def _pack_table(pack: LockedPack) -> dict[str, Any]:
    targets = {target: "all" if chosen is None else sorted(chosen) for target, chosen in sorted(pack.targets.items())}
    return {
        "name": pack.name,
        "version": pack.version,
        "origin": pack.origin,
        **({"file": pack.file} if pack.file else {}),
        "manifest_sha256": pack.manifest_sha256,
        **({"wheel_sha256": pack.wheel_sha256} if pack.wheel_sha256 else {}),
        **({"targets": targets} if targets else {}),
        **({"kept": sorted(pack.kept)} if pack.kept else {}),
        **({"accepted": _accepted_table(pack.accepted)} if pack.accepted else {}),
        **({"fates": _fates_table(pack.fates)} if pack.fates is not None else {}),
        **({"agents": [_agent_table(agent) for agent in sorted(pack.agents, key=lambda agent: agent.id)]} if pack.agents else {}),
    }


def _accepted_table(accepted: Accepted) -> dict[str, Any]:
    grants = {agent: list(words) for agent, words in sorted(accepted.grants.items())}
    return {"version": accepted.version, "sha256": accepted.sha256, **({"grants": grants} if grants else {})}


def _fates_table(fates: Fates) -> dict[str, Any]:
    found = {"refused": fates.refused, "away": fates.away, "unheld": fates.unheld, "taken": fates.taken, "opened": fates.opened}
    return {kind: {target: sorted(ids) for target, ids in sorted(several.items())} for kind, several in found.items() if several}


def _agent_table(agent: LockedAgent) -> dict[str, Any]:
    version = {"version": agent.version} if agent.version else {}
    return {"id": agent.id, "name": agent.name, **version, "source_sha256": agent.source_sha256}


def _entry_table(entry: Entry) -> dict[str, Any]:
    return {
        "path": entry.path,
        **({"pointer": entry.pointer} if entry.pointer else {}),
        "target": entry.target,
        "agent": entry.agent,
        **({"part": entry.part} if entry.part else {}),
        "packs": sorted(entry.packs),
        "source_sha256": entry.source_sha256,
        "deployed_sha256": entry.deployed_sha256,
        **({"pending_sha256": entry.pending_sha256} if entry.pending_sha256 else {}),
        **({"losses": list(entry.losses)} if entry.losses else {}),
        **({"beside": entry.beside, "beside_sha256": entry.beside_sha256} if entry.beside else {}),
        **({"beside_pending_sha256": entry.beside_pending_sha256} if entry.beside_pending_sha256 else {}),
        **({} if entry.created else {"created": False}),
        **({"among": True} if entry.among else {}),
        **({"came": list(entry.came)} if entry.came else {}),
        **({"undo": list(entry.undo)} if entry.undo else {}),
        **({"restated": True} if entry.restated else {}),
        **({"executable": True} if entry.executable else {}),
    }
