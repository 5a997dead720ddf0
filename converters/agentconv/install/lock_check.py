"""Whether a lock's document is what its schema says, quickly; and what a schema cannot say: that it leads nowhere else."""

from __future__ import annotations

import re
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from agentconv.core import schema_files
from agentconv.core.expressions import expression
from agentconv.core.kinds import KINDS
from agentconv.formats import registry
from agentconv.install import foreign
from agentconv.install.besides import BESIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Test = Callable[[Any], object]

_SHA256 = expression("[0-9a-f]{64}")
_STATE = expression("[0-9a-f]{64}|absent")
_DIGEST = expression(r"[0-9a-f]{16}|[*?]")
_BLOB = expression("[0-9a-f]{40}|[0-9a-f]{64}")
_NOT_PORTABLE = expression(r"[\x00-\x1f\x7f\\]")


def _text(value: Any) -> bool:
    return type(value) is str


def _word(value: Any) -> bool:
    return type(value) is str and value != ""


def _words(value: Any) -> bool:
    return type(value) is list and all(map(_word, value))


def _texts(value: Any) -> bool:
    return type(value) is list and all(map(_text, value))


def _sha256(value: Any) -> object:
    return type(value) is str and _SHA256.fullmatch(value)


def _state(value: Any) -> object:
    return type(value) is str and _STATE.fullmatch(value)


def _digests(value: Any) -> bool:
    return type(value) is dict and all(type(one) is str and _DIGEST.fullmatch(one) for one in value.values())


def _targets(value: Any) -> bool:
    return type(value) is dict and all(chosen == "all" or _texts(chosen) for chosen in value.values())


_ACCEPTED: Mapping[str, Test] = {
    "version": _word,
    "sha256": _sha256,
    "grants": lambda value: type(value) is dict and all(map(_words, value.values())),
}
_FATES: Mapping[str, Test] = dict.fromkeys(
    ("refused", "away", "unheld", "taken", "opened"), lambda value: type(value) is dict and all(map(_words, value.values()))
)
_AGENT: Mapping[str, Test] = {
    "id": _word,
    "name": _text,
    "source_sha256": _sha256,
    "version": _word,
    "grants": lambda value: type(value) is dict,
}
_PACK: Mapping[str, Test] = {
    "name": _word,
    "version": _word,
    "origin": lambda value: value in ("pip", "wheel", "folder", "source"),
    "manifest_sha256": _sha256,
    "file": _word,
    "wheel_sha256": _sha256,
    "targets": _targets,
    "kept": _words,
    "agents": lambda value: _tables(value, _AGENT, 3),
    "accepted": lambda value: _fits(value, _ACCEPTED, 2),
    "fates": lambda value: _fits(value, _FATES, 0),
}
_ENTRY: Mapping[str, Test] = {
    "path": _word,
    "target": _word,
    "agent": _word,
    "packs": lambda value: _words(value) and value,
    "source_sha256": _sha256,
    "deployed_sha256": _state,
    "pointer": lambda value: _text(value) and value.startswith("/"),
    "pending_sha256": _state,
    "losses": _texts,
    "beside": _word,
    "beside_sha256": _state,
    "beside_pending_sha256": _state,
    "created": lambda value: value is False,
    "among": lambda value: value is True,
    "came": _words,
    "restated": lambda value: value is True,
    "undo": lambda value: _texts(value) and len(value) == 2,
    "part": lambda value: value in KINDS,
    "executable": lambda value: value is True,
}
_SYNCED: Mapping[str, Test] = {
    "path": _word,
    "target": _word,
    "source": _word,
    "name": _word,
    "source_sha256": _sha256,
    "fields": _digests,
    "pointer": lambda value: _text(value) and value.startswith("/"),
    "source_pointer": lambda value: _text(value) and value.startswith("/"),
    "bytes_sha256": _sha256,
    "blob": lambda value: type(value) is str and _BLOB.fullmatch(value),
    "own": _digests,
    "losses": _texts,
    "created": lambda value: value is False,
    "made": lambda value: value is True,
    "allows": lambda value: type(value) is str and _DIGEST.fullmatch(value),
}
_LOCK: Mapping[str, Test] = {
    "version": lambda value: type(value) is int and value in (1, 2, 3, 4),
    "written_by": _word,
    "ir": lambda value: type(value) is int and value > 0,
    "config_sha256": _sha256,
    "formats": lambda value: type(value) is dict and all(map(_word, value.values())),
    "synced": lambda value: _tables(value, _SYNCED, 6),
    "folders": _words,
    "packs": lambda value: _tables(value, _PACK, 4),
    "entries": lambda value: _tables(value, _ENTRY, 6) and all(map(_whole_beside, value)),
}


def _tables(value: Any, rows: Mapping[str, Test], required: int) -> bool:
    return type(value) is list and all(_fits(table, rows, required) for table in value)


def _fits(table: Any, rows: Mapping[str, Test], required: int) -> bool:
    """Whether a table has the first rows, and no others but those given."""
    if type(table) is not dict or not all(key in table for key in list(rows)[:required]):
        return False
    return all(key in rows and rows[key](value) for key, value in table.items())


