"""The other parts that a client has beside agents: each kind that a distribution brings is held to its schema, its files and the laws.

A check yields what does not hold of one kind; the sentence that its first line is says what must.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv import api
from agentconv.conversion import part_law
from agentconv.core import extensions, schema_files, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.ir import AgentSet, Hook, McpServer, Model, Rule, ToolGrant
from agentconv.core.meant import Pattern
from agentconv.core.part_format import PartSource, difference, value_of
from agentconv.core.parts import (
    AllArguments,
    Argument,
    Body,
    Command,
    FolderFile,
    Instruction,
    PermissionSet,
    Server,
    SetHook,
    ShellOutput,
    Skill,
)
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.parts import registry as of_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from agentconv.core.ir import Json
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartFormat, Place, WrittenFile
    from agentconv.core.parts import Part
    from agentconv.disk.output import OutputFile

_TEXT = Body(("Look at what changed — all of it.\n\n--- and a line: with a colon # and a hash",))
_READ, _SHELL = ToolGrant("Read", "claude-code", "fs.read"), ToolGrant("Bash", "claude-code", "shell")
_GUARD: tuple[Json, ...] = ({"type": "command", "command": "exit 2"},)
_RULE = Rule("deny", "Bash", "claude-code", "shell", Pattern("rm *", "glob"))
ELSEWHERE: dict[Kind, tuple[Part, ...]] = {
    "skills": (
        Skill("one", "one", "Looks: at changes", _TEXT),
        Skill("two", "two", "Looks at changes", _TEXT, invoked_by="user", denied_tools=(_SHELL,), approved_tools=(_READ,)),
        Skill("four", "four", "Looks at changes", _TEXT, invoked_by="user"),
        Skill("five", "five", "Looks at changes", _TEXT, approved_tools=(_READ,)),
        Skill("three", "three", "Looks at changes", _TEXT, license="MIT", metadata={"a": "b"}, files=(FolderFile("a.txt", b"\xff"),)),
    ),
    "commands": (
        Command("one", "one", "Looks: at changes", _TEXT),
        Command("two", "git/two", None, Body(("Look at ", AllArguments(), "."))),
        Command("three", "three", "Looks", Body((Argument(0), " and ", Argument(1, rest=True))), argument_hint="[one] [two]"),
        Command(
            "four", "four", "Looks", Body((ShellOutput(("git diff",)), " is what changed.")), invoked_by="user", denied_tools=(_SHELL,)
        ),
        Command("five", "five", "Looks", _TEXT, model=Model("id", "gpt-6.1-sol"), approved_tools=(_READ,), agent="one", isolated=True),
        Command("six", "six", "Looks", _TEXT, model=Model("id", "gpt-6.1-sol")),
        Command("seven", "seven", "Looks", _TEXT, agent="one"),
        Command("eight", "eight", "Looks", _TEXT, approved_tools=(_READ,)),
        Command("nine", "nine", "Looks", _TEXT, invoked_by="user"),
    ),
    "servers": (
        Server("one", McpServer("one", "stdio", "run", ("--fast", "a b"), {"A": "b"})),
        Server("two", McpServer("two", "http", url="https://example.com/mcp", headers={"X-Team": "a"})),
        Server("three", McpServer("three", "stdio", "run", disabled_tools=("drop",)), trusted=True),
        Server("four", McpServer("four", "stdio", "run", cwd="here", enabled=False), timeout_seconds=5.0),
        Server("five", McpServer("five", "stdio", "run", cwd="here")),
        Server("six", McpServer("six", "stdio", "run"), timeout_seconds=5.0),
    ),
    "hooks": (
        SetHook("one", definition=Hook("PreToolUse", "claude-code", "before-tool", "Bash", _GUARD)),
        SetHook("two", definition=Hook("SessionStart", "claude-code", "session-start", None, _GUARD)),
    ),
    "permissions": (PermissionSet("one", rules=(_RULE, Rule("allow", "Read", "claude-code", "fs.read"))),),
    "instructions": (
        Instruction("one", "one", None, _TEXT, "always", main=True),
        Instruction("two", "two", "Of Python", _TEXT, "scoped", (Pattern("**/*.py", "glob"),)),
    ),
}
"""Parts as other clients have them: several with one field alone, so that no other one is what a client refuses them for."""


def kinds(format_id: str) -> tuple[Kind, ...]:
    """Return the kinds of parts that a distribution brings with a format."""
    return tuple(kind for name, kind in extensions.parts() if name == format_id)


def it_is_there(format_id: str, kind: Kind, _folder: Path | None) -> Iterator[str]:
    """Its module is what its entry point says, its schema lies beside the format's, and there is a place where its files are."""
    module = of_parts.part_format(format_id, kind)
    if module is None:
        yield extensions.BROKEN_PARTS[format_id, kind].message
    elif not (*module.project, *module.user):
        yield "it has no place: neither `project` nor `user` names one"
    elif kind == "hooks" and "hooks" not in vocabulary.tables(format_id):
        yield f"no hook is ever written: {format_id}.toml has no table `[hooks]`, which says what of them runs (`agentconv schema words`)"


