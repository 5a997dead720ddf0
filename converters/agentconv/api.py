"""The library: read agents, write them for another assistant, save the files."""

from __future__ import annotations

import os
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv.conversion import along, given_words, model_choices
from agentconv.conversion import converting as conversion
from agentconv.conversion.choices import ON_DUPLICATE
from agentconv.core import given, losses, schema_files
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.core.ir import Agent, AgentSet
from agentconv.core.library_words import public, told
from agentconv.core.restraints import RESTRAINING
from agentconv.core.source import SourceText
from agentconv.disk import saving
from agentconv.formats import registry
from agentconv.sources import agentless, discovery, given_paths, inputs, loading, sniffing
from agentconv.sources import parts as beside

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Protocol

    from agentconv.core.diagnostics import Loss
    from agentconv.disk.output import OutputFile

    class Post(Protocol):
        """A `frontmatter.Post` of the python-frontmatter package."""

        content: str
        metadata: dict[str, object]


@dataclass(frozen=True, slots=True)
class Result:
    """What a conversion gave. Nothing has touched the disk."""

    files: tuple[OutputFile, ...]
    """The files, with paths below an output folder (a project's root)."""
    losses: tuple[Loss, ...]
    diagnostics: tuple[Diagnostic, ...]
    refused: tuple[str, ...]
    """Ids of the agents that the target cannot hold; the losses say why, of them and of the parts that it cannot."""
    failed: tuple[str, ...] = ()
    """Ids of the agents that are lost to a bug, of ours or of who brings the format; the diagnostics say which. There should be none."""

    def save(self, folder: str | os.PathLike[str], *, force: bool = False) -> list[Path]:
        """Write the files below a folder; one that is there with other bytes is kept unless `force`.

        Returns:
            The paths that now hold what was converted.

        Raises:
            InputError: The disk refuses, the folder is no path, or `force` is neither `True` nor `False`.
        """
        place, force = saving.OutputFolder(Path(given_paths.named_folder(folder))), given.flag("force", force)
        saved = [place.save(file, force=force) for file in self.files]
        return [one.path for one in saved if not one.is_kept]


@public
def read(path: str | os.PathLike[str], *, format: str | None = None) -> AgentSet:  # noqa: A002 - the word that users know
    """Read a file, a folder or a project root into one set, with the skills, commands and MCP servers of the project.

    Args:
        path: What to read.
        format: Format id; told from path and content by default.

    Returns:
        The agents in path order, their sources, and in `diagnostics` what reading found.

    Raises:
        InputError: The path names nothing, its format cannot be told, there is no such format, or no agents tell whose parts of several
            assistants are meant.
    """
    place = given_paths.named(path)
    found = _discover(place, format)
    clients = list(dict.fromkeys(file.format for file in found.files if file.format in registry.CLIENTS))
    if format is not None and not found.files:
        clients = [registry.resolve(format)]
    parts = beside.beside(found, [place], clients)
    if not found.files and not clients:
        parts.take_of_one(registry.READERS)
    loader = loading.Loader(found.files)
    agents = loading.gather(loader, whole=True, parts=parts.taken if parts.clients else None)
    remarks = (*found.diagnostics, *agents.diagnostics, *parts.diagnostics, *agentless.told(loader.agentless))
    return replace(agents, diagnostics=told((*remarks, *agentless.gone(remarks))))


@public
def reads(text: str | bytes | Post, format: str | None = None, *, path: str = "agent") -> AgentSet:  # noqa: A002 - the word that users know
    """Read one file's text.

    Args:
        text: The text, its bytes, or a `frontmatter.Post`.
        format: Format id; told from the path and the bytes by default, as `read` tells it: nothing is looked for on the disk.
        path: Name of the file, for diagnostics and for writing it back; what leads out of a folder is left out of it.

    Returns:
        The agents; `sources[0].format` is the format that the file has.

    Raises:
        InputError: There is no such format, or nothing tells which one it is.
    """
    known = given_words.one_format(format) if format is not None else None
    if not isinstance(text, (str, bytes)):
        text = _post(text)
    data = _bytes(text) if isinstance(text, str) else text
    name = discovery.below(given_paths.named(path)) or "agent"
    found = known or sniffing.told_by_bytes(name, data)
    pieces = list(loading.load_source(found, SourceText(name, data)))
    agents = loading.gather(loading.with_ids(pieces), whole=True)
    causes = tuple(piece.absence for piece in pieces if piece.absence and not piece.agents)
    remarks = told((*agents.diagnostics, *causes))
    if not agents and _is_like_path(data, found):
        remarks = tuple(replace(one, hint="that looks like a path: agentconv.read reads files") for one in remarks)
    return replace(agents, diagnostics=remarks) if remarks else agents