def _whole_beside(entry: dict[str, Any]) -> bool:
    return ("beside" in entry) == ("beside_sha256" in entry) and ("beside" in entry or "beside_pending_sha256" not in entry)


def fits(document: dict[str, Any]) -> bool:
    """Whether a document is what `schemas/lock.schema.json` says, without the time that a validator takes."""
    return _fits(document, _LOCK, 1)


def complaint(document: dict[str, Any]) -> tuple[Sequence[str | int], str]:
    """Say where and how a document breaks the schema."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(schema_files.load("lock")).iter_errors(document))
    if error is None:
        return (), "it does not follow its schema"
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path).lstrip(".")
    return tuple(error.absolute_path), f"{where or 'the document'}: {error.message[:120]}"


def contradictions(document: dict[str, Any], *, anywhere: bool) -> Iterator[tuple[Sequence[str | int], str]]:
    """Yield what a schema cannot say, and where: unsafe paths, what is given twice, references to nothing."""
    names = [pack["name"] for pack in document.get("packs", ())]
    if len(set(names)) < len(names):
        yield ("packs",), "a pack is given twice"
    keys: set[tuple[str, str]] = set()
    around: set[str] = set()
    """The folders that scripts are in, which may be any of the project's."""
    for number, entry in enumerate(document.get("entries", ())):
        path, key = entry["path"], (entry["path"], entry.get("pointer", ""))
        part = entry.get("part", "")
        script = part == "hooks" and "pointer" not in entry  # wherever in the project it is: it goes only with the pack's bytes for a proof
        reason = _leads_out(path, anywhere=anywhere) if script else _unsafe(path, entry["target"], part, anywhere=anywhere)
        reason = reason or _unsafe_beside(path, entry.get("beside"))
        if script and reason is None:
            around.update(parent.as_posix() for parent in PurePosixPath(path).parents)
        if reason is None and key in keys:
            reason = "is given twice"
        if reason is None and not set(entry["packs"]) <= set(names):
            reason = f"belongs to `{next(name for name in entry['packs'] if name not in names)}`, which is not in it"
        keys.add(key)
        if reason is not None:
            yield ("entries", number), f"`{path}` {reason}"
    for number, one in enumerate(document.get("synced", ())):
        reason = _unsafe(one["path"], one["target"], "", anywhere=anywhere, deep=True)
        if reason is None and (one["path"], one.get("pointer", "")) in keys:
            reason = "belongs to a pack, and is synced too"
        source = _leads_out(one["source"], anywhere=anywhere)
        if reason is not None or source is not None:
            yield ("synced", number), f"`{one['path']}` {reason}" if reason else f"`{one['source']}` {source}"
    unknown = any(not registry.is_known(target) for target in foreign.named(document))  # whose folders are not known either
    for folder in document.get("folders", ()):
        reason = _leads_out(folder, anywhere=anywhere)
        if reason is not None or not (anywhere or unknown or folder in around or is_folder(folder)):
            yield ("folders",), f"`{folder}` {reason or 'is no folder of an assistant'}"


def _leads_out(path: str, *, anywhere: bool) -> str | None:
    if _NOT_PORTABLE.search(path):
        return "is no portable path"
    absolute = path.startswith("/") or path[1:2] == ":"
    if absolute and not anywhere:
        return "is an absolute path"
    parts = path.removeprefix("/").split("/")
    return "leads out of the project" if "" in parts or "." in parts or ".." in parts else None


def _unsafe(path: str, target: str, part: str, *, anywhere: bool, deep: bool = False) -> str | None:
    """Say why a path is none of ours; `deep`: whether it may be in any folder below, where people move what is theirs."""
    reason = _leads_out(path, anywhere=anywhere)
    row = registry.FORMATS.get(target)
    if reason is not None or anywhere:
        return reason
    if row is None:
        return None  # of a format that is not here: it is kept, and nothing is done there
    if part:
        from agentconv.install import part_places

        return None if part_places.is_place(target, part, path) else f"is no place where {row.title} has {part}"
    folder, _, stem = path.removesuffix(row.end(path)).rpartition("/")
    below = any(f"{folder}/".startswith(f"{one}/") for one in row.folders) if deep else folder in row.folders
    inside = below and stem and path.endswith(row.suffixes) if folder else path in row.files
    return None if inside else f"is no place where {row.title} has agents"


def _unsafe_beside(path: str, beside: str | None) -> str | None:
    if beside is None or (beside.startswith(path) and re.fullmatch(rf"{re.escape(BESIDE)}(?:-[0-9]+)?", beside[len(path) :])):
        return None
    return f"has `{beside}`, which is not beside it"


def is_folder(folder: str) -> bool:
    """Whether a folder is one that assistants have, or that such are in."""
    if folder in _folders() or any(folder.rpartition("/")[0] in row.folders for row in registry.FORMATS.values() if row.in_folders):
        return True
    from agentconv.install import part_places

    return any(part_places.is_folder(client, folder) for client in registry.CLIENTS)


@cache
def _folders() -> frozenset[str]:
    """Return the folders of all clients, and those that they are in."""
    found = [folder.split("/") for row in registry.FORMATS.values() for folder in row.folders]
    return frozenset("/".join(parts[:count]) for parts in found for count in range(1, len(parts) + 1))
