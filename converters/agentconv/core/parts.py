"""What agents need beside themselves: skills, commands, MCP servers and instructions, and what restrains all of them, in neutral terms.

As in `core.ir`: a field enters when two independent clients have it, everything else travels verbatim in `extras[format_id]`,
absent is `None`, explicitly nothing is an empty tuple, and values are never mutated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from agentconv.core.dataclass import dataclass, field
from agentconv.core.ir import Hook, McpServer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json, Model, Origin, PermissionMode, Rule, Sandbox, ToolGrant
    from agentconv.core.kinds import Kind
    from agentconv.core.meant import Pattern

By: TypeAlias = Literal["user", "agents", "both"]
"""Who starts it: the user alone (`disable-model-invocation`), the model alone (`user-invocable: false`), or both."""


When: TypeAlias = Literal["always", "scoped", "asked", "manual"]
"""When an instruction is read: always, at certain files, when the model asks for it by its description, or when the user names it."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One of the words that a user types after a command."""

    index: int
    """From zero, whatever the client counts from."""
    rest: bool = False
    """Whether it takes all words from there on, as the highest position does in OpenCode."""


@dataclass(frozen=True, slots=True)
class NamedArgument:
    """An argument by the name that the command gives it, or under which the client asks the user for it."""

    name: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class AllArguments:
    """All that a user types after a command."""


