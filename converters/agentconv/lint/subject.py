"""One file as rules see it: its text, what its own client makes of it, and what each other client would."""

from __future__ import annotations

from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from agentconv.core import credentials, schema_files
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.format import ENTRY, ReadResult
from agentconv.core.source import SourceText, decode
from agentconv.families import markdown
from agentconv.formats import registry
from agentconv.lint import inspection
from agentconv.parts import registry as part_registry
from agentconv.yaml import nodes
from agentconv.yaml.nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable

    from agentconv.conversion.options import Options
    from agentconv.core.credentials import Credential
    from agentconv.core.format import State
    from agentconv.core.ir import Agent, Rule
    from agentconv.core.kinds import Kind
    from agentconv.core.part_format import PartSource, PartsRead
    from agentconv.families.frontmatter import Header
    from agentconv.lint.convertible import Refused
    from agentconv.lint.remark import Remark
    from agentconv.lint.rule import Edit
    from agentconv.sources.parts_on_disk import LoadedPart, PartsOnDisk
    from agentconv.yaml.tree import Node


@dataclass(frozen=True, slots=True)
class Settings:
    """What `[tool.agentconv.lint]` and the command line choose."""

    max_description: int = 1024
    """Characters that one description may have."""
    names: frozenset[str] = frozenset()
    """MCP servers and skills that the project defines elsewhere."""
    ignored: frozenset[str] = frozenset()
    """Codes of the rules that are not for this file, in lower case."""
    fixes: bool = True
    """Whether findings are to come with their fixes, whose proofs ask clients again: most of what linting a repaired header costs."""


@dataclass(frozen=True, slots=True)
class PartFile:
    """A file of a client that has parts in it, as the client finds it."""

    kind: Kind
    source: PartSource
    project: PartsOnDisk
    """What else there is in the project."""
    astray: bool = False
    """Whether it lies where such parts do, and is none, since these are folders."""
    beside: bool = False
    """Whether it is none itself, but a file that one of them comes with: it is looked at as a text alone."""


