"""Skills, commands, servers and permissions as plain values and back.

In a text, what is filled in is a map of one key; a server's definition stands beside what else is known of it.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from agentconv.core import dataclass as dataclasses
from agentconv.core.ir import Hook, McpServer, Model, Origin, Rule, Sandbox, ToolGrant
from agentconv.core.meant import Pattern
from agentconv.core.parts import (
    AllArguments,
    Argument,
    Body,
    Command,
    FileText,
    FolderFile,
    ForeignPlaceholder,
    Instruction,
    NamedArgument,
    OwnFolder,
    PermissionSet,
    Server,
    SetHook,
    ShellOutput,
    Skill,
    kind_of,
)
from agentconv.formats.canonical import documents

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconv.core.ir import Json
    from agentconv.core.parts import BodyPart, Part

_CLASSES: dict[str, type[Part]] = {
    "skills": Skill,
    "commands": Command,
    "servers": Server,
    "hooks": SetHook,
    "permissions": PermissionSet,
    "instructions": Instruction,
}
_DEFINITIONS: dict[str, Any] = {"servers": McpServer, "hooks": Hook}
"""What a part of a kind is the definition of, whose fields stand beside its own."""
_LISTS: dict[str, Any] = {"approved_tools": ToolGrant, "denied_tools": ToolGrant, "hooks": Hook, "rules": Rule}
_VALUES: dict[str, Any] = {"model": Model, "origin": Origin, "sandbox": Sandbox}
_TUPLES = frozenset({"arguments", "paths", "unasked_tools", "folders"})


def plain(part: Part) -> dict[str, Json]:
    """Return a part as a plain map, without what is absent."""
    found = documents.plain(part, without=("body", "files", "definition"))
    if isinstance(part, (Server, SetHook)):
        found |= documents.plain(part.definition)
    elif isinstance(part, (Skill, Command, Instruction)) and part.body is not None:
        found["body"] = _plain_body(part.body)
    if isinstance(part, (Skill, SetHook)) and part.files:
        found["files"] = [_plain_file(file) for file in part.files]
    within = _defined(kind_of(part))
    order = [name for field in dataclasses.fields(part) for name in (within if field.name == "definition" else (field.name,))]
    return {name: found[name] for name in order if name in found}


def build(kind: str, data: dict[str, Any], *, spoken: bool = False) -> Part:
    """Return the part that a valid map stands for."""
    within = _defined(kind)
    values = {key: _built_value(key, item) for key, item in data.items() if key not in within}
    if within:
        definition = {key: item for key, item in data.items() if key in within}
        values["definition"] = documents.build(_DEFINITIONS[kind], definition, spoken=spoken)
    return _CLASSES[kind](**values)


def _defined(kind: str) -> tuple[str, ...]:
    """Return the fields of what a part of a kind is the definition of."""
    return tuple(field.name for field in dataclasses.fields(_DEFINITIONS[kind])) if kind in _DEFINITIONS else ()


def _built_value(key: str, item: Any) -> Any:
    if key == "body":
        return _built_body(item)
    if key == "files":
        return tuple(map(_built_file, item))
    if key in _LISTS:
        return tuple(documents.build(_LISTS[key], one) for one in item)
    if key in _VALUES:
        return documents.build(_VALUES[key], item)
    if key == "paths" and any(isinstance(one, dict) for one in item):
        return tuple(Pattern(one["pattern"], one.get("language")) for one in item)
    return tuple(item) if key in _TUPLES else item


def _plain_body(body: Body) -> dict[str, Json]:
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


def _built_body(data: dict[str, Any]) -> Body:
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


def _plain_file(file: FolderFile) -> dict[str, Json]:
    """Return a file as a plain map: as text where it is UTF-8."""
    found: dict[str, Json] = {"path": file.path, **({"executable": True} if file.executable else {}), "sha256": file.sha256}
    try:
        return {**found, "text": file.data.decode("utf-8")}
    except UnicodeDecodeError:
        return {**found, "base64": base64.b64encode(file.data).decode("ascii")}


def _built_file(data: dict[str, Any]) -> FolderFile:
    """Return the file that a valid map stands for; what was edited counts, whatever the checksum says."""
    content = base64.b64decode(data["base64"]) if "base64" in data else data["text"].encode("utf-8")
    return FolderFile(data["path"], content, data.get("executable", False))