def _is_like_path(data: bytes, format_id: str) -> bool:
    """Whether what was given as a file's text reads like the name of one."""
    return b"\n" not in data and data.strip().endswith(tuple(end.encode() for end in registry.FORMATS[format_id].ends))


def _post(post: object) -> str:
    """Return the text of a `frontmatter.Post`.

    Raises:
        InputError: It is none.
    """
    metadata, content = getattr(post, "metadata", None), getattr(post, "content", None)
    if not (isinstance(metadata, dict) and isinstance(content, str)):
        hint = "to read a file: agentconv.read(path)" if isinstance(post, os.PathLike) else None
        raise registry.usage(f"what is read is text, bytes or a frontmatter.Post, not {given.kind_of(post)}", hint)
    from agentconv.yaml import emitter

    return f"---\n{emitter.mapping(metadata)}---\n\n{content}\n"


def _bytes(text: str) -> bytes:
    """Encode text; what stands for undecodable bytes becomes those, and half a character becomes bytes that are not UTF-8."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


class Agents:
    """The agents of a path, one after the other, and what reading them found; one file is held at a time."""

    def __init__(self, found: inputs.Discovery) -> None:
        """Take the files, which are read when their agents are asked for."""
        self._loader = loading.Loader(found.files, keep=False)
        self._told = [*found.diagnostics]
        self._agents = self._read()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What reading found so far, as `AgentSet` has it: all of it once there is no further agent."""
        return told(self._told)

    def __iter__(self) -> Iterator[Agent]:
        """Yield the agents that are left."""
        return self

    def __next__(self) -> Agent:
        """Return the next agent."""
        return next(self._agents)

    def _read(self) -> Iterator[Agent]:
        for piece in self._loader:
            self._told += piece.diagnostics
            yield from piece.agents
        self._told += agentless.told(self._loader.agentless)
        self._told += agentless.gone(self._told)


@public
def iter_agents(path: str | os.PathLike[str], *, format: str | None = None) -> Agents:  # noqa: A002
    """Yield the agents of a file, folder or project root, holding one file at a time.

    Args:
        path: What to read.
        format: Format id; told from path and content by default.

    Returns:
        An iterator, in whose `diagnostics` is what reading found, once the agents were read.

    Raises:
        InputError: The path names nothing, its format cannot be told, or there is no such format. Raised by the call itself.
    """
    return Agents(_discover(path, format))


def _discover(path: str | os.PathLike[str], format_id: str | None) -> inputs.Discovery:
    return discovery.discover([given_paths.named(path)], given_words.one_format(format_id) if format_id is not None else None)


def _set(set_: object) -> AgentSet:
    """Return the set that a caller gives.

    Raises:
        InputError: It is none, or something in it is of a type that is not its field's, or a word that nothing is called.
    """
    if isinstance(set_, AgentSet):
        given_words.check(set_)
        return set_
    agent = "agent" if isinstance(set_, Agent) else None
    listed = isinstance(set_, (list, tuple)) and all(isinstance(one, Agent) for one in set_)
    if agent or listed:
        hint = f"make one of it: agentconv.AgentSet({'(agent,)' if agent else 'tuple(agents)'})"
    else:
        hint = "read one: agentconv.read(path), agentconv.reads(text, format)"
    raise registry.usage(f"what is written is a set of agents, not {given.kind_of(set_)}", hint)


