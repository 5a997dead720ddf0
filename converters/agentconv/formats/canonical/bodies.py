"""The texts of skills and commands, and the files beside a skill, as plain values and back: what is filled in is a map of one kind."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from agentconv.core.parts import (
    AllArguments,
    Argument,
    Body,
    FileText,
    FolderFile,
    ForeignPlaceholder,
    NamedArgument,
    OwnFolder,
    ShellOutput,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agentconv.core.ir import Json
    from agentconv.core.parts import BodyPart


def plain(body: Body) -> dict[str, Json]:
    """Return a text as a plain map."""
    return {"parts": _parts(body.parts), **({} if body.appended else {"appended": False})}


def _parts(parts: Iterable[BodyPart]) -> list[Json]:
    return [part if isinstance(part, str) else _part(part) for part in parts]


def _part(part: BodyPart) -> dict[str, Json]:
    match part:
        case Argument(index, rest):
            return {"argument": index, **({"rest": True} if rest else {})}
        case NamedArgument(name, hint):
            return {"named": name, **({} if hint is None else {"hint": hint})}
        case AllArguments():
            return {"all_arguments": True}
        case ShellOutput(command, block):
            return {"shell": _parts(command), **({"block": True} if block else {})}
        case FileText(path):
            return {"file": _parts(path)}
        case OwnFolder():
            return {"own_folder": True}
        case ForeignPlaceholder(text, language):
            return {"foreign": text, "language": language}
    raise TypeError(type(part))


def build(data: dict[str, Any]) -> Body:
    """Return the text that a valid map stands for."""
    return Body(tuple(map(_built, data["parts"])), data.get("appended", True))


def _built(data: Any) -> BodyPart:
    if isinstance(data, str):
        return data
    if "argument" in data:
        return Argument(data["argument"], data.get("rest", False))
    if "named" in data:
        return NamedArgument(data["named"], data.get("hint"))
    if "shell" in data:
        return ShellOutput(tuple(map(_built, data["shell"])), data.get("block", False))
    if "file" in data:
        return FileText(tuple(map(_built, data["file"])))
    if "foreign" in data:
        return ForeignPlaceholder(data["foreign"], data["language"])
    return OwnFolder() if "own_folder" in data else AllArguments()


def plain_file(file: FolderFile) -> dict[str, Json]:
    """Return a file as a plain map: as text where it is UTF-8."""
    found: dict[str, Json] = {"path": file.path, **({"executable": True} if file.executable else {}), "sha256": file.sha256}
    try:
        return {**found, "text": file.data.decode("utf-8")}
    except UnicodeDecodeError:
        return {**found, "base64": base64.b64encode(file.data).decode("ascii")}


def build_file(data: dict[str, Any]) -> FolderFile:
    """Return the file that a valid map stands for; what was edited counts, whatever the checksum says."""
    content = base64.b64decode(data["base64"]) if "base64" in data else data["text"].encode("utf-8")
    return FolderFile(data["path"], content, data.get("executable", False))


BUILDERS: dict[type, Callable[[Any], Any]] = {Body: build, FolderFile: build_file}