@dataclass()
class Subject:
    """One file."""

    source: SourceText
    format: str
    asked: tuple[str, ...]
    """The clients that the user asks about; the file's own is always among them."""
    settings: Settings = field(default_factory=Settings)
    others: Collection[str] = ()
    """Names of the other agents of the set."""
    location: str = ""
    """Where it is, as an absolute path; empty where that is not known."""
    near: str = ""
    """Where it would be in the folder of the bundle that it stands in, or, of standard input, in the one that is open: nobody says so."""
    expected: bool = False
    """Whether an agent was expected in it where it was read, which is not known here: a set says so, and not where that was."""
    included: bool = False
    """Whether it is no agent's file, but the text of a prompt, which another one includes: it is looked at as a text alone."""
    includers: tuple[Subject, ...] = ()
    """The files that include it, as far as they are known: what a fix in it changes is asked of them."""
    to_come: frozenset[str] = frozenset()
    """The clients that look where it lies as long as `sync` has not written a file of their own."""
    as_synced: Callable[[str], Options] | None = None
    """How `sync` converts for each of them, as the project's configuration says."""
    unwanted: frozenset[str] = frozenset()
    """The clients that look where it lies, though the project's configuration says that they are not to have its agents."""
    versions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By client the files of its own for the file's agents, where it is not asked about since it has these."""
    part: PartFile | None = None
    """What it is, where it is no agent's file, but has parts of a kind in it: rules about these look at it alone."""
    nameless: bool = False
    """Whether it is no file, so that its path is only a place for clients to look in: standard input that nobody named."""

    @property
    def path(self) -> str:
        """Path of the file, for people."""
        return self.source.path

    @property
    def text(self) -> str:
        """The file's text; bytes that are not UTF-8 are lone surrogates."""
        return self.source.text

    @property
    def at_home(self) -> bool:
        """Whether it lies where its own client looks for agents."""
        if self.expected:
            return True
        place = f"/{self.location or self.path}".replace("\\", "/")
        return any(f"/{folder}/" in place for folder in registry.FORMATS[self.format].folders)

    @property
    def counts(self) -> bool:
        """Whether there is somebody for whom it counts: an agent in it, one whose prompt it is, or who reads the project's parts."""
        return self.part is not None or self.included or bool(self.result.set.agents)

    @cached_property
    def credentials(self) -> tuple[Credential, ...]:
        """What looks like a credential in its text, examples too."""
        return credentials.find(self.text)

    @cached_property
    def secrets(self) -> list[Credential]:
        """What looks like a credential in its text, and is no example."""
        return credentials.secrets(self.text, self.credentials)

    @cached_property
    def result(self) -> ReadResult:
        """What the file's own client makes of it; nothing, where it holds no agents."""
        return self.reading(self.format) if self.part is None else ReadResult()

    @cached_property
    def alone(self) -> ReadResult:
        """What the file's own client makes of it where it lies, without what a configuration says of it."""
        return registry.load(self.format).read(self.source)

    @cached_property
    def _readings(self) -> dict[str, ReadResult]:
        return {}

    @cached_property
    def told(self) -> dict[str, list[Remark]]:
        """What readers of clients say, as `remarks.of` has found it."""
        return {}

    @cached_property
    def refusals(self) -> dict[str, dict[int, Refused]]:
        """Of which of its agents a conversion to a client writes no file, why, and what they could do, as `convertible` has found it."""
        return {}

    @cached_property
    def shape(self) -> Hashable:
        """All that a verdict on its agent can depend on besides its texts; None where that depends on these, too."""
        from agentconv.lint import plain_texts

        return plain_texts.shape_of(self.format, self.alone) if not self.source.included else None

    @cached_property
    def parts(self) -> PartsRead[Any]:
        """What the file's own client makes of the parts in it; nothing, where it holds none."""
        from agentconv.core.part_format import PartsRead

        module = (
            part_registry.part_format(self.format, self.part.kind) if self.part and not (self.part.astray or self.part.beside) else None
        )
        if module is None or self.part is None:
            return PartsRead()
        read = module.read(self.part.source)
        told = self.part.project.told_of_file(self.format, self.part.source, self.part.kind)
        return replace(read, diagnostics=(*told, *read.diagnostics))

    @cached_property
    def key_nodes(self) -> dict[str, Node]:
        """The keys of its header as they are written there, by what they say; of two, the last."""
        if self.header is None or not isinstance(self.header.root, Mapping):
            return {}
        return {nodes.key_text(key, self.header.grammar): key for key, _ in self.header.root.pairs}

    def loaded(self, client: str) -> tuple[LoadedPart, ...]:
        """Return the parts of the file that a client finds where it lies, each with what hides it from the client."""
        if self.part is None:
            return ()
        return tuple(self.part.project.in_file(client, self.part.kind, self.part.source.text.path))

    def put(self, data: bytes) -> Subject:
        """Return the same file with other bytes."""
        part = self.part and replace(self.part, source=replace(self.part.source, text=self.part.source.text.put(data)))
        return replace(self, source=self.source.put(data), part=part)

    def take(self, result: ReadResult | None, *, declared: ReadResult | None = None) -> None:
        """Take what the file's own client makes of it from whoever has read it already, where it lies in that client's place."""
        if result is not None:
            self.__dict__["alone"] = result
        if declared is not None:
            self._readings[self.format] = declared
        elif result is not None and inspection.place(self.path, self.format, self.format) == self.path:
            self._readings[self.format] = result

    def reading(self, client: str) -> ReadResult:
        """Return what a client makes of the file, were it put where that client looks."""
        if client not in self._readings:
            self._readings[client] = self.reread(self.source.data, client)
        return self._readings[client]

    def forget(self) -> None:
        """Let go of what clients make of the file, which is many times its text; it is read again if anybody asks."""
        for name in ("alone", "_readings", "result", "_agents", "header", "key_nodes", "parts", "refusals", "shape"):
            self.__dict__.pop(name, None)

    def reread(self, data: bytes, client: str | None = None) -> ReadResult:
        """Return what a client, by default the file's own, would make of other bytes in the file's place."""
        client = client or self.format
        path = inspection.place(self.source.path, self.format, client)
        return registry.load(client).read(self.source.put(data, path))

    @property
    def troubled(self) -> bool:
        """Whether its own client says anything about the file, or another one that is asked about has not each of its agents."""
        return bool(self.result.diagnostics) or any(
            not self.states(client) or any(state.dropped for state in self.states(client)) for client in self.alike()
        )

    def states(self, client: str) -> tuple[State, ...]:
        """Return what becomes of each agent in a client; empty where it finds none."""
        return self.reading(client).states

    def alike(self) -> tuple[str, ...]:
        """Return the other clients that are asked about and that read files of this kind."""
        return _alike(inspection.kind(self.path, self.format), self.format, self.asked)

    def agents(self) -> tuple[tuple[int, Agent, State], ...]:
        """Return each agent that the file's own client, or a person, finds, with its number and state."""
        return self._agents

    @cached_property
    def _agents(self) -> tuple[tuple[int, Agent, State], ...]:
        found = zip(self.result.set.agents, self.result.states, strict=True)
        return tuple((number, agent, state) for number, (agent, state) in enumerate(found))

    def place(self, number: int, key: str, *within: str | int) -> tuple[int, int]:
        """Return where the value of a key of an agent stands; when it is not there, its entry, or the beginning of a file of its own.

        Args:
            number: The agent's number in the file.
            key: A key of the format; empty for the prompt.
            within: The way to a part of the value: keys of maps, and numbers of items.
        """
        if self.result.place is None:
            return 0, 0
        return self.result.place(number, key, *within) or self.result.place(number, ENTRY) or (0, 0)

    def place_of_rule(self, number: int, rule: Rule) -> tuple[int, int]:
        """Return where a permission rule of an agent stands: its line in a map, else the value of the key that holds the rules."""
        places = getattr(registry.load(self.format), "KEYS", {}).items()
        holding = [name for name, key in places if "permissions.rules" in key.fields and self.has(number, name)]
        way = (rule.native,) if rule.pattern is None else (rule.native, str(rule.pattern))
        for key in (*holding, "tools"):
            whole, line = self.place(number, key), self.place(number, key, *way)
            if self.has(number, key) and line != whole:
                return line
        return self.place(number, holding[0]) if holding else (0, 0)

    def has(self, number: int, key: str) -> bool:
        """Whether an agent has a key."""
        return bool(self.result.place and self.result.place(number, key))

    @cached_property
    def header(self) -> Header | None:
        """The YAML header, of a file that has one."""
        dialect = self.dialect
        return markdown.header_of(dialect, self.source) if dialect else None

    @property
    def dialect(self) -> markdown.Dialect | None:
        """How the file's own client reads markdown with a header; None where it does not."""
        found = getattr(registry.load(self.format), "DIALECT", None)
        kinds = {end.rpartition(".")[2] for end in registry.FORMATS[self.format].suffixes}
        return found if isinstance(found, markdown.Dialect) and inspection.kind(self.path, self.format) in kinds else None

    def changed(self, number: int, change: Callable[[Agent], Agent]) -> tuple[Edit, ...] | None:
        """Return the edits that make a field of an agent another one, in the file's own spelling; None where that takes more.

        Args:
            number: The agent's number in the file.
            change: Returns the agent as it should be.
        """
        if not self.settings.fixes:
            return None
        agents = list(self.result.set.agents)
        agents[number] = change(agents[number])
        written = registry.load(self.format).write(replace(self.result.set, agents=tuple(agents)), self.source)
        return None if written.respelled or written.whole else difference(self.text, decode(written.data))

    def key_of(self, path: str) -> str:
        """Return the key of the file's format that holds a field; empty where none does."""
        return _key_of(self.format, path)

    def word(self, number: int, key: str, word: str) -> tuple[int, int]:
        """Return where a word stands inside the value of a key; the whole value when it is not found as it is."""
        start, end = self.place(number, key)
        at = self.text.find(word, start, end)
        return (at, at + len(word)) if word and at >= 0 else (start, end)


@cache
def _key_of(format_id: str, path: str) -> str:
    keys = getattr(registry.load(format_id), "KEYS", {})
    found = next((name for name, key in keys.items() if path in key.fields), "")
    properties = schema_files.load(format_id)["properties"]
    found = found or next((name for name, row in properties.items() if row.get("x-field") == path), "")
    if not found and path.startswith("tools.") and "tools" in properties:
        return "tools"  # a list that the client does not take there is read as one all the same
    return found


def difference(before: str, after: str) -> tuple[Edit, ...]:
    """Return the one edit that turns a text into another; none where they are equal."""
    if before == after:
        return ()
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    return ((start, len(before) - end, after[start : len(after) - end]),)


def _common(one: str, other: str) -> int:
    """Return the length of what two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


@lru_cache(maxsize=256)
def _alike(kind: str, own: str, asked: tuple[str, ...]) -> tuple[str, ...]:
    """Return the clients but a file's own that read files with such an end."""
    others = (client for client in asked if client != own)
    return tuple(client for client in others if any(end.rpartition(".")[2] == kind for end in registry.FORMATS[client].ends))