@public
def convert(
    text: str | bytes | Post,
    from_: str,
    to: str,
    *,
    path: str = "agent",
    allow_widening: bool = False,
    map_models: str = "off",
    models: Mapping[str, object] | None = None,
) -> Result:
    """Convert one file's text: `write(reads(text, from_), to)`.

    Args:
        text: The text, its bytes, or a `frontmatter.Post`.
        from_: Format id of the text.
        to: Format id of the target.
        path: Name of the file, for diagnostics.
        allow_widening: As of `write`.
        map_models: As of `write`.
        models: As of `write`.

    Raises:
        InputError: There is no such format or choice, or the text holds no agent.
    """
    target, agents = given_words.one_format(to), reads(text, from_, path=path)
    if not agents:
        none = Diagnostic(
            Code.NO_AGENT, Severity.ERROR, f"there is no agent in it for {registry.FORMATS[given_words.one_format(from_)].title}"
        )
        raise InputError(next(iter(agents.diagnostics), none))
    result = write(agents, target, allow_widening=allow_widening, map_models=map_models, models=models)
    return replace(result, diagnostics=(*agents.diagnostics, *result.diagnostics))


@public
def write(
    agents: AgentSet,
    format: str,  # noqa: A002 - the word that users know
    *,
    allow_widening: bool = False,
    on_duplicate: str = "suffix",
    map_models: str = "off",
    models: Mapping[str, object] | None = None,
    with_: str | None = None,
) -> Result:
    """Convert a set to a format.

    Args:
        agents: What to convert.
        format: Format id of the target.
        allow_widening: Also write agents that could do more than their author allowed.
        on_duplicate: `suffix`, `first` or `error`: what to do with two agents of one name.
        map_models: `tier` to write the target's model of the same tier for one that it does not serve; `off` to inherit.
        models: What `[tool.agentconv.models]` holds: tiers by model, and by target a table of what to write.
        with_: What of the set's skills, commands and MCP servers goes along: `needed`, `all`, `none`, a kind (`skills`), or one part
            (`skills/review`), with commas between them; by default what its agents need, but everything into a bundle, and of a set that
            has no agents.

    Raises:
        InputError: There is no such format, choice or part, two agents share a name and `on_duplicate` is `error`, or a value of the set
            is of a type that is not its field's.
    """
    agents = _set(agents)
    unrestrained = RESTRAINING if given.flag("allow_widening", allow_widening) else ()
    if on_duplicate not in ON_DUPLICATE:
        raise registry.usage(f"on_duplicate is one of {', '.join(ON_DUPLICATE)}, not `{on_duplicate}`")
    if not isinstance(with_, str | None):
        raise registry.usage(f"with_ is a text, not {given.kind_of(with_)}", 'as in: "skills,servers"')
    target = given_words.one_format(format)
    choices = model_choices.choose(map_models, models)
    whole = registry.FORMATS[target].bundle or not agents.agents
    words = with_ if with_ is not None else along.ALL if whole else along.NEEDED
    options = conversion.Options(
        allow_widening=allow_widening,
        on_duplicate=on_duplicate,
        models=choices,
        along=along.chosen([words], "with_"),
        unrestrained=unrestrained,
    )
    done = list(conversion.convert(list(loading.with_ids(loading.take_apart(agents))), target, options, beside.Parts()))
    return Result(
        tuple(one.file for one in done if one.file),
        tuple(losses.in_library(loss) for one in done for loss in one.told),
        told(diagnostic for one in done for diagnostic in one.diagnostics),
        tuple(agent for one in done if one.refused and one.part is None for agent in one.agents),
        tuple(agent for one in done if one.failed and one.part is None for agent in one.agents),
    )


def schemas() -> tuple[str, ...]:
    """Return the names of the JSON Schemas: `bundle`, `agent`, `config`, the parts, and each format's own."""
    return tuple(schema_files.names())


@public
def schema(name: str, *, self_contained: bool = False) -> dict[str, Any]:
    """Return a JSON Schema, as `agentconv schema` prints it.

    Args:
        name: One of `schemas`, or what else its format is called.
        self_contained: Whether every schema that it refers to is embedded.

    Raises:
        InputError: There is no such schema.
    """
    if not isinstance(name, str):
        raise registry.usage(f"a schema is named by a word, not {given.kind_of(name)}", "agentconv.schemas() has the names")
    found, known = registry.resolve(name) if registry.is_known(name) else name, schemas()
    if found not in known:
        raise registry.usage(f"there is no schema `{name}`", registry.did_you_mean(found, known, f"schemas: {', '.join(known)}"))
    whole = given.flag("self_contained", self_contained)
    return schema_files.self_contained(found) if whole else deepcopy(schema_files.load(found))
