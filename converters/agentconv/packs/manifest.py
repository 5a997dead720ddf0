"""`agentpack.json`: what is in a pack, file by file and agent by agent. Closed, sorted, checked against its schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agentconv.core import schema_files
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.core.source import SourceText
from agentconv.core.verdict import verdict
from agentconv.formats.canonical import strict_json
from agentconv.packs import paths as pack_paths

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from agentconv.core.diagnostics import Span

FILE = "agentpack.json"
VERSION = 1
_URN = "urn:agentconv:pack:"


@dataclass(frozen=True, slots=True)
class PackedFile:
    """One file of a pack; the manifest itself is not among them."""

    path: str
    """POSIX, below the pack's import package."""
    sha256: str
    """Lower-case hexadecimal."""
    bytes: int


@dataclass(frozen=True, slots=True)
class PackedScript:
    """One file of the project that the guards of agents run."""

    path: str
    """Where it is in a project: POSIX, from its root."""
    file: str
    """The file of the pack that holds its bytes."""
    executable: bool = False


@dataclass(frozen=True, slots=True)
class PackedSource:
    """One file that agents were read from."""

    path: str
    """What it was called where it was read: POSIX, relative to SRC."""
    format: str
    file: str
    """The file of the pack that holds its bytes."""
    scripts: tuple[PackedScript, ...] = ()
    """What the guards of its agents run."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What an agent asks of the assistant that runs it."""

    tools: tuple[str, ...] = ()
    """Portable names (`fs.read`, `shell`), and the words that only its own client knows; none where it inherits them all."""
    every_tool: bool = False
    """Whether it inherits all tools."""
    mcp_servers: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackedAgent:
    """One agent of a pack."""

    id: str
    """As reading the sources in their order gives it."""
    name: str
    """Unique in the pack, without case."""
    description: str
    source: str
    """The `path` of the source that it is read from."""
    claude: str | None
    """The file that holds it in the form that Claude Code reads; None where that cannot hold it."""
    plugin: bool
    """Whether the pack, used as a Claude Code plugin, offers it."""
    needs: Needs = Needs()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a pack says about itself."""

    name: str
    """Name of the distribution."""
    version: str
    description: str = ""
    license: str | None = None
    authors: tuple[str, ...] = ()
    agents: tuple[PackedAgent, ...] = ()
    """Sorted by id."""
    sources: tuple[PackedSource, ...] = ()
    """In the order in which they are read: by path."""
    files: tuple[PackedFile, ...] = ()
    """Sorted by path."""


def dump(manifest: Manifest) -> bytes:
    """Return the manifest as the bytes of its file."""
    document = {
        "$schema": f"{_URN}{VERSION}",
        "name": manifest.name,
        "version": manifest.version,
        "description": manifest.description,
        **({"license": manifest.license} if manifest.license else {}),
        **({"authors": list(manifest.authors)} if manifest.authors else {}),
        "agents": [_agent_document(agent) for agent in manifest.agents],
        "sources": [_source_document(source) for source in manifest.sources],
        "files": [{"path": one.path, "sha256": one.sha256, "bytes": one.bytes} for one in manifest.files],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _agent_document(agent: PackedAgent) -> dict[str, Any]:
    needs = {
        **({"every_tool": True} if agent.needs.every_tool else {}),
        **{key: list(words) for key in ("tools", "mcp_servers", "skills") if (words := getattr(agent.needs, key))},
    }
    return {
        "id": agent.id,
        "name": agent.name,
        "description": agent.description,
        "source": agent.source,
        **({"claude": agent.claude} if agent.claude else {}),
        "plugin": agent.plugin,
        "needs": needs,
    }


def _source_document(source: PackedSource) -> dict[str, Any]:
    scripts = [{"path": one.path, "file": one.file, **({"executable": True} if one.executable else {})} for one in source.scripts]
    return {"path": source.path, "format": source.format, "file": source.file, **({"scripts": scripts} if scripts else {})}


def load(data: bytes, place: str) -> Manifest:
    """Read a manifest.

    Args:
        data: The bytes of its file.
        place: What to call the file in messages.

    Raises:
        InputError: It is no manifest, one of a newer version, or one that contradicts itself.
    """
    source = SourceText(place, data)
    document = _parsed(source)
    _check_schema(document, source)
    manifest = Manifest(
        document["name"],
        document["version"],
        document["description"],
        document.get("license"),
        tuple(document.get("authors", ())),
        tuple(_agent(entry) for entry in document["agents"]),
        tuple(_source(entry) for entry in document["sources"]),
        tuple(PackedFile(entry["path"], entry["sha256"], int(entry["bytes"])) for entry in document["files"]),
    )
    problem = next(_contradictions(manifest), None)
    if problem:
        raise _wrong(problem[1], source.span(strict_json.locate(source.text, problem[0])))
    return manifest


def _agent(entry: dict[str, Any]) -> PackedAgent:
    words = {key: tuple(value) for key, value in entry["needs"].items() if key != "every_tool"}
    needs = Needs(every_tool="every_tool" in entry["needs"], **words)
    return PackedAgent(entry["id"], entry["name"], entry["description"], entry["source"], entry.get("claude"), entry["plugin"], needs)


def _source(entry: dict[str, Any]) -> PackedSource:
    scripts = tuple(PackedScript(**one) for one in entry.get("scripts", ()))
    return PackedSource(entry["path"], entry["format"], entry["file"], scripts)


def _parsed(source: SourceText) -> dict[str, Any]:
    if source.undecodable is not None:
        raise _wrong("it is not UTF-8", source.span(source.undecodable))
    surrogate = strict_json.lone_surrogate(source.text)
    if surrogate is not None:
        raise _wrong("half a character: a lone surrogate escape", source.span(surrogate))
    try:
        document = strict_json.loads(source.text)
    except strict_json.TextError as error:
        raise _wrong(str(error), source.span(error.offset)) from None
    place = source.span(strict_json.locate(source.text, ["$schema"]))
    urn = document.get("$schema") if isinstance(document, dict) else None
    if not isinstance(urn, str) or not urn.startswith(_URN):
        raise _wrong(f"`$schema` is not `{_URN}{VERSION}`", place)
    version = urn.removeprefix(_URN)
    if version.isascii() and version.isdecimal() and len(version) < 10 and int(version) > VERSION:
        message = f"a pack of format {version}; this agentconv reads format {VERSION}"
        hint = "install a newer one: pip install --upgrade agentconv-toolkit"
        raise InputError(Diagnostic(Code.NEWER_FORMAT, Severity.ERROR, message, place, hint))
    return document  # type: ignore[no-any-return]


def _check_schema(document: dict[str, Any], source: SourceText) -> None:
    if verdict(document, schema_files.load("pack")):
        return
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(schema_files.load("pack")).iter_errors(document))
    if error is not None:
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path).lstrip(".")
        raise _wrong(f"{where or 'the document'}: {error.message[:120]}", source.span(strict_json.locate(source.text, error.absolute_path)))


def _contradictions(manifest: Manifest) -> Iterator[tuple[Sequence[str | int], str]]:
    """Yield what a schema cannot say, and where: unsafe paths, entries that are given twice, references to nothing."""
    paths = [file.path for file in manifest.files]
    for number, path in enumerate(paths):
        reason = pack_paths.problem(path)
        if reason:
            yield ("files", number, "path"), f"`{path}` is {reason}"
    scripts = {(one.path, one.file, one.executable): one.path for source in manifest.sources for one in source.scripts}
    both = pack_paths.clash(scripts.values())
    if both:
        yield ("sources",), f"the scripts `{both[0]}` and `{both[1]}` are two files, and one on some systems"
    pair = pack_paths.clash([*paths, FILE])
    if pair:
        yield ("files",), f"`{pair[0]}` and `{pair[1]}` are one file on some systems"
    held, read = set(paths), {source.path for source in manifest.sources}
    for number, source in enumerate(manifest.sources):
        if source.file not in held:
            yield ("sources", number, "file"), f"there is no file `{source.file}` in it"
        for at, script in enumerate(source.scripts):
            place = ("sources", number, "scripts", at)
            yield from (((*place, key), words) for key, words in _contradictions_of(script, held))
    for number, agent in enumerate(manifest.agents):
        if agent.source not in read:
            yield ("agents", number, "source"), f"there is no source `{agent.source}` in it"
        if agent.claude and agent.claude not in held:
            yield ("agents", number, "claude"), f"there is no file `{agent.claude}` in it"
    for key, what, values in (
        ("sources", "source", [source.path for source in manifest.sources]),
        ("agents", "agent's id", [agent.id for agent in manifest.agents]),
        ("agents", "agent's name", [agent.name.casefold() for agent in manifest.agents]),
    ):
        again = _twice(values)
        if again is not None:
            yield (key, again), f"the {what} `{values[again]}` is given twice"


def _contradictions_of(script: PackedScript, held: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a script, each with its key."""
    if script.file not in held:
        yield "file", f"there is no file `{script.file}` in it"
    reason = pack_paths.problem(script.path)
    if reason:
        yield "path", f"`{script.path}` is {reason}"


def _twice(values: Iterable[str]) -> int | None:
    """Return the number of the first value that an earlier one is already."""
    seen: set[str] = set()
    for number, value in enumerate(values):
        if value in seen:
            return number
        seen.add(value)
    return None


def _wrong(message: str, place: Span) -> InputError:
    hint = "the pack is damaged, or was not made by `agentconv pack`; nothing of it was used"
    return InputError(Diagnostic(Code.SCHEMA, Severity.ERROR, f"no valid pack manifest: {message}", place, hint))
