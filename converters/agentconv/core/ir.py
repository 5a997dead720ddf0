"""The canonical representation that every format reads into and writes from.

Only neutral concepts are fields: a concept enters when two independent clients have it. Everything else travels
verbatim in `extras[format_id]`. Absent is `None`; explicitly nothing is an empty tuple. Values are never mutated.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, TypeAlias, overload

from agentconv.core import references, rule_facts, server_variables
from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import AbsentError, Code, Diagnostic, Severity
from agentconv.core.kinds import KINDS
from agentconv.core.meant import Pattern
from agentconv.core.versions import FORMAT_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.core.parts import Command, Instruction, PermissionSet, Server, SetHook, Skill

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""A JSON value whose strings are Unicode scalars and whose numbers are finite. What JSON cannot hold is a map of one key:
`{"$float": "nan"}`, `{"$datetime": "..."}`; a user's key that starts with `$` gets one more (`escape_key`)."""

BUNDLE_URN = f"urn:agentconv:bundle:{FORMAT_VERSION}"


@dataclass(frozen=True, slots=True)
class Prompt:
    """The system prompt, as the client holds it (Claude Code, for one, trims its ends)."""

    text: str
    syntax: str = "literal"
    """How the client treats the text: `literal`, or the name of a template language."""
    mode: Literal["replace", "append"] = "replace"
    """Whether it replaces the client's own system prompt or is added to it."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """Who may call the agent."""

    by: Literal["user", "agents", "both"] | None = None
    hidden: bool | None = None
    disabled: bool | None = None


@dataclass(frozen=True, slots=True)
class ToolGrant:
    """One tool that is granted or denied: the client's own word and what it means."""

    native: str
    """The token as the client's documents spell it, without its pattern."""
    format: str
    capability: str | None = None
    """The portable name (`fs.read`, `shell`, ...); None when nobody knows the token: it then grants nothing."""
    pattern: Pattern | None = None
    server: str | None = None
    tool: str | None = None

    def __post_init__(self) -> None:
        """Take plain text for a pattern, as version 0.1.0 had it, in the language of the tool's client."""
        if self.pattern is not None and not isinstance(self.pattern, Pattern):
            _speak(self, self.pattern)


def _speak(entry: ToolGrant | Rule, text: str) -> None:
    object.__setattr__(entry, "pattern", Pattern(text, rule_facts.pattern_language(entry.format, entry.native)))