def fixtures_come_back(format_id: str, kind: Kind, folder: Path | None) -> Iterator[str]:
    """Each fixture loads, and has its bytes when it is written back; each of its parts is the same when it is written anew."""
    if folder is None:
        return
    found = [*_fixtures(format_id, kind, folder)]
    if not found:
        yield f"there is no fixture: put files as they lie in `{_place(format_id, kind).path}` into {(folder / kind).as_posix()}"
    for source in found:
        module, read = _module(format_id, kind), _module(format_id, kind).read(source)
        if not read.parts or any(state.dropped for state in read.states):
            yield f"{source.text.path} does not load: {'; '.join(one.message for one in read.diagnostics) or 'there is nothing in it'}"
        elif [*_bytes(module.write(read.parts, source.text.path, source))] != [source.text.data, *(one.data for one in source.files)]:
            yield f"{source.text.path} does not come back"
        for part in read.parts:
            path = module.path(part, source.place)
            (again,) = module.read(part_law.as_source(module.write((part,), path, None), source.place, kind)).parts or (None,)
            if again is None or (unlike := difference(part, again)):
                yield f"{source.text.path} is not the same when it is written anew: {', '.join(unlike) if again else 'nothing loads'}"


def fixtures_say_each_field(format_id: str, kind: Kind, folder: Path | None) -> Iterator[str]:
    """Each field that a key of the schema becomes is said by some fixture, so that it is seen to be read and written."""
    if folder is None:
        return
    parts = [part for source in _fixtures(format_id, kind, folder) for part in _module(format_id, kind).read(source).parts]
    for key, path in _fields(format_id, kind).items():
        if not any(_says(part, path) for part in parts):
            yield f"`{key}`: no fixture says {path}, which the schema has for it"


def parts_of_others_are_written(format_id: str, kind: Kind, _folder: Path | None) -> Iterator[str]:
    """A part of another client is written as the law wants it, or refused; what the schema has a key for is kept of one of them."""
    kept: set[str] = set()
    for part in ELSEWHERE[kind]:
        written = api.write(AgentSet(**{kind: (part,)}), format_id, with_="all")  # type: ignore[arg-type]
        yield from (f"{part.id}: {one.message}" for one in written.diagnostics if one.is_bug)
        if not written.files and not written.losses and not written.diagnostics:
            yield f"{part.id}: it is not written, and nothing says why"
        for again in _read_again(format_id, kind, written.files):
            kept |= {path for path in _fields(format_id, kind).values() if _says(part, path) and _says(again, path)}
    for key, path in _fields(format_id, kind).items():
        if path not in kept and any(_says(part, path) for part in ELSEWHERE[kind]):
            yield f"`{key}`: the schema has {path} for it, and `to_project` keeps it of no part from elsewhere"


def parts_go_to_others(format_id: str, kind: Kind, folder: Path | None) -> Iterator[str]:
    """A part of a fixture is written for every other client as the law wants it, or refused."""
    for source in _fixtures(format_id, kind, folder) if folder else ():
        parts = tuple(replace(part, id=f"one{number}") for number, part in enumerate(_module(format_id, kind).read(source).parts))
        for client in registry.READERS:
            written = api.write(AgentSet(**{kind: parts}), client, with_="all")  # type: ignore[arg-type]
            yield from (f"{source.text.path} to {client}: {one.message}" for one in written.diagnostics if one.is_bug)


def _module(format_id: str, kind: Kind) -> PartFormat[Any]:
    module = of_parts.part_format(format_id, kind)
    if module is None:
        raise AssertionError(extensions.BROKEN_PARTS[format_id, kind].message)
    return module


def _place(format_id: str, kind: Kind) -> Place:
    module = _module(format_id, kind)
    return (*module.project, *module.user)[0]


def _fixtures(format_id: str, kind: Kind, folder: Path) -> Iterator[PartSource]:
    """Yield the fixtures of a kind, each where its client looks first; of a skill, SKILL.md with what is beside it."""
    place, top = _place(format_id, kind), folder / kind
    for path in sorted(one for one in top.rglob("*") if one.is_file()):
        below = path.relative_to(top).as_posix()
        name = f"{place.path}/{below}" if place.pattern else place.path
        if path.name.startswith(".") or (kind == "skills" and path.name != "SKILL.md"):
            continue
        beside = sorted(one for one in path.parent.rglob("*") if one.is_file() and one != path) if kind == "skills" else []
        files = tuple(FolderFile(one.relative_to(path.parent).as_posix(), one.read_bytes()) for one in beside)
        yield PartSource(SourceText(name, path.read_bytes()), place, files)


def _bytes(files: Iterable[WrittenFile]) -> Iterator[bytes]:
    yield from (one.data for one in files)


def _read_again(format_id: str, kind: Kind, files: Iterable[OutputFile]) -> Iterator[Any]:
    """Yield the parts of what was written for the client, as it reads them."""
    place = _place(format_id, kind)
    for file in files:
        if file.path.startswith(place.path):
            yield from _module(format_id, kind).read(PartSource(SourceText(file.path, file.data), place)).parts


def _fields(format_id: str, kind: Kind) -> dict[str, str]:
    """Return the field that each key of the schema becomes, by the key."""
    rows = schema_files.part_rows(kind, format_id).items()
    return {key: row["x-field"] for key, row in rows if row["x-field"] not in ("extras", "name", "rules") and kind != "hooks"}


def _says(part: Any, path: str) -> bool:
    return value_of(part, path) not in (None, (), {})


CHECKS: dict[str, Callable[[str, Kind, Path | None], Iterator[str]]] = {
    check.__name__.replace("_", " "): check
    for check in (it_is_there, fixtures_come_back, fixtures_say_each_field, parts_of_others_are_written, parts_go_to_others)
}