@dataclass(frozen=True, slots=True)
class ShellOutput:
    """What a command line prints, which the client runs before the model sees the text: an effect (run)."""

    command: tuple[BodyPart, ...]
    block: bool = field(default=False, compare=False)
    """Whether it stands in a code fence of its own, which makes no difference to what is sent."""


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file, or what a folder lists, which the client puts in: an effect (read)."""

    path: tuple[BodyPart, ...]


@dataclass(frozen=True, slots=True)
class OwnFolder:
    """The path of the folder that the skill itself is in."""


@dataclass(frozen=True, slots=True)
class ForeignPlaceholder:
    """What only the source client fills in."""

    text: str
    language: str


CONTAINER_FOLDER = ForeignPlaceholder("${PLUGIN_ROOT}", "container")
"""The folder of the plugin or extension that a text is in, whatever its client calls that: only containers have one."""

BodyPart: TypeAlias = "str | Argument | NamedArgument | AllArguments | ShellOutput | FileText | OwnFolder | ForeignPlaceholder"


@dataclass(frozen=True, slots=True)
class Body:
    """The text that a command or skill sends to the model: what the client fills in is told from what is meant as it stands."""

    parts: tuple[BodyPart, ...]
    appended: bool = field(default=True, compare=False)
    """Whether the client adds what the user typed where no part of the text takes it."""


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A file beside SKILL.md."""

    path: str
    """POSIX, relative to the skill's folder, without `..`."""
    data: bytes = field(repr=False)
    executable: bool = False

    @property
    def sha256(self) -> str:
        """The lower-case hexadecimal SHA-256 of the bytes."""
        from hashlib import sha256

        return sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Skill:
    """A folder with instructions that a model, or a user, calls up by name."""

    id: str = ""
    """Unique among the skills of its set: the name, then `name~2` in path order. Empty until it is in a set."""
    name: str | None = None
    description: str | None = None
    body: Body | None = None
    invoked_by: By | None = None
    when_to_use: str | None = None
    license: str | None = None
    compatibility: str | None = None
    metadata: Mapping[str, Json] | None = None
    approved_tools: tuple[ToolGrant, ...] | None = None
    """Tools that run unasked while it is active: a grant, which opens no tool that is closed."""
    denied_tools: tuple[ToolGrant, ...] | None = None
    """A restraint."""
    hooks: tuple[Hook, ...] | None = None
    """A restraint, where one of them can block."""
    argument_hint: str | None = None
    arguments: tuple[str, ...] | None = None
    """The names of its arguments, in order."""
    model: Model | None = None
    paths: tuple[str, ...] | None = None
    """Globs of the files at which it is offered."""
    files: tuple[FolderFile, ...] = ()
    """What is in its folder beside SKILL.md, by path."""
    extras: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A text that a user sends by its name."""

    id: str = ""
    name: str | None = None
    """Without a leading slash; folders are parts of it, with `/` in between whatever the client shows (`git/fix`)."""
    description: str | None = None
    body: Body | None = None
    invoked_by: By | None = None
    argument_hint: str | None = None
    arguments: tuple[str, ...] | None = None
    agent: str | None = None
    """The agent, mode or sub-agent that it is sent to, by name."""
    isolated: bool | None = None
    """Whether it runs in a conversation of its own (`subtask`, `context: fork`)."""
    model: Model | None = None
    approved_tools: tuple[ToolGrant, ...] | None = None
    """Tools that run unasked while it is active: a grant, which opens no tool that is closed."""
    denied_tools: tuple[ToolGrant, ...] | None = None
    """A restraint."""
    extras: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """An MCP server of a whole project or user, with what its client knows of it besides its definition."""

    id: str = ""
    definition: McpServer = field(default_factory=lambda: McpServer(""))
    """Name, transport, command, args, env, cwd, url, headers, enabled and disabled tools; `options` is not used here."""
    timeout_seconds: float | None = None
    """For one call of a tool."""
    startup_timeout_seconds: float | None = None
    trusted: bool | None = None
    """A grant: none of its tools asks."""
    unasked_tools: tuple[str, ...] | None = None
    """A grant: these of its tools do not ask."""
    description: str | None = None
    extras: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    origin: Origin | None = None

    @property
    def name(self) -> str:
        """Its name."""
        return self.definition.name


@dataclass(frozen=True, slots=True)
class Instruction:
    """A text that a client puts before the model by itself: what is to be known of a project, or of some of its files."""

    id: str = ""
    name: str | None = None
    """The path of its file below where the client looks, without what the file's name ends with."""
    description: str | None = None
    body: Body | None = None
    """A file that it imports is a part of it, by its path from the project's root."""
    when: When | None = None
    paths: tuple[Pattern, ...] | None = None
    """The files at which it is read, where it is scoped."""
    folder: str | None = None
    """The folder of the project whose files alone it is for, because it lies there."""
    main: bool = False
    """Whether it is the one text that the client's users know by its file's name (`CLAUDE.md`), rather than one rule among others."""
    personal: bool = False
    """Whether it is one user's own, beside the project's (`CLAUDE.local.md`)."""
    extras: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class SetHook:
    """What a client runs on an event of any session of a project or user: a guard, where it can block what is about to happen."""

    id: str = ""
    name: str | None = field(default=None, compare=False)
    """Its event and what it is about (`before-tool/Bash`), then `~2` and so on in the order of its file."""
    definition: Hook = field(default_factory=lambda: Hook("", ""))
    """Event, matcher, and one handler, as its client spells them; `options` is what else its group says."""
    files: tuple[FolderFile, ...] = field(default=(), compare=False)
    """The scripts of the project that it names, by their paths from the project's root: files of their own, beside what the hook says."""
    extras: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class PermissionSet:
    """What a whole project or user may do unasked, what is asked about, and what may not be done at all: what one file says of it."""

    id: str = ""
    name: str | None = None
    """There is one in a file, called `permissions`."""
    rules: tuple[Rule, ...] = ()
    """In the order of the file. Those that ask or deny are restraints, the others grants."""
    resolution: Literal["first", "last", "deny"] | None = None
    """Which of several matching rules decides in the source client; `deny` is the strictest."""
    mode: PermissionMode | None = None
    """The mode that a session begins in."""
    sandbox: Sandbox | None = None
    """What commands may touch: a restraint, where it is not `full`."""
    folders: tuple[str, ...] | None = None
    """Folders outside of the project that are open like it: a grant."""
    extras: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    origin: Origin | None = None

    @property
    def description(self) -> str:
        """How many rules it has, for people."""
        effects = [rule.effect for rule in self.rules]
        said = (("denies", "deny"), ("asks about", "ask"), ("allows", "allow"))
        return ", ".join(f"{word} {effects.count(effect)}" for word, effect in said if effect in effects)


Part: TypeAlias = Skill | Command | Server | SetHook | PermissionSet | Instruction


def kind_of(part: Part) -> Kind:
    """Return what kind of part one is."""
    return _KIND_OF[type(part)]


_KIND_OF: dict[type, Kind] = {
    Skill: "skills",
    Command: "commands",
    Server: "servers",
    SetHook: "hooks",
    PermissionSet: "permissions",
    Instruction: "instructions",
}