@dataclass(frozen=True, slots=True)
class Tools:
    """Which tools the agent gets: the client's (`inherit`), those listed, or none."""

    mode: Literal["inherit", "list", "none"] = "inherit"
    allow: tuple[ToolGrant, ...] = ()
    deny: tuple[ToolGrant, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One permission rule: what happens when a capability is used on what the pattern matches."""

    effect: Literal["allow", "ask", "deny"]
    native: str
    format: str
    capability: str | None = None
    pattern: Pattern | None = None
    server: str | None = None
    tool: str | None = None

    def __post_init__(self) -> None:
        """Take plain text for a pattern, as version 0.1.0 had it, in the language of the tool's client."""
        if self.pattern is not None and not isinstance(self.pattern, Pattern):
            _speak(self, self.pattern)

    @property
    def shown(self) -> str:
        """The rule in a few words, for people."""
        return f"{self.native}: {self.effect}" if self.pattern is None else f'{self.native} "{self.pattern}": {self.effect}'


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What commands may touch, enforced by the client."""

    files: Literal["read-only", "workspace-write", "full"]
    network: bool | None = None


PermissionMode: TypeAlias = Literal["default", "accept-edits", "plan", "dont-ask", "bypass", "auto", "read-only"]


@dataclass(frozen=True, slots=True)
class Permissions:
    """What the agent may do without asking, and what it may not do at all."""

    mode: PermissionMode | None = None
    rules: tuple[Rule, ...] = ()
    resolution: Literal["first", "last", "deny"] | None = None
    """Which of several matching rules decides in the source client."""
    sandbox: Sandbox | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """The model: the caller's (`inherit`), a client's alias, a vendor's id, or a tier."""

    kind: Literal["inherit", "alias", "id", "tier"]
    value: str | None = None
    provider: str | None = None
    fallbacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class McpServer:
    """An MCP server: a reference by name (no transport), or its whole definition. Values are never resolved.

    Where `command`, `args`, `env`, `cwd`, `url` and `headers` may hold references, they are `Text`.
    """

    name: str
    transport: Literal["stdio", "http", "sse", "ws"] | None = None
    command: str | None = None
    args: tuple[str, ...] | None = None
    env: Mapping[str, str] | None = None
    cwd: str | None = None
    url: str | None = None
    headers: Mapping[str, str] | None = None
    enabled_tools: tuple[str, ...] | None = None
    disabled_tools: tuple[str, ...] | None = None
    enabled: bool | None = None
    """False when it is defined, but switched off."""
    options: Mapping[str, Json] | None = None
    """Keys that only the source client knows, verbatim."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Commands that the client runs on an event."""

    native_event: str
    format: str
    event: str | None = None
    """The portable event name; None when only the source client knows it."""
    matcher: str | None = None
    handlers: tuple[Json, ...] = ()
    """What is run, verbatim."""
    options: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one run of the agent."""

    max_turns: int | None = None
    timeout_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the agent came from: a format, the path of a source, and a JSON Pointer into it."""

    format: str
    source: str
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent definition."""

    id: str = ""
    """Unique in its set: the name, then `name~2` in path order. Empty until the agent is in a set."""
    name: str | None = None
    display_name: str | None = None
    description: str | None = None
    prompt: Prompt | None = None
    invocation: Invocation | None = None
    tools: Tools = Tools()
    permissions: Permissions = Permissions()
    model: Model | None = None
    effort: str | int | None = None
    temperature: float | None = None
    top_p: float | None = None
    mcp_servers: tuple[McpServer, ...] | None = None
    skills: tuple[str, ...] | None = None
    hooks: tuple[Hook, ...] | None = None
    delegates: tuple[str, ...] | None = None
    limits: Limits = Limits()
    background: bool | None = None
    color: str | None = None
    extras: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    origin: Origin | None = None

    def __post_init__(self) -> None:
        """Read what servers are given, plain text as version 0.1.0 had it, in the language of the agent's client."""
        if isinstance(self.mcp_servers, tuple) and self.origin is not None:
            object.__setattr__(self, "mcp_servers", references.spoken(self.mcp_servers, server_variables.variables(self.origin.format)))


@dataclass(frozen=True, slots=True)
class Source:
    """One file that agents came from (or that held none), byte for byte."""

    path: str
    """POSIX, relative to the SRC it was read from, without `..`."""
    format: str
    data: bytes
    agents: tuple[Agent, ...] = field(default=(), compare=False, repr=False)
    """The agents that its reader gave, where they are known: whoever changes one of them does so in the set, not here."""
    executable: bool = False
    """Whether it is a program."""

    @property
    def sha256(self) -> str:
        """The lower-case hexadecimal SHA-256 of the bytes."""
        from hashlib import sha256

        return sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class AgentSet:
    """Agents that belong together, in path order, and the files they came from."""

    agents: tuple[Agent, ...] = ()
    name: str | None = None
    version: str | None = None
    description: str | None = None
    license: str | None = None
    authors: tuple[str, ...] | None = None
    skills: tuple[Skill, ...] = ()
    commands: tuple[Command, ...] = ()
    servers: tuple[Server, ...] = ()
    """MCP servers of the whole project, or that its agents share."""
    hooks: tuple[SetHook, ...] = ()
    permissions: tuple[PermissionSet, ...] = ()
    """Rules of the whole project, or of the user."""
    instructions: tuple[Instruction, ...] = ()
    extras: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    further: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)
    """Lists of a bundle that hold other parts, by their names, verbatim."""
    sources: tuple[Source, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = field(default=(), compare=False)
    """What reading found; never stored."""

    def __len__(self) -> int:
        """Return how many agents there are."""
        return len(self.agents)

    def __iter__(self) -> Iterator[Agent]:
        """Yield the agents."""
        return iter(self.agents)

    def __bool__(self) -> bool:
        """Whether the set has any part: an agent, a skill, a command, a server, or another one that a bundle holds."""
        return bool(self.agents) or any(getattr(self, kind) for kind in KINDS) or any(self.further.values())

    def __contains__(self, key: object) -> bool:
        """Whether the set has an agent, or one of this name or id."""
        return any(key in (agent.id, agent.name) for agent in self.agents) if isinstance(key, str) else key in self.agents

    @overload
    def __getitem__(self, key: int | str) -> Agent: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Agent, ...]: ...
    def __getitem__(self, key: int | str | slice) -> Agent | tuple[Agent, ...]:
        """Return an agent by its place, its id or its name (the first of several), or a part of the agents.

        Raises:
            AbsentError: There is no agent of this name.
            IndexError: There are not so many.
        """
        if not isinstance(key, str):
            return self.agents[key]
        found = [agent for agent in self.agents if agent.id == key] or [agent for agent in self.agents if agent.name == key]
        if not found:
            raise _absent(key, self.agents)
        return found[0]


def _absent(name: str, agents: tuple[Agent, ...]) -> AbsentError:
    from agentconv.core.suggestions import nearest

    names = [agent.name or agent.id for agent in agents]
    close = nearest(name, names)
    there = f"there are {', '.join(names[:5])}{' and more' if names[5:] else ''}" if names else "the set holds none"
    hint = f"did you mean `{close}`?" if close else there
    return AbsentError(Diagnostic(Code.USAGE, Severity.ERROR, f"there is no agent `{name}`", hint=hint))


def escape_key(key: str) -> str:
    """Return a user's key as it stands in a canonical map."""
    return "$" + key if key.startswith("$") else key


def unescape_key(key: str) -> str:
    """Return the user's key for a canonical one."""
    return key[1:] if key.startswith("$$") else key


def float_value(number: float) -> Json:
    """Return a number as a canonical value."""
    return number if math.isfinite(number) else {"$float": str(number)}
