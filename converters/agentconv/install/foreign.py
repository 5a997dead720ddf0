"""What a lock has of formats that are not here: kept word for word, and nobody's files touched for it.

Who lacks the distribution of a format, or has one that is broken for a moment, still shares the lock with those who have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Table = Mapping[str, Any]

_SEVERAL = ("entries", "synced")
_PACK = ("name", "version", "origin", "file", "manifest_sha256", "wheel_sha256", "targets", "kept", "accepted", "fates", "agents")
"""The keys of a pack in the order in which they are written."""
_BY_TARGET = ("refused", "away", "unheld", "taken", "opened")


@dataclass(frozen=True, slots=True)
class Foreign:
    """The tables of a lock that are about formats that are not here, as they stand there."""

    entries: tuple[Table, ...] = ()
    synced: tuple[Table, ...] = ()
    folders: tuple[str, ...] = ()
    packs: tuple[Table, ...] = ()
    """Whole, of which what is about other formats counts only until it is said anew."""
    formats: Mapping[str, str] = field(default_factory=dict)
    """By format the distribution that brings it, as far as the lock says it."""

    @property
    def names(self) -> tuple[str, ...]:
        """The formats, those included that only a pack names."""
        named = {one["target"] for one in (*self.entries, *self.synced)}
        named |= {target for pack in self.packs for target in pack.get("targets", ()) if not _is_here(target)}
        return tuple(sorted(named))

    @property
    def has_parts(self) -> bool:
        """Whether parts are among them."""
        return any("part" in one for one in self.entries)


def _is_here(target: str) -> bool:
    return target in registry.FORMATS and registry.is_loadable(target)


def named(document: Table) -> set[str]:
    """Return the formats that a lock's document names, and that are not here."""
    targets = {one["target"] for name in _SEVERAL for one in document.get(name, ())}
    targets |= {target for pack in document.get("packs", ()) for target in pack.get("targets", ())}
    return {target for target in targets if not _is_here(target)}


def newer(document: Table) -> str | None:
    """Return the version that wrote a lock, where that is a later one, and names a format that no other distribution is said to bring."""
    from packaging.version import InvalidVersion, Version

    from agentconv import __version__

    said = document.get("written_by")
    if said is None or not named(document) - registry.BROKEN.keys() - document.get("formats", {}).keys():
        return None
    try:
        return said if Version(said) > Version(__version__) else None
    except InvalidVersion:
        return None


def parted(document: dict[str, Any], is_folder: Callable[[str], bool]) -> tuple[dict[str, Any], Foreign]:
    """Return a lock's document without what is of formats that are not here, and that; they are told by every command.

    Args:
        document: What the lock says.
        is_folder: Whether a folder is one that formats that are here have.
    """
    gone = named(document)
    if not gone:
        return document, Foreign()
    apart = {name: [one for one in document.get(name, ()) if one["target"] in gone] for name in _SEVERAL}
    packed = {name for one in apart["entries"] for name in one["packs"]}
    packs = [pack for pack in document.get("packs", ()) if pack["name"] in packed or gone & pack.get("targets", {}).keys()]
    formats = {target: by for target, by in document.get("formats", {}).items() if target in gone}
    for target in sorted(gone):
        registry.BROKEN.setdefault(target, _told(target, formats.get(target)))
    rest = {name: [one for one in document.get(name, ()) if one not in apart[name]] for name in _SEVERAL}
    scripts = [one["path"] for one in rest["entries"]]  # whose folders may be any of the project's
    folders = [one for one in document.get("folders", ()) if not is_folder(one) and not any(path.startswith(f"{one}/") for path in scripts)]
    used = {name for one in rest["entries"] for name in one["packs"]}
    kept = [left for pack in document.get("packs", ()) if (left := _without(pack, gone, used)) is not None]
    rest |= {"packs": kept, "folders": [one for one in document.get("folders", ()) if one not in folders]}
    return {**document, **rest}, Foreign(tuple(apart["entries"]), tuple(apart["synced"]), tuple(folders), tuple(packs), formats)


def _without(pack: Table, gone: set[str], used: set[str]) -> dict[str, Any] | None:
    """Return a pack as it is for the formats that are here; None where it is for none of them."""
    targets = pack.get("targets", {})
    left = {target: chosen for target, chosen in targets.items() if target not in gone}
    if pack["name"] not in used and not left and targets:
        return None
    fates = {kind: {target: ids for target, ids in found.items() if target not in gone} for kind, found in pack.get("fates", {}).items()}
    return {**pack, **({"targets": left} if targets else {}), **({"fates": fates} if "fates" in pack else {})}


def _told(target: str, distribution: str | None) -> Diagnostic:
    if distribution:
        message = f"`{target}` is a format of {distribution}, which is not installed: what agentconv.lock has of it stays as it is"
        hint = f"pip install {distribution}; everything else works without it"
    else:
        message = f"there is no format `{target}` here: what agentconv.lock has of it stays as it is"
        hint = "install the distribution that brings it, or a newer agentconv; everything else works without it"
    return Diagnostic(Code.EXTENSION, Severity.WARNING, message, hint=hint)


def packs_with(packs: Iterable[dict[str, Any]], foreign: Foreign) -> list[dict[str, Any]]:
    """Return the tables of packs with what formats that are not here have of them: a pack of those alone stays what it was."""
    found = {pack["name"]: pack for pack in packs}
    gone = set(foreign.names)
    for kept in foreign.packs:
        targets = {target: chosen for target, chosen in kept.get("targets", {}).items() if target in gone}
        pack = found.get(kept["name"])
        if pack is None:
            fates = {kind: _only(ids, gone) for kind, ids in kept.get("fates", {}).items() if _only(ids, gone)}
            pack = {**kept, **({"targets": targets} if targets else {}), **({"fates": fates} if "fates" in kept else {})}
        else:
            pack = _joined(pack, kept, targets, gone)
        found[kept["name"]] = pack
    return [found[name] for name in sorted(found)]


def _only(ids: Table, gone: set[str]) -> dict[str, Any]:
    return {target: several for target, several in ids.items() if target in gone}


def _joined(pack: dict[str, Any], kept: Table, targets: dict[str, Any], gone: set[str]) -> dict[str, Any]:
    """Return what is said of a pack now, with what was said of it for formats that are not here."""
    joined = dict(pack)
    if targets:
        joined["targets"] = dict(sorted({**pack.get("targets", {}), **targets}.items()))
    if "fates" in kept and "fates" in pack:
        both = {kind: {**pack["fates"].get(kind, {}), **_only(kept["fates"].get(kind, {}), gone)} for kind in _BY_TARGET}
        joined["fates"] = {kind: dict(sorted(ids.items())) for kind, ids in both.items() if ids}
    return {key: joined[key] for key in _PACK if key in joined}


def united(several: Iterable[Foreign]) -> Foreign:
    """Return what any of several locks has."""
    sides = list(several)
    return Foreign(
        tuple({repr(one): one for side in sides for one in side.entries}.values()),
        tuple({repr(one): one for side in sides for one in side.synced}.values()),
        tuple(sorted({folder for side in sides for folder in side.folders})),
        tuple({one["name"]: one for side in reversed(sides) for one in side.packs}.values()),
        {target: by for side in reversed(sides) for target, by in side.formats.items()},
    )
